"""The engine's door: a need and a catalogue in, a ranking with its reasons out.

No database, no clock, no chance: the same input gives the same list, so staff can be
told why an offer stands where it does, and a test can hold the whole answer.
"""

from dataclasses import dataclass

import numpy as np

from matching.engine.criteria import FACTS, SCORES
from matching.engine.model import CRITERIA
from matching.engine.rules import broken

UNKNOWN_BYTE = 255


@dataclass(frozen=True)
class Part:
    """One criterion of one entry: value 0..1 or None, weight and points out of 100, grounds."""

    value: float | None
    weight: float
    points: float
    evidence: dict


@dataclass(frozen=True)
class Entry:
    """One offer: score 0..100, confidence 0..1, parts by criterion, rules broken."""

    offer_id: int
    score: float
    confidence: float
    parts: dict[str, Part]
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """entries: best first; near_misses: kept out by one rule alone; matrix: (n, n_criteria)
    uint8 over `offer_ids`, 0..254 for 0..1, 255 for unknown."""

    need_id: str
    entries: tuple[Entry, ...]
    near_misses: tuple[Entry, ...]
    offer_ids: np.ndarray
    matrix: np.ndarray
    admitted: int


def values_of(need, catalogue):
    """Return (n_offers, n_criteria) floats in [0, 1], NaN where unknown."""
    columns = []
    for name in CRITERIA:
        if name == "text":
            known = bool(need.text.strip())
            score = catalogue.text.scores(need.text, need.language) if known else np.nan
            columns.append(np.broadcast_to(score, len(catalogue.ids)))
        else:
            columns.append(SCORES[name](need, catalogue))
    return np.array(columns, float).T.reshape(len(catalogue.ids), len(CRITERIA))


def rank(need, catalogue, policy, k=20, near=5):
    """Rank every offer for a need.

    Returns a Ranking of at most `k` entries that no rule keeps out and at most `near` that
    one rule alone does. Scores are out of 100 and comparable between needs; equal scores go
    by offer id. Exact: every offer is scored. O(n_offers) time and memory for each criterion.
    """
    values = values_of(need, catalogue)
    weights = np.array([policy.weights.get(name, 0.0) for name in CRITERIA])
    weights = 100 * weights / weights.sum()
    known = ~np.isnan(values)
    # Rounded, so that what a person sees as equal is equal, and goes by id.
    totals = np.round((weights * np.where(known, values, policy.prior)).sum(axis=1), 4)
    confidence = (weights * known).sum(axis=1) / 100
    no = broken(need, catalogue, policy.rules)
    count = no.sum(axis=0)
    order = np.lexsort((catalogue.ids, -totals))

    def entry(row):
        parts = {}
        for column, name in enumerate(CRITERIA):
            value = float(values[row, column]) if known[row, column] else None
            points = weights[column] * (policy.prior if value is None else value)
            facts = FACTS[name](need, catalogue, int(row))
            parts[name] = Part(value, float(weights[column]), round(float(points), 4), facts)
        return Entry(
            offer_id=int(catalogue.ids[row]),
            score=float(totals[row]),
            confidence=round(float(confidence[row]), 4),
            parts=parts,
            broken=tuple(rule for rule, says_no in zip(policy.rules, no[:, row]) if says_no),
        )

    matrix = np.where(known, np.rint(np.where(known, values, 0) * 254), UNKNOWN_BYTE)
    return Ranking(
        need_id=need.id,
        entries=tuple(entry(row) for row in order[count[order] == 0][:k]),
        near_misses=tuple(entry(row) for row in order[count[order] == 1][:near]),
        offer_ids=catalogue.ids,
        matrix=matrix.astype(np.uint8),
        admitted=int((count == 0).sum()),
    )
