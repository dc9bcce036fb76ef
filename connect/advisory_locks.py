"""Turns: what is done by one at a time, without a row of its own to lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


def wait_for_turn(*what: object) -> None:
    """Take a lock until the transaction ends, so that the same is not done twice at once.

    For what has no row of its own yet that could be locked.
    """
    call_lock("pg_advisory_xact_lock", what)


@contextmanager
def try_turn(*what: object) -> Iterator[bool]:
    """Yield whether nobody else does the same now; if so, nobody else does until the block ends.

    For work of many transactions, that need not be done by two.
    """
    is_mine = call_lock("pg_try_advisory_lock", what)
    try:
        yield is_mine
    finally:
        if is_mine:
            call_lock("pg_advisory_unlock", what)


def call_lock(function: str, what: tuple[object, ...]) -> Any:
    """Call a function of PostgreSQL's advisory locks; return what it says."""
    with connection.cursor() as cursor:
        words = " ".join(map(str, what))
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [words])  # noqa: S608
        return cursor.fetchone()[0]
