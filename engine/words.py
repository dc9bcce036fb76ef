"""Words and terms: exactness inside a language, and the evidence that people are shown.

BM25 over stems, each language by itself (Robertson and Zaragoza, "The probabilistic relevance
framework", 2009, k1 = 1.2, b = 0.75), in sparse columns to which a text can be added and from
which it can be taken, with the same scores as if all had been laid anew.
"""

import functools
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Self

import numpy as np
import Stemmer
import stopwordsiso

from engine.reference import LANGUAGES, read_taxonomy, topic_terms

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}
K1, B = 1.2, 0.75
WORD = re.compile(r"[^\W\d_]{3,}")
# Vowels that many scripts write as marks on a letter, as Khmer and Tamil do: part of the word.
MARK = "".join(c for c in map(chr, range(0x20000)) if unicodedata.category(c) in ("Mn", "Mc"))
MAY_BE_MARKED = re.compile("[\u0300-\u036f\u0591-\U0001ffff]")  # not Latin, Greek or Cyrillic
MARKED_WORD = re.compile(rf"(?:[^\W\d_][{MARK}]*){{3,}}")
STOP = frozenset(
    (
        "the and for with that this from are was has have not our your their which will can into "
        "les des une aux par pour dans sur est sont nous vous leur leurs qui que avec pas plus "
        "los las una para con que del como más sus esta este son nos nuestro nuestra "
        "uma dos das não com mais seu sua por nas "
        "het een van voor met niet die dat zijn wij ons onze naar ook door als aan"
    ).split()
)


@functools.cache
def get_stemmer(language: str) -> Stemmer.Stemmer | None:
    name = STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


def find_words(text: str) -> list[str]:
    """List the words of a text in their order, lower case, without the commonest.

    >>> find_words("The pits of Badulla, බදුල්ල")
    ['pits', 'badulla', 'බදුල්ල']
    """
    pattern = MARKED_WORD if MAY_BE_MARKED.search(text) else WORD
    return [word for word in pattern.findall(text.lower()) if word not in STOP]


@functools.lru_cache(maxsize=16)  # a need's own text is compared with one offer after another
def split_words(text: str, language: str) -> list[tuple[str, str]]:
    """Return [(stem, word)] of a text, lower case, without the commonest words."""
    words = find_words(text)
    return list(zip(stem_words(words, language), words))


def stems_of(text: str, language: str) -> list[str]:
    """Return the stems of a text in their order, as `words` does."""
    return stem_words(find_words(text), language)


def stem_words(words: list[str], language: str) -> list[str]:
    stem = get_stemmer(language)
    return stem.stemWords(words) if stem else words


@functools.cache
def empty_words(language: str) -> frozenset[str]:
    """Return the stop words of a language: "avons", "each", "sin"."""
    known = stopwordsiso.stopwords(language) if stopwordsiso.has_lang(language) else frozenset()
    return STOP | known | {"faire"}  # the list lacks it


@functools.cache
def index_terms(language: str) -> dict[str, list[tuple[frozenset[str], int]]]:
    """Index the taxonomy's terms by one stem of each: {stem: [(all stems, topic's place)]}."""
    index: dict[str, list[tuple[frozenset[str], int]]] = {}
    if language in LANGUAGES:
        for place, row in enumerate(read_taxonomy()):
            for term in topic_terms(row, language):
                stems = frozenset(stems_of(term, language))
                if stems:
                    index.setdefault(min(stems), []).append((stems, place))
    return index


@functools.lru_cache(maxsize=16)  # a need's own text is compared with one offer after another
def find_topics(text: str, language: str) -> list[int]:
    """Return the places of the topics of which a text holds a whole term."""
    return find_topics_by_stems({stem for stem, _ in split_words(text, language)}, language)


def find_topics_by_stems(stems: set[str], language: str) -> list[int]:
    """As `find_topics`, for the set of a text's stems."""
    index = index_terms(language)
    return sorted({place for stem in stems for held, place in index.get(stem, ()) if held <= stems})


def grow_array(array: np.ndarray, size: int) -> np.ndarray:
    """Return the array with at least `size` rows, twice as many as it had: zeros follow."""
    if len(array) >= size:
        return array
    more = np.zeros((max(size, 2 * len(array)), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more


class Words:
    """Sparse columns of stems over rows of text.

    indptr (n_terms + 1,), rows, counts: postings as they were laid; stale (n,): rows that
    changed since, whose postings are in `late` {term: {row: count}}. lengths (n,): stems a row.
    """

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.late: dict[int, dict[int, int]] = {}
        self.indptr = np.zeros(1, np.int64)
        self.rows, self.counts = np.zeros(0, np.int32), np.zeros(0, np.uint8)
        self.stale, self.lengths = np.zeros(0, bool), np.zeros(0, np.uint16)
        self.holding: Counter[int] = Counter()  # term: how many rows hold it now
        self.texts: Counter[str] = Counter()  # language: how many rows
        self.stems: Counter[str] = Counter()  # language: stems in them

    @classmethod
    def build(cls, texts: Sequence[str], languages: Sequence[str]) -> tuple[Self, list[list[int]]]:
        """Index many texts at once; return the index, and what `find_topics` gives of each."""
        index, places = cls(), []
        terms, counts = array("q"), array("q")
        widths = np.zeros(len(texts), np.int64)
        index.lengths = np.zeros(len(texts), np.uint16)
        index.stale = np.zeros(len(texts), bool)
        for row, (text, language) in enumerate(zip(texts, languages)):
            stems = stems_of(text, language)
            places.append(find_topics_by_stems(set(stems), language))
            row_counts = index.count_row(row, stems, language)
            terms.extend(row_counts)
            counts.extend(row_counts.values())
            widths[row] = len(row_counts)
        laid = np.frombuffer(terms, np.int64)
        order = np.argsort(laid, kind="stable")  # rows came in order, and stay so in a term
        index.indptr = np.searchsorted(laid[order], np.arange(len(index.terms) + 1))
        index.rows = np.repeat(np.arange(len(texts), dtype=np.int32), widths)[order]
        index.counts = np.minimum(np.frombuffer(counts, np.int64), 255)[order].astype(np.uint8)
        return index, places

    def count_row(self, row: int, stems: Sequence[str], language: str) -> dict[int, int]:
        """Add a row's stems to the counts; return {term: count}."""
        stem_counts = Counter(f"{language}:{stem}" for stem in stems)
        counts = {self.terms.setdefault(key, len(self.terms)): n for key, n in stem_counts.items()}
        self.holding.update(counts.keys())
        self.lengths[row] = min(sum(counts.values()), 65_535)
        self.texts[language] += 1
        self.stems[language] += int(self.lengths[row])
        return counts

    def write_row(self, row: int, text: str, language: str) -> None:
        """Add a text at a row that holds none."""
        self.stale, self.lengths = (
            grow_array(self.stale, row + 1),
            grow_array(self.lengths, row + 1),
        )
        self.stale[row] = True
        for term, count in self.count_row(row, stems_of(text, language), language).items():
            self.late.setdefault(term, {})[row] = count

    def drop(self, row: int, text: str, language: str) -> None:
        """Remove the text of a row, as it was put."""
        terms = {self.terms[f"{language}:{stem}"] for stem in stems_of(text, language)}
        self.holding.subtract(terms)
        for term in terms:
            self.late.get(term, {}).pop(row, None)
        self.texts[language] -= 1
        self.stems[language] -= int(self.lengths[row])
        self.stale[row], self.lengths[row] = True, 0

    def scores(self, text: str, language: str, size: int) -> np.ndarray:
        """Return (size,) float32 in [0, 1]: BM25 as a share of the most that a row could have."""
        scores, most = np.zeros(size), 0.0  # sums in double precision are the same in any order
        total = self.texts[language]
        for stem in dict.fromkeys(stems_of(text, language)):
            key = f"{language}:{stem}"
            term, holding, weight = self.terms.get(key), self.count_holding(key), self.weigh(key)
            most += weight * (K1 + 1)
            if term is None or not holding:
                continue
            mean = self.stems[language] / total
            if term < len(self.indptr) - 1:
                held = slice(self.indptr[term], self.indptr[term + 1])
                rows, counts = self.rows[held], self.counts[held]
                live = ~self.stale[rows]
                rows, counts = rows[live], counts[live].astype(np.float32)
                scores[rows] += weight * saturate_counts(counts, self.lengths[rows], mean)
            for row, count in self.late.get(term, {}).items():
                scores[row] += weight * saturate_counts(
                    np.float32(min(count, 255)), self.lengths[row], mean
                )
        return (scores / most if most else scores).astype(np.float32)

    def count_holding(self, key: str) -> int:
        """Return how many texts hold a stem; key: with its language before it."""
        term = self.terms.get(key)
        return self.holding[term] if term is not None else 0

    def weigh(self, key: str) -> float:
        """Return what a stem counts for: the rarer in the texts of its language, the more."""
        total, holding = self.texts[key.partition(":")[0]], self.count_holding(key)
        return float(np.log(1 + (total - holding + 0.5) / (holding + 0.5)))

    def weigh_texts(self, others: Self) -> np.ndarray:
        """Return (n,) the most that each text of another index could score among these."""
        weights = np.array([self.weigh(key) for key in others.terms] or [0.0])
        each = np.repeat(np.arange(len(others.indptr) - 1), np.diff(others.indptr))
        most = np.bincount(others.rows, weights[each] * (K1 + 1), len(others.lengths))
        return most.astype(float)

    def scores_of(self, others: Self, most: np.ndarray, text: str, language: str) -> np.ndarray:
        """As `scores` of each text of another index, for one text that stands among these.

        most: as `weigh_texts` gives it.
        """
        scores, stems = np.zeros(len(most)), stems_of(text, language)
        length = np.array([min(len(stems), 65_535)], np.uint16)
        mean = self.stems[language] / max(self.texts[language], 1)
        for stem, count in Counter(stems).items():
            key = f"{language}:{stem}"
            term = others.terms.get(key)
            if term is not None and self.count_holding(key):
                rows = others.rows[others.indptr[term] : others.indptr[term + 1]]
                counts = np.array([min(count, 255)], np.float32)
                scores[rows] += self.weigh(key) * saturate_counts(counts, length, mean)
        return np.divide(scores, most, where=most > 0, out=np.zeros(len(most))).astype(np.float32)


def saturate_counts(
    counts: np.ndarray | np.floating, lengths: np.ndarray, mean: float
) -> np.ndarray:
    return (counts * (K1 + 1) / (counts + K1 * (1 - B + B * lengths / mean))).astype(np.float32)
