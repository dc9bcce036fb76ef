"""A town with and without the word for what it is, and a region that is called as its town."""

import pytest

from registry.spellings import same_town


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Primăria Chișinău", "Chișinău"),
        ("Primăria Municipiului Chișinău", "Chișinău"),
        ("Opština Bar", "Bar"),
        ("Grad Sarajevo", "Sarajevo"),
        ("Општина Бар", "Бар"),
        ("بلدية صفاقس", "صفاقس"),
        ("Urząd Miasta Kraków", "Kraków"),
        ("Gad Municipal del Cantón Pedro Carbo", "Pedro Carbo"),
        ("Municipality of Cork", "City of Cork"),
        ("Lagos State", "Lagos"),
    ],
)
def test_a_town_is_the_same_with_the_word_for_what_it_is(name, other):
    assert same_town(name, other) and same_town(other, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Provincia de Córdoba", "Municipalidad de Córdoba"),
        ("Région de Dakar", "Ville de Dakar"),
        ("County of Cork", "City of Cork"),
        ("Departamento de La Paz", "Gobierno Autónomo Municipal de La Paz"),
        ("Stari Grad", "Novi Grad"),
        ("Grad", "Sarajevo"),
    ],
)
def test_a_region_is_not_its_town(name, other):
    assert not same_town(name, other) and not same_town(other, name)
