"""The address of a mail server, as EMAIL_URL gives it."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    starttls: bool
    ssl: bool


def parse_email_url(url):
    """Read `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://`; None if it is none of these.

    >>> parse_email_url("smtp+tls://me:p%40ss@mail.example.org").port
    587
    >>> parse_email_url("http://mail.example.org") is None
    True
    """
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname:
        return None
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        ssl=parts.scheme == "smtps",
    )
