"""Offers as columns, one row an offer: what rules and criteria read."""

from datetime import date

import numpy as np

from engine.columns import UNKNOWN, Column, Derived, Naming, Word, Words
from engine.text import TextIndex
from engine.themes import Themes


class OfferColumns:
    """Columns of offers. `columns["years"]` is (size,): one value a row, freed rows too.

    levels: {language: (size,) uint8, 0..7}; topics (n_topics, size) uint8, 0..4; windows
    (size, n, 2) int32 day numbers, both ends included; named {fact: {row: what it names}} and
    rows_naming {fact: {word: rows}}, of facts such as `travel_excluded`.
    """

    def __init__(self, themes: Themes, text: TextIndex, laid: tuple[Column, ...]):
        self.themes, self.text, self.laid = themes, text, laid
        self.given = tuple(column for column in laid if not isinstance(column, Derived))
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
        self.texts: dict[int, str] | list[str] = []

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

    def mask(self, name: str, words) -> int:
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

    def overlaps(self, window: tuple[date, date]) -> np.ndarray:
        """Return (size, n) ints: days that each free period has within a window, ends included."""
        first, last = window[0].toordinal(), window[1].toordinal()
        windows = self.windows[: self.size]
        shared = np.minimum(windows[:, :, 1], last) - np.maximum(windows[:, :, 0], first) + 1
        return np.clip(shared, 0, None)
