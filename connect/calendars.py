"""Calendars that stay well formed whatever their rows hold."""

from icalendar import Calendar

from connect.characters import clean_text


def calendar_to_bytes(calendar: Calendar) -> bytes:
    """Return the bytes of a calendar (RFC 5545)."""
    lines = calendar.to_ical().decode().split("\r\n")
    # Any other end of a line would begin one of the typist's own.
    return "\r\n".join(clean_text(line).replace("\n", "") for line in lines).encode()
