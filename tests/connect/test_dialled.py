"""Telephones in texts are found in every way of writing; days, money and hours are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.contacts import hide_contacts
from connect.pasted_values import find_contact

DAYS_AND_MONEY = [
    "Since 01.03.2024 the landfill is full.",
    "Approved on 05-03-2023 by the council.",
    "A district of +1 200 000 people.",
    "A grant of + 5 000 000 FCFA.",
    "Open 08.00-12.00 and 14.00-17.00.",
    "It serves SDG 06 11 13 15 17.",
    "Loi sur les communes du 05.05.2004.",
    "We ran it 2024 - 2026.",
    "Année 2025/2026.",
    "Saison 2025/26 - 2026/27.",
    "It cost 12 000 000 FCFA.",
    "EUR 12.345.678,90 for all of it",
    "US$ 12 345 678",
    "12345678 euros",
    "12 000–15 000 EUR",  # noqa: RUF001 - the dash of a word processor
    "12-16.03.2027 suits us.",
    "28.02-03.03.2027",
    "10.12.2026-14.12.2026",
    "10.12.2026 14.30",
    "On 2026-12-10 14:30 in Brussels",
    "14.00-17.30",
    "ISO 9001 2015",
    "ISO 14001:2015",
    "09/2025 - 08/2026",
    "05.03.23 - 07.03.23",
    "On 01.03.2024 5000 people came.",
    "Arrêté 0145/2023",
    "12/31/2026",
    "1 234 567 inhabitants, then 12 345 678 habitants",
]
TELEPHONES = [
    "024 123 4567",
    "0241234567",
    "024-123-4567",
    "024.123.4567",
    "024/1234567",
    "0244 - 123 - 456",
    "(024) 123 4567",
    "(0)24 123 4567",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "02 10 20 30 40",
    "02.10.20.30.40",
    "+233 24 123 4567",
    "+233 (0)24 123 4567",
    "+233/24/412/34/56",
    "+ 233 24 123 4567",
    "+237 699 000 000",
    "0033 1 44 55 66 77",
    "00233241234567",
    "＋233 24 123 4567",  # noqa: RUF001 - a wide sign
    "０２４４１２３４５６",  # noqa: RUF001 - wide digits
    "024\u200b4123456",
    "0244–123–456",  # noqa: RUF001 - the dash of a word processor
    "+233 2 12-12-2034",
    "+55 11 91234-5678",
]
# No zero and no plus: hidden before an agreement, where nobody says they are amounts.
BARE_NUMBERS = [
    "90 12 34 56",
    "71 123 456",
    "244123456",
    "2440 2026",
    "21.30.12.45",
    "2234-5678",
    "24 412 34 56",
]


@pytest.mark.parametrize("text", DAYS_AND_MONEY)
def test_days_money_and_hours_are_no_telephones(text):
    assert (find_contact(text), hide_contacts(text, "[hidden]")) == ("", text)


@pytest.mark.parametrize("number", TELEPHONES)
@pytest.mark.parametrize("words", ["Call %s soon.", "From 01.03.2024 on: %s", "10.12.2026 %s"])
def test_a_telephone_is_found_in_every_way_of_writing(words, number):
    text = words % number

    assert find_contact(text)
    assert hide_contacts(text, "[hidden]") == words % "[hidden]"


@pytest.mark.parametrize("number", BARE_NUMBERS)
def test_before_an_agreement_any_eight_digits_are_hidden(number):
    assert hide_contacts(f"Call {number} soon.", "[hidden]") == "Call [hidden] soon."
    assert "56" not in hide_contacts("Call 24 412 34 56 EUR.", "[hidden]")


@given(st.from_regex(r"\A0[2-9][0-9]{8}\Z"), st.sampled_from([" ", "-", ".", " - ", "/", ""]))
def test_no_digits_of_ten_that_begin_with_a_nought_pass(digits, mark):
    """Ten digits in pairs are no days and no money, whatever they are."""
    pairs = [digits[n : n + 2] for n in range(0, 10, 2)]
    goals = mark == " " and pairs == sorted(set(pairs)) and int(pairs[-1]) <= 17

    hidden = hide_contacts(f"Call {mark.join(pairs)}", "[hidden]")

    assert goals or hidden == "Call [hidden]"
    assert goals or find_contact(f"Call {mark.join(pairs)}")


@given(st.dates(), st.dates(), st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"]))
def test_two_days_are_left_as_they_are(one, other, written):
    one, other = (day.replace(year=1900 + day.year % 200) for day in (one, other))
    for mark in (" - ", "-", " "):
        text = f"{one.strftime(written)}{mark}{other.strftime(written)}"
        assert (find_contact(text), hide_contacts(text, "[hidden]")) == ("", text)
