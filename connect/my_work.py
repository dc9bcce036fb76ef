"""What waits for a person, as their page "My work" lists it.

Each app says its own in its `my_work.py`: by a function on which `@finds_tasks` stands, or
`@finds_tasks_of` with the kinds of people whom it concerns, and for each kind of link by one with
`@describes_task_of`. A link of which somebody with an account has a letter stands on their page,
too.

The header of every page says how many tasks ask for something: the same list, counted at most once
a minute, and anew after whatever its person does. Where there is no cache to remember it, it says
nothing: to count is up to thirty queries, and every page would.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db.models.expressions import Combinable
from django.utils.translation import get_language
from redis.exceptions import RedisError

from connect.links import Link
from connect.permissions import ask_ties_once
from connect.types import User, Words

KEPT_FOR = 60  # seconds


@dataclass(frozen=True)
class Task:
    """Something that a person is asked, or may open: what, of what, for whom, until when, where.

    path: the page, without its language. asks: False for what may be opened and waits for nobody.
    belongs_to: the page of what it belongs to, where that is another.
    """

    what: Words
    about: str
    place: str
    path: str
    until: date | None = None
    asks: bool = True
    belongs_to: str = ""

    @property
    def address(self) -> str:
        """Where it is done, in the reader's language; the addresses of the desk carry none."""
        return self.path if self.path.startswith("/admin/") else f"/{get_language()}{self.path}"


Finder = Callable[[User, datetime], Iterable[Task]]
Kind = Callable[[User], bool]  # whether somebody is of a kind of people
FINDERS: list[tuple[Finder, tuple[Kind, ...]]] = []
Describer = Callable[[Any, Link, User, datetime], Task | None]
Annotation = Callable[[User], Combinable]
DESCRIBERS: dict[type[Any], tuple[Describer, tuple[str, ...], dict[str, Annotation]]] = {}


def finds_tasks(find: Finder) -> Finder:
    """Register a function (user, now) that yields the tasks of a person."""
    FINDERS.append((find, ()))
    return find


def finds_tasks_of(*kinds: Kind) -> Callable[[Finder], Finder]:
    """Register a function (user, now) that yields tasks of some kinds of people alone.

    Whoever is of none of them is not asked for: most people are of one kind, and to ask which
    takes far less than the questions about all the others.
    """

    def register(find: Finder) -> Finder:
        FINDERS.append((find, kinds))
        return find

    return register


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


@ask_ties_once()
def list_tasks(user: User, now: datetime) -> list[Task]:
    """List what a person is asked and may open, once each page: what ends first stands first."""
    is_of = functools.cache(lambda kind: kind(user))
    finders = [find for find, kinds in FINDERS if not kinds or any(map(is_of, kinds))]
    all_tasks = (task for find in finders for task in find(user, now))
    tasks: dict[str, Task] = {}
    for task in sorted(all_tasks, key=lambda task: task.until or date.max, reverse=True):
        tasks[task.path] = task
    return sorted(tasks.values(), key=lambda task: (task.until or date.max, task.about))


def count_asked(user: User, now: datetime) -> int:
    """Return how many tasks ask something of a person, as their page lists them.

    0 without a cache.
    """
    try:
        known = cache.get(count_key(user))
    except RedisError:
        return 0
    return remember_count(user, list_tasks(user, now)) if known is None else known


def remember_count(user: User, tasks: Iterable[Task]) -> int:
    """Save for the next pages how many of a person's tasks ask something; return it."""
    number = sum(task.asks for task in tasks)
    with suppress(RedisError):
        cache.set(count_key(user), number, KEPT_FOR)
    return number


def forget_count(user: User) -> None:
    """Have it counted anew: the person is doing something."""
    with suppress(RedisError):
        cache.delete(count_key(user))


def count_key(user: User) -> str:
    return f"my-work:{user.pk}"


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
