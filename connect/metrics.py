"""Figures for Prometheus at `/metrics`, behind METRICS_TOKEN: requests, queries, queues, workers.

Each process counts its requests by itself and adds them to Redis every few seconds, where all
machines add up. While Redis is away they wait in the process.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from redis import RedisError

from connect.celery import ORDINARY, URGENT, get_broker
from connect.queues import count_nudges, last_sign_of_life, queue_statuses
from connect.types import GetResponse

EVERY = 5  # seconds between what a process adds
KEPT_FOR = 30 * 24 * 3600  # seconds without a request after which Redis forgets
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)  # seconds
HELP = {
    "connect_requests_total": "counter",
    "connect_request_seconds": "histogram",
    "connect_queries_total": "counter",
    "connect_queue_waiting": "gauge",
    "connect_queue_failed": "gauge",
    "connect_queue_oldest_seconds": "gauge",
    "connect_worker_seen_seconds": "gauge",
    "connect_broker_messages": "gauge",
}


def sample(name: str, **labels: Any) -> str:
    """Write the name of a figure with its labels, as Prometheus reads it.

    >>> sample("connect_queue_waiting", queue="E-mails")
    'connect_queue_waiting{queue="E-mails"}'
    """
    # JSON quotes as Prometheus does: backslash, double quote, end of line.
    quoted = (
        f"{key}={json.dumps(str(value), ensure_ascii=False)}" for key, value in labels.items()
    )
    return f"{name}{{{','.join(quoted)}}}" if labels else name


class Counts:
    """What this process has counted and not yet added to Redis."""

    def __init__(self) -> None:
        self.lock, self.waiting, self.added_at = threading.Lock(), Counter[str](), 0.0

    def count(self, method: str, view: str, status: int, seconds: float, queries: int) -> None:
        with self.lock:
            self.waiting[
                sample("connect_requests_total", method=method, view=view, status=status)
            ] += 1
            self.waiting["connect_queries_total"] += queries
            self.waiting["connect_request_seconds_count"] += 1
            self.waiting["connect_request_seconds_sum"] += round(seconds * 1e6)
            for most in BUCKETS:
                if seconds <= most:
                    self.waiting[sample("connect_request_seconds_bucket", le=most)] += 1
            if time.monotonic() - self.added_at < EVERY:
                return
            self.added_at, adding, self.waiting = time.monotonic(), self.waiting, Counter()
        try:
            store_counts(adding)
        except RedisError:
            with self.lock:
                self.waiting += adding


def key() -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:metrics"


def store_counts(counts: Counter[str]) -> None:
    pipe = get_broker(settings.REDIS_URL).pipeline(transaction=False)
    for name, number in counts.items():
        pipe.hincrby(key(), name, number)
    pipe.expire(key(), KEPT_FOR)
    pipe.execute()


COUNTS = Counts()


class CountRequests:
    """Middleware: counts requests, how long they took and what they asked of the database."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.METRICS_TOKEN:
            return self.get_response(request)
        began, queries = time.perf_counter(), 0

        def count_query(execute: Callable[..., Any], *words: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*words)

        with connection.execute_wrapper(count_query):
            response = self.get_response(request)
        match = request.resolver_match
        COUNTS.count(
            str(request.method),
            (match.view_name if match else "") or "none",
            response.status_code,
            time.perf_counter() - began,
            queries,
        )
        return response


def counted_samples() -> Iterator[tuple[str, float]]:
    """Yield what all processes have counted."""
    counters: dict[bytes, bytes] = get_broker(settings.REDIS_URL).hgetall(key())  # type: ignore[assignment]
    counted = {name.decode(): int(number) for name, number in counters.items()}
    total = counted.get("connect_request_seconds_count", 0)
    for most in BUCKETS:
        name = sample("connect_request_seconds_bucket", le=most)
        yield name, counted.pop(name, 0)
    yield sample("connect_request_seconds_bucket", le="+Inf"), total
    for name, number in sorted(counted.items()):
        yield name, number / 1e6 if name == "connect_request_seconds_sum" else number


def state_samples() -> Iterator[tuple[str, float]]:
    """Yield what waits, what failed and who works, as it is now."""
    now = timezone.now()
    with translation.override("en"):
        for status in queue_statuses():
            queue = str(status.queue.name)
            age = (now - status.oldest).total_seconds() if status.oldest else 0
            yield sample("connect_queue_waiting", queue=queue), status.waiting
            yield sample("connect_queue_failed", queue=queue), status.failed
            yield sample("connect_queue_oldest_seconds", queue=queue), max(0, age)
    for worker in (ORDINARY, URGENT):
        if seen := last_sign_of_life(worker):
            age = (now - seen).total_seconds()
            yield sample("connect_worker_seen_seconds", worker=worker), age
    if (waiting := count_nudges()) is not None:
        yield "connect_broker_messages", waiting


def write_samples(samples: Iterable[tuple[str, float]]) -> str:
    """Write figures in Prometheus' text format, those of one name together."""
    lines: dict[str, list[str]] = {name: [] for name in HELP}
    for name, number in samples:
        family = next(one for one in HELP if name.startswith(one))
        lines[family].append(f"{name} {float(number)!r}" if number % 1 else f"{name} {int(number)}")
    written = [
        "\n".join((f"# TYPE {name} {HELP[name]}", *some)) for name, some in lines.items() if some
    ]
    return "\n".join(written) + "\n"


@never_cache
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer whoever knows the token; for all others there is no such page."""
    header = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(
        header, f"Bearer {settings.METRICS_TOKEN}"
    ):
        raise Http404
    samples = list(state_samples())
    with contextlib.suppress(RedisError):  # what is counted waits in each process
        samples += counted_samples()
    return HttpResponse(write_samples(samples), content_type="text/plain; version=0.0.4")
