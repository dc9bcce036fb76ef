"""The desk shows which good practices are near to the request that it seeks somebody for."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from practices.models import NearestPractices, Practice
from practices.nearest import save_nearest_practices
from registry.models import Theme
from tests.factories import make_dossier, make_officer, make_practice
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db


def test_the_desk_shows_the_practices_near_to_a_request_with_why_while_they_are_published(client):
    dossier = make_dossier(status=Status.PUBLISHED)
    near = make_practice(make_exchange(1))
    draft = make_practice(near.exchange, status="draft", title="Licences, still a draft")
    far = make_practice(
        near.exchange,
        title="Cooking for schools",
        summary="Meals for every pupil.",
        problem="Pupils came to school hungry.",
        done="",
        result="",
    )
    far.topics.clear()
    # The same words under another theme are not about the same: sludge, and a plan of land.
    alike = make_practice(near.exchange, title="Licences, of another theme")
    alike.topics.set([Theme.objects.get(code="participation/civil-society")])
    client.force_login(make_officer())

    def page():
        return client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    before = page()
    assert save_nearest_practices(timezone.now()) == 1
    assert save_nearest_practices(timezone.now()) == 0  # nothing has changed
    after = page()

    assert "Related good practices" not in before
    found = NearestPractices.objects.get(dossier=dossier)
    assert [entry["offer_id"] for entry in found.entries] == [near.pk]
    assert {*found.entries[0]["parts"]} == {"topics", "text", "context"}
    assert reverse("practice", args=[near.slug]) in after and near.authority.place in after
    assert str(draft) not in after and str(far) not in after
    assert str(alike) not in after
    assert "level 4 of 4" in after
    Practice.objects.filter(pk=near.pk).update(status="archived")
    assert reverse("practice", args=[near.slug]) not in page()
    assert save_nearest_practices(timezone.now()) == 1
    assert NearestPractices.objects.get(dossier=dossier).entries == []
