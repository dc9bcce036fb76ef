"""Public pages say what they are to search engines and to sites where they are shared."""

import html
import io
import re
import textwrap

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from lxml import etree
from PIL import Image

from tests.factories import make_authority, make_user, publish_dossier

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def head_of(page):
    """Return {name of a meta tag or relation of a link: what it says}, the last of each."""
    metas = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page)
    links = re.findall(r'<link rel="(canonical|alternate)"[^>]*href="([^"]*)"', page)
    return dict(metas) | dict(links)


def test_a_request_is_described_where_somebody_shares_it(client):
    dossier = publish_dossier("Latrines & <pits> for all")
    address = reverse("opportunity", args=[dossier.reference])

    head = head_of(client.get(address + "?utm_source=mail").text)

    picture = address + "picture.png"
    assert {
        name: head[name]
        for name in ("og:title", "og:description", "og:url", "canonical", "og:image")
    } == {
        "og:title": "Latrines &amp; &lt;pits&gt; for all",
        "og:description": textwrap.shorten(dossier.summary, 200, placeholder=" …"),
        "og:url": settings.SITE_URL + address,
        "canonical": settings.SITE_URL + address,
        "og:image": settings.SITE_URL + picture,
    }
    drawn = client.get(picture)
    assert (drawn["Content-Type"], Image.open(io.BytesIO(drawn.content)).size) == (
        "image/png",
        (1200, 630),
    )


def test_the_picture_of_a_request_that_is_not_open_is_not_drawn(client):
    dossier = publish_dossier("Latrines for all")
    dossier.opportunity.delete()

    assert client.get(reverse("opportunity-picture", args=[dossier.reference])).status_code == 404


def test_a_page_names_itself_in_every_language_and_a_list_its_feed(client):
    page = client.get(reverse("opportunities") + "?q=water&page=2").text

    assert dict(re.findall(r'hreflang="([^"]+)" href="(http[^"]+)"', page)) == {
        code: f"{settings.SITE_URL}/{code}/opportunities/?page=2"
        for code, _name in settings.LANGUAGES
    } | {"x-default": f"{settings.SITE_URL}/en/opportunities/?page=2"}
    assert f'href="{settings.SITE_URL}{reverse("opportunity-feed")}"' in page


@pytest.mark.parametrize(
    ("name", "is_public"),
    [
        *((name, True) for name in ("home", "calls", "can-we-apply", "opportunities", "practices")),
        *((name, True) for name in ("authorities", "impact", "events", "privacy")),
        *((name, False) for name in ("experts", "account_login", "account_signup", "my", "data")),
    ],
)
def test_search_engines_are_shown_public_pages_and_no_others(client, name, is_public):
    if name == "my":
        client.force_login(make_user())

    head = head_of(client.get(reverse(name)).text)

    assert ("canonical" in head, head.get("robots")) == (
        is_public,
        None if is_public else "noindex",
    )
    assert bool(head.get("description")) is is_public


def test_the_sitemap_has_each_open_request_in_every_language(client):
    dossier = publish_dossier("Latrines for all")

    urls = etree.fromstring(client.get(reverse("sitemap")).content).findall("s:url", NAMES)
    at = f"/opportunities/{dossier.reference}/"

    found = [url for url in urls if url.findtext("s:loc", namespaces=NAMES).endswith(at)]
    languages = {code for code, _name in settings.LANGUAGES}
    assert len(found) == len(languages)
    assert {link.get("hreflang") for link in found[0].findall("x:link", NAMES)} == languages | {
        "x-default"
    }
    opened = timezone.localdate(dossier.opportunity.published_at).isoformat()
    assert found[0].findtext("s:lastmod", namespaces=NAMES) == opened


def test_search_engines_leave_a_demonstration_alone(client, settings):
    settings.DEMO = True
    of_demonstration = client.get(reverse("robots")).text
    settings.DEMO = False
    of_programme = client.get(reverse("robots")).text

    assert of_demonstration == "User-agent: *\nDisallow: /\n"
    assert of_programme == (
        f"User-agent: *\nDisallow: /admin/\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
    )


def test_browsers_find_the_icon_where_they_always_look(client):
    assert re.search(r"favicon\.([0-9a-f]+\.)?ico$", client.get("/favicon.ico")["Location"])


def test_an_apostrophe_in_the_name_of_a_town_is_no_code_where_somebody_shares_it(client):
    town = make_authority("N'Djamena", country="TD")

    page = client.get(town.get_absolute_url()).text

    assert html.unescape(head_of(page)["og:description"]).startswith("N'Djamena, Chad in CONNECT")
