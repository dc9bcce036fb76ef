"""A job that dies before each thing that it does, a database that goes, two beats, a mail server
that says nothing: every letter at most once, none lost, no ranking lost, no consent lost.

With every test a few steps are tried; `make faults` dies at each.
"""

import os
import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
import redis
from aiosmtpd.controller import Controller
from django.db import DatabaseError, connection
from django.utils import timezone

from connect.local import places
from connect.local.children import free_port
from connect.mail import Recipient
from exchanges.models import Exchange
from matching import consent
from matching.models import MatchRun
from matching.runs import rank_waiting, request_run
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.sending import WAIT_AFTER_FAILURE, send_waiting_letters
from tests.conftest import at_once, process, wait_for
from tests.factories import make_dossier, make_offer
from tests.faults.workers import worker
from tests.worlds import Table

pytestmark = pytest.mark.django_db(transaction=True)
ANY = Recipient("any@example.org", "Any")
EVERY = pytest.param(None, marks=pytest.mark.faults, id="each")


def killed_at(job, step, pk=0):
    """Do a job in a process that dies before a step; say whether it died, and so was cut short."""
    with process("killed", "tests.faults.killed", job, str(step), str(pk)) as run:
        code = run.wait(60)
    assert code in (0, -signal.SIGKILL), f"see the log: {code}"
    wait_for(lambda: not open_transactions())  # of the dead one, whose rows stay locked until then
    return code != 0


def open_transactions():
    """Count the transactions of others in this test's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]


def steps(some):
    """Count through steps: those named, or every one until the job comes to its end."""
    return iter(some) if some else iter(range(1, 1000))


def lease_over():
    Letter.objects.unsent().update(leased_until=None)


@pytest.mark.parametrize("some", [(2, 6, 7), EVERY])
def test_a_sender_that_dies_at_a_step_loses_no_letter_and_repeats_one_at_most(
    after_flush, received, some
):
    for step in steps(some):
        people = [Recipient(f"s{step}-{n}@example.org", "S") for n in range(2)]
        post_letter("dossier_reopen", key=f"s{step}", to=people, reference="CN-1", title="Water")
        died = killed_at("send", step)
        lease_over()
        send_waiting_letters(timezone.now())

        copies = [received(person.address) for person in people]
        assert min(map(len, copies)) == 1 and sum(map(len, copies)) <= len(people) + 1
        assert all(len({letter["Message-ID"] for letter in one}) == 1 for one in copies)
        assert not Letter.objects.unsent().exists()
        if not died:
            break
    assert some or step > 10


@pytest.mark.parametrize("some", [(3, 12), EVERY])
def test_a_ranking_that_dies_at_a_step_is_made_by_the_next_worker(after_flush, some):
    make_offer()
    for step in steps(some):
        run = request_run(make_dossier(status="validated").pk)
        died = killed_at("rank", step)
        rank_waiting(timezone.now())

        run.refresh_from_db()
        assert (run.state, len(run.entries)) == ("done", 1)
        if not died:
            break
    assert MatchRun.objects.filter(state="done").count() == MatchRun.objects.count()
    assert some or step > 15


@pytest.mark.parametrize("some", [(8, 30), EVERY])
def test_a_last_yes_that_dies_at_a_step_is_wholly_kept_or_can_be_given_again(after_flush, some):
    for number, step in enumerate(steps(some), 1):
        table = Table(offer=make_offer())
        table.answer("expert")
        table.answer("applicant")
        asked = table.of("employer")
        told = Letter.objects.filter(template="match_agreed", address=table.efua.email)
        died = killed_at("agree", step, asked.pk)
        if table.state()[0] == "proposed":
            assert died and table.of("employer").answer == "waiting"
            assert not told.exists()
            table.answer("employer")

        assert table.state() == ("agreed", "matched", "chosen", number)
        with pytest.raises(consent.ValidationError):
            table.answer("employer")
        assert told.count() == 1
        if not died:
            break
    assert Exchange.objects.count() == number
    assert some or step > 30


def cut_off():
    """End every connection to this test's database but one's own, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"  # waits for its end
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def crash():
    """Kill a server process of PostgreSQL: it ends all the others, and recovers from its log."""
    witness = connection.copy()
    for one in (connection, witness):
        one.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not answers(witness))  # until then the others go on as if nothing were
    wait_for(lambda: answers(connection))


def answers(line):
    try:
        with line.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        line.close()
        return False
    return True


@pytest.mark.parametrize(
    ("restart", "rounds"), [(cut_off, 2), pytest.param(crash, 20, marks=pytest.mark.faults)]
)
def test_a_database_that_restarts_while_work_is_done_loses_nothing(
    after_flush, received, restart, rounds
):
    make_offer()
    people = []
    with worker():
        for number in range(rounds):
            some = [Recipient(f"d{number}-{n}@example.org", "D") for n in range(10)]
            people += some
            post_letter(
                "dossier_reopen", key=f"d{number}", to=some, reference="CN-1", title="Water"
            )
            request_run(make_dossier(status="validated").pk)
            wait_for(lambda s=some: received(s[0].address), 60)
            restart()
            lease_over()
        wait_for(lambda: not Letter.objects.unsent().exists(), 90)
        wait_for(lambda: not MatchRun.objects.exclude(state="done").exists(), 90)

    copies = [received(person.address) for person in people]
    assert min(map(len, copies)) == 1 and sum(map(len, copies)) <= len(people) + rounds
    assert all(len({letter["Message-ID"] for letter in one}) == 1 for one in copies)


@pytest.mark.faults
def test_two_beats_and_two_workers_do_each_thing_once(after_flush, received):
    make_offer()
    people = [Recipient(f"b{n}@example.org", "B") for n in range(10)]
    post_letter("dossier_reopen", key="b", to=people, reference="CN-1", title="Water")
    run = request_run(make_dossier(status="validated").pk)
    redis.Redis.from_url(places.redis_url()).flushdb()  # nobody is told: the beats alone find it
    with worker(), worker():
        wait_for(lambda: not Letter.objects.unsent().exists(), 90)
        wait_for(lambda: MatchRun.objects.get(pk=run.pk).state == "done", 90)

    assert [len(received(person.address)) for person in people] == [1] * 10
    assert MatchRun.objects.count() == 1


def test_reminders_due_are_posted_once_though_six_jobs_find_them_at_once(after_flush):
    table = Table(offer=make_offer())
    fifth = timezone.localdate() + timedelta(days=5)

    at_once(*[lambda: consent.remind_waiting(fifth)] * 6)

    again = Letter.objects.filter(template__startswith="consent_", key__contains=":first:")
    sides = [table.efua.email, table.ineke.user.email, table.ineke.employer_email]
    told = list(again.values_list("address", flat=True))
    assert len(told) == len(set(told)) and set(told) >= set(sides)


class Silent:
    """A mail server that takes each letter and dies before it says so, the first `times`."""

    def __init__(self, times):
        self.times, self.taken = times, []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append(envelope.content)
        if len(self.taken) <= self.times:
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server(handler, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    server = Controller(handler, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    yield
    server.stop()


def test_a_mail_server_that_dies_before_it_answers_gets_the_same_letter_again(
    after_flush, settings
):
    """Check E3: nobody knows whether it took the letter; a second copy is known by its id."""
    post_letter("dossier_reopen", key="e3", to=[ANY], reference="CN-1", title="Water")
    now, silent = timezone.now(), Silent(times=1)
    with mail_server(silent, settings):
        first = send_waiting_letters(now)
        failed = Letter.objects.get()
        too_early = send_waiting_letters(now + WAIT_AFTER_FAILURE)
        later = send_waiting_letters(now + 3 * WAIT_AFTER_FAILURE)

    ids = {line for text in silent.taken for line in text.split(b"\r\n") if b"Message-ID" in line}
    assert (first, too_early, later, len(silent.taken), len(ids)) == (0, 0, 1, 2, 1)
    assert failed.sent_at is None and "SMTPServerDisconnected" in failed.last_error
