"""Reminders arrive by day where their reader is; what must be known at once does not wait."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from connect.mail import Recipient
from connect.time_zones import named_time_zones
from notifications.hours import FIRST, LAST, next_waking_hour
from notifications.models import Letter
from notifications.outbox import post_letter
from tests.factories import make_user
from tests.security.sign_in import PASSWORD, with_password


@pytest.mark.parametrize(
    ("at", "zone", "then"),
    [
        ("2027-03-01T10:00+00:00", "Africa/Accra", "2027-03-01T10:00+00:00"),
        ("2027-03-01T07:59+00:00", "Africa/Accra", "2027-03-01T08:00+00:00"),
        ("2027-03-01T20:00+00:00", "Africa/Accra", "2027-03-02T08:00+00:00"),
        ("2027-03-01T10:00+00:00", "America/Bogota", "2027-03-01T13:00+00:00"),
        ("2027-03-01T22:00+00:00", "Asia/Phnom_Penh", "2027-03-02T01:00+00:00"),
        # The night in which Brussels' clocks go forward, and the one in which they go back.
        ("2027-03-27T23:30+00:00", "Europe/Brussels", "2027-03-28T06:00+00:00"),
        ("2027-10-30T23:30+00:00", "Europe/Brussels", "2027-10-31T07:00+00:00"),
    ],
)
def test_a_reminder_waits_for_the_morning(at, zone, then):
    assert next_waking_hour(datetime.fromisoformat(at), zone) == datetime.fromisoformat(then)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZoneInfo("UTC"))),
    st.sampled_from(named_time_zones()),
)
def test_it_waits_less_than_a_day_and_never_past_its_time(at, zone):
    then = next_waking_hour(at, zone)

    assert at <= then <= at + timedelta(hours=24 - (LAST - FIRST) + 1)
    assert FIRST <= then.astimezone(ZoneInfo(zone)).hour < LAST


@pytest.mark.django_db
def test_each_reader_has_their_own_morning_and_a_decision_waits_for_none(client):
    hans, karen = make_user("Hans"), make_user("Karen")
    client.force_login(karen)
    client.post(
        "/en/account/", {"name": "Karen", "language": "es", "time_zone": "America/Costa_Rica"}
    )
    karen.refresh_from_db()
    night = datetime(2027, 6, 1, 1, tzinfo=ZoneInfo("Europe/Brussels"))

    with time_machine.travel(night, tick=False):
        people = [hans, karen, Recipient("mayor@example.org", "Mayor")]
        post_letter("profile_confirm", key="r", to=people, reminds=True, concerns=hans)
        post_letter("dossier_validate", key="d", to=[hans])

    due = {letter.key: letter.not_before for letter in Letter.objects.all()}
    morning = night.replace(hour=8)
    assert due == {
        f"r:{hans.email}": morning,
        f"r:{karen.email}": night,  # it is five in the afternoon in San José
        "r:mayor@example.org": morning,
        f"d:{hans.email}": night,
    }


@pytest.mark.django_db
def test_the_browser_tells_the_time_zone_of_who_has_chosen_none_as_they_sign_in():
    names = ("Kofi", "Karen", "Indra")
    kofi, karen, indra = (with_password(make_user(name)) for name in names)
    karen.time_zone = "America/Costa_Rica"
    karen.save()
    told = {}

    for person, zone in (
        (kofi, "nowhere"),
        (kofi, "Africa/Accra"),
        (karen, "Asia/Tokyo"),
        (indra, "Asia/Calcutta"),  # as browsers call it
    ):
        typed = {"login": person.email, "password": PASSWORD, "time_zone": zone}
        Client().post(reverse("account_login"), typed)
        person.refresh_from_db()
        told[(person.name, zone)] = person.time_zone

    assert told == {
        ("Kofi", "nowhere"): "",
        ("Kofi", "Africa/Accra"): "Africa/Accra",
        ("Karen", "Asia/Tokyo"): "America/Costa_Rica",
        ("Indra", "Asia/Calcutta"): "Asia/Kolkata",
    }
