"""Who starts, watches and stops the one-machine run.

Everything is a child of this process and ends with it, however it ends. A lock on
`var/lock`, which the kernel frees with the process, keeps a second copy away.
"""

import contextlib
import fcntl
import hashlib
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import NoReturn

from connect.local import mailserver, places, postgres, redis
from connect.local.children import CannotStart, Child, wait_until

OUR_APPS = sorted(folder.parent.name for folder in places.BASE.glob("*/migrations"))
SERVICES = {"PostgreSQL", "Redis", "The mail server"}
STOP_WITHIN = 8  # seconds, of the ten that a person is promised


def print_line(words: str) -> None:
    print(words, flush=True)


@contextlib.contextmanager
def locked_var() -> Iterator[None]:
    """Lock `var/` for this process; raises CannotStart with what to do."""
    try:
        (places.VAR / "log").mkdir(parents=True, exist_ok=True)
        lock = open(places.VAR / "lock", "a")  # noqa: SIM115 - held until the process ends
    except OSError as error:
        raise CannotStart(
            f"CONNECT cannot write in {places.VAR}: {error.strerror}. Start it where you may write,"
            " or set CONNECT_VAR to such a folder."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"CONNECT already runs on {places.VAR}: stop it first, or set CONNECT_VAR and PORT"
                " for a second one."
            ) from None
        yield


def check_port() -> None:
    family = socket.AF_INET6 if ":" in places.HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((places.HOST, int(places.PORT)))
        except (OSError, ValueError, OverflowError) as error:
            raise CannotStart(
                f"The address {places.HOST}:{places.PORT} cannot be used ({error}): choose another,"
                " as in `make run PORT=8001`."
            ) from None


# Only what migrates and fills the database opens it as its owner; web and workers never do.
AS_OWNER = {"CONNECT_OWNER": "1"}


def run_management_command(*words: str) -> str:
    """Run a management command, as the database's owner, to its end; CannotStart with its end."""
    return run_management_commands(words)


EACH_IN_TURN = """
import shlex, sys
from django.core.management import execute_from_command_line
for words in sys.argv[1:]:
    execute_from_command_line(["manage.py", *shlex.split(words)])
"""


def run_management_commands(*commands: Sequence[str]) -> str:
    """Run commands after each other in one process: its start takes as long as most of them."""
    lines = [shlex.join(words) for words in commands]
    done = subprocess.run(
        [sys.executable, "-c", EACH_IN_TURN, *lines],
        cwd=places.BASE,
        env={"DJANGO_SETTINGS_MODULE": "connect.settings"} | os.environ | AS_OWNER,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise CannotStart(f"`manage.py {', '.join(lines)}` failed: {last}")
    return done.stdout.strip()


def start_services() -> list[Child]:
    """Start PostgreSQL, Redis and the mail server; return the children."""
    return [postgres.start_postgres(), redis.start_redis(), mailserver.start_mail_server()]


def start_site() -> list[Child]:
    """Start the web server, the two workers and beat; return the children, ready."""
    python, log = [sys.executable, "-m"], places.VAR / "log"
    bind = places.site_url().removeprefix("http://")
    web = Child(
        "The web server",
        python
        + ["gunicorn", "connect.wsgi", "--bind", bind, "--workers", "2", "--threads", "4"]
        + ["--graceful-timeout", "5", "--no-control-socket"],
        log=log / "web.log",
        cwd=places.BASE,
    )
    workers = start_workers()
    beat = Child(
        "Beat",
        python
        + ["celery", "-A", "connect.celery", "beat", "--loglevel", "INFO"]
        + ["--schedule", str(places.VAR / "beat"), "--pidfile", ""],
        log=log / "beat.log",
        cwd=places.BASE,
    )
    try:
        wait_until(is_web_answering, web)
    except CannotStart:
        stop_children([web, *workers, beat])
        raise
    return [web, *workers, beat]


def start_workers() -> list[Child]:
    """Start a worker, and one for urgent jobs, whatever the first computes."""
    words = [sys.executable, "-m", "celery", "-A", "connect.celery", "worker", "--loglevel", "INFO"]
    words += ["--without-gossip", "--without-mingle"]
    # Prefork with one child: the text encoder does not survive a fork once it was used,
    # and only the child uses it.
    ordinary = ["--queues", "celery", "--concurrency", "1"]
    urgent = ["--queues", "urgent", "--pool", "solo", "--hostname", "urgent@%h"]
    log = places.VAR / "log"
    return [
        Child("The worker", words + ordinary, log=log / "worker.log", cwd=places.BASE),
        Child("The urgent worker", words + urgent, log=log / "urgent.log", cwd=places.BASE),
    ]


def is_web_answering() -> bool:
    with socket.socket(socket.AF_INET6 if ":" in places.HOST else socket.AF_INET) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((places.HOST, int(places.PORT))) == 0


def stop_children(children: list[Child]) -> None:
    """Stop the programme, then its services, all within STOP_WITHIN seconds."""
    services = [child for child in children if child.name in SERVICES]
    programme = [child for child in children if child not in services]
    deadline = time.monotonic() + STOP_WITHIN
    for group, spare in ((programme, 3), (services, 0)):
        for child in group:
            child.ask_to_stop()
        for child in group:
            child.wait(max(0.1, deadline - spare - time.monotonic()))


class StopRequested(BaseException):
    """Ctrl-C or SIGTERM at any point of the start."""


def on_signal(number: int, frame: FrameType | None) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise StopRequested


def digest_version() -> str:
    """Return a digest of everything that `prepare_site` writes into database and static files."""
    paths = [places.BASE / "requirements.txt"]
    for folder in ("*/migrations", "registry", "registry/data", "static", "impact/demo"):
        paths += [path for path in places.BASE.glob(f"{folder}/*") if path.is_file()]
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.read_bytes())
    return total.hexdigest()


def prepare_site() -> None:
    """Bring database and static files up to this version of CONNECT; nothing where they are.

    The stamp lies beside the database's own files and goes with them.
    """
    stamp, wanted = postgres.data_folder() / "prepared", digest_version()
    there = (places.VAR / "static").is_dir() and stamp.exists()
    if there and stamp.read_text() == wanted:
        print_line("3/5 Database and reference data: as they were")
        print_line("4/5 Demonstration data: as it was")
        return
    print_line("3/5 Database and reference data …")
    run_management_commands(
        ["migrate", "--no-input"],
        ["grant_role", places.WEB_ROLE],
        ["rotate_keys"],
        ["load_reference", "--towns"],
    )
    print_line("4/5 Demonstration data, once, and static files …")
    run_management_commands(["demo"], ["collectstatic", "--no-input"])
    stamp.write_text(wanted)


def warn_of_others() -> None:
    """Warn that other machines can reach a demonstration."""
    if places.HOST not in ("127.0.0.1", "::1", "localhost"):
        print_line(
            f"Careful: on {places.HOST} anybody who reaches port {places.PORT} of this machine"
            " signs in as anybody, staff too. Put nothing real in; leave HOST out to stay alone."
        )


def run_site() -> int:
    print_line(f"CONNECT on {places.VAR}")
    warn_of_others()
    children = []
    try:
        signal.signal(signal.SIGINT, on_signal)
        signal.signal(signal.SIGTERM, on_signal)
        check_port()
        print_line("1/5 PostgreSQL …")
        children.append(postgres.start_postgres())
        print_line("2/5 Redis and the mail server …")
        children.append(redis.start_redis())
        children.append(mailserver.start_mail_server())
        prepare_site()
        print_line("5/5 Web server, workers and beat …")
        children += start_site()
        print_line(print_welcome())
        while True:
            for child in children:
                if child.has_ended():
                    raise CannotStart(
                        f"{child.name} stopped: {child.last_log_line()} (log: {child.log})"
                    )
            time.sleep(0.5)
    except StopRequested:
        print_line("\nStopping …")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop_children(children)
        print_line("Stopped.")


def print_welcome() -> str:
    url = places.site_url()
    return f"""
CONNECT is at {url}/

Try it as a person of the demonstration (invented, one button each): {url}/en/demo/
   Efua Mensah      writes the dossiers of Agona West, Ghana (applicant)
   Ines Duarte      programme officer: the desk is {url}/admin/
   Anna Lindqvist   member of the selection committee
   Ineke de Vries   expert of Almere, the Netherlands
   Abena Owusu      association of authorities in Ghana
The letters that CONNECT sends: {url}/en/demo/mail/
Ctrl-C stops everything; your data stays in {places.VAR}."""


def check_project() -> int:
    """The checks of `make lint` that need a database: migrations and translations."""
    children = start_services()
    try:
        for words in (
            ["check", "--fail-level", "WARNING"],
            ["check", "--fail-level", "WARNING", "--deploy", "--tag", "letters"],
            ["makemigrations", "--check", "--dry-run"],
            ["lintmigrations", "--no-cache", "--settings", "tests.lint_settings"]
            + ["--quiet", "warning", "ok", "--include-apps", *OUR_APPS]
            # They widen columns, which old code does not notice; the unique constraints of the
            # others hold fewer rows than those they replace.
            + ["--ignore-name", "0014_restricted", "0011_undone_before_asked"]
            + ["0019_vectors_by_encoder", "0031_more_roles_for_members"]
            + ["--ignore-name-contains", "_long_"],
            ["check_markup"],
            ["check_translations"],
            ["check_words"],
        ):
            command = [sys.executable, "manage.py", *words]
            done = subprocess.run(command, cwd=places.BASE, env=os.environ | AS_OWNER)
            if done.returncode:
                return 1
        return 0
    finally:
        stop_children(children)


def main(words: list[str]) -> int:
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        sys.stderr.write(
            "`make run` is the one-machine run and brings its own database: unset DATABASE_URL, or"
            " start as production (docs/deploy.md).\n"
        )
        return 2
    try:
        with locked_var():
            return check_project() if words == ["check"] else run_site()
    except CannotStart as reason:
        sys.stderr.write(f"{reason}\n")
        return 2
