"""What is read from right to left begins at the right: pages, e-mails, documents and tables."""

import io
import re
import zipfile

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.holdings import Person
from applications import document, paper
from connect.characters import change_texts
from connect.countries import countries_by_name
from connect.documents import isolate_lines
from impact.exports import as_pdf, as_xlsx
from impact.figures.selection import Selection
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from tests.accounts.world import make_copy
from tests.factories import make_authority, make_call, make_dossier, make_officer, make_user
from tests.figures import impact_of

pytestmark = pytest.mark.django_db
DIRECTION = re.compile(r'<html lang="(\w+)"[^>]* dir="(\w+)"')


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_page_says_its_direction(language, direction):
    page = Client().get(f"/{language}/").text
    desk = Client()
    desk.force_login(make_officer())
    desk.post(reverse("admin:language"), {"language": language})

    assert DIRECTION.search(page).groups() == (language, direction)
    assert DIRECTION.search(desk.get(reverse("admin:index")).text).groups() == (language, direction)
    error = get_template("500.html").render()
    assert f'<p lang="{language}" dir="{direction}">' in error


def test_no_template_begins_a_page_without_its_direction():
    folder = settings.BASE_DIR / "templates"
    heads = [
        (path.name, head)
        for path in folder.rglob("*.html")
        for head in re.findall(r"<html[^>]*>", path.read_text(encoding="utf-8"))
    ]

    assert len(heads) >= 3
    assert [name for name, head in heads if "dir=" not in head and name != "500.html"] == []


def test_an_email_to_an_arabic_reader_is_turned_round_and_its_links_are_not(received):
    efua = make_user("Efua", language="ar")
    post_letter("profile_confirm", key="k", to=[efua], path="/account/")
    send_waiting_letters(timezone.now())

    (letter,) = received(efua.email)
    html = letter.get_body(("html",)).get_content()

    assert DIRECTION.search(html).groups() == ("ar", "rtl")
    assert re.search(r'<a href="http[^"]*/ar/account/[^"]*" dir="ltr">', html)


def test_the_copy_of_ones_data_says_its_direction():
    with translation.override("ar"), make_copy(Person.from_user(make_user())) as archive:
        page = archive.read("index.html").decode()

    assert DIRECTION.search(page).groups() == ("ar", "rtl")


def fonts_of(pdf):
    pages = PdfReader(io.BytesIO(pdf)).pages
    return {font["/BaseFont"] for page in pages for font in page["/Resources"]["/Font"].values()}


def test_every_pdf_draws_arabic_letters():
    dossier = make_dossier(make_authority("رام الله", country="PS"), title="تفريغ الحفر")
    now = timezone.now()
    with translation.override("ar"):
        drawn = [
            document.dossier_pdf(dossier),
            paper.pdf_form(dossier.call),
            as_pdf(impact_of(Selection(), now), "", now),
        ]

    assert all("Arabic" in str(fonts_of(pdf)) for pdf in drawn)


def test_a_latin_line_of_an_arabic_document_keeps_its_own_direction():
    data = {"lang": "ar", "rows": ["Pits (emptied).\nرام الله", "+970 2 298 00 00"]}
    made = change_texts(data, isolate_lines)

    assert made["lang"] == "ar"
    assert made["rows"] == ["\u2066Pits (emptied).\u2069\nرام الله", "\u2066+970 2 298 00 00\u2069"]


@pytest.mark.parametrize(("language", "is_turned"), [("en", False), ("ar", True)])
def test_forms_and_tables_begin_at_the_side_of_their_language(language, is_turned):
    with translation.override(language):
        form = zipfile.ZipFile(io.BytesIO(paper.word_form(make_call())))
        book = load_workbook(io.BytesIO(as_xlsx(impact_of(Selection(), timezone.now()))))

    assert ("<w:bidi/>" in form.read("word/styles.xml").decode()) == is_turned
    assert ("<w:bidiVisual" in form.read("word/document.xml").decode()) == is_turned
    assert bool(book.active.sheet_view.rightToLeft) == is_turned


def test_numbers_keep_their_order_and_arrows_their_sense():
    page = Template("{{ phone|telephone }} {% arrow %}")
    read = []
    for language in ("en", "ar"):
        with translation.override(language):
            read.append(page.render(Context({"phone": "+233 24 123 4567"})))

    assert read == ["+233 24 123 4567 →", "\u2066+233 24 123 4567\u2069 ←"]


def test_countries_stand_in_the_order_of_the_readers_alphabet():
    with translation.override("ar"):
        names = [name for _code, name in countries_by_name()]

    known = ["ألبانيا", "الأردن", "بلجيكا", "تونس", "غانا", "لبنان", "مصر", "هولندا", "اليمن"]
    assert [name for name in names if name in known] == sorted(known, key=fold_alef)


def fold_alef(name):
    return name.replace("أ", "ا")
