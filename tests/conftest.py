"""What the tests share: reference data, a real worker, the letters received, a browser."""

import contextlib
import email
import email.policy
import gc
import io
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from functools import partial
from operator import attrgetter

import hypothesis
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.utils import translation
from redis import Redis
from redis.connection import AbstractConnection
from redis.exceptions import ConnectionError as Away
from whitenoise.base import WhiteNoise

from connect import cache
from connect.local import places
from connect.local.children import free_port
from connect.local.mailserver import is_listening
from notifications.models import Letter
from registry import reference
from tests.factories import give_factor

REFERENCE = {}  # {table: its rows, as PostgreSQL copies them}
# However long a busy machine takes for an example.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs beside the ORM


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run those tests of a module last that begin with what is made `once`: no other sees it.

    Long ones, which make nothing once, come before all: one that began late would keep a worker at
    it while the others have nothing left to do.
    """
    modules = itertools.groupby(items, attrgetter("module"))
    in_order = [
        item
        for _module, tests in modules
        for item in sorted(tests, key=lambda item: "once" in item.fixturenames)
    ]
    items[:] = sorted(in_order, key=lambda item: item.get_closest_marker("long") is None)


def pytest_xdist_auto_num_workers(config):
    """Start one more than there are cores: each waits a third of its time for its servers."""
    return min((os.cpu_count() or 1) + 1, 15)  # Redis has sixteen databases


def pytest_collection_finish(session):
    """Look for garbage seldom, and not in what was imported: it cost a test in twenty."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


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
    """Load the reference data, and keep a copy for `sets_the_database_back`."""
    with django_db_blocker.unblock():
        load_reference()
        with connection.cursor() as cursor:
            for table in filled_tables(cursor):
                rows = io.StringIO()
                cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
                REFERENCE[table] = rows.getvalue()


def filled_tables(cursor):
    """List the tables of our models that hold rows."""
    tables = connection.introspection.django_table_names(include_views=False)
    asked = (f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in tables)  # noqa: S608
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


@pytest.fixture(autouse=True, scope="session")
def sets_the_database_back():
    """Leave the reference data after a test that commits, and delete only what there is.

    To truncate all tables, and to load that data again, takes a second each. Of what is append-only
    the harness alone may delete rows, past its triggers.
    """
    flush = DatabaseOperations.execute_sql_flush

    def set_back(self, statements):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in filled_tables(cursor):
                cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608
            for table, rows in REFERENCE.items():
                cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(rows))

    DatabaseOperations.execute_sql_flush = set_back
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
def quick_passwords(monkeypatch):
    """Hash passwords as ever, in a hundredth of the time; servers of tests take the whole."""
    monkeypatch.setattr(ScryptPasswordHasher, "work_factor", 2**7)


@pytest.fixture(autouse=True)
def own_cache(settings):
    """What one test remembers or counts is not another's, nor that of the processes it starts."""
    cache.until.clear()  # that Redis was away in the test before
    mine = settings.CACHES["default"] | {"KEY_PREFIX": str(uuid.uuid4())}
    settings.CACHES = {"default": mine}


@pytest.fixture(autouse=True, scope="session")
def whole_sign_in():
    """`force_login` stands for a whole sign-in: whoever has a second factor has given it."""
    log_in = Client.force_login

    def force_login(client, user, backend=None):
        log_in(client, user, backend)
        if Authenticator.objects.filter(user=user).exists():
            give_factor(client)

    Client.force_login = force_login
    yield
    Client.force_login = log_in


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


@pytest.fixture(scope="module")
def once(django_db_setup, django_db_blocker):
    """What asks for it is made once for all tests of its module that begin with it.

    Its rows are written within a transaction around those of the tests. Each test takes a copy of
    what was made (`copy.deepcopy`), which it may change.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def after_flush(transactional_db):
    """The database of a test that commits, which begins with the reference data alone."""


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
def process(name, *command, cache_prefix="", **variables):
    """A process of the product on this test's database, broker and letter box."""
    environment = (
        os.environ
        | variables
        | {
            "CONNECT_DATABASE": connection.settings_dict["NAME"],
            "CONNECT_CACHE_PREFIX": cache_prefix or settings.CACHES["default"]["KEY_PREFIX"],
        }
    )
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
def worker(transactional_db):
    """A real Celery worker, for both queues."""
    with work_on("celery,urgent") as started:
        yield started


@pytest.fixture(scope="session")
def web_server(django_db_setup):
    """A real web server for all tests that look at its pages, and what it names its keys with."""
    port, prefix = free_port(), str(uuid.uuid4())
    words = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    # What can be undone is told at once: nobody waits for the minutes to be over.
    words.append("--no-control-socket")
    with process("web", *words, cache_prefix=prefix, UNDO_MINUTES="0"):
        wait_for(lambda: is_listening(port))
        yield f"http://127.0.0.1:{port}", prefix


@pytest.fixture
def site(transactional_db, web_server, settings):
    """The address of a real web server, with the static files as they are served."""
    address, prefix = web_server
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}
    server = Redis.from_url(settings.CACHES["default"]["LOCATION"])
    for key in server.scan_iter(f"{prefix}:*"):
        server.delete(key)
    return address


@pytest.fixture
def no_redis(monkeypatch):
    """Redis is away: for the cache, for the broker, and for connections that are open."""

    def away(*args, **kwargs):
        raise Away("down")

    monkeypatch.setattr(AbstractConnection, "send_packed_command", away)


@pytest.fixture
def received():
    """A function that lists the letters a person received since the test began.

    The tests beside this one send theirs to the same server, and often to the same address.
    """
    folder = places.VAR / "mail"
    before = set(folder.glob("*.eml"))

    def letters(address):
        paths = sorted(set(folder.glob("*.eml")) - before)
        read = partial(email.message_from_bytes, policy=email.policy.default)
        ours = {f"<{one}@connect>" for one in Letter.objects.values_list("message_id", flat=True)}
        found = [one for path in paths if (one := read(path.read_bytes()))["To"] == address]
        # What `doctor` sends is no letter of the outbox, and has an address of its server.
        return [
            m for m in found if m["Message-ID"] in ours or not m["Message-ID"].endswith("@connect>")
        ]

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
