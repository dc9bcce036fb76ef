"""Nothing typed is lost: the line cut, the session ended, two windows, two colleagues."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from connect.uploads import LARGEST_FILE
from tests.browser.visits import sign_in
from tests.conftest import wait_for
from tests.factories import make_authority, make_dossier, make_user, pdf_of

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEM = "What is the problem"


class Writer:
    """A person at the problem section of a dossier, in a browser of their own."""

    def __init__(self, browser, site, person, dossier, **options):
        self.context = browser.new_context(**options)
        sign_in(self.context, Client(), person, site)
        self.page = self.context.new_page()
        self.address = site + reverse("section", args=[dossier.reference, "problem"])
        self.page.goto(self.address)

    def type(self, words):
        self.page.get_by_label(PROBLEM).fill(words)

    def says(self, words):
        self.page.get_by_text(words).first.wait_for()

    def save(self):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Save and continue").click()

    @property
    def typed(self):
        return self.page.get_by_label(PROBLEM).input_value()


@pytest.fixture
def room(site, browser):
    """A draft, its writer, and a function that seats another person at it."""
    agona = make_authority()
    dossier = make_dossier(agona)
    efua = make_user("Efua", works_for=agona)

    def seat(person=efua, **options):
        return Writer(browser, site, person, dossier, **options)

    seat.dossier, seat.agona, seat.person = dossier, agona, efua
    return seat


def kept(room):
    return room.dossier.drafts.get(section="problem").raw.get("problem")


def test_a_section_saves_itself_while_it_is_written_and_counts(room):
    efua = room()
    efua.type("Two trucks and no place to discharge.")

    efua.says("Saved at")
    assert kept(room) == ["Two trucks and no place to discharge."]
    counter = efua.page.locator(".count").last
    assert counter.inner_text() == "Characters: 37; at least 300"
    efua.type("x" * 3100)
    assert counter.inner_text() == "Characters: 3100; too long: at most 3000"
    aloud = efua.page.locator(".count + [aria-live=polite]").last
    aloud.get_by_text("Characters: 3100; too long").wait_for(state="attached")  # once, after it
    efua.type("x" * 400)
    assert counter.inner_text() == "Characters: 400; at most 3000"
    efua.type("x" * 3100)
    assert len(efua.typed) == 3100  # a text that is too long is counted, never cut
    wait_for(lambda: kept(room) == ["x" * 3100])


def test_the_line_is_cut_in_mid_section_and_comes_back(room):
    efua = room()
    efua.context.set_offline(True)
    efua.type("Typed under the bridge.")
    efua.says("No connection. What you type is saved in this browser")
    assert kept(room) != ["Typed under the bridge."]

    efua.context.set_offline(False)
    wait_for(lambda: kept(room) == ["Typed under the bridge."])
    efua.says("Saved at")
    assert efua.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('typed:'))") == []


def test_a_page_closed_while_the_line_was_down_is_offered_again(room):
    efua = room()
    efua.context.set_offline(True)
    efua.type("Closed in the tunnel.")
    efua.says("No connection. What you type is saved in this browser")
    efua.page.close()
    efua.context.set_offline(False)

    efua.page = efua.context.new_page()
    efua.page.goto(efua.address)
    efua.says("This browser still has text that you typed here")
    efua.page.get_by_role("button", name="Restore").click()
    assert efua.typed == "Closed in the tunnel."
    wait_for(lambda: kept(room) == ["Closed in the tunnel."])
    efua.save()
    efua.page.goto(efua.address)
    expect(efua.page.get_by_role("button", name="Restore")).not_to_be_visible()


def test_who_types_again_before_restoring_an_earlier_text_keeps_both(room):
    efua = room()
    efua.context.set_offline(True)
    efua.type("Closed in the tunnel.")
    efua.says("No connection. What you type is saved in this browser")
    efua.page.close()
    efua.context.set_offline(False)

    efua.page = efua.context.new_page()
    efua.page.goto(efua.address)
    efua.type("Begun anew.")
    efua.page.get_by_role("button", name="Restore").click()

    assert efua.typed == "Closed in the tunnel.\n\nBegun anew."


@pytest.mark.parametrize("scripts", [True, False])
def test_a_session_that_ended_keeps_what_was_typed(room, scripts):
    efua = room(java_script_enabled=scripts)
    Session.objects.all().delete()
    efua.type("Written over lunch.")
    if scripts:
        efua.says("Your session has ended")
    efua.save()
    assert "/login/" in efua.page.url
    assert kept(room) != ["Written over lunch."]

    room.person.set_password("a long word for Efua")
    room.person.save()
    room.person.emailaddress_set.create(email=room.person.email, verified=True, primary=True)
    efua.page.get_by_label("E-mail address").fill(room.person.email)
    efua.page.get_by_label("Password").fill("a long word for Efua")
    with efua.page.expect_navigation():
        efua.page.get_by_role("button", name="Sign in", exact=True).click()

    efua.says("Your session had ended. What you typed is below")
    assert efua.typed == "Written over lunch."
    efua.save()
    assert kept(room) == ["Written over lunch."]


def test_two_colleagues_choose_answer_by_answer(room):
    efua, kwame = room(), room(make_user("Kwame", works_for=room.agona))
    efua.type("Efua's text.")
    efua.says("Saved at")
    kwame.type("Kwame's text.")
    kwame.says("This section was saved elsewhere meanwhile")
    assert kept(room) == ["Efua's text."]

    kwame.save()
    page = kwame.page
    assert page.locator("main [role=alert]").inner_text().startswith("Efua saved this section on")
    assert page.locator(".words").all_inner_texts() == ["Kwame's text.", "Efua's text."]
    page.get_by_label("What was saved before").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Save my choices").click()
    assert kwame.typed == "Efua's text."
    asides = [aside.raw["problem"] for aside in room.dossier.asides.all()]
    assert asides == [["Kwame's text."]]


def test_pressing_save_while_a_save_is_under_way_meets_no_second_version(room):
    efua, held = room(), []
    # The save by itself reaches the server, and its answer takes its time to come back.
    efua.page.route("**/save/", lambda route: held.append((route, route.fetch())))
    efua.type("Written in one go.")
    efua.page.get_by_label(PROBLEM).press("Tab")
    wait_for(lambda: efua.page.wait_for_timeout(50) or held)
    efua.type("Written in one go, and then some more.")
    efua.page.get_by_role("button", name="Save and continue").last.click(no_wait_after=True)
    route, answer = held[0]
    with efua.page.expect_navigation():
        route.fulfill(response=answer)

    assert "Objectives" in efua.page.title()
    assert kept(room) == ["Written in one go, and then some more."]
    assert not room.dossier.asides.exists()


def test_on_a_shared_computer_nothing_stays_and_signing_out_wipes_the_rest(room, site):
    efua = room()
    efua.context.set_offline(True)
    efua.type("Not for the next person.")
    efua.says("No connection")
    stored = "Object.keys(localStorage).filter(k => k.startsWith('typed:')).length"
    assert efua.page.evaluate(stored) == 1
    efua.page.get_by_label("This is a shared computer").check()
    assert efua.page.evaluate(stored) == 0
    efua.type("Nor is this.")
    efua.says("Keep this page open")
    assert efua.page.evaluate(stored) == 0

    efua.page.get_by_label("This is a shared computer").uncheck()
    efua.type("Kept until the sign-out.")
    assert efua.page.evaluate(stored) == 1
    efua.context.set_offline(False)
    wait_for(lambda: kept(room) == ["Kept until the sign-out."])
    efua.page.evaluate("localStorage.setItem('typed:other', JSON.stringify({at: Date.now()}))")
    efua.page.goto(site + reverse("account"))
    efua.page.get_by_role("button", name="Sign out").click()
    efua.page.wait_for_url(lambda url: "account" not in url)
    assert efua.page.evaluate(stored) == 0


def test_back_leads_to_the_answer_of_a_form_and_loading_it_again_sends_nothing(room, site):
    efua = room()
    page = efua.page
    page.goto(site + reverse("account"))
    page.get_by_label("Name", exact=False).first.fill(" ")
    with page.expect_navigation():
        page.locator("main form button.btn-primary").first.click()
    told = page.get_by_text("This field is required.").first
    told.wait_for()

    page.goto(site + reverse("privacy"))
    page.go_back()
    told.wait_for()
    answer = page.reload()
    told.wait_for()

    assert (answer.request.method, answer.status) == ("GET", 200)
    stranger = Client()
    stranger.force_login(make_user())
    shown = stranger.get(page.url.removeprefix(site), follow=True)
    assert shown.redirect_chain == [(reverse("account"), 302)]


def test_files_are_sent_one_by_one_with_progress_and_one_refused_stays_to_be_seen(room, site):
    efua = room()
    page = efua.page
    page.goto(site + room.dossier.get_absolute_url())
    page.get_by_text("Add a file").click()
    good = {"name": "act.pdf", "mimeType": "application/pdf", "buffer": pdf_of("act")}
    bad = {"name": "page.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
    large = good | {"name": "large.pdf", "buffer": b"%PDF-1.4" + b"0" * LARGEST_FILE}

    page.get_by_label("Files", exact=False).set_input_files([bad, good, large])
    efua.says("large.pdf: larger than 10 MB, and not sent.")  # before anything is
    page.locator("[data-files] [name=kind]").select_option("letter")  # of those that say nothing
    page.get_by_label("Type: act.pdf").select_option("legal_act")
    page.get_by_role("button", name="Add these files").click()

    efua.says("act.pdf: saved")
    efua.says("page.pdf: Despite its name, this file is not a PDF")
    page.get_by_label("Files", exact=False).set_input_files([good | {"name": "map.pdf"}])
    with page.expect_navigation():
        page.get_by_role("button", name="Add these files").click()
    kept = room.dossier.attachments.order_by("pk").values_list("name", "kind")
    assert list(kept) == [("act.pdf", "legal_act"), ("map.pdf", "letter")]
