"""Hard rules: each excludes a pair or lets it pass. What is unknown excludes nobody."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.columns import (
    UNKNOWN,
    Column,
    Languages,
    Naming,
    Number,
    OfferColumns,
    Periods,
    Word,
    Words,
)
from engine.criterion import Reverse, rows_by_authority
from engine.days import AskedDays
from engine.model import LEVELS, Need, Offer


@dataclass(frozen=True)
class Rule:
    """A hard rule: what it reads, where it says no, and the fact behind a no.

    says_no(need, catalogue): (size,) bools, vectorised over rows; facts(need, offer): plain values
    for a page to put in words; asks and reverse: as of a criterion.
    """

    key: str
    says_no: Callable[[Need, OfferColumns], np.ndarray]
    facts: Callable[[Need, Offer], dict[str, Any]]
    columns: tuple[Column, ...] = ()
    asks: tuple[str, ...] | None = None
    reverse: Reverse | None = None


def no_rows(catalogue: OfferColumns) -> np.ndarray:
    return np.zeros(catalogue.size, bool)


def wrong_form(need: Need, catalogue: OfferColumns) -> np.ndarray:
    if not need.forms:
        return no_rows(catalogue)
    forms = catalogue["forms"]
    return (forms != 0) & (forms & np.uint32(catalogue.mask("forms", need.forms)) == 0)


def no_language(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """No common language at the level asked, and no interpreter promised."""
    if not need.languages or need.interpretation:
        return no_rows(catalogue)
    lacking = catalogue["has_languages"].copy()
    for code, lowest in need.languages.items():
        lacking &= catalogue.level(code) < LEVELS[lowest]
    return lacking


def not_free(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Nobody away for so long, or no free stretch of the length asked.

    Within the window, outside the days that do not suit, and after the notice that is needed; of
    whom nobody knows the free periods, every day is free.
    """
    no = no_rows(catalogue)
    if need.days_away:
        no |= catalogue["max_days"] < need.days_away  # not of those who set no limit: NaN
    if not need.window:
        return no
    since, has_windows = catalogue.first_days(need), catalogue["has_windows"]
    is_known = has_windows if since is None else has_windows | ~np.isnan(since)
    longest = np.zeros(catalogue.size, np.int64)
    for period in need.open_periods():
        free = catalogue.overlaps(period, since).max(axis=1)
        first, last = (day.toordinal() for day in period)
        whole = last + 1 - (first if since is None else np.fmax(since, first))
        longest = np.maximum(longest, np.where(has_windows, free, whole))
    return no | (is_known & (longest < (need.days or 1)))


def explain_dates(need: Need, offer: Offer) -> dict[str, Any]:
    """Return what was asked and what is free, and what else keeps the expert out."""
    facts = {
        "window": [day.isoformat() for day in need.window or ()],
        "days": need.days,
        "free": [[day.isoformat() for day in period] for period in offer.available or ()],
    }
    if need.closed:
        facts["closed"] = [[day.isoformat() for day in period] for period in need.closed]
    if offer.max_days is not None and offer.max_days < (need.days_away or 0):
        facts["max_days"] = offer.max_days
    elif need.asked_on and offer.notice_weeks:
        facts["notice_weeks"] = offer.notice_weeks
    return facts


def rows_with_word(catalogue: OfferColumns, name: str, word: str | None) -> np.ndarray:
    """Rows whose coded column holds this word; none for a word that is None or unheard of."""
    code = UNKNOWN if word is None else catalogue.code(name, word)
    return no_rows(catalogue) if code == UNKNOWN else catalogue[name] == code


def same_country(need: Need, catalogue: OfferColumns) -> np.ndarray:
    return rows_with_word(catalogue, "country", need.country)


def same_authority(need: Need, catalogue: OfferColumns) -> np.ndarray:
    return rows_with_word(catalogue, "authority", need.authority)


def conflict(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """An authority, or an expert, that the need names as being in conflict."""
    no = no_rows(catalogue)
    for key in need.conflicts:
        no |= (
            catalogue["expert"] == key
            if isinstance(key, int)
            else rows_with_word(catalogue, "authority", key)
        )
    return no


def rows_in_conflict(needs: Sequence[Need], catalogue: OfferColumns) -> tuple[int, dict]:
    """Return how many needs, and {authority or expert: the rows of needs that name them}."""
    rows: dict[Any, list[int]] = {}
    for row, need in enumerate(needs):
        for key in need.conflicts:
            rows.setdefault(key, []).append(row)
    return len(needs), rows


def rows_of_authorities(needs: Sequence[Need], catalogue: OfferColumns) -> tuple[int, dict]:
    return len(needs), rows_by_authority(needs)


def needs_naming(keys: Callable[[Offer], Iterable[Any]]) -> Callable[..., np.ndarray]:
    """Return what marks the needs whose rows are laid under some keys of an offer."""

    def mark(offer: Offer, laid: Any, catalogue: OfferColumns) -> np.ndarray:
        size, rows = laid
        no = np.zeros(size, bool)
        for key in keys(offer):
            no[rows.get(key, [])] = True
        return no

    return mark


def days_refused(offer: Offer, laid: AskedDays, catalogue: OfferColumns) -> np.ndarray:
    """As `not_free`, for one offer."""
    too_long = laid.days_away > (np.inf if offer.max_days is None else offer.max_days)
    is_known = (offer.available is not None) | ~np.isnan(laid.first_days(offer))
    longest = laid.overlaps(offer).max(axis=(1, 2), initial=0)
    is_short = longest < np.maximum(laid.days, 1)
    return too_long | (laid.has_window & is_known & is_short)


def excluded_country(need: Need, catalogue: OfferColumns) -> np.ndarray:
    no = no_rows(catalogue)
    for country in need.excluded_countries:
        no |= rows_with_word(catalogue, "country", country)
    return no


def will_not_travel(need: Need, catalogue: OfferColumns) -> np.ndarray:
    no = no_rows(catalogue)
    no[sorted(catalogue.naming("travel_excluded", need.country))] = True
    return no


def no_capacity(need: Need, catalogue: OfferColumns) -> np.ndarray:
    return catalogue["capacity"] <= 0


def wrong_role(need: Need, catalogue: OfferColumns) -> np.ndarray:
    if need.role not in ("elected", "technical"):
        return no_rows(catalogue)
    roles = catalogue["role"]
    return (roles != UNKNOWN) & ~(
        rows_with_word(catalogue, "role", need.role) | rows_with_word(catalogue, "role", "both")
    )


RULES = {
    rule.key: rule
    for rule in (
        Rule(
            "form",
            wrong_form,
            lambda need, offer: {"asked": list(need.forms), "offered": list(offer.forms)},
            (Words("forms"),),
            asks=("forms",),
        ),
        Rule(
            "language",
            no_language,
            lambda need, offer: {"asked": dict(need.languages), "spoken": dict(offer.languages)},
            (Languages("languages"),),
            asks=("languages", "interpretation"),
        ),
        Rule(
            "dates",
            not_free,
            explain_dates,
            (Periods("available"), Number("max_days"), Number("notice_weeks")),
            reverse=Reverse(lambda needs, catalogue: AskedDays(needs), days_refused),
        ),
        Rule(
            "same_country",
            same_country,
            lambda need, offer: {"country": offer.country},
            asks=("country",),
        ),
        Rule(
            "same_authority",
            same_authority,
            lambda need, offer: {"authority": offer.authority},
            reverse=Reverse(rows_of_authorities, needs_naming(lambda offer: [offer.authority])),
        ),
        Rule(
            "conflict",
            conflict,
            lambda need, offer: {"authority": offer.authority, "expert": offer.expert},
            reverse=Reverse(
                rows_in_conflict, needs_naming(lambda offer: [offer.authority, offer.expert])
            ),
        ),
        Rule(
            "excluded_country",
            excluded_country,
            lambda need, offer: {"country": offer.country},
            asks=("excluded_countries",),
        ),
        Rule(
            "travel",
            will_not_travel,
            lambda need, offer: {"country": need.country},
            (Naming("travel_excluded"),),
            asks=("country",),
        ),
        Rule(
            "capacity",
            no_capacity,
            lambda need, offer: {"left": offer.capacity},
            (Number("capacity"),),
            asks=(),
        ),
        Rule(
            "role",
            wrong_role,
            lambda need, offer: {"asked": need.role, "held": offer.role},
            (Word("role"),),
            asks=("role",),
        ),
    )
}
