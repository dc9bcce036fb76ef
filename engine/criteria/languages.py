"""Languages: comfort in the best language that both speak."""

import numpy as np

from engine.columns import Languages, OfferColumns
from engine.criterion import Criterion, all_unknown
from engine.model import LEVELS, Need, Offer


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return 0.5 at the level asked of the best common language, 1 for a native speaker."""
    if not need.languages:
        return all_unknown(catalogue)
    best = np.zeros(catalogue.size, np.float32)
    for code, lowest in need.languages.items():
        floor = LEVELS[lowest]
        worth = [
            0.5 + 0.5 * (level - floor) / max(7 - floor, 1) if level >= floor else level / floor / 2
            for level in range(8)
        ]
        np.maximum(best, np.array(worth, np.float32)[catalogue.level(code)], out=best)
    return np.where(catalogue["has_languages"], best, np.float32(np.nan))


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the languages of both, with the levels spoken and asked."""
    spoken = offer.languages
    return {
        "common": {code: spoken[code] for code in need.languages if code in spoken},
        "asked": dict(need.languages),
    }


CRITERION = Criterion(
    "languages",
    4,
    10,
    score,
    facts,
    columns=(Languages("languages"),),
    asks=("languages",),
)
