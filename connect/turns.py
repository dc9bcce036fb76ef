"""Turns: what is done by one at a time, without a row of its own to lock."""

from django.db import connection


def wait_for_turn(*what: object) -> None:
    """Take a lock until the transaction ends, so that the same is not done twice at once.

    For what has no row of its own yet that could be locked.
    """
    with connection.cursor() as cursor:
        words = " ".join(map(str, what))
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [words])
