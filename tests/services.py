"""PostgreSQL, Redis and the mail server of the tests: real ones, on `var/test`.

A pytest plugin, so that they run before the settings are read. The first process starts
them; the parallel workers find them by their ports.
"""

import atexit
import os
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

os.environ.setdefault("CONNECT_VAR", str(BASE / "var" / "test"))
os.environ.pop("DATABASE_URL", None)
os.environ["DEMO"] = "1"
os.environ["CONNECT_REDIS_DB"] = str(int(WORKER.removeprefix("gw") or -1) + 1)

if not WORKER:
    from connect.local import supervisor

    held = supervisor.locked_var()
    held.__enter__()
    children = supervisor.start_services()
    atexit.register(supervisor.stop, children)
    supervisor.manage("collectstatic", "--no-input")
