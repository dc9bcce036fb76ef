"""Which e-mails the desk hides from an officer: each app says what they may not read."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from connect.types import User

# Each gives the references of what an officer may not read: a conflict of interest ties them to it.
TIES: list[Callable[[User], Iterable[str]]] = []


def hides_letters(find: Callable[[User], Iterable[str]]) -> Callable[[User], Iterable[str]]:
    """Register a function that gives the references of what an officer may not read."""
    TIES.append(find)
    return find


# Each gives the rows of which an officer may not even know: nor that a letter is about them.
UNKNOWN_ROWS: list[Callable[[User], QuerySet[Any]]] = []


def hides_letters_about(
    find: Callable[[User], QuerySet[Any]],
) -> Callable[[User], QuerySet[Any]]:
    """Register a function that gives the rows of which an officer may not know."""
    UNKNOWN_ROWS.append(find)
    return find
