"""Calendars that stay well formed whatever their rows hold."""

import re

from connect.characters import clean

RETURN = re.compile(r"\r(?!\n)")  # alone it would end a line, and begin one of the typist's own


def as_bytes(calendar):
    """Return the bytes of a calendar (RFC 5545)."""
    return RETURN.sub("", clean(calendar.to_ical().decode())).encode()
