"""Hours of a day as people write them, alone or behind a day."""

import re
import unicodedata
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils.translation import gettext_lazy as _

from connect.characters import bare_line
from connect.numbers import number_refusal
from connect.pasted_values import FAR_DAY, read_day

END_OF_DAY = _("A day ends at 23:59: write that, or 00:00 of the next day.")
NO_INSTANT = _("Write the day and the hour, for example 2027-03-12 09:00.")
# As `plain_hour` writes it: 9:30 pm, 21u30, 14 Uhr, 0930, 9h30, 9.30, 17 h 30 min.
HOUR = re.compile(
    r"(\d{1,2})(?: ?(?:[h:.u]|uhr) ?(?:(\d{2})(?: ?min)?)?|(?<=\d\d)(\d{2}))?(?: ?(?:h|hrs?|uhr))?"
    r"(?: ?([apصم])[. ]*m?\.?)?"
)
AFTERNOON = "pم"
# The day ends with its year, or begins with it.
INSTANT = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|.{1,80}?\d{4})(?:T|[\s,]+(?:(?:at|à|a las|às) )?)(.+)"
)

# As programs write it, with seconds and perhaps an offset.
BY_PROGRAMS = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?")


def plain_hour(text: str) -> str:
    """Return an hour with the digits and letters that `HOUR` knows."""
    line = bare_line(text)
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in line).casefold()


class HourField(forms.TimeField):
    """An hour of the day, also as 9h30, 9.30, 21 h, 9:30 pm or 14 Uhr."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def to_python(self, value: Any) -> time | None:
        match = HOUR.fullmatch(plain_hour(value)) if isinstance(value, str) else None
        if not match:
            return super().to_python(value)
        hour, minute, half = int(match[1]), match[2] or match[3] or "00", match[4]
        if (hour, minute) == (24, "00"):
            raise ValidationError(END_OF_DAY, code="end")
        if half:
            if not 1 <= hour <= 12:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
            hour = hour % 12 + (12 if half in AFTERNOON else 0)
        return super().to_python(f"{hour}:{minute}")


class InstantField(forms.DateTimeField):
    """A day and an hour of Brussels, in one box that browsers know; read as each of them alone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": _("Brussels time.")} | kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        written = bare_line(value)
        match = BY_PROGRAMS.fullmatch(written) or INSTANT.fullmatch(written)
        if not match:
            raise ValidationError(NO_INSTANT, code="invalid")
        try:
            day = read_day(match[1])
        except ValidationError as refusal:
            if refusal.code == "far":
                raise number_refusal(FAR_DAY, "far", value) from None
            raise
        if match.re is BY_PROGRAMS:
            return super().to_python(written)
        return from_current_timezone(datetime.combine(day, HourField().clean(match[2])))
