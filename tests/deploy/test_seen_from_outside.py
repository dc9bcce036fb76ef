"""What the log and the figures tell those who watch the site, and what they do not."""

import json
import logging
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect import metrics, queues, traces
from connect.local import places
from connect.logs import JsonLines
from connect.schedule import nudge_worker
from notifications.sending import send_waiting_letters
from tests.conftest import process, wait_for
from tests.factories import make_user

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def lines(caplog):
    """What is logged, as lines of JSON that are read again."""
    caplog.set_level(logging.INFO, "connect.requests")
    caplog.handler.setFormatter(JsonLines())
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


def test_a_long_sum_keeps_its_parts_of_a_second():
    """In steps of ten seconds the rate of a busy site was a saw."""
    samples = [("connect_request_seconds_sum", 1234567.8), ("connect_queue_waiting", 12)]

    written = metrics.write_samples(samples).splitlines()

    assert "connect_request_seconds_sum 1234567.8" in written
    assert "connect_queue_waiting 12" in written


@pytest.mark.django_db
def test_each_line_says_to_which_request_and_person_it_belongs(client, lines):
    """By number: no name and no address."""
    efua = make_user("Efua Mensah")
    client.force_login(efua)

    answer = client.get(reverse("my"), headers={"X-Request-ID": "0123456789abcdef"})
    client.get("/en/nowhere/", headers={"X-Request-ID": "a forged\tname"})

    (one, *_others) = [line for line in lines() if line["logger"] == "connect.requests"]
    missing = next(line for line in lines() if "Not Found" in line["message"])
    assert answer["X-Request-ID"] == one["request"] == "0123456789abcdef"
    assert one["time"].endswith("+00:00") and one["level"] == "INFO"
    assert (one["person"], one["method"], one["path"], one["status"]) == (
        *(efua.pk, "GET"),
        *(reverse("my"), 200),
    )
    assert len(missing["request"]) == 32 and "Efua" not in json.dumps(lines())


@pytest.mark.django_db
def test_no_line_holds_the_key_of_a_link_and_an_error_is_one_line(lines):
    client = Client(raise_request_exception=False)
    key = f"{uuid.uuid4().hex}.{'x' * 43}"

    client.get(f"/sign/{key}/")
    try:
        raise ValueError(f"of two\nlines, with {key}")
    except ValueError:
        logging.getLogger("connect").exception("it failed")

    last = lines()[-1]
    assert last["message"] == "it failed" and "of two\nlines" in last["error"]
    assert key not in json.dumps(lines())


@pytest.mark.django_db(transaction=True)
def test_the_log_of_a_worker_names_the_job_and_the_request_that_asked_for_it():
    """A real worker: whoever looks for what a click caused finds it by one name."""
    name = uuid.uuid4().hex
    words = ["celery", "-A", "connect.celery", "worker", "--queues", "celery,urgent"]
    log = places.VAR / "log"
    token = traces.CURRENT.set(traces.Trace(name))
    try:
        with process("traced", *words, "--pool", "solo", "--loglevel", "INFO", LOG_FORMAT="json"):
            nudge_worker(send_waiting_letters)
            (path,) = log.glob("traced-*.log")
            told = wait_for(
                lambda: [line for line in path.read_text().splitlines() if name in line]
            )
    finally:
        traces.CURRENT.reset(token)
        path.unlink()

    line = json.loads(told[0])
    assert line["request"] == name and len(line["job"]) == 36


def read(client):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    samples = (line.rpartition(" ") for line in answer.text.splitlines() if line[:1] != "#")
    return {name: float(number) for name, _blank, number in samples}


@pytest.mark.django_db
def test_figures_of_requests_queues_and_workers_are_told_by_a_token(client, settings, monkeypatch):
    """Of all processes together: what each counts it adds to Redis."""
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "EVERY", 0)
    queues.leave_sign_of_life(timezone.now())

    for _number in range(3):
        client.get("/healthz")
    monkeypatch.setattr(metrics, "COUNTS", metrics.Counts())  # another process
    client.get("/healthz")
    told = read(client)

    assert told['connect_requests_total{method="GET",view="healthz",status="200"}'] == 4
    assert told["connect_request_seconds_count"] == 4
    assert told['connect_request_seconds_bucket{le="+Inf"}'] == 4
    assert 0 < told["connect_request_seconds_sum"] < 10
    assert told['connect_queue_waiting{queue="E-mails"}'] == 0
    assert 0 <= told['connect_worker_seen_seconds{worker="celery"}'] < 60


@pytest.mark.django_db
def test_while_redis_is_away_the_counts_wait(client, settings, monkeypatch):
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "EVERY", 0)
    monkeypatch.setattr(metrics, "COUNTS", metrics.Counts())
    there = settings.REDIS_URL

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answers = [client.get("/healthz").status_code, len(read(client)) > 5]
    settings.REDIS_URL = there
    client.get("/healthz")
    told = read(client)

    assert answers == [200, True]
    assert told['connect_requests_total{method="GET",view="healthz",status="200"}'] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["", "Bearer wrong", TOKEN, f"Basic {TOKEN}"])
def test_without_the_token_there_is_no_such_page(client, settings, said):
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers={"Authorization": said}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
