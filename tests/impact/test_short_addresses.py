"""An e-mail names a thing by a short address, which leads to its page in its reader's language."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.enums import Status
from notifications.models import Letter
from tests.factories import make_authority, make_dossier, make_expert, make_officer, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def short(reference):
    return reverse("short", args=[reference])


def test_an_e_mail_has_the_short_address_and_its_reader_arrives_in_their_language():
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona, language="fr")
    dossier = make_dossier(agona, status=Status.SUBMITTED)
    address = f"{settings.SITE_URL}/r/{dossier.reference}"

    letter = Letter(address=efua.email, language="fr", path=dossier.path)
    page = signed_in(efua).get(short(dossier.reference), headers={"accept-language": "es"})

    assert letter.link == address
    assert (page.status_code, page["Location"]) == (302, f"/fr{dossier.path}")
    assert letter.masked_link == address


def test_whoever_is_not_signed_in_signs_in_first_and_then_arrives():
    agona = make_authority("Agona West")
    dossier = make_dossier(agona, status=Status.SUBMITTED)

    asked = Client().get(short(dossier.reference))

    assert asked.status_code == 302 and "/login/" in asked["Location"]
    assert asked["Location"].endswith(f"?next=/r/{dossier.reference}")


def test_each_reference_leads_to_its_own_page():
    table, exchange = agreed()
    efua = signed_in(table.efua)
    things = (table.dossier, table.match, exchange)

    arrived = [efua.get(short(thing.reference), follow=True) for thing in things]

    assert [page.status_code for page in arrived] == [200] * 3
    assert [page.request["PATH_INFO"] for page in arrived] == [
        f"/en{thing.path}" for thing in things
    ]


def test_an_address_that_was_heard_or_copied_leads_there_too():
    agona = make_authority("Agona West")
    efua = signed_in(make_user("Efua", works_for=agona))
    dossier = make_dossier(agona, status=Status.SUBMITTED)
    reference = dossier.reference

    typed = (reference.lower(), f"{reference}/", f"{reference}.", f"{reference.title()}),")

    for one in typed:
        assert efua.get(f"/r/{one}").headers.get("Location") == f"/en{dossier.path}", one
    assert efua.get(f"/r/{reference}/participants/").status_code == 404


def test_an_open_request_is_shown_to_who_does_not_read_its_application():
    dossier = make_dossier(status=Status.PUBLISHED)
    closed = make_dossier(status=Status.SUBMITTED)
    ineke, ines = signed_in(make_expert("Ineke").user), signed_in(make_officer("Ines"))

    seen = ineke.get(short(dossier.reference), follow=True)
    read = ines.get(short(dossier.reference))

    assert seen.request["PATH_INFO"] == f"/en/opportunities/{dossier.reference}/"
    assert seen.status_code == 200
    assert read["Location"] == f"/en/dossiers/{dossier.reference}/"
    assert ineke.get(short(closed.reference), follow=True).status_code == 404
    for nothing in ("CN-1999-0001", "XX-2026-0001", "CN"):
        assert ineke.get(f"/r/{nothing}", follow=True).status_code == 404
