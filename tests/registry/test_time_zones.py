"""The time zone of a place: its own, not that of the country's largest city."""

import pytest

from registry.models import Authority
from registry.reference import time_zone_of


@pytest.mark.parametrize(
    ("country", "name", "point", "zone"),
    [
        ("CD", "Lubumbashi", None, "Africa/Lubumbashi"),
        ("CD", "Ville de Lubumbashi", None, "Africa/Lubumbashi"),
        ("CD", "Kipushi", (-11.76, 27.24), "Africa/Lubumbashi"),
        ("CD", "Boma", (-5.85, 13.05), "Africa/Kinshasa"),
        ("BR", "Prefeitura de Manaus", None, "America/Manaus"),
        ("BR", "Manaquiri", (-3.44, -60.46), "America/Manaus"),
        ("MX", "Tijuana", None, "America/Tijuana"),
        ("ID", "Jayapura", None, "Asia/Jayapura"),
        ("EC", "Puerto Ayora", (-0.74, -90.31), "Pacific/Galapagos"),
        ("CL", "Rapa Nui", (-27.15, -109.43), "Pacific/Easter"),
        ("GH", "Nobody's place", None, "Africa/Accra"),
        ("CD", "Nobody's place", None, "Africa/Kinshasa"),
    ],
)
def test_a_place_has_the_time_zone_of_the_city_that_it_is_or_is_near(country, name, point, zone):
    """What was proposed or brought in as a table had no number of GeoNames: Lubumbashi was an hour
    off in agendas, e-mails and calendars."""
    latitude, longitude = point or (None, None)
    place = Authority(country=country, name=name, latitude=latitude, longitude=longitude)

    assert time_zone_of(place) == zone


def test_a_renamed_place_is_found_by_its_former_name():
    place = Authority(country="CD", name="Kimpese Nord", former_names=["Elisabethville"])
    place.add_former_names(["Lubumbashi"])

    assert time_zone_of(place) == "Africa/Lubumbashi"


def test_a_place_is_known_by_its_number_whatever_it_is_called():
    place = Authority(country="CD", name="Nobody's place", geonames_id=922704)  # Lubumbashi

    assert time_zone_of(place) == "Africa/Lubumbashi"
