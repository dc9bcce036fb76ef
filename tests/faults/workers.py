"""A worker of the project, in a process that may be killed."""

import random

from connect.local import places
from tests.conftest import process

WORKER = ["celery", "-A", "connect.celery", "worker", "--beat", "--concurrency", "1"]


def worker():
    schedule = places.VAR / f"beat-{random.random()}"  # noqa: S311
    return process("faults", *WORKER, "--schedule", str(schedule), "--without-mingle")
