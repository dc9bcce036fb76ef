"""The taxonomy: which topics are the same, near, or strangers."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Self

import numpy as np

NEAR = 0.35  # what a topic of the same theme is worth


@dataclass(frozen=True)
class Themes:
    """Topics in a fixed order. codes: (n,) strings; nearness: (n, n) floats in [0, 1]."""

    codes: tuple[str, ...]
    nearness: np.ndarray
    position: dict[str, int]

    @classmethod
    def from_codes(cls, codes: Iterable[str]) -> Self:
        """Build from topic codes such as "water-sanitation/sewerage": theme, then topic."""
        codes = tuple(sorted(set(codes)))
        theme = np.array([code.split("/")[0] for code in codes])
        nearness = np.where(theme[:, None] == theme[None, :], NEAR, 0.0)
        np.fill_diagonal(nearness, 1.0)
        return cls(codes, nearness, {code: place for place, code in enumerate(codes)})

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read `themes.csv`: a line each, topics have a `parent`."""
        with open(path, encoding="utf-8", newline="") as file:
            return cls.from_codes(line["code"] for line in csv.DictReader(file) if line["parent"])
