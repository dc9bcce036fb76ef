"""A dossier from empty to validated, in the browser: four people, in French and in English."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.enums import GRID, Check
from applications.models import Dossier
from applications.sections import SECTIONS
from tests.browser.test_pages import sign_in
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_member,
    make_officer,
    make_user,
    section_data,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seat(site, browser):
    """A function that gives a person a page in their language."""

    def page_of(person):
        context = browser.new_context(locale=person.language)
        sign_in(context, Client(), person, site)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    return page_of


def fill(page, data):
    """Type into every field of a section, opening rows as a person would."""
    for name, value in data.items():
        field = page.locator(f"[name='{name}']")
        kind = field.first.evaluate("field => field.type")
        if not field.first.is_visible():  # a row that is still folded
            field.first.evaluate("field => field.closest('details').open = true")
        if kind == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def test_a_dossier_goes_from_empty_to_validated_with_a_correction_and_a_committee(site, seat):
    ziniare = make_authority("Ziniaré", country="BF")
    awa = make_user("Awa", works_for=ziniare, language="fr")
    ines, anna, marie = make_officer("Ines"), make_member("Anna"), make_member("Marie")
    marie.language = "fr"
    marie.save()
    call, typed = make_call(quorum=2), answers()

    # Awa begins in French and fills in every section; one text is too short at first.
    hers = seat(awa)
    with translation.override("fr"):
        hers.goto(site + call.get_absolute_url())
    press(hers, "Commencer un dossier")
    dossier = Dossier.objects.get()
    for slug in SECTIONS:
        with translation.override("fr"):
            hers.goto(site + reverse("section", args=[dossier.reference, slug]))
        short = {"problem": "Trop court."} if slug == "problem" else {}
        fill(hers, section_data(slug, typed | short).dict())
        press(hers, "Enregistrer et continuer")

    # The page says what is still short; the link leads to the field; then she sends it.
    hers.get_by_role("link", name="Vérifier vos réponses").click()
    with hers.expect_navigation():
        hers.get_by_role("alert").get_by_role("link").click()
    assert hers.url.endswith("#id_problem")
    fill(hers, {"problem": typed["problem"]})
    press(hers, "Enregistrer et continuer")
    with translation.override("fr"):
        hers.goto(site + reverse("check-answers", args=[dossier.reference]))
    press(hers, "Envoyer le dossier")
    assert hers.get_by_text(f"{dossier.reference} est maintenant").is_visible()

    # Ines opens it in English and asks for one correction.
    theirs = seat(ines)
    theirs.goto(site + reverse("admin:applications_dossier_change", args=[dossier.pk]))
    press(theirs, "Open this file")
    theirs.locator("summary", has_text="Ask for a correction").click()
    theirs.get_by_label("Title and public summary · Title").fill("Name the town, please.")
    press(theirs, "Ask for a correction")

    # Awa reads the comment, changes that field alone, and sends it back.
    with translation.override("fr"):
        hers.goto(site + reverse("section", args=[dossier.reference, "summary"]))
    assert hers.get_by_text("Name the town, please.").is_visible()
    assert hers.locator("[name=summary]").is_disabled()
    hers.locator("[name=dossier_title]").fill("Organiser la vidange des latrines de Ziniaré")
    press(hers, "Enregistrer et continuer")
    hers.get_by_role("link", name="Vérifier vos réponses").click()
    press(hers, "Envoyer le dossier complété")

    # Ines sees what changed, ticks the list and sends it to the committee.
    theirs.reload()
    assert theirs.locator("ins").inner_text() == "Organiser la vidange des latrines de Ziniaré"
    for code in Check.values:
        theirs.locator(f"[name=checklist][value='{code}']").check()
    press(theirs, "Keep the checklist")
    hers.reload()
    hers.locator("summary", has_text="Ajouter un fichier").click()
    hers.locator("[name=file]").set_input_files(
        {"name": "lettre.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 signed"}
    )
    hers.locator("form[data-files] button").click()
    hers.get_by_role("link", name="lettre.pdf").wait_for()
    press(theirs, "Send to the committee")

    # Anna and Marie declare, read and score, each in her own language.
    for member, go_on, keep in (
        (anna, "Continue", "Keep my score"),
        (marie, "Continuer", "Enregistrer ma note"),
    ):
        page = seat(member)
        with translation.override(member.language):
            page.goto(site + reverse("committee"))
        page.get_by_role("link", name=dossier.reference).click()
        page.locator("[name=has_conflict][value=no]").check()
        press(page, go_on)
        assert "Organiser la vidange" in page.inner_text("h1")
        fill(page, {code: str(most - 2) for code, (_label, most) in GRID.items()})
        press(page, keep)

    # Ines validates; Awa reads it on her page.
    theirs.reload()
    press(theirs, "Validate")
    hers.reload()
    assert hers.get_by_text("Validé", exact=False).first.is_visible()
    story = list(dossier.events.values_list("verb", "actor__name"))
    assert story == [
        ("begin", "Awa"),
        ("submit", "Awa"),
        ("open", "Ines"),
        ("ask_correction", "Ines"),
        ("answer_correction", "Awa"),
        ("send_to_committee", "Ines"),
        ("validate", "Ines"),
    ]
