"""The text part: what they wrote about the problem and about the know-how, across languages.

Each text becomes a row of each view (`views.py`). The sentence vector of a multilingual encoder,
from which the mean of its language and side is taken away and what varies inside a topic is
whitened; the *topic space*: how much closer than usual the text is to each topic of the taxonomy,
squared so that a few topics stand out, with the topics of which the text holds a term; the same
vector as it is; and that of a second encoder. Common words are held back by how near a row is to
everything (hubness; Conneau et al., "Word translation without parallel data", 2018, CSLS). Words
of the same language add exactness (`words.py`). How the weights were found: docs/engine.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.encoders import FIRST, Encoder, choose_installed, encoders_of
from engine.reference import NEED, OFFER, Means, Reference, read_taxonomy
from engine.views import VIEWS, Batch, multiply_views
from engine.words import (
    Words,
    find_topics,
    grow_array,
)

HUB, LEXICAL = 0.6, 0.5
# Where a raw score is shown as a half, and how fast it rises there. Of judged pairs that do not
# fit, though systems ranked them high, half lie under MIDDLE. Those that fit lie between 0.3 and
# 1.6, by the length and the language of the telling too: a curve so wide moves like colleagues by
# less than two points, and as it has long tails what is nearer stays before.
MIDDLE, SPREAD = 0.47, 0.5
BLOCK = 1024  # rows that are laid at a time: they stay in the cache


def check_text(text: object, name: str = "text") -> str:
    if not isinstance(text, str):
        raise ValueError(f"{name} must be a string, not {type(text).__name__}")
    return text


def unbend_score(share: float) -> float:
    """Return the raw score that is shown as a share of 0 to 1: see `show_raw`."""
    bent = min(max(2 * share - 1, -0.999), 0.999)
    return float(MIDDLE + SPREAD * bent / (1 - bent**2) ** 0.5)


def show_raw(raw: np.ndarray) -> np.ndarray:
    """Return what is shown of raw scores: 0 to 1, in the same order."""
    steps = (raw - np.float32(MIDDLE)) / np.float32(SPREAD)
    return (1 + steps / np.sqrt(1 + steps**2)) / 2


@dataclass(frozen=True)
class NeedTexts:
    """Texts of needs as an index of offers' texts reads them: packed rows (n, w), words, the most
    that each could score by words (n,), and whether it has any (n,)."""

    packed: np.ndarray
    words: Words
    most: np.ndarray
    written: np.ndarray


class TextIndex:
    """Texts to be compared with one text at a time.

    texts: n strings; languages: n ISO 639-1 codes; vectors: (n, d) unit rows made by the same
    encoder, side by side where it is several, or None to make them now; means {part: Means}: those
    of another index, or None for the stored ones moved towards these texts' own. Raises ValueError
    where their lengths or shapes differ, or a vector is not finite.

    packed (n, w) int8: the views of each row side by side, of which `columns` {view: slice} tells
    where; hubs (n,) float32. A row hangs on its text and on `means`, which stay as they were made:
    a text that is put later moves no other row.
    """

    def __init__(
        self,
        texts: Iterable[str],
        languages: Iterable[str],
        *,
        encoder: Encoder | None = None,
        vectors: np.ndarray | Sequence[np.ndarray] | None = None,
        means: Mapping[str, Means] | None = None,
    ) -> None:
        texts, languages = list(texts), list(languages)
        if len(texts) != len(languages):
            raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
        for text in texts:
            check_text(text, "texts")
        self.encoder = encoder or choose_installed()
        self.references = {
            part: Reference.for_encoder(one) for part, one in encoders_of(self.encoder).items()
        }
        self.views = [view for view in VIEWS if view.part in (None, *self.references)]
        self.size = len(texts)
        made = self.encoder.encode(texts) if vectors is None else vectors
        parts = self.split_vectors(np.asarray(made, np.float32), self.size)
        self.means = dict(means or {p: one.means for p, one in self.references.items()})
        if means is None and FIRST in self.means:
            self.means[FIRST] = self.means[FIRST].shrink(parts[FIRST], languages)
        nothing = self.read_batch(self.split_vectors(np.zeros(0), 0), [], [], OFFER)
        widths = [view.pack(nothing).shape[1] for view in self.views]
        self.width = sum(widths)
        ends = np.cumsum(widths).tolist()
        self.columns = {
            view.key: slice(end - width, end) for view, width, end in zip(self.views, widths, ends)
        }
        self.words, places = Words.build(texts, languages)
        self.packed, self.hubs = self.pack(parts, languages, places)

    def __len__(self) -> int:
        return self.size

    def split_vectors(self, vectors: np.ndarray, count: int) -> dict[str, np.ndarray]:
        """Return {part: (count, d)} of the encoders' vectors side by side."""
        lengths = [one.length for one in self.references.values()]
        if not count:
            vectors = np.zeros((0, sum(lengths)), np.float32)
        if vectors.shape != (count, sum(lengths)):
            raise ValueError(f"vectors must be {(count, sum(lengths))}, not {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors must be finite")
        return dict(zip(self.references, np.split(vectors, np.cumsum(lengths)[:-1], axis=1)))

    def read_batch(
        self,
        vectors: Mapping[str, np.ndarray],
        languages: Sequence[str],
        places: Sequence[list[int]],
        side: str,
    ) -> Batch:
        return Batch(
            vectors, languages, places, references=self.references, means=self.means, side=side
        )

    def pack(
        self,
        vectors: Mapping[str, np.ndarray],
        languages: Sequence[str],
        places: Sequence[list[int]],
        side: str = OFFER,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the bytes and the hubness of rows."""
        hubs = np.zeros(len(places), np.float32)
        packed = np.zeros((len(places), self.width), np.int8)
        for start in range(0, len(places), BLOCK):
            block = slice(start, start + BLOCK)
            batch = self.read_batch(
                {part: rows[block] for part, rows in vectors.items()},
                languages[block],
                places[block],
                side,
            )
            packed[block], hubs[block] = self.pack_views(batch), batch.hubness()
        return packed, hubs

    def pack_views(self, batch: Batch) -> np.ndarray:
        return np.hstack([view.pack(batch) for view in self.views])

    def write_row(self, row: int, text: str, language: str, vector: np.ndarray) -> None:
        """Write one text and its vector (d,) at a row that holds none, growing if need be."""
        parts = self.split_vectors(np.asarray(vector, np.float32)[None], 1)
        packed, hubs = self.pack(parts, [language], [find_topics(check_text(text), language)])
        self.packed, self.hubs = grow_array(self.packed, row + 1), grow_array(self.hubs, row + 1)
        self.packed[row], self.hubs[row] = packed[0], hubs[0]
        self.words.write_row(row, text, language)
        self.size = max(self.size, row + 1)

    def drop(self, row: int, text: str, language: str) -> None:
        """Remove the text of a row, as it was put."""
        self.packed[row], self.hubs[row] = 0, 0
        self.words.drop(row, text, language)

    def scores(self, text: str, language: str) -> np.ndarray:
        """Return (n,) float32 in [0, 1]: how much each text is about the same thing.

        An empty text is like nothing: zeros.
        """
        return self.scores_of(self.encoder.encode([check_text(text)])[0], text, language)

    def scores_of(self, vector: np.ndarray, text: str, language: str) -> np.ndarray:
        """As `scores`, for a text whose vector (d,) is known."""
        if not text.strip():
            return np.zeros(self.size, np.float32)
        return show_raw(self.raw_scores(vector, text, language))

    def raw_scores(self, vector: np.ndarray, text: str, language: str) -> np.ndarray:
        """Return (n,) float32: the weighed sum of the views, on a scale of no bounds."""
        parts = self.split_vectors(np.asarray(vector, np.float32)[None], 1)
        batch = self.read_batch(parts, [language], [find_topics(text, language)], NEED)
        raw = self.words.scores(text, language, self.size) * np.float32(LEXICAL)
        raw += multiply_views(self.packed[: self.size], self.pack_views(batch)[0])
        return raw - np.float32(HUB) * self.hubs[: self.size]

    def lay_needs(
        self, texts: Sequence[str], languages: Sequence[str], vectors: np.ndarray | None = None
    ) -> NeedTexts:
        """Lay texts of needs, to be compared with one text of this index at a time."""
        made = self.encoder.encode(list(texts)) if vectors is None else vectors
        parts = self.split_vectors(np.asarray(made, np.float32), len(texts))
        words, places = Words.build(texts, languages)
        packed = self.pack(parts, languages, places, NEED)[0]
        written = np.array([bool(text.strip()) for text in texts], bool)
        return NeedTexts(packed, words, self.words.weigh_texts(words), written)

    def scores_of_needs(self, needs: NeedTexts, row: int, text: str, language: str) -> np.ndarray:
        """As `scores` of each need, for the text of a row; NaN for a need without words."""
        raw = self.words.scores_of(needs.words, needs.most, text, language) * np.float32(LEXICAL)
        raw += multiply_views(needs.packed, self.packed[row])
        shares = show_raw(raw - np.float32(HUB) * self.hubs[row])
        return np.where(needs.written, shares, np.float32(np.nan))


def find_topic_codes(text: str, language: str) -> list[str]:
    """Return the codes of the topics of which a text holds a whole term, for somebody to choose."""
    return [read_taxonomy()[place]["code"] for place in find_topics(check_text(text), language)]
