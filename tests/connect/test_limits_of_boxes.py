"""A limit of a text is said by the site, and never kept by the browser or in silence."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from connect.local.places import BASE
from exchanges.models import Incident
from registry.enums import MembershipStatus
from registry.models import Membership
from tests.factories import make_authority, make_dossier, make_officer, make_practice, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def test_no_template_lets_a_browser_cut_what_is_pasted():
    cutting = [
        str(path.relative_to(BASE))
        for path in sorted((BASE / "templates").rglob("*.html"))
        if "maxlength" in path.read_text()
    ]

    assert cutting == []


def too_long(most, length):
    return f"{most} characters at most: this text has {length}."


def said_by(response):
    """All that a page says: its own words, and the messages on the page that it leads to."""
    messages = [str(one) for one in get_messages(response.wsgi_request)]
    return " ".join([*messages, response.text])


def test_an_answer_to_who_asks_to_join_is_refused_with_its_limit_and_stays_in_its_box():
    agona = make_authority("Agona West")
    efua, ines = make_user("Efua", works_for=agona), make_officer("Ines")
    asked = make_user("Kofi").memberships.create(authority=agona, roles=["editor"])
    long = "We do not know you. " * 16
    own = reverse("membership-decide", args=[asked.pk])
    desk = reverse("admin:registry_membership_change", args=[asked.pk])

    pages = [
        signed_in(efua).post(own, {"answer": "refuse", f"told-{asked.pk}": long}),
        signed_in(ines).post(desk, {"answer": "refuse", "told": long}),
    ]

    for page in pages:
        assert too_long(300, 320) in page.text and long in page.text
    assert Membership.objects.get(pk=asked.pk).status == MembershipStatus.ASKED


def test_the_reason_of_an_action_of_a_list_is_refused_with_its_limit_and_stays_in_its_box():
    asked = make_user("Kofi").memberships.create(authority=make_authority(), roles=["editor"])
    long, there = "We do not know you. " * 16, reverse("admin:registry_membership_changelist")
    chosen = {"action": "refuse", "_selected_action": asked.pk, "sure": "yes"}

    page = signed_in(make_officer("Ines")).post(there, chosen | {"reason": long})

    assert too_long(300, 320) in page.text and long in page.text
    assert Membership.objects.get(pk=asked.pk).status == MembershipStatus.ASKED


def test_the_reason_of_a_withdrawal_is_not_cut():
    agona = make_authority("Agona West")
    dossier = make_dossier(agona, status=Status.SUBMITTED)
    efua = signed_in(make_user("Efua", works_for=agona))
    long = "The council changed its mind. " * 40
    step = reverse("dossier-step", args=[dossier.reference, "withdraw"])

    page = efua.post(step, {"note": long}, follow=True)

    assert too_long(1000, 1200) in page.text and long.strip() in page.text
    assert Dossier.objects.get(pk=dossier.pk).status == Status.SUBMITTED


def test_what_was_done_about_an_incident_is_not_cut():
    _table, exchange = agreed()
    ines = make_officer("Ines")
    incident = Incident.objects.create(
        exchange=exchange,
        kind="health",
        severity=2,
        happened_on=timezone.localdate(),
        account="A fall.",
        reported_by=ines,
        reported_at=timezone.now(),
    )
    page = reverse("admin:exchanges_incident_change", args=[incident.pk])
    long = "The doctor came. " * 200

    said = said_by(signed_in(ines).post(page, {"done": long}))

    assert too_long(3000, 3400) in said and long in said
    assert Incident.objects.get().closed_at is None


def test_the_note_of_a_step_of_a_practice_is_not_cut():
    table, exchange = agreed()
    practice = make_practice(exchange, status="published")
    step = reverse("practice-step", args=[practice.slug, "archive"])
    long = "It is no longer true. " * 50

    page = signed_in(table.ines).post(step, {"note": long}, follow=True)

    assert too_long(1000, 1100) in page.text and long.strip() in page.text
    practice.refresh_from_db()
    assert practice.status == "published"


def test_why_a_report_of_another_authority_is_hidden_is_not_cut():
    table, exchange = agreed()
    practice, now = make_practice(exchange, status="published"), timezone.now()
    use = practice.uses.create(authority=make_authority(), words="So did we.", at=now)
    long = "It is about another thing. " * 40
    page = reverse("practice-used", args=[practice.slug])

    said = signed_in(table.ines).post(page, {"remove": use.pk, "note": long}, follow=True)

    assert too_long(1000, 1080) in said.text and long.strip() in said.text
    assert practice.uses.filter(pk=use.pk).exists()
