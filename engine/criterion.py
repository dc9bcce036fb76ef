"""What every criterion is: how good each offer is, 0 to 1, and NaN where a fact is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.columns import Column, OfferColumns
from engine.model import Need, Offer


@dataclass(frozen=True)
class Reverse:
    """How a rule or a criterion reads many needs at once, for one offer.

    lay(needs, catalogue): what it keeps of some needs (of a criterion that reads vectors, theirs
    too, (n, d) or None to make them); read(offer, laid, catalogue): (n,) values
    for them and the offer, to the last bit as the rule or the criterion itself gives them.
    """

    lay: Callable[..., Any]
    read: Callable[[Offer, Any, OfferColumns], np.ndarray]


@dataclass(frozen=True)
class Criterion:
    """A soft criterion: what it reads, how it scores, and the grounds that it gives.

    place: its column in stored tables, from 0: never changed, and never given again; weight: by
    default, out of 100; columns: what the catalogue lays for it; score(need, catalogue): (size,)
    floats in [0, 1], NaN where unknown, vectorised over rows and growing with what it measures;
    facts(need, catalogue, row, offer): the grounds of one pair, plain values for a page to put in
    words; is_subject: it tells how near the subject is, see `Policy.subject`; is_bonus: few have
    it, so that unknown earns as little as none, and lowers no confidence; reads_vector: its score
    takes the vector of the need's text as well.

    For many needs and one offer, either of two. asks: the facts of a need that it reads, where few
    needs differ in them: those that share them are scored as one. reverse: where all differ. With
    neither each need is scored by itself, which is slow.
    """

    key: str
    place: int
    weight: float
    score: Callable[..., np.ndarray]
    facts: Callable[[Need, OfferColumns, int, Offer], dict[str, Any]]
    columns: tuple[Column, ...] = ()
    is_subject: bool = False
    is_bonus: bool = False
    reads_vector: bool = False
    asks: tuple[str, ...] | None = None
    reverse: Reverse | None = None


def rows_by_authority(needs: Sequence[Need]) -> dict[str, list[int]]:
    """Return {authority: the rows of its needs}."""
    rows: dict[str, list[int]] = {}
    for row, need in enumerate(needs):
        if need.authority:
            rows.setdefault(need.authority, []).append(row)
    return rows


def group_rows(words: Sequence[str | None]) -> dict[str, np.ndarray]:
    """Return {word: the rows that have it}; those without one are in none."""
    rows: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        if word:
            rows.setdefault(word, []).append(row)
    return {word: np.array(some) for word, some in rows.items()}


def all_unknown(catalogue: OfferColumns) -> np.ndarray:
    """Return (size,) NaN."""
    return np.full(catalogue.size, np.nan, np.float32)


def score_words(catalogue: OfferColumns, name: str, worth: Callable[[str], float]) -> np.ndarray:
    """Return (size,) the worth of each row's word: `worth(word)`, NaN where it is unknown."""
    table = [worth(word) for word in catalogue.codes[name]] + [np.nan]  # UNKNOWN is -1: the last
    return np.array(table, np.float32)[catalogue[name]]


def weighted_mean(parts: Iterable[tuple[float, np.ndarray]]) -> np.ndarray:
    """Return the weighted mean of [(weight, (size,) values)] over those known in each row."""
    weights: Any = np.float32(0)
    total: Any = np.float32(0)
    for weight, values in parts:
        known = ~np.isnan(values)
        weights = weights + np.float32(weight) * known
        total = total + np.float32(weight) * np.where(known, values, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / weights).astype(np.float32)
