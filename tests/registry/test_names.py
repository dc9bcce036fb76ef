"""Languages, countries, days and sizes are named as the reader of a page would name them."""

from collections import Counter
from datetime import date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils.formats import date_format
from django.utils.translation import override
from django_countries import countries

from applications.sections.asking import ContactSection
from connect.templatetags.look import file_size


@pytest.mark.parametrize(
    ("language", "of_letters", "guyana", "chad", "day", "instant", "sizes"),
    [
        (
            *("en", ["English", "French", "Spanish"], "Guyana", "Chad"),
            *("28 November 2026", "28 November 2026, 14:30", ["340 kB", "1.4 MB"]),
        ),
        (
            *("fr", ["Anglais", "Français", "Espagnol"], "Guyana", "Tchad"),
            *("28 novembre 2026", "28 novembre 2026 à 14:30", ["340 ko", "1,4 Mo"]),
        ),
        (
            *("es", ["Inglés", "Francés", "Español"], "Guyana", "Chad"),
            *("28 de noviembre de 2026", "28 de noviembre de 2026 a las 14:30"),
            ["340 kB", "1,4 MB"],
        ),
        (
            *("pt", ["Inglês", "Francês", "Espanhol"], "Guiana", "Chade"),
            *("28 de novembro de 2026", "28 de novembro de 2026 às 14:30"),
            ["340 kB", "1,4 MB"],
        ),
        (
            *("ar", ["الإنجليزية", "الفرنسية", "الإسبانية"], "غيانا", "تشاد"),
            *("28 نوفمبر 2026", "28 نوفمبر 2026، 14:30"),
            ["340 كيلوبايت", "1.4 ميغابايت"],
        ),
    ],
)
def test_names_are_in_the_language_of_the_page(
    language, of_letters, guyana, chad, day, instant, sizes
):
    with override(language):
        chosen = dict(ContactSection().fields["focal_language"].choices)
        named = dict(countries)
        twice = [name for name, n in Counter(named.values()).items() if n > 1]

        assert [str(chosen[code]) for code in ("en", "fr", "es")] == of_letters
        assert (named["GY"], named["TD"], twice) == (guyana, chad, [])
        assert date_format(date(2026, 11, 28), "DATE_FORMAT") == day
        assert date_format(datetime(2026, 11, 28, 14, 30), "DATETIME_FORMAT") == instant
        assert [file_size(340_000), file_size(1_432_100)] == sizes


@pytest.mark.parametrize(
    ("language", "first", "second", "short"),
    [
        ("en", "1 December 2026", "2 December 2026", "01/12/2026"),
        ("fr", "1er décembre 2026", "2 décembre 2026", "1er déc. 2026"),
        ("es", "1 de diciembre de 2026", "2 de diciembre de 2026", "01/12/2026"),
        ("pt", "1 de dezembro de 2026", "2 de dezembro de 2026", "01/12/2026"),
        ("ar", "1 ديسمبر 2026", "2 ديسمبر 2026", "01/12/2026"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal_in_french_alone(language, first, second, short):
    day = date(2026, 12, 1)
    with override(language):
        page = Template("{{ day|date }} {{ day|date:'SHORT_DATE_FORMAT' }}").render(
            Context({"day": day})
        )

        assert page == f"{first} {short}"
        assert date_format(date(2026, 12, 2)) == second


def test_a_day_typed_by_hand_in_english_begins_with_the_day():
    with override("en"):
        assert forms.DateField().clean("05/11/2026") == date(2026, 11, 5)
