"""After an exchange: the sides stay in touch, and a town asks for another that goes on from it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from exchanges.models import Exchange, Participant
from matching.candidates import list_earlier_helpers
from matching.models import Opportunity
from tests.factories import make_authority, make_call, make_dossier, make_offer, make_user
from tests.worlds import Table

pytestmark = pytest.mark.django_db


def test_a_town_goes_on_from_an_exchange_and_staff_see_who_helped_then(client):
    """The first dossier is closed by its exchange; the next carries it, and its expert, along."""
    table = Table(offer=make_offer())
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    exchange = Exchange.objects.get()
    page, following = exchange.get_absolute_url(), make_call(title="The call of next year")
    client.force_login(table.efua)
    before = client.get(page).text
    Exchange.objects.update(status="closed")
    Dossier.objects.update(status=Status.CLOSED)
    after = client.get(page).text
    made = client.post(reverse("copy", args=[table.dossier.reference]), {"call": following.slug})
    other = make_dossier(make_authority(), status=Status.CLOSED)

    draft = Dossier.objects.get(status=Status.DRAFT)
    assert made["Location"] == draft.get_absolute_url() and draft.follows == table.dossier
    assert "Apply for a follow-on exchange" not in before
    assert "Copy it to “The call of next year”" in after and "#thread" in after
    assert (
        draft.drafts.get(section="background").raw.items()
        >= {
            "earlier": ["yes"],
            "earlier_reference": [table.dossier.reference],
        }.items()
    )
    assert "Follows the exchange about" in client.get(draft.get_absolute_url()).text
    assert list_earlier_helpers(other) == []
    Dossier.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED)
    now = timezone.localtime()
    Opportunity.objects.create(dossier=draft, published_at=now, closes_on=now.date())
    client.force_login(table.ines)
    desk = client.get(reverse("admin:matching_desk", args=[draft.pk])).text
    assert "It follows an earlier exchange" in desk and f"Invite {table.ineke}" in desk
    table.ineke.offers.update(status="paused")
    assert list_earlier_helpers(Dossier.objects.get(pk=draft.pk)) == [(table.ineke, None)]


def test_those_who_took_part_find_each_other_if_they_wish():
    table = Table(offer=make_offer())
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    page, stranger = reverse("directory"), make_user()
    seen = {}

    def look(person, q=""):
        client = Client()
        client.force_login(person)
        return client.get(f"{page}?q={q}")

    before = look(table.ineke.user).status_code
    Exchange.objects.update(status="running")
    town, expert = Client(), Client()
    town.force_login(table.efua), expert.force_login(table.ineke.user)
    seen["nobody"] = expert.get(page).text
    expert.post(page, {"show": "1"})
    seen["listed"] = look(table.efua, "sludge").text
    seen["other"] = look(table.efua, "buses").text
    seen["staff"] = look(table.ines).text
    expert.post(page, {"hide": "1"})
    seen["hidden"] = look(table.efua).text

    address = f"mailto:{table.ineke.user.email}"
    assert {name for name, text in seen.items() if address in text} == {"listed", "staff"}
    assert "be the first" in seen["nobody"] and "Try another word" in seen["other"]
    assert (before, look(stranger).status_code) == (403, 403)
    Participant.objects.filter(user=table.ineke.user).update(attended=False)
    assert expert.post(page, {"show": "1"}).status_code == 403


def test_the_sides_write_to_each_other_when_all_is_over(client):
    table = Table(offer=make_offer())
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    Exchange.objects.update(status="closed")
    Dossier.objects.update(status=Status.CLOSED)
    client.force_login(table.ineke.user)

    client.post(table.match.get_absolute_url(), {"text": "How does the fee do?"})

    client.force_login(table.efua)
    assert "How does the fee do?" in client.get(table.match.get_absolute_url()).text
