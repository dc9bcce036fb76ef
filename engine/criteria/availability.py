"""Availability: how much of the period asked the expert is free."""

import numpy as np

from engine.columns import OfferColumns, Periods
from engine.criterion import Criterion, all_unknown
from engine.model import Need, Offer


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the share of the window on which the expert is free."""
    if not need.window:
        return all_unknown(catalogue)
    length = (need.window[1] - need.window[0]).days + 1
    share = catalogue.overlaps(need.window).sum(axis=1) / np.float32(length)
    return np.where(catalogue["has_windows"], np.minimum(share, 1), np.nan).astype(np.float32)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the free days of the window, and how many are asked; nothing where one is unknown."""
    if not need.window or offer.available is None:
        return {}
    first, last = need.window
    free = sum(
        max((min(end, last) - max(start, first)).days + 1, 0) for start, end in offer.available
    )
    return {"free_days": free, "asked_days": need.days}


CRITERION = Criterion("availability", 6, 3, score, facts, columns=(Periods("available"),))
