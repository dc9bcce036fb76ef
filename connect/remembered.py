"""Cached values that are costly to count and may be a little old."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

MOST_OF_A_KIND = 1000  # answers of one kind kept at a time: whoever asks chooses the keys

Value = TypeVar("Value")


def has_room(name: str, seconds: int, most: int, amount: int = 1) -> bool:
    """Count an amount under a name; return True while the sum within `seconds` is at most `most`.

    Without a cache nothing is counted, and there is room.
    """
    key = f"room:{name}:{time.time() // seconds:.0f}"
    try:
        cache.add(key, 0, 2 * seconds)
        return cache.incr(key, amount) <= most
    except RedisError:
        return True


def cached_value(key: str, seconds: int, make: Callable[[], Value]) -> Value:
    """Return the cached result of `make` of the last seconds; without a cache, make it again.

    The part of the key before its first colon is its kind, of which only so many are kept.
    """
    if not seconds:
        return make()
    try:
        kept = cache.get(key)
        if kept is None:
            kept = make()
            if has_room(key.partition(":")[0], seconds, MOST_OF_A_KIND):
                cache.set(key, kept, seconds)
        return kept
    except RedisError:
        return make()
