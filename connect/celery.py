"""The Celery application: `celery -A connect.celery worker` and `beat`."""

import os
from functools import cache
from typing import Any

import redis
from celery import Celery, Task
from celery.result import AsyncResult
from celery.signals import worker_init
from kombu.exceptions import OperationalError
from kombu.transport.redis import Channel

# A machine runs a worker a core: each multiplies on its own, and no pool of threads that a
# library keeps has to survive the fork of a worker's child.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
# A broker that goes away ends the whole worker where it tries to hand messages back to it (kombu
# 5.7). Ours only say "look": what is to be done stands in the database, and beat asks again.
Channel.do_restore = False
ORDINARY, URGENT = "celery", "urgent"  # the queues of the broker, a worker process each
MOST_WAITING = 1000  # messages in a queue: where nobody takes them, more would fill Redis


class Job(Task):
    """A job whose messages are bounded: beat sends some without end, whoever works or not."""

    def apply_async(self, *args: Any, **options: Any) -> AsyncResult | None:
        """Send a message, unless very many wait already: those say the same, and beat asks again.

        Raises OperationalError where the broker is away.
        """
        from connect.traces import current_request_id  # noqa: PLC0415 - it asks Django

        if caused_by := current_request_id():
            options["headers"] = {**(options.get("headers") or {}), "caused_by": caused_by}
        waiting = count_messages(options.get("queue", ORDINARY))
        return None if waiting >= MOST_WAITING else super().apply_async(*args, **options)


@cache
def get_broker(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)


def count_messages(*queues: str) -> int:
    """Count the messages of queues that no worker has taken; OperationalError without a broker."""
    try:
        return sum(get_broker(app.conf.broker_url).llen(queue) for queue in queues)
    except redis.RedisError as error:
        raise OperationalError(str(error)) from error


app = Celery("connect", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")


@worker_init.connect
def look_before_work(**kwargs: Any) -> None:
    from connect.start_checks import check_limits  # noqa: PLC0415 - the settings are read by then

    check_limits()
