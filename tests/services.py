"""PostgreSQL, Redis and the mail server of the tests: real ones, on `var/test`.

A pytest plugin, so that they run before the settings are read. The first process starts
them; the parallel workers find them by their ports.
"""

import atexit
import hashlib
import os
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

os.environ.setdefault("CONNECT_VAR", str(BASE / "var" / "test"))
os.environ.pop("DATABASE_URL", None)
os.environ["DEMO"] = "1"
os.environ["CONNECT_OWNER"] = "1"  # who makes the tests' databases; as the web's role: test_audit
os.environ["CONNECT_REDIS_DB"] = str(int(WORKER.removeprefix("gw") or -1) + 1)


def collect_static():
    """Collect the static files, where they or the packages that bring some have changed."""
    stamp, total = Path(os.environ["CONNECT_VAR"]) / "collected", hashlib.sha256()
    for path in [BASE / "requirements.txt", *sorted((BASE / "static").rglob("*"))]:
        if path.is_file():
            total.update(path.name.encode() + path.read_bytes())
    if not stamp.exists() or stamp.read_text() != total.hexdigest():
        supervisor.manage("collectstatic", "--no-input")
        stamp.write_text(total.hexdigest())


if not WORKER:
    from connect.local import supervisor

    held = supervisor.locked_var()
    held.__enter__()
    children = supervisor.start_services()
    atexit.register(supervisor.stop, children)
    collect_static()
