"""What web, workers and migrations look at before they begin."""

from typing import Any

from django.db import DatabaseError, connection, connections

from connect.database_limits import LIMITS, find_missing_limits
from connect.variables import refuse_start


def check_limits() -> None:
    """Refuse to start where the database holds our sessions to no limits.

    A database that is away is waited for as ever: whoever asks is told, until it is back.
    """
    try:
        with connection.cursor() as cursor:
            missing = find_missing_limits(cursor)
    except DatabaseError:
        return
    finally:
        connection.close()  # a server that forks hands it to nobody
    if missing:
        refuse_start(
            f"The database holds our sessions to no {' and no '.join(missing)}: run `manage.py"
            f" grant_role {connection.settings_dict['USER']}` as the owner of the tables."
        )


def limit_waiting(using: str, **kwargs: Any) -> None:
    """Let a migration wait ten seconds for a lock: all that comes after it waits behind it."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LIMITS['lock_timeout']}'")
