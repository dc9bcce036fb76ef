"""Redis, and while it is away this process' own memory for what counts tries.

A lost Redis then opens no door, for each worker still counts, and locks nobody out. All else that
is kept there says for itself what it does without.
"""

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

COUNTS = ("allauth", "throttle_")  # what django-allauth and django-ninja call their counts


class Cache(RedisCache):
    def __init__(self, server, params):
        super().__init__(server, params)
        self._memory = LocMemCache("counts", params)

    def _tried(self, name, key, *args, **kwargs):
        try:
            return getattr(super(), name)(key, *args, **kwargs)
        except RedisError:
            if not key.startswith(COUNTS):
                raise
            return getattr(self._memory, name)(key, *args, **kwargs)

    def add(self, key, *args, **kwargs):
        return self._tried("add", key, *args, **kwargs)

    def get(self, key, *args, **kwargs):
        return self._tried("get", key, *args, **kwargs)

    def set(self, key, *args, **kwargs):
        return self._tried("set", key, *args, **kwargs)

    def delete(self, key, *args, **kwargs):
        return self._tried("delete", key, *args, **kwargs)
