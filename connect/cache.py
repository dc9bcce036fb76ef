"""Redis, and while it is away the database for what counts tries.

A lost Redis then opens no door, as all workers still count together, and locks nobody out. All
else that is kept there says for itself what it does without.
"""

import time
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as Away
from redis.exceptions import RedisError, TimeoutError

COUNTS = ("allauth", "throttle_")  # what django-allauth and django-ninja call their counts
TABLE, MOST = "connect_try", 100_000
AWAY_FOR = 5  # seconds for which nobody asks again: each question may take that long to fail
until: dict[str, float] = {}  # until when the Redis of an address is taken to be away


class Cache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._server = server
        self._counts = DatabaseCache(TABLE, params | {"OPTIONS": {"MAX_ENTRIES": MOST}})

    def _call(self, name: str, key: str, *args: Any, **kwargs: Any) -> Any:
        try:
            if time.monotonic() < until.get(self._server, 0):
                raise Away("it was away a moment ago")
            try:
                return getattr(super(), name)(key, *args, **kwargs)
            except (Away, TimeoutError):
                until[self._server] = time.monotonic() + AWAY_FOR
                raise
        except RedisError:
            if not key.startswith(COUNTS):
                raise
            return getattr(self._counts, name)(key, *args, **kwargs)

    def add(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return self._call("add", key, *args, **kwargs)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        return self._call("get", key, *args, **kwargs)

    def set(self, key: str, *args: Any, **kwargs: Any) -> None:
        return self._call("set", key, *args, **kwargs)

    def incr(self, key: str, *args: Any, **kwargs: Any) -> int:
        return self._call("incr", key, *args, **kwargs)

    def delete(self, key: str, *args: Any, **kwargs: Any) -> bool:
        return self._call("delete", key, *args, **kwargs)
