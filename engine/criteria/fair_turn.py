"""Fair turn: who was not called lately comes before who was."""

import numpy as np

from engine.columns import Number, OfferColumns
from engine.criterion import Criterion
from engine.model import Need, Offer


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return 1 for an expert not called in the last six months, less for each exchange they had."""
    return 1 / (1 + catalogue["recent"])


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the exchanges of the last six months."""
    return {"recent": offer.recent}


CRITERION = Criterion("fair_turn", 8, 5, score, facts, columns=(Number("recent"),), asks=())
