"""What the engine is given: a need, and offers.

Everything but id, text and language may be left out, and is then unknown, never zero.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Self

ROLES = ("elected", "technical", "both")
INCOMES = ("L", "LM", "UM", "H")
DAY = timedelta(days=1)
LEVELS = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}


def check_number(thing: object, name: str, least: float = 0) -> None:
    value = getattr(thing, name)
    if value is not None and not (math.isfinite(value) and value >= least):
        raise ValueError(f"{name} must be a number of {least} or more, or None: {value}")


def check_known(name: str, given: Iterable[object], allowed: Collection[object]) -> None:
    if unknown := [value for value in given if value not in allowed]:
        raise ValueError(f"{name} must be among {list(allowed)}: {unknown}")


def check_common(thing: Need | Offer) -> None:
    """Check the fields that a need and an offer share."""
    for name in ("text", "language"):
        if not isinstance(getattr(thing, name), str):
            raise ValueError(f"{name} must be a string: {getattr(thing, name)!r}")
    check_known("languages", thing.languages.values(), LEVELS)
    check_number(thing, "population")
    if thing.income is not None:
        check_known("income", [thing.income], INCOMES)
    if thing.role is not None:
        check_known("role", [thing.role], ROLES)


def check_period(name: str, period: tuple[date, date]) -> None:
    if len(period) != 2 or period[0] > period[1]:
        raise ValueError(f"{name} must have its first day before its last: {period}")


class Facts:
    """Facts by their names: fields, and in `more` those that one criterion alone reads."""

    more: dict[str, Any]
    __dataclass_fields__: dict[str, Any]

    @classmethod
    def from_mapping(cls, facts: Mapping[str, Any]) -> Self:
        """Make one of facts by name, whether they are fields of its own or not."""
        own = cls.__dataclass_fields__
        if facts.keys() <= own.keys():
            return cls(**facts)
        more = {name: value for name, value in facts.items() if name not in own}
        return cls(**{name: facts[name] for name in facts.keys() - more.keys()} | {"more": more})

    def fact(self, name: str) -> Any:
        """Return a fact by its name; None where it is unknown."""
        if name in self.__dataclass_fields__:
            return getattr(self, name)
        return self.more.get(name)


@dataclass(frozen=True)
class Need(Facts):
    """What a dossier asks for.

    topics: {topic code: importance 1..3}; languages: {ISO 639-1: lowest CEFR level accepted};
    window: first and last possible day; closed: periods in it that do not suit, both ends
    included; days: length of the exchange; days_away: what of it the expert is away from home,
    None where the others travel; asked_on: the day from which notice counts; country: ISO
    3166-1 alpha-2; authority: any stable key; population: inhabitants; sizes: (least, below
    which or None) inhabitants wished for; wished_countries: those to learn from, if possible;
    conflicts: authorities or experts' keys that must not be proposed; interpretation: the
    applicant provides it.
    """

    id: str
    text: str
    language: str
    topics: dict[str, int] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    languages: dict[str, str] = field(default_factory=dict)
    window: tuple[date, date] | None = None
    closed: tuple[tuple[date, date], ...] = ()
    days: int | None = None
    days_away: int | None = None
    asked_on: date | None = None
    country: str | None = None
    authority: str | None = None
    population: int | None = None
    tier: str | None = None
    geography: tuple[str, ...] = ()  # that another place should have in common
    own_geography: tuple[str, ...] = ()  # all of the applicant's, to be told beside
    income: str | None = None
    role: str | None = None
    function: str | None = None
    sizes: tuple[tuple[int, int | None], ...] = ()
    wished_countries: tuple[str, ...] = ()
    experts: int = 1
    conflicts: tuple = ()
    excluded_countries: tuple[str, ...] = ()
    interpretation: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_common(self)
        check_known("topics", self.topics.values(), (1, 2, 3))
        for name in ("days", "days_away", "experts"):
            check_number(self, name, least=1)
        if self.window is not None:
            check_period("window", self.window)
        for period in self.closed:
            check_period("closed", period)
        for least, below in self.sizes:
            if least < 0 or below is not None and below <= least:
                raise ValueError(f"sizes must be (least, more than that or None): {self.sizes}")

    def open_periods(self) -> list[tuple[date, date]]:
        """List what the days that do not suit leave of the window."""
        return periods_left(self.window, self.closed) if self.window else []


def periods_left(
    window: tuple[date, date], closed: Iterable[tuple[date, date]]
) -> list[tuple[date, date]]:
    """List what closed periods leave of a window; each from its first day to its last."""
    periods, (first, last) = [], window
    for start, end in sorted(closed):
        if first < start:
            periods.append((first, min(last, start - DAY)))
        first = max(first, end + DAY)
        if first > last:
            break
    return [(start, end) for start, end in [*periods, (first, last)] if start <= end]


@dataclass(frozen=True)
class Offer(Facts):
    """What an expert offers.

    topics: {topic code: level 1..4}; languages: {ISO 639-1: CEFR level or "native"};
    available: free periods, both ends included, or None where unknown; ratings: (how many,
    their mean, 1..5); max_days: days away at most; notice_weeks: before the first of them;
    capacity: exchanges that still fit in this year; ties, no_ties:
    authorities of which somebody said that there is an earlier partnership with them, or that
    there is none; exchanges: {authority: {id of the need: year}} that were agreed with it;
    recent: exchanges of the last six months.
    """

    id: int
    text: str
    language: str
    expert: int | None = None
    topics: dict[str, int] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    languages: dict[str, str] = field(default_factory=dict)
    available: tuple[tuple[date, date], ...] | None = None
    country: str | None = None
    authority: str | None = None
    population: int | None = None
    tier: str | None = None
    geography: tuple[str, ...] = ()
    income: str | None = None
    role: str | None = None
    function: str | None = None
    years: int | None = None
    missions: int | None = None
    ratings: tuple[int, float] | None = None
    max_days: int | None = None
    notice_weeks: int | None = None
    capacity: int | None = None
    remote: bool | None = None
    ties: tuple = ()
    no_ties: tuple = ()
    exchanges: dict[str, dict[str, int]] = field(default_factory=dict)
    travel_excluded: tuple[str, ...] = ()
    recent: int | None = None
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_common(self)
        check_known("topics", self.topics.values(), (1, 2, 3, 4))
        for name in ("years", "missions", "max_days", "notice_weeks", "recent"):
            check_number(self, name)
        check_number(self, "capacity", least=-math.inf)
        if self.ratings is not None:
            count, mean = self.ratings
            if count < 0 or not 1 <= mean <= 5:
                raise ValueError(f"ratings must be (0 or more, 1 to 5): {self.ratings}")
        for period in self.available or ():
            check_period("available", period)
