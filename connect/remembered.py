"""What costs much to count and may be a little old."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

MOST_OF_A_KIND = 1000  # answers of one kind kept at a time: whoever asks chooses the keys

Value = TypeVar("Value")


def has_room(name: str, seconds: int, most: int, amount: int = 1) -> bool:
    """Count an amount under a name; true until these seconds have had more of it than `most`.

    Without a cache nothing is counted, and there is room.
    """
    key = f"room:{name}:{time.time() // seconds:.0f}"
    try:
        cache.add(key, 0, 2 * seconds)
        return cache.incr(key, amount) <= most
    except RedisError:
        return True


def cached_value(key: str, seconds: int, make: Callable[[], Value]) -> Value:
    """Return what `make` gave at most so many seconds ago; without a cache, make it anew.

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
