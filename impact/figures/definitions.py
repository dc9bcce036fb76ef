"""What a figure is: one definition that gives its number, the list behind it, and its column."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Round
from django.utils.translation import gettext as _

from connect.types import Words
from impact.figures.shape import percentage


def not_asked(total):
    """Return the note for a total about which nobody was asked yet."""
    return lambda counted: "" if counted.number(total) else _("Not asked yet.")


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows that lead to exchanges; all that figures and tables count of them is one query."""

    query: Callable  # the rows of all exchanges, by today's date
    exchange: str  # leads from a row to its exchange
    are_people: bool = False  # or answers, each of somebody
    are_euros: bool = False  # what they add is told in whole euros
    adds_up = True  # each exchange adds something to what is counted
    page = "impact-exchanges"

    def rows_in_scope(self, scope):
        """Return the rows of the exchanges held."""
        return self.query(scope.today).filter(**{f"{self.exchange}__in": scope.held})

    def exchanges(self, scope, where, adds=None):
        """Return the exchanges held, each with what such rows add to it as `added`.

        And with their number as `counted`, which alone says whether it could tell of few people.
        """
        field = FloatField() if self.are_euros else IntegerField()
        if self.are_euros:
            adds = Round(ExpressionWrapper(adds, field))
        mine = self.query(scope.today).filter(where, **{self.exchange: OuterRef("pk")})
        mine = mine.order_by().values(self.exchange)
        each = mine.annotate(n=Count("pk")).values("n")[:1]
        sums = mine.annotate(n=Sum(adds)).values("n")[:1] if adds is not None else each
        return scope.held.annotate(
            added=Coalesce(Subquery(sums, output_field=field), Value(0), output_field=field),
            counted=Coalesce(Subquery(each), Value(0)),
        )

    def exchanges_with(self, scope, where):
        """Match the exchanges that have such rows."""
        return Exists(self.query(scope.today).filter(where, **{self.exchange: OuterRef("pk")}))


@dataclass(frozen=True, eq=False)
class Total:
    """The number of rows of a kind, or the sum of a column."""

    rows: Rows
    where: Q = Q()
    adds: Any = None  # by each row; without, it counts as one
    different: str = ""  # counts its values instead, each once, of rows that no table divides

    def aggregate(self):
        condition = self.where or None
        if self.different:
            return Count(self.different, distinct=True, filter=condition)
        if self.adds is not None:
            return Sum(self.adds, filter=condition)
        return Count("pk", filter=condition)

    def exchanges(self, scope, also=None):
        """Return the exchanges behind it; those that add something, if they add at all."""
        where = self.where & also if also else self.where
        exchanges = self.rows.exchanges(scope, where, self.adds)
        if self.rows.adds_up:
            exchanges = exchanges.filter(added__gt=0).order_by("-added", "-pk")
        return exchanges


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure: this alone defines how it is counted, listed and exported.

    Where a function stands for a total, it is called with what is counted (see `Counting`).
    """

    code: str
    label: Words
    words: Words
    counts: Total | Callable
    share_of: Total | None = None  # the number is `ratio` of what it counts and this
    ratio: Callable = percentage
    unit: str = ""
    lists: Total | Callable | None = None  # else what it counts; a function is given all held
    each: Any = ""  # what an exchange adds, "shown" by "n" in words; "" where it counts once
    lists_all: bool = False  # of those it is a part of, also where nothing is added
    admin_page: str = ""  # where its list is instead, for staff alone
    kind: str = ""
    basis: Total | Callable | None = None
    public: Total | Callable | None = None
    note: Callable | None = None
    in_halves: Callable | None = None
    uses: tuple = ()  # totals that its functions ask for
    column: str = ""  # of the open data and of the API
    column_words: Words = ""

    @property
    def totals(self):
        """What has to be counted for it."""
        parts = (self.counts, self.share_of, self.basis, self.public, *self.uses)
        return [part for part in parts if isinstance(part, Total)]

    @property
    def listing(self):
        return self.lists or self.counts

    @property
    def page(self):
        if self.admin_page or not isinstance(self.listing, Total):
            return self.admin_page or Rows.page
        return self.listing.rows.page

    @property
    def is_sum_of_list(self):
        """True if its number is the sum of what the exchanges of its list add."""
        if self.page != Rows.page or not isinstance(self.counts, Total) or self.lists:
            return False
        is_whole = not (self.counts.different or self.counts.rows.are_euros or self.share_of)
        return is_whole and self.counts.rows.adds_up

    @property
    def are_people(self):
        """True if an exchange adds people to it, who may be few."""
        return isinstance(self.listing, Total) and self.listing.rows.are_people

    def exchanges(self, scope):
        """Return the exchanges behind it; KeyError where it has no list of them."""
        if self.page != Rows.page:
            raise KeyError(self.code)
        if not isinstance(self.listing, Total):
            return self.listing(scope.held)
        if not self.lists_all:
            return self.listing.exchanges(scope)
        total = self.listing
        exchanges = total.rows.exchanges(scope, total.where, total.adds)
        if self.share_of:
            exchanges = exchanges.filter(
                self.share_of.rows.exchanges_with(scope, self.share_of.where)
            )
        return exchanges.order_by("-added", "-pk")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A total grouped by a column; each row leads to its exchanges."""

    code: str
    label: Words
    total: Total
    column: str = ""
    name: Callable | None = None  # of a value, in words
    rows: Callable | None = None  # where no column divides it: [(label, count, key)]
    words: Words = ""
    kind: str = ""
    public: Total | None = None
    in_order: bool = False  # of the values, not the largest first
    order: tuple = ()  # or of these values
    narrows: tuple = ()  # a row leads to these filters of the address; else to a list of its own
    lists: Callable | None = None  # the exchanges of a row, of those held and its key
    each: Any = ""
    note: Callable | None = None

    @property
    def totals(self):
        return [total for total in (self.total, self.public) if total]

    @property
    def page(self):
        return self.total.rows.page

    def exchanges(self, scope, key):
        """Return the exchanges behind a row; KeyError where its rows have no list of their own."""
        if self.narrows or self.page != Rows.page:
            raise KeyError(self.code)
        if self.lists:
            return self.lists(scope.held, key)
        return self.total.exchanges(scope, Q(**{self.column: key}))


@dataclass(frozen=True)
class Section:
    title: Words
    figures: tuple
    tables: tuple = ()
