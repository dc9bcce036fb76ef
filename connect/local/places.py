"""Where the one-machine run keeps its things, and on which ports they listen.

`var/secrets.json` is made once; `var/ports.json` at each start, by the supervisor.
Imports no Django: the settings read this.
"""

import json
import os
import secrets
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("CONNECT_VAR") or BASE / "var").resolve()
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")


def _read(name):
    try:
        return json.loads((VAR / name).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def make_secrets():
    """Make the passwords of this run's servers once, readable by their owner alone."""
    path = VAR / "secrets.json"
    if not path.exists():
        made = {name: secrets.token_urlsafe(48) for name in ("secret_key", "postgres", "redis")}
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(made, file)
    return _read("secrets.json")


def note_ports(**ports):
    path = VAR / "ports.json"
    path.with_suffix(".new").write_text(json.dumps(_read("ports.json") | ports))
    path.with_suffix(".new").replace(path)


def ports():
    return {"postgres": 1, "redis": 1, "mail": 1} | _read("ports.json")


def secret_key():
    # Before the first start there is nothing to protect: a key of this process alone.
    return _read("secrets.json").get("secret_key") or secrets.token_urlsafe(48)


def database():
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("CONNECT_DATABASE", "connect"),
        "USER": "connect",
        "PASSWORD": _read("secrets.json").get("postgres", ""),
        "HOST": "127.0.0.1",
        "PORT": ports()["postgres"],
    }


def redis_url():
    number = os.environ.get("CONNECT_REDIS_DB", "0")
    password = _read("secrets.json").get("redis", "")
    return f"redis://:{password}@127.0.0.1:{ports()['redis']}/{number}"


def email_url():
    return f"smtp://127.0.0.1:{ports()['mail']}"


def site_url():
    host = f"[{HOST}]" if ":" in HOST else HOST
    return f"http://{host}:{PORT}"
