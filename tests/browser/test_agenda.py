"""In the field: an agenda that was opened once opens again when the line is down."""

import pytest
from playwright.sync_api import expect

from exchanges import agenda
from tests.conftest import wait_for
from tests.factories import make_session
from tests.matching.test_consent import Table

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
    address = f"{site}/en{agenda.calendar_path(exchange, session)}"

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
