"""The database as web and workers open it, and who is in it before anybody has come."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from registry import reference

pytestmark = pytest.mark.django_db


def test_no_statement_and_no_lock_is_waited_for_without_end():
    """L4: the web's and the workers' connections are cut by the database itself."""
    found = {}
    with connection.cursor() as cursor:
        for name in ("statement_timeout", "lock_timeout"):
            cursor.execute(f"SHOW {name}")
            found[name] = cursor.fetchone()[0]

    assert found == {"statement_timeout": "30s", "lock_timeout": "10s"}


def test_a_new_installation_has_no_account(settings):
    """A10: migrations and reference data make nobody; the demonstration is refused."""
    reference.load_groups()
    reference.load_themes()
    settings.DEMO = False

    with pytest.raises(CommandError, match="does not belong in production"):
        call_command("demo")
    assert not User.objects.exists()
