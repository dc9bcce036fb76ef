"""A reminder that waited says what is so when it leaves, or does not leave."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications import assignment, committee, scorer_reminders
from applications.enums import Status
from applications.models import Call
from applications.reminders import notify_of_calls, remind_committee
from notifications.digest import gather_bursts
from notifications.held_letters import release_letters
from notifications.models import Hold, Letter
from notifications.sending import send_waiting_letters
from registry.models import Association
from tests.factories import make_call, make_dossier, make_member, make_officer, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Round:
    """Two applications that Anna and Jan have to score; the committee meets in five days."""

    def __init__(self):
        self.now, self.ines = timezone.now(), make_officer("Ines")
        self.today = timezone.localdate(self.now)
        self.call = make_call(quorum=2, meeting_on=self.today + 5 * DAY)
        self.anna, self.jan = map(make_member, ("Anna", "Jan"))
        self.dossiers = [
            make_dossier(status=Status.UNDER_SELECTION, call=self.call) for _ in range(2)
        ]
        assignment.assign_dossiers(self.call, actor=self.ines)
        Letter.objects.update(sent_at=self.now)

    def score(self, member, *dossiers):
        for dossier in dossiers:
            committee.declare_conflict(dossier, member=member, has_conflict=False)
            points = {code: most for code, (_label, most) in self.call.grid.items()}
            committee.save_score(dossier, member=member, points=points)

    def meet_on(self, day):
        Call.objects.filter(pk=self.call.pk).update(meeting_on=day)

    def send(self, after):
        """Return (address, subject, whether the new day is named) of what leaves by then."""
        before = list(Letter.objects.exclude(sent_at=None).values_list("pk", flat=True))
        gather_bursts(self.now + after)
        send_waiting_letters(self.now + after)
        left = Letter.objects.exclude(sent_at=None).exclude(pk__in=before)
        left = left.filter(is_gathered=False)
        return [
            (one.address, one.subject, one.context["meeting_on"]) for one in left.order_by("pk")
        ]


def test_what_was_gathered_is_counted_and_dated_as_it_leaves_and_not_sent_for_nothing():
    room = Round()
    scorer_reminders.remind_scorers(room.dossiers, actor=room.ines)

    room.score(room.anna, room.dossiers[0])
    room.score(room.jan, *room.dossiers)
    room.meet_on(room.today)

    subject = "1 application waiting for your score"
    assert room.send(after=timedelta(minutes=11)) == [
        (room.anna.email, subject, room.today.isoformat())
    ]
    waits_for_jan = Letter.objects.unsent().filter(address=room.jan.email)
    assert not waits_for_jan.exists()


def test_several_in_one_are_counted_as_they_leave():
    room = Round()
    for second in (10, 20):  # a key holds the second
        dossier = make_dossier(status=Status.UNDER_SELECTION, call=room.call)
        now = room.now + timedelta(seconds=second)
        assignment.assign_dossiers(room.call, actor=room.ines, now=now)
        room.score(room.jan, dossier)
    room.score(room.anna, *room.dossiers)

    assert [one[:2] for one in room.send(after=timedelta(minutes=11))] == [
        (room.anna.email, "2 applications waiting for your score"),
        (room.jan.email, "2 applications waiting for your score"),
    ]


def test_what_was_held_or_waited_for_the_morning_is_counted_when_it_leaves():
    room = Round()
    remind_committee(room.today)
    held = Letter.objects.unsent().filter(address=room.anna.email)
    held.update(hold=Hold.REVIEW)
    room.score(room.anna, room.dossiers[0])
    room.score(room.jan, *room.dossiers)
    release_letters(held, actor=room.ines, now=room.now)

    left = room.send(after=2 * DAY)

    assert [one[:2] for one in left] == [(room.anna.email, "1 application waiting for your score")]


def test_an_association_reads_the_last_day_that_stands_when_its_e_mail_leaves():
    now = timezone.now()
    officer, nalag = make_user("Kofi"), Association.objects.create(name="NALAG", country="GH")
    officer.memberships.create(association=nalag, roles=["association_officer"], status="active")
    call = make_call(opens_at=now - DAY, closes_at=now + 30 * DAY)
    notify_of_calls(now)
    Call.objects.filter(pk=call.pk).update(closes_at=now + 40 * DAY)

    send_waiting_letters(now + DAY)

    (letter,) = Letter.objects.filter(address=officer.email)
    call.refresh_from_db()
    assert letter.context["closes_on"] == call.last_day.isoformat()
