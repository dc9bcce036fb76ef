"""People change their employer: the past names who it was then, and what is ahead is told."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.models import Dossier
from exchanges.models import Exchange
from notifications.models import Letter
from notifications.outbox import write
from registry import members
from registry.enums import Role
from tests.exchanges.test_exchanges import agreed
from tests.factories import make_authority, make_user
from tests.matching.test_consent import Table
from tests.registry.test_profiles import typed

pytestmark = pytest.mark.django_db


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def told():
    """Who was told, and the first lines of what."""
    letters = Letter.objects.filter(template="person_left").order_by("address")
    return [(letter.address, write(letter)[0]) for letter in letters]


def move(expert, to):
    """Let an expert say on their profile that they work in another town now."""
    expert.user.memberships.create(authority=to, roles=["expert"], status="active")
    posted = typed(to) | {"function_title": "Adviser", "function": "water"}
    answer = signed_in(expert.user).post(reverse("profile"), posted)
    assert answer.status_code == 302, answer.context["form"].errors


def test_a_past_match_and_its_exchange_name_the_employer_of_then():
    table, exchange = agreed()
    then = table.ineke.authority
    Exchange.objects.update(status="closed")
    Letter.objects.all().delete()

    move(table.ineke, make_authority("Brussels", country="BE"))

    efua = signed_in(table.efua)
    pages = [table.match.get_absolute_url(), exchange.get_absolute_url()]
    pages += [reverse("interest", args=[table.dossier.reference, table.interest.pk])]
    shown = [efua.get(page).text for page in pages[:2]]
    shown += [signed_in(table.ines).get(pages[2]).text]
    assert [(then.place in text, "Brussels" in text, "Adviser" in text) for text in shown] == [
        (True, False, False)
    ] * 3
    assert all("Head of sludge" in text for text in shown[:2])
    assert told() == []


@pytest.mark.parametrize("how", ["leaves", "names another", "is proposed only"])
def test_an_expert_who_leaves_with_something_ahead_is_told_of_to_staff_and_the_town(how):
    table, about = agreed() if how != "is proposed only" else (Table(), None)
    about = about or table.match
    Letter.objects.all().delete()

    if how == "names another":
        move(table.ineke, make_authority("Brussels", country="BE"))
    else:
        members.end(table.ineke.user.memberships.get(), actor=table.ineke.user)
        with time_machine.travel(timezone.now() + timedelta(days=3)):  # told of already
            move(table.ineke, make_authority("Brussels", country="BE"))

    words = f"{about.reference}: Ineke no longer works for {table.interest.authority.name}"
    told_to = [address for address, _words in told()]
    assert told_to == sorted({table.ines.email, *others(table)})
    assert {subject for _address, subject in told()} == {words}
    assert about.events.last().verb == "leave"


def others(table):
    """The town's people: who writes for it, its contact and its representative."""
    dossier = table.dossier
    return {table.efua.email, dossier.focal_email, dossier.legal_email} - {""}


def test_of_the_side_that_asks_the_contact_and_the_last_who_writes_are_news_to_the_expert():
    table, _exchange = agreed()
    kofi = make_user("Kofi", works_for=table.agona, roles=[Role.EDITOR])
    asks = make_user("Abena")
    Dossier.objects.update(legal_email=asks.email)
    asks.memberships.create(authority=table.agona, roles=[Role.EDITOR], status="asked")
    Letter.objects.all().delete()

    members.end(asks.memberships.get(), actor=asks)  # was never there
    members.end(kofi.memberships.get(), actor=kofi)
    before = told()
    members.end(table.efua.memberships.get(), actor=table.efua)
    yaw = make_user("Yaw", works_for=table.agona, roles=[Role.EXPERT])
    members.end(yaw.memberships.get(), actor=yaw)

    assert before == []
    assert sorted(address for address, _words in told()) == sorted(
        [table.ines.email, table.ineke.user.email]
    )
