"""Reference data: read from files, written once, safe to write again when a file changes."""

import csv
import functools
import math
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.text import slugify

from accounts.models import COMMITTEE, OFFICERS
from connect.time_zones import zone_places
from engine.reference import LANGUAGES
from registry import search_index
from registry.enums import AuthorityStatus
from registry.models import Association, Authority, Income, Theme
from registry.spellings import town_letters

DATA = Path(__file__).parent / "data"
FISCAL_YEAR = 2026

# What an officer may do in the admin; everything else is an administrator's.
OFFICER_PERMISSIONS = {
    "accounts": ["view_user", "view_erasure", "view_closing", "add_closing"],
    "connect": ["view_link"],
    "notifications": [
        *("view_letter", "change_lettertext", "review_letter"),
        *("view_deadaddress", "delete_deadaddress"),
    ],
    "registry": [
        "view_authority",
        "add_authority",
        "change_authority",
        "view_association",
        "add_association",
        "change_association",
        "view_membership",
        # Nobody else writes what is an expert's own: to change them is to bring a table of them in.
        *("view_expert", "change_expert", "view_offer", "change_offer"),
        "view_theme",
    ],
    "applications": ["view_call", "add_call", "change_call", "view_dossier", "change_dossier"],
    "matching": [
        "view_dossiertomatch",
        "change_dossiertomatch",
        "view_calltoshare",
        "change_calltoshare",
        "view_calltorank",
        "change_calltorank",
        "view_matchrun",
        "view_outcomereport",
        "view_match",
    ],
    "exchanges": [
        *("view_exchange", "change_exchange", "view_incident", "change_incident"),
        *("view_rate", "add_rate", "change_rate"),
        *("view_perdiem", "add_perdiem", "change_perdiem"),
        "view_budgetline",
    ],
    "practices": ["view_practice"],
}


def read_lines(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_themes():
    """Load themes, then their topics; return how many there are."""
    rows = read_lines("themes.csv")
    others = {row["code"]: row for row in read_lines("theme_names.csv")}
    known: dict[str, Theme] = {}
    # Those by which the engine does not compare are the columns of the second table.
    columns = next(iter(others.values()))
    others_in = [code for code, _name in settings.LANGUAGES if code in columns]
    for row in sorted(rows, key=lambda row: bool(row["parent"])):
        more = others[row["code"]]
        known[row["code"]], _made = Theme.objects.update_or_create(
            code=row["code"],
            defaults={
                "parent": known[row["parent"]] if row["parent"] else None,
                "names": {code: row[f"name_{code}"] for code in LANGUAGES}
                | {code: more[code] for code in others_in},
                "synonyms": {
                    code: list_words(row.get(f"synonyms_{code}"), more.get(f"words_{code}"))
                    for code in (*LANGUAGES, *others_in)
                },
                "dac_code": row["dac_code"],
                "sdg": row["sdg"],
            },
        )
    search_index.index_topics([theme.pk for theme in known.values()])
    return len(known)


def list_words(*cells):
    """Return the words of some cells of a table, each once: a bar stands between them."""
    return list(dict.fromkeys(word for cell in cells if cell for word in cell.split("|")))


@transaction.atomic
def load_associations():
    for row in read_lines("associations.csv"):
        Association.objects.update_or_create(
            name=row["name"],
            defaults={name: row[name] for name in ("acronym", "country", "domain", "scope")},
        )


@transaction.atomic
def load_incomes():
    for row in read_lines("incomes.csv"):
        for country in row["countries"].split():
            Income.objects.update_or_create(
                country=country, defaults={"level": row["level"], "fiscal_year": FISCAL_YEAR}
            )


@transaction.atomic
def load_authorities():
    """Load the authorities of our stories, then places of all sizes (docs/make_places.py).

    What staff changed since is kept: an authority that exists is not written again.
    """
    for row in read_lines("authorities.csv"):
        Authority.objects.get_or_create(
            slug=row["slug"],
            defaults={
                "name": row["name"],
                "country": row["country"],
                "tier": row["tier"],
                "population": int(row["population"]) or None,
                "geography": row["geography"].split(),
                "latitude": float(row["latitude"]),
                "longitude": float(row["longitude"]),
                "email_domains": row["domains"].split(),
                "status": AuthorityStatus.VERIFIED,
            },
        )
    existing = set(
        Authority.objects.exclude(geonames_id=None).values_list("geonames_id", flat=True)
    )
    slugs = set(Authority.objects.values_list("slug", flat=True))
    for place in read_lines("places.csv"):
        slug = f"{place['countrycode'].lower()}-{slugify(place['name'])}"
        if int(place["geonameid"]) in existing or slug in slugs:
            continue
        slugs.add(slug)
        Authority.objects.create(
            slug=slug,
            name=place["name"],
            country=place["countrycode"],
            population=int(place["population"]) or None,  # 0: nobody knows
            latitude=float(place["latitude"]),
            longitude=float(place["longitude"]),
            geonames_id=int(place["geonameid"]),
            status=AuthorityStatus.VERIFIED,
        )
    associate_by_country()


def associate_by_country():
    """Make each authority a member of the national associations of its country."""
    national = Association.objects.filter(scope="national")
    by_country: dict[str, list] = {}
    for association in national:
        by_country.setdefault(str(association.country), []).append(association)
    for authority in Authority.objects.filter(associations=None):
        authority.associations.add(*by_country.get(str(authority.country), []))


@transaction.atomic
def load_groups():
    """Create the groups of officers and of the committee, with the officers' rights."""
    Group.objects.get_or_create(name=COMMITTEE)
    officers, _made = Group.objects.get_or_create(name=OFFICERS)
    wanted = [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codenames in OFFICER_PERMISSIONS.items()
        for codename in codenames
    ]
    officers.permissions.set(wanted)


@functools.lru_cache(maxsize=1)
def read_countries():
    """Return {country: its row}: continent, time zone of its largest city, place of its capital."""
    return {row["code"]: row for row in read_lines("countries.csv")}


@functools.lru_cache(maxsize=1)
def least_developed_countries():
    """Return the countries on the United Nations' list of least developed ones."""
    return frozenset((DATA / "least_developed.txt").read_text().split())


def continent_by_country():
    """Return {country: continent}, both as codes of two letters."""
    return {code: row["continent"] for code, row in read_countries().items()}


@functools.lru_cache(maxsize=1)
def cities_by_country():
    """Return {country: its cities, the largest first, and last a place of each time zone}.

    A country with one time zone has that place alone: nobody has to look which city is near.
    """
    cities: dict[str, list] = {}
    for row in read_lines("cities.csv"):
        point = {"latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
        city = {"name": row["name"], "timezone": row["time_zone"], **point}
        cities.setdefault(row["country"], []).append(
            city | {"geonames_id": int(row["geonames_id"])}
        )
    for country, latitude, longitude, zone in zone_places():
        name = zone.rpartition("/")[2].replace("_", " ")
        place = {"name": name, "latitude": latitude, "longitude": longitude, "timezone": zone}
        cities.setdefault(country, []).append(place | {"geonames_id": None})
    return cities


@functools.lru_cache(maxsize=1)
def zones_by_number():
    """Return {number at GeoNames: time zone} of the cities that `cities_by_country` has."""
    there = (city for cities in cities_by_country().values() for city in cities)
    return {city["geonames_id"]: city["timezone"] for city in there if city["geonames_id"]}


def time_zone_of(authority):
    """Return the time zone of a place: of the known city that it is, is nearest to, or is named as.

    Else that of its country's largest city.
    """
    if zone := zones_by_number().get(authority.geonames_id):
        return zone
    there = cities_by_country().get(authority.country.code, [])
    if len({city["timezone"] for city in there}) < 2:
        return time_zone_of_country(authority.country.code)
    if None not in (authority.latitude, authority.longitude):
        return nearest_city(there, authority.latitude, authority.longitude)["timezone"]
    known = zones_by_name(authority.country.code)
    named = (known[name] for name in map(town_letters, authority.names) if name in known)
    return next(named, there[0]["timezone"])


@functools.cache
def zones_by_name(country):
    """Return {normalised name of a city: its time zone}; of two with one name, the larger's."""
    there = reversed(cities_by_country().get(country, []))
    return {town_letters(city["name"]): city["timezone"] for city in there}


def nearest_city(cities, latitude, longitude):
    """Return the city that is nearest to a point; over a country the earth is flat enough."""
    width = math.cos(math.radians(latitude))

    def distance(city):
        across = abs(city["longitude"] - longitude)
        across = min(across, 360 - across) * width
        return math.hypot(city["latitude"] - latitude, across)

    return min(cities, key=distance)


def time_zone_of_country(code):
    """Return the time zone of a country's largest city."""
    return read_countries().get(code, {}).get("time_zone") or settings.TIME_ZONE


def load_all(*, towns):
    """Load all reference data; towns: also authorities of our stories and of all sizes."""
    load_groups()
    load_themes()
    load_associations()
    load_incomes()
    if towns:
        load_authorities()
    associate_by_country()
    search_index.index_missing()
