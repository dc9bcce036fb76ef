"""An officer signs in by a passkey: added, used alone and as second factor, removed."""

from urllib.parse import unquote

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from notifications.models import Letter
from tests.factories import make_officer
from tests.security.sign_in import PASSWORD, with_password

pytestmark = pytest.mark.django_db(transaction=True)
# A device with a finger that is always right (https://www.w3.org/TR/webauthn-2/#sctn-automation).
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def seat(site, browser):
    """A page of a browser with a device that keeps passkeys, and its address of the site."""
    place = site.replace("127.0.0.1", "localhost")  # a passkey belongs to a name
    page = browser.new_context().new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield page, place
    page.context.close()


def give_password(page, place, officer):
    page.goto(place + reverse("account_login"))
    page.get_by_label("E-mail").fill(officer.email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_officer_signs_in_by_a_passkey_alone_and_as_second_factor_until_it_is_removed(seat):
    """22.6: the programme team had an app on a telephone, and nothing else."""
    page, place = seat
    officer = with_password(make_officer("Ines"))
    officer.authenticator_set.all().delete()

    give_password(page, place, officer)
    page.get_by_role("heading", name="Please confirm that it is you").wait_for()
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto(place + reverse("admin:index"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url == place + reverse("admin:index")

    page.context.clear_cookies()
    page.goto(place + reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(place + reverse("my"))
    page.goto(place + reverse("admin:index"))
    assert page.url == place + reverse("admin:index")

    page.context.clear_cookies()
    give_password(page, place, officer)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(place + reverse("my"))
    page.goto(place + reverse("admin:index"))
    assert page.url == place + reverse("admin:index")

    page.goto(place + reverse("mfa_list_webauthn"))
    page.get_by_text("Work laptop").wait_for()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("link", name="With a passkey").click()  # once more that it is them
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Remove a passkey").wait_for()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("You have no passkey yet.").wait_for()
    page.goto(place + reverse("admin:index"))
    assert reverse("mfa_activate_totp") in unquote(page.url)  # after the password, once more
    told = Letter.objects.filter(address=officer.email).values_list("template", flat=True)
    assert {"mfa/email/webauthn_added", "mfa/email/webauthn_removed"} <= set(told)


def test_a_passkey_that_is_not_given_is_said_and_other_ways_stay(seat):
    """Allauth's scripts tell the console alone."""
    page, place = seat
    page.goto(place + reverse("account_login"))
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled()
