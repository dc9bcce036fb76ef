"""The catalogue: offers laid as columns, changed in place, saved and opened again."""

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from engine.columns import Choice, Column, DerivedNumbers, Key, Naming, OfferColumns, Texts, Word
from engine.criteria import CRITERIA
from engine.criterion import Criterion
from engine.encoders import Encoder, choose_installed
from engine.model import Offer
from engine.reference import Means
from engine.rules import RULES, Rule
from engine.text import TextIndex
from engine.themes import Themes
from engine.words import Words, grow_array

ALIGNED = 64  # bytes: where an array of a saved catalogue may start
OWN_COLUMNS = (
    *(Word("language"), Key("expert"), Word("authority"), Word("country")),
    Choice("remote", (False, True)),
)


def list_columns() -> tuple[Column, ...]:
    """List the columns of an offer: its own, and those that rules and criteria read."""
    asking: list[Rule | Criterion] = [*RULES.values(), *CRITERIA.values()]
    wanted = [*OWN_COLUMNS, *(column for one in asking for column in one.columns)]
    return tuple(dict.fromkeys(wanted))


class Catalogue(OfferColumns):
    """Offers, ready to be compared with one need at a time.

    A row is written, overwritten or freed in place; nothing in it depends on the other rows.
    """

    def __init__(self, themes: Themes, text: TextIndex) -> None:
        super().__init__(themes, text, list_columns())
        self._rows: dict[int, int] | None = None
        self._free: list[int] = []

    @classmethod
    def build(
        cls,
        offers: Iterable[Offer],
        *,
        themes: Themes,
        encoder: Encoder | None = None,
        vectors: np.ndarray | Sequence[np.ndarray] | None = None,
        means: Mapping[str, Means] | None = None,
    ) -> Self:
        """Build the columns from offers.

        vectors: (n, d) in the order given, or None to make them; means: those of another
        catalogue's texts, or None for the offers' own (see `TextIndex`). Raises ValueError for two
        offers with one id, or a topic that `themes` lacks.
        """
        offers = list(offers)
        texts, languages = [o.text for o in offers], [o.language for o in offers]
        text = TextIndex(texts, languages, encoder=encoder, vectors=vectors, means=means)
        made = cls(themes, text)
        made.reserve(len(offers))
        made.texts = texts
        for row, offer in enumerate(offers):
            made.write(row, offer)
        made.derive(slice(0, len(offers)))
        made.size = len(offers)
        if len(np.unique(made["ids"])) < len(offers):
            raise ValueError("ids: two offers have the same")
        return made

    def __len__(self) -> int:
        return int(self["alive"].sum())

    # Changes in place

    def update(self, offer: Offer, *, vector: np.ndarray | None = None) -> None:
        """Add an offer, or replace the one with its id.

        The text is encoded only where it changed and `vector` (d,) is not given.
        """
        self.check_topics(offer)
        row = self.row_of(offer.id)
        old = None if row is None else self.text_of(row)
        if vector is None and old != (
            offer.text,
            offer.language,
        ):  # before anything changes: an encoder may fail
            vector = self.text.encoder.encode([offer.text])[0]
        if row is None or old is None:
            row = self._free.pop() if self._free else self.size
        else:
            self.clear(row)
            if vector is not None:
                self.text.drop(row, *old)
        if vector is not None:
            self.text.write_row(row, offer.text, offer.language, vector)
        self.reserve(row + 1)
        self.size = max(self.size, row + 1)
        if not isinstance(self.texts, OverlaidTexts):
            self.texts = OverlaidTexts(self.texts)
        self.texts[row] = offer.text
        self.write(row, offer)
        self.derive(slice(row, row + 1))
        self.rows()[offer.id] = row

    def remove(self, offer_id: int) -> None:
        """Remove an offer; KeyError if it is not there."""
        row = self.rows().pop(offer_id)
        old = self.text_of(row)
        self.clear(row)
        self.text.drop(row, *old)
        self.columns["alive"][row] = False
        self._free.append(row)

    def rows(self) -> dict[int, int]:
        if self._rows is None:
            alive = np.flatnonzero(self["alive"])
            self._rows = dict(zip(self["ids"][alive].tolist(), alive.tolist()))
            self._free = np.flatnonzero(~self["alive"]).tolist()
        return self._rows

    def row_of(self, offer_id: int) -> int | None:
        """Return the row of an offer, or None."""
        return self.rows().get(offer_id)

    def reserve(self, size: int) -> None:
        """Reserve so many rows in every column."""
        self.columns = {name: grow_array(array, size) for name, array in self.columns.items()}
        self.levels = {code: grow_array(array, size) for code, array in self.levels.items()}
        self.windows = grow_array(self.windows, size)
        if self.topics.shape[1] < size:
            wider = np.zeros((len(self.topics), max(size, 2 * self.topics.shape[1])), np.uint8)
            wider[:, : self.topics.shape[1]] = self.topics
            self.topics = wider

    def check_topics(self, offer: Offer) -> None:
        if unknown := set(offer.topics) - set(self.themes.position):
            raise ValueError(f"topics: the taxonomy has no {sorted(unknown)}")

    def clear(self, row: int) -> None:
        for column in self.laid:
            column.clear(self, row)

    def write(self, row: int, offer: Offer) -> None:
        """Write an offer into an empty row."""
        self.check_topics(offer)
        self.columns["ids"][row], self.columns["alive"][row] = offer.id, True
        for column in self.given:
            column.write(self, row, offer.fact(column.name))

    def derive(self, rows: slice) -> None:
        """Fill the columns that follow from others, in double precision."""
        for column in self.laid:
            if isinstance(column, DerivedNumbers):
                sources = [self.columns[name][rows].astype(float) for name in column.sources]
                self.columns[column.name][rows] = column.compute(*sources)

    # Reading a row back

    def text_of(self, row: int) -> tuple[str, str]:
        """Return (text, language) of a row."""
        return self.texts[row], self.word("language", int(self["language"][row]))

    def offer(self, row: int) -> Offer:
        """Return the offer of a row, as it was given."""
        facts = {column.name: column.read(self, row) for column in self.given}
        return Offer.from_mapping({"id": int(self["ids"][row]), "text": self.texts[row], **facts})

    # On disk

    def save(self, folder: str | Path, *, notes: dict[str, Any] | None = None) -> None:
        """Write the catalogue to a folder, whole or not at all, in place of what is there.

        notes: plain values kept beside it. Raises OSError where it cannot be written.
        """
        folder = Path(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        live, lexicon = np.flatnonzero(self["alive"]), self.text.words
        texts = [self.texts[row] for row in live.tolist()]
        if len(live) < self.size or lexicon.stale[: self.size].any():
            spoken = [self.text_of(row)[1] for row in live.tolist()]
            lexicon, _spotted = Words.build(texts, spoken)
        arrays = self.live_arrays(live, lexicon, texts)
        moved = {row: place for place, row in enumerate(live.tolist())}
        places = {}
        with open(made / "arrays", "wb") as file:
            for name, array in arrays.items():
                file.seek(-file.tell() % ALIGNED, os.SEEK_CUR)
                places[name] = [file.tell(), array.dtype.str, array.shape]
                file.write(np.ascontiguousarray(array).data)
            file.truncate(max(file.tell(), 1))
        facts = {
            "notes": notes or {},
            "arrays": places,
            "size": len(live),
            "encoder": self.text.encoder.version,
            "means": {part: list(means.offers) for part, means in self.text.means.items()},
            "themes": self.themes.codes,
            "codes": self.codes,
            "languages": list(self.levels),
            "named": {
                name: [[moved[row], value] for row, value in rows.items()]
                for name, rows in self.named.items()
            },
            "terms": list(lexicon.terms),
            "holding": [lexicon.holding[term] for term in range(len(lexicon.terms))],
            "texts": lexicon.texts,
            "stems": lexicon.stems,
        }
        (made / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    def live_arrays(
        self, live: np.ndarray, lexicon: Words, texts: list[str]
    ) -> dict[str, np.ndarray]:
        """Return {name: array} of what is saved of these rows, whose words and texts are given."""
        blobs = [text.encode() for text in texts]
        arrays = {f"column-{name}": self[name][live] for name in self.columns} | {
            "topics": self.topics[:, live],
            "windows": self.windows[live],
            "packed": self.text.packed[live],
            "hubs": self.text.hubs[live],
            "indptr": lexicon.indptr,
            "postings": lexicon.rows,
            "counts": lexicon.counts,
            "lengths": lexicon.lengths[: len(live)],
            "text-ends": np.cumsum([len(blob) for blob in blobs], dtype=np.int64),
            "text-bytes": np.frombuffer(b"".join(blobs), np.uint8),
        }
        arrays |= {
            f"mean-{part} {language}": mean
            for part, means in self.text.means.items()
            for language, mean in means.offers.items()
        }
        return arrays | {f"level-{code}": self.level(code)[live] for code in self.levels}

    @classmethod
    def open(cls, folder: str | Path, *, encoder: Encoder | None = None) -> Self:
        """Open a saved catalogue, memory-mapped: processes share the pages until one writes.

        Raises ValueError where another encoder made it, OSError where it is not there.
        """
        return cls.open_with_notes(folder, encoder=encoder)[0]

    @classmethod
    def open_with_notes(
        cls, folder: str | Path, *, encoder: Encoder | None = None
    ) -> tuple[Self, dict[str, Any]]:
        """As `open`; return the catalogue and the notes saved beside it."""
        folder, encoder = Path(folder), encoder or choose_installed()
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        if facts["encoder"] != encoder.version:
            raise ValueError(f"encoder: saved with {facts['encoder']}, not {encoder.version}")

        content = np.memmap(folder / "arrays", np.uint8, mode="c").view(np.ndarray)

        def load(name: str) -> np.ndarray:
            start, kind, shape = facts["arrays"][name]
            length = np.dtype(kind).itemsize * math.prod(shape)
            return content[start : start + length].view(kind).reshape(shape)

        size = facts["size"]
        text = TextIndex([], [], encoder=encoder)
        text.size, text.packed, text.hubs = size, load("packed"), load("hubs")
        for part, codes in facts["means"].items():
            offers = {code: load(f"mean-{part} {code}") for code in codes}
            text.means[part] = replace(text.means[part], offers=offers)
        lexicon = text.words
        lexicon.terms = {key: place for place, key in enumerate(facts["terms"])}
        lexicon.holding.update(dict(enumerate(facts["holding"])))
        lexicon.texts.update(facts["texts"])
        lexicon.stems.update(facts["stems"])
        lexicon.indptr, lexicon.rows = load("indptr"), load("postings")
        lexicon.counts, lexicon.lengths = load("counts"), load("lengths")
        lexicon.stale = np.zeros(size, bool)
        opened = cls(Themes.from_codes(facts["themes"]), text)
        opened.size = size
        opened.columns = {name: load(f"column-{name}") for name in opened.columns}
        opened.levels = {code: load(f"level-{code}") for code in facts["languages"]}
        opened.topics, opened.windows = load("topics"), load("windows")
        opened.codes = {name: facts["codes"][name] for name in opened.codes}
        for column in opened.laid:
            if isinstance(column, Naming):
                for row, value in facts["named"][column.name]:
                    given = value if column.is_mapping else tuple(value)
                    column.write(opened, row, given)
        opened.texts = MappedTexts(load("text-bytes"), load("text-ends"))
        return opened, facts["notes"]


class MappedTexts:
    """Texts in one block of bytes, decoded on access."""

    def __init__(self, content: np.ndarray, ends: np.ndarray) -> None:
        self.content, self.ends = content, ends

    def __getitem__(self, row: int) -> str:
        start = self.ends[row - 1] if row else 0
        return self.content[start : self.ends[row]].tobytes().decode()


class OverlaidTexts(dict[int, str]):
    """Texts of rows that changed, over those that did not."""

    def __init__(self, under: Texts) -> None:
        super().__init__()
        self.under = under

    def __missing__(self, row: int) -> str:
        return self.under[row]
