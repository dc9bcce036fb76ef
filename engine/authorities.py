"""Authorities for an authority: like places that can help it, and that it can help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.criteria import CRITERIA
from engine.needs import Needs, score_needs
from engine.policy import Policy
from engine.ranking import Entry, count_refusals, explain_pairs, score_offers, total_scores

ALIKE, EACH_WAY = 1, 2  # what the likeness of the places counts for, and the best pair of each way


@dataclass(frozen=True)
class Counterpart:
    """An authority as another one sees it.

    score 0..100; alike 0..1: how like the places are, None where nobody knows; gives: their offer
    that fits a need of ours best; takes: their need that an offer of ours fits best; each None
    where there is none, or where rules keep all out.
    """

    authority: str
    score: float
    alike: float | None
    gives: Entry | None
    takes: Entry | None


@dataclass(frozen=True)
class Pair:
    """A need by its place and an offer by id and row, with what the engine says of them."""

    total: float
    need: int
    offer_id: int
    row: int
    values: np.ndarray
    broken: int

    def is_better_than(self, other: Pair | None) -> bool:
        """True for more points; of equal pairs for the first need, then the first offer."""
        if other is None:
            return True
        own, theirs = ((-p.total, p.need, p.offer_id) for p in (self, other))
        return own < theirs


def rank_authorities(
    authority: str, needs: Needs, policy: Policy, k: int = 20
) -> tuple[Counterpart, ...]:
    """Rank the authorities that have an offer for a need of this one, or a need for its offer.

    needs: those of all authorities, beside the catalogue of the offers of all. A pair has the score
    that it has in `rank` and in `rank_needs`, so that what A gives B is what B takes of A; what one
    side has not counts as the policy's prior. Equal scores go by the authority's key.
    """
    gives, takes = find_givers(authority, needs, policy), find_takers(authority, needs, policy)
    context = CRITERIA["context"].place

    def alike(key: str) -> float | None:
        values = [side[key].values[context] for side in (gives, takes) if key in side]
        known = [float(value) for value in values if not np.isnan(value)]
        return sum(known) / len(known) if known else None

    def score(key: str) -> float:
        place, prior = alike(key), policy.prior
        sides = [side[key].total / 100 if key in side else prior for side in (gives, takes)]
        total = ALIKE * (prior if place is None else place) + EACH_WAY * sum(sides)
        return round(100 * total / (ALIKE + 2 * EACH_WAY), 3)

    others = sorted(gives.keys() | takes.keys(), key=lambda key: (-score(key), key))[:k]
    entries = [explain(side, others, needs, policy) for side in (gives, takes)]
    return tuple(
        Counterpart(key, score(key), alike(key), *(side.get(key) for side in entries))
        for key in others
    )


def find_givers(authority: str, needs: Needs, policy: Policy) -> dict[str, Pair]:
    """Find the best offer of every other authority for a need of this one."""
    best: dict[str, Pair] = {}
    catalogue = needs.catalogue
    rows = catalogue.rows()
    for place, need in enumerate(needs.needs):
        if need.authority != authority:
            continue
        table = score_offers(need, catalogue, needs.vectors[place])
        totals, allowed = total_scores(table.values, policy), table.count_refusals(policy) == 0
        for column in first_of_each(table.keys[1], totals, allowed & (table.keys[1] >= 0)):
            key = catalogue.word("authority", int(table.keys[1, column]))
            offer_id = int(table.offer_ids[column])
            values, broken = table.values[:, column], int(table.broken[column])
            total = float(totals[column])
            pair = Pair(total, place, offer_id, rows[offer_id], values, broken)
            if key != authority and pair.is_better_than(best.get(key)):
                best[key] = pair
    return best


def find_takers(authority: str, needs: Needs, policy: Policy) -> dict[str, Pair]:
    """Find the need of every other authority that an offer of this one fits best."""
    best: dict[str, Pair] = {}
    catalogue = needs.catalogue
    names, codes = np.unique([need.authority or "" for need in needs.needs], return_inverse=True)
    own = catalogue["authority"] == catalogue.code("authority", authority)
    named = authority in catalogue.codes["authority"]
    ours = catalogue["ids"][own & catalogue["alive"]] if named else []
    for offer_id in sorted(int(one) for one in ours):
        row, values, broken = score_needs(offer_id, needs)
        totals, allowed = total_scores(values, policy), count_refusals(broken, policy) == 0
        for place in first_of_each(codes, totals, allowed):
            key = str(names[codes[place]])
            total, own_values = float(totals[place]), values[:, place]
            pair = Pair(total, place, offer_id, row, own_values, int(broken[place]))
            if key not in ("", authority) and pair.is_better_than(best.get(key)):
                best[key] = pair
    return best


def first_of_each(keys: np.ndarray, totals: np.ndarray, allowed: np.ndarray) -> list[int]:
    """Return the place of the highest total of each key, of those allowed; of equal the first."""
    places = np.flatnonzero(allowed)
    places = places[np.argsort(-totals[places], kind="stable")]
    return places[np.sort(np.unique(keys[places], return_index=True)[1])].tolist()


def explain(
    side: dict[str, Pair], keys: list[str], needs: Needs, policy: Policy
) -> dict[str, Entry]:
    """Return the Entry of the pair of each authority that has one."""
    held = [key for key in keys if key in side]
    pairs = [side[key] for key in held]
    if not pairs:
        return {}
    entries = explain_pairs(
        [(needs.needs[pair.need], pair.row) for pair in pairs],
        needs.catalogue,
        policy,
        np.stack([pair.values for pair in pairs], axis=1),
        np.array([pair.broken for pair in pairs], np.uint16),
    )
    return dict(zip(held, entries))
