"""The engine's entry point: a need and a catalogue in, a ranking with its reasons out.

No database, no clock, no chance: the same input gives the same list, so staff can be
told why an offer stands where it does, and a test can hold the whole answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from engine.catalogue import Catalogue
from engine.columns import OfferColumns
from engine.criteria import CRITERIA
from engine.model import Need
from engine.policy import Policy
from engine.rules import RULES
from engine.support import declares_asked, is_elsewhere, relate_values

UNKNOWN_BYTE = 255
BITS = {key: place for place, key in enumerate(RULES)}  # of `Table.broken`


def count_refusals(broken: np.ndarray, policy: Policy) -> np.ndarray:
    """Return (n,) how many of a policy's rules say no, of those whose bits are set."""
    return np.bitwise_count(broken & np.uint16(sum(1 << BITS[rule] for rule in policy.rules)))


@dataclass(frozen=True)
class Part:
    """One criterion of one entry: value 0..1 or None, weight and points out of 100, grounds."""

    value: float | None
    weight: float
    points: float
    evidence: dict


@dataclass(frozen=True)
class Entry:
    """One pair: score 0..100, confidence 0..1, parts by criterion, rules broken and why.

    The score is the points of all parts times `strength`, 0.5 to 1: see `Policy.subject`.
    """

    offer_id: int
    score: float
    confidence: float
    parts: dict[str, Part]
    strength: float = 1.0
    broken: tuple[str, ...] = ()
    facts: dict[str, dict] = field(default_factory=dict)
    need_id: str = ""


@dataclass(frozen=True)
class Table:
    """Every offer as one need sees it: all that a ranking under any policy needs.

    offer_ids (n,) int64, ascending; values (n_criteria, n) float32 in [0, 1], NaN where
    unknown; broken (n,) uint16, a bit for each of RULES that says no; keys (3, n) int64, what
    the caps count: expert, authority, country, each -1 where unknown.
    """

    offer_ids: np.ndarray
    values: np.ndarray
    broken: np.ndarray
    keys: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """(n, n_criteria) uint8: 0..254 for 0..1, 255 for unknown."""
        known = ~np.isnan(self.values)
        scaled = np.rint(np.where(known, self.values, 0) * (UNKNOWN_BYTE - 1))
        return np.where(known, scaled, UNKNOWN_BYTE).astype(np.uint8).T

    @classmethod
    def from_bytes(
        cls, offer_ids: Sequence[int] | np.ndarray, matrix: bytes, broken: bytes, keys: bytes
    ) -> Self:
        """Read a stored table: ids, and the bytes of `matrix`, `broken` and `keys`.

        Criteria that came since, at later places, are unknown.
        """
        count = len(offer_ids)
        stored = len(matrix) // count if count else 0
        scaled = np.full((len(CRITERIA), count), UNKNOWN_BYTE, np.uint8)
        scaled[:stored] = np.frombuffer(matrix, np.uint8).reshape(count, stored).T
        known = scaled != UNKNOWN_BYTE
        values = np.where(known, scaled / np.float32(UNKNOWN_BYTE - 1), np.float32(np.nan))
        return cls(
            np.asarray(offer_ids, np.int64),
            values.astype(np.float32),
            np.frombuffer(broken, np.uint16),
            np.frombuffer(keys, np.int64).reshape(3, count),
        )

    def narrow_to_offers(self, offer_ids: Sequence[int]) -> Table:
        """Leave out the other rows of the experts whom these offers show: one row each."""
        chosen = np.isin(self.offer_ids, offer_ids)
        kept = chosen | ~np.isin(self.keys[0], self.keys[0][chosen])
        return Table(
            self.offer_ids[kept], self.values[:, kept], self.broken[kept], self.keys[:, kept]
        )

    def count_refusals(self, policy: Policy) -> np.ndarray:
        """Return (n,) how many of a policy's rules say no."""
        return count_refusals(self.broken, policy)

    def shortlist(self, policy: Policy, k: int, near: int = 0) -> tuple[list[int], list[int]]:
        """Return the places of the k best within caps, and of the best that one rule keeps out."""
        totals, count = total_scores(self.values, policy), self.count_refusals(policy)
        caps = list(zip(self.keys, (policy.per_expert, policy.per_authority, policy.per_country)))
        return (
            best_rows(totals, self.offer_ids, count == 0, k, caps),
            best_rows(totals, self.offer_ids, count == 1, near, caps[:1]),
        )


@dataclass(frozen=True)
class Ranking:
    """entries: best first; near_misses: kept out by one rule alone; admitted: how many no rule
    keeps out; table: every offer, for another policy to look at."""

    need_id: str
    entries: tuple[Entry, ...]
    near_misses: tuple[Entry, ...]
    admitted: int
    table: Table


@dataclass(frozen=True)
class Shift:
    """How one offer moves between two policies: places from 1, None where it is not listed."""

    offer_id: int
    before: int | None
    after: int | None
    score_before: float
    score_after: float
    opened: tuple[str, ...] = ()  # rules that said no and are no longer asked
    closed: tuple[str, ...] = ()  # rules that are asked now and say no


def score_criteria(
    need: Need, catalogue: OfferColumns, vector: np.ndarray | None = None
) -> np.ndarray:
    """Return (n_criteria, n_rows) float32 in [0, 1], NaN where unknown."""
    if unknown := set(need.topics) - set(catalogue.themes.position):
        raise ValueError(f"topics: the taxonomy has no {sorted(unknown)}")
    values = np.empty((len(CRITERIA), catalogue.size), np.float32)
    for row, one in zip(values, CRITERIA.values()):
        own = (vector,) if one.reads_vector else ()
        row[:] = one.score(need, catalogue, *own)
    relate_values(values, bool(need.function), declares_asked(need, catalogue))
    return values


def policy_weights(policy: Policy) -> np.ndarray:
    """Return (n_criteria,) float32 that sum to 100."""
    weights = np.array([policy.weights.get(name, 0.0) for name in CRITERIA], np.float64)
    return (100 * weights / weights.sum()).astype(np.float32)


def worth_of_unknown(policy: Policy) -> np.ndarray:
    """Return (n_criteria,) float32: what each criterion counts for where it is unknown."""
    worth = [0 if one.is_bonus else policy.prior for one in CRITERIA.values()]
    return np.array(worth, np.float32)


def subject_strength(values: np.ndarray, policy: Policy) -> np.ndarray:
    """Return (n,) float32, 0.5 to 1: what points count for by how near the subject is.

    The best of the criteria that tell the subject; all unknown count as the prior.
    """
    if not policy.subject:
        return np.ones(values.shape[1], np.float32)
    subject = np.fmax.reduce(values[[one.place for one in CRITERIA.values() if one.is_subject]])
    subject = np.where(np.isnan(subject), np.float32(policy.prior), subject)
    return np.float32(0.5) + np.float32(0.5) * np.minimum(subject / np.float32(policy.subject), 1)


def weigh_values(values: np.ndarray, policy: Policy) -> Iterator[np.ndarray]:
    """Yield (n,) float32 points of each criterion, in tenths: whole numbers.

    What a person sees as equal is equal, and points add up to the total as they are shown. The
    array is the same each time.
    """
    taken = np.empty(values.shape[1], np.float32)
    for row, weight, worth in zip(values, policy_weights(policy), worth_of_unknown(policy)):
        taken[:] = row
        np.copyto(taken, worth, where=np.isnan(row))
        taken *= np.float32(10) * weight
        yield np.rint(taken, out=taken)


def total_scores(values: np.ndarray, policy: Policy) -> np.ndarray:
    """Return (n,) float64 scores out of 100.

    Sums of whole numbers: an offer's score is the same to the last bit wherever its row stands, as
    a product of matrices would not promise.
    """
    total = np.zeros(values.shape[1], np.float32)
    for tenths in weigh_values(values, policy):
        total += tenths
    strength = subject_strength(values, policy).astype(np.float64)
    return np.round(total.astype(np.float64) / 10 * strength, 3)


def best_rows(
    totals: np.ndarray,
    ids: np.ndarray,
    allowed: np.ndarray,
    k: int,
    caps: Iterable[tuple[np.ndarray, int]] = (),
) -> list[int]:
    """Return the rows of the k highest totals among `allowed`, ties by id, within caps.

    caps: [(keys (n,), most)]: at most `most` rows of each key that is not negative.
    """
    rows = np.flatnonzero(allowed)
    if k < 1:
        return []
    wanted, caps = k, [(keys, most) for keys, most in caps if most]
    while True:
        if wanted < len(rows):
            floor = np.partition(totals[rows], len(rows) - wanted)[len(rows) - wanted]
            head = rows[totals[rows] >= floor]
        else:
            head = rows
        chosen: list[int] = []
        counts: list[Counter[int]] = [Counter() for _ in caps]
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


def score_offers(need: Need, catalogue: Catalogue, vector: np.ndarray | None = None) -> Table:
    """Score every living offer for a need, in the order of their ids."""
    values = score_criteria(need, catalogue, vector)
    broken = np.zeros(catalogue.size, np.uint16)
    for place, rule in enumerate(RULES.values()):
        broken |= rule.says_no(need, catalogue) * np.uint16(1 << place)
    keys = np.array([catalogue[name] for name in ("expert", "authority", "country")], np.int64)
    ids = catalogue["ids"]
    if catalogue["alive"].all() and (ids[1:] > ids[:-1]).all():
        return Table(ids.copy(), values, broken, keys)
    order = np.flatnonzero(catalogue["alive"])
    order = order[np.argsort(ids[order], kind="stable")]
    return Table(ids[order], values[:, order], broken[order], keys[:, order])


def rank(
    need: Need,
    catalogue: Catalogue,
    policy: Policy,
    k: int = 20,
    near: int = 5,
    *,
    vector: np.ndarray | None = None,
) -> Ranking:
    """Rank every offer for a need.

    vector: (d,) the need's text as the catalogue's encoder made it, or None to make it now.
    Returns a Ranking of at most `k` entries that no rule keeps out, within the policy's caps,
    and at most `near` that one rule alone keeps out. Scores are out of 100 and comparable
    between needs; equal scores go by offer id. Exact: every offer is scored. O(n_offers) time
    and memory for each criterion. Raises ValueError for a topic that the catalogue lacks.
    """
    table = score_offers(need, catalogue, vector)
    listed, missed = table.shortlist(policy, k, near)
    entries = explain_places(need, catalogue, policy, table, [*listed, *missed])
    return Ranking(
        need_id=need.id,
        entries=tuple(entries[: len(listed)]),
        near_misses=tuple(entries[len(listed) :]),
        admitted=int((table.count_refusals(policy) == 0).sum()),
        table=table,
    )


def appraise_offers(
    need: Need,
    catalogue: Catalogue,
    policy: Policy,
    ids: Sequence[int],
) -> tuple[Entry, ...]:
    """Return the Entry of each offer named, in the order named: scored as `rank` would, whether or
    not it would list it. Raises ValueError for an id that the catalogue lacks.
    """
    table = score_offers(need, catalogue)
    places = np.searchsorted(table.offer_ids, ids)
    if not np.isin(ids, table.offer_ids).all():
        raise ValueError(f"ids: the catalogue lacks some of {list(ids)}")
    return tuple(explain_places(need, catalogue, policy, table, places.tolist()))


def explain_places(
    need: Need, catalogue: Catalogue, policy: Policy, table: Table, places: list[int]
) -> list[Entry]:
    """Return the Entry of each place of a table."""
    rows = catalogue.rows()
    pairs = [(need, rows[offer_id]) for offer_id in table.offer_ids[places].tolist()]
    return explain_pairs(pairs, catalogue, policy, table.values[:, places], table.broken[places])


def explain_pairs(
    pairs: Sequence[tuple[Need, int]],
    catalogue: Catalogue,
    policy: Policy,
    values: np.ndarray,
    broken: np.ndarray,
) -> list[Entry]:
    """Return the Entry of each pair of a need and an offer's row: points by criterion, each with
    its grounds. values (n_criteria, n) and broken (n,): as of `Table`.
    """
    weights = policy_weights(policy)
    known = ~np.isnan(values)
    points = np.array([tenths.astype(float) / 10 for tenths in weigh_values(values, policy)])
    bonus = np.array([one.is_bonus for one in CRITERIA.values()])
    settled = known | bonus[:, None]
    confidence = ((weights[:, None] * settled).sum(axis=0).astype(float) / 100).round(4)
    known_values = values.astype(object)
    known_values[~known] = None
    # Lists, which hand out plain numbers faster than arrays do.
    by_pair = zip(
        pairs,
        broken.tolist(),
        total_scores(values, policy).tolist(),
        subject_strength(values, policy).astype(float).round(4).tolist(),
        confidence.tolist(),
        known_values.T.tolist(),
        points.T.tolist(),
    )
    full, entries = weights.tolist(), []
    for (need, row), bits, score, strength, confident, own, worth in by_pair:
        offer = catalogue.offer(row)
        refusing = list_rules(bits, policy.rules)
        parts = {
            key: Part(
                value=own[one.place],
                weight=full[one.place],
                points=worth[one.place],
                evidence=one.facts(need, catalogue, row, offer),
            )
            for key, one in CRITERIA.items()
        }
        parts["text"].evidence["elsewhere"] = is_elsewhere(need, offer)
        facts = {rule: RULES[rule].facts(need, offer) for rule in refusing}
        entries.append(Entry(offer.id, score, confident, parts, strength, refusing, facts, need.id))
    return entries


def list_rules(bits: int, among: Iterable[str]) -> tuple[str, ...]:
    """List the rules whose bit is set, of those that are asked."""
    return tuple(rule for rule in among if int(bits) >> BITS[rule] & 1)


def compare_policies(table: Table, policy: Policy, other: Policy, k: int = 20) -> list[Shift]:
    """Compare a need's list under two policies: other weights, or rules relaxed or added.

    Returns Shifts of every offer that either list of k holds, in the order of the new list,
    then those that left it. It needs no catalogue: a table read back from bytes will do.
    """
    before, after = table.shortlist(policy, k)[0], table.shortlist(other, k)[0]
    scores = total_scores(table.values, policy), total_scores(table.values, other)
    old = {place: rank for rank, place in enumerate(before, 1)}
    new = {place: rank for rank, place in enumerate(after, 1)}
    shifts = []
    for place in [*after, *(place for place in before if place not in new)]:
        was, now = (set(list_rules(table.broken[place], p.rules)) for p in (policy, other))
        shifts.append(
            Shift(
                offer_id=int(table.offer_ids[place]),
                before=old.get(place),
                after=new.get(place),
                score_before=float(scores[0][place]),
                score_after=float(scores[1][place]),
                opened=tuple(sorted(was - now)),
                closed=tuple(sorted(now - was)),
            )
        )
    return shifts
