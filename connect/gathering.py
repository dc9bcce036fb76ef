"""All that the desk shows of a person or an authority on one page: each app gathers its own.

A function on which `@gathers(...)` stands returns rows that its reader may read, the first few of
them with their number; the page shows those of which there are any, in the order of the places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from connect.dates import moment_words
from connect.desk_search import Hit, Listed, list_first
from connect.languages import join_parts
from connect.types import User, Words

MOST_ROWS = 10  # of each kind of rows


@dataclass(frozen=True)
class Gatherer:
    """What gathers the rows of a model, and their place on the page."""

    place: int
    model: type[Model]
    gather: Callable[[Any, User], Listed]


OF_PERSON: list[Gatherer] = []
OF_AUTHORITY: list[Gatherer] = []
Function = Callable[[Any, User], Listed]


def gathers(
    gatherers: list[Gatherer], place: int, model: type[Model]
) -> Callable[[Function], Function]:
    """Register a function (person or authority, reader) that gathers rows of a model."""

    def register(function: Function) -> Function:
        gatherers.append(Gatherer(place, model, function))
        return function

    return register


FindEvents = Callable[[User], QuerySet[Any]]
EVENT_SOURCES: list[tuple[FindEvents, Callable[[Any], Hit]]] = []


def event_source(describe: Callable[[Any], Hit]) -> Callable[[FindEvents], FindEvents]:
    """Register a function (reader) that finds the events of one life; describe: of its thing."""

    def register(find: FindEvents) -> FindEvents:
        EVENT_SOURCES.append((find, describe))
        return find

    return register


def gather_events(person: User, reader: User) -> Listed:
    """Gather what a person did last, in every life of which the reader may read."""
    pairs = [
        (event, describe)
        for find, describe in EVENT_SOURCES
        for event in find(reader).filter(actor=person).order_by("-at", "-pk")[:MOST_ROWS]
    ]
    last = sorted(pairs, key=lambda pair: pair[0].at, reverse=True)[:MOST_ROWS]
    return Listed(_("What they did last"), [event_hit(*pair) for pair in last], len(last))


def event_hit(event: Any, describe: Callable[[Any], Hit]) -> Hit:
    """Describe an event: what happened and when, with what it happened to."""
    thing = describe(event)
    at = moment_words(event.at)
    return replace(
        thing, title=event.past, about=join_parts([at, thing.title, thing.about]), status=""
    )


def gather_rows(
    title: Words, rows: QuerySet[Any], describe: Callable[[Any], Hit], all_address: str = ""
) -> Listed:
    """Gather the first of these rows, each as its line."""
    return list_first(title, rows, describe, MOST_ROWS, all_address)


def gather_all(
    gatherers: list[Gatherer], about: Any, reader: User, may_view: Callable[[type[Model]], bool]
) -> list[Listed]:
    """Gather what there is of a person or an authority, in lists that the reader may open."""
    asked: Iterable[Gatherer] = sorted(gatherers, key=lambda one: one.place)
    lists = [one.gather(about, reader) for one in asked if may_view(one.model)]
    return [one for one in lists if one.count]
