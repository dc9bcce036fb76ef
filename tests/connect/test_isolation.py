"""A name or a reference beside another one keeps its place in a line from right to left."""

import json

import pytest
from django.utils import timezone, translation

from accounts.sample_letters import sample_letters
from applications.transitions import dossier_machine
from exchanges import papers
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.bidi import confused_lines
from tests.factories import make_authority, make_dossier, make_session, make_user
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db


def test_two_latin_words_beside_each_other_are_found_and_isolated_ones_are_not():
    assert confused_lines("طلب CN-2026-0012 · Agona West، غانا")
    assert confused_lines("Kofi Mensah, 1 ديسمبر 2026")
    assert not confused_lines("طلب CN-2026-0012 · \u2068Agona West\u2069، غانا")
    assert not confused_lines("\u2068Kofi Mensah\u2069, 1 ديسمبر 2026")


def test_no_line_of_an_arabic_e_mail_has_two_latin_pieces_that_change_places():
    """“CN-2026-0012, “Organise the emptying”” was laid from left to right as one."""
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona, language="ar")
    dossier = make_dossier(agona, title="Organise the emptying of latrines", created_by=efua)
    dossier_machine.advance(dossier, "submit", actor=efua)
    letters = list(Letter.objects.filter(language="ar"))

    lines = [line for one in letters for line in compose_letter(one)]

    assert letters and confused_lines("\n".join(lines)) == []
    assert any("\u2068Organise the emptying of latrines\u2069" in line for line in lines)


def test_an_arabic_agenda_by_e_mail_says_still_what_is_new_and_what_is_cancelled():
    said = {
        body
        for name, _subject, body in sample_letters("ar", is_full=True)
        if name == "session_agenda"
    }

    with translation.override("ar"):
        for words in ("New: “%(title)s”", "Cancelled: “%(title)s”"):
            mark = translation.gettext(words).partition(":")[0]
            assert mark not in words and all(mark in body for body in said)


def test_no_line_of_an_arabic_document_has_two_latin_pieces_that_change_places(monkeypatch):
    exchange = make_exchange(1, status="completed")
    make_session(exchange, title="Visit of the plant", speakers="Ineke de Vries")
    exchange.participants.create(
        name="Jan Smit", organisation="Almere", function="Head", side="offering", part="mentor"
    )
    kofi = exchange.participants.create(
        name="Kofi Boateng", organisation="Agona", function="Engineer", side="requesting"
    )
    set_in_pdf = []
    monkeypatch.setattr(papers, "render_pdf", lambda _template, data: set_in_pdf.append(data))

    with translation.override("ar"):
        papers.agenda_pdf(exchange, timezone.now())
        papers.learning_pdf(kofi, timezone.now())

    texts = json.dumps(set_in_pdf, ensure_ascii=False, default=str)
    for names in (
        ["Visit of the plant", "Assembly hall", "Ineke de Vries"],
        ["Kofi Boateng", "Engineer", "Agona"],
        ["Jan Smit", "Almere"],
    ):
        assert "، ".join(f"\u2068{name}\u2069" for name in names) in texts
