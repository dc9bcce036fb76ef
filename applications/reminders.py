"""When to remind of a draft, a correction or a score: pure rules of dates, then what applies them.

A stage is part of its letter's key, so each is sent once; a run that comes late posts only
the stage reached by then. It names the step, never its days: those may be changed later.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from applications import worklist
from applications.assignment import committee_members, dossiers_to_score
from applications.enums import UNSENT, Status
from applications.meetings import save_meeting_days
from applications.models import Call, Correction, Dossier
from applications.people import applicants, staff_of_each
from applications.permissions import DOSSIERS
from applications.transitions import dossier_machine
from connect.schedule import every, process_one_by_one
from connect.transitions import TransitionRefused
from notifications import reminder_pauses
from notifications.outbox import find_letters, post_letter
from notifications.recounts import recounts
from registry.models import Association
from registry.people import association_officers

LAPSE_AFTER = timedelta(days=30)
FRIDAY = 5
LISTED = 20  # files named in an officer's e-mail

reminder_pauses.pausable(Dossier, DOSSIERS)
reminder_pauses.belongs_to("dossier", Correction)
reminder_pauses.belongs_to(None, Call)  # a paused file is not counted, see `remind_committee`


def draft_stage(saved_on, closes_on, today):
    """Name the reminder an idle draft calls for: before the deadline first, else for idleness."""
    days_left, idle = (closes_on - today).days, (today - saved_on).days
    if days_left < 0:
        return None
    if days_left <= 2:
        return "closing-last"
    if days_left <= 7:
        return "closing-first"
    if idle >= 21:
        return "idle-second"
    return "idle-first" if idle >= 7 else None


def correction_stage(due_on, today):
    """Name the reminder an open correction calls for, "lapse" once it is 30 days late."""
    days_left = (due_on - today).days
    if days_left < -LAPSE_AFTER.days:
        return "lapse"
    if days_left < 0:
        return "late"
    if days_left <= 1:
        return "last"
    return "first" if days_left <= 5 else None


def remind_of_drafts(today):
    """Post the reminders of idle drafts; return how many letters are new."""

    def remind(dossier):
        saved_on = timezone.localdate(dossier.last_saved_at or dossier.created_at)
        closes_on = dossier.call.last_day
        stage = draft_stage(saved_on, closes_on, today)
        if stage is None:
            return 0
        # Who wrote again and paused again is reminded again; of a last day all are once.
        since = saved_on if stage.startswith("idle") else closes_on
        return post_letter(
            "dossier_draft_reminder",
            reminds=True,
            key=f"draft:{dossier.pk}:{stage}:{since}",
            concerns=dossier,
            to=applicants(dossier),
            path=dossier.path,
            reference=dossier.reference,
            title=dossier.heading,
            closes_on=closes_on.isoformat(),
        )

    unsent = Dossier.objects.filter(status__in=UNSENT, call__closes_at__date__gte=today)
    drafts: Any = unsent.select_related("authority", "call")
    drafts = drafts.annotate(last_saved_at=Max("drafts__saved_at")).order_by("pk")
    return sum(process_one_by_one(remind, drafts))


@recounts("dossier_draft_reminder")
def recount_draft(dossier, _letter, now):
    if dossier.status not in UNSENT or dossier.call.closes_at <= now:
        return None
    return {"title": dossier.heading, "closes_on": dossier.call.last_day.isoformat()}


def follow_corrections(now):
    """Remind of corrections that are due, withdraw the dossiers that gave none; count both."""
    today = timezone.localdate(now)

    def follow(correction):
        dossier, stage = correction.dossier, correction_stage(correction.due_on, today)
        if stage is None:
            return Counter()
        if stage == "lapse":
            Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
            correction.refresh_from_db(fields=["due_on"])  # it may have been put off meanwhile
            if correction_stage(correction.due_on, today) != stage:
                return Counter()
            try:
                dossier_machine.advance(dossier, "lapse", actor=None, now=now)
            except TransitionRefused:
                return Counter()  # it was sent at this very moment
            return Counter(lapsed=1)
        # Whose last day was changed is reminded of the new one too.
        step = f"{stage}:{correction.moves}" if correction.moves else stage
        posted = post_letter(
            "dossier_correction_reminder",
            reminds=True,
            key=f"correction:{correction.pk}:{step}",
            concerns=correction,
            to=applicants(dossier),
            path=dossier.path,
            reference=dossier.reference,
            title=dossier.title,
            **correction_facts(correction, today),
        )
        return Counter(posted=posted)

    waiting = (
        Correction.objects.unanswered()
        .filter(dossier__status=Status.CORRECTION_ASKED)
        .select_related("dossier__authority")
    )
    results: list[Counter[str]] = process_one_by_one(follow, waiting.order_by("pk"))
    total = sum(results, Counter())
    return {"posted": total["posted"], "lapsed": total["lapsed"]}


def correction_facts(correction, today):
    """Return the days of a correction, as they stand today."""
    return {
        "due_on": correction.due_on.isoformat(),
        "is_late": correction.due_on < today,
        "lapses_on": (correction.due_on + LAPSE_AFTER).isoformat(),
    }


@recounts("dossier_correction_reminder")
def recount_correction(correction, _letter, now):
    is_asked = correction.dossier.status == Status.CORRECTION_ASKED
    if correction.answered_at or not is_asked:
        return None
    return correction_facts(correction, timezone.localdate(now))


# Steps of the reminder of missing scores, by days before the meeting; its key names the step.
SCORES_REMINDED = {"first": 7, "last": 2}


def meeting_stage(meeting_on, today):
    """Name the reminder that a missing score calls for before the committee meets."""
    days_left = (meeting_on - today).days
    if days_left < 0:
        return None
    return next(
        (step for step, most in reversed(SCORES_REMINDED.items()) if days_left <= most), None
    )


def reminded_day(call, stage):
    """Return the day of a meeting that the key of a step names: the day of its first reminder.

    A meeting that moves by no more days than the step is ahead has no second reminder.
    """
    keys = find_letters(f"scores:{call.pk}").values_list("key", flat=True)
    steps = {tuple(key.split(":")[2:4]) for key in keys}
    days = sorted(date.fromisoformat(day) for day, step in steps if step == stage)
    most = SCORES_REMINDED[stage]
    return next((day for day in days if abs((call.meeting_on - day).days) <= most), call.meeting_on)


def remind_committee(today):
    """Remind each member once a stage of the dossiers that wait for their score; count letters."""
    is_paused = reminder_pauses.pause_condition()

    def remind(call):
        posted, stage = 0, meeting_stage(call.meeting_on, today)
        reminded_on = reminded_day(call, stage) if stage else None
        for member in committee_members() if stage else ():
            number = dossiers_to_score(member).filter(call=call).exclude(is_paused).count()
            if number:
                posted += post_letter(
                    "committee_assigned",
                    reminds=True,
                    key=f"scores:{call.pk}:{reminded_on}:{stage}",
                    concerns=call,
                    to=[member],
                    path="/committee/",
                    call=lambda: str(call),
                    number=number,
                    meeting_on=call.meeting_on.isoformat(),
                )
        return posted

    calls = Call.objects.filter(meeting_on__gte=today).order_by("pk")
    return sum(process_one_by_one(remind, calls))


def call_stage(opens_on, closes_on, today):
    """Name the letter that a call's associations get: that it is open, then that it closes."""
    days_left = (closes_on - today).days
    if today < opens_on or days_left < 0:
        return None
    if days_left <= 3:
        return "closing-last"
    return "closing-first" if days_left <= 14 else "open"


def notify_of_calls(now):
    """Notify the associations of a call's countries that it opened or will close; count letters."""

    today = timezone.localdate(now)

    def notify(call):
        closes_on = call.last_day
        stage = call_stage(call.first_day, closes_on, today)
        if stage is None:
            return 0
        called = Association.objects.all()
        if call.countries:
            called = called.filter(country__in=[country.code for country in call.countries])
        # The letter of the opening is sent once; that of the closing again for another last day.
        step = stage if stage == "open" else f"{stage}:{closes_on}"
        return post_letter(
            "call_open" if stage == "open" else "call_closing",
            reminds=True,
            key=f"call:{call.pk}:{step}",
            concerns=call,
            to=association_officers(called),
            path=call.path,
            call=lambda: str(call),
            closes_on=closes_on.isoformat(),
        )

    # One that opens later today is nobody's yet: its page is not there.
    calls = Call.objects.filter(opens_at__lte=now, closes_at__date__gte=today - timedelta(days=1))
    return sum(process_one_by_one(notify, calls.order_by("pk")))


@recounts("call_open")
@recounts("call_closing")
def recount_call(call, _letter, now):
    if not call.opens_at <= now < call.closes_at:
        return None
    return {"closes_on": call.last_day.isoformat()}


def stuck_dossiers(now):
    """Return the files that are with staff too long, the longest first, without paused ones."""
    stuck = Dossier.objects.filter(worklist.waiting_conditions(None, now)["stuck"].condition)
    stuck = stuck.exclude(reminder_pauses.pause_condition()).order_by("status_since", "pk")
    return stuck.select_related("opportunity")


def send_stuck_digest(now):
    """Write to each case officer once a working day of the files that are with staff too long."""
    today = timezone.localdate(now)
    if today.isoweekday() > FRIDAY:
        return 0
    stuck = stuck_dossiers(now)
    by_officer, staff = defaultdict(list), staff_of_each(stuck)
    for dossier in stuck:
        for officer in staff[dossier.pk]:
            by_officer[officer].append(dossier)

    def write(officer):
        dossiers = sorted(by_officer[officer], key=lambda d: -worklist.days_with_team(d, today))
        return post_letter(
            "dossiers_stuck",
            reminds=True,
            key=f"stuck:{today}",
            concerns=officer,
            to=[officer],
            path="/admin/",
            **stuck_facts(dossiers, today),
        )

    return sum(process_one_by_one(write, by_officer))


def stuck_facts(dossiers, today):
    """Return what an officer's e-mail says of their files that are with staff too long."""
    return {
        "number": len(dossiers),
        "files": [[d.reference, worklist.days_with_team(d, today)] for d in dossiers[:LISTED]],
        "more": max(len(dossiers) - LISTED, 0),
    }


@recounts("dossiers_stuck")
def recount_stuck(officer, _letter, now):
    stuck = stuck_dossiers(now)
    staff = staff_of_each(stuck)
    dossiers = [dossier for dossier in stuck if officer in staff[dossier.pk]]
    return stuck_facts(dossiers, timezone.localdate(now)) if dossiers else None


@every(minutes=10)
def follow_dossiers(now):
    """Remind of drafts, corrections, scores and calls, lapse what was given up; count all."""
    today = timezone.localdate(now)
    save_meeting_days(today)
    return {
        "drafts": remind_of_drafts(today),
        "scores": remind_committee(today),
        "calls": notify_of_calls(now),
        "stuck": send_stuck_digest(now),
    } | follow_corrections(now)
