"""Whom letters go to, and the addresses of mail servers as EMAIL_URL and MAILBOX_URL give them."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from connect.languages import nearest_language

SENDING = {"smtp": 25, "smtp+tls": 587, "smtps": 465}  # scheme: its usual port
READING = {"imap": 143, "imaps": 993}


@dataclass(frozen=True)
class Recipient:
    """Somebody to write to who may have no account; a guest has none that opens our pages."""

    address: str
    name: str
    language: str = "en"  # any: who reads Portuguese is written to in a language that we have
    is_guest: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "language", nearest_language(self.language))


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    starttls: bool
    ssl: bool


# Domains that are kept for examples and tests (RFC 2606, RFC 6761).
RESERVED = "example", "example.com", "example.net", "example.org", "invalid", "localhost", "test"


def is_placeholder(address: str) -> bool:
    """True for an address that nobody can have.

    >>> [is_placeholder(a) for a in ("CONNECT <connect@example.org>", "nobody", "a@vng.nl")]
    [True, True, False]
    """
    name, _at, domain = parseaddr(address)[1].lower().rpartition("@")
    if not name or "." not in domain:
        return True
    return is_reserved(domain)


def is_reserved(host: str) -> bool:
    """True for the name of a host of examples and tests, that no machine outside has.

    >>> [is_reserved(host) for host in ("mail.example.org", "Example.com", "myexample.org")]
    [True, True, False]
    """
    return any(host.lower() == one or host.lower().endswith(f".{one}") for one in RESERVED)


def parse_email_url(url: str) -> MailServer | None:
    """Read `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`; None if it is none of these.

    >>> parse_email_url("smtp+tls://me:p%40ss@mail.example.org").port
    587
    >>> parse_email_url("http://mail.example.org") is None
    True
    """
    return read_server(url, SENDING)


def parse_mailbox_url(url: str) -> MailServer | None:
    """Read `imaps://` or `imap://` (inside one's own network alone); None if it is neither.

    >>> parse_mailbox_url("imaps://me:secret@mail.example.org").port
    993
    """
    return read_server(url, READING)


def read_server(url: str, ports: dict[str, int]) -> MailServer | None:
    try:
        parts = urlsplit(url)
        port = ports[parts.scheme]
        port = parts.port or port
    except (ValueError, KeyError):
        return None
    if not parts.hostname:
        return None
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme.endswith("+tls"),
        ssl=parts.scheme in ("smtps", "imaps"),
    )
