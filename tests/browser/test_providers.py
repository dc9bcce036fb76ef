"""Somebody new signs up by a provider of their organisation, in a browser."""

import pytest
from django.urls import reverse

from tests.security.providers import named, running_provider

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_browser_goes_to_a_provider_and_comes_back(live_server, browser, settings, tmp_path):
    """Every browser says that a form opens a page; the page that answers leads on by itself."""
    page = browser.new_context().new_page()
    with running_provider(tmp_path) as url:
        settings.OIDC_PROVIDERS, settings.SITE_URL = named(url), live_server.url
        page.goto(live_server.url + reverse("account_login"))
        page.get_by_role("button", name="Continue with EU Login").click()
        page.wait_for_url(f"{url}/**")
        page.get_by_role("button", name="efua-1").click()
        page.wait_for_url(live_server.url + reverse("socialaccount_signup"))
        name = page.get_by_label("Name").input_value()
    page.context.close()

    assert name == "Efua Mensah"
