"""Where the one-machine run has its files, and on which ports it listens.

`var/secrets.json` is made once; `var/ports.json` at each start, by the supervisor.
Imports no Django: the settings read this.
"""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("CONNECT_VAR") or BASE / "var").resolve()
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
WEB_ROLE = "connect_web"  # owns no table: see `manage.py grant_role`


def _read(name: str) -> dict[str, Any]:
    try:
        return json.loads((VAR / name).read_text())
    except (FileNotFoundError, ValueError):
        return {}


SECRETS = {
    **dict.fromkeys(("secret_key", "postgres", "web", "redis"), lambda: secrets.token_urlsafe(48)),
    **dict.fromkeys(("field_key", "audit_key"), lambda: random_key()),
}


def random_key() -> str:
    """Make a key of 32 bytes, as FIELD_KEYS and AUDIT_KEY take them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def make_secrets() -> dict[str, str]:
    """Make the passwords and keys of this run once, readable by their owner alone."""
    path, kept = VAR / "secrets.json", _read("secrets.json")
    if missing := {name: make() for name, make in SECRETS.items() if name not in kept}:
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept | missing, file)
        new.replace(path)
    return _read("secrets.json")


def save_ports(**ports: int) -> None:
    path = VAR / "ports.json"
    path.with_suffix(".new").write_text(json.dumps(_read("ports.json") | ports))
    path.with_suffix(".new").replace(path)


def read_ports() -> dict[str, int]:
    return {"postgres": 1, "redis": 1, "mail": 1} | _read("ports.json")


def secret_key() -> str:
    # Before the first start there is nothing to protect: a key of this process alone.
    return _read("secrets.json").get("secret_key") or secrets.token_urlsafe(48)


def read_key(name: str) -> str:
    return _read("secrets.json").get(name) or random_key()


def database_urls() -> dict[str, Any]:
    """Return the database as the web and the workers open it, or as its owner, who migrates."""
    is_owner = os.environ.get("CONNECT_OWNER") == "1"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("CONNECT_DATABASE", "connect"),
        "USER": "connect" if is_owner else WEB_ROLE,
        "PASSWORD": _read("secrets.json").get("postgres" if is_owner else "web", ""),
        "HOST": "127.0.0.1",
        "PORT": read_ports()["postgres"],
    }


def redis_url() -> str:
    number = os.environ.get("CONNECT_REDIS_DB", "0")
    password = _read("secrets.json").get("redis", "")
    return f"redis://:{password}@127.0.0.1:{read_ports()['redis']}/{number}"


def email_url() -> str:
    return f"smtp://127.0.0.1:{read_ports()['mail']}"


def site_url() -> str:
    host = f"[{HOST}]" if ":" in HOST else HOST
    return f"http://{host}:{PORT}"
