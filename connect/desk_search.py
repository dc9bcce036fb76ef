"""Finding anything on the desk: each app says what it finds, and the page lists it by kind.

A kind starts from `for_user` of its model: nobody finds what they may not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, QuerySet, Window
from django.utils.http import urlencode

from connect.plain_text import clean_query, split_words
from connect.types import User, Words

MOST_RESULTS = 5  # of each kind, beside the others
LEAST_TYPED = 2  # characters


@dataclass(frozen=True)
class Hit:
    """A line of a result: its title leads to the page, the rest tells it from others."""

    title: Words
    address: str
    about: Words = ""
    status: Words = ""


@dataclass(frozen=True)
class Query:
    """What is looked for: as it was typed, and its words."""

    text: str

    @classmethod
    def from_typed(cls, typed: str) -> Query:
        return cls(clean_query(typed))

    @property
    def words(self) -> list[str]:
        return split_words(self.text)

    @property
    def is_too_short(self) -> bool:
        return len(self.text) < LEAST_TYPED


@dataclass(frozen=True)
class SearchKind:
    """One kind of things that the desk finds; `order` is its place on the page."""

    code: str
    order: int
    name: Words
    model: type[Model]
    find: Callable[[User, Query], QuerySet[Any]]
    describe: Callable[[Any], Hit]


KINDS: dict[str, SearchKind] = {}


def register_kind(kind: SearchKind) -> None:
    KINDS[kind.code] = kind


@dataclass(frozen=True)
class Listed:
    """The first rows of one kind, how many there are, and where all of them are listed."""

    title: Words
    hits: Sequence[Hit]
    count: int
    all_address: str = ""

    @property
    def has_more(self) -> bool:
        return self.count > len(self.hits)


def list_first(
    title: Words,
    rows: QuerySet[Any],
    describe: Callable[[Any], Hit],
    most: int,
    all_address: str = "",
) -> Listed:
    """List the first of these rows, each as its line: they and their number are one query."""
    first = list(rows.annotate(total_count=Window(Count("*")))[:most])
    count = first[0].total_count if first else 0
    return Listed(title, [describe(row) for row in first], count, all_address)


def search_kinds(
    user: User, asked: Query, kinds: Iterable[SearchKind]
) -> list[tuple[SearchKind, Listed]]:
    """Find the first few of each kind; return those of which there are any."""
    groups = [(kind, find_group(user, asked, kind)) for kind in kinds]
    return [(kind, group) for kind, group in groups if group.count]


def find_group(user: User, asked: Query, kind: SearchKind) -> Listed:
    address = "?" + urlencode({"q": asked.text, "kind": kind.code})
    return list_first(kind.name, kind.find(user, asked), kind.describe, MOST_RESULTS, address)
