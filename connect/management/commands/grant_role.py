"""Grant the role of web and workers what it needs, and nothing to change the past with."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from psycopg2 import sql

from connect.append_only import AppendOnlyTexts, append_only_models
from connect.database_limits import LIMITS, limit_statements
from connect.models import Archived, Seal, Unsealed


class Command(BaseCommand):
    help = (
        "Grant the role that web and workers sign in with what it needs. Run it as the owner of"
        " the tables, after every `migrate`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            grant(cursor, role)
        self.stdout.write(f"{role} may read and write; what is append-only, only add to.")
        with connection.cursor() as cursor:
            set_limits(cursor, role)


def grant(cursor: Any, role: str) -> None:
    cursor.execute(
        "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles"
        " WHERE rolname = %s",
        [role],
    )
    row = cursor.fetchone()
    if row is None:
        raise CommandError(f"There is no role {role}: make it with CREATE ROLE … LOGIN.")
    if row[0]:
        raise CommandError(f"{role} owns the tables: give web and workers another role.")
    for words, table in grant_statements():
        statement = sql.SQL(words).format(
            role=sql.Identifier(role), table=sql.Identifier(table or "")
        )
        cursor.execute(statement)


def set_limits(cursor: Any, role: str) -> None:
    """Set the limits of web and workers that are not set yet.

    Raises CommandError with what to do where the owner may not change other roles.
    """
    missing = [name for name in LIMITS if name not in limits_of_role(cursor, role)]
    statements = limit_statements(sql.Identifier(role).as_string(cursor.connection), missing)
    try:
        with transaction.atomic():
            # An extension's setting is known once the session has used the extension.
            cursor.execute("SELECT similarity('', '')")
            for statement in statements:
                cursor.execute(statement)
    except ProgrammingError as refusal:
        raise CommandError(
            f"The limits of {role} cannot be set ({str(refusal).splitlines()[0]}). Let a superuser"
            f" of PostgreSQL run, once: {'; '.join(statements)};"
        ) from None


def limits_of_role(cursor: Any, role: str) -> set[str]:
    """Return the names of the limits that are set for a role."""
    cursor.execute(
        "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_roles ON pg_roles.oid = setrole"
        " WHERE rolname = %s",
        [role],
    )
    return {line.partition("=")[0] for (line,) in cursor.fetchall()}


def grant_statements() -> Iterator[tuple[str, str | None]]:
    """Yield (statement, table) in order."""
    yield "GRANT USAGE ON SCHEMA public TO {role}", None
    yield "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", None
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", None
    models: list[type[Model]] = [*append_only_models(), Seal]
    for model in models:
        table = model._meta.db_table
        yield "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", table
        if issubclass(model, AppendOnlyTexts):
            yield "GRANT UPDATE (details, salts) ON {table} TO {role}", table
    yield "REVOKE INSERT, UPDATE ON {table} FROM {role}", Unsealed._meta.db_table
    for table in (Archived._meta.db_table, "django_migrations"):
        yield "REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", table
