"""What the environment says: which run this is, and its keys, servers and addresses.

Whatever is missing or unsafe stops the start with one line that names the variable.
"""

import os
import re
import sys
from typing import NoReturn

import environ

from connect.keys import parse_keys
from connect.local import places
from connect.mail import MailServer, is_placeholder, is_reserved, parse_email_url

env = environ.Env()


def refuse_start(message: str) -> NoReturn:
    """Refuse to start: one line, exit status 2."""
    sys.stderr.write(message + "\n")
    sys.exit(2)


def warn_at_start(message: str) -> None:
    """Print one line about what is unsafe, and start all the same."""
    sys.stderr.write(message + "\n")


def is_weak(key: str) -> bool:
    """True for a key that a person typed: too short, few characters, a pattern, a placeholder."""
    words = ("change", "secret", "insecure", "example", "password", "default")
    few = len(key) < 50 or len(set(key)) < 16
    return few or key in (key + key)[1:-1] or any(word in key.lower() for word in words)


def is_unencrypted(url: MailServer | None) -> bool:
    """True for an unencrypted connection to another machine."""
    return url is not None and not (url.starttls or url.ssl or url.host in LOOPBACK)


def required_address(name: str) -> str:
    """Return an address that somebody reads: "Name <a@b.org>" or "a@b.org"."""
    address = required_variable(name)
    if is_placeholder(address):
        refuse_start(f"{name} is a placeholder or no address: name one that somebody reads.")
    return address


def read_keys(name: str, text: str) -> list[bytes]:
    keys = parse_keys(text)
    if keys is None or (name == "FIELD_KEYS" and not keys):
        refuse_start(
            f"{name} is wrong: 32 random bytes in base64, several keys separated by commas."
        )
    return keys


def required_variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        refuse_start(
            f"Set {name}: with DATABASE_URL given CONNECT runs as production (docs/deploy.md)."
        )
    return value


def read_hosts(text: str) -> list[str]:
    """Return the names of hosts that stand in a list, separated by commas."""
    hosts = [host.strip() for host in text.split(",") if host.strip()]
    if "*" in hosts:
        refuse_start(
            "ALLOWED_HOSTS=* lets anybody forge links: name the hosts, separated by commas."
        )
    if not hosts or not all(HOST.fullmatch(host) for host in hosts):
        refuse_start(
            "ALLOWED_HOSTS is wrong: write names of hosts alone, without https://, separated by "
            "commas."
        )
    return hosts


def read_site(typed: str, hosts: list[str]) -> str:
    """Return where the site is: as typed, else at the first host that others can reach."""
    name, site = "SITE_URL", typed
    if not typed:
        named = (host.removeprefix(".") for host in hosts)
        host = next((host for host in named if PUBLIC_HOST.fullmatch(host)), "")
        if not host:
            refuse_start("Set SITE_URL: ALLOWED_HOSTS names no host that links can lead to.")
        name, site = "ALLOWED_HOSTS", f"https://{host}"
    if not site.startswith("https://"):
        refuse_start(
            "SITE_URL is unsafe: links in letters could be read on the way. Write https://."
        )
    host, colon, port = site.removeprefix("https://").partition(":")
    if not HOST.fullmatch(host) or host[0] == "." or not (port.isdecimal() or not colon):
        refuse_start("SITE_URL is wrong: write https:// and the name of one host.")
    if is_reserved(host) and host not in LOOPBACK:
        refuse_start(f"{name} is a placeholder: links in letters would lead nowhere.")
    return site


# Which run is this?

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
# A name, with a dot before it where all hosts below it are meant, or an address in brackets.
HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
# Not one of the machine's own network: it has a dot, and ends with letters.
PUBLIC_HOST = re.compile(r"([a-z0-9_-]+\.)+[a-z][a-z0-9-]+", re.IGNORECASE)
ONLY_ON_SERVERS = "SECRET_KEY", "ALLOWED_HOSTS", "STORAGE_URL", "EMAIL_URL", "REDIS_URL", "SITE_URL"
PRODUCTION = bool(os.environ.get("DATABASE_URL"))
DEMO = os.environ.get("DEMO", "0" if PRODUCTION else "1") == "1"
DEBUG = os.environ.get("DEBUG", "0") == "1"

if PRODUCTION:
    if DEMO:
        refuse_start(
            "DEMO=1 signs anybody in: it is refused with a DATABASE_URL. Unset one of them."
        )
    if DEBUG:
        refuse_start("DEBUG=1 shows the inside of CONNECT: unset it where DATABASE_URL is given.")
    SECRET_KEY = required_variable("SECRET_KEY")
    if is_weak(SECRET_KEY):
        refuse_start("SECRET_KEY is too easy to guess: give at least 50 random characters.")
    ALLOWED_HOSTS = read_hosts(required_variable("ALLOWED_HOSTS"))
    try:
        # A word that is no address makes the parser warn as well as fail: one line is enough.
        if "://" not in os.environ["DATABASE_URL"]:
            raise ValueError
        database = env.db_url("DATABASE_URL")
    except (environ.ImproperlyConfigured, ValueError, LookupError):
        database = {}
    if not str(database.get("ENGINE", "")).endswith("postgresql") or not database.get("NAME"):
        refuse_start("DATABASE_URL is wrong: write postgresql://user:password@host:5432/name.")
    REDIS_URL = required_variable("REDIS_URL")
    if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
        refuse_start("REDIS_URL is wrong: write redis://:password@host:6379/0.")
    mail_server = parse_email_url(required_variable("EMAIL_URL"))
    if mail_server is None:
        refuse_start("EMAIL_URL is wrong: write smtp+tls://user:password@host:587.")
    if is_reserved(mail_server.host) and mail_server.host not in LOOPBACK:
        refuse_start("EMAIL_URL is a placeholder: name the server that sends e-mails.")
    if is_unencrypted(mail_server):
        if mail_server.password:
            refuse_start(
                "EMAIL_URL sends its password in the clear: write smtp+tls:// or smtps://."
            )
        warn_at_start(
            "EMAIL_URL sends letters in the clear: write smtp+tls:// or smtps:// if it can."
        )
    STORAGE_URL = required_variable("STORAGE_URL")
    FIELD_KEYS = read_keys("FIELD_KEYS", required_variable("FIELD_KEYS"))
    AUDIT_KEYS = read_keys("AUDIT_KEY", os.environ.get("AUDIT_KEY", ""))  # for the workers alone
    ERASURE_KEY = required_variable("ERASURE_KEY")
    if is_weak(ERASURE_KEY):
        refuse_start("ERASURE_KEY is too easy to guess: give at least 50 random characters.")
    SITE_URL = read_site(os.environ.get("SITE_URL", "").strip().rstrip("/"), ALLOWED_HOSTS)
else:
    for name in ONLY_ON_SERVERS:
        if os.environ.get(name):
            refuse_start(
                f"Set DATABASE_URL, or unset {name}: without the first, this is a demonstration."
            )
    SECRET_KEY = places.secret_key()
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", os.environ.get("HOST", "127.0.0.1")]
    database = places.database_urls()
    REDIS_URL = places.redis_url()
    mail_server = parse_email_url(places.email_url())
    assert mail_server is not None  # ours
    STORAGE_URL = f"file://{places.VAR / 'files'}"
    FIELD_KEYS = read_keys("FIELD_KEYS", places.read_key("field_key"))
    AUDIT_KEYS = read_keys("AUDIT_KEY", places.read_key("audit_key"))
    ERASURE_KEY = f"erasures {SECRET_KEY}"
    SITE_URL = places.site_url()

if not STORAGE_URL.startswith("file:///"):
    refuse_start(
        "STORAGE_URL is wrong: write file:///an/absolute/folder that all web machines share."
    )
email: MailServer = mail_server
