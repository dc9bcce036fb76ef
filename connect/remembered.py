"""What costs much to count and may be a little old."""

from django.core.cache import cache
from redis.exceptions import RedisError


def remembered(key, seconds, make):
    """Return what `make` gave at most so many seconds ago; without a cache, make it anew."""
    if not seconds:
        return make()
    try:
        kept = cache.get(key)
        if kept is None:
            kept = make()
            cache.set(key, kept, seconds)
        return kept
    except RedisError:
        return make()
