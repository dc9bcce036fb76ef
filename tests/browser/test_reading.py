"""Reading help in a real browser: asked for, told when it is there, and within the page."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from connect.translating import translate_waiting
from tests.browser.visits import sign_in
from tests.factories import make_expert, make_offer, make_user
from tests.translators import translating

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "Licenças para os operadores privados"
OFFER = "Ajudo municípios a dar licenças aos operadores privados que esvaziam as fossas da cidade."


def problems_of(page):
    """Return what axe finds on a page, and whether one has to scroll it sideways."""
    found = [one["id"] for one in Axe().run(page).response["violations"]]
    return found, page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_reader_asks_is_told_when_it_is_there_and_reads_both(live_server, browser, settings):
    ineke = make_expert("Ineke")
    make_offer(ineke, title=TITLE, text=OFFER, language="pt")
    context = browser.new_context(viewport={"width": 320, "height": 700})
    sign_in(context, Client(), make_user("Efua"), live_server.url)
    page = context.new_page()
    with translating(settings):
        page.goto(live_server.url + ineke.get_absolute_url())
        seen = [problems_of(page)]
        page.get_by_role("button", name="Translate by machine (English)").click()
        expect(page.get_by_role("status").filter(has_text="2 texts")).to_be_visible()
        seen.append(problems_of(page))
        translate_waiting(timezone.now())
        expect(page.get_by_text("The translation is there.")).to_be_visible()
        page.get_by_role("button", name="Reload the page").click()
        expect(page.get_by_text("private operators").first).to_be_visible()
        expect(page.get_by_text(OFFER)).to_be_hidden()
        page.get_by_text("Original (Portuguese)").click()
        expect(page.get_by_text(OFFER)).to_be_visible()
        seen.append(problems_of(page))
        if kept := os.environ.get("READING_PICTURE"):
            page.screenshot(path=kept, full_page=True)

    assert seen == [([], False)] * 3
