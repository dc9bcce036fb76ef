"""Who may do what: how people are tied to a row, and a table of what each tie opens.

Each app writes its table once, in its `permissions.py`. `for_user` and `editable_by` read it,
the steps of its lives ask its ties, and one test tries every cell of every table by HTTP.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeGuard, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

from connect.types import User, Visitor

ALL = None  # in a cell: a row in any status
EVERY_ROW = ~Q(pk__in=[])
Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet)
Condition = Callable[[Visitor], Q | None]  # of the rows that are somebody's; None: no row at all
Statuses = Collection[str] | None  # in which something may be done; None: in any
# While much is asked that changes nothing: of each person, by key, whether anything ties them.
known_ties: ContextVar[dict[int, bool] | None] = ContextVar("known_ties", default=None)


@contextmanager
def ask_ties_once() -> Iterator[None]:
    """Within, ask once whether anything ties a person to rows, for all lists and counts of theirs.

    Only where nothing is written: a tie that begins within is not seen.
    """
    outside = known_ties.set({})
    try:
        yield
    finally:
        known_ties.reset(outside)


@dataclass(frozen=True)
class Tie:
    """How a person may be tied to a row: `rows(user)` is a condition, or None for no row at all."""

    name: str
    rows: Condition

    def holds(self, user: Visitor | None, thing: Model) -> bool:
        """True if this person is tied so to this thing; a job is tied to nothing."""
        if user is None or not user.is_active or (condition := self.rows(user)) is None:
            return False
        return type(thing)._default_manager.filter(condition, pk=thing.pk).exists()


@dataclass(frozen=True)
class Permissions:
    """Verb by verb, the ties that allow it, each with the statuses in which it does."""

    verbs: dict[str, dict[Tie, Statuses]]

    def filter_allowed(self, rows: Rows, verb: str, user: Visitor) -> Rows:
        """Filter rows to those with which this person may do so."""
        opened = Q(pk__in=[])
        for tie, statuses in self.verbs[verb].items():
            condition = tie.rows(user)
            if condition is None:
                continue
            if statuses is not ALL:
                condition = condition & Q(status__in=statuses)
            if not condition:  # every row
                return rows
            opened |= condition
        return rows.filter(opened)

    def get_locked(self, rows: QuerySet[Row], thing: Row, verb: str, user: User) -> Row:
        """Lock a row, as `rows` reads it, with which this person may do so now.

        Raises PermissionDenied where they may not, or it is gone.
        """
        kept = rows.select_for_update(of=("self",)).filter(pk=thing.pk).first()
        # Looked at once it is locked: it may have moved on while this waited for its lock.
        if kept is None or not self.allows(user, verb, kept):
            raise PermissionDenied
        return kept

    def is_ever_allowed(self, user: Visitor, verb: str, thing: Model) -> bool:
        """True if this person may do so with this thing in at least one status."""
        return any(tie.holds(user, thing) for tie in self.verbs[verb])

    def allows(self, user: Visitor, verb: str, thing: Model) -> bool:
        """True if this person may do so with this thing, as it stands in the database."""
        one = type(thing)._default_manager.filter(pk=thing.pk)
        return self.filter_allowed(one, verb, user).exists()


def is_officer(user: Visitor) -> TypeGuard[User]:
    """True for a programme officer, and of no visitor."""
    return user.is_authenticated and user.is_officer


def officer(user: Visitor) -> Q | None:
    return EVERY_ROW if is_officer(user) else None


ANYBODY = Tie("anybody", lambda user: EVERY_ROW)
OFFICER = Tie("officer", officer)
