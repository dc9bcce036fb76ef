"""What follows a match: planned, held by its dates, cancelled before or after it began."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Dossier
from connect.transitions import TransitionRefused
from exchanges.enums import ExchangeStatus, Readiness
from exchanges.models import Exchange
from exchanges.moves import move_by_dates
from exchanges.rate_tables import ExchangeTable
from exchanges.transitions import exchange_machine
from matching.models import Match
from notifications.models import Letter
from tests.factories import make_authority, make_user
from tests.worlds import agreed, make_exchange

pytestmark = pytest.mark.django_db
WHY = {"reason": "security", "note": "The region is closed to travel."}


def test_an_exchange_is_planned_made_ready_and_moves_by_its_dates(client):
    table, exchange = agreed()
    client.force_login(table.ines)
    page = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    start = timezone.localdate() + timedelta(days=100)
    plan = {
        "form": "expert_mission",
        "planned_start": start.isoformat(),
        "planned_end": (start + timedelta(days=4)).isoformat(),
        "place": "Swedru",
        "mode": "on_site",
        "languages": ["en"],
        "checklist": Readiness.values,
        "settled_why": "All was checked by telephone.",
    }

    client.post(page, plan)
    for verb in ("plan", "get_ready"):
        client.post(reverse("admin:exchanges_exchange_step", args=[exchange.pk, verb]))
    states = []
    for days in (99, 101, 104, 106):
        move_by_dates(timezone.now() + timedelta(days=days))
        states.append(Exchange.objects.get().status)

    assert states == ["ready", "running", "running", "completed"]
    held = Exchange.objects.get()
    assert (held.actual_start, held.actual_end) == (start, start + timedelta(days=4))


@pytest.mark.parametrize(
    ("country", "still_ready", "begun", "still_running", "over"),
    [  # hours after midnight of the first day, and of the day after the last, in Brussels' summer
        ("GT", 7, 8.5, 7, 8.5),
        ("PH", -7, -5.5, -7, -5.5),
    ],
)
def test_an_exchange_begins_and_ends_at_midnight_of_its_place(
    country, still_ready, begun, still_running, over
):
    """In Guatemala it was completed at four in the afternoon of its last day, sessions running."""
    table, exchange = agreed()
    type(table.agona).objects.filter(pk=table.agona.pk).update(country=country)
    first, last = date(2027, 6, 7), date(2027, 6, 11)
    Exchange.objects.update(status="ready", planned_start=first, planned_end=last)
    states = []

    for day, hours in (
        *((first, one) for one in (still_ready, begun)),
        *((last + timedelta(days=1), one) for one in (still_running, over)),
    ):
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Brussels"))
        move_by_dates(midnight.astimezone(UTC) + timedelta(hours=hours))
        states.append(Exchange.objects.get().status)

    assert states == ["ready", "running", "running", "completed"]
    held = Exchange.objects.get()
    assert (held.actual_start, held.actual_end) == (first, last)


def test_a_step_before_its_day_needs_a_reason_and_no_actual_day_lies_ahead(client):
    table, exchange = agreed()
    client.force_login(table.ines)
    today = exchange.local_day(timezone.now())
    Exchange.objects.update(
        status="ready",
        planned_start=today + timedelta(days=79),
        planned_end=today + timedelta(days=83),
    )
    room = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    told, seen = {}, []

    for verb in ("start", "complete"):
        step = reverse("admin:exchanges_exchange_step", args=[exchange.pk, verb])
        told[verb] = client.post(step, {"note": " "}, follow=True).text
        seen.append(Exchange.objects.get().status)
        client.post(step, {"note": "They met early, for the rains came."})
        seen.append(Exchange.objects.get().status)
    held = Exchange.objects.get()
    Exchange.objects.update(status="running", actual_end=None)
    ahead = client.post(
        room,
        {
            "form": "expert_mission",
            "mode": "on_site",
            "actual_start": today.isoformat(),
            "actual_end": (today + timedelta(days=1)).isoformat(),
        },
    ).text

    assert "Still needed: its first day, " in told["start"]
    assert "Still needed: its last day, " in told["complete"]
    assert seen == ["ready", "running", "running", "completed"]
    assert (held.actual_start, held.actual_end) == (today, today)
    assert "This date is in the future." in ahead


def test_days_that_are_over_are_planned_with_a_reason_alone():
    table, exchange = agreed()
    Exchange.objects.update(planned_start="2026-03-02", planned_end="2026-03-06", place="Swedru")

    with pytest.raises(TransitionRefused, match="dates in the future"):
        exchange_machine.advance(exchange, "plan", actor=table.ines)
    exchange_machine.advance(
        exchange, "plan", actor=table.ines, note="It was held; we write it down late."
    )

    assert Exchange.objects.get().status == "planned"


def test_an_exchange_whose_last_day_is_today_is_planned_without_a_reason():
    table, exchange = agreed()
    today = timezone.localdate()
    Exchange.objects.update(planned_start=today, planned_end=today, place="Swedru")

    exchange_machine.advance(exchange, "plan", actor=table.ines)

    assert Exchange.objects.get().status == "planned"


def test_an_exchange_that_is_postponed_says_that_its_days_are_the_former_ones(client):
    table, exchange = agreed()
    Exchange.objects.update(status="planned", planned_start="2027-03-01", planned_end="2027-03-05")
    exchange.refresh_from_db()
    link = exchange.participants.first().create_link().key

    exchange_machine.advance(exchange, "postpone", actor=table.ines, **WHY)

    client.force_login(table.efua)
    page = client.get(exchange.get_absolute_url()).text
    by_link = client.get(reverse("agenda-by-link", args=[link])).text
    client.force_login(table.ines)
    listed = client.get(reverse("admin:exchanges_exchange_changelist")).text
    exchange.refresh_from_db()
    exported = ExchangeTable().export(Exchange.objects.all()).csv
    assert "to be agreed again; planned before: " in page
    shown = ["2027" in text for text in (by_link, listed, exported)]
    assert (exchange.first_day, shown) == (None, [False] * 3)


def test_an_exchange_cancelled_before_it_began_sends_the_dossier_back_to_the_desk():
    table, exchange = agreed()

    exchange_machine.advance(exchange, "cancel", actor=table.ines, **WHY)

    assert table.state() == ("undone", "shortlisting", "expired", 1)


def test_a_chosen_expert_reads_that_the_answer_ended_with_the_exchange(client):
    """It read “Expired”, and a second e-mail thanked for the offer to help."""
    table, exchange = agreed()
    interest = exchange.match.interests.get()
    client.force_login(interest.expert.user)

    exchange_machine.advance(exchange, "cancel", actor=table.ines, **WHY)

    page = client.get(interest.get_absolute_url()).text
    told = Letter.objects.filter(address=interest.expert.user.email, template="interest_expire")
    shown = [words in page for words in ("Ended with the exchange", "Expired")]
    assert (shown, told.count()) == ([True, False], 0)


def test_an_exchange_cancelled_after_it_began_closes_the_dossier():
    table, exchange = agreed()
    Exchange.objects.update(status=ExchangeStatus.INTERRUPTED)

    exchange_machine.advance(exchange, "cancel", actor=table.ines, **WHY)

    assert Dossier.objects.get().status == "closed"
    assert Match.objects.get().status == "undone"


def test_both_sides_see_the_exchange_and_a_neighbour_does_not(client):
    table, exchange = agreed()
    seen = []

    for person in (table.efua, table.ineke.user, make_user(works_for=make_authority())):
        client.force_login(person)
        seen.append(client.get(exchange.get_absolute_url()).status_code)

    assert seen == [200, 200, 404]


def test_what_goes_on_comes_first_and_what_is_closed_is_folded(client):
    """S2: seventeen exchanges in no order, closed and cancelled ones among them."""
    table, planned = agreed()
    closed = make_exchange(2)
    client.force_login(table.ines)

    address = reverse("admin:exchanges_exchange_changelist")
    listed, archive = (client.get(address + asked) for asked in ("", "?archive=all"))
    mine = client.get(reverse("my"))

    assert list(listed.context["cl"].result_list) == [planned]
    assert list(archive.context["cl"].result_list) == [planned, closed]
    assert planned.dossier.authority.place in listed.text
    assert (list(mine.context["exchanges"]), list(mine.context["ended"])) == ([planned], [closed])
    assert "1 exchange closed or cancelled" in mine.text
