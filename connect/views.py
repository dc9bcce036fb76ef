"""Whether the site is up, whether it can work, and its icon."""

import functools

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError


@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@functools.cache
def last_migrations() -> tuple[tuple[str, str], ...]:
    """Return (app, name) of the migrations that end each app's: read once, from the code."""
    return tuple(MigrationLoader(None).graph.leaf_nodes())


LACKED = """
    SELECT EXISTS (
        SELECT FROM unnest(%s::text[], %s::text[]) AS last (app, name)
        WHERE NOT EXISTS (
            SELECT FROM django_migrations there
            WHERE there.app = last.app AND there.name = last.name))
"""


def is_behind() -> bool:
    """True where the database lacks a migration of this code."""
    apps, names = zip(*last_migrations())
    try:
        with connection.cursor() as cursor:
            cursor.execute(LACKED, [list(apps), list(names)])
            return cursor.fetchone()[0]
    except ProgrammingError:  # it lacks all of them
        return True


@never_cache
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """Database and migrations decide.

    Without Redis people sign in, work and ask the API all the same, their tries counted in the
    database; what workers do is late: e-mails, rankings and tables taken out. So `late` says.
    """
    try:
        database = "behind" if is_behind() else "ok"
    except DatabaseError:
        database = "away"
    try:
        cache.get("readyz")
        broker = "ok"
    except RedisError:
        broker = "away"
    status = 200 if database == "ok" else 503
    late_work = ["e-mails", "rankings", "tables"] if broker == "away" else []
    state = {"database": database, "broker": broker, "late": late_work}
    return JsonResponse(state, status=status)


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of what is no page: a PDF, the API."""
    return redirect(static("favicon.ico"))
