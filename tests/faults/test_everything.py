"""Everything is killed at random: web, worker, beat, PostgreSQL, the broker, the mail server."""

import os
import random
import shutil
import subprocess
import sys

import pytest

from connect.local import places


@pytest.mark.long
@pytest.mark.parametrize(
    ("kills", "seed"),
    [(8, 3), pytest.param(200, random.randrange(10**6), marks=pytest.mark.faults)],  # noqa: S311
    ids=["each once", "200 at random"],
)
def test_whatever_is_killed_and_whenever_nothing_acknowledged_is_lost(kills, seed):
    """K1, K2, K3, K4: saves, letters and rankings, on servers of their own."""
    folder = places.VAR / "everything"  # not of pytest's: PostgreSQL may run as another user
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "log").mkdir(parents=True)
    words = [sys.executable, "-m", "tests.faults.everything", str(kills), str(seed)]
    environment = os.environ | {"CONNECT_VAR": str(folder), "CONNECT_REDIS_DB": "0"}
    for name in ("CONNECT_DATABASE", "CONNECT_OWNER"):  # as web and workers sign in
        environment.pop(name, None)

    done = subprocess.run(
        words, cwd=places.BASE, env=environment, capture_output=True, text=True, check=False
    )

    print(done.stdout)  # noqa: T201 - the seed, to repeat it by
    assert done.returncode == 0, done.stdout + done.stderr
