"""What the environment says: which run this is, and its keys, servers and addresses.

Whatever is missing or unsafe stops the start with one line that names the variable.
"""

import os
import re
from urllib.parse import urlsplit

import environ
from django.http.request import validate_host

from connect.local import places
from connect.mail import MailServer, is_reserved, parse_email_url
from connect.storage_address import parse_storage_url
from connect.variables import (
    LOOPBACK,
    SECRETS,
    is_unencrypted,
    read_keys,
    read_variable,
    refuse_start,
    refuse_weak,
    required_variable,
    warn_at_start,
)


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
    if not validate_host(host, hosts):
        refuse_start("SITE_URL is of a host that ALLOWED_HOSTS does not name: add it there.")
    return site


# Which run is this?

# A name, with a dot before it where all hosts below it are meant, or an address in brackets.
HOST = re.compile(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
# Not one of the machine's own network: it has a dot, and ends with letters. At most 127 parts of 63
# characters (RFC 1035).
PUBLIC_HOST = re.compile(r"([a-z0-9_-]{1,63}\.){1,126}[a-z][a-z0-9-]{1,62}", re.IGNORECASE)
# A host, or a socket's path, and what may stand around it.
REDIS_ADDRESS = re.compile(
    r"rediss?://([^/]*@)?(\[[\da-fA-F:.]+\]|[^/@:\[\]?]+)(:\d+)?(/\d*)?(\?.*)?|unix://([^/]*@)?/.+"
)
ONLY_ON_SERVERS = "SECRET_KEY", "ALLOWED_HOSTS", "STORAGE_URL", "EMAIL_URL", "REDIS_URL", "SITE_URL"
PRODUCTION = bool(read_variable("DATABASE_URL"))
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
    refuse_weak("SECRET_KEY", SECRET_KEY)
    # Keys of before: what they signed still holds, nothing new is signed with them.
    fallbacks = read_variable("SECRET_KEY_FALLBACKS").split(",")
    SECRET_KEY_FALLBACKS = [key.strip() for key in fallbacks if key.strip()]
    for key in SECRET_KEY_FALLBACKS:
        refuse_weak("SECRET_KEY_FALLBACKS", key)
    ALLOWED_HOSTS = read_hosts(required_variable("ALLOWED_HOSTS"))
    try:
        # A word that is no address makes the parser warn as well as fail: one line is enough.
        if "://" not in required_variable("DATABASE_URL"):
            raise ValueError
        database = environ.Env.db_url_config(required_variable("DATABASE_URL"))
    except (environ.ImproperlyConfigured, ValueError, LookupError):
        database = {}
    if not str(database.get("ENGINE", "")).endswith("postgresql") or not database.get("NAME"):
        refuse_start("DATABASE_URL is wrong: write postgresql://user:password@host:5432/name.")
    REDIS_URL = required_variable("REDIS_URL")
    if not REDIS_ADDRESS.fullmatch(REDIS_URL):
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
    storage_url = required_variable("STORAGE_URL")
    FIELD_KEYS = read_keys("FIELD_KEYS", required_variable("FIELD_KEYS"))
    AUDIT_KEYS = read_keys("AUDIT_KEY", read_variable("AUDIT_KEY"))  # for the workers alone
    ERASURE_KEY = required_variable("ERASURE_KEY")
    refuse_weak("ERASURE_KEY", ERASURE_KEY)
    SITE_URL = read_site(read_variable("SITE_URL").strip().rstrip("/"), ALLOWED_HOSTS)
else:
    for name in ONLY_ON_SERVERS:
        if os.environ.get(name) or name in SECRETS and os.environ.get(f"{name}_FILE"):
            refuse_start(
                f"Set DATABASE_URL, or unset {name}: without the first, this is a demonstration."
            )
    SECRET_KEY, SECRET_KEY_FALLBACKS = places.secret_key(), []
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", os.environ.get("HOST", "127.0.0.1")]
    database = places.database_urls()
    REDIS_URL = places.redis_url()
    mail_server = parse_email_url(places.email_url())
    assert mail_server is not None  # ours
    storage_url = f"file://{places.VAR / 'files'}"
    FIELD_KEYS = read_keys("FIELD_KEYS", places.read_key("field_key"))
    AUDIT_KEYS = read_keys("AUDIT_KEY", places.read_key("audit_key"))
    ERASURE_KEY = f"erasures {SECRET_KEY}"
    SITE_URL = places.site_url()

storage = parse_storage_url(storage_url)
if storage is None:
    refuse_start(
        "STORAGE_URL is wrong: write file:///an/absolute/folder that all web machines share, or"
        " s3://key:secret@host/bucket?region=name."
    )
storage_host = urlsplit(storage["OPTIONS"].get("endpoint_url", "")).hostname or ""
if is_reserved(storage_host) and storage_host not in LOOPBACK:
    refuse_start("STORAGE_URL is a placeholder: name the service that keeps the files.")
if storage_url.startswith("s3+http:") and storage_host not in LOOPBACK:
    warn_at_start("STORAGE_URL sends files in the clear: write s3:// if the service can.")
email: MailServer = mail_server
