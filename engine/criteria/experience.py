"""Experience: years, missions and ratings, the same for every need."""

import numpy as np

from engine.columns import DerivedNumbers, Number, OfferColumns, Ratings
from engine.criterion import Criterion
from engine.model import Need, Offer

RATING_PRIOR, RATING_WEIGHT = 3.8, 3.0  # an unrated expert is taken for a usual one


def weigh_experience(
    years: np.ndarray, missions: np.ndarray, count: np.ndarray, mean: np.ndarray
) -> np.ndarray:
    """Weigh years and missions, each with falling returns, and ratings shrunk by how few they are.

    Arrays (n,) in, (n,) out: the mean of the parts that are known, each in [0, 1]; NaN where none
    is. Ratings shrink towards RATING_PRIOR as in Efron and Morris, "Stein's paradox in statistics"
    (1977).
    """
    shrunk = (count * mean + RATING_WEIGHT * RATING_PRIOR) / (count + RATING_WEIGHT)
    parts = np.array([1 - np.exp(-years / 8), 1 - np.exp(-missions / 2), (shrunk - 1) / 4])
    known = (~np.isnan(parts)).sum(axis=0)
    return np.where(known, np.nansum(parts, axis=0) / np.maximum(known, 1), np.nan)


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the experience that was computed when the row was written."""
    return catalogue["experience"]


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return years, missions and ratings."""
    return {"years": offer.years, "missions": offer.missions, "ratings": offer.ratings}


CRITERION = Criterion(
    "experience",
    5,
    5,
    score,
    facts,
    columns=(
        Number("years"),
        Number("missions"),
        Ratings("ratings"),
        DerivedNumbers(
            "experience", ("years", "missions", "rating_count", "rating_mean"), weigh_experience
        ),
    ),
    asks=(),
)
