"""Whether the database is there, fit and of this version, and what web and workers may do there."""

from collections.abc import Iterator

from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from connect.database_limits import LIMITS, find_missing_limits
from connect.doctor import Fault, examines, first_line
from connect.local.postgres import OLDEST
from connect.restricted import decrypt, restricted_columns
from connect.seals import could_change_rows

EXTENSIONS = {"unaccent", "pg_trgm"}
LOOKED_AT = 20  # encrypted texts of a column
UNGRANTED = """
    SELECT relname FROM pg_class
    WHERE relname = ANY(%s) AND relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND NOT has_table_privilege(oid, 'SELECT') ORDER BY relname
"""


@examines("database")
def examine_database() -> Iterator[Fault]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000, current_user"
            )
            version, role = cursor.fetchone()
    except DatabaseError as error:
        yield Fault(
            f"The database does not answer: {first_line(error)}",
            "Nothing works without it.",
            "See that PostgreSQL runs, that host, port, name, user and password in DATABASE_URL are"
            " its own, and that it lets this machine in (pg_hba.conf).",
        )
        return
    if version < OLDEST:
        yield Fault(
            f"PostgreSQL {version} is too old.",
            "Columns and statements of CONNECT ask for a newer one.",
            f"Move to PostgreSQL {OLDEST} or later.",
        )
    yield from examine_rights(role)


def examine_rights(role: str) -> Iterator[Fault]:
    """Find what the role of web and workers may do too much, and what too little."""
    grant = f"Run `manage.py grant_role {role}` as the owner of the tables."
    with connection.cursor() as cursor:
        cursor.execute(UNGRANTED, [connection.introspection.django_table_names()])
        closed = [name for (name,) in cursor.fetchall()]
    if closed:
        yield Fault(
            f"The role {role} may not read {', '.join(closed[:5])} ({len(closed)} in all).",
            "Pages that show them fail.",
            grant,
        )
    elif could_change_rows():
        yield Fault(
            f"The role {role} could change what is recorded.",
            "Timelines and logs prove nothing if web and workers can rewrite them.",
            "Make a role that owns no table (CREATE ROLE … LOGIN PASSWORD …), run"
            " `manage.py grant_role` for it, and name it in DATABASE_URL.",
        )


@examines("extensions", needs_database=True)
def examine_extensions() -> Iterator[Fault]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        missing = EXTENSIONS - {name for (name,) in cursor.fetchall()}
    for name in sorted(missing):
        yield Fault(
            f"The extension {name} is missing.",
            "Search finds no names without it.",
            f"As a superuser of PostgreSQL, in this database: CREATE EXTENSION {name};",
        )


@examines("limits", needs_database=True)
def examine_limits() -> Iterator[Fault]:
    with connection.cursor() as cursor:
        missing = find_missing_limits(cursor)
    for name in missing:
        yield Fault(
            f"The database holds our sessions to no {name} of {LIMITS[name]}.",
            "One slow statement could hold up everybody, and web and workers do not start.",
            f"Run `manage.py grant_role {connection.settings_dict['USER']}` as the owner of the"
            " tables; behind a pooler, let it open its sessions anew.",
        )


@examines("migrations", needs_database=True)
def examine_migrations() -> Iterator[Fault]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(
            f"{migration.app_label} {migration.name}" for migration, _back in plan[:3]
        )
        yield Fault(
            f"{len(plan)} migrations are not made: {names}.",
            "This version of CONNECT asks for columns that the database lacks.",
            "As the owner of the tables: `manage.py migrate`, then `manage.py grant_role …`.",
        )


@examines("keys", needs_database=True)
def examine_keys() -> Iterator[Fault]:
    for model, field in restricted_columns():
        as_stored = models.functions.Cast(field.name, models.TextField())
        rows = model._base_manager.annotate(stored=as_stored).exclude(stored="").order_by("-pk")
        for stored in rows.values_list("stored", flat=True)[:LOOKED_AT]:
            try:
                decrypt(stored)
            except RuntimeError:
                yield Fault(
                    f"No key of FIELD_KEYS opens {model._meta.label}.{field.name}.",
                    "What people confided cannot be read, and pages that show it fail.",
                    "Put the key that was in force before into FIELD_KEYS as well, after a comma."
                    " Without it these texts are lost.",
                )
                break


@examines("clock", needs_database=True)
def examine_clock() -> Iterator[Fault]:
    before = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    apart = abs((there - before).total_seconds())
    if apart > 5:
        yield Fault(
            f"The clocks of this machine and of the database are {apart:.0f} seconds apart.",
            "Links, codes of the second factor and deadlines end too early or too late.",
            "Let both keep time (timedatectl set-ntp true).",
        )
