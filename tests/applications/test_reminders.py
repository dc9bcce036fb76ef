"""When a draft or a correction calls for a reminder: tables of dates, then once each."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.enums import Status
from applications.models import Call, Dossier
from applications.reminders import (
    correction_stage,
    draft_stage,
    follow_corrections,
    follow_dossiers,
    remind_of_drafts,
    send_stuck_digest,
)
from applications.transitions import dossier_machine
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    TEXT,
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_officer,
    make_user,
    section_data,
)

DAY = timedelta(days=1)
CLOSES = date(2027, 2, 28)


@pytest.mark.parametrize(
    ("saved_on", "today", "stage"),
    [
        (date(2027, 1, 1), date(2027, 1, 7), None),
        (date(2027, 1, 1), date(2027, 1, 8), "idle-first"),
        (date(2027, 1, 1), date(2027, 1, 22), "idle-second"),
        (date(2027, 2, 20), date(2027, 2, 21), "closing-first"),
        (date(2027, 2, 20), date(2027, 2, 26), "closing-last"),
        (date(2027, 1, 1), date(2027, 3, 1), None),
    ],
)
def test_an_idle_draft_calls_for_a_reminder(saved_on, today, stage):
    assert draft_stage(saved_on, CLOSES, today) == stage


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (-6, None),
        (-5, "first"),
        (-2, "first"),
        (-1, "last"),
        (0, "last"),
        (1, "late"),
        (30, "late"),
        (31, "lapse"),
    ],
)
def test_a_correction_calls_for_a_reminder_and_then_lapses(days, stage):
    assert correction_stage(CLOSES, CLOSES + timedelta(days=days)) == stage


@pytest.mark.django_db
def test_a_correction_that_never_comes_is_reminded_of_once_a_stage_and_withdrawn():
    agona = make_authority()
    make_user(works_for=agona)
    dossier = make_dossier(agona, status=Status.CORRECTION_ASKED)
    due = timezone.localdate()
    dossier.corrections.create(fields=[], due_on=due, asked_at=timezone.now())

    def run(days):
        at = due + timedelta(days=days)
        return follow_corrections(datetime(at.year, at.month, at.day, 12, tzinfo=UTC))

    assert [run(-1)["posted"], run(-1)["posted"], run(3)["posted"], run(9)["posted"]] == [
        3,
        0,
        3,
        0,
    ]
    subjects = Letter.objects.filter(template="dossier_correction_reminder").order_by("pk")
    titles = [
        compose_letter(letter)[0].partition(": ")[2]
        for letter in subjects
        if letter.language == "en"
    ]
    day = date_format(due, "DATE_FORMAT")
    assert titles[::3] == [f"correction due by {day}", f"the correction was due by {day}"]
    assert (run(40)["lapsed"], run(41)["lapsed"]) == (1, 0)
    assert Dossier.objects.get().status == Status.WITHDRAWN
    assert Letter.objects.filter(template="dossier_lapse").count() == 3


@pytest.mark.django_db
def test_whoever_sends_in_the_night_is_not_reminded_of_it_in_the_morning():
    """E33, of the same kind: an e-mail that waits asks for what was given meanwhile."""
    agona = make_authority()
    efua = make_user(works_for=agona)
    draft = make_dossier(agona)
    remind_of_drafts(timezone.localdate() + timedelta(days=8))
    corrected = make_dossier(agona, status=Status.CORRECTION_ASKED)
    corrected.corrections.create(
        fields=[], due_on=timezone.localdate() + timedelta(days=2), asked_at=timezone.now()
    )
    follow_corrections(timezone.now() + timedelta(days=1))
    waiting = Letter.objects.filter(template__endswith="_reminder", cancelled_at=None)
    before = set(waiting.values_list("template", flat=True))

    dossier_machine.advance(draft, "submit", actor=efua)
    dossier_machine.advance(corrected, "answer_correction", actor=efua)

    assert before == {"dossier_draft_reminder", "dossier_correction_reminder"}
    assert not waiting.exists()


@pytest.mark.django_db
def test_whoever_writes_every_day_of_the_last_weeks_is_reminded_twice_of_the_last_day(client):
    """A day in the key was that of their last save: they read daily that nothing was submitted."""
    agona, today = make_authority(), timezone.localdate()
    efua = make_user(works_for=agona, language="fr")
    own = {"focal_email": efua.email, "legal_email": efua.email}
    draft = make_dossier(agona, call=make_call(closes_at=timezone.now() + 12 * DAY), **own)
    page, days = reverse("section", args=[draft.reference, "problem"]), []

    for day in range(12):
        with time_machine.travel(timezone.now() + day * DAY, tick=False):
            client.force_login(efua)
            typed = section_data("problem", answers(problem=f"{TEXT} {day}")).dict()
            client.post(page, typed | {"version": draft.drafts.get(section="problem").version})
            assert timezone.localdate(draft.drafts.get(section="problem").saved_at) == (
                today + day * DAY
            )
            days += [12 - day] * (follow_dossiers(timezone.now())["drafts"])

    assert days == [7, 2]


@pytest.mark.django_db
def test_of_a_later_last_day_writers_are_reminded_anew():
    draft = make_dossier(call=make_call(closes_at=timezone.now() + 5 * DAY))
    today = timezone.localdate()

    first = [remind_of_drafts(today), remind_of_drafts(today)]
    Call.objects.update(closes_at=timezone.now() + 25 * DAY)
    then = [remind_of_drafts(today + day * DAY) for day in (0, 18, 19)]

    told = Letter.objects.filter(template="dossier_draft_reminder", address=draft.focal_email)
    assert (first, then, told.count()) == ([2, 0], [0, 2, 0], 2)


@pytest.mark.django_db
def test_a_run_counts_the_new_letters_of_each_kind():
    agona, ines, now = make_authority(), make_officer(), timezone.now()
    make_user(works_for=agona)
    association = agona.associations.create(name="NALAG", country="GH", scope="national")
    make_user().memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    call = make_dossier(agona).call
    make_dossier(
        agona,
        call=call,
        status=Status.ELIGIBILITY_CHECK,
        case_officer=ines,
        status_since=now - timedelta(days=30),
    )
    monday = now + timedelta(days=14 - now.weekday())

    counted = [follow_dossiers(monday) for _ in range(2)]

    nothing = dict.fromkeys(("drafts", "scores", "calls", "stuck", "posted", "lapsed"), 0)
    assert counted == [nothing | {"drafts": 3, "calls": 1, "stuck": 1}, nothing]


@pytest.mark.django_db
def test_the_digest_of_files_with_staff_too_long_asks_no_more_for_more_files(
    django_assert_max_num_queries,
):
    """It asked for each file of each officer: ten thousand queries a day in a large programme."""
    now, counts = timezone.now(), []
    monday = now + timedelta(days=14 - now.weekday())
    ines, rita = make_officer("Ines"), make_officer("Rita")
    for number in range(3):
        for _more in range(4):
            last = make_dossier(
                status=Status.ELIGIBILITY_CHECK, status_since=now - timedelta(days=30)
            )
        with django_assert_max_num_queries(500) as asked:
            assert send_stuck_digest(monday + number * DAY) == 2
        counts.append(len(asked))
        last.conflicts.create(member=rita, has_conflict=True, at=now)  # of the second digest on

    assert counts[1] == counts[2]
    told = Letter.objects.filter(template="dossiers_stuck").order_by("pk")
    files = {one.address: len(one.context["files"]) for one in told}  # of the last
    assert files == {ines.email: 12, rita.email: 10}
