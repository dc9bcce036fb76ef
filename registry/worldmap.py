"""A map of the world drawn from its towns: a dot where people live, a circle a country, a curve a
pair of countries.

The places are those of GeoNames (CC BY 4.0), as docs/make_places.py has taken them.
"""

import functools
import math
from dataclasses import dataclass
from typing import Any

from registry.reference import DATA, read_countries

WIDTH, HEIGHT = 720, 340  # the picture's units are half degrees
NORTH, SOUTH = 80, -58  # degrees of latitude that are shown


def project(longitude, latitude):
    """Return (x, y) in the picture: all degrees of one size, without the poles."""
    return (longitude + 180) * WIDTH / 360, (NORTH - latitude) * HEIGHT / (NORTH - SOUTH)


@functools.lru_cache(maxsize=1)
def land_path():
    """Return the path of all dots: one where there is a town within the same two degrees."""
    return (DATA / "land.txt").read_text().strip()


def as_svg(drawn=""):
    """Return the picture as SVG: the dots, and what is drawn over them."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="{land_path()}" stroke="#c9c3b4" stroke-width="3" stroke-linecap="round"/>'
        f"{drawn}</svg>"
    )


@functools.lru_cache(maxsize=1)
def capital_places():
    """Return {country: (x, y)}: of its capital, else of its largest town."""
    return {
        code: project(float(row["longitude"]), float(row["latitude"]))
        for code, row in read_countries().items()
        if row["longitude"]
    }


@dataclass(frozen=True)
class Mark:
    """A country's number of results, and the address that shows these alone."""

    label: str
    count: int
    address: str
    position: tuple
    radius: float


def draw_marks(result, query):
    """Draw a search's countries: circles whose area says how many, the largest first.

    query: what the address asks now; a mark's address asks the same of its country.
    """
    options: list[Any] = next(
        (facet.options for facet in result.facets if facet.name == "country"), []
    )
    options = [option for option in options if option[2]]  # one that is asked for may have none
    places, drawn = capital_places(), []
    most = max((count for _code, _label, count in options), default=1)
    for code, label, count in sorted(options, key=lambda option: -option[2]):
        if code in places:
            asked = query.copy()
            asked.pop("page", None)
            asked["country"] = code
            radius = 5 + 7 * math.sqrt(count / most)
            drawn.append(Mark(label, count, f"?{asked.urlencode()}", places[code], radius))
    return drawn


@dataclass(frozen=True)
class Flow:
    """Exchanges from the country of those who help to that of those who asked."""

    source: str
    target: str
    count: int = 1


@dataclass(frozen=True)
class Curve:
    """A flow as the picture draws it."""

    flow: Flow
    path: str
    width: float
    source: tuple
    target: tuple


def draw_curves(flows):
    """Draw flows between known countries, curved so that both directions can be seen."""
    places, drawn = capital_places(), []
    most = max((flow.count for flow in flows), default=1)
    for flow in flows:
        if flow.source not in places or flow.target not in places:
            continue
        (x1, y1), (x2, y2) = places[flow.source], places[flow.target]
        bend_x, bend_y = (x1 + x2) / 2 - (y2 - y1) / 5, (y1 + y2) / 2 + (x2 - x1) / 5
        path = f"M{x1:.0f} {y1:.0f}Q{bend_x:.0f} {bend_y:.0f} {x2:.0f} {y2:.0f}"
        drawn.append(
            Curve(flow, path, 1 + 3 * flow.count / most, places[flow.source], places[flow.target])
        )
    return drawn
