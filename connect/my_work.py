"""What waits for a person, as their page "My work" lists it.

Each app says its own in its `my_work.py`: by a function on which `@finds_tasks` stands, and for
each kind of link by one with `@describes_task_of`. A link of which somebody with an account has a
letter stands on their page, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models.expressions import Combinable

from connect.links import Link
from connect.types import User, Words


@dataclass(frozen=True)
class Task:
    """Something that a person is asked, or may open: what, of what, for whom, until when, where.

    path: the page, without its language. asks: False for what may be opened and waits for nobody.
    """

    what: Words
    about: str
    place: str
    path: str
    until: date | None = None
    asks: bool = True


Finder = Callable[[User, datetime], Iterable[Task]]
FINDERS: list[Finder] = []
Describer = Callable[[Any, Link, User, datetime], Task | None]
Annotation = Callable[[User], Combinable]
DESCRIBERS: dict[type[Any], tuple[Describer, tuple[str, ...], dict[str, Annotation]]] = {}


def finds_tasks(find: Finder) -> Finder:
    """Register a function (user, now) that yields the tasks of a person."""
    FINDERS.append(find)
    return find


def describes_task_of(
    kind: type[Any], *reads: str, **annotated: Annotation
) -> Callable[[Describer], Describer]:
    """Register a function (row, link, user, now) that describes what a link asks of its holder.

    It gives None where nothing waits and nothing is to be opened. reads: the relations it reads.
    annotated: what it reads of each row besides, of which the user decides.
    """

    def register(describe: Describer) -> Describer:
        DESCRIBERS[kind] = describe, reads, annotated
        return describe

    return register


def list_tasks(user: User, now: datetime) -> list[Task]:
    """List what a person is asked and may open, once each page: what ends first stands first."""
    tasks = {task.path: task for find in FINDERS for task in find(user, now)}
    return sorted(tasks.values(), key=lambda task: (task.until or date.max, task.about))


@finds_tasks
def find_link_tasks(user: User, now: datetime) -> Iterable[Task]:
    """Yield what the links ask that went to the address of this account."""
    kinds = {kind.PURPOSE: kind for kind in DESCRIBERS}
    valid = Link.objects.not_withdrawn().filter(
        address=user.email.lower(), purpose__in=kinds, expires_at__gt=now
    )
    links_of = defaultdict(list)
    for link in valid.order_by("pk"):
        links_of[kinds[link.purpose]].append(link)
    for kind, links in links_of.items():
        describe, reads, annotated = DESCRIBERS[kind]
        asked = kind._default_manager.prefetch_related(*reads).annotate(
            **{name: annotation(user) for name, annotation in annotated.items()}
        )
        rows = asked.in_bulk({link.row_pk for link in links})
        for link in links:
            row = rows.get(link.row_pk)
            if row and link.opens(row) and (task := describe(row, link, user, now)):
                yield task
