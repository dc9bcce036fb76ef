"""A code to sign in behind 100,000 letters: how long until the mail server has it.

Both workers as in the one-machine run, on PostgreSQL, Redis and a mail server of its own; the
ordinary one sends the 100,000 without pause.
"""

import sys
import time

from bench.registry import start

LETTERS, STEP, CODES = 100_000, 5_000, 40
PAUSE = 0.5  # seconds between two codes


def fill(count):
    """Add so many waiting ordinary letters."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by `start`

    from notifications.models import Letter  # noqa: PLC0415

    Letter.objects.all().delete()
    context = {"reference": "CN-1", "title": "Water"}
    for begin in range(0, count, STEP):
        Letter.objects.bulk_create(
            Letter(
                template="dossier_reopen",
                key=f"bench:{number}",
                address=f"reader{number}@bench.example",
                context=context,
                not_before=timezone.now(),
            )
            for number in range(begin, begin + STEP)
        )


def measure(number):
    """Request a code as the sign-in does; return the seconds until it has left."""
    from notifications.models import Letter  # noqa: PLC0415
    from notifications.outbox import post_written_letter  # noqa: PLC0415

    begun = time.perf_counter()
    letter = post_written_letter(
        "account/email/login_code",
        key=f"bench-code:{number}:{time.time_ns()}",
        address=f"code{number}@bench.example",
        language="en",
        subject="Your code",
        body="ABC-DEF",
        is_secret=True,
    )
    while not Letter.objects.filter(pk=letter.pk).exclude(sent_at=None).exists():
        time.sleep(0.02)
    return time.perf_counter() - begun


def main():
    start()
    from connect.celery import app  # noqa: PLC0415
    from connect.local import supervisor  # noqa: PLC0415
    from connect.schedule import rule_name  # noqa: PLC0415
    from notifications.models import Letter  # noqa: PLC0415
    from notifications.sending import send_waiting_letters  # noqa: PLC0415

    fill(LETTERS)
    children = supervisor.start_workers()
    try:
        time.sleep(8)  # they start
        took = []
        for number in range(CODES):
            app.tasks[rule_name(send_waiting_letters)].delay()  # the ordinary worker has no rest
            took.append(measure(number))
            time.sleep(PAUSE)
        took.sort()
        waiting = Letter.objects.unsent().count()
        p50, p95 = took[CODES // 2], took[int(CODES * 0.95)]
        print(f"a code behind {waiting:,} letters: p50 {p50:.2f} s, p95 {p95:.2f} s")
        if p95 > 2:
            sys.exit("A code has to leave within 2 seconds.")
    finally:
        supervisor.stop_children(children)
        Letter.objects.all().delete()


if __name__ == "__main__":
    main()
