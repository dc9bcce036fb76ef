"""What an association shares onward: its members' exchanges and practices, and nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from tests.factories import make_practice, make_session, make_user
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db


def test_an_association_sees_what_to_observe_and_forwards_what_worked():
    ours, theirs = make_exchange(1), make_exchange(2)
    association = ours.dossier.authority.associations.create(
        name="NALAG", country="GH", scope="national"
    )
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    make_practice(ours, title="Licences for private emptiers")
    make_practice(theirs, title="Of another country")
    now = timezone.now()
    session = make_session(ours, starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=4))
    session.observations.create(association=association, asked_at=now)
    client = Client()
    client.force_login(abena)

    with translation.override("en"):
        page = client.get(reverse("association-shared")).text
        digest = client.get(reverse("association-digest")).text
        type(ours).objects.filter(pk=ours.pk).update(status="postponed")
        bare = Client()
        bare.force_login(make_user("Kofi"))
        of_none = [bare.get(reverse(f"association-{name}")) for name in ("shared", "digest")]
        called_off = client.get(reverse("association-shared")).text

    assert "Debrief with the council" in page and ours.reference in page
    assert "Debrief with the council" not in called_off
    assert [one.status_code for one in of_none] == [403, 403]
    assert all("Find your association" in one.text for one in of_none)
    assert theirs.reference not in page and "Of another country" not in page
    assert "Licences for private emptiers" in digest and "http://testserver/en/practices/" in digest
    assert "Helper 1" not in page + digest and "Of another country" not in digest
