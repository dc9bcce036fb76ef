"""`manage.py doctor`: each fault is planted on real servers, one at a time, and found and told."""

import contextlib
import dataclasses
import datetime
import http.server
import io
import ipaddress
import json
import ssl
import threading

import pytest
import time_machine
from aiosmtpd.controller import Controller
from allauth.mfa.models import Authenticator
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from accounts.models import OFFICERS, User
from connect import doctor, queues
from connect.doctor import database, services, site, storage, translation
from connect.keys import parse_keys
from connect.local import places, redis
from connect.local.children import free_port
from connect.local.places import random_key
from connect.restricted import encrypt
from connect.sign_in_providers import parse_providers
from engine.encoders import Endpoint, Together
from exchanges.models import Incident
from tests.deploy.servers import started
from tests.factories import OF_PROCESS, make_user
from tests.notifications.imap import imap_server
from tests.scanner import scanning
from tests.translators import translating
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db
ADA = f"ada{OF_PROCESS}@connect.eu"  # the letter box is shared
autodiscover_modules("doctor")
assert database and services and site and storage and translation  # they register what they examine


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def examine(name):
    """Return what an examination finds, as it is printed."""
    faults = doctor.find_faults(doctor.EXAMINATIONS[name])
    assert all(fault.why and fault.mend for fault in faults)
    return [f"{fault.what} {fault.mend}" for fault in faults]


@pytest.fixture
def as_web(db):
    """The rest is done with the role of web and workers, within this transaction."""
    call_command("grant_role", places.WEB_ROLE, stdout=io.StringIO())
    sql(f"SET LOCAL ROLE {places.WEB_ROLE}")


def as_owner(statement, *values):
    sql("RESET ROLE")
    sql(statement, *values)
    sql(f"SET LOCAL ROLE {places.WEB_ROLE}")


# The web site of this installation


class Site(http.server.BaseHTTPRequestHandler):
    """Answers with `says`: (status, where to)."""

    says = (200, "")

    def do_GET(self):  # noqa: N802 - the name of the method
        status, where = self.says
        self.send_response(status)
        if where:
            self.send_header("Location", where)
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of its own for 127.0.0.1, which nobody trusts unless told so."""
    key, path = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls") / "both.pem"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connect")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    words = (serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*words) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def served(certificate, settings, monkeypatch):
    """The site behind TLS, by a certificate that this machine trusts."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Site,), {}))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    settings.SITE_URL = f"https://127.0.0.1:{server.server_port}"
    yield server.RequestHandlerClass
    server.shutdown()
    server.server_close()


# All is well


@pytest.fixture
def well(as_web, served, settings, tmp_path):
    """An installation that nothing is wrong with."""
    sql("RESET ROLE")
    User.objects.create_superuser(ADA, name="Ada")
    sql(f"SET LOCAL ROLE {places.WEB_ROLE}")
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(tmp_path)}}
    }
    for worker in ("celery", "urgent"):
        queues.leave_sign_of_life(timezone.now(), worker)


def test_nothing_is_found_where_nothing_is_wrong(well, settings, received):
    """And the administrator has an e-mail that says so."""
    said = io.StringIO()
    with scanning() as settings.CLAMAV_ADDRESS, imap_server() as settings.MAILBOX:
        call_command("doctor", stdout=said)

    assert "WRONG" not in said.getvalue() and "All is well" in said.getvalue()
    assert "e-mails leave" in received(ADA)[0]["Subject"]


def test_a_timer_of_each_hour_sends_no_e_mail(well, settings, received):
    """Up to three administrators had 24 of them a day."""
    said = io.StringIO()
    with scanning() as settings.CLAMAV_ADDRESS, imap_server() as settings.MAILBOX:
        call_command("doctor", skip=["mail"], stdout=said)

    assert "All is well" in said.getvalue() and "mail:" not in said.getvalue()
    assert received(ADA) == []


def test_a_fault_is_told_with_its_mending_and_the_exit_status_tells(well, settings):
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{free_port()}"
    said = io.StringIO()

    with pytest.raises(CommandError) as refusal:
        call_command("doctor", only=["virus scanner", "extensions"], stdout=said)

    assert refusal.value.returncode == 1
    assert said.getvalue().startswith("extensions: well\nvirus scanner: WRONG\n")
    assert "Why: " in said.getvalue() and "Mend: See that clamd runs" in said.getvalue()


# The faults


@contextlib.contextmanager
def other_database(**changes):
    """Another connection in the place of ours."""
    there = type(connection.copy())({**connection.settings_dict, **changes}, alias="other")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "connection", there)
        patch.setattr(doctor, "connection", there)
        yield
    there.close()


def test_1_the_database_is_away():
    with other_database(PORT=str(free_port())):
        (said,) = examine("database")
        made = dict(doctor.examine(["limits", "migrations"]))

    assert "does not answer" in said and "DATABASE_URL" in said
    assert made == {"limits": None, "migrations": None}


def test_2_the_password_of_the_database_is_wrong():
    with other_database(PASSWORD="wrong"):
        (said,) = examine("database")

    assert "password authentication failed" in said


def test_3_the_role_of_the_web_owns_the_tables():
    (said,) = examine("database")  # as the tests, who own them

    assert "could change what is recorded" in said and "CREATE ROLE" in said


def test_4_a_right_is_missing(as_web):
    as_owner("REVOKE SELECT ON registry_authority FROM connect_web")

    (said,) = examine("database")

    assert "may not read registry_authority" in said and "grant_role connect_web" in said


def test_5_an_extension_is_missing(as_web):
    as_owner("DROP EXTENSION unaccent CASCADE")

    (said,) = examine("extensions")

    assert "CREATE EXTENSION unaccent;" in said


def test_6_the_database_holds_us_to_no_limits(as_web):
    sql("SET LOCAL statement_timeout = 0")

    (said,) = examine("limits")

    assert "no statement_timeout of 30s" in said and "grant_role" in said


def test_7_a_migration_is_not_made(as_web):
    as_owner("DELETE FROM django_migrations WHERE app = 'practices'")

    (said,) = examine("migrations")

    assert "are not made: practices" in said and "manage.py migrate" in said


def test_8_the_keys_open_nothing_that_was_encrypted(settings):
    incident = Incident.objects.create(
        exchange=make_exchange(1),
        happened_on=datetime.date(2026, 3, 1),
        kind="safety",
        severity=1,
        account="A fall.",
        reported_at=timezone.now(),
    )
    Authenticator.objects.create(
        user=make_user(), type=Authenticator.Type.TOTP, data={"secret": encrypt("SEED")}
    )
    settings.FIELD_KEYS = parse_keys(random_key())

    (texts,) = examine("keys")
    (factors,) = examine("second factors")

    assert incident.pk and "No key of FIELD_KEYS opens exchanges.Incident.account" in texts
    assert "opens the second factors" in factors


def test_9_the_clock_is_wrong(as_web):
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=10)):
        (said,) = examine("clock")

    assert "600 seconds apart" in said or "599 seconds apart" in said


def test_10_redis_is_away(settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"

    (said,) = examine("redis")

    assert "Redis does not answer" in said and "REDIS_URL" in said


def test_11_redis_throws_out_what_it_was_given(settings, tmp_path):
    port = free_port()
    words = ["--port", str(port), "--save", "", "--maxmemory", "50mb"]
    command = [str(redis.server_program()), *words, "--maxmemory-policy", "allkeys-lru"]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    with started(command, {}, tmp_path / "redis.log", port):
        (said,) = examine("redis")

    assert "allkeys-lru" in said and "noeviction" in said


def test_12_the_mail_server_is_away(settings):
    settings.EMAIL_PORT = free_port()

    (said,) = examine("mail")

    assert "sends nothing" in said and "EMAIL_URL" in said


class TakesNothing:
    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        return "550 5.7.1 Relaying denied"


def test_13_the_mail_server_does_not_send_for_us(settings):
    settings.EMAIL_PORT = free_port()
    controller = Controller(TakesNothing(), hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        (said,) = examine("mail")
    finally:
        controller.stop()

    assert "Relaying denied" in said and "Let it send for this machine" in said


def test_14_no_file_can_be_kept(settings, tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": f"{tmp_path}/files"}}
    }

    (said,) = examine("storage")

    assert "No file can be kept" in said


def test_15_the_virus_scanner_is_blind(settings):
    with scanning(lambda seen: b"stream: OK\0") as settings.CLAMAV_ADDRESS:
        (said,) = examine("virus scanner")

    assert "does not find the test virus" in said and "freshclam" in said


def test_16_the_password_of_the_mailbox_is_wrong(settings):
    with imap_server() as server:
        settings.MAILBOX = dataclasses.replace(server, password="wrong")
        (said,) = examine("mailbox")

    assert "cannot be read" in said and "MAILBOX_URL" in said


def test_17_the_encoder_is_away(monkeypatch):
    service = Endpoint(f"http://127.0.0.1:{free_port()}/v1/embeddings", "e5")
    monkeypatch.setattr("matching.doctor.ENCODERS", Together(service))

    (said,) = examine("encoders")

    assert "endpoint/e5 does not answer" in said and "EMBEDDINGS_URL" in said


def test_the_translation_service_lacks_languages_then_refuses_our_key(settings):
    with translating(settings) as service:
        (lacks,) = examine("translation")
        service.key = "another"
        (refuses,) = examine("translation")

    assert "does not translate between English and fr, es, ar" in lacks
    assert "(Refused): HTTP 403" in refuses and "TRANSLATION_KEY" in refuses


def test_etranslation_takes_a_text_or_is_away(settings):
    with translating(settings, api="etranslation", key="connect:secret") as service:
        well = examine("translation")
    (away,) = examine("translation")

    assert (well, len(service.asked)) == ([], 1)
    assert "eTranslation (European Commission) does not translate (Away)" in away


def test_18_nobody_trusts_the_certificate(served, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    (said,) = examine("https")

    assert "Nothing answers" in said and "a certificate that browsers trust" in said


def test_19_the_application_takes_https_for_http(served, settings):
    served.says = (301, f"{settings.SITE_URL}{site.PAGE}")

    (said,) = examine("https")

    assert "X-Forwarded-Proto https" in said


@pytest.mark.parametrize(("status", "mend"), [(400, "ALLOWED_HOSTS"), (502, "gunicorn")])
def test_20_the_proxy_does_not_reach_the_application_or_names_another_host(served, status, mend):
    served.says = (status, "")

    (said,) = examine("https")

    assert mend in said


def test_21_the_static_files_are_missing_or_of_another_version(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (none,) = examine("static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    whole = examine("static files")
    (tmp_path / "look.css").write_text("body { color: blue }")
    (other,) = examine("static files")

    assert "There are no static files" in none and "collectstatic" in none
    assert whole == []
    assert "look.css" in other and "of another version" in other


def test_22_a_worker_is_silent():
    queues.leave_sign_of_life(timezone.now())
    queues.leave_sign_of_life(timezone.now() - datetime.timedelta(minutes=10), "urgent")

    (said,) = examine("workers")

    assert "“urgent” has not answered beat since" in said and "--queues urgent" in said


def test_25_a_provider_of_sign_in_is_away(settings):
    row = {"id": "eu-login", "name": "EU Login", "client_id": "c", "secret": "s"}
    row["url"] = f"http://127.0.0.1:{free_port()}"
    settings.OIDC_PROVIDERS = parse_providers(json.dumps([row]))

    (said,) = examine("sign-in providers")

    assert "EU Login says not how it signs people in" in said and "“eu-login”" in said


def test_23_nobody_administers_the_site():
    (said,) = examine("administrators")

    assert "createsuperuser" in said


def test_24_the_reference_data_are_not_loaded():
    Group.objects.filter(name=OFFICERS).delete()

    (said,) = examine("reference data")

    assert "group of officers" in said and "load_reference" in said
