"""What search engines read in public pages: valid JSON-LD of schema.org, which no browser runs."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from exchanges.models import Exchange
from practices.models import Practice
from tests.factories import make_practice, make_session, publish_dossier
from tests.worlds import agreed

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script> & <b>"


def structured_data(address):
    """Return what the one block of structured data of a page says, for who is not signed in."""
    answer = Client().get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy or "default-src 'none'" in policy
    assert "unsafe-inline" not in policy and "alert(1)</script>" not in answer.text
    [block] = html.fromstring(answer.content).xpath("//script[@type='application/ld+json']")
    return json.loads(block.text)


def test_a_request_says_what_is_asked_by_whom_and_until_when():
    dossier = publish_dossier(HOSTILE)

    said = structured_data(reverse("opportunity", args=[dossier.reference]))

    assert (said["@context"], said["@type"]) == ("https://schema.org", "Demand")
    assert said["name"] == HOSTILE and said["inLanguage"] == dossier.language
    assert said["availabilityEnds"].startswith(dossier.opportunity.closes_on.isoformat())
    assert said["url"].endswith(f"/opportunities/{dossier.reference}/")


def test_a_practice_says_who_wrote_it_when_and_under_which_licence():
    _table, exchange = agreed()
    now = timezone.now()
    practice = make_practice(exchange, status="published")
    Practice.objects.update(published_at=now)
    practice.texts.update(title=HOSTILE)
    page = reverse("practice", args=[practice.slug])

    said = structured_data(page)
    Practice.objects.update(status="archived")

    assert (said["@context"], said["@type"]) == ("https://schema.org", "Article")
    assert said["headline"] == HOSTILE and said["url"].endswith(page)
    assert said["datePublished"] == now.isoformat(timespec="seconds")
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert said["author"] == {
        "@type": "GovernmentOrganization",
        "name": practice.authority.name,
        "address": {"@type": "PostalAddress", "addressCountry": "GH"},
    }


def test_an_open_event_says_when_and_where_it_is():
    _table, exchange = agreed()
    Exchange.objects.update(status="ready")
    begins = timezone.now().replace(microsecond=0) + timedelta(days=9)
    session = make_session(
        exchange,
        title=HOSTILE,
        is_public=True,
        place="Town hall",
        link="https://meet.example/x",
        starts_at=begins,
        ends_at=begins + timedelta(hours=2),
    )
    make_session(exchange, title="Not public", starts_at=begins, ends_at=session.ends_at)

    [said] = structured_data(reverse("events"))

    assert (said["@context"], said["@type"]) == ("https://schema.org", "Event")
    assert said["name"] == HOSTILE
    assert said["startDate"] == session.local_start.isoformat(timespec="minutes")
    assert said["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert [one["@type"] for one in said["location"]] == ["Place", "VirtualLocation"]
    assert said["url"].endswith(f"/events/#event-{session.pk}")


def test_a_page_without_events_says_nothing_of_them():
    page = html.fromstring(Client().get(reverse("events")).content)

    assert page.xpath("//script[@type='application/ld+json']") == []
