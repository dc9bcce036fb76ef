"""What waits for the workers: each app names its queues here, for the staff's page.

A queue is a table whose rows wait; the broker only says that somebody should look.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import OperationalError, transaction
from django.db.models import Model, QuerySet
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from connect.celery import ORDINARY, URGENT, count_messages
from connect.schedule import every
from connect.types import Words

logger = logging.getLogger(__name__)
SIGN, KEPT_FOR = "connect.beat", 7 * 24 * 3600
FAILED = "failed"  # the state of a row that is tried again by staff alone
QUEUES: list["Queue"] = []
SILENT_FOR = timedelta(minutes=5)  # without a sign of life: staff should call the administrator


@dataclass(frozen=True)
class Queue:
    """A table of things to do. waiting, failed: () -> rows; since: the column that says since
    when; retry: (rows) puts what failed back among what waits, and says how many."""

    name: Words
    waiting: Callable[[], QuerySet]
    failed: Callable[[], QuerySet]
    since: str
    retry: Callable[[Any], int]


@dataclass(frozen=True)
class QueueStatus:
    """How much waits and failed in a queue now."""

    queue: Queue
    waiting: int
    oldest: datetime | None
    failed: int
    errors: list[str]


def queue_statuses() -> list[QueueStatus]:
    """Return for every queue how much waits and failed."""
    statuses = []
    for queue in QUEUES:
        waiting, failed = queue.waiting(), queue.failed()
        oldest = waiting.order_by(queue.since).values_list(queue.since, flat=True).first()
        errors = [str(row) for row in failed[:5]]
        statuses.append(QueueStatus(queue, waiting.count(), oldest, failed.count(), errors))
    return statuses


def retry_failed(name: str) -> int:
    """Retry what failed in the queue of this name; return how many."""
    return sum(queue.retry(queue.failed()) for queue in QUEUES if str(queue.name) == name)


def process_rows(waiting: QuerySet, process: Callable[[Any], None]) -> int:
    """Process waiting rows one by one in their order; return how many were done.

    `process` ends with a row that waits no more. A row is locked meanwhile: a worker that dies
    gives it back, a second one passes it over. One that fails is marked, and holds back no other;
    only a database that is away ends it all.
    """
    done = 0
    while True:
        with transaction.atomic():
            row = waiting.select_for_update(of=("self",), skip_locked=True).first()
            if row is None:
                return done
            try:
                with transaction.atomic():
                    process(row)
            except OperationalError:
                raise  # the database is away: all of it is tried again
            except Exception as error:
                mark_failed(row, error)
            else:
                done += 1


def mark_failed(row: Model, error: Exception) -> None:
    logger.exception("%s %s failed", row._meta.model_name, row.pk)
    words = f"{type(error).__name__}: {error}"[:300]
    type(row)._base_manager.filter(pk=row.pk).update(state=FAILED, error=words)


@every(minutes=1, only_workers=True)
def show_ordinary_worker(now: datetime) -> None:
    leave_sign_of_life(now)


@every(minutes=1, worker=URGENT, only_workers=True)
def show_urgent_worker(now: datetime) -> None:
    leave_sign_of_life(now, URGENT)


def leave_sign_of_life(now: datetime, worker: str = ORDINARY) -> None:
    """Record that beat asked and this worker answered."""
    cache.set(f"{SIGN}.{worker}", now.isoformat(), KEPT_FOR)


def last_sign_of_life(worker: str = ORDINARY) -> datetime | None:
    """Return when beat and a worker last worked together; None if never, or without Redis."""
    try:
        seen = cache.get(f"{SIGN}.{worker}")
    except RedisError:
        return None
    return datetime.fromisoformat(seen) if seen else None


def is_silent(now: datetime, worker: str = ORDINARY) -> bool:
    """True if the last sign of life of a worker is too old, or there never was one."""
    seen = last_sign_of_life(worker)
    return seen is None or now - seen > SILENT_FOR


def count_nudges() -> int | None:
    """Count the nudges that no worker has taken yet; None where the broker is away."""
    try:
        return count_messages(ORDINARY, URGENT)
    except BrokerAway:
        logger.warning("no broker to ask")
        return None
