"""The days of many needs, as the rule of dates and the criterion of free days read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.model import Need, Offer


class AskedDays:
    """Days of n needs.

    periods (n, k, 2) int32 day numbers, both ends included: what suits, and of fewer than k some
    that end before they start; lengths (n,): their days; asked_on (n,): the day from which notice
    counts, NaN where none does; days, days_away (n,): 0 where nobody said.
    """

    def __init__(self, needs: Sequence[Need]) -> None:
        every = [need.open_periods() for need in needs]
        most = max((len(periods) for periods in every), default=0)
        self.periods = np.full((len(needs), most, 2), (1, 0), np.int32)
        for row, periods in enumerate(every):
            for place, period in enumerate(periods):
                self.periods[row, place] = [day.toordinal() for day in period]
        self.lengths = (self.periods[:, :, 1] - self.periods[:, :, 0] + 1).sum(axis=1)
        self.has_window = np.array([need.window is not None for need in needs], bool)
        asked = [need.asked_on.toordinal() if need.asked_on else np.nan for need in needs]
        self.asked_on = np.array(asked, np.float32)
        self.days = np.array([need.days or 0 for need in needs], np.int64)
        self.days_away = np.array([need.days_away or 0 for need in needs], np.int64)

    def first_days(self, offer: Offer) -> np.ndarray:
        """Return (n,) day numbers from which an expert could come; NaN where no notice counts."""
        if offer.notice_weeks is None:
            return np.full(len(self.days), np.nan, np.float32)
        return self.asked_on + np.float32(7 * offer.notice_weeks)

    def overlaps(self, offer: Offer) -> np.ndarray:
        """Return (n, k, m): days that each of the m free periods shares with each that suits.

        Of whom nobody knows the free periods, every day is free.
        """
        first = np.fmax(self.first_days(offer)[:, None], self.periods[:, :, 0]).astype(np.int32)
        last = self.periods[:, :, 1]
        if offer.available is None:
            shared = (last - first + 1)[:, :, None]
        else:
            free = np.array([[day.toordinal() for day in one] for one in offer.available], np.int32)
            free = free.reshape(-1, 2)
            starts = np.maximum(first[:, :, None], free[:, 0])
            shared = np.minimum(last[:, :, None], free[:, 1]) - starts + 1
        return np.clip(shared, 0, None)
