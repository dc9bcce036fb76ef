"""What the workers do, as staff see it: signs of life, what waits, what failed, tried again."""

import smtplib
from datetime import timedelta

import pytest
from django.core.cache.backends.redis import RedisCache
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import ConnectionError as Away

from connect import work
from connect.tasks import beat
from matching.enums import RunState
from matching.models import MatchRun
from matching.runs import request_run
from notifications import outbox
from notifications.models import MAX_TRIES, Letter
from notifications.outbox import post, send_waiting
from tests.factories import make_dossier, make_officer, make_user

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:work")


@pytest.fixture
def desk(client):
    client.force_login(make_officer())
    return client


def test_the_page_says_whether_anybody_works(desk):
    silent = desk.get(PAGE).text
    beat()
    alive = desk.get(PAGE).text
    work.beat(timezone.now() - timedelta(minutes=30))
    late = desk.get(PAGE).text

    assert "The workers have not been seen." in silent
    assert "At work" in alive and "No sign of life" not in alive
    assert "The workers last worked 30\xa0minutes ago." in late


def test_what_failed_is_tried_again_unless_a_newer_one_waits(desk):
    failed, passed_over = make_dossier(), make_dossier()
    for dossier in (failed, passed_over):
        run = request_run(dossier.pk)
        MatchRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="ValueError: no")
    newer = request_run(passed_over.pk)

    page = desk.get(PAGE).text
    after = desk.post(PAGE, {"queue": "Rankings"}, follow=True).text

    assert "Rankings" in page and "Try again" in page
    assert "1 is tried again." in after
    assert {run.dossier_id for run in MatchRun.objects.filter(state=RunState.WAITING)} == {
        failed.pk,
        newer.dossier_id,
    }
    assert "0 are tried again." in desk.post(PAGE, {"queue": "nothing"}, follow=True).text


def test_a_letter_tried_in_vain_is_told_to_staff_once_and_can_be_tried_again(
    desk, monkeypatch, settings
):
    """Check E8, as far as the mail server refuses: the address is shown with what it said."""
    person, now, real = make_user(), timezone.now(), outbox.send
    post("profile_confirm", key="k", to=[person])

    def refuse(letter, connection):
        if letter.address == person.email:
            raise smtplib.SMTPRecipientsRefused({person.email: (550, b"no such mailbox")})
        real(letter, connection)

    monkeypatch.setattr(outbox, "send", refuse)
    for tried in range(MAX_TRIES + 2):
        send_waiting(now + timedelta(days=2 * tried))

    told = Letter.objects.get(template="letter_given_up")
    assert (told.address, told.context["address"]) == (settings.CONTACT_EMAIL, person.email)
    assert "no such mailbox" in told.body
    assert "Letters" in desk.get(PAGE).text
    assert "1 is tried again." in desk.post(PAGE, {"queue": "Letters"}, follow=True).text
    assert Letter.objects.get(template="profile_confirm").tries == 0


def test_a_broker_that_is_away_is_said_and_breaks_nothing(desk, monkeypatch):
    def away(*args, **kwargs):
        raise Away("down")

    monkeypatch.setattr("connect.work.app.connection_for_read", away)
    monkeypatch.setattr(RedisCache, "get", away)

    page = desk.get(PAGE)

    assert page.status_code == 200
    assert "The broker does not answer" in page.text


def test_the_page_says_that_codes_leave_late_while_their_worker_is_away(desk):
    beat()
    alone = desk.get(PAGE).text
    beat("urgent")
    both = desk.get(PAGE).text

    words = "The worker for what somebody waits for has not been seen"
    assert [words in alone, words in both] == [True, False]
