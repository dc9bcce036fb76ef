"""The mark after the day of a month, which Django knows in English alone."""

from datetime import date

from django.utils.dateformat import DateFormat
from django.utils.translation import get_language

english = DateFormat.S


def ordinal(day: DateFormat) -> str:
    """Return the ordinal suffix of a day: in French the first of a month alone has one."""
    if (get_language() or "").startswith("fr"):
        return "er" if isinstance(day.data, date) and day.data.day == 1 else ""
    return english(day)


def use_ordinals() -> None:
    DateFormat.S = ordinal  # type: ignore[method-assign, assignment]  # Django asks nobody else
