"""In which language an application is written: said, read from its text, never that of buttons."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Dossier
from applications.transitions import dossier_machine
from applications.written_language import read_languages
from registry.detection import detect_our_language
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
FRENCH = {
    "title": "Organiser la vidange des fosses dans les quartiers",
    "problem": "Les boues de vidange sont déversées dans la rivière, et personne ne les traite.",
    "objective": "Nous voulons délivrer des autorisations aux vidangeurs privés de la commune.",
    "summary": "Une commune cherche comment organiser la vidange des fosses de ses habitants.",
}
PORTUGUESE = {
    "title": "Organizar o esvaziamento das fossas nos bairros",
    "problem": "As lamas são despejadas no rio, e ninguém trata delas no nosso município.",
    "objective": "Queremos dar licenças aos operadores privados do município.",
    "summary": "Um município procura saber como organizar o esvaziamento das fossas.",
}


def sent(words, **fields):
    """An application that was written on English pages, and sent."""
    town = make_authority()
    efua = make_user(works_for=town)
    dossier = make_dossier(town, typed=answers(), **words | fields)
    dossier_machine.advance(dossier, "submit", actor=efua)
    return dossier


def language_of(dossier):
    dossier.refresh_from_db()
    return dossier.language


def test_what_a_town_wrote_on_english_pages_is_in_the_language_of_its_text():
    written = [sent(FRENCH), sent(PORTUGUESE), sent({})]
    draft = make_dossier(**FRENCH)

    read_languages()
    again = read_languages()

    assert [language_of(one) for one in written] == ["fr", "pt", "en"]
    assert language_of(draft) == "en" and again == 0


def test_a_text_that_tells_nothing_or_another_language_keeps_that_of_its_pages():
    dutch = "Wij geven vergunningen voor het legen van beerputten in onze gemeente."
    names = ("title", "summary", "problem", "objective")
    other = sent(dict.fromkeys(names, dutch), language="pt", focal_language="fr")

    read_languages()

    assert read_languages() == 0  # once is enough
    assert detect_our_language(dutch) == "nl" and language_of(other) == "pt"


def test_an_officer_says_in_which_language_the_document_is_written():
    call = make_call()
    make_authority("Ziniaré", slug="bf-ziniare")
    desk = signed_in(make_officer())
    page, typed = reverse("admin:applications_dossier_type_in"), {"call": call.pk}

    unsaid = desk.post(page, typed | {"authority": "bf-ziniare"}).text
    none = Dossier.objects.count()
    desk.post(page, typed | {"authority": "bf-ziniare", "language": "fr"})
    dossier = Dossier.objects.get()
    Dossier.objects.update(status="submitted", submitted_at=timezone.now(), title="A sure title")
    read_languages()

    assert "In which language is it written?" in unsaid and none == 0
    assert language_of(dossier) == "fr"
