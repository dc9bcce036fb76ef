"""Planning together: who takes part, an agenda that calendars follow, terms both sides sign."""

import copy
import io
import re
import uuid
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from icalendar import Calendar
from pypdf import PdfReader

from applications.models import Dossier
from connect import links
from connect.my_work import list_tasks
from exchanges import agenda, agenda_link, moves, readiness
from exchanges.days_proposals import close_proposals
from exchanges.enums import ExchangeStatus, Readiness
from exchanges.locking import lock_exchange
from exchanges.models import Exchange, Observation, Participant, Session
from exchanges.rules import unfilled_days
from exchanges.transitions import exchange_machine
from matching.models import Match
from notifications import texts
from notifications.digest import gather_bursts
from notifications.letter_text import compose_letter
from notifications.models import DeadAddress, Letter
from notifications.sending import send_waiting_letters
from registry import members
from registry.models import Authority, Expert
from tests.exchanges.conftest import START
from tests.exchanges.pages import agenda_item_data, events_of, page_of, told_addresses
from tests.factories import (
    give_factor,
    make_agenda_key,
    make_authority,
    make_budget_line,
    make_officer,
    make_session,
    make_user,
)
from tests.worlds import Table, signed_in

pytestmark = pytest.mark.django_db


def test_the_match_names_the_first_who_take_part(planned):
    people = Participant.objects.values_list("side", "part", "travels").order_by("side")

    assert list(people) == [("offering", "expert", True), ("requesting", "delegate", False)]


def test_each_side_names_its_people_and_the_association_sees_only_its_own(planned):
    form = {"name": "Kofi", "language": "en", "side": "requesting", "part": "delegate"}
    form |= {"gender": "man", "post": "technical", "visa": "unknown"}

    for client in (planned.town, planned.expert, planned.staff):
        client.post(page_of(planned, "participants"), form)
    odd = planned.town.post(
        page_of(planned, "participants"),
        form | {"arrives_on": "2027-03-05", "leaves_on": "2027-03-01"},
    )

    assert Participant.objects.filter(name="Kofi").count() == 3
    said = [("Leaves on", ["Nobody can leave before they arrive."])]
    refused = odd.context["form"]
    assert [(refused[name].label, words) for name, words in refused.errors.items()] == said
    own = planned.abena.get(page_of(planned, "participants")).text
    assert "Nobody from your association takes part yet." in own and "Kofi" not in own
    shown = planned.abena.get(planned.get_absolute_url()).text
    assert "Kofi" not in shown and "5 persons" not in shown
    neighbour = signed_in(make_user(works_for=make_authority()))
    assert neighbour.post(page_of(planned, "participants"), form).status_code == 404


def test_what_one_may_do_is_asked_again_once_it_is_locked(planned):
    stranger, abena = make_user(works_for=make_authority()), get_user(planned.abena)

    for person in (stranger, abena, None):
        with pytest.raises(PermissionDenied):
            lock_exchange(planned, "plan", person or AnonymousUser())
    Exchange.objects.update(status="closed")
    with pytest.raises(PermissionDenied):
        lock_exchange(planned, "plan", get_user(planned.town))


def test_an_agenda_is_a_draft_until_the_exchange_is_planned_then_everybody_is_told(planned):
    """Who has no account heard nothing of the days, and the page not when the e-mail leaves."""
    planned.participants.create(
        name="Esi", address="esi@example.org", side="requesting", part="delegate"
    )
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    before = Letter.objects.count()
    draft = planned.town.get(page_of(planned, "agenda")).text
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    invited, of_days = told_addresses("session_invited"), told_addresses("exchange_plan")
    waiting = planned.town.get(page_of(planned, "agenda"))
    session = Session.objects.get()

    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Town hall"))
    planned.town.post(
        page_of(planned, "session", session.pk), agenda_item_data(place="Town hall")
    )  # twice
    changed = Session.objects.get()
    said = planned.town.post(
        page_of(planned, "session", session.pk), {"verb": "cancel"}, follow=True
    )
    cancelled = Session.objects.get()

    assert "has been cancelled. All participants receive an e-mail about it." in said.text
    everybody = sorted(person.email for person in Participant.objects.all())
    assert before == 0
    assert set(everybody) <= set(of_days) and len(of_days) == len(set(of_days))
    leaves = timezone.localtime(
        Letter.objects.get(template="session_invited", name="Esi").not_before
    )
    when = date_format(leaves, "DATETIME_FORMAT")
    assert f"will be sent on {when} (Brussels time)." in waiting.text
    assert "will be sent on" not in draft
    assert (invited, told_addresses("session_changed"), told_addresses("session_cancelled")) == (
        everybody,
    ) * 3
    assert [one.sequence for one in (session, changed, cancelled)] == [0, 1, 2]
    subject, body = compose_letter(Letter.objects.filter(template="session_cancelled").first())
    assert subject.startswith("Cancelled: “Debrief with the council”")
    assert "09:00–11:30 (Accra time)" in body


def test_thirteen_changes_of_an_agenda_are_one_letter_with_one_calendar(planned, received):
    """It was one a change: thirteen to one person in twelve minutes."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    kofi = planned.participants.create(
        name="Kofi", address=f"kofi-{uuid.uuid4().hex[:8]}@example.org", side="requesting"
    )
    Letter.objects.all().delete()
    for number in range(6):
        planned.town.post(page_of(planned, "agenda"), agenda_item_data(title=f"Item {number}"))
    first, *_others, fifth, last = Session.objects.order_by("pk")
    planned.town.post(page_of(planned, "session", last.pk), {"verb": "cancel"})
    soon, later = (timezone.now() + timedelta(minutes=minutes) for minutes in (9, 11))
    assert [gather_bursts(soon), send_waiting_letters(soon)] == [0, 0]
    gather_bursts(later)
    send_waiting_letters(later)
    for place in ("Annex", "Market", "Town hall"):
        planned.town.post(
            page_of(planned, "session", first.pk), agenda_item_data(title="Item 0", place=place)
        )
    planned.town.post(page_of(planned, "session", fifth.pk), {"verb": "cancel"})
    gather_bursts(later)
    send_waiting_letters(later)

    letters = received(kofi.address)
    bodies = [letter.get_body(("plain",)).get_content() for letter in letters]
    texts = [body.replace("\r\n", "\n") for body in bodies]
    link = f"/exchanges/agenda/{kofi.valid_link.key}"
    assert {letter["Subject"] for letter in letters} == {f"{planned.reference}: the updated agenda"}
    assert [link in text for text in texts] == [True, True]
    assert (texts[0].count("New: “Item"), "Item 5" in texts[0]) == (5, False)
    assert "Changed: “Item 0”\nPlace: Town hall" in texts[1] and "Cancelled: “Item 4”" in texts[1]
    calendar_file = Calendar.from_ical(next(letters[1].iter_attachments()).get_content())
    events = {str(event["SUMMARY"]): event["STATUS"] for event in calendar_file.walk("VEVENT")}
    off = {"Item 4": "CANCELLED", "Item 5": "CANCELLED"}
    assert events == {f"Item {n}": "CONFIRMED" for n in range(4)} | off
    assert (gather_bursts(later), Letter.objects.unsent().count()) == (0, 0)


def test_calendars_keep_the_item_and_take_it_out_when_it_is_cancelled(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    session = Session.objects.get()
    item = f"?item={session.uid}"

    first = events_of(planned, item)
    agenda.cancel_session(session, actor=planned.ines)
    then, whole = events_of(planned, item), events_of(planned)

    def told_of(read):
        event = read.walk("VEVENT")[0]
        return read["METHOD"], str(event["UID"]), event["SEQUENCE"], event["STATUS"]

    uid = f"{session.uid}@connect"
    assert told_of(first) == ("PUBLISH", uid, 0, "CONFIRMED")
    assert told_of(then) == ("CANCEL", uid, 1, "CANCELLED")
    assert told_of(whole) == ("PUBLISH", uid, 1, "CANCELLED")
    assert (
        Client()
        .get(agenda_link.calendar_address(make_agenda_key(planned)) + "?item=no")
        .status_code
        == 404
    )
    assert Client().get("/en/exchanges/agenda/forged.ics").status_code == 404


def test_a_followed_agenda_gives_the_contacts_only_to_whom_the_pages_give_them(planned):
    """Z2: an association follows the agenda, and is told nobody's telephone by it."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    shown = {}
    for who in ("town", "abena"):
        reader = get_user(getattr(planned, who))
        key = agenda_link.create_feed(planned, reader).key
        shown[who] = Client().get(reverse("agenda-by-link", args=[key])).text
    esi = planned.participants.first()
    Dossier.objects.update(focal_phone="+233 24 123-4567")
    shown["esi"] = Client().get(reverse("agenda-by-link", args=[esi.create_link().key])).text

    with CaptureQueriesContext(connection) as asked:
        Client().get(reverse("agenda-by-link", args=[esi.create_link().key]))

    told = {who: "Emergency contact" in text for who, text in shown.items()}
    finds_link = '"connect_link"."uid" = '
    assert sum(finds_link in query["sql"] for query in asked) == 1  # and not once a question
    assert told == {"town": True, "abena": False, "esi": True}
    assert '<a href="tel:+233241234567">+233 24 123-4567</a>' in shown["esi"]


def test_a_calendar_goes_on_after_its_holder_was_sent_another_link_until_it_is_withdrawn(planned):
    """The address in a telephone was a 404 once somebody had pressed “Send again”."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    esi, now = planned.participants.first(), timezone.now()
    first, second = esi.create_link(now), esi.create_link(now, anew=True)
    address, page = calendar_of(first), reverse("agenda-by-link", args=[first.key])

    replaced = [Client().get(one).status_code for one in (address, page)]
    links.end_link(second, actor=planned.ines)
    withdrawn = [Client().get(one, follow=True).status_code for one in (address, page)]

    assert first.key != second.key
    assert (replaced, withdrawn) == ([200, 200], [404, 410])


def test_an_agenda_is_followed_until_the_days_that_were_set_later_are_over(planned):
    """Of one that was planned late, the calendar had ended before it began."""
    days, now = page_of(planned, "days"), timezone.now()
    Exchange.objects.update(planned_start=None, planned_end=None)
    feed = agenda_link.create_feed(planned, get_user(planned.town))
    first = timezone.localdate() + timedelta(days=400)
    planned.town.post(days, {"starts_on": first, "ends_on": first, "meant": "on"})
    planned.expert.post(days, {"agree": planned.proposed_days.get().pk})

    later = links.Link.objects.get(pk=feed.pk).expires_at

    assert feed.expires_at < now + timedelta(days=400) < later


def calendar_of(link):
    return agenda_link.calendar_address(link.key)


def test_the_agenda_of_a_proposed_town_begins_in_its_own_time(planned):
    Authority.objects.filter(pk=planned.dossier.authority_id).update(
        name="Lubumbashi", country="CD", geonames_id=None, latitude=None, longitude=None
    )

    form = planned.town.get(page_of(planned, "agenda")).context["form"]

    assert form["time_zone"].value() == "Africa/Lubumbashi"


def test_a_calendar_says_what_an_item_is_about_without_a_second_full_stop(planned):
    planned.town.post(
        page_of(planned, "agenda"),
        agenda_item_data(theme="How the fee is set.", speakers="Esi"),
    )

    (event,) = events_of(planned).walk("VEVENT")

    said = "How the fee is set. Led by Esi. 09:00–11:30 (Accra time)"
    assert str(event["DESCRIPTION"]) == said


def test_a_cancelled_exchange_leaves_the_calendars(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    exchange_machine.advance(
        planned, "cancel", actor=planned.ines, reason="funding", note="No money came."
    )

    event = events_of(planned).walk("VEVENT")[0]

    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert told_addresses("session_cancelled") == [] and told_addresses("exchange_cancel")


def test_hours_are_those_of_the_place_on_both_sides_of_a_change_of_clocks(planned):
    for day in ("2027-03-27", "2027-03-29"):  # clocks go forward on the 28th in Brussels
        planned.town.post(
            page_of(planned, "agenda"),
            agenda_item_data(day=day, time_zone="Europe/Brussels", title=day, meant="on"),
        )
    gap = planned.town.post(
        page_of(planned, "agenda"),
        agenda_item_data(
            day="2027-03-28", begins="02:30", ends="04:00", time_zone="Europe/Brussels"
        ),
    )

    offered = planned.town.get(page_of(planned, "agenda")).context["form"]["time_zone"].value()
    events = events_of(planned).walk("VEVENT")
    assert offered == "Africa/Accra"  # the exchange's place, whatever the last item's zone is
    assert [event["DTSTART"].dt.astimezone(UTC).hour for event in events] == [8, 7]
    assert {str(event["DESCRIPTION"]) for event in events} == {"09:00–11:30 (Brussels time)"}
    assert "This time does not exist there: clocks go forward." in gap.text


def test_an_item_in_another_zone_stands_on_its_day_at_the_place_of_the_exchange(planned):
    """An online item of an evening in Bogota was counted the day before, in no said zone."""
    first = planned.planned_start + timedelta(days=-planned.planned_start.weekday() % 7)
    Exchange.objects.update(planned_start=first, planned_end=first + timedelta(days=4))
    planned.refresh_from_db()
    typed = agenda_item_data(day=str(first), begins="21:00", ends="23:00", title="Online")
    planned.town.post(page_of(planned, "agenda"), typed | {"time_zone": "America/Bogota"})

    page = planned.town.get(page_of(planned, "agenda"))

    own, there = first.strftime("%-d %B"), first + timedelta(days=1)
    hours = f"02:00–04:00 (Accra time) · {own}, 21:00–23:00 (Bogota time)"
    session = Session.objects.get()
    assert (session.hours_words, session.day) == (hours, there)
    assert f"{there:%A} {there:%-d %B %Y}" in page.text and hours in page.text
    assert "Days are those of the place of the exchange (Accra time)" in page.text
    empty = unfilled_days(planned, [session], 1).values()
    assert [day.strftime("%-d %B") in empty for day in (first, there)] == [True, False]
    typed |= {"day": str(there), "begins": "21:00", "ends": "00:30", "title": "Dinner"}
    planned.town.post(page_of(planned, "agenda"), typed | {"time_zone": "Africa/Accra"})
    typed |= {"begins": "18:00", "ends": "20:00", "title": "Night"}  # 23:00 to 01:00 in Accra
    planned.town.post(page_of(planned, "agenda"), typed | {"time_zone": "America/Bogota"})
    dinner, night = Session.objects.exclude(pk=session.pk).order_by("starts_at")
    assert dinner.hours_words == "21:00–00:30 the next day (Accra time)"
    assert night.hours_words.startswith("23:00–01:00 the next day (Accra time) · 18:00–20:00 (")
    words = there.strftime("%-d %B")
    # What ends after midnight fills the afternoon of its day, and nothing of the next one.
    assert words not in unfilled_days(planned, [dinner], 1).values()
    assert f"{words} (morning)" in unfilled_days(planned, [dinner], 2).values()
    offered = dict(page.context["form"].fields["time_zone"].choices)
    doubles = ("Asia/Calcutta", "Asia/Saigon", "Europe/Kiev", "America/Buenos_Aires")
    assert not offered.keys() & set(doubles) and {"Asia/Kolkata", "Europe/Kyiv"} <= offered.keys()


@pytest.mark.parametrize("zone", ["UTC", "localtime", "Factory"])
def test_an_item_whose_zone_is_no_places_is_shown_at_the_hour_of_its_place(planned, zone):
    planned.dossier.authority.__class__.objects.update(country="TZ", geonames_id=None)
    starts_at = datetime(2027, 3, 26, 6, tzinfo=UTC)
    ends_at = starts_at + timedelta(hours=2)
    make_session(planned, time_zone=zone, starts_at=starts_at, ends_at=ends_at)

    page = planned.town.get(page_of(planned, "agenda"))

    assert "09:00–11:00 (Dar es Salaam time)" in page.text and f"({zone})" not in page.text
    offered = dict(page.context["form"].fields["time_zone"].choices)
    assert offered["Africa/Dar_es_Salaam"] == "Africa/Dar es Salaam" and zone not in offered


def test_a_calendar_file_gives_the_hour_of_every_zone_until_2036(planned):
    """In Morocco it was an hour off in Ramadan (2027-02-20): a file's rules know no moon."""
    session = Session(exchange=planned, title="Visit", theme="", changed_at=timezone.now())
    days = [date(2026, 7, 21), date(2027, 2, 20), date(2036, 1, 21), date(2036, 9, 25)]
    zones = sorted(zoneinfo.available_timezones())

    def nine_at(day, zone):
        return datetime.combine(day, time(9), zoneinfo.ZoneInfo(zone))

    wrong = set()
    for zone in zones:
        sessions = []
        for day in days:
            one = copy.copy(session)
            one.time_zone, one.starts_at = zone, nine_at(day, zone)
            one.ends_at = one.starts_at + timedelta(hours=2)
            sessions.append(one)
        read = Calendar.from_ical(agenda_link.make_calendar(sessions, "Agenda")).walk("VEVENT")
        told = [event["DTSTART"].dt.astimezone(zoneinfo.ZoneInfo(zone)) for event in read]
        if [f"{one:%F %H:%M}" for one in told] != [f"{day} 09:00" for day in days]:
            wrong.add(zone)

    assert len(zones) > 400 and wrong == set()


@pytest.mark.parametrize(
    ("begins", "ends", "last"),
    [
        ("21:00", "00:30", "2027-04-04 00:30"),
        ("21:00", "00:00", "2027-04-04 00:00"),
        ("21h", "23h30", "2027-04-03 23:30"),
        ("21:00", "21:00", None),
        ("09:00", "08:00", None),
    ],
)
def test_an_item_that_ends_at_an_earlier_hour_ends_the_next_day(planned, begins, ends, last):
    link = "https://meet.example/" + "x" * 222  # 243 characters, as those of meetings are
    exchange_machine.advance(planned, "plan", actor=planned.ines)

    answer = planned.town.post(
        page_of(planned, "agenda"),
        agenda_item_data(day="2027-04-03", begins=begins, ends=ends, link=link, meant="on"),
        follow=True,
    )

    if last is None:
        wrong = "It must end after it begins." if begins == ends else "more than 16 hours"
        assert wrong in answer.text and not Session.objects.exists()
        return
    event = events_of(planned).walk("VEVENT")[0]
    day, hour = last.split(" ")
    is_next = day == "2027-04-04"
    _subject, body = compose_letter(Letter.objects.filter(template="session_invited").first())
    assert Session.objects.get().link == event["URL"] == link
    assert event["DTEND"].dt.astimezone(UTC) == datetime.fromisoformat(f"{last}+00:00")
    assert f"21:00–{hour}{' the next day' if is_next else ''} (Accra time)" in answer.text
    assert f"21:00–{hour}{', the next day' if is_next else ''} (Accra time)" in body
    # Staff who say the letter in their own words find the next day among its placeholders.
    assert (
        "{begins}–{ends}{if next_day}, the next day{end} ({zone})"
        in texts.our_words("session_invited", "en").body
    )
    again = planned.town.get(page_of(planned, "session", Session.objects.get().pk)).context["form"]
    assert (again["begins"].value(), again["ends"].value()) == (
        time(21, 0),
        time.fromisoformat(hour),
    )


def test_an_association_is_invited_answers_and_is_told_of_changes(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    session = Session.objects.get()
    for _ in range(2):
        planned.town.post(page_of(planned, "session", session.pk), {"verb": "invite"})
    observation = Observation.objects.get()
    answer = page_of(planned, "observe", observation.pk)

    refused = planned.town.post(answer, {"answer": "yes"}).status_code
    planned.abena.post(answer, {"answer": "yes"})
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    agenda.cancel_session(session, actor=planned.ines)

    abena = [observation.association.memberships.get().user.email]
    assert refused == 404
    assert told_addresses("observation_asked") == abena
    assert Observation.objects.get().answer == "accepted"
    assert abena[0] in told_addresses("session_cancelled")


def test_an_association_invited_to_several_days_answers_by_the_first(planned):
    """Its page, its e-mail of Monday and its calendar said the last of them."""
    association = planned.dossier.authority.associations.get()
    first = timezone.now() + timedelta(days=30)
    for days in (0, 1, 3):
        at = first + timedelta(days=days)
        session = make_session(planned, starts_at=at, ends_at=at + timedelta(hours=2))
        session.observations.create(association=association, asked_at=timezone.now())

    abena = association.memberships.get().user
    (asked,) = [task for task in list_tasks(abena, timezone.now()) if task.asks]
    page = signed_in(abena).get(reverse("my")).text

    assert asked.until == timezone.localdate(first)
    assert date_format(timezone.localdate(first)) in page


def test_an_association_whose_mailbox_was_full_last_week_is_invited_to_observe(planned):
    abena = get_user(planned.abena)
    letter = Letter.objects.create(
        key="full", template="dossier_submit", address=abena.email, not_before=timezone.now()
    )
    ago = timezone.now() - timedelta(days=5)
    DeadAddress.objects.create(
        address=abena.email, letter=letter, why="5.2.2", at=ago, rests_until=ago + timedelta(days=3)
    )
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    page = page_of(planned, "session", Session.objects.get().pk)

    answer = planned.town.post(page, {"verb": "invite"}, follow=True)

    assert "The association has been invited to observe." in answer.text
    assert told_addresses("observation_asked") == [abena.email]


def test_an_association_of_which_nobody_can_be_told_is_not_invited_and_staff_know(planned):
    abena = get_user(planned.abena).memberships.get()
    abena.roles = []
    abena.save()
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    session, seen = Session.objects.get(), {}

    def observed():
        planned.refresh_from_db()
        (item,) = [
            one for one in readiness.list_items(planned) if one.code == Readiness.ASSOCIATION
        ]
        return item.holds, item.lacking

    answer = planned.town.post(
        page_of(planned, "session", session.pk), {"verb": "invite"}, follow=True
    )
    seen["alone"] = (
        observed(),
        told_addresses("observation_asked"),
        told_addresses("observer_unreached"),
    )
    kwame = make_user("Kwame")
    asked = kwame.memberships.create(
        association=abena.association, roles=["association_officer"], status="asked"
    )
    members.decide_membership(asked, actor=planned.ines, accept=True, grounds="The mayor told us.")
    seen["joined"] = (
        observed(),
        told_addresses("observation_asked"),
        told_addresses("observer_unreached"),
    )

    staff = [planned.ines.email]
    assert "Nobody at NALAG can receive e-mails yet" in answer.text
    assert "The association has been invited to observe." not in answer.text
    assert not planned.events.filter(verb="invite_association").exists()
    assert seen == {
        "alone": ((False, "nobody at NALAG can receive e-mails"), [], staff),
        "joined": ((True, ""), [kwame.email], staff),
    }


def test_two_days_before_all_are_reminded_once(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    starts = Session.objects.get().starts_at

    counts = [
        agenda.remind_of_sessions(starts - timedelta(hours=hours)) for hours in (72, 47, 46, -1)
    ]

    assert counts == [0, 2, 0, 0]


def test_a_reminder_says_the_true_day_and_hour_and_comes_once_whatever_is_corrected(planned):
    """“Starts in two days” was said of tomorrow, and again to all once a title was corrected."""
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    Exchange.objects.update(
        status="ready", planned_start=today, planned_end=today + timedelta(days=4)
    )
    ineke = get_user(planned.expert)
    type(ineke).objects.filter(pk=ineke.pk).update(language="fr")
    typed = agenda_item_data(day=tomorrow.isoformat(), meant="on")
    planned.town.post(page_of(planned, "agenda"), typed)
    session, counts = Session.objects.get(), []

    for changed in ({}, {"title": "Debrief with the mayor"}, {"begins": "10:00"}):
        planned.town.post(page_of(planned, "session", session.pk), typed | changed)
        counts.append(agenda.remind_of_sessions(timezone.now()))

    with translation.override("fr"):
        when = date_format(tomorrow, "DATE_FORMAT")
    first, last = Letter.objects.filter(template="session_soon", address=ineke.email).order_by("pk")
    assert counts == [2, 0, 2]
    assert f"commence le {when} à 09:00." in compose_letter(first)[1]
    assert f"commence le {when} à 10:00." in compose_letter(last)[1]


def test_reminders_within_minutes_are_told_without_a_link_that_was_withdrawn(planned):
    """They counted as sent, and the letter in their place was not written."""
    soon = timezone.now() + timedelta(days=1)
    for title in ("Opening", "Visit"):
        make_session(planned, title=title, starts_at=soon, ends_at=soon + timedelta(hours=1))
    Exchange.objects.update(status="ready")
    kofi = planned.participants.create(
        name="Kofi", address="kofi@example.org", side="requesting", part="delegate"
    )
    agenda.remind_of_sessions(timezone.now())
    links.end_link(kofi.valid_link, actor=planned.ines)
    later = timezone.now() + timedelta(minutes=11)

    gather_bursts(later)

    several = Letter.objects.get(template="several", address=kofi.address)
    words = compose_letter(several)[1]
    assert (several.path, several.opens) == ("", None)
    assert "Opening" in words and "Visit" in words and "All of it is here" not in words


def test_terms_are_signed_by_both_sides_and_a_change_makes_a_new_version(planned):
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    terms = page_of(planned, "terms")
    planned.town.post(terms, words)
    for client in (planned.town, planned.expert, planned.expert):
        client.post(terms, {"sign": "1"})
    first = planned.terms.get()
    stranger = planned.staff.post(terms, {"sign": "1"}).status_code

    planned.expert.post(terms, words | {"outputs": "A by-law and a plan."})
    late = planned.town.post(terms, {"sign": "1"}, follow=True).text

    assert first.is_agreed and first.signatures.count() == 2
    assert stranger == 403
    assert [one.number for one in planned.terms.all()] == [1, 2]
    assert "A newer version was written meanwhile" in late
    assert not planned.terms.last().is_agreed


def test_another_button_of_a_page_loses_nothing_that_was_typed_and_saves_nothing(planned):
    """Inviting the association threw the new title of the item away."""
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    session = planned.sessions.get()
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    planned.town.post(page_of(planned, "terms"), words)
    item, agenda_page = page_of(planned, "session", session.pk), page_of(planned, "agenda")
    person = planned.participants.filter(side="requesting").first()
    edit = page_of(planned, "participant", person.pk)
    kofi = planned.participants.create(name="Kofi", address="kofi@town.example", side="requesting")
    people = page_of(planned, "participants")
    make_budget_line(planned)
    changed = "Typed, and not saved"

    shown = [
        planned.town.post(f"{address}?beside", said, follow=True).context["form"][name].value()
        for address, name, said in (
            (item, "title", agenda_item_data(title=changed) | {"verb": "invite"}),
            (agenda_page, "title", agenda_item_data(title=changed) | {"follow": "1"}),
            (page_of(planned, "terms"), "tasks", words | {"tasks": changed, "sign": "1"}),
            (edit, "function", {"name": person.name, "function": changed, "again": "1"}),
            (people, "function", {"name": "Yaw", "function": changed, "again": kofi.pk}),
        )
    ]
    line = {"label": changed, "approve": "1"}
    budget = page_of(planned, "budget")
    planned.staff.post(
        f"{reverse('exchange-budget-approve', args=[planned.reference])}?beside", line
    )
    shown.append(planned.staff.get(budget).context["form"]["label"].value())
    after = [planned.town.get(address) for address in (item, edit)]
    untouched = planned.town.post(
        f"{item}?beside", agenda_item_data() | {"verb": "invite"}, follow=True
    )

    assert shown == [changed] * 6
    assert not planned.participants.filter(name="Yaw").exists()
    assert not Session.objects.filter(title=changed).exists()
    assert 'form="typed" formaction="?beside"' in after[0].text
    assert not untouched.context["form"].is_bound


def test_whoever_can_sign_is_told_and_all_see_who_has_signed(planned):
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    terms = page_of(planned, "terms")
    efua, ineke = get_user(planned.town), get_user(planned.expert)
    kofi = make_user("Kofi", works_for=planned.dossier.authority)
    unsent = Letter.objects.unsent().filter(template="terms_to_sign")
    waiting = unsent.order_by("address").values_list("address", flat=True)

    planned.town.post(terms, words)
    asked = list(waiting.all())
    planned.town.post(terms, {"sign": "1"})
    asked_half, told_half = list(waiting.all()), told_addresses("terms_signed")
    half = planned.staff.get(terms).text
    lacking = [one.lacking for one in readiness.list_items(planned) if one.code == Readiness.TERMS]
    planned.expert.post(terms, {"sign": "1"})
    asked_last = list(waiting.all())
    planned.expert.post(terms, words | {"outputs": "A by-law and a plan."})

    assert (asked, asked_half, asked_last) == ([ineke.email, kofi.email], [ineke.email], [])
    assert told_half == sorted([ineke.email, kofi.email])
    assert "Efua" in half and "Offering authority" in half and "Not signed yet" in half
    assert lacking == ["not signed yet by: offering authority"]
    assert told_addresses("terms_signed") == sorted(
        [efua.email, ineke.email, kofi.email, kofi.email]
    )
    assert list(waiting.all()) == [efua.email, kofi.email]
    letters = {one.address: compose_letter(one)[1] for one in unsent}
    letter, shown = letters[efua.email], planned.town.get(terms).text
    assert [("version 1, which you signed" in letters[one.email]) for one in (efua, kofi)] == [
        True,
        False,
    ]
    assert "no longer counts" in letter and "- What will be handed over at the end?" in letter
    assert "What will be done, and by whom?" not in letter
    assert "Version 2 replaces version 1:" in shown and "A by-law is drafted." in shown
    assert not Letter.objects.unsent().filter(template="terms_signed").exists()  # of version 1
    assert "Version 2, " in shown and "· Ineke" in shown
    # What asked for a version is taken back by the next.
    planned.expert.post(terms, {"sign": "2"})
    half = Letter.objects.unsent().filter(template="terms_signed")
    said = {one.address: compose_letter(one)[1] for one in half}
    assert [
        (
            "It now needs your signature" in said[one.email],
            "version 1 no longer counts" in said[one.email],
        )
        for one in (efua, kofi)
    ] == [(True, True), (True, False)]
    planned.expert.post(terms, words | {"outputs": "A by-law and two plans."})
    assert (list(waiting.all()), unsent.filter(context__version=3).count()) == (
        [efua.email, kofi.email],
        2,
    )


@pytest.mark.parametrize(
    ("first", "last", "doubt"),
    [
        ("2030-03-04", "2030-03-08", None),
        ("2030-03-02", "2030-03-08", None),  # a week with the weekend before
        ("2030-02-27", "2030-03-05", "a time between 1 March 2030 and 30 April 2030"),
        ("2030-04-29", "2030-05-03", "a time between 1 March 2030 and 30 April 2030"),
        ("2030-03-04", "2030-03-12", "asks for 5 days; from the first to the last these are 9"),
        ("2030-03-04", "2030-03-05", "asks for 5 days; from the first to the last these are 2"),
        ("2030-04-15", "2030-04-19", "these days do not suit: 19 April 2030 to 22 April 2030"),
    ],
)
def test_days_unlike_those_of_the_application_are_asked_about_before_anybody_is_told(
    planned, first, last, doubt
):
    """5 December to 9 March was mailed, for 5 days between February and July."""
    Exchange.objects.update(planned_start=None, planned_end=None)
    easter = {"closed_from": "2030-04-19", "closed_until": "2030-04-22", "closed_why": "Easter"}
    window = {"starts_on": "2030-03-01", "ends_on": "2030-04-30"}
    Dossier.objects.update(**window, days=5, blackouts=[easter])
    said = {"starts_on": first, "ends_on": last}

    asked = planned.town.post(page_of(planned, "days"), said, follow=True).text
    before = planned.proposed_days.count()
    planned.town.post(page_of(planned, "days"), said | {"meant": "on"})

    kept = planned.proposed_days.filter(**said, closed_at=None).count()
    plan = {"form": planned.form, "mode": "on_site", "place": "Swedru", "languages": ["en"]}
    plan |= {"planned_start": first, "planned_end": last}
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    set_by_staff = []
    for more in ({}, {"meant": "on"}):  # what staff set is asked about alike
        text = planned.staff.post(room, plan | more, follow=True).text
        set_by_staff.append((doubt or "is intended") in text)

    assert set_by_staff == [bool(doubt), False]
    assert (before, "This is intended" in asked) == ((0, True) if doubt else (1, False))
    assert doubt is None or doubt in asked
    assert kept == 1


@pytest.mark.parametrize("day", [-366, -1, 0, 4, 5, 31])
def test_an_item_on_a_day_outside_the_exchange_is_asked_about(planned, day):
    """18 January of the year before, and 18 February, were mailed for one of 17 to 21 January."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    said = agenda_item_data(day=(START + timedelta(days=day)).isoformat())

    asked = planned.town.post(page_of(planned, "agenda"), said, follow=True).text
    before = Session.objects.count()
    planned.town.post(page_of(planned, "agenda"), said | {"meant": "on"})
    kept = Session.objects.last()
    again = {name: said[name] for name in said if name != "title"} | {"title": "Debrief, again"}
    planned.town.post(page_of(planned, "session", kept.pk), again)  # its day is as it was

    is_inside = 0 <= day <= 4
    assert (before, "This day is outside the exchange: " in asked) == (
        (1, False) if is_inside else (0, True)
    )
    assert "Debrief, again" in Session.objects.values_list("title", flat=True)


def test_what_is_typed_when_the_exchange_has_moved_on_is_shown_with_where_it_stands(planned):
    Exchange.objects.update(status="completed")
    text = "The council can decide on a fee."

    said = [
        planned.town.post(page_of(planned, "terms"), {"purpose": text}),
        planned.expert.post(page_of(planned, "agenda"), {"title": text}),
    ]
    read = planned.town.get(page_of(planned, "terms")).status_code

    assert [(one.status_code, text in one.text) for one in said] == [(404, True)] * 2
    words = f"The status of {planned.reference} is “completed”: this can no longer be done"
    assert all(words in one.text for one in said) and read == 200


def test_an_open_page_says_what_became_of_the_days_that_it_shows(planned):
    """Replaced, withdrawn, agreed to or set by staff: each is said on either side."""
    days = page_of(planned, "days")
    Exchange.objects.update(planned_start=None, planned_end=None)
    Dossier.objects.update(starts_on="2030-03-01", ends_on="2030-04-30")
    five = {week: span_of(date(2030, 3, 4) + timedelta(weeks=week)) for week in range(5)}

    def press_what_was_open(one):
        sides = ((planned.town, {"agree": one.pk}), (planned.expert, {"withdraw": one.pk}))
        pages = [client.post(days, button, follow=True).text for client, button in sides]
        return [[words for words in BECAME if words in text] for text in pages]

    said = []
    for week in range(4):
        planned.expert.post(days, five[week])
        opened = planned.proposed_days.get(closed_at=None)
        if week == 0:
            planned.expert.post(days, five[4])
        elif week == 1:
            planned.expert.post(days, {"withdraw": opened.pk})
        elif week == 2:
            close_proposals(planned, timezone.now())  # as the plan that staff save does
        else:
            planned.town.post(days, {"agree": opened.pk})
        said.append(press_what_was_open(opened))

    assert said == [[[words]] * 2 for words in BECAME]


def span_of(monday):
    return {"starts_on": monday, "ends_on": monday + timedelta(days=4)}


BECAME = [
    "Other dates were proposed in the meantime: look at them.",
    "These dates were withdrawn in the meantime: propose others.",
    "The programme team set dates in the meantime: look at them.",
    "These dates have been agreed already.",
]


def test_one_side_proposes_days_and_the_other_agrees(planned):
    days, now = page_of(planned, "days"), timezone.localdate()
    Exchange.objects.update(planned_start=None, planned_end=None)
    Dossier.objects.update(starts_on="2030-03-01", ends_on="2030-04-30")
    first = {"starts_on": "2030-03-04", "ends_on": "2030-03-08"}
    other = {"starts_on": "2030-04-01", "ends_on": "2030-04-05"}

    over = planned.town.post(days, {"starts_on": now - timedelta(1), "ends_on": now}).text
    turned = planned.town.post(days, {"starts_on": "2030-03-08", "ends_on": "2030-03-04"}).text
    kofi = make_user("Kofi", works_for=planned.dossier.authority)
    planned.town.post(days, first)
    told_first = told_addresses("days_proposed")
    unread = planned.expert.post(days, other | {"seen": ""}).text  # opened before
    planned.expert.post(days, other)
    one, two = planned.proposed_days.all()
    stale = planned.expert.post(days, {"agree": one.pk}, follow=True).text
    own = planned.expert.post(days, {"agree": two.pk}).status_code
    shown = planned.town.get(days).text
    planned.town.post(days, {"agree": two.pk})
    card = planned.town.get(planned.get_absolute_url()).text
    twice = planned.town.post(f"{days}?beside", {"agree": two.pk, "seen": two.pk}, follow=True).text

    assert "With the programme team: confirm the plan." in card
    assert "agree on the dates" not in card
    assert (
        "These dates have been agreed already." in twice
        and "and not saved yet" not in twice.partition("data-kept")[0]
    )
    assert "This date has passed" in over and "cannot end before it starts" in turned
    assert "Other dates were proposed in the meantime" in stale and own == 403
    assert (
        "The other side has proposed dates in the meantime" in unread and "8 March 2030" in unread
    )
    assert f'name="seen" value="{one.pk}"' in unread and f'name="seen" value="{two.pk}"' in shown
    assert "Agree to these dates" in shown
    assert Exchange.objects.values_list("planned_start", "planned_end").get() == (
        date(2030, 4, 1),
        date(2030, 4, 5),
    )
    efua, ineke = get_user(planned.town).email, get_user(planned.expert).email
    assert (told_first, told_addresses("days_proposed")) == (
        [ineke],
        sorted([efua, ineke, kofi.email]),
    )
    assert told_addresses("days_agreed") == sorted([ineke, kofi.email, planned.ines.email])
    assert list(planned.events.filter(verb__endswith="_days").values_list("verb", flat=True)) == [
        "propose_days",
        "propose_days",
        "agree_days",
    ]
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    assert "Ask to postpone or cancel" in planned.town.get(days).text
    desk = planned.staff.get(days).text
    assert "Ask to postpone" not in desk and f'href="{planned.desk_path}">Open the plan' in desk


def test_what_is_missing_is_named_and_nothing_is_ready_before(planned):
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    start = timezone.make_aware(datetime.combine(START, datetime.min.time()))
    Exchange.objects.update(checklist=[Readiness.BUDGET, Readiness.BRIEFING])
    planned.refresh_from_db()

    lacking = {item.code for item in readiness.list_items(planned) if not item.holds}
    Letter.objects.all().delete()
    counts = [readiness.remind_of_missing(start - timedelta(days=d)) for d in (31, 30, 29, 14, 7)]
    Exchange.objects.update(checklist=Readiness.values)
    planned.refresh_from_db()
    ready = exchange_machine.advance(planned, "get_ready", actor=planned.ines)
    quiet = readiness.remind_of_missing(start - timedelta(days=6))

    assert lacking == {
        *("terms", "agenda", "visa", "association", "insurance", "contacts", "conduct")
    }
    people = len(set(told_addresses("exchange_missing")))
    assert counts == [0, people, 0, people, people] and quiet == 0
    assert ready.status == ExchangeStatus.READY
    _subject, body = compose_letter(Letter.objects.filter(template="exchange_missing").first())
    assert "- Terms of reference signed by both sides (not signed by both sides yet)" in body


def test_a_start_corrected_by_a_day_reminds_nobody_again_and_a_new_plan_does(planned):
    """The key held the first day: whoever moved it by one had everybody reminded once more."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    start = timezone.make_aware(datetime.combine(START, datetime.min.time()))
    Letter.objects.all().delete()

    first = readiness.remind_of_missing(start - timedelta(days=25))
    Exchange.objects.update(planned_start=START + timedelta(days=1))
    corrected = readiness.remind_of_missing(start - timedelta(days=25))
    second = readiness.remind_of_missing(start - timedelta(days=13))
    Exchange.objects.update(status="postponed")
    planned.refresh_from_db()
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    planned_anew = readiness.remind_of_missing(start - timedelta(days=13))

    people = len(set(told_addresses("exchange_missing")))
    assert [first, corrected, second, planned_anew] == [people, 0, people, people]


def test_whom_to_call_is_deleted_thirty_days_after(planned):
    Participant.objects.update(emergency_contact="Anna, +31 6 1234 5678")
    Exchange.objects.update(status="completed", actual_end=START)

    gone = [moves.delete_contacts(START + timedelta(days=days)) for days in (30, 31, 32)]

    assert gone == [0, 2, 0]


def test_what_is_open_to_everybody_stands_on_a_page_and_in_a_calendar(planned):
    planned.town.post(
        page_of(planned, "agenda"), agenda_item_data(title="Open lecture", is_public="on")
    )
    planned.town.post(page_of(planned, "agenda"), agenda_item_data(title="Closed meeting"))
    draft = Client().get(reverse("events")).text
    exchange_machine.advance(planned, "plan", actor=planned.ines)

    shown = Client().get(reverse("events")).text
    calendar_of_events = Calendar.from_ical(Client().get(reverse("events-calendar")).content)

    assert "Open lecture" not in draft
    assert "Open lecture" in shown and "Closed meeting" not in shown
    assert [str(e["SUMMARY"]) for e in calendar_of_events.walk("VEVENT")] == ["Open lecture"]


def words_of(answer):
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize(
    ("form", "host", "guest"),
    [
        ("expert_mission", "town", "expert"),
        ("round_table", "town", "expert"),
        ("internship", "expert", "town"),
        ("study_visit", "expert", "town"),
    ],
)
def test_whoever_hosts_invites_its_guests_to_its_own_place(form, host, guest):
    table = Table()
    Match.objects.update(form=form)
    Authority.objects.filter(pk=table.ineke.authority_id).update(name="Almere")
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    exchange = Exchange.objects.get()
    browsers = {"town": signed_in(table.efua), "expert": signed_in(table.ineke.user)}
    traveller = exchange.participants.get(travels=True)
    address = reverse("invitation", args=[exchange.reference, traveller.pk])

    early = browsers[host].post(address, {"passport": "N 1"}, follow=True).text
    Exchange.objects.update(planned_start="2027-03-01", planned_end="2027-03-05")
    make_budget_line(exchange, payer="host", category="accommodation", approved=1300)
    # The traveller's own side can make no letter that invites home.
    refused = browsers[guest].post(address, {"passport": "N 1"}).status_code
    offered = [
        address in browsers[who].get(page_of(exchange, "participants")).text for who in browsers
    ]
    letter = words_of(browsers[host].post(address, {"lodging": "Hotel Linde, 1 Quay"}))
    again = browsers[host].get(address).text
    make_budget_line(exchange, payer="programme", category="travel", approved=1300)
    settled = words_of(browsers[host].post(address, {"lodging": "Hotel Linde, 1 Quay"}))
    form_of_agenda = browsers[host].get(page_of(exchange, "agenda")).text
    with translation.override("fr"):
        french = browsers[host].get(exchange.get_absolute_url()).text

    home, zone = {
        "town": ("Agona West, Ghana", "Africa/Accra"),
        "expert": ("Almere, Netherlands", "Europe/Amsterdam"),
    }[host]
    at_home, away = ("Agona West", "Almere") if host == "town" else ("Almere", "Agona West")
    assert f"<dd>{home.replace('Netherlands', 'Pays-Bas')}" in french
    assert "needs first: the first day, the last day." in early
    assert (refused, offered) == (403, [host == "town", host == "expert"])
    assert (exchange.place, f"{home} invites {traveller.name}" in letter) == (home, True)
    assert f", {away} to take part" in letter and f"Place: {home}." in letter
    # W24, W25: the exchange and the stay, and a person who signs.
    assert "The stay, with the journey, is from" in letter
    signs = "Justina Assan, Chief executive" if host == "town" else "The town clerk"
    assert signs in letter.rpartition("Accommodation")[2]
    days = [date_format(date(2027, 3, day), "DATE_FORMAT") for day in (1, 5)]
    assert "from {} to {}".format(*days) in letter
    assert "Travel: who pays for it is not settled yet" in letter and "CONNECT on" in letter
    assert "paid by CONNECT" not in letter and "Stay: paid by Almere" in letter
    assert "Travel: paid by CONNECT" in settled
    assert "Accommodation: Hotel Linde, 1 Quay" in letter and 'value="Hotel Linde, 1 Quay"' in again
    assert f'<option value="{zone}" selected>' in form_of_agenda and at_home in letter


def test_a_letter_of_invitation_names_the_days_of_the_exchange_as_they_are_now(planned):
    """R8 6: “from to be agreed to to be agreed”, with the journey of the days postponed."""
    guest = planned.participants.get(travels=True)
    february, september = date(2027, 2, 7), date(2027, 9, 6)
    guest.arrives_on, guest.leaves_on = february, february + timedelta(days=6)
    guest.save()
    address = reverse("invitation", args=[planned.reference, guest.pk])

    def ask(**days):
        Exchange.objects.update(**days)
        return planned.town.post(address, {"lodging": "Hotel Linde"}, follow=True)

    early = ask(planned_start=None, planned_end=None).text
    moved = words_of(ask(planned_start=september, planned_end=september + timedelta(days=4)))
    held = words_of(ask(planned_start=february, planned_end=february + timedelta(days=4)))

    assert "needs first: the first day, the last day." in early
    assert "The stay, with the journey, is from 6 September 2027 to 10 September 2027" in moved
    assert "The stay, with the journey, is from 7 February 2027 to 13 February 2027" in held


def test_a_letter_of_invitation_is_signed_by_who_agreed_for_the_host():
    """The expert works elsewhere by now: their superior there signed for their former town."""
    table = Table()
    Match.objects.update(form="study_visit")
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    exchange = Exchange.objects.get()
    Exchange.objects.update(planned_start="2027-03-01", planned_end="2027-03-05")
    Expert.objects.filter(pk=table.ineke.pk).update(
        authority=make_authority("Dakar", country="SN"), employer_name="The director of Dakar"
    )
    guest = exchange.participants.get(travels=True)

    address = reverse("invitation", args=[exchange.reference, guest.pk])
    letter = words_of(signed_in(table.ines).post(address, {"lodging": "Hotel Linde"}))

    assert "The town clerk" in letter and "The director of Dakar" not in letter


def test_an_exchange_at_a_town_that_was_renamed_is_there_by_its_present_name(planned):
    agona = planned.dossier.authority
    admin = reverse("admin:registry_authority_change", args=[agona.pk])
    named = {"slug": agona.slug, "country": "GH", "status": "verified", "tier": "municipality"}

    planned.staff.post(admin, named | {"name": "Swedru Municipal"})
    page = planned.town.get(Exchange.objects.get().get_absolute_url()).text

    assert "Swedru Municipal" in page
    assert "Agona West, Ghana" not in page


def test_who_takes_part_online_is_asked_for_no_visa_insurance_or_emergency_contact(planned):
    """It was ready only once those who stay at home were insured for a journey."""
    Exchange.objects.update(mode="remote")
    kofi = planned.participants.create(
        name="Kofi", address="kofi@example.org", side="requesting", travels=True
    )
    exchange = Exchange.objects.get()

    lacking = {one.code: one.lacking for one in readiness.list_items(exchange)}
    planned.staff.post(page_of(planned, "participants"), {"verb": "ask"})
    page = Client().get(f"/en{kofi.link_path}").text

    assert (lacking["visa"], lacking["insurance"], lacking["contacts"]) == ("", "", "")
    assert "emergency_contact" not in page and "is_insured" not in page
    assert list(exchange.participants.travelling()) == []


def test_another_form_takes_the_exchange_to_its_host(planned):
    admin = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    plan = {"form": "study_visit", "mode": "on_site", "place": planned.place}
    give_factor(planned.staff)

    planned.staff.post(admin, plan)

    host = planned.match.interests.get().authority
    assert Exchange.objects.values_list("form", "place").get() == ("study_visit", host.place)


def test_documents_say_what_is_known_with_names_in_any_script(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    none_yet = planned.town.get(page_of(planned, "document", "terms")).status_code
    planned.town.post(page_of(planned, "terms"), words)
    planned.town.post(page_of(planned, "terms"), {"sign": "1"})
    person = planned.participants.get(travels=True)
    person.name = "សុខា · සුනිල් · فاطمة"
    person.save()
    address = reverse("invitation", args=[planned.reference, person.pk])

    invited = words_of(planned.town.post(address, {"passport": "N 1234567"}))
    early = planned.town.get(reverse("certificate", args=[planned.reference, person.pk]))
    Exchange.objects.update(status="completed", actual_start=START, actual_end=START)
    unconfirmed = planned.town.get(reverse("certificate", args=[planned.reference, person.pk]))
    people = planned.town.get(page_of(planned, "participants")).text
    planned.participants.update(attended=True, confirmed_at=timezone.now())
    certified = words_of(
        planned.town.get(reverse("certificate", args=[planned.reference, person.pk]))
    )
    terms = words_of(planned.expert.get(page_of(planned, "document", "terms")))
    # W23: a signed paper names both parties, and who signed, as what, when.
    assert "Applicant Agona West, Ghana" in terms and "Offering authority " in terms
    assert "Applicant: Agona West, Ghana Efua" in terms and "(Brussels time)" in terms
    agenda_paper = words_of(planned.town.get(page_of(planned, "document", "agenda")))
    report = words_of(planned.staff.get(page_of(planned, "document", "report")))

    assert (none_yet, early.status_code, unconfirmed.status_code) == (404, 404, 404)
    assert "certificate.pdf" not in people and "A certificate is available once" in people
    # Every letter of the names can be found again; marks may come out in another order.
    assert "N 1234567" in invited and set(person.name) <= set(invited)
    assert "took part as expert" in certified
    assert "A by-law is drafted." in terms and "version 1" in terms and "English" in terms
    assert "Debrief with the council" in agenda_paper and "Debrief" not in report  # it is to come
    events = list(planned.events.filter(verb="invite").values_list("details", flat=True))
    assert events == [{"name": person.name}]
    assert planned.abena.get(page_of(planned, "document", "report")).status_code == 404
    assert planned.town.get(page_of(planned, "document", "secret")).status_code == 404


def test_the_plan_shows_the_languages_of_the_two_sides_and_folds_the_others(planned):
    """158 boxes stood between the place of an exchange and its interpreter."""
    Dossier.objects.update(languages={"en": "B2"})
    Expert.objects.update(languages={"fr": "C1", "en": "B2"})
    Exchange.objects.update(languages=["pt"])
    desk = signed_in(make_officer())
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])

    plan = desk.get(page).text.partition('<div id="div_id_languages"')[2]
    plan = plan.partition("</fieldset>")[0]
    near, _fold, others = plan.partition("<details>")

    assert sorted(re.findall(r'value="(\w+)"', near)) == ["en", "fr", "pt"]
    assert re.findall(r'value="(\w+)"[^>]* checked', plan) == ["pt"]
    number = others.count('type="checkbox"')
    assert number > 150 and f"{number} other languages" in others
    # What was ticked of the others stands with the first when the page comes back.
    typed = {"mode": "", "languages": ["sw"]}
    again = desk.post(page, typed).text.partition('<div id="div_id_languages"')[2]
    assert 'value="sw"' in again.partition("<details>")[0]


def test_the_page_of_an_exchange_at_the_desk_opens_with_where_it_is(planned):
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])

    card = signed_in(make_officer()).get(page).text.partition('<section class="now')[2]

    assert "With the programme team: confirm the plan." in card.partition("</section>")[0]


def test_a_waived_signature_is_not_said_to_be_waited_for(planned):
    """“Waiting for signatures” stood beside “signed by both sides: waived”."""
    terms = planned.terms.create(number=1, purpose="A fee.", at=timezone.now())
    efua = planned.dossier.authority.memberships.get(roles__contains=["editor"]).user
    address, of_terms = planned.get_absolute_url(), page_of(planned, "terms")

    def said():
        text = planned.town.get(address).text.partition("<h2>Preparation</h2>")[2]
        line = text.partition("Preparation checklist")[0]
        return re.sub(r"<[^>]+>|\s+", " ", line).lower()

    waiting = said()
    asked = [str(task.what) for task in list_tasks(efua, timezone.now())]
    terms.signatures.create(user=efua, side="requesting", name="Efua", at=timezone.now())
    half = said()
    Exchange.objects.update(checklist=[Readiness.TERMS])
    waived = said()
    page = planned.expert.get(of_terms).text
    expert = planned.match.interests.get().expert.user

    assert waiting.count("waiting for the signature") == 2
    assert "Read and sign the terms of reference" in asked
    assert half.count("waiting for the signature") == 1
    assert "waiting" not in waived and waived.count("signature waived") == 1
    assert re.search(r"signature waived\s+offering authority", waived)
    assert "Signatures waived by the programme team" in page
    asked = [str(task.what) for task in list_tasks(expert, timezone.now())]
    assert "Read and sign the terms of reference" not in asked


def test_at_planning_each_who_takes_part_has_one_e_mail_with_all_that_we_ask(planned):
    """Each had two in the same minute, with two links: the dates, and what we ask of them."""
    esi, signed = (
        planned.participants.create(
            name=name, address=f"{name}@example.org".lower(), side="requesting", part="delegate"
        )
        for name in ("Esi", "Kofi")
    )
    Participant.objects.filter(pk=signed.pk).update(
        has_signed_conduct=True, signed_conduct_at=timezone.now()
    )
    Participant.objects.filter(pk=esi.pk).update(travels=True, emergency_contact="Ama, 024 1234567")

    exchange_machine.advance(planned, "plan", actor=planned.ines)

    asked = {
        person.name: [
            (letter.template, letter.path)
            for letter in Letter.objects.filter(address=person.email.lower()).order_by("pk")
        ]
        for person in planned.participants.select_related("user")
    }
    everybody = {person.name for person in planned.participants.all()}
    part = [("exchange_plan", Participant.PAGE)]
    dates_alone = [("exchange_plan", "/exchanges/agenda/{}/")]
    assert asked == dict.fromkeys(everybody - {"Kofi"}, part) | {"Kofi": dates_alone}
    subject, body = compose_letter(Letter.objects.get(address="esi@example.org"))
    assert subject == f"{planned.reference}: dates and place, and what we ask of you"
    wanted = ["is planned from", "Place: ", "read the code of conduct", "insured for the journey"]
    assert [words in body for words in wanted] == [True] * 4
    assert "emergency contact" not in body  # it was given


def test_who_signs_in_goes_from_their_part_to_the_page_of_the_exchange(planned):
    expert = planned.participants.get(side="offering")
    part, page = f"/en{expert.link_path}", f'href="{planned.get_absolute_url()}"'

    assert [page in browser.get(part).text for browser in (planned.expert, Client())] == [
        True,
        False,
    ]
