"""What the log says of signing in: enough to see an attack, nothing that names a person."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import make_user
from tests.security.sign_in import PASSWORD, sign_in, with_password

pytestmark = pytest.mark.django_db


def test_signing_in_and_being_refused_are_logged_by_number_and_never_by_name(caplog):
    """P4: no name, no address, no password in a line of the log."""
    efua = with_password(make_user("Efua Mensah"))
    caplog.set_level(logging.INFO, "connect.security")

    sign_in(efua, "not the password")
    sign_in(efua)
    Client().post(reverse("account_login"), {"login": "nobody@example.org", "password": "guess"})

    lines = [(r.levelname, r.getMessage()) for r in caplog.records if r.name == "connect.security"]
    assert lines == [
        ("WARNING", "password refused: person nobody, POST"),
        ("INFO", f"signed in: person {efua.pk}, POST"),
        ("WARNING", "password refused: person nobody, POST"),
    ]
    told = " ".join(record.getMessage() for record in caplog.records)
    assert not any(word in told for word in (efua.email, "nobody@", PASSWORD, "guess", "Efua"))


def test_what_may_not_be_done_is_logged(client, caplog):
    client.force_login(make_user())

    client.get("/admin/")
    client.get(reverse("dossier", args=["CN-2026-9999"]))

    told = [record.getMessage() for record in caplog.records if record.name == "django.request"]
    assert "Not Found: /en/dossiers/CN-2026-9999/" in told


def test_a_line_end_in_an_address_makes_no_second_line_of_the_log(client, caplog):
    client.get("/en/nowhere/%0aWARNING connect.security signed in: person 1/")

    told = [record.getMessage() for record in caplog.records if "Not Found" in record.getMessage()]
    assert len(told) == 1 and "\n" not in told[0]
