"""What reads from right to left: names in lines, lists, pages of documents, the word “you”."""

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from pypdf import PdfReader

from applications.models import CoApplicant
from connect.documents import render_pdf
from connect.languages import isolate, join_names
from registry.models import Authority
from tests.factories import make_user

DOCUMENTS = ["impact/report.typ", "exchanges/paper.typ", "applications/document.typ"]
DOCUMENTS += ["applications/form.typ", "applications/minutes.typ"]


def test_a_place_stands_in_its_own_direction_and_its_comma_is_the_languages():
    """A reference beside “Agona West, …” changed places with it."""
    agona, read = Authority(name="Agona West", country="GH"), {}
    for language in ("en", "ar"):
        with translation.override(language):
            read[language] = agona.place, agona.typed_place, join_names(["a", "b"])
            assert {agona.place, agona.typed_place, "Agona West, Ghana"} <= agona.place_spellings

    assert read == {
        "en": ("Agona West, Ghana", "Agona West, Ghana", "a, b"),
        "ar": ("\u2068Agona West\u2069، غانا", "Agona West، غانا", "a، b"),
    }


def test_a_document_keeps_the_direction_of_a_place_and_no_other_mark():
    source = b"#let d = json(bytes(sys.inputs.data))\n#d.row"
    typed = "\u202ebad\u2069 \u2068Agona West\u2069، غانا"
    pdf = render_pdf(source, {"lang": "ar", "row": typed})

    [page] = PdfReader(BytesIO(pdf)).pages
    drawn = page.extract_text()
    assert "\u2068" in drawn and "\u202e" not in drawn
    assert "bad Agona West، " in re.sub("[\u2068\u2069]", "", drawn)


@pytest.mark.parametrize("template", DOCUMENTS)
def test_the_numbers_of_pages_are_written_one_way_in_every_document(template):
    with open(settings.BASE_DIR / template, encoding="utf-8") as source:
        numbers = re.findall(r".*counter\(page\)\.display.*", source.read())

    assert len(numbers) == 1
    assert '#box(text(dir: ltr, counter(page).display("1 / 1", both: true)))' in numbers[0]


def test_the_reader_is_spoken_to_in_one_way_and_no_thing_is_pardoned():
    """“Your members” was said to several, all else to one; a line of a list was “exempted”."""
    judges = {"الحكم", "للحكم", "وكم"}  # to judge, and how much: no “you”
    with open(settings.BASE_DIR / "locale/ar/LC_MESSAGES/django.po", "rb") as file:
        messages = [one.string for one in read_po(file) if one.id]
    texts = [text for one in messages for text in ([one] if isinstance(one, str) else one)]

    to_several = {word for text in texts for word in re.findall(r"\w+كم\b", text)} - judges
    assert to_several == set()
    assert [text for text in texts if "معفى" in text] == []


def test_what_is_isolated_is_so_in_languages_from_right_to_left_alone():
    with translation.override("ar"):
        assert isolate("Agona West") == "\u2068Agona West\u2069"
    with translation.override("fr"):
        assert isolate("Agona West") == "Agona West"


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 2, 3, 11, 100])
def test_the_header_counts_in_each_plural_however_much_waits(client, monkeypatch, number):
    """From three on the rule of Arabic takes a remainder: each of its pages was an error."""
    monkeypatch.setattr("connect.context.count_asked", lambda user, now: number)
    client.force_login(make_user("Amal"))

    page = client.get("/ar/account/")

    assert (page.status_code, f">{number}<" in page.text) == (200, number > 0)


# Our words have their language's comma, in `blocktranslate`; these commas have none.
TRANSLATED = re.compile(
    r"\{% blocktranslate.*?\{% endblocktranslate %\}|\{% comment %\}.*?\{% endcomment %\}", re.S
)


def test_between_two_values_of_a_page_or_an_e_mail_stands_the_comma_of_its_language():
    """“Commune d’Azrou, المغرب” had a Latin comma where other lines had “،”."""
    latin = {
        path.name: found
        for path in (settings.BASE_DIR / "templates").rglob("*.*")
        if path.suffix in (".html", ".txt")
        and (
            found := re.findall(
                r"(?:\}\}|%\}|</strong>|</a>), \{[{%].{20}", TRANSLATED.sub("…", path.read_text())
            )
        )
    }
    azrou = CoApplicant(name="Commune d’Azrou", country="MA")

    assert latin == {}
    with translation.override("ar"):
        assert str(azrou) == "Commune d’Azrou، المغرب"
