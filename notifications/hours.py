"""When a reminder may arrive: in the daytime of its reader."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

FIRST, LAST = 8, 20  # hours of the reader's day


def next_morning(instant, zone):
    """Return the first morning after an instant in a zone.

    >>> from datetime import UTC
    >>> next_morning(datetime(2027, 3, 1, 7, 30, tzinfo=UTC), "Africa/Accra").isoformat()
    '2027-03-01T08:00:00+00:00'
    >>> next_morning(datetime(2027, 3, 1, 8, 0, tzinfo=UTC), "Africa/Accra").isoformat()
    '2027-03-02T08:00:00+00:00'
    """
    here = instant.astimezone(ZoneInfo(zone))
    day = here.date() + timedelta(days=here.hour >= FIRST)
    return datetime(day.year, day.month, day.day, FIRST, tzinfo=here.tzinfo)


def next_waking_hour(instant, zone):
    """Return the first instant from `at` on that is by day in a zone.

    >>> from datetime import UTC
    >>> next_waking_hour(datetime(2027, 3, 1, 22, 30, tzinfo=UTC), "Africa/Accra").isoformat()
    '2027-03-02T08:00:00+00:00'
    """
    here = instant.astimezone(ZoneInfo(zone))
    if FIRST <= here.hour < LAST:
        return instant
    day = here.date() + timedelta(days=here.hour >= LAST)
    return datetime(day.year, day.month, day.day, FIRST, tzinfo=here.tzinfo)
