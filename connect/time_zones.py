"""Time zones that are named for a place, one name each, and how they are written.

The list is the one of the zone data itself (`zone.tab` of tzdata): the names of today, country by
country, without those that stand beside them for older programs (Asia/Calcutta for Asia/Kolkata).
"""

import functools
import re
from importlib import resources

from babel.dates import get_timezone_location
from django.utils.translation import gettext as _

from connect.languages import cldr_name, current_language

TZDATA = resources.files("tzdata") / "zoneinfo"
UNINHABITED = "Antarctica/"
POINT = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?([+-])(\d{3})(\d\d)(\d\d)?")


@functools.cache
def named_time_zones() -> list[str]:
    """List the time zones that are named for a place where people live."""
    return sorted({zone for _country, _latitude, _longitude, zone in zone_places()})


@functools.cache
def zone_places() -> list[tuple[str, float, float, str]]:
    """List (country, latitude, longitude, zone) of the inhabited place each zone is named for."""
    lines = (TZDATA / "zone.tab").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t")[:3] for line in lines if line and not line.startswith("#"))
    return [
        (country, *read_point(point), zone)
        for country, point, zone in rows
        if not zone.startswith(UNINHABITED)
    ]


def read_point(text: str) -> tuple[float, float]:
    """Return latitude and longitude as degrees, of degrees, minutes and seconds (ISO 6709).

    >>> read_point("-0054-08936"), round(read_point("+404251-0740023")[0], 6)
    ((-0.9, -89.6), 40.714167)
    """
    match = POINT.fullmatch(text)
    assert match is not None  # of the zone data
    values = []
    for sign, *parts in (match.groups()[:4], match.groups()[4:]):
        degrees, minutes, seconds = (int(part or 0) for part in parts)
        size = degrees + minutes / 60 + seconds / 3600
        values.append(-size if sign == "-" else size)
    return values[0], values[1]


@functools.cache
def read_links() -> dict[str, str]:
    """Return {other name: the one it stands for}, as the zone data says."""
    rows = (TZDATA / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    links = (row.split() for row in rows if row.startswith("L "))
    return {other: zone for _mark, zone, other in links}


def canonical_zone(zone: str) -> str:
    """Return the name of today of a place's time zone; "" for what is no place's.

    >>> [canonical_zone(zone) for zone in ("Asia/Calcutta", "Asia/Saigon", "Europe/Kiev")]
    ['Asia/Kolkata', 'Asia/Ho_Chi_Minh', 'Europe/Kyiv']
    >>> [canonical_zone(zone) for zone in ("Africa/Accra", "localtime", "Etc/GMT-3", "GB-Eire")]
    ['Africa/Accra', '', '', '']
    """
    if zone in named_time_zones():
        return zone
    other = read_links().get(zone, "") if "/" in zone else ""
    return other if other in named_time_zones() else ""


def time_zone_words(zone: str) -> str:
    """Return a time zone as one chooses it in a list.

    >>> time_zone_words("Africa/Dar_es_Salaam")
    'Africa/Dar es Salaam'
    """
    return zone.replace("_", " ")


def time_zone_place(zone: str) -> str:
    """Return whose time a zone is, as it stands beside an hour.

    >>> time_zone_place("Africa/Dar_es_Salaam"), time_zone_place("America/Argentina/Buenos_Aires")
    ('Dar es Salaam time', 'Buenos Aires time')
    """
    city = get_timezone_location(zone, locale=cldr_name(current_language()), return_city=True)
    # Translators: beside an hour, as 09:00–12:00 (Accra time); the name of the city is as it is.
    return _("%(city)s time") % {"city": city.rpartition("/")[2]}


def time_zone_choices() -> list[tuple[str, str]]:
    return [(zone, time_zone_words(zone)) for zone in named_time_zones()]
