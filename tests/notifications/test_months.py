"""Fourteen months go by: the letters that the clock sends, listed, and each sent once."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import closing
from accounts.holdings import Person
from applications.enums import Status
from applications.models import Call, Dossier, SectionDraft
from applications.transitions import dossier_machine
from connect import schedule
from connect.schedule import rule_name, run_rules
from exchanges.enums import Criterion, Readiness
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from matching import consent
from matching.models import Match
from notifications import preview
from notifications.auditor import check_trail
from notifications.models import Letter
from notifications.preview import expected_letters
from registry.models import Expert
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_officer,
    make_session,
    make_user,
)
from tests.worlds import agreed

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
        self.match = consent.propose_match(
            matched, [interest.pk], note="They did it.", actor=self.ines, now=at(0)
        )
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


def lived(letters, until, step):
    """List the days to live: those that have a letter and each before them, else each so many.

    What came on a day between would be written on the next that is lived, where none is listed.
    """
    around = {day - near for day, _template, _who in letters for near in (0, 1)}
    return sorted(around & set(range(until)) | set(range(0, until, step)))


FEW_DAYS = pytest.mark.parametrize("step", [50, pytest.param(1, marks=pytest.mark.faults)])


def months(programme, days):
    """Live some days; return [(day, letter, to whom)]."""
    told = []
    for day in days:
        with time_machine.travel(at(day), tick=False):
            before = set(Letter.objects.values_list("pk", flat=True))
            run_rules(timezone.now())
            new = Letter.objects.exclude(pk__in=before).exclude(template=UNSEALED)
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
    (45, "dossier_state_association", "Abena"),
    (46, "call_closing", "Abena"),
    (53, "dossier_draft_reminder", "Efua"),  # a week before the call closes
    (57, "call_closing", "Abena"),
    (58, "dossier_draft_reminder", "Efua"),  # two days before
    (337, "profile_confirm", "Ineke"),
    (366, "profile_hidden", "Ineke"),
]
DIGEST = "dossiers_stuck"
# Rows of a test are never committed, and so never sealed: the daily check of the audit says so.
UNSEALED = "audit_findings"


@FEW_DAYS
def test_fourteen_months_bring_each_letter_on_its_day_and_no_other(step):
    programme = Programme()
    days = lived(WHAT_THE_CLOCK_SAYS, 14 * 31, step)

    told = months(programme, days)

    assert [line for line in told if line[1] != DIGEST] == WHAT_THE_CLOCK_SAYS
    daily = [day for day, template, who in told if template == DIGEST and who == "Ines"]
    first = 15  # more than ten working days after the first of March
    assert daily == [day for day in days if day >= first and at(day).isoweekday() <= 5]
    assert Match.objects.get().status == "lapsed"


@pytest.mark.parametrize("step", [23, pytest.param(2, marks=pytest.mark.faults)])
def test_jobs_that_run_twice_say_nothing_twice(step):
    months(Programme(), range(0, 93, step))
    before = Letter.objects.count()

    for day in (0, 46, 92, 92):  # clocks that go back say nothing new
        with time_machine.travel(at(day), tick=False):
            run_rules(timezone.now())

    assert Letter.objects.count() == before


def test_jobs_that_were_down_for_days_say_nothing_stale():
    """Check E5: a run that comes late says what holds by then, not all that it missed."""
    programme = Programme()

    told = months(programme, [0, 30, 60, 90])

    assert [line for line in told if line[1] != DIGEST and line[0] == 30] == [
        (30, "dossier_correction_reminder", "Efua"),
        (30, "dossier_draft_reminder", "Efua"),
        (30, "match_lapsed", "Ines"),
        (30, "match_lapsed_sides", "Efua"),
        (30, "match_lapsed_sides", "Ineke"),
        (30, "match_lapsed_sides", "employer"),
    ]


@pytest.mark.parametrize("step", [40, pytest.param(5, marks=pytest.mark.faults)])
def test_of_what_has_ended_nobody_is_reminded_any_more(step):
    """E6: whatever was cancelled on the first day; only the call itself is told of."""
    programme = Programme()
    with time_machine.travel(START, tick=False):
        for dossier in Dossier.objects.order_by("pk"):
            reasons = {"reason": "funding", "note": "No money is left."}
            dossier_machine.advance(dossier, "cancel", actor=programme.ines, **reasons)
        Letter.objects.all().delete()

    days = {day for day, _template, _who in WHAT_THE_CLOCK_SAYS} | set(range(0, 4 * 31, step))

    told = months(programme, sorted(day for day in days if day < 4 * 31))

    assert told == [(0, "call_open", "Abena"), (46, "call_closing", "Abena")] + [
        (57, "call_closing", "Abena")
    ]


def test_a_look_ahead_runs_no_rule_that_writes_no_letter_and_waits_for_nobody(monkeypatch):
    """E5: opening a page locked sessions and links for as long as the look ahead took."""
    during = []
    last = schedule.Rule(lambda now: during.append(patience()))
    monkeypatch.setitem(schedule.RULES, "last", last)
    before = patience()
    going = closing.begin_closing(
        Person.from_user(make_user("Kofi")), now=START - timedelta(days=30)
    )
    assert going.goes_at < START

    with CaptureQueriesContext(connection) as run:
        expected_letters(START, days=1)

    quiet = "django_session|connect_link|usersession|connect_export|accounts_datacopy|lettercount"
    erased = [one["sql"] for one in run if "accounts_erasure" in one["sql"]]
    deletes = [one["sql"] for one in run if one["sql"].startswith("DELETE")]
    assert [sql for sql in deletes if re.search(quiet, sql)] == [] == erased
    assert (during, patience()) == ([preview.PATIENCE], before) and before != preview.PATIENCE


@pytest.mark.django_db(transaction=True)
def test_a_look_ahead_ends_once_somebody_waits_for_what_it_has_locked(monkeypatch):
    """A message on a match waited ten seconds for a look ahead that took twenty: error 500."""
    call = make_call()
    waiting = Thread(target=rename, args=[call.pk, "Written by hand"])

    def foresee(now):
        rename(call.pk, "Foreseen", closes=False)
        waiting.start()
        with connection.cursor() as cursor:
            for _ in range(100):
                cursor.execute(preview.HELD_UP)
                if cursor.fetchone()[0]:
                    return
                cursor.execute("SELECT pg_sleep(0.05)")

    monkeypatch.setattr(schedule, "RULES", {"foresee": schedule.Rule(foresee)})

    seen = preview.preview_letters(timezone.now())

    waiting.join(5)
    assert seen is None and Call.objects.get().title == "Written by hand"


def rename(pk, title, closes=True):
    Call.objects.filter(pk=pk).update(title=title)
    if closes:  # the connection of a thread of its own
        connection.close()


def patience():
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return cursor.fetchone()[0]


def test_staff_see_the_letters_of_the_next_days_and_nothing_of_it_has_happened(
    client, django_assert_max_num_queries
):
    programme = Programme()
    with time_machine.travel(START, tick=False):
        run_rules(timezone.now())
        stood = list(Dossier.objects.values_list("pk", "status"))
        letters = Letter.objects.count()

        days = expected_letters(timezone.now())
        client.force_login(programme.ines)
        address = reverse("admin:notifications_letter_expected")
        first = client.get(address).text
        seen = preview.preview_letters(timezone.now())
        with django_assert_max_num_queries(10):  # 5,600 before, and 7 to 59 seconds
            page = client.get(address).text

        anew = client.post(address, follow=True).text

        assert "open this page again in a minute" in first and "Forecast of" in page
        assert "The forecast is being made again" in anew and "Update the forecast" in page
        assert seen == sum(len(some) for _day, some in days)
        foreseen = sorted(
            ((day - START.date()).days, letter.template, programme.name(letter.address))
            for day, some in days
            for letter in some
            if letter.template not in (DIGEST, UNSEALED)
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

    run_rules(START)

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

    run_rules(START)  # the open call is Ghana's

    told = Letter.objects.filter(template="call_open").values_list("address", flat=True)
    assert list(told) == [programme.abena.email]


AN_EXCHANGE = [
    (0, "call_open", "Abena"),
    (16, "call_closing", "Abena"),
    (27, "call_closing", "Abena"),
    (30, "exchange_missing", "Efua"),
    (30, "exchange_missing", "Ineke"),
    (30, "exchange_missing", "focal point"),
    (30, "exchange_missing", "mayor"),
    (46, "exchange_missing", "Efua"),
    (46, "exchange_missing", "Ineke"),
    (46, "exchange_missing", "focal point"),
    (46, "exchange_missing", "mayor"),
    (53, "exchange_missing", "Efua"),
    (53, "exchange_missing", "Ineke"),
    (53, "exchange_missing", "focal point"),
    (53, "exchange_missing", "mayor"),
    (60, "session_soon", "Ineke"),
    (60, "session_soon", "focal point"),
    (65, "evaluation_asked", "Ineke"),
    (65, "evaluation_asked", "focal point"),
    (69, "evaluation_asked", "Ineke"),
    (69, "evaluation_asked", "focal point"),
    (71, "plan_due", "Efua"),
    (71, "plan_due", "focal point"),
    (71, "plan_due", "mayor"),
    (76, "evaluation_asked", "Ineke"),
    (76, "evaluation_asked", "focal point"),
    (85, "plan_due", "Efua"),
    (85, "plan_due", "focal point"),
    (85, "plan_due", "mayor"),
    (94, "plan_due", "Efua"),
    (94, "plan_due", "focal point"),
    (94, "plan_due", "mayor"),
    (234, "report_due", "Efua"),
    (234, "report_due", "focal point"),
    (234, "report_due", "mayor"),
    (248, "report_due", "Abena"),
    (248, "report_due", "Efua"),
    (248, "report_due", "focal point"),
    (248, "report_due", "mayor"),
    (249, "evaluation_asked", "Ineke"),
    (249, "evaluation_asked", "focal point"),
    (253, "evaluation_asked", "Ineke"),
    (253, "evaluation_asked", "focal point"),
    (260, "evaluation_asked", "Ineke"),
    (260, "evaluation_asked", "focal point"),
    (262, "report_due", "Efua"),
    (262, "report_due", "focal point"),
    (262, "report_due", "mayor"),
    (278, "report_due", "Efua"),
    (278, "report_due", "focal point"),
    (278, "report_due", "mayor"),
    (293, "report_association", "Abena"),
    (416, "report_due", "Efua"),
    (416, "report_due", "focal point"),
    (416, "report_due", "mayor"),
    (430, "report_due", "Abena"),
    (430, "report_due", "Efua"),
    (430, "report_due", "focal point"),
    (430, "report_due", "mayor"),
    (431, "evaluation_asked", "Ineke"),
    (431, "evaluation_asked", "focal point"),
    (435, "evaluation_asked", "Ineke"),
    (435, "evaluation_asked", "focal point"),
    (442, "evaluation_asked", "Ineke"),
    (442, "evaluation_asked", "focal point"),
    (444, "report_due", "Efua"),
    (444, "report_due", "focal point"),
    (444, "report_due", "mayor"),
    (460, "report_due", "Efua"),
    (460, "report_due", "focal point"),
    (460, "report_due", "mayor"),
    (475, "report_association", "Abena"),
]


@pytest.mark.long
@FEW_DAYS
def test_an_exchange_brings_each_letter_on_its_day_from_the_plan_to_the_last_report(step):
    told = live_an_exchange(step)

    assert told == AN_EXCHANGE
    assert Exchange.objects.get().status == "closed"


def live_an_exchange(step, until=530, **columns):
    """Planned for day 60; nobody answers a questionnaire, sends a plan or a report."""
    with time_machine.travel(START, tick=False):
        table, exchange = agreed()
        association = table.agona.associations.create(name="NALAG", country="GH", scope="national")
        abena = make_user("Abena")
        abena.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        Exchange.objects.update(
            planned_start=at(60).date(), planned_end=at(64).date(), checklist=["terms"], **columns
        )
        make_session(exchange, starts_at=at(62), ends_at=at(62) + timedelta(hours=2))
        exchange.refresh_from_db()
        exchange_machine.advance(exchange, "plan", actor=table.ines)
        Expert.objects.update(confirmed_on=at(600).date())
        Letter.objects.all().delete()
    names = {
        table.efua.email: "Efua",
        exchange.dossier.focal_email: "focal point",
        exchange.dossier.legal_email: "mayor",
        table.ineke.user.email: "Ineke",
        abena.email: "Abena",
    }
    by_staff = {
        58: ("get_ready", {}),
        80: (
            "evaluate",
            dict.fromkeys(Criterion.values, 3) | {"note": "Reports.", "all_the_same": True},
        ),
    }
    told = []

    for day in sorted({*lived(AN_EXCHANGE, until, step), *by_staff}):
        with time_machine.travel(at(day), tick=False):
            if day in by_staff:
                verb, details = by_staff[day]
                Exchange.objects.update(checklist=Readiness.values)
                exchange_machine.advance(exchange, verb, actor=table.ines, **details)
                Letter.objects.filter(template="exchange_get_ready").delete()
            before = set(Letter.objects.values_list("pk", flat=True))
            # Jobs run all day long: what one began, the next one tells.
            if has_done_something(run_rules(timezone.now())):
                run_rules(timezone.now())
            new = Letter.objects.exclude(pk__in=before).exclude(template__in=[DIGEST, UNSEALED])
            told += sorted((day, one.template, names.get(one.address, one.address)) for one in new)
    return told


def has_done_something(done):
    """True where a rule of the clock did more than to look, by what each returned.

    The daily check of the audit aside: it does so every day here (`UNSEALED`).
    """
    results = [result for name, result in done.items() if name != rule_name(check_trail)]
    counts = [one.values() if isinstance(one, dict) else one for one in results]
    return any(any(one) if isinstance(one, Iterable) else one for one in counts)


# What the clock says of what happens: no pause of reminders holds it back.
NEWS = {
    *("call_open", "call_closing"),  # of a call, not of one application
    *("match_lapsed", "match_lapsed_sides", "dossier_lapse", "dossier_state_association"),
    *("profile_confirm", "profile_hidden"),  # of a profile
}


@pytest.mark.long
@FEW_DAYS
def test_while_reminders_are_paused_the_clock_tells_what_happens_and_reminds_of_nothing(step):
    """Every rule of the clock is run; deadlines stay: the correction and the proposal lapse."""
    programme = Programme()
    Dossier.objects.update(reminders_paused_at=at(0))

    told = months(programme, lived(WHAT_THE_CLOCK_SAYS, 14 * 31, step))

    assert told == [line for line in WHAT_THE_CLOCK_SAYS if line[1] in NEWS]
    assert {line[1] for line in told} == NEWS


@pytest.mark.parametrize(
    ("until", "status"), [(100, "evaluated"), pytest.param(530, "closed", marks=pytest.mark.faults)]
)
def test_while_reminders_of_an_exchange_are_paused_each_thing_is_asked_once_until_it_is_closed(
    until, status
):
    """Nobody is reminded; but a report counted as never received that nobody had asked for."""
    told = live_an_exchange(50, until, reminders_paused_at=at(0))

    first = {65: "evaluation_asked", 71: "plan_due", 234: "report_due", 249: "evaluation_asked"}
    first |= {416: "report_due", 431: "evaluation_asked"}
    assert told == [
        line
        for line in AN_EXCHANGE
        if line[0] < until and (line[1].startswith("call_") or first.get(line[0]) == line[1])
    ]
    assert Exchange.objects.get().status == status


def test_the_look_ahead_foresees_reminders_from_the_day_on_which_their_pause_is_over():
    """Paused until day 13: what is due the day before the last is said on that day."""
    programme = Programme()
    pause = {"reminders_paused_at": at(0), "reminders_paused_until": at(13).date()}
    Dossier.objects.filter(pk=programme.corrected.pk).update(**pause)
    with time_machine.travel(START, tick=False):
        days = expected_letters(timezone.now(), days=20)

    foreseen = [
        (day - START.date()).days
        for day, letters in days
        for letter in letters
        if letter.template == "dossier_correction_reminder"
    ]
    assert foreseen == [14, 15]
