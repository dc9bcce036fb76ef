"""Cells as spreadsheets and people write them: countries, yes and no, days, addresses of towns."""

from datetime import date

import pytest

from applications.paper import answer_values
from applications.sections import SECTIONS
from exchanges.models import Measure
from registry.countries import named_countries
from registry.table_cells import Amount, CountryOf, Day, Slug, YesNo

COUNTRIES = [
    *(("Cote d’Ivoire", "CI"), ("COTE D'IVOIRE", "CI"), ("Ivory Coast", "CI")),
    *(("Guinea Bissau", "GW"), ("GHA", "GH"), ("Turkey", "TR"), ("Czech Republic", "CZ")),
    *(("Cape Verde", "CV"), ("Swaziland", "SZ"), ("Macedonia", "MK"), ("UK", "GB")),
    *(("USA", "US"), ("Viet Nam", "VN"), ("DR Congo", "CD"), ("RDC", "CD")),
    *(("The Gambia", "GM"), ("The Netherlands", "NL"), ("gh", "GH"), ("Tchad", "TD")),
]
YES = [
    *("yes.", "Oui !", "Sim.", "Sí.", "نعم.", "Yes, gladly", "oui, avec plaisir", "x", "ja"),
    *("☒", "☑", "✓", "✔", "Y", "O", "S", "1", "true", "VRAI", "VERDADERO", "WAHR", "SI"),
]


@pytest.mark.parametrize(("name", "code"), COUNTRIES)
def test_a_country_is_known_by_its_usual_names(name, code):
    assert CountryOf().clean(name) == code


def test_the_search_knows_the_usual_names_too():
    found = [named_countries(f"water {name}")[0][0] for name in ("Turkey", "Ivory Coast")]

    assert found == ["TR", "CI"]


def test_no_country_is_guessed():
    with pytest.raises(ValueError, match="no country is called so: Nowhere"):
        CountryOf().clean("Nowhere")


@pytest.mark.parametrize("typed", YES)
def test_a_yes_is_read_in_tables_and_in_the_word_form(typed):
    declaration = SECTIONS["declarations"].base_fields["declared_truth"]

    assert YesNo().clean(typed) is True
    assert answer_values(declaration, typed, {}) == ["on"]


@pytest.mark.parametrize("typed", ["no.", "Non", "☐ Yes ☒ No", "FAUX", "No, thanks", "لا"])
def test_a_no_is_none(typed):
    declaration = SECTIONS["declarations"].base_fields["declared_truth"]

    assert YesNo().clean(typed) is False
    assert answer_values(declaration, typed, {}) == []


def test_a_tick_in_a_column_of_numbers_is_told_and_a_day_of_a_database_is_read():
    with pytest.raises(ValueError, match="“True” is not a number"):
        Amount().clean(True)
    assert Day().clean("2026-11-01 00:00:00") == date(2026, 11, 1)
    assert Slug().clean(" Gh-agona-west ") == "gh-agona-west"


def test_what_will_be_done_and_its_title_have_two_names():
    """Both were “title”, in the form and in what the mayor reads of a change."""
    assert Measure._meta.get_field("description").verbose_name == "description of the measure"
