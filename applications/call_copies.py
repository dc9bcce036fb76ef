"""A past call as the start of the next: all of it, with its dates moved by one step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from applications.models import Call
from connect.dates import months_after, whole_months_between
from connect.fields import get_column
from connect.transitions import by_officer
from connect.types import User

YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)(?:([/–-])(\d\d)(?!\d))?")  # also 2026/27
TITLE_MOST, SLUG_MOST = (get_column(Call, name).max_length or 0 for name in ("title", "slug"))
CopyPart = Callable[[Call, Call, User, datetime], object]
COPIED: list[CopyPart] = []


def copies_with_call(copy: CopyPart) -> CopyPart:
    """Register what a later app keeps of a call: (its call, the new one, who copies, when)."""
    COPIED.append(copy)
    return copy


@dataclass(frozen=True)
class Shift:
    """How far each date of a call moves: whole months where its first day allows, else days."""

    months: int = 0
    days: int = 0

    @classmethod
    def between(cls, first: date, new: date) -> Shift:
        """Return the shift that moves a first day to a new one.

        >>> Shift.between(date(2026, 1, 15), date(2027, 1, 15))
        Shift(months=12, days=0)
        >>> Shift.between(date(2026, 1, 15), date(2026, 1, 20))
        Shift(months=0, days=5)
        """
        months = whole_months_between(first, new) if new > first else 0
        if months and months_after(first, months) == new:
            return cls(months=months)
        return cls(days=(new - first).days)

    def move(self, day: date) -> date:
        return months_after(day, self.months) + timedelta(days=self.days)

    def move_instant(self, at: datetime) -> datetime:
        """Move an instant to another day, at the same hour of the programme's clock."""
        here = timezone.localtime(at)
        moved = datetime.combine(self.move(here.date()), time(here.hour, here.minute))
        return timezone.make_aware(moved)


def first_day_of(call: Call) -> date:
    return timezone.localdate(call.opens_at)


def propose_first_day(call: Call, today: date) -> date:
    """Return the call's first day in the first year to come in which it lies ahead."""
    years = 1
    while (day := months_after(first_day_of(call), 12 * years)) <= today:
        years += 1
    return day


def propose_title(title: str, first: date, new: date) -> str:
    """Return the title of the next call: its years moved along, or the year of its first day.

    >>> propose_title("Open call 2026", date(2026, 1, 15), date(2027, 1, 15))
    'Open call 2027'
    >>> propose_title("Open call", date(2026, 1, 15), date(2027, 1, 15))
    'Open call 2027'
    >>> propose_title("Open call 2026", date(2026, 1, 15), date(2026, 9, 15))
    'Open call 2026 (2)'
    >>> propose_title("Open call 2026/27", date(2026, 9, 15), date(2027, 9, 15))
    'Open call 2027/28'
    """
    years = new.year - first.year

    def move(match: re.Match[str]) -> str:
        end = f"{(int(match[3]) + years) % 100:02}" if match[3] else ""
        return f"{int(match[1]) + years}{match[2] or ''}{end}"

    moved = YEAR.sub(move, title)
    if moved == title:
        mark = " (2)" if YEAR.search(title) else f" {new.year}"
        moved = title[: TITLE_MOST - len(mark)].rstrip() + mark
    return moved


def propose_slug(call: Call, title: str) -> str:
    """Return an address for a call of this title that no other call has."""
    begun = (slugify(title) or call.slug)[: SLUG_MOST - 4].strip("-")
    taken = set(Call.objects.filter(slug__startswith=begun).values_list("slug", flat=True))
    number, slug = 1, begun
    while slug in taken:
        number += 1
        slug = f"{begun}-{number}"
    return slug


def titles_of(call: Call) -> dict[str, str]:
    """Return {language: title} of the languages in which a call has one, its own first."""
    titles = {code: texts["title"] for code, texts in call.translations.items() if "title" in texts}
    return {call.language: call.title} | titles


def years_named(call: Call, first: date, new: date) -> list[str]:
    """List the years that the texts of a call name, where its copy is of another year."""
    texts = [call.text, *(said.get("text", "") for said in call.translations.values())]
    return (
        sorted({found[1] for found in YEAR.finditer(" ".join(texts))})
        if first.year != new.year
        else []
    )


def refuse_past_day(first_day: date, today: date) -> None:
    """Raise ValidationError for a first day that is no day to come."""
    if first_day <= today:
        message = _("Choose a day to come: a call is public from its first day.")
        raise ValidationError(message, code="past")


@transaction.atomic
def copy_call(
    call: Call,
    *,
    titles: dict[str, str],
    slug: str,
    first_day: date,
    actor: User,
    now: datetime | None = None,
) -> Call:
    """Return a new call with all that this one says, its dates moved to begin on that day.

    titles: {language: title}. Raises PermissionDenied for anybody but an officer, ValidationError
    for a first day that is no day to come: the copy would be public at once.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    refuse_past_day(first_day, timezone.localdate(now))
    shift = Shift.between(first_day_of(call), first_day)
    made = Call.objects.get(pk=call.pk)
    made.pk, made._state.adding = None, True
    made.slug, made.title = slug, titles[call.language]
    made.translations = {
        code: texts | ({"title": titles[code]} if code in titles else {})
        for code, texts in call.translations.items()
    }
    made.opens_at = shift.move_instant(call.opens_at)
    made.closes_at = shift.move_instant(call.closes_at)
    made.meeting_on = None  # the day of a meeting that is planned: see `meetings.save_meeting_day`
    made.validate_unique()
    made.save()
    for copy_part in COPIED:
        copy_part(call, made, actor, now)
    return made
