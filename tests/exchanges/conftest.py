"""An exchange that is being planned, with a browser of each of those who plan it."""

import copy
from datetime import timedelta

import pytest
from django.utils import timezone

from exchanges.models import Exchange
from notifications.models import Letter
from tests.factories import make_user
from tests.worlds import agreed, signed_in

START = timezone.localdate() + timedelta(days=90)


@pytest.fixture(scope="module")
def planned_once(once):
    """An exchange with its dates, and a speaker of the association of its town."""
    table, exchange = agreed()
    association = table.agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    Exchange.objects.update(planned_start=START, planned_end=START + timedelta(days=4))
    exchange.refresh_from_db()
    Letter.objects.all().delete()
    return table, exchange, abena


@pytest.fixture
def planned(planned_once):
    """An exchange with its dates, and a browser of each side, of staff and of the association."""
    table, exchange, abena = copy.deepcopy(planned_once)
    exchange.town, exchange.expert = signed_in(table.efua), signed_in(table.ineke.user)
    exchange.staff, exchange.abena = signed_in(table.ines), signed_in(abena)
    exchange.ines = table.ines
    return exchange
