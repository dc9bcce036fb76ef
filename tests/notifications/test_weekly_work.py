"""What waits for somebody, by e-mail each Monday and in their calendar: the list of their page."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from applications.enums import Status
from connect.links import Link
from connect.my_work import list_tasks
from matching import consent, desk
from notifications.models import Letter, Pause, WeeklyWork
from notifications.sending import send_waiting_letters
from notifications.weekly_work import send_weekly_work
from notifications.work_calendar import create_work_calendar
from tests.factories import (
    make_authority,
    make_dossier,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2027, 3, 4, 10, tzinfo=UTC)
MONDAY = datetime(2027, 3, 8, 8, 30, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture(autouse=True)
def on_a_thursday():
    with time_machine.travel(THURSDAY, tick=False):
        yield


@pytest.fixture
def efua():
    """She has one application to correct by a day, and one to approve the summary of."""
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona, time_zone="Africa/Accra")
    dossier = make_dossier(agona, status=Status.CORRECTION_ASKED, title="Empty the pits")
    dossier.corrections.create(fields=[], due_on=date(2027, 3, 20), asked_at=THURSDAY)
    make_dossier(agona, status=Status.VALIDATED, title="Sort the waste")
    return efua


def ask_for_it(user, wants=True):
    typed = {"kind": "work"} | ({"resume": "1"} if wants else {})
    return signed_in(user).post(reverse("letters"), typed, follow=True)


def sent_to(user):
    return Letter.objects.filter(template="weekly_work", address=user.email).order_by("pk")


def test_on_monday_morning_what_waits_is_in_one_email_as_the_page_lists_it(efua, received):
    assert "Saved." in ask_for_it(efua).text

    counted = [send_weekly_work(MONDAY - HOUR), send_weekly_work(MONDAY), send_weekly_work(MONDAY)]
    counted.append(send_weekly_work(MONDAY + 5 * HOUR))
    with time_machine.travel(MONDAY, tick=False):
        send_waiting_letters(MONDAY)

    assert counted == [0, 1, 0, 0]
    [letter] = received(efua.email)
    body = letter.get_body(("plain",)).get_content()
    assert letter["Subject"] == "2 tasks wait for you"
    assert "Send the correction: “Empty the pits” · Agona West, Ghana · until 20 March 2027" in body
    assert "Say whether the summary may be published: “Sort the waste”" in body
    assert "/en/my/" in body
    for task in list_tasks(efua, THURSDAY):
        assert task.about in body
    assert send_weekly_work(MONDAY + WEEK) == 1  # and again the week after


def test_nobody_gets_it_who_did_not_ask_or_for_whom_nothing_waits(efua):
    idle = make_user("Abena")
    ask_for_it(idle)

    assert send_weekly_work(MONDAY + HOUR) == 0
    assert not Letter.objects.filter(template="weekly_work").exists()


def test_it_is_monday_morning_where_its_reader_is():
    """At half past eight in London it is Monday evening in Auckland, and night in Lima."""
    people = {}
    for zone in ("Pacific/Auckland", "Africa/Accra", "America/Lima"):
        agona = make_authority()
        people[zone] = make_user(works_for=agona, time_zone=zone)
        make_dossier(agona, status=Status.VALIDATED)
        ask_for_it(people[zone])
    came = {}
    start = MONDAY.replace(hour=0, minute=0) - timedelta(days=1)
    for hour in range(72):
        send_weekly_work(start + hour * HOUR)
        for zone, person in people.items():
            if zone not in came and sent_to(person).exists():
                came[zone] = start + hour * HOUR

    assert came == {
        "Pacific/Auckland": datetime(2027, 3, 7, 19, tzinfo=UTC),
        "Africa/Accra": datetime(2027, 3, 8, 8, tzinfo=UTC),
        "America/Lima": datetime(2027, 3, 8, 13, tzinfo=UTC),
    }


def test_whoever_asks_on_a_monday_has_it_from_the_next_one_on(efua):
    with time_machine.travel(MONDAY, tick=False):
        ask_for_it(efua)
    assert [send_weekly_work(MONDAY), send_weekly_work(MONDAY + WEEK)] == [0, 1]


def test_its_own_link_stops_it_and_so_does_the_page_where_it_was_asked_for(efua, received):
    ask_for_it(efua)
    with time_machine.travel(MONDAY, tick=False):
        send_weekly_work(MONDAY)
        send_waiting_letters(MONDAY)
        body = received(efua.email)[0].get_body(("plain",)).get_content()
        address = re.search(r"/en/letters/pause/\S+/", body)[0]
        assert "What waits for you, on Monday mornings" in Client().get(address).text
        Client().post(address)
        page = signed_in(efua).get(reverse("letters")).text
    assert "Receive" in page
    assert send_weekly_work(MONDAY + WEEK) == 0

    ask_for_it(efua)
    assert not Pause.objects.exists()
    assert send_weekly_work(MONDAY + 2 * WEEK) == 1
    ask_for_it(efua, wants=False)
    assert not WeeklyWork.objects.exists()
    assert sent_to(efua).exclude(cancelled_at=None).count() == 1  # what had not left yet
    assert send_weekly_work(MONDAY + 3 * WEEK) == 0


def test_it_is_written_in_its_readers_language(efua):
    efua.language = "fr"
    efua.save()
    ask_for_it(efua)
    send_weekly_work(MONDAY)
    [letter] = sent_to(efua)
    assert letter.context["tasks"][0].endswith("· jusqu’au 20 mars 2027")


# The calendar


def address_of(user):
    """Ask for a calendar as on the page; return its address."""
    client = signed_in(user)
    page = client.post(reverse("my-calendar"), follow=True).text
    return re.search(r'href="(\S+/my/calendar/\S+\.ics)"', page)[1]


def events(address):
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Referrer-Policy"] == "strict-origin"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_each_task_with_a_last_day_is_an_event_of_a_whole_day(efua):
    found = events(address_of(efua))

    told = [(str(e["summary"]), e["dtstart"].dt, e["dtend"].dt, str(e["url"])) for e in found]
    assert [one[:3] for one in told] == [
        ("Send the correction: Empty the pits", date(2027, 3, 20), date(2027, 3, 21)),
    ]
    assert told[0][3].endswith("/en/my/")
    assert str(found[0]["description"]) == "Agona West, Ghana"
    again = events(address_of(efua))
    assert [e["uid"] for e in again] == [e["uid"] for e in found]  # not a second event


def test_a_task_that_a_link_answers_gives_its_key_to_no_calendar():
    """A superior with an account has the link of their answer on the page, not in the calendar."""
    clerk = make_user("Clerk")
    dossier, offer = make_dossier(status=Status.SHORTLISTING), make_offer()
    expert = offer.expert
    expert.employer_email = clerk.email
    expert.save()
    interest = make_interest(dossier, expert)
    consent.propose_match(dossier, [interest.pk], note="They did it.", actor=make_officer())
    with time_machine.travel(THURSDAY + HOUR, tick=False):  # an officer can undo it no more
        paths = [task.path for task in list_tasks(clerk, THURSDAY + HOUR) if task.until]
        assert len(paths) == 1

        content = Client().get(address_of(clerk)).text

    assert "BEGIN:VEVENT" in content
    key = paths[0].strip("/").split("/")[-1]
    assert key not in content.replace("\r\n ", "")


def test_its_address_is_replaced_and_ended_and_opens_for_nobody_else(efua):
    first = address_of(efua)
    second = address_of(efua)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)

    link = Link.objects.not_withdrawn().get(purpose="notifications.work")
    signed_in(make_user()).post(reverse("withdraw-link", args=[link.pk]))
    assert Client().get(second).status_code == 200
    signed_in(efua).post(reverse("withdraw-link", args=[link.pk]), {"next": reverse("my")})
    assert Client().get(second).status_code == 404
    third = address_of(efua)
    with time_machine.travel(THURSDAY + timedelta(days=367), tick=False):
        assert Client().get(third).status_code == 404
    efua.is_active = False
    efua.save()
    assert Client().get(third).status_code == 404
    assert Client().get("/en/my/calendar/0.ics").status_code == 404


def test_twenty_addresses_a_day_are_enough(efua):
    for _ in range(20):
        create_work_calendar(efua)
    with pytest.raises(ValidationError):
        create_work_calendar(efua)


def test_an_expert_who_is_invited_has_the_last_day_of_the_request_in_their_calendar():
    offer = make_offer()
    invited = make_dossier(status=Status.PUBLISHED, title="Empty the pits")
    desk.invite_expert(invited, offer.pk, actor=make_officer())

    with time_machine.travel(THURSDAY + HOUR, tick=False):  # an officer can undo it no more
        [event] = events(address_of(offer.expert.user))

    assert event["dtstart"].dt == invited.opportunity.closes_on


def test_an_exchange_under_way_is_in_both_without_more_than_the_page_says():
    table, _exchange = agreed()
    titles = {str(task.what) for task in list_tasks(table.efua, THURSDAY)}
    content = Client().get(address_of(table.efua)).text
    for event in Calendar.from_ical(content).walk("VEVENT"):
        assert str(event["summary"]).partition(":")[0] in titles
