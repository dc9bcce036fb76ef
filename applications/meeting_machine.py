"""The state machine of a meeting: planned, held, its minutes written, and signed by the chair."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications import meeting_letters, meetings, minutes
from applications.enums import MeetingStatus, Status
from applications.models import Meeting
from applications.permissions import CHAIR, SECRETARY
from connect.languages import join_names
from connect.transitions import (
    EventType,
    Notice,
    StateMachine,
    Transition,
    by_officer,
    missing_note,
)
from connect.types import Words
from notifications.outbox import post_letter


def by_secretary(actor, meeting):
    """An officer whom no conflict of interest ties to any of its cases."""
    return SECRETARY.holds(actor, meeting)


def by_chair(actor, meeting):
    return CHAIR.holds(actor, meeting)


def by_chair_or_secretary(actor, meeting):
    return by_chair(actor, meeting) or by_secretary(actor, meeting)


def missing_for_cancelling(meeting, details, now):
    """List what prevents cancelling a meeting: a reason, and no record that would be lost."""
    lacking: list[Words] = missing_note(meeting, details, now)
    has_record = meeting.cases.exclude(outcome="").exists()
    if has_record or meeting.members.filter(is_present=True).exists():
        lacking.append(_("a meeting of which nothing is recorded yet: close this one instead"))
    return lacking


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
    """List what prevents sending minutes to the chair: one who may read all of them."""
    if CHAIR.holds(meeting.chair, meeting):
        return []
    return [_("a chair of the committee without a conflict of interest: name another one")]


def missing_for_signing(meeting, details, now):
    """Refuse what was changed since the chair read it: a page says which text it showed."""
    current = minutes.digest_of_minutes(meeting)
    if details.get("digest", current) == current:
        return []
    return [_("that you read the minutes again: they have changed since you opened them")]


def invited_people(meeting):
    return [one.member for one in meeting.members.select_related("member")]


def chair_of(meeting):
    return [meeting.chair]


def secretaries_of(meeting):
    """Return the officer who sent the minutes to the chair."""
    sent = meeting.events.filter(verb="send_to_chair").select_related("actor").last()
    return [sent.actor] if sent and isinstance(sent.actor, User) else []


def is_by_chair(meeting, event):
    return event.actor_id == meeting.chair_id


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
        to=notice.recipients(meeting),
        path=notice.page(meeting),
        now=event.at,
        known={"note": note, "person": meeting.chair.name},
        call=lambda: str(meeting.call),
        day_on=meeting.day.isoformat(),
    )


def save_day(meeting, event):
    meetings.save_meeting_day(meeting.call)


def begin_minutes(meeting, event):
    """Draft the minutes, once a meeting is closed."""
    save_day(meeting, event)
    minutes.draft_minutes(meeting, reader=event.actor)


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
            missing=missing_for_cancelling,
            notifies=[Notice("meeting_cancelled", invited_people)],
            effect=save_day,
        ),
        "hold": Transition(
            {MeetingStatus.PLANNED},
            MeetingStatus.HELD,
            by_secretary,
            label=_("Close the meeting and draft the minutes"),
            past=_("Meeting closed, minutes drafted"),
            ahead=_("Nothing more is decided in it; the minutes are drafted for you to edit."),
            missing=missing_for_minutes,
            effect=begin_minutes,
        ),
        "send_to_chair": Transition(
            {MeetingStatus.HELD},
            MeetingStatus.TO_SIGN,
            by_secretary,
            label=_("Send the minutes to the chair"),
            past=_("Minutes sent to the chair"),
            ahead=_("The chair reads and signs them, or sends them back."),
            missing=missing_for_signature,
            notifies=[Notice("minutes_to_sign", chair_of)],
        ),
        "send_back": Transition(
            {MeetingStatus.TO_SIGN},
            MeetingStatus.HELD,
            by_chair_or_secretary,
            label=_("Send the minutes back"),
            past=_("Minutes sent back"),
            missing=missing_note,
            notifies=[
                Notice("minutes_sent_back", secretaries_of, page=desk_page, only_if=is_by_chair)
            ],
        ),
        "sign": Transition(
            {MeetingStatus.TO_SIGN},
            MeetingStatus.SIGNED,
            by_chair,
            label=_("Sign the minutes"),
            past=_("Minutes signed by the chair"),
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
    },
    notify=post_notice,
)
