"""The home of the desk: what waits, for whom, until when; and the days of the week to come.

Each app names its queues with the list that each opens, and the days it knows of. A queue is shown
while something waits in it, what is overdue first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from connect.types import SignedInRequest, User, Words

MINE, CALLS, ALL = "mine", "calls", "all"
SCOPES = {MINE: _("Mine"), CALLS: _("My calls"), ALL: _("Everybody's")}
SOON = timedelta(days=7)


@dataclass(frozen=True)
class DeskQueue:
    """Rows that wait for the programme team, and the list that shows just these.

    query: what the list filters by. since: the column since when a row waits; overdue: a condition
    of those that have waited for too long; neither of what is only to be known. dossier: the path
    to the dossier, whose officer has it ("" where the row is one); None for what is nobody's in
    particular.
    """

    order: int
    words: Words
    model: type[Model]
    query: dict[str, str]
    rows: Callable[[User], QuerySet[Any]]
    since: str = ""
    overdue: Callable[[datetime], Q] | None = None
    dossier: str | None = None
    page: str = ""  # the name of another page than the list, on which the work is done


@dataclass(frozen=True)
class Tile:
    """How much waits in a queue: a line of the home; the first three stand in this order."""

    words: Words
    count: int
    address: str
    overdue: int = 0
    oldest: datetime | date | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter((self.words, self.count, self.address))


@dataclass(frozen=True)
class Moment:
    """Something of the week to come: a deadline, a meeting, the first day of an exchange."""

    day: date
    words: Words
    address: str


QUEUES: list[DeskQueue] = []
Scope = Callable[[str, User], Q]
OWNERS: dict[str, Scope] = {}  # scope: a condition of the rows whose dossier is at a path
Scoped = Callable[[str], Q]  # a scope of one reader
FindMoments = Callable[[User, Scoped, date, date], Iterable[Moment]]
WEEK: list[FindMoments] = []


def add_queues(*queues: DeskQueue) -> None:
    QUEUES.extend(queues)


def week_source(find: FindMoments) -> FindMoments:
    """Register a function that finds what happens in these days.

    It takes the reader, which rows are in the scope of the page by the path to their dossier, the
    first day and the last.
    """
    WEEK.append(find)
    return find


def waits_longer_than(column: str, days: int) -> Callable[[datetime], Q]:
    """Make a condition of the rows that have waited for more days than these."""
    return lambda now: Q(**{f"{column}__lt": now - timedelta(days=days)})


def is_due(column: str) -> Callable[[datetime], Q]:
    """Make a condition of the rows whose day has come, or is over."""
    return lambda now: Q(**{f"{column}__lte": timezone.localdate(now)})


def owner_condition(path: str, scope: str, user: User) -> Q:
    """Return which rows are whose: of this officer, of their calls, or of everybody."""
    return OWNERS[scope](path, user) if scope in OWNERS else Q()


def count_queue(queue: DeskQueue, user: User, scope: str, now: datetime, address: str) -> Tile:
    """Count what waits in a queue, in one query."""
    rows, query = queue.rows(user), dict(queue.query)
    if queue.dossier is not None and scope in OWNERS:
        rows = rows.filter(owner_condition(queue.dossier, scope, user))
        query["whose"] = scope
    numbers = rows.order_by().aggregate(
        count=Count("pk", distinct=True),  # a column of several other rows repeats one
        **({"oldest": Min(queue.since)} if queue.since else {}),
        **(
            {"overdue": Count("pk", distinct=True, filter=queue.overdue(now))}
            if queue.overdue
            else {}
        ),
    )
    return Tile(
        queue.words,
        numbers["count"],
        f"{address}?{urlencode(query)}" if query else address,
        numbers.get("overdue", 0),
        numbers.get("oldest"),
    )


def find_week(user: User, scope: str, today: date) -> list[tuple[date, list[Moment]]]:
    """Return what happens on each of the next seven days on which anything does."""
    scoped = partial(owner_condition, scope=scope, user=user)
    moments = [one for find in WEEK for one in find(user, scoped, today, today + SOON)]
    moments.sort(key=lambda one: (one.day, str(one.words)))
    return [(day, list(some)) for day, some in groupby(moments, attrgetter("day"))]


def read_scope(request: HttpRequest) -> str:
    """Return whose work a page shows: everybody's, unless its address says otherwise."""
    asked = request.GET.get("whose", "")
    return asked if asked in SCOPES else ALL


class WhoseFilter(admin.SimpleListFilter):
    """Whose files a list shows; `path` leads from its rows to the dossier."""

    title, parameter_name = _("whose"), "whose"
    path = ""

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Words]]:
        return [(scope, SCOPES[scope]) for scope in (MINE, CALLS)]

    def queryset(self, request: SignedInRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # type: ignore[override]  # who asks has signed in
        return queryset.filter(owner_condition(self.path, self.value() or ALL, request.user))


class WhoseOfDossier(WhoseFilter):
    path = "dossier__"
