"""Fourteen months go by: the letters that the clock sends, listed, and each sent once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Call, Dossier, SectionDraft
from connect.clockwork import follow
from matching import consent
from matching.models import Match
from notifications.models import Letter
from notifications.preview import expected
from registry.models import Expert
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
BRUSSELS = ZoneInfo("Europe/Brussels")
START = datetime(2027, 3, 1, 10, tzinfo=BRUSSELS)  # a Monday; clocks change on the 28th


def at(days):
    return START + timedelta(days=days)


class Programme:
    """One of everything that the clock may remind of, on the first of March 2027."""

    def __init__(self):
        self.ines = make_officer("Ines")
        agona = make_authority("Agona West")
        self.efua = make_user("Efua", works_for=agona)
        association = agona.associations.create(name="NALAG", country="GH", scope="national")
        self.abena = make_user("Abena")
        self.abena.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        call = make_call(
            opens_at=at(-5), closes_at=at(60), countries=["GH"], meeting_on=at(40).date()
        )
        # A call that closed long ago: nothing of it is said any more.
        past = make_call(opens_at=at(-400), closes_at=at(-300), countries=["GH"])
        own = {"focal_email": self.efua.email, "legal_email": self.efua.email}
        self.draft = make_dossier(agona, call=call, **own)
        self.corrected = make_dossier(agona, call=past, status=Status.CORRECTION_ASKED, **own)
        self.corrected.corrections.create(fields=[], due_on=at(14).date(), asked_at=at(0))
        self.anna = make_member("Anna")
        judged = make_dossier(make_authority(), call=call, status=Status.UNDER_SELECTION)
        judged.assignments.create(member=self.anna, at=at(0))
        self.ineke = make_expert("Ineke")
        Expert.objects.update(confirmed_on=at(0).date())
        matched = make_dossier(agona, call=past, status=Status.SHORTLISTING, **own)
        interest = make_interest(matched, self.ineke)
        self.match = consent.propose(matched, [interest.pk], actor=self.ines, now=at(0))
        # An officer goes on leave with one file open.
        make_dossier(
            make_authority(), call=past, status=Status.ELIGIBILITY_CHECK, case_officer=self.ines
        )
        Dossier.objects.exclude(pk=matched.pk).update(status_since=at(0))
        SectionDraft.objects.update(saved_at=at(0))
        Letter.objects.all().delete()

    def name(self, address):
        people = {p.email: p.name for p in (self.efua, self.abena, self.anna, self.ines)}
        people |= {self.ineke.user.email: "Ineke", self.ineke.employer_email: "employer"}
        return people.get(address, address)


def months(programme, number, step=1):
    """Live day by day; return [(day, letter, to whom)], without the daily digest."""
    told = []
    for day in range(0, number * 31, step):
        with time_machine.travel(at(day), tick=False):
            before = set(Letter.objects.values_list("pk", flat=True))
            follow(timezone.now())
            new = Letter.objects.exclude(pk__in=before)
            told += sorted((day, one.template, programme.name(one.address)) for one in new)
    return told


WHAT_THE_CLOCK_SAYS = [
    (0, "call_open", "Abena"),
    (5, "consent_applicant", "Efua"),
    (5, "consent_employer", "employer"),
    (5, "consent_expert", "Ineke"),
    (7, "dossier_draft_reminder", "Efua"),  # idle for a week
    (9, "consent_applicant", "Efua"),
    (9, "consent_employer", "employer"),
    (9, "consent_expert", "Ineke"),
    (9, "dossier_correction_reminder", "Efua"),  # five days before
    (11, "match_lapsed", "Ines"),
    (11, "match_lapsed_sides", "Efua"),
    (11, "match_lapsed_sides", "Ineke"),
    (11, "match_lapsed_sides", "employer"),
    (13, "dossier_correction_reminder", "Efua"),  # the day before
    (15, "dossier_correction_reminder", "Efua"),  # the day after
    (21, "dossier_draft_reminder", "Efua"),  # idle for three weeks
    (33, "committee_assigned", "Anna"),  # a week before the meeting
    (38, "committee_assigned", "Anna"),  # two days before
    (45, "dossier_lapse", "Efua"),
    (46, "call_closing", "Abena"),
    (53, "dossier_draft_reminder", "Efua"),  # a week before the call closes
    (57, "call_closing", "Abena"),
    (58, "dossier_draft_reminder", "Efua"),  # two days before
    (337, "profile_confirm", "Ineke"),
    (366, "profile_hidden", "Ineke"),
]
DIGEST = "dossiers_stuck"


def test_fourteen_months_bring_each_letter_on_its_day_and_no_other():
    programme = Programme()

    told = months(programme, 14)

    assert [line for line in told if line[1] != DIGEST] == WHAT_THE_CLOCK_SAYS
    daily = [day for day, template, who in told if template == DIGEST and who == "Ines"]
    first = 15  # more than ten working days after the first of March
    assert daily == [day for day in range(first, 14 * 31) if at(day).isoweekday() <= 5]
    assert Match.objects.get().status == "lapsed"


@pytest.mark.parametrize("twice", [True, False])
def test_jobs_that_run_twice_or_were_down_for_days_say_nothing_twice_and_nothing_stale(twice):
    """Check E5: a run that comes late says what holds by then, not all that it missed."""
    programme = Programme()
    if twice:
        months(programme, 3)
        before = Letter.objects.count()
        for day in (0, 40, 92, 92):  # clocks that go back say nothing new
            with time_machine.travel(at(day), tick=False):
                follow(timezone.now())
        assert Letter.objects.count() == before
        return

    told = months(programme, 3, step=30)  # day 0, 30, 60, 90

    assert [line for line in told if line[1] != DIGEST and line[0] == 30] == [
        (30, "dossier_correction_reminder", "Efua"),
        (30, "dossier_draft_reminder", "Efua"),
        (30, "match_lapsed", "Ines"),
        (30, "match_lapsed_sides", "Efua"),
        (30, "match_lapsed_sides", "Ineke"),
        (30, "match_lapsed_sides", "employer"),
    ]


def test_staff_see_the_letters_of_the_next_days_and_nothing_of_it_has_happened(client):
    programme = Programme()
    with time_machine.travel(START, tick=False):
        follow(timezone.now())
        stood = list(Dossier.objects.values_list("pk", "status"))
        letters = Letter.objects.count()

        days = expected(timezone.now())
        client.force_login(programme.ines)
        page = client.get(reverse("admin:notifications_letter_expected")).text

        foreseen = sorted(
            ((day - START.date()).days, letter.template, programme.name(letter.address))
            for day, some in days
            for letter in some
            if letter.template != DIGEST
        )
        assert foreseen == [line for line in WHAT_THE_CLOCK_SAYS if 0 < line[0] <= 30]
        assert programme.ineke.employer_email in page and programme.anna.email not in page
        assert (list(Dossier.objects.values_list("pk", "status")), Letter.objects.count()) == (
            stood,
            letters,
        )


def test_the_clock_is_followed_by_hand_at_any_time(capsys):
    Programme()

    call_command("follow_clock", "--now", "2027-03-09T10:00")

    assert "'drafts': 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--now is an instant"):
        call_command("follow_clock", "--now", "tomorrow")


def test_a_call_for_all_countries_is_told_to_every_association():
    Programme()
    Call.objects.update(countries=[])
    other = make_authority().associations.create(name="UNGL", country="CR", scope="national")
    speaker = make_user("Karen")
    speaker.memberships.create(association=other, roles=["association_officer"], status="active")

    follow(START)

    told = Letter.objects.filter(template="call_open").values_list("address", flat=True)
    assert speaker.email in told and len(told) == 2


def test_a_call_of_some_countries_is_told_to_those_who_speak_there_now():
    programme = Programme()
    abroad = make_authority(country="CR").associations.create(
        name="UNGL", country="CR", scope="national"
    )
    karen = make_user("Karen")
    for association, status in (
        (abroad, "active"),
        (programme.abena.memberships.get().association, "ended"),
    ):
        karen.memberships.create(
            association=association, roles=["association_officer"], status=status
        )

    follow(START)  # the open call is Ghana's

    told = Letter.objects.filter(template="call_open").values_list("address", flat=True)
    assert list(told) == [programme.abena.email]
