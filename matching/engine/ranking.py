"""The engine's door: a need and a catalogue in, a ranking with its reasons out.

No database, no clock, no chance: the same input gives the same list, so staff can be
told why an offer stands where it does, and a test can hold the whole answer.
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from matching.engine import criteria, rules
from matching.engine.model import CRITERIA

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
    """One offer: score 0..100, confidence 0..1, parts by criterion, rules broken and why."""

    offer_id: int
    score: float
    confidence: float
    parts: dict[str, Part]
    broken: tuple[str, ...] = ()
    facts: dict[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranking:
    """entries: best first; near_misses: kept out by one rule alone; admitted: how many no rule
    keeps out; matrix: (n, n_criteria) uint8 over `offer_ids` (ascending), 0..254 for 0..1, 255
    for unknown."""

    need_id: str
    entries: tuple[Entry, ...]
    near_misses: tuple[Entry, ...]
    admitted: int
    offer_ids: np.ndarray
    values: np.ndarray

    @property
    def matrix(self):
        known = ~np.isnan(self.values)
        scaled = np.rint(np.where(known, self.values, 0) * (UNKNOWN_BYTE - 1))
        return np.where(known, scaled, UNKNOWN_BYTE).astype(np.uint8).T


def values_of(need, catalogue, vector=None):
    """Return (n_criteria, n_rows) float32 in [0, 1], NaN where unknown."""
    if unknown := set(need.topics) - set(catalogue.themes.position):
        raise ValueError(f"topics: the taxonomy has no {sorted(unknown)}")
    return np.array(
        [
            criteria.text(need, catalogue, vector)
            if name == "text"
            else criteria.SCORES[name](need, catalogue)
            for name in CRITERIA
        ],
        np.float32,
    ).reshape(len(CRITERIA), catalogue.size)


def weights_of(policy):
    """Return (n_criteria,) float32 that sum to 100."""
    weights = np.array([policy.weights.get(name, 0.0) for name in CRITERIA], np.float64)
    return (100 * weights / weights.sum()).astype(np.float32)


def strength(values, policy):
    """Return (n,) float32, 0.5 to 1: what points count for by how near the subject is.

    The better of topics and text; both unknown count as the prior.
    """
    if not policy.subject:
        return np.ones(values.shape[1], np.float32)
    pair = values[[CRITERIA.index("topics"), CRITERIA.index("text")]]
    subject = np.fmax(pair[0], pair[1])
    subject = np.where(np.isnan(subject), np.float32(policy.prior), subject)
    return np.float32(0.5) + np.float32(0.5) * np.minimum(subject / np.float32(policy.subject), 1)


def totals_of(values, policy):
    """Return (n,) float64 scores out of 100, rounded to what a person sees as equal."""
    filled = np.where(np.isnan(values), np.float32(policy.prior), values)
    return np.round((weights_of(policy) @ filled * strength(values, policy)).astype(np.float64), 3)


def best(totals, ids, allowed, k, caps=()):
    """Return the rows of the k highest totals among `allowed`, ties by id, within caps.

    caps: [(keys (n,), most)]: at most `most` rows of each key that is not negative.
    """
    rows = np.flatnonzero(allowed)
    wanted, caps = k, [(keys, most) for keys, most in caps if most]
    while True:
        if wanted < len(rows):
            floor = np.partition(totals[rows], len(rows) - wanted)[len(rows) - wanted]
            head = rows[totals[rows] >= floor]
        else:
            head = rows
        chosen, counts = [], [Counter() for _ in caps]
        for row in head[np.lexsort((ids[head], -totals[head]))]:
            held = [int(keys[row]) for keys, _ in caps]
            if all(
                key < 0 or count[key] < most for key, count, (_, most) in zip(held, counts, caps)
            ):
                chosen.append(int(row))
                for key, count in zip(held, counts):
                    count[key] += 1
                if len(chosen) == k:
                    return chosen
        if len(head) == len(rows):
            return chosen
        wanted *= 4


def rank(need, catalogue, policy, k=20, near=5, *, vector=None):
    """Rank every offer for a need.

    vector: (d,) the need's text as the catalogue's encoder made it, or None to make it now.
    Returns a Ranking of at most `k` entries that no rule keeps out, within the policy's caps,
    and at most `near` that one rule alone keeps out. Scores are out of 100 and comparable
    between needs; equal scores go by offer id. Exact: every offer is scored. O(n_offers) time
    and memory for each criterion. Raises ValueError for a topic that the catalogue lacks.
    """
    values = values_of(need, catalogue, vector)
    totals = totals_of(values, policy)
    ids, alive = catalogue["ids"], catalogue["alive"]
    no = rules.broken(need, catalogue, policy.rules)
    count = no.sum(axis=0, dtype=np.uint8)
    caps = [
        (catalogue["expert"], policy.per_expert),
        (catalogue["authority"], policy.per_authority),
        (catalogue["country"], policy.per_country),
    ]
    weights, known = weights_of(policy), ~np.isnan(values)

    def entry(row):
        offer, parts = catalogue.offer(row), {}
        factor = float(strength(values[:, row : row + 1], policy)[0])
        for place, name in enumerate(CRITERIA):
            value = float(values[place, row]) if known[place, row] else None
            points = float(weights[place]) * (policy.prior if value is None else value) * factor
            facts = criteria.FACTS[name](need, catalogue, row, offer)
            parts[name] = Part(value, float(weights[place]), round(points, 4), facts)
        broken = tuple(rule for rule, says_no in zip(policy.rules, no[:, row]) if says_no)
        return Entry(
            offer_id=int(ids[row]),
            score=float(totals[row]),
            confidence=round(float((weights * known[:, row]).sum()) / 100, 4),
            parts=parts,
            broken=broken,
            facts={rule: rules.FACTS[rule](need, offer) for rule in broken},
        )

    admitted = alive & (count == 0)
    living = np.flatnonzero(alive)
    order = living[np.argsort(ids[living], kind="stable")]
    return Ranking(
        need_id=need.id,
        entries=tuple(entry(row) for row in best(totals, ids, admitted, k, caps)),
        near_misses=tuple(
            entry(row) for row in best(totals, ids, alive & (count == 1), near, caps[:1])
        ),
        admitted=int(admitted.sum()),
        offer_ids=ids[order],
        values=values
        if len(order) == catalogue.size and (order[1:] > order[:-1]).all()
        else values[:, order],
    )
