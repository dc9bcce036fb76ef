"""Cells as spreadsheets and people write them: countries, yes and no, days, addresses of towns."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from applications.paper import answer_values
from applications.sections import SECTIONS
from connect.yes_no import read_yes_or_no
from exchanges.models import Measure
from registry.countries import named_countries
from registry.models import Authority
from registry.table_cells import Amount, AuthorityCountry, Day, Slug, Whole, YesNo
from tests.factories import make_officer

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
    assert AuthorityCountry().clean(name) == code


def test_the_search_knows_the_usual_names_too():
    found = [named_countries(f"water {name}")[0][0] for name in ("Turkey", "Ivory Coast")]

    assert found == ["TR", "CI"]


@pytest.mark.parametrize("typed", ["si possible", "Si oui, voir annexe", "SI POSSIBLE"])
def test_an_if_of_french_is_no_yes_of_spanish(typed):
    """“Si possible” ticked a declaration."""
    assert read_yes_or_no(typed) is None


@pytest.mark.parametrize("typed", ["Si, con gusto", "Sí con gusto", "si", "SI."])
def test_a_yes_of_spanish_is_read_without_its_accent(typed):
    assert read_yes_or_no(typed) is True


def test_no_country_is_guessed():
    with pytest.raises(ValueError, match="no country is called so: Nowhere"):
        AuthorityCountry().clean("Nowhere")


@pytest.mark.parametrize("typed", YES)
def test_a_yes_is_read_in_tables_and_in_the_word_form(typed):
    declaration = SECTIONS["declarations"].base_fields["declared_truth"]

    assert YesNo().clean(typed) is True
    assert answer_values(declaration, typed, {}) == ["on"]


def test_a_number_in_a_column_of_yes_and_no_is_one_or_nought():
    assert [YesNo().clean(typed) for typed in (True, 1, "1.0", False, 0.0, "0.0")] == [
        *(True, True, True),
        *(False, False, False),
    ]
    with pytest.raises(ValueError, match="not known: 2. Write one of: Yes, No."):
        YesNo().clean(2)  # it was a no


@pytest.mark.django_db
def test_one_bad_cell_names_its_row_and_column_and_nothing_is_imported(client):
    """A ticked population was one inhabitant, and the town came in so."""
    book = Workbook()
    book.active.append(["slug", "name", "country", "population"])
    book.active.append(["gh-agona-west", "Agona West", "GH", 136000])
    book.active.append(["gh-ho", "Ho", "GH", True])
    written = io.BytesIO()
    book.save(written)
    client.force_login(make_officer())
    upload = SimpleUploadedFile("towns.xlsx", written.getvalue())

    page = client.post(
        reverse("admin:registry_authority_import"), {"import_file": upload, "format": "0"}
    )

    assert "Nothing was imported: some rows need attention" in page.text
    words = "row 3, population: “True” is not a number: write digits alone, for example 12."
    assert page.context["result"].faults == [words]
    assert not Authority.objects.exists()


@pytest.mark.parametrize("typed", ["no.", "Non", "☐ Yes ☒ No", "FAUX", "No, thanks", "لا"])
def test_a_no_is_none(typed):
    declaration = SECTIONS["declarations"].base_fields["declared_truth"]

    assert YesNo().clean(typed) is False
    assert answer_values(declaration, typed, {}) == []


def test_a_tick_in_a_column_of_numbers_is_told_and_a_day_of_a_database_is_read():
    with pytest.raises(ValueError, match="“True” is not a number"):
        Amount().clean(True)
    with pytest.raises(ValueError, match="“True” is not a number"):
        Whole().clean(True)  # a ticked cell was one person
    for written in ("2026-11-01 00:00:00", "2026-11-01T00:00:00Z", "2026-11-01 00:00:00+00"):
        assert Day().clean(written) == date(2026, 11, 1)
    assert Slug().clean(" Gh-agona-west ") == "gh-agona-west"


def test_what_will_be_done_and_its_title_have_two_names():
    """Both were “title”, in the form and in what the mayor reads of a change."""
    assert Measure._meta.get_field("description").verbose_name == "description of the measure"
