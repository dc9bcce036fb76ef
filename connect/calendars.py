"""Calendars that stay well formed whatever their rows hold."""

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from connect.characters import clean_text


def new_calendar(name: str, method: str) -> Calendar:
    """Return an empty calendar of ours (RFC 5545, 5546)."""
    calendar = Calendar()
    calendar.add("prodid", "-//CONNECT//agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", " ".join(name.split()))
    return calendar


def add_organizer(event: Event) -> None:
    """Say that the programme invites to an event."""
    organizer = vCalAddress(f"mailto:{settings.CONTACT_EMAIL}")
    organizer.params["cn"] = "CONNECT"
    event.add("organizer", organizer)


def calendar_to_bytes(calendar: Calendar) -> bytes:
    """Return the bytes of a calendar (RFC 5545)."""
    lines = calendar.to_ical().decode().split("\r\n")
    # Any other end of a line would begin one of the typist's own.
    return "\r\n".join(clean_text(line).replace("\n", "") for line in lines).encode()
