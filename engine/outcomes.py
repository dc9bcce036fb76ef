"""What came of rankings: whether their first were chosen, what points were worth, and for whom.

Figures of few cases are none: an Estimate of fewer than LEAST has no value.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

LEAST = 10  # cases behind a figure: of fewer, chance tells more than the ranking
FEW = 5  # people behind the figure of a group: fewer could be told from it
SAMPLES, SEED = 2000, 7
BANDS = (0, 50, 60, 70, 80, 100)  # of points, that calibration compares


@dataclass(frozen=True)
class Estimate:
    """A mean and its 95 % bootstrap interval (Efron, 1979), of `count` cases; no value where these
    are too few."""

    count: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Band:
    """Candidates with so many points: how often they were chosen."""

    first: int
    last: int
    chosen: Estimate


@dataclass(frozen=True)
class Share:
    """A group's share of those whom rankings listed, and of those who were chosen; None where too
    few people are behind it."""

    group: str
    people: int
    listed: float | None
    chosen: float | None


def estimate_mean(values: Iterable[float], least: int = LEAST) -> Estimate:
    """Return the mean of values with its interval; the order of the values does not count.

    >>> estimate_mean([1.0] * 12)
    Estimate(count=12, value=1.0, low=1.0, high=1.0)
    >>> estimate_mean([1.0, 0.0])
    Estimate(count=2, value=None, low=None, high=None)
    """
    rows = np.sort(np.asarray(list(values), float))
    if len(rows) < least:
        return Estimate(len(rows))
    draws = np.random.default_rng(SEED).integers(0, len(rows), (SAMPLES, len(rows)))
    low, high = np.quantile(rows[draws].mean(axis=1), [0.025, 0.975])
    return Estimate(len(rows), *(round(float(one), 4) for one in (rows.mean(), low, high)))


def first_place_rate(places: Iterable[int | None]) -> Estimate:
    """Return how often the chosen stood first; places from 1, None where the list had them not."""
    return estimate_mean(float(place == 1) for place in places)


def mean_reciprocal_rank(places: Iterable[int | None]) -> Estimate:
    """Return the mean of 1 / place, 0 where the list had them not (Voorhees, 1999)."""
    return estimate_mean(1 / place if place else 0.0 for place in places)


def calibrate_points(decided: Iterable[tuple[float, bool]]) -> tuple[Band, ...]:
    """Return how often candidates were chosen, by their points: [(points 0..100, chosen)]."""
    rows = list(decided)
    return tuple(
        Band(
            first,
            last,
            estimate_mean(
                float(chosen)
                for points, chosen in rows
                if first <= points < last or points == last == BANDS[-1]
            ),
        )
        for first, last in zip(BANDS, BANDS[1:])
    )


def compare_shares(rows: Sequence[tuple[Hashable, str, bool]]) -> tuple[Share, ...]:
    """Compare groups: [(person, group, whether they were chosen)], a row for each listing.

    The groups by name. A group of fewer than FEW people has no share, nor the only one beside it,
    which could be worked out; nor any, where too few were chosen.
    """
    groups = sorted({group for _person, group, _chosen in rows})
    people = {name: len({who for who, group, _ in rows if group == name}) for name in groups}
    chosen = sum(is_chosen for *_, is_chosen in rows)
    small = {name for name in groups if people[name] < FEW}
    hides_all = chosen < LEAST or len(groups) - len(small) < 2 or len(small) == 1
    shares = []
    for name in groups:
        own = [is_chosen for _, group, is_chosen in rows if group == name]
        hidden = name in small or hides_all
        shares.append(
            Share(
                name,
                people[name],
                None if hidden else round(len(own) / len(rows), 4),
                None if hidden else round(sum(own) / chosen, 4),
            )
        )
    return tuple(shares)
