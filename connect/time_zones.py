"""Time zones that are named for a place, and how they are written."""

from zoneinfo import available_timezones

AREAS = {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


def is_place_zone(zone: str) -> bool:
    """True for a time zone that is named for a place.

    >>> [is_place_zone(zone) for zone in ("Africa/Accra", "localtime", "Etc/GMT-3", "GB-Eire")]
    [True, False, False, False]
    """
    return "/" in zone and zone.split("/", maxsplit=1)[0] in AREAS


def named_time_zones() -> list[str]:
    """List the time zones that are named for a place."""
    return sorted(filter(is_place_zone, available_timezones()))


def time_zone_words(zone: str) -> str:
    """Return a time zone as it is read.

    >>> time_zone_words("Africa/Dar_es_Salaam")
    'Africa/Dar es Salaam'
    """
    return zone.replace("_", " ")


def time_zone_choices() -> list[tuple[str, str]]:
    return [(zone, time_zone_words(zone)) for zone in named_time_zones()]
