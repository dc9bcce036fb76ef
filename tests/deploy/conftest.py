"""An empty place that a backup is restored into."""

import pytest

from connect.local import places, postgres
from tests.factories import OF_PROCESS

OWNER, PLACE = f"owner_of_the_drill{OF_PROCESS}", f"connect_drill{OF_PROCESS}"


@pytest.fixture
def empty_place(transactional_db):
    """An empty database of an owner who is no superuser, as a host gives one."""
    link = postgres.connect_as_owner("postgres")
    link.autocommit = True

    def clear():
        cursor.execute(f"DROP DATABASE IF EXISTS {PLACE}")
        cursor.execute(f"DROP ROLE IF EXISTS {OWNER}")

    with link.cursor() as cursor:
        clear()
        cursor.execute(
            f"CREATE ROLE {OWNER} LOGIN PASSWORD %s", [places.make_secrets()["postgres"]]
        )
        cursor.execute(f"CREATE DATABASE {PLACE} OWNER {OWNER}")
        yield {"role": OWNER, "database": PLACE}
        clear()
    link.close()
