"""Real servers of a deployment, beside those of the tests, and an environment of production."""

import contextlib
import os
import shutil
import subprocess
import sys

from django.db import connection

from connect.local import places
from connect.local.children import free_port
from connect.local.mailserver import is_listening
from tests.conftest import wait_for
from tests.local.production import PRODUCTION

PATH = f"{os.environ['PATH']}:/usr/sbin"


def production(tmp_path, *, port=None, role=places.WEB_ROLE, database="", **variables):
    """An environment of production on the database, Redis and mail server of this test."""
    ports, secrets = places.read_ports(), places.make_secrets()
    (tmp_path / "files").mkdir(exist_ok=True)
    password = secrets["web" if role == places.WEB_ROLE else "postgres"]
    where = f"127.0.0.1:{port or ports['postgres']}/{database or connection.settings_dict['NAME']}"
    own = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "connect.settings",
        "DATABASE_URL": f"postgresql://{role}:{password}@{where}",
        "REDIS_URL": places.redis_url(),
        "EMAIL_URL": places.email_url(),
        "STORAGE_URL": f"file://{tmp_path / 'files'}",
        "STATIC_ROOT": str(places.VAR / "static"),
        "CACHE_DIR": str(tmp_path / "cache"),
    }
    return PRODUCTION | own | variables


def run(environment, *words):
    """Run the product's Python to its end."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=places.BASE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@contextlib.contextmanager
def started(command, environment, log, port):
    """A process of ours that listens on a port."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            command, cwd=places.BASE, env=environment, stdout=output, stderr=output
        )
    try:
        wait_for(lambda: is_listening(port))
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def pooler(tmp_path):
    """PgBouncer in transaction mode, with two sessions of the database for all; its port."""
    port, secrets = free_port(), places.make_secrets()
    users = tmp_path / "users.txt"
    users.write_text(f'"{places.WEB_ROLE}" "{secrets["web"]}"\n"connect" "{secrets["postgres"]}"\n')
    settings = tmp_path / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host=127.0.0.1 port={places.read_ports()['postgres']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
    program = shutil.which("pgbouncer", path=PATH)
    command = [program, str(settings)]
    if os.geteuid() == 0:  # it refuses to be root
        command[1:1] = ["-u", "nobody"]
        for path in (tmp_path, *tmp_path.parents[:2]):
            path.chmod(0o755)
        users.chmod(0o644)
    with started(command, dict(os.environ), tmp_path / "pgbouncer.log", port):
        yield port


@contextlib.contextmanager
def web(environment, tmp_path):
    """Gunicorn with these variables; its port."""
    port = free_port()
    words = ["-m", "gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    command = [sys.executable, *words, "--no-control-socket"]
    with started(command, environment, tmp_path / "web.log", port):
        yield port


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
