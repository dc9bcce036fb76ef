"""Behind PgBouncer in transaction mode, where a session of the database is anybody's."""

import pytest
import requests
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from connect.database_limits import LIMITS
from connect.local import places
from tests.deploy.servers import pooler, production, run, web

HOST = {"Host": "connect.eu", "X-Forwarded-Proto": "https"}
SHOW = """
import django
django.setup()
from django.db import connection
from django.urls import reverse
with connection.cursor() as cursor:
    for name in {names}:
        cursor.execute("SHOW " + name)
        print(cursor.fetchone()[0])
"""


@pytest.fixture
def granted(transactional_db):
    """The role of web and workers, as a deployment makes it."""
    call_command("grant_role", places.WEB_ROLE)


def test_pages_commands_and_limits_work_behind_a_pooler(granted, tmp_path):
    """No session is asked for anything that the next transaction would miss."""
    with pooler(tmp_path) as port:
        there = production(tmp_path, port=port, DATABASE_POOLER="transaction")
        told = run(there, "-c", SHOW.format(names=list(LIMITS)))
        files = run(there, "manage.py", "check_files")
        with web(there, tmp_path) as site:
            pages = ["/readyz", *map(reverse, ("home", "opportunities", "account_login"))]
            answers = [
                requests.get(f"http://127.0.0.1:{site}{page}", headers=HOST, timeout=30)
                for page in pages
            ]

    assert told.stdout.split() == ["30s", "10s", "1.1", "0.5", "0.4"], told.stderr
    assert files.returncode == 0, files.stderr
    assert [answer.status_code for answer in answers] == [200] * 4


def test_without_the_setting_a_cursor_of_the_server_is_asked_for(granted, tmp_path):
    """Two sessions for all: the rest of the rows would be asked of another one."""
    for value, wanted in (("", "False"), ("transaction", "True")):
        there = production(tmp_path, DATABASE_POOLER=value)
        words = "from django.conf import settings as s; print(s.DATABASES['default']"
        told = run(there, "-c", f"{words}['DISABLE_SERVER_SIDE_CURSORS'])")
        assert told.stdout.strip() == wanted, told.stderr


# Limits of the database


@pytest.fixture
def unlimited(transactional_db):
    """A role that an administrator has made and granted by hand, without limits."""
    name = "web_without_limits"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD %s", [places.make_secrets()["postgres"]])
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


def test_web_and_workers_do_not_start_without_limits_and_do_once_they_are_granted(
    unlimited, tmp_path
):
    """Gunicorn ends, and starts no such worker again and again."""
    there = production(tmp_path, role=unlimited)
    commands = {
        "web": ["-m", "gunicorn", "connect.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"],
        "worker": ["-m", "celery", "-A", "connect.celery", "worker", "--pool", "solo"],
    }
    told = {name: run(there, *words) for name, words in commands.items()}
    call_command("grant_role", unlimited)
    granted = run(there, "-c", "import connect.wsgi")

    for name, done in told.items():
        assert done.returncode not in (0, None), name
        assert "no statement_timeout" in done.stderr and "grant_role" in done.stderr
    assert granted.returncode == 0, granted.stderr


def test_an_owner_who_may_change_no_role_is_told_what_a_superuser_runs(unlimited):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE owner_without_rights")
        cursor.execute("GRANT connect TO owner_without_rights")
        cursor.execute("SET ROLE owner_without_rights")
    try:
        with pytest.raises(CommandError, match="ALTER ROLE .* SET statement_timeout = '30s'"):
            call_command("grant_role", unlimited)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP ROLE owner_without_rights")


# Who asks


ADDRESS = """
import django
django.setup()
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9, 10.0.0.2")
print(get_adapter().get_client_ip(request))
"""


@pytest.mark.parametrize(
    ("proxies", "address"), [("1", "10.0.0.2"), ("2", "203.0.113.9"), ("0", "127.0.0.1")]
)
def test_as_many_proxies_are_believed_as_stand_in_front(
    proxies, address, tmp_path, transactional_db
):
    """What the client itself claims, 6.6.6.6, never is."""
    done = run(production(tmp_path, TRUSTED_PROXIES=proxies), "-c", ADDRESS)

    assert done.stdout.strip() == address, done.stderr


def test_browsers_are_asked_to_list_the_domain_only_where_its_owner_wants_it(
    tmp_path, transactional_db
):
    said = {}
    for value in ("0", "1"):
        there = production(tmp_path, HSTS_PRELOAD=value)
        words = "from django.conf import settings as s; print(s.SECURE_HSTS_PRELOAD)"
        said[value] = run(there, "-c", words).stdout.strip()

    assert said == {"0": "False", "1": "True"}
