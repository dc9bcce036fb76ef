"""`python -m tests.faults.killed JOB N [ID]`: do a job of the product, and die before the Nth thing
that it does: a statement, the end of a transaction, a letter handed to the mail server. 0 lets it
come to its end.

SIGKILL, as when a machine stops: nothing is closed, rolled back or said.
"""

import os
import signal
import smtplib
import sys

import django
from django.db import connection
from django.utils import timezone


def die_before(number):
    """Kill this process before its Nth statement, commit or letter handed over; count from here."""
    done = iter(range(1, 1_000_000))

    def step():
        if next(done) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute, sql, params, many, context):
        step()
        return execute(sql, params, many, context)

    def commit(whole=connection._commit):
        step()
        whole()

    def data(self, text, whole=smtplib.SMTP.data):
        step()
        return whole(self, text)

    connection.execute_wrappers.append(statement)
    connection._commit = commit
    smtplib.SMTP.data = data


def send(_pk):
    from notifications.sending import send_waiting_letters  # noqa: PLC0415 - Django is ready only now

    send_waiting_letters(timezone.now())


def rank(_pk):
    from matching.runs import rank_waiting  # noqa: PLC0415

    rank_waiting(timezone.now())


def agree(pk):
    from matching import consent  # noqa: PLC0415
    from matching.models import Consent  # noqa: PLC0415

    asked = Consent.objects.get(pk=pk)
    consent.answer_consent(asked, accept=True, by_link=True)


def main(job, number, pk="0"):
    connection.ensure_connection()
    die_before(int(number))
    {"send": send, "rank": rank, "agree": agree}[job](int(pk))


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "connect.settings"
    django.setup()
    main(*sys.argv[1:])
