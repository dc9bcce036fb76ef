"""The letters of the days to come, if nobody does anything: the clock run ahead, then undone.

That takes seconds: a worker does it once an hour, and when somebody looks at what is old. The page
shows the last look, and of when it is.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from redis.exceptions import RedisError

from connect.schedule import every, rules_by_hand, run_rules
from notifications.letter_text import compose_letter
from notifications.models import Letter

DAYS = 30
KEY, KEPT_FOR = "letters-ahead", timedelta(hours=2)
OLD = timedelta(minutes=10)  # a look that somebody would have anew
PATIENCE = "1s"  # for a row that somebody writes: a look ahead holds up nobody
# Whoever waits for a row that this transaction has written, and will not have after all.
HELD_UP = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
    )
"""


class PreviewInterrupted(Exception):
    """Raised to end a preview when somebody waits for its locks; it is repeated later."""


def expected_letters(now, days=DAYS):
    """List (day, letters) that the clock alone would send in the days to come.

    All of it happens in a transaction that is rolled back, by the rules that write letters. These
    are not saved; each has the subject that it would have. Raises PreviewInterrupted once
    somebody waits for a row of it: they are not to wait until the last day.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        # With their links: an erasure of the days to come deletes some, as far as we look ahead.
        with_link = Letter.objects.select_related("opens")
        waiting = list(with_link.unsent().filter(not_before__gt=now).order_by("not_before"))
        letters_by_day: dict[date, list[Letter]] = {}
        for letter in waiting:
            if letter.not_before <= now + timedelta(days=days):
                letters_by_day.setdefault(localdate(letter.not_before), []).append(letter)
        for ahead in range(1, days + 1):
            day = now + timedelta(days=ahead)
            last = Letter.objects.aggregate(last=Max("pk"))["last"] or 0
            for rule in rules_by_hand():
                if rule.is_foreseen:
                    run_rules(day, [rule])
                    make_way()
            for letter in with_link.filter(pk__gt=last).order_by("pk"):
                letters_by_day.setdefault(localdate(day), []).append(letter)
        for letters in letters_by_day.values():
            for letter in letters:
                letter.subject = letter.subject or compose_letter(letter)[0]
        transaction.set_rollback(True)
    return sorted(letters_by_day.items())


def make_way():
    with connection.cursor() as cursor:
        cursor.execute(HELD_UP)
        if cursor.fetchone()[0]:
            raise PreviewInterrupted


class Line(NamedTuple):
    """A letter of the preview: to whom, and its subject in their language."""

    address: str
    language: str
    subject: str
    key: str = ""  # none of a look that an older version took


class Preview(NamedTuple):
    """The previewed letters, and when they were computed."""

    computed_at: datetime
    days: list[tuple[date, list[Line]]]


@every(hours=1, only_workers=True, retries=False)
def preview_letters(now):
    """Compute the preview of the days to come; return how many letters.

    None where somebody would have had to wait for it: the last look stands until the next.
    """
    try:
        expected = expected_letters(now)
    except PreviewInterrupted:
        return None
    days = [
        (
            day,
            [
                Line(letter.address, letter.language, letter.subject, letter.key)
                for letter in letters
            ],
        )
        for day, letters in expected
    ]
    cache.set(KEY, Preview(now, days), KEPT_FOR.total_seconds())
    return sum(len(lines) for _day, lines in days)


def last_preview():
    """Return the last preview, without what has been sent or cancelled since; or None."""
    try:
        look = cache.get(KEY)
    except RedisError:
        return None
    if look is None:
        return None
    keys = [line.key for _day, lines in look.days for line in lines]
    gone = set(Letter.objects.filter(key__in=keys).closed().values_list("key", flat=True))
    remaining = [(day, [one for one in lines if one.key not in gone]) for day, lines in look.days]
    return Preview(look.computed_at, [(day, lines) for day, lines in remaining if lines])


def claim_preview(look, now):
    """True for the first to see an outdated preview: a worker is to make another."""
    if look is not None and now - look.computed_at < OLD:
        return False
    try:
        return cache.add(f"{KEY}:asked", True, OLD.total_seconds() / 10)
    except RedisError:
        return False
