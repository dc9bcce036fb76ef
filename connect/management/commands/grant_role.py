"""Grant the role of web and workers what it needs, and nothing to change the past with."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.models import Model
from psycopg2 import sql

from connect.append_only import SaysSomething, append_only_models
from connect.models import Archived, Seal, Unsealed


class Command(BaseCommand):
    help = (
        "Grant the role that web and workers sign in with what it needs. Run it as the owner of"
        " the tables, after every `migrate`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role")

    @transaction.atomic
    def handle(self, *args: Any, role: str, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles"
                " WHERE rolname = %s",
                [role],
            )
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"There is no role {role}: make it with CREATE ROLE … LOGIN.")
            if found[0]:
                raise CommandError(f"{role} owns the tables: give web and workers another role.")
            for words, table in grant_statements():
                statement = sql.SQL(words).format(
                    role=sql.Identifier(role), table=sql.Identifier(table or "")
                )
                cursor.execute(statement)
        self.stdout.write(f"{role} may read and write; what is append-only, only add to.")


def grant_statements() -> Iterator[tuple[str, str | None]]:
    """Yield (statement, table) in order."""
    yield "GRANT USAGE ON SCHEMA public TO {role}", None
    yield "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}", None
    yield "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}", None
    models: list[type[Model]] = [*append_only_models(), Seal]
    for model in models:
        table = model._meta.db_table
        yield "REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}", table
        if issubclass(model, SaysSomething):
            yield "GRANT UPDATE (details, salts) ON {table} TO {role}", table
    yield "REVOKE INSERT, UPDATE ON {table} FROM {role}", Unsealed._meta.db_table
    for table in (Archived._meta.db_table, "django_migrations"):
        yield "REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", table
