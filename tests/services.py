"""PostgreSQL, Redis and the mail server of the tests: real ones, on `var/test`.

A pytest plugin, so that they run before the settings are read. The first process starts
them; the parallel workers find them by their ports.
"""

import atexit
import gc
import hashlib
import os
import sys
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
NOT_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

os.environ.setdefault("CONNECT_VAR", str(BASE / "var" / "test"))
os.environ.pop("DATABASE_URL", None)
os.environ["DEMO"] = "1"
# The processes of a run share the cores: threads inside one wait for those of the others.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["CONNECT_OWNER"] = "1"  # who makes the tests' databases; as the web's role: test_audit
gc.disable()  # until all tests are collected: none of what is imported is garbage
# Each of a hundred processes would compile the product anew, and each worker the tests.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["CONNECT_REDIS_DB"] = str(int(WORKER.removeprefix("gw") or -1) + 1)


def collect_static():
    """Collect the static files, where they or the packages that bring some have changed."""
    stamp = Path(os.environ["CONNECT_VAR"]) / "collected"
    digest = digest_of([BASE / "requirements.txt", *(BASE / "static").rglob("*")])
    if not stamp.exists() or stamp.read_text() != digest:
        supervisor.run_management_command("collectstatic", "--no-input")
        stamp.write_text(digest)


def digest_of(paths):
    """Name the content of some files, in the order of their paths."""
    total = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()


def execute(*statements):
    link = postgres.connect_as_owner("postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    link.close()


def forgo_durability():
    """Let PostgreSQL answer before its disk does: what a test writes need outlive no power cut."""
    execute(*(f"ALTER SYSTEM SET {name} = off" for name in NOT_DURABLE), "SELECT pg_reload_conf()")


def migrate_template():
    """Migrate the database of which each process of the tests gets a copy, where it is not yet."""
    stamp = Path(os.environ["CONNECT_VAR"]) / "migrated"
    digest = digest_of([BASE / "requirements.txt", *BASE.glob("*/migrations/*.py")])
    if not stamp.exists() or stamp.read_text() != digest:
        execute("DROP DATABASE IF EXISTS connect", "CREATE DATABASE connect")
        supervisor.run_management_command("migrate")
        stamp.write_text(digest)


if not WORKER:
    from connect.local import postgres, supervisor

    held = supervisor.locked_var()
    held.__enter__()
    children = supervisor.start_services()
    atexit.register(supervisor.stop_children, children)
    collect_static()
    forgo_durability()
    migrate_template()
