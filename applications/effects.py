"""Effects of a dossier's transitions, beside its status and its letters."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.privacy import SINCE
from applications.enums import MeetingStatus, Outcome
from applications.models import Correction, DossierVersion
from applications.people import correction_events
from applications.signature import notify_of_changed_text
from applications.written_language import read_languages
from connect.schedule import nudge_worker
from connect.transitions import TransitionRefused
from notifications import limits
from notifications.outbox import cancel_letters


def freeze_version(dossier, actor, now):
    number = dossier.versions.count() + 1
    DossierVersion.objects.create(
        dossier=dossier,
        number=number,
        answers=dossier.raw_answers(),
        at=now,
        by=actor,
        notice_of=SINCE if dossier.declared_notice else None,
    )
    dossier.drafts.update(past={})


def check_daily_limit(dossier, now):
    """Raise ValidationError on the sixth submission of a day: each writes to others.

    `missing_for_editing` lets nobody take back the fifth: it stays submitted.
    """
    try:
        limits.count_message("submit", about=dossier, now=now)
    except ValidationError as refusal:
        raise TransitionRefused(refusal.message) from None


def save_submission(dossier, event):
    check_daily_limit(dossier, event.at)
    freeze_version(dossier, event.actor, event.at)
    dossier.submitted_at = dossier.submitted_at or event.at
    dossier.save(update_fields=["submitted_at"])
    nudge_worker(read_languages)
    cancel_letters(dossier, "dossier_draft_reminder")
    notify_of_changed_text(dossier, event.at)


def assign_officer(dossier, event):
    """Make the officer who opens a dossier, or hears its appeal, its case officer."""
    dossier.case_officer = event.actor
    dossier.save(update_fields=["case_officer"])


def save_correction(dossier, event):
    fields, due_on = event.details["fields"], event.details["due_on"]
    Correction.objects.create(dossier=dossier, fields=fields, due_on=due_on, asked_at=event.at)


def close_correction(dossier, event):
    """Withdraw the open correction; whoever has not read that it was asked for never does."""
    correction = dossier.open_correction()
    cancel_letters(correction)
    cancel_unsent_requests(dossier)
    dossier.corrections.unanswered().update(answered_at=event.at, withdrawn_at=event.at)


def last_day_before(dossier):
    """Return the last day of the open correction, for the event that changes it."""
    return {"former_day": dossier.open_correction().due_on.isoformat()}


def move_correction(dossier, event):
    """Change the last day of the open correction; letters with the former one do not leave."""
    correction = dossier.open_correction()
    cancel_letters(correction)
    cancel_unsent_requests(dossier)
    correction.due_on, correction.moves = event.details["due_on"], correction.moves + 1
    correction.save(update_fields=["due_on", "moves"])


def cancel_unsent_requests(dossier):
    for event in correction_events(dossier):
        cancel_letters(event)


def save_corrected_version(dossier, event):
    freeze_version(dossier, event.actor, event.at)
    for correction in dossier.corrections.unanswered():
        cancel_letters(correction)
    dossier.corrections.unanswered().update(answered_at=event.at)
    notify_of_changed_text(dossier, event.at)


def end_judging(dossier, event):
    """Take a decision into the meeting that took it, or else that meets that day.

    Letters that too few can judge it are cancelled: nothing is left to do about it. One against
    the committee, or without it, is no decision of a meeting. What the file says for the programme
    team alone is not for minutes, but the reason that was asked for them.
    """
    cancel_letters(dossier, "committee_short")
    if event.verb not in Outcome:
        return
    if taken_at := event.details.get("case"):
        dossier.cases.filter(pk=taken_at).update(decision=event)
        return
    today = {"meeting__starts_at__date": timezone.localdate(event.at)}
    open_cases = dossier.cases.filter(meeting__status=MeetingStatus.PLANNED, outcome="", **today)
    if case := open_cases.order_by("-meeting__starts_at").first():
        case.decision, case.outcome = event, event.verb
        internal = event.details.get("internal", "") if "is_for_minutes" in event.details else ""
        case.reason = event.details.get("note", "") or internal
        case.save(update_fields=["decision", "outcome", "reason"])
