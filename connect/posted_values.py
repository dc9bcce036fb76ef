"""Posted values and addresses, read with care: no number has a thousand digits."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from connect.pasted_values import EARLIEST, LATEST


def as_number(text: str) -> int:
    """Return a whole number of nine digits at most; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def posted_number(request: HttpRequest, name: str) -> int:
    """Read a whole number that a form sent; 0, which no row has, for anything else."""
    return as_number(request.POST.get(name, ""))


def posted_text(request: HttpRequest, name: str, most: int) -> str:
    """Read a text that a form sent; ValidationError where it is longer: nothing is cut off."""
    text = request.POST.get(name, "")
    if len(text) > most:
        words = _("%(most)d characters at most: this text has %(length)d.")
        raise ValidationError(words % {"most": most, "length": len(text)}, code="length")
    return text


def posted_numbers(request: HttpRequest, name: str) -> list[int]:
    """Read the whole numbers that a form sent under one name."""
    return [as_number(text) for text in request.POST.getlist(name)]


def parse_day(text: str) -> date | None:
    """Read a day as browsers send it, within the bounds of all days; None for anything else."""
    try:
        day = parse_date(text)
    except ValueError:  # well formed, and no day of the calendar
        return None
    return day if day and EARLIEST <= day <= LATEST else None


def typed_for(form: BaseForm, posted: Mapping[str, str]) -> dict[str, str]:
    """Return {field: text} of what was typed for a form that stands beside the one that was sent.

    form: empty, with its prefix. What it shows by itself, as a first choice, was not typed.
    """
    typed: dict[str, str] = {}
    for name, field in form.fields.items():
        initial, value = form[name].value(), posted.get(form.add_prefix(name))
        if initial is None and (choices := getattr(field, "choices", None)):
            initial = next(iter(choices))[0]
        if value and value != str(initial):
            typed[name] = value
    return typed
