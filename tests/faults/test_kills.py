"""Kills and cuts: what was acknowledged is there, what was claimed is done again.

A short, seeded part runs with every test; `make faults` runs the long loops.
"""

import random
import threading
import time

import pytest
import redis
from django.urls import reverse
from django.utils import timezone

from connect.local import places
from connect.mail import Recipient
from matching.models import MatchRun
from matching.runs import request_run
from notifications.models import Letter
from notifications.outbox import post_letter
from tests.conftest import process, wait_for
from tests.factories import make_authority, make_dossier, make_offer, make_user
from tests.faults.workers import WORKER, worker

pytestmark = pytest.mark.django_db(transaction=True)
WORKER += ["--queues", "celery,urgent"]


@pytest.mark.parametrize("rounds", [1, pytest.param(20, marks=pytest.mark.faults)])
def test_a_worker_killed_at_any_moment_loses_no_letter_and_no_ranking(
    after_flush, received, rounds
):
    dice = random.Random(7)
    for number in range(rounds):
        make_offer()
        dossier = make_dossier(status="validated")
        people = [Recipient(f"k{number}-{n}@example.org", "K") for n in range(20)]
        request_run(dossier.pk)
        post_letter("dossier_reopen", key=f"k{number}", to=people, reference="CN-1", title="Water")
        with worker() as first:
            time.sleep(dice.uniform(1.0, 4.0))
            first.kill()
            first.wait()
        # A lease of ten minutes protects letters in flight: let the time pass.
        Letter.objects.unsent().update(leased_until=timezone.now(), not_before=timezone.now())
        with worker():
            wait_for(lambda: not Letter.objects.unsent().exists(), 60)
            wait_for(
                lambda d=dossier: MatchRun.objects.filter(dossier=d, state="done").exists(), 60
            )
        copies = [len(received(person.address)) for person in people]
        ids = {letter["Message-ID"] for p in people for letter in received(p.address)}
        assert min(copies) >= 1 and sum(copies) <= len(people) + 1
        assert len(ids) == len(people)


def test_a_broker_that_forgets_everything_delays_and_loses_nothing(after_flush, received):
    for _ in range(5):
        post_letter(
            "dossier_reopen", key="r", to=[Recipient("redis@example.org", "R")], title="Water"
        )
        redis.Redis.from_url(places.redis_url()).flushdb()
    with worker():
        wait_for(lambda: received("redis@example.org"), 60)

    assert len(received("redis@example.org")) == 1


@pytest.mark.parametrize("rounds", [1, pytest.param(50, marks=pytest.mark.faults)])
def test_saves_acknowledged_before_the_web_server_was_killed_are_there(after_flush, client, rounds):
    import http.client  # noqa: PLC0415

    from connect.local.children import free_port  # noqa: PLC0415
    from connect.local.mailserver import is_listening  # noqa: PLC0415

    agona = make_authority()
    efua, dice = make_user(works_for=agona), random.Random(11)
    client.force_login(efua)
    session = client.cookies["sessionid"].value
    for _ in range(rounds):
        dossier = make_dossier(agona)
        path = reverse("section", args=[dossier.reference, "problem"])
        port, acknowledged = free_port(), []
        words = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        with process("killed", *words) as server:
            wait_for(lambda p=port: is_listening(p))

            def save(number, version, port=port, path=path):
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                token = "a" * 32
                body = f"csrfmiddlewaretoken={token}&version={version}&problem=text+{number}"
                line.request(
                    "POST",
                    path,
                    body,
                    {
                        "Content-Type": "application/x-www-form-urlencoded",
                        "Cookie": f"sessionid={session}; csrftoken={token}",
                        "Origin": f"http://127.0.0.1:{port}",
                    },
                )
                return line.getresponse().status

            def writer(acknowledged=acknowledged, save=save):
                for number in range(200):
                    try:
                        if save(number, number + 1) == 302:
                            acknowledged.append(number)
                    except OSError:
                        return

            thread = threading.Thread(target=writer)
            thread.start()
            time.sleep(dice.uniform(0.5, 2.0))
            server.kill()
            server.wait()
            thread.join()
        draft = dossier.drafts.get(section="problem")
        kept = int(draft.raw["problem"][0].removeprefix("text "))
        assert acknowledged, "no save was acknowledged: the loop measured nothing"
        # The last one may have been written without its answer arriving; never fewer.
        assert kept in (acknowledged[-1], acknowledged[-1] + 1)
        assert draft.version == kept + 2
