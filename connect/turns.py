"""Turns: what is done by one at a time, without a row of its own to lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def wait_for_turn(*what: object) -> None:
    """Take a lock until the transaction ends, so that the same is not done twice at once.

    For what has no row of its own yet that could be locked.
    """
    with connection.cursor() as cursor:
        words = " ".join(map(str, what))
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])


@contextmanager
def try_turn(*what: object) -> Iterator[bool]:
    """Tell whether nobody else does the same now; if so, nobody else does until the block ends.

    For work of many transactions, that need not be done by two.
    """
    words = " ".join(map(str, what))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [words])
        [is_mine] = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [words])
