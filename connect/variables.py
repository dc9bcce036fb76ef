"""What stands in the environment, or in files that it names: read, checked, refused in one line.

A secret may stand in a file instead, as container engines and systemd hand them over: SECRET_KEY,
or the name of a file in SECRET_KEY_FILE. What is read from a file is put into no environment, which
the programs that we start would get.
"""

import functools
import os
import sys
from pathlib import Path
from typing import NoReturn

from connect.keys import parse_keys
from connect.mail import MailServer, is_placeholder

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SECRETS = {
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "STORAGE_URL",
    "FIELD_KEYS",
    "AUDIT_KEY",
    "ERASURE_KEY",
    "MAILBOX_URL",
    "EMBEDDINGS_KEY",
    "METRICS_TOKEN",
    "TRANSLATION_KEY",
    "OIDC_PROVIDERS",
}


def refuse_start(message: str) -> NoReturn:
    """Refuse to start: one line, exit status 2."""
    sys.stderr.write(message + "\n")
    sys.exit(2)


def warn_at_start(message: str) -> None:
    """Print one line about what is unsafe, and start all the same."""
    sys.stderr.write(message + "\n")


@functools.cache
def read_secret_file(name: str, path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        refuse_start(f"{name}_FILE names {path}, which cannot be read: {reason}.")
    return text or refuse_start(f"{name}_FILE names {path}, which is empty.")


def read_variable(name: str, default: str = "") -> str:
    """Return a variable, of a secret also from the file that NAME_FILE names; else the default."""
    value = os.environ.get(name, "")
    path = os.environ.get(f"{name}_FILE", "") if name in SECRETS else ""
    if value and path:
        refuse_start(f"Both {name} and {name}_FILE are set: keep one of them.")
    return (read_secret_file(name, path) if path else value) or default


def required_variable(name: str) -> str:
    file = f", or {name}_FILE," if name in SECRETS else ""
    return read_variable(name) or refuse_start(
        f"Set {name}{file}: with DATABASE_URL given CONNECT runs as production (docs/deploy.md)."
    )


def read_number(name: str, default: int, most: int) -> int:
    """Return a whole number, from 0 to `most`."""
    text = read_variable(name, str(default))
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= most):
        refuse_start(f"{name} is wrong: write a whole number, from 0 to {most}.")
    return int(text)


def read_word(name: str, *words: str) -> str:
    """Return one of these words; the first where nothing is set."""
    value = read_variable(name, words[0])
    if value not in words:
        allowed = ", ".join(word or "nothing" for word in words[:-1])
        refuse_start(f"{name} is wrong: write {allowed} or {words[-1] or 'nothing'}.")
    return value


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


def refuse_weak(name: str, key: str) -> None:
    if is_weak(key):
        refuse_start(f"{name} is too easy to guess: give at least 50 random characters.")


def is_weak(key: str) -> bool:
    """True for a key that a person typed: too short, few characters, a pattern, a placeholder."""
    words = ("change", "secret", "insecure", "example", "password", "default")
    few = len(key) < 50 or len(set(key)) < 16
    return few or key in (key + key)[1:-1] or any(word in key.lower() for word in words)


def is_unencrypted(url: MailServer | None) -> bool:
    """True for an unencrypted connection to another machine."""
    return url is not None and not (url.starttls or url.ssl or url.host in LOOPBACK)
