"""Cached values that are costly to count and may be a little old."""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from zlib import crc32

from django.core.cache import cache
from redis.exceptions import RedisError

MOST_OF_A_KIND = 1000  # answers of one kind kept at a time: whoever asks chooses the keys

Value = TypeVar("Value")


def is_within_limit(name: str, seconds: int, most: int, amount: int = 1) -> bool:
    """Count an amount under a name; return True while the sum within `seconds` is at most `most`.

    What finds no room is not counted. Without a cache nothing is counted, and there is room.
    """
    key = f"room:{name}:{time.time() // seconds:.0f}"
    try:
        cache.add(key, 0, 2 * seconds)
        if cache.incr(key, amount) <= most:
            return True
        cache.decr(key, amount)
        return False
    except RedisError:
        return True


def cached_value(key: str, seconds: int, make: Callable[[], Value]) -> Value:
    """Return the cached result of `make` of the last seconds; without a cache, make it again.

    The part of the key before its first colon is its kind, of which only so many are kept: one
    in each place, where a newer one replaces it. Whoever asks for many keys thus pushes out some
    others, which come back with the next who asks for them.
    """
    if not seconds:
        return make()
    try:
        kept_key, kept = cache.get(place_of(key)) or ("", None)
        if kept is None or kept_key != key:
            kept = make()
            save_value(key, kept, seconds)
        return kept
    except RedisError:
        return make()


def save_value(key: str, value: Any, seconds: int) -> None:
    """Save a value where `cached_value` looks for it."""
    cache.set(place_of(key), (key, value), seconds)


def place_of(key: str) -> str:
    return f"{key.partition(':')[0]}:{crc32(key.encode()) % MOST_OF_A_KIND}"
