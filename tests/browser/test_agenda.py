"""In the field: an agenda that was opened once opens again when the line is down."""

import time

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from accounts import sessions
from tests.browser.visits import sign_in
from tests.conftest import wait_for
from tests.factories import make_agenda_key, make_session, make_user
from tests.worlds import Table

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_agenda_opened_once_opens_again_without_a_line(site, browser):
    table = Table()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    exchange = table.match.exchange
    type(exchange).objects.update(status="running")
    type(exchange.dossier).objects.update(focal_phone="+233241234567")
    session = make_session(exchange)
    phone = browser.new_context(viewport={"width": 360, "height": 720})
    page = phone.new_page()
    address = f"{site}/en/exchanges/agenda/{make_agenda_key(exchange)}/?item={session.uid}"

    page.goto(address)
    kept = "async () => (await (await caches.open('agenda-1')).keys()).length > 0"
    wait_for(lambda: page.evaluate(kept))
    page.reload()  # now the worker sees what the page loads
    phone.set_offline(True)
    page.reload()

    expect(page.get_by_text(session.title).first).to_be_visible()
    expect(page.get_by_role("link", name="+233241234567")).to_be_visible()
    expect(page.get_by_text(exchange.place).first).to_be_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.session')).borderLeftWidth")
        == "3px"
    )
    elsewhere = phone.new_page()
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        elsewhere.goto(f"{site}/en/opportunities/")


def test_who_signs_out_leaves_no_agenda_behind(site, browser):
    """H17: the page kept for when the line is down goes with the session."""
    table = Table()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    exchange = table.match.exchange
    session = make_session(exchange)
    phone = browser.new_context()
    sign_in(phone, Client(), make_user("Efua"), site)
    page = phone.new_page()
    address = f"{site}/en/exchanges/agenda/{make_agenda_key(exchange)}/?item={session.uid}"

    page.goto(address)
    kept = "async () => (await (await caches.open('agenda-1')).keys()).length > 0"
    wait_for(lambda: page.evaluate(kept))
    page.goto(f"{site}{reverse('account')}")
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    left = page.evaluate("async () => (await caches.keys()).length")
    phone.set_offline(True)

    assert left == 0
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(address)


def test_a_page_says_before_the_session_ends_that_it_does_and_stays_on_a_click(site, browser):
    """H11: told some minutes before, with a button; what was typed stays where it is."""
    person, client = make_user("Efua"), Client()
    desk = browser.new_context()
    sign_in(desk, client, person, site)
    page = desk.new_page()
    page.clock.install()
    page.goto(f"{site}{reverse('account')}")
    notice = page.locator("#session-ends")
    expect(notice).not_to_be_visible()

    session = client.session
    session[sessions.ACTED] -= sessions.OTHERS.idle.total_seconds() - 120
    session.save()
    page.clock.fast_forward(1000 * int(sessions.OTHERS.idle.total_seconds() - 290))

    expect(notice).to_contain_text("You will be signed out in a few minutes.")
    page.get_by_role("button", name="Stay signed in").click()
    expect(notice).not_to_be_visible()
    assert client.session[sessions.ACTED] > time.time() - 60
