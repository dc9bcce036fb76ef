"""Offers as columns, one row an offer: one kind of column for each kind of fact.

Rules and criteria declare the columns that they read. Words are laid as small numbers, so that a
rule or criterion is a few passes over narrow arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from engine.model import LEVELS, Need
from engine.text import TextIndex
from engine.themes import Themes

UNKNOWN = -1  # the code of a fact that is not known
MOST_WORDS = 32  # the bits of a column of several words
LEVEL_NAMES = ["", *sorted(LEVELS, key=LEVELS.__getitem__)]


class Texts(Protocol):
    """Texts by row."""

    def __getitem__(self, row: int, /) -> str: ...


@dataclass(frozen=True)
class Column:
    """A fact of an offer, by its name: how it is laid in a row and read back as it was given."""

    name: str

    @property
    def arrays(self) -> dict[str, Any]:
        """The arrays of one value a row that it fills, with their types."""
        return {}

    def write(self, catalogue: OfferColumns, row: int, value: Any) -> None:
        """Write a value, or that it is unknown, into an empty row."""
        raise NotImplementedError

    def read(self, catalogue: OfferColumns, row: int) -> Any:
        raise NotImplementedError

    def clear(self, catalogue: OfferColumns, row: int) -> None:
        """Clear what `write` would not overwrite."""


@dataclass(frozen=True)
class Number(Column):
    """A number; NaN where it is unknown."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.float32}

    def write(self, catalogue: OfferColumns, row: int, value: float | None) -> None:
        catalogue.columns[self.name][row] = np.nan if value is None else value

    def read(self, catalogue: OfferColumns, row: int) -> float | None:
        value = float(catalogue.columns[self.name][row])
        return None if np.isnan(value) else int(value) if value.is_integer() else value


@dataclass(frozen=True)
class Key(Column):
    """The key of a row elsewhere."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.int64}

    def write(self, catalogue: OfferColumns, row: int, value: int | None) -> None:
        catalogue.columns[self.name][row] = UNKNOWN if value is None else value

    def read(self, catalogue: OfferColumns, row: int) -> int | None:
        value = int(catalogue.columns[self.name][row])
        return None if value == UNKNOWN else value


@dataclass(frozen=True)
class Word(Column):
    """One word of many, as a number that the catalogue gives to each that it meets."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.int32}

    def write(self, catalogue: OfferColumns, row: int, value: str | None) -> None:
        codes = catalogue.codes[self.name]
        code = UNKNOWN if value is None else codes.setdefault(value, len(codes))
        catalogue.columns[self.name][row] = code

    def read(self, catalogue: OfferColumns, row: int) -> str | None:
        code = int(catalogue.columns[self.name][row])
        return None if code == UNKNOWN else catalogue.word(self.name, code)


@dataclass(frozen=True)
class Words(Column):
    """Several words of 32 at most, a bit each; none where they are unknown."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.uint32}

    def write(self, catalogue: OfferColumns, row: int, value: tuple[str, ...] | None) -> None:
        codes, words = catalogue.codes[self.name], value or ()
        for word in words:
            codes.setdefault(word, len(codes))
        if len(codes) > MOST_WORDS:
            raise ValueError(f"{self.name}: more than {MOST_WORDS} different words")
        catalogue.columns[self.name][row] = catalogue.mask(self.name, words)

    def read(self, catalogue: OfferColumns, row: int) -> tuple[str, ...]:
        bits = int(catalogue.columns[self.name][row])
        return tuple(word for word, bit in catalogue.codes[self.name].items() if bits >> bit & 1)


@dataclass(frozen=True)
class Choice(Column):
    """One of a few values in a fixed order, as its place among them."""

    values: tuple = ()

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.int8}

    def write(self, catalogue: OfferColumns, row: int, value: Any) -> None:
        place = UNKNOWN if value is None else self.values.index(value)
        catalogue.columns[self.name][row] = place

    def read(self, catalogue: OfferColumns, row: int) -> Any:
        place = int(catalogue.columns[self.name][row])
        return None if place == UNKNOWN else self.values[place]


@dataclass(frozen=True)
class Ratings(Column):
    """How many rated, and their mean."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {"rating_count": np.float32, "rating_mean": np.float32}

    def write(self, catalogue: OfferColumns, row: int, value: tuple[int, float] | None) -> None:
        count, mean = value or (np.nan, np.nan)
        catalogue.columns["rating_count"][row] = count
        catalogue.columns["rating_mean"][row] = mean

    def read(self, catalogue: OfferColumns, row: int) -> tuple[int, float] | None:
        count = catalogue.columns["rating_count"][row]
        mean = catalogue.columns["rating_mean"][row]
        return None if np.isnan(count) else (int(count), round(float(mean), 4))


@dataclass(frozen=True)
class Topics(Column):
    """Levels by topic: `catalogue.topics` (n_topics, size), and `has_topics`."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {"has_topics": bool}

    def write(self, catalogue: OfferColumns, row: int, value: dict[str, int] | None) -> None:
        catalogue.columns["has_topics"][row] = bool(value)
        for code, level in (value or {}).items():
            catalogue.topics[catalogue.themes.position[code], row] = level

    def read(self, catalogue: OfferColumns, row: int) -> dict[str, int]:
        levels = catalogue.topics[:, row]
        return {catalogue.themes.codes[place]: int(levels[place]) for place in levels.nonzero()[0]}

    def clear(self, catalogue: OfferColumns, row: int) -> None:
        catalogue.topics[:, row] = 0


@dataclass(frozen=True)
class Languages(Column):
    """Levels by language: `catalogue.levels` {language: (size,) 0..7}, and `has_languages`."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {"has_languages": bool}

    def write(self, catalogue: OfferColumns, row: int, value: dict[str, str] | None) -> None:
        catalogue.columns["has_languages"][row] = bool(value)
        for code, level in (value or {}).items():
            if code not in catalogue.levels:
                catalogue.levels[code] = np.zeros(len(catalogue.columns["ids"]), np.uint8)
            catalogue.levels[code][row] = LEVELS[level]

    def read(self, catalogue: OfferColumns, row: int) -> dict[str, str]:
        held = {code: levels[row] for code, levels in catalogue.levels.items()}
        return {code: LEVEL_NAMES[level] for code, level in held.items() if level}

    def clear(self, catalogue: OfferColumns, row: int) -> None:
        for levels in catalogue.levels.values():
            levels[row] = 0


@dataclass(frozen=True)
class Periods(Column):
    """Free periods: `catalogue.windows` (size, n, 2) day numbers, and `has_windows`."""

    @property
    def arrays(self) -> dict[str, Any]:
        return {"has_windows": bool}

    def write(
        self, catalogue: OfferColumns, row: int, value: tuple[tuple[date, date], ...] | None
    ) -> None:
        periods = value or ()
        catalogue.columns["has_windows"][row] = value is not None
        if len(periods) > catalogue.windows.shape[1]:
            wider = np.zeros((len(catalogue.windows), len(periods), 2), np.int32)
            wider[:, :, 0] = 1  # a period that ends before it starts is none
            wider[:, : catalogue.windows.shape[1]] = catalogue.windows
            catalogue.windows = wider
        catalogue.windows[row] = (1, 0)
        for place, (start, end) in enumerate(periods):
            catalogue.windows[row, place] = (start.toordinal(), end.toordinal())

    def read(self, catalogue: OfferColumns, row: int) -> tuple[tuple[date, date], ...] | None:
        if not catalogue.columns["has_windows"][row]:
            return None
        days = [(int(start), int(end)) for start, end in catalogue.windows[row] if start <= end]
        return tuple((date.fromordinal(start), date.fromordinal(end)) for start, end in days)


@dataclass(frozen=True)
class Naming(Column):
    """Words that few offers name, such as authorities, each perhaps with something about it.

    A tuple, or a mapping. `catalogue.naming(name, word)` gives the rows that name a word.
    """

    is_mapping: bool = False

    def write(self, catalogue: OfferColumns, row: int, value: tuple | Mapping | None) -> None:
        if not value:
            return
        catalogue.named[self.name][row] = value
        for word in value:
            catalogue.rows_naming[self.name].setdefault(word, set()).add(row)

    def read(self, catalogue: OfferColumns, row: int) -> tuple | Mapping:
        return catalogue.named[self.name].get(row, {} if self.is_mapping else ())

    def clear(self, catalogue: OfferColumns, row: int) -> None:
        for word in catalogue.named[self.name].pop(row, ()):
            catalogue.rows_naming[self.name][word].discard(row)


@dataclass(frozen=True)
class DerivedNumbers(Column):
    """Numbers that follow from other arrays, in double precision: no fact of its own."""

    sources: tuple[str, ...]
    compute: Callable[..., np.ndarray]

    @property
    def arrays(self) -> dict[str, Any]:
        return {self.name: np.float32}


class OfferColumns:
    """Columns of offers. `columns["years"]` is (size,): one value a row, freed rows too.

    levels: {language: (size,) uint8, 0..7}; topics (n_topics, size) uint8, 0..4; windows
    (size, n, 2) int32 day numbers, both ends included; named {fact: {row: what it names}} and
    rows_naming {fact: {word: rows}}, of facts such as `travel_excluded`.
    """

    def __init__(self, themes: Themes, text: TextIndex, laid: tuple[Column, ...]) -> None:
        self.themes, self.text, self.laid = themes, text, laid
        self.given = tuple(column for column in laid if not isinstance(column, DerivedNumbers))
        self.size = 0
        kinds = {"ids": np.int64, "alive": bool}
        kinds |= {name: kind for column in laid for name, kind in column.arrays.items()}
        self.columns = {name: np.zeros(0, kind) for name, kind in kinds.items()}
        self.levels: dict[str, np.ndarray] = {}
        self.topics = np.zeros((len(themes.codes), 0), np.uint8)
        self.windows = np.zeros((0, 1, 2), np.int32)
        coded = [column.name for column in laid if isinstance(column, Word | Words)]
        self.codes: dict[str, dict[str, int]] = {name: {} for name in coded}
        self._spelled: dict[str, list[str]] = {name: [] for name in coded}
        naming = [column.name for column in laid if isinstance(column, Naming)]
        self.named: dict[str, dict] = {name: {} for name in naming}
        self.rows_naming: dict[str, dict[str, set[int]]] = {name: {} for name in naming}
        self.texts: Texts = []

    def take_row(self, row: int) -> OfferColumns:
        """Return columns of one row alone, with the same codes: its texts stay here."""
        taken = OfferColumns(self.themes, self.text, self.laid)
        taken.size, taken.codes = 1, self.codes
        one = slice(row, row + 1)
        taken.columns = {name: column[one] for name, column in self.columns.items()}
        taken.levels = {code: levels[one] for code, levels in self.levels.items()}
        taken.topics, taken.windows = self.topics[:, one], self.windows[one]
        for column in self.laid:
            if isinstance(column, Naming):
                column.write(taken, 0, self.named[column.name].get(row))
        return taken

    def __getitem__(self, name: str) -> np.ndarray:
        return self.columns[name][: self.size]

    def code(self, name: str, word: str) -> int:
        """Return the number that stands for a word in a coded column, UNKNOWN for another."""
        return self.codes[name].get(word, UNKNOWN)

    def word(self, name: str, code: int) -> str:
        """Return the word that a number of a coded column stands for."""
        if len(self._spelled[name]) != len(self.codes[name]):
            self._spelled[name] = list(self.codes[name])
        return self._spelled[name][code]

    def mask(self, name: str, words: Iterable[str]) -> int:
        """Return the bits of some words; those that no offer has are none."""
        known = self.codes[name]
        return sum(1 << known[word] for word in set(words) if word in known)

    def naming(self, name: str, word: str | None) -> set[int]:
        """Return the rows whose fact of that name names a word."""
        return self.rows_naming[name].get(word or "", set())

    def level(self, language: str) -> np.ndarray:
        """Return (size,) how well each row speaks a language, 0..7."""
        if language not in self.levels:
            return np.zeros(self.size, np.uint8)
        return self.levels[language][: self.size]

    def first_days(self, need: Need) -> np.ndarray | None:
        """Return (size,) day numbers from which each expert could come, NaN where nobody said how
        much notice they need; None where no notice counts."""
        if need.asked_on is None:
            return None
        return need.asked_on.toordinal() + 7 * self["notice_weeks"]

    def overlaps(self, period: tuple[date, date], since: np.ndarray | None = None) -> np.ndarray:
        """Return (size, n) ints: days that each free period has within another, ends included.

        since: as `first_days` gives them.
        """
        first: Any = period[0].toordinal()
        if since is not None:
            first = np.fmax(since, first).astype(np.int32)[:, None]
        windows, last = self.windows[: self.size], period[1].toordinal()
        shared = np.minimum(windows[:, :, 1], last) - np.maximum(windows[:, :, 0], first) + 1
        return np.clip(shared, 0, None)
