"""Availability: how much of the period asked the expert is free."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from engine.columns import Number, OfferColumns, Periods
from engine.criterion import Criterion, Reverse, all_unknown
from engine.days import AskedDays
from engine.model import Need, Offer


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the share of the days that suit on which the expert is free."""
    periods, since = need.open_periods(), catalogue.first_days(need)
    if not periods:
        return all_unknown(catalogue)
    length = sum((last - first).days + 1 for first, last in periods)
    free = sum(catalogue.overlaps(period, since).sum(axis=1) for period in periods)
    share = free / np.float32(length)
    return np.where(catalogue["has_windows"], np.minimum(share, 1), np.nan).astype(np.float32)


def lay_needs(needs: Sequence[Need], catalogue: OfferColumns) -> AskedDays:
    return AskedDays(needs)


def score_needs(offer: Offer, laid: AskedDays, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    if offer.available is None:
        return np.full(len(laid.lengths), np.nan, np.float32)
    free = laid.overlaps(offer).sum(axis=(1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = free / laid.lengths.astype(np.float32)
    return np.where(laid.lengths > 0, np.minimum(share, 1), np.nan).astype(np.float32)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the free days of those that suit, how many are asked, and the notice that is needed;
    nothing where the days are unknown."""
    if not need.window or offer.available is None:
        return {}
    soonest, notice = date.min, {}
    if need.asked_on and offer.notice_weeks:
        soonest = need.asked_on + timedelta(weeks=offer.notice_weeks)
        notice = {"notice_weeks": offer.notice_weeks}
    free = sum(
        max((min(end, last) - max(start, first, soonest)).days + 1, 0)
        for start, end in offer.available
        for first, last in need.open_periods()
    )
    return {"free_days": free, "asked_days": need.days} | notice


CRITERION = Criterion(
    "availability",
    6,
    3,
    score,
    facts,
    columns=(Periods("available"), Number("notice_weeks")),
    reverse=Reverse(lay_needs, score_needs),
)
