"""Finding anything on the desk: each app says what it finds, and the page lists it by kind.

A kind starts from `for_user` of its model: nobody finds what they may not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Model, QuerySet, Window
from django.utils.http import urlencode

from connect.plain_text import clean_query, split_words
from connect.types import User, Words

SHOWN = 5  # of each kind, beside the others
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
class Group:
    """What was found of a kind: its first hits, and how many there are."""

    kind: SearchKind
    hits: list[Hit]
    count: int
    address: str = ""

    @property
    def has_more(self) -> bool:
        return self.count > len(self.hits)


def search_kinds(user: User, asked: Query, kinds: Iterable[SearchKind]) -> list[Group]:
    """Find the first few of each kind; return those of which there are any."""
    groups = [find_group(user, asked, kind) for kind in kinds]
    return [group for group in groups if group.count]


def find_group(user: User, asked: Query, kind: SearchKind) -> Group:
    rows = list(with_total(kind.find(user, asked))[:SHOWN])
    address = "?" + urlencode({"q": asked.text, "kind": kind.code})
    return Group(kind, [kind.describe(row) for row in rows], total_of(rows), address)


def with_total(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Let each row say how many there are: the first few and their number are one query."""
    return rows.annotate(total_count=Window(Count("*")))


def total_of(rows: list[Any]) -> int:
    return rows[0].total_count if rows else 0
