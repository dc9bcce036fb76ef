"""The mark after the day of a month, which Django knows in English alone."""

from django.utils.dateformat import DateFormat
from django.utils.translation import get_language

english = DateFormat.S


def ordinal(day):
    """Give what stands behind the number: in French the first of a month alone is an ordinal."""
    if (get_language() or "").startswith("fr"):
        return "er" if day.data.day == 1 else ""
    return english(day)


def use_ordinals():
    DateFormat.S = ordinal
