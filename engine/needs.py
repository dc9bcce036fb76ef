"""The other direction: needs laid beside a catalogue, and ranked for one of its offers.

Every pair has the same score and the same reasons as where the need ranks its offers: what few
needs differ in is asked once of those that share it, the rest is read for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.catalogue import Catalogue
from engine.columns import OfferColumns
from engine.criteria import CRITERIA
from engine.criterion import Criterion
from engine.model import Need, Offer
from engine.policy import Policy
from engine.ranking import (
    BITS,
    Entry,
    best_rows,
    count_refusals,
    explain_pairs,
    total_scores,
)
from engine.rules import RULES, Rule
from engine.support import Asked, relate_values


@dataclass(frozen=True)
class NeedRanking:
    """The needs that fit an offer: those that no rule keeps out, and those that one alone does."""

    offer_id: int
    entries: tuple[Entry, ...]
    near_misses: tuple[Entry, ...]
    admitted: int


class Needs:
    """Needs in the order of their ids, laid beside the catalogue of the offers.

    What they keep of the texts depends on the catalogue as it was then: lay them again once it has
    been built anew.
    """

    def __init__(
        self, needs: Iterable[Need], catalogue: Catalogue, *, vectors: np.ndarray | None = None
    ) -> None:
        """vectors: (n, d) of the texts in the order given, or None to make them. Raises ValueError
        for two needs with one id, or a topic that the catalogue lacks.
        """
        given = list(needs)
        order = sorted(range(len(given)), key=lambda place: given[place].id)
        self.needs = tuple(given[place] for place in order)
        self.catalogue = catalogue
        if len({need.id for need in self.needs}) < len(self.needs):
            raise ValueError("ids: two needs have the same")
        for need in self.needs:
            if unknown := set(need.topics) - set(catalogue.themes.position):
                raise ValueError(f"topics: the taxonomy has no {sorted(unknown)}")
        if vectors is None:
            vectors = catalogue.text.encoder.encode([need.text for need in given])
        self.vectors = np.asarray(vectors)[order]
        self.asked = Asked.lay(self.needs)
        asking: list[Rule | Criterion] = [*RULES.values(), *CRITERIA.values()]
        self.laid = {(type(one), one.key): self.lay(one) for one in asking}

    def __len__(self) -> int:
        return len(self.needs)

    def lay(self, one: Rule | Criterion) -> Any:
        """Return what a rule or a criterion keeps of the needs."""
        if not one.reverse:
            return self.group(one.asks)
        if isinstance(one, Criterion) and one.reads_vector:
            return one.reverse.lay(self.needs, self.catalogue, self.vectors)
        return one.reverse.lay(self.needs, self.catalogue)

    def group(self, asks: tuple[str, ...] | None) -> tuple[list[Need], np.ndarray]:
        """Return a need of each group that shares these facts, and the group of each need (n,)."""
        if asks is None:
            return list(self.needs), np.arange(len(self.needs))
        groups: dict[tuple, int] = {}
        first: list[Need] = []
        each = np.zeros(len(self.needs), np.intp)
        for row, need in enumerate(self.needs):
            facts = tuple(freeze_fact(need.fact(name)) for name in asks)
            if facts not in groups:
                groups[facts] = len(first)
                first.append(need)
            each[row] = groups[facts]
        return first, each

    def read(self, one: Rule | Criterion, offer: Offer, alone: OfferColumns) -> np.ndarray:
        """Return (n,) what a rule or a criterion says of each need and an offer."""
        laid = self.laid[type(one), one.key]
        if one.reverse:
            return one.reverse.read(offer, laid, self.catalogue)
        first, each = laid
        ask = one.says_no if isinstance(one, Rule) else one.score
        return np.array([ask(need, alone)[0] for need in first])[each] if first else np.zeros(0)


def freeze_fact(fact: Any) -> Any:
    """Return a fact as something that can be a key."""
    return tuple(sorted(fact.items())) if isinstance(fact, dict) else fact


def score_needs(offer_id: int, needs: Needs) -> tuple[int, np.ndarray, np.ndarray]:
    """Return the row of an offer, its values (n_criteria, n) and the rules that say no (n,)."""
    row = needs.catalogue.rows()[offer_id]
    offer, alone = needs.catalogue.offer(row), needs.catalogue.take_row(row)
    values = np.empty((len(CRITERIA), len(needs)), np.float32)
    for own, criterion in zip(values, CRITERIA.values()):
        own[:] = needs.read(criterion, offer, alone)
    relate_values(values, needs.asked.fields, needs.asked.declared_by(offer))
    broken = np.zeros(len(needs), np.uint16)
    for key, rule in RULES.items():
        broken |= needs.read(rule, offer, alone).astype(np.uint16) << np.uint16(BITS[key])
    return row, values, broken


def rank_needs(
    offer_id: int, needs: Needs, policy: Policy, k: int = 20, near: int = 5
) -> NeedRanking:
    """Rank needs for an offer of their catalogue.

    The score of each pair is to the last bit that of `rank`; equal scores go by the need's id. The
    caps of a policy are of a need's list, and are not applied. Raises KeyError for an offer that is
    not in the catalogue.
    """
    row, values, broken = score_needs(offer_id, needs)
    refusals, totals = count_refusals(broken, policy), total_scores(values, policy)
    by_id = np.arange(len(needs))
    listed = best_rows(totals, by_id, refusals == 0, k)
    missed = best_rows(totals, by_id, refusals == 1, near)
    places = [*listed, *missed]
    pairs = [(needs.needs[place], row) for place in places]
    entries = explain_pairs(pairs, needs.catalogue, policy, values[:, places], broken[places])
    return NeedRanking(
        offer_id,
        tuple(entries[: len(listed)]),
        tuple(entries[len(listed) :]),
        int((refusals == 0).sum()),
    )
