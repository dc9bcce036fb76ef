"""What the tests share: reference data, a real worker, the letters received, a browser."""

import contextlib
import email
import email.policy
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.utils import translation
from whitenoise.base import WhiteNoise

from connect import cache
from connect.local import places
from connect.local.children import free_port
from connect.local.mailserver import is_listening
from registry import reference
from tests.factories import give_factor

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside the ORM


def pytest_collection_finish(session):
    """Leave what was imported to the end: to look through it for garbage costs a test in twenty."""
    gc.collect()
    gc.freeze()


def load_reference():
    reference.load_groups()
    reference.load_themes()
    reference.load_incomes()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Copy the database that `tests/services.py` migrated, instead of migrating once a process."""
    connection.settings_dict["TEST"]["TEMPLATE"] = settings.DATABASES["default"]["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load_reference()


@pytest.fixture(autouse=True, scope="session")
def flushes_what_is_append_only():
    """Let the harness, and it alone, empty tables whose triggers refuse it between tests."""
    flush = DatabaseOperations.execute_sql_flush

    def past_triggers(self, statements):
        as_replica = "SET session_replication_role = replica;"
        flush(self, [as_replica, *statements, "RESET session_replication_role;"])

    DatabaseOperations.execute_sql_flush = past_triggers
    yield
    DatabaseOperations.execute_sql_flush = flush


@pytest.fixture(autouse=True, scope="session")
def walks_the_static_files_once():
    """Share the static files between clients: each would walk their folder at its first request."""
    walk, known = WhiteNoise.update_files_dictionary, {}

    def update_files_dictionary(self, root, prefix):
        if (root, prefix) not in known:
            walk(self, root, prefix)
            known[root, prefix] = self.files
        self.files = self.files | known[root, prefix]

    WhiteNoise.update_files_dictionary = update_files_dictionary
    yield
    WhiteNoise.update_files_dictionary = walk


@pytest.fixture(autouse=True, scope="session")
def shuffles_what_has_no_order():
    """Give rows in any order where a query asks for none, as PostgreSQL may on another day."""
    ordered = SQLCompiler.get_order_by

    def get_order_by(compiler):
        order, query = ordered(compiler), compiler.query
        folded = query.subquery or query.combinator or query.distinct or query.group_by is not None
        if order or folded or not query.default_cols and not query.select:
            return order
        return [(OrderBy(Random()), ("RANDOM()", [], None))]

    SQLCompiler.get_order_by = get_order_by
    yield
    SQLCompiler.get_order_by = ordered


@pytest.fixture(autouse=True)
def real_mail(settings):
    """Django's test runner would keep letters in memory: here they go to a server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def own_cache(settings):
    """What one test remembers or counts is not another's, nor that of the processes it starts."""
    cache.until.clear()  # that Redis was away in the test before
    mine = settings.CACHES["default"] | {"KEY_PREFIX": str(uuid.uuid4())}
    settings.CACHES = {"default": mine}


@pytest.fixture(autouse=True)
def whole_sign_in(monkeypatch):
    """`force_login` stands for a whole sign-in: whoever has a second factor has given it."""
    log_in = Client.force_login

    def force_login(client, user, backend=None):
        log_in(client, user, backend)
        if Authenticator.objects.filter(user=user).exists():
            give_factor(client)

    monkeypatch.setattr(Client, "force_login", force_login)


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch):
    """What a test changes is seen at once: by itself, for its processes remember as ever."""
    monkeypatch.setattr("registry.search.REMEMBERED_FOR", 0)
    monkeypatch.setattr("applications.journey.KEPT_FOR", 0)
    monkeypatch.setattr("impact.views.REMEMBERED_FOR", 0)


@pytest.fixture(autouse=True)
def in_english():
    """What a page of the test before was read in is not this one's language."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def reference_there(request):
    """Load the reference data where a test of another order has emptied the tables."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        if not Group.objects.exists():
            load_reference()


@pytest.fixture
def after_flush(transactional_db):
    """Reference data for a test that commits: the test before it may have emptied the tables."""
    load_reference()


def wait_for(condition, seconds=30):
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return answer


def at_once(*calls):
    """Run calls in threads of their own, each with its connection; return what they raised."""
    raised, barrier = [], threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        try:
            call()
        except ValidationError as refusal:
            raised.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@contextlib.contextmanager
def process(name, *command):
    """A process of the product on this test's database, broker and letter box."""
    environment = os.environ | {
        "CONNECT_DATABASE": connection.settings_dict["NAME"],
        "CONNECT_CACHE_PREFIX": settings.CACHES["default"]["KEY_PREFIX"],
    }
    log = places.VAR / "log" / f"{name}-{os.getpid()}.log"
    with open(log, "ab") as output:
        started = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=places.BASE,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield started
    finally:  # after a test that failed, too: what lives on holds the database
        started.terminate()
        try:
            started.wait(40)
        finally:
            with contextlib.suppress(ProcessLookupError):  # what a killed master left behind
                os.killpg(started.pid, signal.SIGKILL)


def work_on(queues):
    """A real Celery worker for these queues."""
    words = ["celery", "-A", "connect.celery", "worker", "--queues", queues, "--concurrency", "1"]
    return process("worker", *words, "--without-gossip", "--without-mingle")


@pytest.fixture
def worker(after_flush):
    """A real Celery worker, for both queues."""
    with work_on("celery,urgent") as started:
        yield started


@pytest.fixture
def site(after_flush):
    """The address of a real web server, with the static files as they are served."""
    port = free_port()
    words = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with process("web", *words, "--no-control-socket"):
        wait_for(lambda: is_listening(port))
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def received():
    """A function that lists the letters a person received since the test began."""
    folder = places.VAR / "mail"
    before = set(folder.glob("*.eml"))

    def letters(address):
        found = []
        for path in sorted(set(folder.glob("*.eml")) - before):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if message["To"] == address:
                found.append(message)
        return found

    return letters


@pytest.fixture(scope="session")
def browser(browser):
    """Close what was opened beside Playwright's loop while it runs.

    Django keeps a connection of its own there; when the loop has ended nobody finds it any more,
    and it holds the test database, which could not be dropped.
    """
    yield browser
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args():
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    chromium = next(filter(None, map(shutil.which, names)))
    return {
        "executable_path": chromium,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }
