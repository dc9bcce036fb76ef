"""What a proxy, a container engine or a balancer asks every few seconds: quick, and true."""

import time

import pytest
from django.db import connection

from connect import views

pytestmark = pytest.mark.django_db


def test_a_probe_costs_one_query_and_reads_no_migration_from_the_disk(
    client, monkeypatch, django_assert_num_queries
):
    client.get("/readyz")  # the first of a process reads their names

    def fails(*words):
        raise AssertionError("the migrations were read again")

    monkeypatch.setattr(views, "MigrationLoader", fails)
    with django_assert_num_queries(1):
        answer = client.get("/readyz")
    with django_assert_num_queries(0):
        client.get("/healthz")

    assert answer.json() == {"database": "ok", "broker": "ok", "late": []}


@pytest.mark.parametrize("page", ["/healthz", "/readyz"])
def test_a_probe_is_answered_in_under_five_milliseconds(client, page):
    """The best of many: other tests share the cores, and there one waits for them."""

    def took():
        began = time.perf_counter()
        client.get(page)
        return time.perf_counter() - began

    assert any(took() < 0.005 for _number in range(500))


def test_a_machine_of_newer_code_takes_nobody_until_the_database_is_migrated(client):
    """A deployment starts it first: no restart is needed afterwards."""
    with connection.cursor() as cursor:
        last = dict(views.last_migrations())["connect"]
        cursor.execute("DELETE FROM django_migrations WHERE app = 'connect' AND name = %s", [last])
        before = client.get("/readyz")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('connect', %s, now())",
            [last],
        )
    after = client.get("/readyz")

    assert (before.status_code, before.json()["database"]) == (503, "behind")
    assert (after.status_code, after.json()["database"]) == (200, "ok")
