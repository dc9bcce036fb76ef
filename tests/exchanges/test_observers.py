"""Associations that are invited to observe, and whose mailbox turns out to be none."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.utils import timezone

from exchanges import readiness
from exchanges.enums import Readiness
from exchanges.models import Exchange, Observation, Session
from notifications import returned
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from registry import members
from tests.exchanges.pages import agenda_item_data, page_of, told_addresses
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_association_whose_only_address_dies_is_not_invited_any_more_and_staff_know(planned):
    """“Association invited: done”, and counted, though the e-mail had come back within the hour."""
    abena, now = get_user(planned.abena), timezone.now()
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    page = page_of(planned, "session", Session.objects.get().pk)
    planned.town.post(page, {"verb": "invite"})
    send_waiting_letters(now + timedelta(minutes=11))
    invited, seen = Letter.objects.get(template="observation_asked"), {}

    def observed():
        item = readiness.list_items(Exchange.objects.get(pk=planned.pk))
        (holds,) = [one.holds for one in item if one.code == Readiness.ASSOCIATION]
        return holds, Observation.objects.notified().count(), told_addresses("observer_unreached")

    seen["full"] = returned.record_failure(invited, "5.2.2", "Full", now) and observed()
    seen["dead"] = returned.record_failure(invited, "5.1.1", "Unknown", now) and observed()
    kwame = make_user("Kwame")
    asked = kwame.memberships.create(
        association=abena.memberships.get().association,
        roles=["association_officer"],
        status="asked",
    )
    members.decide_membership(asked, actor=planned.ines, accept=True, grounds="The mayor told us.")
    seen["joined"] = observed()

    staff = [planned.ines.email]
    assert seen == {"full": (True, 1, []), "dead": (False, 0, staff), "joined": (True, 1, staff)}
    assert set(told_addresses("observation_asked")) == {abena.email, kwame.email}
    his = Letter.objects.get(address=kwame.email, template="observation_asked")
    returned.record_failure(his, "5.1.1", "Unknown", now + timedelta(hours=1))
    assert observed() == (False, 0, staff * 2)


def test_an_association_that_another_officer_reads_for_stays_invited(planned):
    kwame = make_user("Kwame")
    kwame.memberships.create(
        association=get_user(planned.abena).memberships.get().association,
        roles=["association_officer"],
        status="active",
    )
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    planned.town.post(page_of(planned, "session", Session.objects.get().pk), {"verb": "invite"})
    letter = Letter.objects.get(template="observation_asked", address=kwame.email)

    returned.record_failure(letter, "5.1.1", "Unknown", timezone.now())

    assert Observation.objects.notified().count() == 1
    assert told_addresses("observer_unreached") == []
