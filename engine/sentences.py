"""Sentences: which two, one of a need and one of an offer, say the same thing.

They are what a person reads as the ground of a likeness: texts are ranked whole. Each sentence is
laid by one encoder's views and the taxonomy's terms (`views.py`) with the means that are stored, so
that it depends on itself alone. How encoder and thresholds were chosen: docs/engine.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from engine.encoders import FIRST, SECOND, Encoder, Together, encoders_of
from engine.reference import NEED, OFFER, read_taxonomy
from engine.support import ELSEWHERE as HALVED
from engine.text import HUB, TextIndex, unbend_score
from engine.views import STEPS
from engine.words import empty_words, find_topics, split_words

MOST = 60  # sentences of a text that are read
SHORTEST, LONGEST = 12, 320  # characters: less says nothing of a thing, more is cut at its clauses
WORDS = 1.0  # what the share of words in common counts for, in one language
FEWEST = 2  # words in common: one alone is too often a homonym
# What a pair and the whole texts must reach together, by the part of the encoder: of judged pairs
# among a need's first five texts, three of four that fit reach GROUND, and one of five that do not;
# NOTHING, all that fit. A topic that both declare makes up for DECLARED; where the offer declares
# topics, and none that is asked, words that sound alike are mostly of another matter (a plan of
# land, of trees, of a council's work): ELSEWHERE more is wanted.
GROUND = {SECOND: 1.6, FIRST: 2.1, "": 1.35}
NOTHING = {SECOND: 0.75, FIRST: 1.3, "": 0.5}
DECLARED, ELSEWHERE = 0.3, 0.4
# What the whole texts must earn, 0..1, where a ground is told, and less where it is denied: words
# and points then say the same.
LEAST_TOLD, MOST_DENIED = 0.25, 0.5
# Lines; and a full stop, with what closes after it, where no small letter follows.
ENDS = re.compile(r"\s*[\r\n]+\s*|(?<=[.!?…؟۔।។])[\"”’»)\]]*\s+(?![a-zà-öø-ÿа-яіїєґ])")
CLAUSES = re.compile(r"(?<=[;:؛])\s+|\s+[–—]\s+")
WRAPPED = re.compile(rf".{{1,{LONGEST}}}(?=\s|$)|.{{1,{LONGEST}}}", re.DOTALL)
# What ends with a full stop though no sentence does: initials, and titles and measures cut short.
SHORTENED = re.compile(
    r"\b([^\W\d_]|Drs?|Dra|Mrs?|Ms|Mme|Prof|Ste?|Sra?|Nos?|Nr|approx|ca|bzw|ex|hab|incl|vs|Av|ул|м)\.$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Passages:
    """The sentences of a text, their language and their vectors (n, d), made by `choose_reader`."""

    sentences: Sequence[str]
    language: str
    vectors: np.ndarray


@dataclass(frozen=True)
class Pair:
    """The two nearest sentences, by their places, and how near: a number without bounds."""

    need: int
    offer: int
    nearness: float


def split_sentences(text: str) -> list[str]:
    """Split a text into its sentences, MOST at most, in their order, each as it stands there.

    >>> split_sentences("Dr. Mensah plans 4.5 km of drains. Nobody pays.\\n- Two trucks, no depot")
    ['Dr. Mensah plans 4.5 km of drains.', 'Nobody pays.', 'Two trucks, no depot']
    """
    sentences: list[str] = []
    start = 0
    for end in ENDS.finditer(text):
        closing = end.group().rstrip()
        if not closing and "\n" not in end.group() and SHORTENED.search(text[start : end.start()]):
            continue
        sentences += cut_long(text[start : end.start()] + closing)
        start = end.end()
    return [*sentences, *cut_long(text[start:])][:MOST]


def cut_long(sentence: str) -> list[str]:
    """Cut a sentence at its clauses where it is too long to be quoted; leave out an empty one."""
    sentence = sentence.strip().lstrip("-–—•*· ")
    if len(sentence) <= LONGEST:
        return [sentence] if sentence else []
    pieces = [piece for clause in CLAUSES.split(sentence) for piece in WRAPPED.findall(clause)]
    return [piece.strip() for piece in pieces if piece.strip()]


def choose_reader(encoder: Encoder) -> Encoder:
    """Return the one of several encoders that reads sentences: the second where there is one.

    With the taxonomy's terms it tells the pairs that fit from others as well as both, in a tenth
    of the first one's time.
    """
    parts = encoders_of(encoder)
    return parts.get(SECOND) or parts.get(FIRST) or Together()


_indexes: dict[str, TextIndex] = {}  # reader's version: an empty index with the stored means


def open_index(reader: Encoder) -> TextIndex:
    """Return the index that lays sentences, made once."""
    if reader.version not in _indexes:
        _indexes[reader.version] = TextIndex([], [], encoder=reader)
    return _indexes[reader.version]


def lay_passages(
    index: TextIndex, passages: Passages, side: str, topics: Collection[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the bytes (n, w) and the hubness (n,) of sentences; of a topic's terms, those of
    `topics` alone count."""
    count = len(passages.sentences)
    vectors = index.split_vectors(np.asarray(passages.vectors, np.float32), count)
    places = [
        [place for place in find_topics(sentence, passages.language) if place in topics]
        for sentence in passages.sentences
    ]
    batch = index.read_batch(vectors, [passages.language] * count, places, side)
    return index.pack_views(batch), batch.hubness()


def telling_stems(sentence: str, language: str) -> set[str]:
    """Return the stems of a sentence that say something."""
    stems = split_words(sentence, language)
    return {stem for stem, word in stems if word not in empty_words(language)}


def share_words(need: Passages, offer: Passages) -> np.ndarray:
    """Return (n_need, n_offer): the telling words in common over the mean number, in one language.

    The geometric mean: Ochiai, "Zoogeographical studies on the soleoid fishes" (1957).
    """
    shares = np.zeros((len(need.sentences), len(offer.sentences)))
    if need.language == offer.language:
        asked, held = (
            [telling_stems(sentence, side.language) for sentence in side.sentences]
            for side in (need, offer)
        )
        for row, own in enumerate(asked):
            for column, other in enumerate(held):
                if (common := len(own & other)) >= FEWEST:
                    shares[row, column] = common / (len(own) * len(other)) ** 0.5
    return shares


def find_nearest_pair(
    reader: Encoder,
    need: Passages,
    offer: Passages,
    stated: tuple[Collection[str], Collection[str]] = ((), ()),
) -> Pair | None:
    """Return the two sentences, one of each text, that are nearest; None where one text has none.

    stated: the topics that need and offer declare; see `list_grounds`.
    """
    if not need.sentences or not offer.sentences:
        return None
    index, topics = open_index(reader), list_grounds(*stated)
    asked, _hubs = lay_passages(index, need, NEED, topics)
    held, hubs = lay_passages(index, offer, OFFER, topics)
    near = asked.astype(int) @ held.T.astype(int) / STEPS**2 - HUB * hubs
    near += WORDS * share_words(need, offer)
    sizes = [np.array([len(text) for text in side.sentences]) for side in (need, offer)]
    near[(sizes[0] < SHORTEST)[:, None] | (sizes[1] < SHORTEST)] = -np.inf
    row, column = np.unravel_index(near.argmax(), near.shape)
    if not np.isfinite(near[row, column]):
        return None
    return Pair(int(row), int(column), round(float(near[row, column]), 4))


def list_grounds(asked: Collection[str], held: Collection[str]) -> set[int]:
    """Return the places of the topics whose terms may bring two sentences together.

    A term may be a homonym (“parking” of lorries that empty pits, a “committee” of staff): its
    topic counts where one side states it, and the other its theme, or where nobody states any.
    """
    stated = {*asked, *held}
    themes = [{code.split("/")[0] for code in side} for side in (asked, held)]
    return {
        place
        for place, row in enumerate(read_taxonomy())
        if (not stated or row["code"] in stated)
        and all(not some or row["parent"] in some for some in themes)
    }


def judge_pair(
    pair: Pair | None,
    likeness: float,
    reader: Encoder,
    *,
    is_declared: bool | None,
    is_elsewhere: bool = False,
) -> str:
    """Return "pair" where two sentences are near enough to be told as a ground, "none" where there
    is no ground in the texts, else "unclear".

    likeness: what the text criterion gave both texts as a whole, 0..1; is_declared: whether the
    offer declares a topic that the need asks, None where one of them declares no topic at all;
    is_elsewhere: it counts for half, as it is of other topics and of another field.
    """
    if pair is None:
        return "none" if likeness < MOST_DENIED else "unclear"
    part = next(iter(encoders_of(reader)), "")
    whole = likeness / float(HALVED) if is_elsewhere else likeness
    reached = pair.nearness + unbend_score(whole)
    wanted = GROUND[part] + {True: -DECLARED, False: ELSEWHERE, None: 0}[is_declared]
    if reached >= wanted and likeness >= LEAST_TOLD:
        return "pair"
    is_denied = not is_declared and reached < NOTHING[part] and likeness < MOST_DENIED
    return "none" if is_denied else "unclear"
