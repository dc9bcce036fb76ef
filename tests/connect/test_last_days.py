"""What is told as a day ends with that day in Brussels, and not at the hour at which it was asked.

All here was asked so many days ago that today is the last day, in its first minute: by now the
hour of asking is over.
"""

from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import co_applicants, opinions
from applications.enums import Status
from applications.models import Contributor, Opinion
from applications.reminders import remind_of_drafts
from applications.signature import request_signature
from connect.dates import end_of_day
from connect.my_work import list_tasks
from connect.transitions import record_event
from exchanges.models import ActionPlan
from notifications.models import Letter
from tests.factories import make_authority, make_call, make_dossier, make_expert, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def days_ago(period):
    """Return the first instant of the day in Brussels from which a period ends today."""
    return timezone.make_aware(datetime.combine(timezone.localdate() - period, time.min))


def test_an_association_gives_its_opinion_until_its_last_day_has_ended():
    agona = make_authority()
    nalag = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION)
    sent = days_ago(opinions.OPEN_FOR)
    record_event(dossier, "send_to_committee", actor=None, now=sent)

    browser = signed_in(abena)
    today = f"{timezone.localdate().day} {timezone.localdate():%B}"
    assert today in browser.get("/association/", follow=True).text
    page = browser.post(
        reverse("opinion", args=[dossier.reference, nalag.pk]),
        {"verdict": "supports", "text": "A town that needs it."},
    )

    assert page.status_code == 302 and Opinion.objects.get().verdict == "supports"


def test_the_mayor_signs_until_the_day_that_the_e_mail_names_has_ended():
    agona = make_authority()
    efua, dossier = make_user("Efua", works_for=agona), make_dossier(agona)
    asked = request_signature(dossier, actor=efua, now=days_ago(timedelta(days=14)))

    letter = Letter.objects.get(template="signature_asked")
    assert letter.context["answer_by"] == timezone.localdate().isoformat()
    today = f"{timezone.localdate().day} {timezone.localdate():%B %Y}"
    page = signed_in(efua).get(asked.valid_link.path, follow=True)
    assert page.status_code == 200 and f"Open until {today}" in page.text
    own = signed_in(efua).get(dossier.get_absolute_url()).text
    assert f"has been asked to sign by {today}" in own


def rows_with_links():
    """Give each row whose link works for some days, with how long."""
    agona = make_authority()
    efua, dossier = make_user("Efua", works_for=agona), make_dossier(agona)
    asked = {"contact": "Yaw", "address": "yaw@keta.example", "country": "GH"}
    together = co_applicants.add_co_applicant(dossier, name="Keta", actor=efua, **asked)
    yield together, together.OPEN_FOR
    person = {"name": "Kwesi", "address": "kwesi@agona.example", "asked_at": timezone.now()}
    yield Contributor.objects.create(dossier=dossier, **person), Contributor.OPEN_FOR
    expert = make_expert(employer_email="pieter@almere.example")
    yield expert, expert.ASKED_FOR
    exchange = agreed()[1]
    yield ActionPlan.objects.get_or_create(exchange=exchange)[0], ActionPlan.OPEN_FOR


def test_a_link_works_until_its_last_day_has_ended():
    today = timezone.localdate()
    ends = {
        type(row).__name__: row.link_end(days_ago(open_for)) for row, open_for in rows_with_links()
    }

    assert ends == dict.fromkeys(
        ["CoApplicant", "Contributor", "Expert", "ActionPlan"], end_of_day(today)
    )


def test_a_call_that_closes_at_midnight_has_its_last_day_before_wherever_a_day_is_told():
    """“Apply by 1 May” of a call that closes as the first of May begins: it was closed that day."""
    today = timezone.localdate()
    last = today + timedelta(days=2)
    closes_at = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    call = make_call(title="Open call", opens_at=timezone.now() - timedelta(9), closes_at=closes_at)
    draft = make_dossier(agona, call=call, focal_email=efua.email)

    remind_of_drafts(today)

    told = f"{last.day} {last:%B}"
    assert f"Apply by <strong>{told}" in Client().get(reverse("home")).text
    assert [task.until for task in list_tasks(efua, timezone.now())] == [last]
    letters = Letter.objects.filter(template="dossier_draft_reminder", address=efua.email)
    assert [letter.context["closes_on"] for letter in letters] == [last.isoformat()]
    assert remind_of_drafts(last + timedelta(days=1)) == 0 and draft.status == Status.DRAFT
