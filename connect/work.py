"""What waits for the workers: each app names its queues here, for the staff's page.

A queue is a table whose rows wait; the broker only says that somebody should look.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from connect.celery import ORDINARY, URGENT, app
from connect.clockwork import by_the_clock
from connect.models import Try

logger = logging.getLogger(__name__)
BEAT, KEPT_FOR = "connect.beat", 7 * 24 * 3600
QUEUES: list = []
LATE = timedelta(minutes=5)  # without a sign of life: staff should call the administrator


@dataclass(frozen=True)
class Queue:
    """A table of things to do. waiting, failed: () -> rows; since: the column that says since
    when; retry: (rows) puts what failed back among what waits, and says how many."""

    name: str
    waiting: Callable
    failed: Callable
    since: str
    retry: Callable


@dataclass(frozen=True)
class Stand:
    """How a queue stands now."""

    queue: Queue
    waiting: int
    oldest: datetime | None
    failed: int
    errors: list


def stands():
    """Say how every queue stands."""
    found = []
    for queue in QUEUES:
        waiting, failed = queue.waiting(), queue.failed()
        oldest = waiting.order_by(queue.since).values_list(queue.since, flat=True).first()
        errors = [str(row) for row in failed[:5]]
        found.append(Stand(queue, waiting.count(), oldest, failed.count(), errors))
    return found


def retry(name):
    """Put what failed in the queue of this name back among what waits; return how many."""
    return sum(queue.retry(queue.failed()) for queue in QUEUES if str(queue.name) == name)


def beat(now, queue=ORDINARY):
    """Leave a sign of life: beat asked for it and a worker of the queue came."""
    cache.set(f"{BEAT}.{queue}", now.isoformat(), KEPT_FOR)


def last_beat(queue=ORDINARY):
    """Say when beat and a worker last worked together; None if never, or if Redis is away."""
    try:
        said = cache.get(f"{BEAT}.{queue}")
    except RedisError:
        return None
    return timezone.datetime.fromisoformat(said) if said else None


def is_late(now, queue=ORDINARY):
    """True where the last sign of life of a queue is too old, or there never was one."""
    seen = last_beat(queue)
    return seen is None or now - seen > LATE


@by_the_clock(writes=False)
def forget_tries(now):
    """Delete what was counted while Redis was away and is over; return how many."""
    return Try.objects.filter(expires__lt=now).delete()[0]


def asked_of_broker():
    """Count the nudges that no worker has taken yet; None where the broker is away."""
    try:
        with app.connection_for_read() as connection:
            declare = connection.default_channel.queue_declare
            return sum(declare(name, passive=False).message_count for name in (ORDINARY, URGENT))
    except (OperationalError, RedisError, OSError):
        logger.warning("no broker to ask")
        return None
