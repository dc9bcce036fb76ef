"""How a request tells a worker to look at the database sooner than beat would."""

import logging

from django.db import connection, transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


class Nudge:
    """What is done after the commit, once a transaction for each task."""

    def __init__(self, task):
        self.task = task

    def __call__(self):
        try:
            self.task.apply_async(retry=False, ignore_result=True)
        except OperationalError:
            logger.warning("no broker: %s waits for beat", self.task.name)


def nudge(task):
    """After the commit, ask a worker to run this task; a broker that is away only delays it."""
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, Nudge) and call.task is task for call in waiting):
        transaction.on_commit(Nudge(task), robust=True)
