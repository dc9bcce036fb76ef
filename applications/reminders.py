"""When to remind of a draft, a correction or a score: pure rules of dates, then what applies them.

A stage is part of its letter's key, so each is sent once; a run that comes late posts only
the stage reached by then.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from applications.assignment import members, waiting_for
from applications.enums import Status
from applications.models import Call, Correction, Dossier
from applications.transitions import applicants, life
from connect.transitions import TransitionRefused
from notifications.outbox import post

LAPSE_AFTER = timedelta(days=30)


def draft_stage(saved_on, closes_on, today):
    """Name the reminder an idle draft calls for: before the deadline first, else for idleness."""
    left, idle = (closes_on - today).days, (today - saved_on).days
    if left < 0:
        return None
    if left <= 2:
        return "closing-2"
    if left <= 7:
        return "closing-7"
    if idle >= 21:
        return "idle-21"
    return "idle-7" if idle >= 7 else None


def correction_stage(due_on, today):
    """Name the reminder an open correction calls for, "lapse" once it is 30 days late."""
    left = (due_on - today).days
    if left < -LAPSE_AFTER.days:
        return "lapse"
    if left < 0:
        return "late"
    if left <= 1:
        return "1"
    return "5" if left <= 5 else None


def remind_of_drafts(today):
    """Post the reminders of idle drafts; return how many letters are new."""
    posted = 0
    drafts = Dossier.objects.filter(status=Status.DRAFT, call__closes_at__date__gte=today)
    for dossier in drafts.select_related("authority", "call").annotate(
        last=Max("drafts__saved_at")
    ):
        saved_on = timezone.localdate(dossier.last or dossier.created_at)
        closes_on = timezone.localdate(dossier.call.closes_at)
        stage = draft_stage(saved_on, closes_on, today)
        if stage:
            posted += post(
                "dossier_draft_reminder",
                # A person who wrote again and paused again is reminded again.
                key=f"draft:{dossier.pk}:{stage}:{saved_on}",
                to=applicants(dossier),
                path=dossier.path,
                reference=dossier.reference,
                title=str(dossier.heading),
                closes_on=closes_on.isoformat(),
            )
    return posted


def follow_corrections(now):
    """Remind of corrections that are due, withdraw the dossiers that gave none; count both."""
    today, posted, lapsed = timezone.localdate(now), 0, 0
    waiting = Correction.objects.filter(
        answered_at=None, dossier__status=Status.CORRECTION_ASKED
    ).select_related("dossier__authority")
    for correction in waiting:
        dossier, stage = correction.dossier, correction_stage(correction.due_on, today)
        if stage == "lapse":
            try:
                with transaction.atomic():
                    life.advance(dossier, "lapse", actor=None, now=now)
            except TransitionRefused:
                continue  # it was sent at this very moment
            lapsed += 1
        elif stage:
            posted += post(
                "dossier_correction_reminder",
                key=f"correction:{correction.pk}:{stage}",
                to=applicants(dossier),
                path=dossier.path,
                reference=dossier.reference,
                title=dossier.title,
                due_on=correction.due_on.isoformat(),
            )
    return {"posted": posted, "lapsed": lapsed}


def meeting_stage(meeting_on, today):
    """Name the reminder that a missing score calls for before the committee meets."""
    left = (meeting_on - today).days
    if not 0 <= left <= 7:
        return None
    return "2" if left <= 2 else "7"


def remind_committee(today):
    """Remind each member once a stage of the dossiers that wait for their score; count letters."""
    posted = 0
    for call in Call.objects.filter(meeting_on__gte=today):
        stage = meeting_stage(call.meeting_on, today)
        for member in members() if stage else ():
            number = waiting_for(member).filter(call=call, assignments__member=member).count()
            if number:
                posted += post(
                    "committee_assigned",
                    key=f"scores:{call.pk}:{call.meeting_on}:{stage}",
                    to=[member],
                    path="/committee/",
                    call=call.title,
                    number=number,
                    meeting_on=call.meeting_on.isoformat(),
                )
    return posted
