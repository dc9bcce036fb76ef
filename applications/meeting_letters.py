"""What the members of the committee are told of a meeting, with a file for their calendar."""

from datetime import UTC
from typing import Any

from django.utils import timezone
from icalendar import Event

from applications.enums import MeetingStatus
from applications.models import Dossier, Meeting
from connect.calendars import add_organizer, calendar_to_bytes, new_calendar
from connect.languages import join_parts
from connect.time_zones import time_zone_place
from notifications.models import Letter
from notifications.outbox import cancel_letters, post_letter
from registry.people import officers_after


def make_calendar(meeting, *, is_cancelled):
    """Return a calendar (RFC 5545) of a meeting, as text."""
    calendar = new_calendar(str(meeting), "CANCEL" if is_cancelled else "PUBLISH")
    event = Event()
    event.add("uid", f"{meeting.uid}@connect")
    event.add("sequence", meeting.sequence + is_cancelled)
    event.add("dtstamp", meeting.changed_at)
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", f"{meeting} · {meeting.call}")
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    add_organizer(event)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.link:
        event.add("url", "".join(meeting.link.split()))
    calendar.add_component(event)
    return calendar_to_bytes(calendar).decode()


def meeting_facts(meeting):
    """Return what every letter says of a meeting."""
    begins, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return {
        "call": lambda: str(meeting.call),
        "day_on": meeting.day.isoformat(),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "zone": lambda: time_zone_place(timezone.get_default_timezone_name()),
        "place": meeting.place,
    }


def agenda_facts(meeting, member):
    """Return what a member may read of the agenda: references, and of how many cases they leave."""
    cases = meeting.cases.order_by("position", "pk")
    free = Dossier.objects.without_conflict_of(member).order_by()
    readable = cases.filter(dossier__in=free).values_list("dossier__reference", flat=True)
    references = list(readable)
    return {"references": join_parts(references), "number": cases.count() - len(references)}


def sent_invitations(meeting):
    """Return the invitations to a meeting that have left, the last of each address."""
    sent_letters = Letter.objects.exclude(sent_at=None).concerning(meeting)
    rows = sent_letters.filter(template="meeting_invited").order_by("pk")
    return {letter.address: letter for letter in rows}


def invite_members(meeting, now, only=None, known_days=None):
    """Invite the members of a meeting, or those named; who was invited reads that it changed.

    known_days: {key of who has answered: the day that they answered for}, e-mail or not.
    """
    people = [one.member for one in meeting.members.select_related("member")]
    if only is None:
        cancel_letters(meeting, "meeting_invited")  # one says it all
    invited, facts = sent_invitations(meeting), meeting_facts(meeting)
    facts |= {"online": "".join(meeting.link.split())}
    for person in people if only is None else only:
        if not person.is_active:
            continue
        invitation = invited.get(person.email.lower())
        former = invitation.context.get("day_on", "") if invitation else ""
        former = former or (known_days or {}).get(person.pk, "")
        post_letter(
            "meeting_invited",
            key=f"meeting:{meeting.pk}:{meeting.events.count()}",
            concerns=meeting,
            to=[person],
            path=meeting.path,
            is_changed=bool(former),
            former_on=former if former != facts["day_on"] else "",
            calendar=lambda: make_calendar(meeting, is_cancelled=False),
            now=now,
            **facts | agenda_facts(meeting, person),
        )


def notify_of_cancelling(meeting, people, now, note=""):
    """Notify those who were invited that it is cancelled, or that they are not invited now.

    Each reads the day and the place of their own invitation: that it was moved may not have left.
    """
    invited, facts = sent_invitations(meeting), meeting_facts(meeting)
    is_cancelled = meeting.status == MeetingStatus.CANCELLED
    people = [one for one in people if one.is_active]
    cancel_letters(meeting, "meeting_invited", to=people)
    for one in people:
        if invitation := invited.get(one.email.lower()):
            known = {
                name: invitation.context[name] for name in ("day_on", "begins", "ends", "place")
            }
            post_letter(
                "meeting_cancelled",
                key=f"meeting:{meeting.pk}:{meeting.events.count()}:cancelled",
                concerns=meeting,
                to=[one],
                path=meeting.path if is_cancelled else "",
                is_cancelled=is_cancelled,
                note=note,
                calendar=lambda: make_calendar(meeting, is_cancelled=True),
                now=now,
                **facts | known,
            )


def notify_of_gap(meeting, now):
    """Notify who planned a meeting, once for its hours, that its chair or its quorum is missing.

    If that is no officer now, all of them.
    """
    gap: Any = Meeting.objects.lacking_people().filter(pk=meeting.pk).first()
    planned = meeting.events.filter(verb="plan").select_related("actor").last()
    if gap is None or planned is None:
        return
    why = "chair" if gap.is_chair_away else "quorum"
    post_letter(
        "meeting_short",
        key=f"meeting:{meeting.pk}:{meeting.sequence}:{meeting.chair_id}:{why}",
        concerns=meeting,
        to=officers_after(planned.actor),
        path=meeting.desk_path,
        call=lambda: str(meeting.call),
        day_on=meeting.day.isoformat(),
        is_chair_away=gap.is_chair_away,
        number=gap.coming,
        quorum=meeting.call.quorum,
        now=now,
    )
