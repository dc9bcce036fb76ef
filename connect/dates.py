"""Arithmetic of days: months, weekdays, all days of a period, the end of one."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

SATURDAY = 5  # as `weekday` counts


ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


def day_after(day: date, period: timedelta = ONE_DAY) -> date:
    """Return the day a period later, or earlier; at the ends of the calendar, its last or first.

    A stored day may be any: what is planned from it must not break its page.

    >>> day_after(date(2026, 12, 31)), day_after(date(9999, 12, 1), timedelta(days=60))
    (datetime.date(2027, 1, 1), datetime.date(9999, 12, 31))
    """
    try:
        return day + period
    except OverflowError:
        return date.max if period > timedelta(0) else date.min


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the month's last.

    >>> months_after(date(2026, 8, 31), 6), months_after(date(2026, 5, 12), 12)
    (datetime.date(2027, 2, 28), datetime.date(2027, 5, 12))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= date.max.year:
        return date.max
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def whole_months_between(first: date, last: date) -> int:
    """Count the months that are over on the last day.

    >>> whole_months_between(date(2026, 1, 10), date(2026, 12, 9))
    10
    """
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)


def days_between(first: date, last: date) -> list[date]:
    """List the days of a period, both ends included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY


def day_words(day: date | datetime) -> str:
    """Return a day as its reader writes it; of an instant, its day in Brussels."""
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return date_format(local, "DATE_FORMAT")


def moment_words(instant: datetime | None) -> str:
    """Write an instant in Brussels time, as all our hours are, and say so; "" for none."""
    if instant is None:
        return ""
    words = date_format(timezone.localtime(instant), "DATETIME_FORMAT")
    return _("%(instant)s (Brussels time)") % {"instant": words}


def hour_words(instant: datetime) -> str:
    """Write the hour of an instant of today in Brussels time, and say so."""
    words = date_format(timezone.localtime(instant), "TIME_FORMAT")
    return _("%(instant)s (Brussels time)") % {"instant": words}


def period_words(first: date, last: date | None) -> str:
    """Return the days of a period as its reader writes them.

    A single day stands alone, as the first does while the last is not known.
    """
    if last in (first, None):
        return day_words(first)
    return _("%(first)s to %(last)s") % {"first": day_words(first), "last": day_words(last)}


def end_of_day(day: date) -> datetime:
    """Return the instant at which a day ends in Brussels, as all deadlines do."""
    return timezone.make_aware(datetime.combine(day_after(day), time.min))


def end_of_days(start: datetime, period: timedelta) -> datetime:
    """Return when the last of the days ends that something works for: it is told as a day."""
    return end_of_day(day_after(timezone.localdate(start), period))


def last_day_before(end: datetime) -> date:
    """Return the last day of what ends then: at midnight, the day before."""
    return timezone.localdate(end - INSTANT)
