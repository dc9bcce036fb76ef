"""Views: the ways in which two texts are compared, each a few columns of bytes a text.

A text's row of a view follows from its vectors, its words and the means of its language and side:
never from the other texts. A view's score of a pair is the product of both rows, and counts for
the view's weight.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numkong
import numpy as np

from engine.encoders import FIRST, SECOND
from engine.reference import NEED, Means, Reference, read_taxonomy, unit_rows

NEAREST = 10  # neighbours among the taxonomy's own vectors that measure hubness
STEPS = 127  # of a byte, in a value of 1
SPOT = 1.5  # standard deviations that a term of the topic in the text counts for


class Batch:
    """Some texts of one side, as the views read them.

    vectors {part: (n, d)}: of each encoder; places: for each text, those of the topics of which
    it holds a term. In double precision: a product of many rows and of one then round to the
    same bytes.
    """

    def __init__(
        self,
        vectors: Mapping[str, np.ndarray],
        languages: Sequence[str],
        places: Sequence[list[int]],
        *,
        references: Mapping[str, Reference],
        means: Mapping[str, Means],
        side: str,
    ) -> None:
        self.languages, self.places, self.references = languages, places, references
        self.centred = {
            part: rows.astype(float) - self.mean_rows(rows, means[part], side)
            for part, rows in vectors.items()
        }

    def mean_rows(self, rows: np.ndarray, means: Means, side: str) -> np.ndarray:
        """Return (n, d): the mean of each row; zeros where an encoder had nothing to say."""
        mean_of = means.need if side == NEED else means.offer
        by_language = {language: mean_of(language) for language in set(self.languages)}
        by_row = np.array([by_language[language] for language in self.languages])
        return by_row.reshape(rows.shape) * rows.any(axis=1, keepdims=True)

    @functools.cached_property
    def semantic(self) -> np.ndarray:
        """(n, w) unit rows in which the topics differ most."""
        return unit_rows(self.centred[FIRST] @ self.references[FIRST].topics.projection)

    def hubness(self) -> np.ndarray:
        """Return (n,): how near each text is to everything, among the taxonomy's own vectors."""
        if FIRST not in self.centred or not self.places:
            return np.zeros(len(self.places))
        near = self.semantic @ self.references[FIRST].topics.hubs.T
        return np.partition(near, -NEAREST, axis=1)[:, -NEAREST:].mean(axis=1).round(4)

    def plain(self, part: str) -> np.ndarray:
        """Return (n, w): the main directions of an encoder's own unit rows."""
        return unit_rows(self.centred[part]) @ self.references[part].main

    def topics(self) -> np.ndarray:
        """Return (n, n_topics) unit rows: how much closer than usual to each topic, and terms."""
        nearness = np.zeros((len(self.places), len(read_taxonomy())))
        if FIRST in self.centred:
            topics = self.references[FIRST].topics
            codes = np.array([c if c in topics.rows else "" for c in self.languages], dtype=object)
            for code in set(codes):
                near = self.semantic[codes == code] @ topics.rows[code].T
                near -= near.mean(axis=1, keepdims=True)
                nearness[codes == code] = near / np.maximum(near.std(axis=1, keepdims=True), 1e-9)
        for row, held in enumerate(self.places):
            nearness[row, held] += SPOT
        return unit_rows(np.clip(nearness, 0, None) ** 2)


@dataclass(frozen=True)
class View:
    """One way to compare texts.

    part: whose vectors it is laid from; None: words alone will do; weight: what the product of two
    rows counts for.
    """

    key: str
    part: str | None
    weight: float
    rows: Callable[[Batch], np.ndarray]

    def pack(self, batch: Batch) -> np.ndarray:
        """Return (n, w) int8; the weight is in both rows of a pair, so that one product of all
        views side by side is their weighed sum."""
        steps = self.rows(batch) * (STEPS * self.weight**0.5)
        return np.clip(np.rint(steps), -STEPS, STEPS).astype(np.int8)


def multiply_views(rows: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return (n,) float32: the weighed sum of the views of packed rows (n, w) and of one (w,).

    Sums of whole numbers are exact, in whatever order they are added: a row scores the same at
    any place and on any machine.
    """
    if not rows.size:
        return np.zeros(len(rows), np.float32)
    products = np.asarray(numkong.cdist(rows, asked[None], "dot")).ravel()
    return (products / STEPS**2).astype(np.float32)


# A weight of 1 is that of the topic space, which with the semantic view is the first encoder's
# own space: its scores of the written needs and offers deviate by OWN, the plain views' by WIDE
# and SECONDS. They count for a quarter and a half of that: docs/engine.md tells how it was found.
OWN, WIDE, SECONDS = 0.21, 0.073, 0.083
VIEWS = (
    View("semantic", FIRST, 1.2, lambda batch: batch.semantic),
    View("topics", None, 1.0, Batch.topics),
    View("wide", FIRST, 0.25 * OWN / WIDE, lambda batch: batch.plain(FIRST)),
    View("second", SECOND, 0.5 * OWN / SECONDS, lambda batch: batch.plain(SECOND)),
)
