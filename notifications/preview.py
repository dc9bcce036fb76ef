"""The letters of the days to come, if nobody does anything: the clock run ahead, then undone."""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max

from connect.clockwork import WRITING, follow
from notifications.models import Letter
from notifications.outbox import write

DAYS = 30
PATIENCE = "1s"  # for a row that somebody writes: a look ahead holds up nobody


def expected(now, days=DAYS):
    """List (day, letters) of what the clock alone would write and send in the days to come.

    All of it happens in a transaction that is rolled back, by the rules that write letters. These
    are not saved; each has the subject that it would have.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        # With their links: an erasure of the days to come deletes some, as far as we look ahead.
        with_link = Letter.objects.select_related("opens")
        waiting = list(with_link.unsent().filter(not_before__gt=now).order_by("not_before"))
        found = {}
        for letter in waiting:
            if letter.not_before <= now + timedelta(days=days):
                found.setdefault(letter.not_before.date(), []).append(letter)
        for ahead in range(1, days + 1):
            day = now + timedelta(days=ahead)
            last = Letter.objects.aggregate(last=Max("pk"))["last"] or 0
            follow(day, WRITING)
            for letter in with_link.filter(pk__gt=last).order_by("pk"):
                found.setdefault(day.date(), []).append(letter)
        for letters in found.values():
            for letter in letters:
                letter.subject = letter.subject or write(letter)[0]
        transaction.set_rollback(True)
    return sorted(found.items())
