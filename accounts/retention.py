"""How long each kind of personal data is kept, declared once.

Each app declares its lines in its `retention.py`. From them are made what the clock ends, the page
of what goes in the next days, the privacy notice and the table of docs/privacy.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import takewhile

from django.db.models import DateTimeField, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.schedule import every, process_one_by_one
from connect.types import Words
from notifications.models import Letter
from notifications.outbox import is_unreachable, post_letter

LINES: list = []
BATCH = 200  # rows of a kind that one run ends: the next run takes the rest
WARNINGS_BEFORE = [timedelta(days=30), timedelta(days=7)]
NOTICE = timedelta(days=7)  # between the last letter and the end, whenever the clock ran
DAYS_SHOWN = 30

CONTRACT = _("performance of the agreement with the person or their employer (art. 6.1 b)")
PUBLIC_TASK = _("a task in the public interest (art. 6.1 e)")
LEGAL_DUTY = _("a legal obligation: accounts of public money (art. 6.1 c)")
INTEREST = _("legitimate interest: security and proof (art. 6.1 f)")
READING = _("legitimate interest: reading each other across languages (art. 6.1 f)")
CONSENT = _("consent, which can be withdrawn (art. 6.1 a)")


def months_period(number):
    """Return a period of that many months, of 30.44 days."""
    return timedelta(days=round(number * 30.44))


@dataclass(frozen=True, eq=False)
class RetentionRule:
    """A kind of thing, on which legal basis it is kept, and how long.

    rows: () -> those that it is still held of. since: the column, of the rows or annotated, from
    which `period` counts. ends: what happens then, in words; end: (rows, now) does it. A line
    without `end` has a `rule` of its own, by the clock. warning: row -> (people, letter, path), who
    loses something and where they can keep it: they are told twice, and never lose it without.
    is_needed: row -> True while it stays, however old it is.
    """

    code: str
    what: Words
    basis: Words
    period: timedelta
    ends: Words
    rows: Callable[[], QuerySet] | None = None
    since: str = ""
    end: Callable | None = None
    rule: Callable | None = None
    warning: Callable | None = None
    is_needed: Callable | None = None

    def __str__(self) -> str:
        return self.code

    def held_rows(self) -> QuerySet:
        assert self.rows is not None  # as of every line that ends something
        return self.rows()

    @cached_property
    def is_by_day(self):
        rows = self.held_rows()
        if self.since in rows.query.annotations:
            return not isinstance(rows.query.annotations[self.since].output_field, DateTimeField)
        column = rows.model._meta
        path = self.since.split("__")
        for name in path[:-1]:
            column = column.get_field(name).related_model._meta
        return not isinstance(column.get_field(path[-1]), DateTimeField)

    def due(self, now):
        """Return the rows whose time is over at `now`, the oldest first."""
        until = now - self.period
        if self.is_by_day:
            until = timezone.localdate(until)
        return self.held_rows().filter(**{f"{self.since}__lte": until}).order_by(self.since, "pk")

    def people_to_warn(self, row):
        """Return the people who lose something by it and can be reached by letter."""
        people = self.warning(row)[0] if self.warning else ()
        return [one for one in people if not is_unreachable(one)]

    def end_date(self, row):
        """Return the day on which a row goes."""
        since = row
        for name in self.since.split("__"):
            since = getattr(since, name)
        return (
            timezone.localdate(since + self.period) if not self.is_by_day else since + self.period
        )

    @property
    def period_words(self):
        days = self.period.days
        if not self.period:
            return _("until they end")
        if self.period < timedelta(days=2):
            hours = int(self.period.total_seconds() // 3600)
            return ngettext("%d hour", "%d hours", hours) % hours
        if days < 92:
            return ngettext("%d day", "%d days", days) % days
        number = round(days / 30.44)
        if number % 12 == 0:
            return ngettext("%d year", "%d years", number // 12) % (number // 12)
        return ngettext("%d month", "%d months", number) % number

    @property
    def enforced_by(self):
        end = self.rule or self.end
        return f"{end.__module__}.{end.__name__}" if end else ""


def declare_retention(*lines):
    """Register an app's retention rules."""
    LINES.extend(lines)


@every(hours=1, is_foreseen=False)
def end_kept(now):
    """Warn those who lose something, then delete what is due; return {code: how many ended}.

    Each kind and row by itself: one that fails stops no other. To run it twice is harmless.
    """
    done = {}

    def follow(line):
        if line.warning:
            warn_owners(line, now)
        if ended := end_line(line, now):
            done[line.code] = ended

    process_one_by_one(follow, [line for line in LINES if line.end])
    return done


def end_line(line, now):
    """End the rows of a line whose time is over, a batch of them; return how many."""
    ended, rows = 0, line.held_rows().model._default_manager

    def end(candidate):
        nonlocal ended
        # Its row is the lock. Somebody may have kept it longer, or have written in it, while the
        # run was at those before it.
        rows.select_for_update(of=("self",)).filter(pk=candidate.pk).first()
        row = line.due(now).filter(pk=candidate.pk).first()
        if row and is_ready(line, row, now):
            line.end(rows.filter(pk=row.pk), now)
            ended += 1

    # What has to wait fills no batch: nothing behind it would ever end.
    due = line.due(now).iterator(BATCH)
    process_one_by_one(end, takewhile(lambda _row: ended < BATCH, due))
    return ended


def is_ready(line, row, now):
    if line.is_needed and line.is_needed(row):
        return False
    return line.warning is None or was_warned(line, row, now)


def warning_key(line, row):
    """Return the key of the warning with its day, so that a row kept longer is warned of anew."""
    return f"goes:{line.code}:{row.pk}:{line.end_date(row)}"


def warn_owners(line, now):
    """Warn thirty days and a week before something ends, with the day and where to keep it."""
    written = 0

    def warn(row):
        nonlocal written
        if line.is_needed and line.is_needed(row):
            return
        _people, template, path = line.warning(row)
        goes_on = line.end_date(row)
        time_left = goes_on - timezone.localdate(now)
        stage = sum(time_left <= before for before in WARNINGS_BEFORE)
        # If the warning was late, the row is kept for the whole notice period.
        day = max(goes_on, timezone.localdate(now + NOTICE))
        written += post_letter(
            template,
            key=f"{warning_key(line, row)}:{stage}",
            concerns=row,
            to=line.people_to_warn(row),
            path=path,
            by_day=True,  # a duty before it goes: no pause of reminders holds it back
            goes_on=day.isoformat(),
        )

    due = line.due(now + WARNINGS_BEFORE[0]).iterator(BATCH)
    process_one_by_one(warn, takewhile(lambda _row: written < BATCH, due))


def was_warned(line, row, now):
    """True if the last warning is a week old, or if nobody can be warned any more."""
    if not line.people_to_warn(row):
        return True
    key = f"{warning_key(line, row)}:{len(WARNINGS_BEFORE)}:"
    last = Letter.objects.filter(key__startswith=key).order_by("created_at").first()
    return last is not None and last.created_at + NOTICE <= now


def upcoming_ends(now, days=DAYS_SHOWN, most=20):
    """List (rule, count, first day, last day, rows) of what ends automatically in the days to come.

    Rows are (row, day) of what its people are told of, which staff may then look at. Of anything
    else the days alone: what a row calls itself may be what lets somebody in, as a session's does.
    What should have gone already goes today.
    """
    upcoming, today = [], timezone.localdate(now)
    for line in LINES:
        if line.rows is None:
            continue
        due = line.due(now + timedelta(days=days))
        if count := due.count():
            named = due[:most] if line.warning else ()
            rows = [(row, max(today, line.end_date(row))) for row in named]
            ends = [max(today, line.end_date(row)) for row in (due.first(), due.last())]
            upcoming.append((line, count, *ends, rows))
    return upcoming
