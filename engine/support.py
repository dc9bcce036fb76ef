"""What criteria take from each other, once each is scored by itself.

A field of work is not yet the same work (engineers mend lamps, and build markets): it counts in
full where a topic that is asked is declared, else as far as the texts are near. And towns write
alike of other matters too (a plan, a register): where an offer declares other topics alone, and is
of another field, its text counts for half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from engine.columns import OfferColumns
from engine.criteria import CRITERIA
from engine.criteria.peer import SAME_FIELD, score_function
from engine.model import Need, Offer

SUPPORTED = np.float32(0.3)  # how near a text is that supports a field of work in full
SAME_THEME = np.float32(0.75)  # what another topic of a theme that is asked supports
ELSEWHERE = np.float32(0.5)  # what a text on other topics, of another field, counts for
TOPICS, TEXT, PEER = (CRITERIA[key].place for key in ("topics", "text", "peer"))


def declares_asked(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return (size,) bool: whether an offer declares a topic that is asked."""
    declared = np.zeros(catalogue.size, bool)
    for code in need.topics:
        declared |= catalogue.topics[catalogue.themes.position[code], : catalogue.size] != 0
    return declared


@dataclass(frozen=True)
class Asked:
    """What many needs ask: {topic: rows of those that ask it}, and (n,) whether a function is."""

    topics: dict[str, np.ndarray]
    fields: np.ndarray

    @classmethod
    def lay(cls, needs: Sequence[Need]) -> Self:
        topics: dict[str, list[int]] = {}
        for row, need in enumerate(needs):
            for code in need.topics:
                topics.setdefault(code, []).append(row)
        fields = np.array([bool(need.function) for need in needs], bool)
        return cls({code: np.array(rows) for code, rows in topics.items()}, fields)

    def declared_by(self, offer: Offer) -> np.ndarray:
        """As `declares_asked`, for one offer and each need."""
        declared = np.zeros(len(self.fields), bool)
        for code in offer.topics.keys() & self.topics.keys():
            declared[self.topics[code]] = True
        return declared


def relate_values(values: np.ndarray, asks_field: bool | np.ndarray, declares: np.ndarray) -> None:
    """Relate the criteria (n_criteria, n) of pairs, in place; each pair by itself.

    asks_field: whether the need asks a function, or (n,) whether each of many does; declares (n,):
    as `declares_asked`.
    """
    topics, text, peer = values[TOPICS], values[TEXT], values[PEER]
    is_other = ~np.isnan(topics) & ~declares
    text[is_other & ~(peer >= SAME_FIELD) & asks_field] *= ELSEWHERE
    near = np.minimum(np.where(np.isnan(text), SUPPORTED, text) / SUPPORTED, 1)
    near *= np.sqrt(near)  # of a text that is half as near a third is left
    supported = np.where(topics > 0, np.maximum(near, SAME_THEME), near)
    peer *= np.where(declares | ~np.asarray(asks_field), np.float32(1), supported)


def is_elsewhere(need: Need, offer: Offer) -> bool:
    """Return whether an offer is of other topics and not of the field: its text counts for half."""
    if not need.function or not need.topics or not offer.topics:
        return False
    if not need.topics.keys().isdisjoint(offer.topics):
        return False
    return not offer.function or score_function(need.function, offer.function) < 1
