"""A request whose last day for answers is over: who sees it, and how it goes on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.enums import Status
from applications.models import Dossier
from applications.reminders import send_stuck_digest
from connect.my_work import list_tasks
from matching import desk, opportunities
from matching.models import Interest, Opportunity
from notifications.models import Letter
from tests.factories import (
    make_authority,
    make_dossier,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def ines():
    return make_officer("Ines")


def request_over(ines, *, days=1, **fields):
    """A request of Ines that was extended once, and whose last day was some days ago."""
    dossier = make_dossier(status=Status.PUBLISHED, case_officer=ines, **fields)
    Opportunity.objects.filter(dossier=dossier).update(
        closes_on=timezone.localdate() - days * DAY, extended_at=timezone.now() - 30 * DAY
    )
    return Dossier.objects.get(pk=dossier.pk)


def waiting(client):
    home = client.get("/admin/").context["waiting"]
    return {str(one.words): (one.count, one.overdue, one.address) for one in home}


def test_a_request_that_nobody_answered_in_time_waits_for_its_officer(ines, client):
    """It hung for ever: no list had it, and the applicant read that experts could answer."""
    now, words = timezone.now(), "requests whose last day for answers is over"
    dossier = request_over(ines, days=16)
    make_dossier(status=Status.PUBLISHED, case_officer=ines)  # open still
    client.force_login(ines)
    friday = now + (4 - now.weekday()) % 7 * DAY

    opportunities.close_due(now)
    other = make_dossier(status=Status.ELIGIBILITY_CHECK)
    Dossier.objects.filter(pk=other.pk).update(status_since=now - 30 * DAY)
    Dossier.objects.filter(pk=dossier.pk).update(status_since=now - 60 * DAY)
    send_stuck_digest(friday)
    other.delete()

    count, overdue, address = waiting(client)[words]
    listed = client.get(address).context["cl"].result_list
    assert (count, overdue, list(listed)) == (1, 1, [dossier])
    [task] = list_tasks(ines, now)
    said = "Decide how the request goes on: its last day for answers is over"
    assert (task.what, task.path) == (said, reverse("admin:matching_desk", args=[dossier.pk]))
    days = (timezone.localdate(friday) - timezone.localdate()).days + 16
    told = Letter.objects.get(template="dossiers_stuck")
    longest = [other.reference, days + 14]  # published before, it waits for less long
    assert told.context["files"] == [longest, [dossier.reference, days]]


def test_an_applicant_reads_that_the_last_day_of_their_request_is_over(ines, client):
    agona = make_authority("Agona West")
    dossier = request_over(ines, authority=agona)
    client.force_login(make_user("Efua", works_for=agona))
    day = date_format(dossier.opportunity.closes_on, "DATE_FORMAT")

    page = client.get(reverse("dossier", args=[dossier.reference])).text

    said = f"The last day for answers was {day}: the programme team decides what follows."
    assert said in page
    assert "experts elsewhere can answer until" not in page
    assert "View the public request" not in page


def test_a_request_over_for_the_second_time_is_opened_again_and_then_invites(ines, client):
    """“Already extended once”: no button gave a day, and invitations named one that was over."""
    dossier, offer = request_over(ines), make_offer()
    invited = make_interest(dossier, status="invited")
    over = date_format(dossier.opportunity.closes_on, "DATE_FORMAT")
    client.force_login(ines)
    page, day = reverse("admin:matching_desk", args=[dossier.pk]), timezone.localdate() + 30 * DAY

    shown = client.get(page).text
    refused = client.post(page, {"verb": f"invite {offer.pk}"}, follow=True).text
    nobody = Letter.objects.filter(template="interest_invited").exists()
    client.post(page, {"verb": "extend", "closes_on": day})
    client.post(page, {"verb": f"invite {offer.pk}"})

    assert f"The last day for answers was {over}: nobody can answer or be invited" in shown
    assert "it has already been extended once" not in shown and "Open until" not in shown
    assert "give it a new one first, then invite" in refused and not nobody
    letter = Letter.objects.get(template="interest_invited")
    assert (letter.address, letter.context["closes_on"]) == (
        offer.expert.user.email,
        day.isoformat(),
    )
    told = Letter.objects.filter(template="opportunity_reopened")
    assert {invited.expert.user.email, dossier.focal_email} <= set(
        told.values_list("address", flat=True)
    )


def test_a_request_past_its_last_day_takes_no_answer_and_says_so_everywhere(ines, client):
    """The page said “This request is closed” above a form that took the answer."""
    dossier = request_over(ines)
    begun, sent = (make_interest(dossier, status=status) for status in ("invited", "submitted"))
    client.force_login(begun.expert.user)

    page = client.get(begun.get_absolute_url()).text
    client.post(reverse("answer", args=[dossier.reference]))
    tasks = [str(task.what) for task in list_tasks(begun.expert.user, timezone.now())]
    for act in (
        lambda: desk.submit_interest(begun, actor=begun.expert.user),
        lambda: desk.correct_interest(sent, actor=sent.expert.user),
        lambda: desk.answer_opportunity(dossier, actor=make_offer().expert.user),
    ):
        with pytest.raises(ValidationError):
            act()

    assert "The request is closed: it takes no answers now." in page
    assert "Send my answer</button>" not in page and "Save for later" in page
    client.force_login(sent.expert.user)
    page = client.get(sent.get_absolute_url()).text
    assert "The programme team is choosing" in page and "When the request closes" not in page
    assert tasks == []
    assert sorted(Interest.objects.values_list("status", flat=True)) == ["invited", "submitted"]


PERIOD = "The application asks for an exchange that is over by"
WEEKS = "Experts have three to eight weeks to answer: this is"


@pytest.mark.parametrize(
    ("status", "over", "verb", "name", "days", "said"),
    [
        (Status.PUBLISHED, False, "extend", "closes_on", 35, []),
        (Status.PUBLISHED, False, "extend", "closes_on", 45, [PERIOD]),
        (Status.PUBLISHED, True, "extend", "closes_on", 25, []),
        (Status.PUBLISHED, True, "extend", "closes_on", 1, [WEEKS]),
        (Status.SHORTLISTING, True, "seek_again", "open_until", 25, []),
        (Status.SHORTLISTING, True, "seek_again", "open_until", 1, [WEEKS]),
        (Status.SHORTLISTING, True, "seek_again", "open_until", 45, [PERIOD]),
    ],
)
def test_a_new_last_day_is_asked_about_as_the_first_one_was(
    ines, client, status, over, verb, name, days, said
):
    """Answers were asked for until after the wished period, or for one day, without a word."""
    today = timezone.localdate()
    dossier = make_dossier(status=status, starts_on=today, ends_on=today + 40 * DAY)
    closes_on = today + (-1 if over else 1) * 2 * DAY
    Opportunity.objects.update(closes_on=closes_on)
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    typed = {"verb": verb, name: today + days * DAY}

    asked = client.post(page, typed, follow=True).text
    kept = Opportunity.objects.get().closes_on
    if said:
        client.post(page, typed | {"meant": "1"})

    assert [words for words in (WEEKS, PERIOD) if words in asked] == said
    assert ('name="meant"' in asked, kept == closes_on) == (bool(said), bool(said))
    assert Opportunity.objects.get().closes_on == today + days * DAY
