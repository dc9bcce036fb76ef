"""Titles written close to a name, and towns with a mark, are names; addresses are none."""

import pytest
from django.core.exceptions import ValidationError

from connect.names import check_name


@pytest.mark.parametrize(
    "name",
    [
        *("Prof.dr. Anna de Vries", "Drs.ing. Piet", "Dr.moussa Traoré", "Lic.juan Pérez"),
        *("Ing.civil Pérez", "Ir.sukarno", "Westward Ho!", "Saint-Louis-du-Ha! Ha!"),
    ],
)
def test_a_title_close_to_a_name_is_no_address(name):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("Visit dr.com", "address"), ("prize.example", "address"), ("DR.COM", "address")),
        *(("Prof.evil.com", "address"), ("You won! Click", "sentence"), ("Win now!", "sentence")),
    ],
)
def test_an_address_and_a_sentence_are_still_no_names(name, code):
    with pytest.raises(ValidationError) as refusal:
        check_name(name)

    assert refusal.value.code == code
