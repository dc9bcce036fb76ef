"""The state machine of a meeting: planned, held, its minutes written, and signed by the chair."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import meeting_letters, meetings, minutes, signing
from applications.enums import MeetingStatus, Status
from applications.models import Meeting
from applications.permissions import SIGNER
from connect.languages import join_names, join_parts
from connect.transitions import (
    EventType,
    Notice,
    StateMachine,
    Transition,
    TransitionRefused,
    by_officer,
    missing_note,
    record_event,
)
from connect.types import Words
from notifications.outbox import post_letter
from registry.people import officers_after


def by_signer(actor, meeting):
    """The chair, or who signs for the cases that the chair left."""
    return SIGNER.holds(actor, meeting)


def by_signer_or_officer(actor, meeting):
    return by_signer(actor, meeting) or by_officer(actor, meeting)


def missing_for_cancelling(meeting, details, now):
    """List what prevents cancelling a meeting: a record that would be lost."""
    has_record = meeting.cases.exclude(outcome="").exists()
    if has_record or meeting.members.filter(is_present=True).exists():
        return [_("a meeting of which nothing is recorded yet: close this one instead")]
    return []


def missing_for_minutes(meeting, details, now):
    """List what prevents closing a meeting: its day, who was present, cases left open."""
    lacking: list[Words] = []
    if not meeting.has_begun(now):
        lacking.append(_("the day of the meeting"))
    if not meeting.members.filter(is_present=True).exists():
        lacking.append(_("who is present"))
    open_cases = meeting.cases.filter(outcome="", dossier__status=Status.UNDER_SELECTION)
    if references := list(open_cases.values_list("dossier__reference", flat=True)):
        words = _("what was decided of %s, or that it is postponed")
        lacking.append(words % join_names(references))
    return lacking


def missing_for_signature(meeting, details, now):
    """List what prevents sending minutes to be signed: who may sign of each decided case."""
    if SIGNER.holds(meeting.chair, meeting) and signing.is_covered(meeting):
        return []
    if not signing.can_be_signed(meeting):
        return [
            _(
                "two members who can sign together: there are none, so record with a reason that "
                "nobody can sign"
            )
        ]
    return [
        _(
            "a chair without a conflict of interest, or beside them a member who was present, and "
            "has none in the cases that the chair left: name them in the minutes"
        )
    ]


def missing_for_record(meeting, details, now):
    """List what prevents recording that nobody can sign: somebody who can, or no reason."""
    lacking: list[Words] = missing_note(meeting, details, now)
    if signing.can_be_signed(meeting):
        lacking.append(_("the signature of those present who can sign: name them in the minutes"))
    return lacking


def missing_for_signing(meeting, details, now):
    """Refuse minutes that changed since they were read, or that a second person has yet to sign.

    A page says which text it showed.
    """
    lacking: list[Words] = []
    current = minutes.digest_of_minutes(meeting)
    if details.get("digest", current) != current:
        lacking.append(
            _("that you read the minutes again: they have changed since you opened them")
        )
    signed = signing.list_signatures(meeting)
    waiting = [one for one in signing.signers_of(meeting) if one.pk not in signed]
    if len(waiting) > 1 and not details.get("is_part"):
        lacking.append(_("the signatures of %s") % join_names(one.name for one in waiting))
    return lacking


@transaction.atomic
def sign_minutes(meeting, *, actor, digest, now=None):
    """Sign minutes as they were read; the second signature, where two are needed, ends it.

    Raises PermissionDenied for who is not to sign, TransitionRefused where they have changed.
    """
    now = now or timezone.now()
    meeting = meetings.lock_meeting(meeting, "sign", actor)
    signed = signing.list_signatures(meeting)
    if actor.pk in signed:
        raise PermissionDenied
    if all(one == actor or one.pk in signed for one in signing.signers_of(meeting)):
        return meeting_machine.advance(meeting, "sign", actor=actor, now=now, digest=digest)
    if lacking := missing_for_signing(meeting, {"digest": digest, "is_part": True}, now):
        raise TransitionRefused(_("Still needed: %s") % join_parts(lacking), code="incomplete")
    record_event(meeting, "sign_part", actor=actor, now=now, details={"digest": digest})
    return meeting


def invited_people(meeting):
    return [one.member for one in meeting.members.select_related("member")]


def secretaries_of(meeting):
    """List the officer who sent the minutes to the chair; all, if they are one no more."""
    sent = meeting.events.filter(verb="send_to_chair").select_related("actor").last()
    return officers_after(sent.actor) if sent else []


def voided_signers(meeting):
    """Return whose signature of the minutes no longer counts, once they are sent back."""
    signed = signing.list_signatures(meeting)
    return [one for one in signing.signers_of(meeting) if one.pk in signed]


def is_by_signer(meeting, event):
    return event.actor in signing.signers_of(meeting)


def post_notice(meeting, event, notice):
    """Post one letter of a step, in the words of its readers."""
    note = event.details.get("note", "")
    if notice.template == "meeting_cancelled":
        meeting_letters.notify_of_cancelling(meeting, notice.recipients(meeting), event.at, note)
        return
    post_letter(
        notice.template,
        key=f"meeting-event:{event.pk}",
        concerns=meeting,
        to=[one for one in notice.recipients(meeting) if one.is_active and one != event.actor],
        path=notice.page(meeting),
        now=event.at,
        known={"note": note, "person": event.actor.name},
        call=lambda: str(meeting.call),
        day_on=meeting.day.isoformat(),
    )


def save_day(meeting, event):
    meetings.save_meeting_day(meeting.call)


def begin_minutes(meeting, event):
    """Draft the minutes, once a meeting is closed."""
    save_day(meeting, event)
    minutes.draft_minutes(meeting)


def desk_page(meeting):
    return meeting.desk_path


meeting_machine = StateMachine(
    Meeting,
    {
        "cancel": Transition(
            {MeetingStatus.PLANNED},
            MeetingStatus.CANCELLED,
            by_officer,
            label=_("Cancel the meeting"),
            past=_("Meeting cancelled"),
            needs=missing_for_cancelling,
            missing=missing_note,
            notifies=[Notice("meeting_cancelled", invited_people)],
            effect=save_day,
        ),
        "hold": Transition(
            {MeetingStatus.PLANNED},
            MeetingStatus.HELD,
            by_officer,
            label=_("Close the meeting and draft the minutes"),
            past=_("Meeting closed, minutes drafted"),
            ahead=_("Nothing more is decided in it; the minutes are drafted for you to edit."),
            missing=missing_for_minutes,
            effect=begin_minutes,
        ),
        "send_to_chair": Transition(
            {MeetingStatus.HELD},
            MeetingStatus.TO_SIGN,
            by_officer,
            label=_("Send the minutes to the chair"),
            past=_("Minutes sent to the chair"),
            ahead=_("The chair reads and signs them, or sends them back."),
            missing=missing_for_signature,
            notifies=[Notice("minutes_to_sign", signing.signers_of)],
        ),
        "record_unsigned": Transition(
            {MeetingStatus.HELD},
            MeetingStatus.SIGNED,
            by_officer,
            label=_("Record that nobody can sign"),
            past=_("Recorded that nobody can sign the minutes"),
            missing=missing_for_record,
            keeps=lambda meeting: {"digest": minutes.digest_of_minutes(meeting)},
        ),
        "send_back": Transition(
            {MeetingStatus.TO_SIGN},
            MeetingStatus.HELD,
            by_signer_or_officer,
            label=_("Send the minutes back"),
            past=_("Minutes sent back"),
            missing=missing_note,
            notifies=[
                Notice("minutes_sent_back", secretaries_of, page=desk_page, only_if=is_by_signer),
                Notice("minutes_unsigned", voided_signers),
            ],
        ),
        "sign": Transition(
            {MeetingStatus.TO_SIGN},
            MeetingStatus.SIGNED,
            by_signer,
            label=_("Sign the minutes"),
            past=_("Minutes signed"),
            ahead=_("The minutes stand as they are, and those invited read them."),
            missing=missing_for_signing,
            keeps=lambda meeting: {"digest": minutes.digest_of_minutes(meeting)},
        ),
    },
    events={
        "plan": EventType(_("Meeting planned")),
        "change": EventType(_("Date, place or members changed")),
        "change_agenda": EventType(_("Agenda changed")),
        "attend": EventType(_("Attendance recorded")),
        "edit_minutes": EventType(_("Minutes edited")),
        "sign_part": EventType(_("Minutes signed by the first of two")),
    },
    notify=post_notice,
)
