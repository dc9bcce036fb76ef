"""While it is held: postponed and planned anew, who was there, the intern's diary, pictures."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from lxml import html
from pypdf import PdfReader

from accounts.models import User
from applications.models import Dossier
from applications.transitions import dossier_machine
from connect.dates import is_weekday
from connect.my_work import list_tasks
from exchanges import agenda, diary, papers
from exchanges.models import DaysProposal, DiaryEntry, Exchange, Picture, Session
from exchanges.moves import move_by_dates
from exchanges.readiness import list_items
from exchanges.transitions import exchange_machine
from matching.people import match_people
from notifications import digest, limits
from notifications.held_letters import release_letters
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from tests.exchanges.conftest import START
from tests.exchanges.pages import agenda_item_data, drawn, events_of, page_of, told_addresses
from tests.factories import (
    make_agenda_key,
    make_authority,
    make_officer,
    make_session,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
WHY = {"reason": "force_majeure", "note": "The roads are flooded."}


def shown(exchange):
    """What a calendar that follows the agenda has of its one item."""
    event = events_of(exchange).walk("VEVENT")[0]
    return str(event["UID"]), event["SEQUENCE"], event["STATUS"], event["DTSTART"].dt.isoformat()


def plan_of(exchange, **changed):
    return {
        **{"form": exchange.form, "place": "Swedru", "mode": "on_site", "languages": ["en"]},
        **{"planned_start": START, "planned_end": START + timedelta(days=4)},
        **changed,
    }


def test_the_code_of_conduct_is_due_on_one_day_on_every_page(planned):
    """A10: a week before the first day on the exchange's page, the first day in “My work”."""
    kofi = make_user("Kofi")
    Exchange.objects.update(status="planned")
    person = planned.participants.create(
        name="Kofi", user=kofi, side="requesting", part="delegate", travels=True
    )
    person.create_link(timezone.now())

    mine = signed_in(kofi).get(reverse("my")).text

    (item,) = [one for one in list_items(planned) if one.code == "conduct"]
    assert f"until {date_format(item.due_on, 'DATE_FORMAT')}" in mine


def begun_yesterday(planned):
    """Hold it since yesterday, with three days to come and an item on its last day."""
    first = planned.local_day(timezone.now()) - timedelta(days=1)
    dates = {"planned_start": first, "planned_end": first + timedelta(days=4)}
    Exchange.objects.update(status="running", actual_start=first, **dates)
    planned.refresh_from_db()
    return first


def test_days_to_come_are_not_attended(planned):
    """B10: on the second day five days of attendance were accepted."""
    begun_yesterday(planned)
    kofi = planned.participants.create(name="Kofi", side="requesting", part="delegate", days=5)
    sheet = page_of(planned, "attendance")

    def say(days):
        said = {f"there-{kofi.pk}": "yes", f"days-{kofi.pk}": str(days)}
        page = planned.town.post(sheet, said, follow=True).text
        kofi.refresh_from_db()
        return "2 days of the exchange have taken place so far" in page, kofi.attended, kofi.days

    assert [say(5), say(2)] == [(True, None, 5), (False, True, 2)]


def test_an_exchange_that_ends_early_cancels_what_is_to_come_and_tells_who_takes_part(planned):
    """B7: days and agenda items after the end stayed, and could not be cancelled any more."""
    first = begun_yesterday(planned)
    kofi = planned.participants.create(
        name="Kofi", side="requesting", part="delegate", days=5, address="kofi@example.org"
    )
    soon, now = timezone.now() + timedelta(days=2), timezone.now()
    held = make_session(planned, starts_at=now - timedelta(hours=9), ends_at=now)
    later = {"starts_at": soon, "ends_at": soon + timedelta(hours=2)}
    rest, dinner = (make_session(planned, title=title, **later) for title in ("Council", "Dinner"))
    planned.staff.post(
        reverse("admin:exchanges_exchange_step", args=[planned.pk, "complete"]),
        {"note": "The mayor fell ill."},
    )

    for one in (kofi, held, rest, dinner):
        one.refresh_from_db()
    over = Exchange.objects.get()
    assert (over.status, over.actual_end) == ("completed", first + timedelta(days=1))
    assert kofi.days == 2
    cancelled = [one.cancelled_at is not None for one in (held, rest, dinner)]
    assert cancelled == [False, True, True]
    told = Letter.objects.filter(template="session_cancelled")
    assert "kofi@example.org" in {one.address for one in told}
    digest.gather_bursts(timezone.now() + timedelta(hours=1))
    letter = Letter.objects.get(address="kofi@example.org", template="session_agenda")
    assert letter.cancelled_at is None
    assert all(title in compose_letter(letter)[1] for title in ("Council", "Dinner"))


def test_what_was_added_to_the_agenda_is_sent_to_nobody_once_the_exchange_is_over(planned):
    """Everybody was asked to add a dinner to their calendar that had not taken place."""
    begun_yesterday(planned)
    now = timezone.now()
    held = make_session(planned, starts_at=now - timedelta(hours=9), ends_at=now)
    agenda.notify_of_session(held, "session_invited")
    waiting = Letter.objects.unsent().filter(template="session_invited").count()

    planned.staff.post(
        reverse("admin:exchanges_exchange_step", args=[planned.pk, "complete"]),
        {"note": "The mayor fell ill."},
    )
    digest.gather_bursts(now + timedelta(hours=1))

    assert (waiting > 0, Exchange.objects.get().status) == (True, "completed")
    assert not Letter.objects.filter(template="session_agenda").exists()
    assert not Letter.objects.unsent().filter(template="session_invited").exists()


def test_what_is_held_is_held_for_all_who_take_part_by_a_link_too(planned):
    """Both sides waited for the review, and the colleagues whom they had named were told."""
    rules = reverse("admin:notifications_letter_holding")
    planned.staff.post(rules, {"kind": "exchange_postpone", "group": "", "hold": "review"})
    kofi = planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    exchange_machine.advance(planned, "plan", actor=planned.ines)

    exchange_machine.advance(planned, "postpone", actor=planned.ines, **WHY)

    told = Letter.objects.filter(template="exchange_postpone")
    assert {letter.hold for letter in told} == {"review"}
    held = told.get(address="kofi@example.org")
    release_letters(told, actor=planned.ines, now=timezone.now())
    send_waiting_letters(timezone.now())
    held.refresh_from_db()
    assert held.sent_at and kofi.valid_link.key in held.link


def test_a_postponed_exchange_leaves_calendars_and_comes_back_on_its_new_days(planned):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    session = Session.objects.get()
    planned.town.post(page_of(planned, "session", session.pk), {"verb": "invite"})
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    first = shown(planned)

    exchange_machine.advance(planned, "postpone", actor=planned.ines, **WHY)
    off, item = shown(planned), events_of(planned, f"?item={session.uid}")
    listed = planned.abena.get(page_of(planned, "agenda")).text
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    later = {
        "planned_start": START + timedelta(days=30),
        "planned_end": START + timedelta(days=34),
        "moves_agenda": "on",
    }
    planned.staff.post(room, plan_of(planned, **later))
    Letter.objects.filter(template="session_invited").delete()
    exchange_machine.advance(Exchange.objects.get(), "plan", actor=planned.ines)

    day, moved = START + timedelta(days=3), START + timedelta(days=33)
    uid = f"{session.uid}@connect"
    assert first == (uid, 0, "CONFIRMED", f"{day}T09:00:00+00:00")
    assert off == (uid, 1, "CANCELLED", f"{day}T09:00:00+00:00")
    assert item["METHOD"] == "CANCEL" and "Postponed" in listed
    assert shown(planned) == (uid, 2, "CONFIRMED", f"{moved}T09:00:00+00:00")
    abena = session.observations.get().association.memberships.get().user.email
    everybody = {*told_addresses("exchange_postpone")}
    assert {"kofi@example.org", abena} < everybody and len(everybody) == len(
        told_addresses("exchange_postpone")
    )
    assert {"kofi@example.org", abena} <= {*told_addresses("session_invited")}
    _subject, body = compose_letter(Letter.objects.get(template="exchange_postpone", name="Kofi"))
    assert "The roads are flooded." in body and "/exchanges/agenda/" in body
    # They were told to wait for dates that the site waits for from them.
    assert "either side can propose them on the page of the exchange" in " ".join(body.split())


def test_what_changed_in_the_agenda_while_it_was_interrupted_is_told_once_when_it_goes_on(planned):
    """5.12: people came at the hours of before, or to what was called off."""
    for title in ("Same", "Later", "Off"):
        planned.town.post(page_of(planned, "agenda"), agenda_item_data(title=title))
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    Exchange.objects.update(status="running")
    exchange = Exchange.objects.get()
    exchange_machine.advance(exchange, "interrupt", actor=planned.ines, **WHY)
    Letter.objects.filter(template__startswith="session_").update(sent_at=timezone.now())
    rows = dict(Session.objects.values_list("title", "pk"))

    planned.town.post(
        page_of(planned, "session", rows["Later"]), agenda_item_data(title="Later", begins="10:00")
    )
    planned.town.post(page_of(planned, "session", rows["Off"]), {"verb": "cancel"})
    for title in ("New", "New and off"):
        planned.town.post(page_of(planned, "agenda"), agenda_item_data(title=title))
    new = Session.objects.get(title="New and off")
    planned.town.post(page_of(planned, "session", new.pk), {"verb": "cancel"})
    unsent = Letter.objects.filter(template__startswith="session_", sent_at=None)
    before = unsent.count()
    exchange_machine.advance(Exchange.objects.get(), "resume", actor=planned.ines)
    told_of = set(unsent.values_list("context__title", "template"))
    count = unsent.count()
    # Whoever read that it is interrupted reads that it goes on, and that it is over.
    assert told_addresses("exchange_resume") == told_addresses("exchange_interrupt")
    exchange_machine.advance(Exchange.objects.get(), "interrupt", actor=planned.ines, **WHY)
    exchange_machine.advance(Exchange.objects.get(), "resume", actor=planned.ines)

    assert before == 0 and unsent.count() == count
    assert told_of == {
        ("Later", "session_changed"),
        ("Off", "session_cancelled"),
        ("New", "session_invited"),
    }


def test_what_goes_on_after_its_last_day_needs_another_last_day_first(planned):
    """A1: the clock completed it within ten minutes, and nothing leads back."""
    today = timezone.localdate()
    over = {"planned_start": today - timedelta(days=10), "planned_end": today - timedelta(days=6)}
    Exchange.objects.update(status="running", actual_start=over["planned_start"], **over)
    exchange_machine.advance(Exchange.objects.get(), "interrupt", actor=planned.ines, **WHY)
    step = reverse("admin:exchanges_exchange_step", args=[planned.pk, "resume"])

    refused = planned.staff.post(step, follow=True).text
    stays = Exchange.objects.get().status
    begun = dict.fromkeys(("planned_start", "actual_start"), over["planned_start"])
    longer = begun | {"planned_end": today + timedelta(days=2), "meant": "on"}
    planned.staff.post(step, plan_of(planned, **longer))
    move_by_dates(timezone.now())

    assert "Still needed: a planned last day that is still to come" in refused
    assert (stays, Exchange.objects.get().status) == ("interrupted", "running")


@pytest.mark.parametrize("ends", ["cancel", "cancel_with_dossier"])
def test_who_was_told_that_it_is_postponed_is_told_that_it_is_cancelled(planned, ends):
    """R8 7: those without an account, and the associations, waited for the new days."""
    planned.town.post(page_of(planned, "agenda"), agenda_item_data())
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    session = Session.objects.get()
    planned.town.post(page_of(planned, "session", session.pk), {"verb": "invite"})
    for verb in ("plan", "postpone"):
        exchange_machine.advance(Exchange.objects.get(), verb, actor=planned.ines, **WHY)

    if ends == "cancel":
        exchange_machine.advance(Exchange.objects.get(), "cancel", actor=planned.ines, **WHY)
    else:
        dossier_machine.advance(Dossier.objects.get(), "cancel", actor=planned.ines, **WHY)

    postponed = told_addresses("exchange_postpone")
    assert "kofi@example.org" in postponed
    assert set(told_addresses("exchange_cancel")) == set(postponed)


def test_what_was_postponed_before_it_was_planned_is_cancelled_among_both_sides(planned):
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    for verb in ("postpone", "cancel"):
        exchange_machine.advance(Exchange.objects.get(), verb, actor=planned.ines, **WHY)

    told = told_addresses("exchange_cancel")
    assert told and "kofi@example.org" not in told


def test_what_was_interrupted_ends_on_a_day_that_staff_say(planned):
    """R8 10: it ended on the planned last day, which never took place."""
    today = timezone.localdate()
    first, broken = today - timedelta(days=20), timezone.now() - timedelta(days=19)
    days = {"planned_start": first, "actual_start": first}
    Exchange.objects.update(status="running", **days, planned_end=first + timedelta(days=4))
    exchange_machine.advance(
        Exchange.objects.get(), "interrupt", actor=planned.ines, now=broken, **WHY
    )
    step = reverse("admin:exchanges_exchange_step", args=[planned.pk, "complete"])

    refused = planned.staff.post(step, follow=True).text
    stays = Exchange.objects.get().status
    said = days | {"planned_end": first + timedelta(days=4), "meant": "on"}
    planned.staff.post(step, plan_of(planned, **said, actual_end=first + timedelta(days=1)))
    over = Exchange.objects.get()

    asked = "Still needed: the actual last day in the plan: it was interrupted on "
    assert asked + date_format(broken, "DATE_FORMAT") in refused
    assert (stays, over.status) == ("interrupted", "completed")
    assert over.actual_end == first + timedelta(days=1)


def test_everybody_who_would_read_that_it_is_cancelled_reads_that_it_ended_early_and_why(planned):
    begun_yesterday(planned)
    planned.participants.create(
        name="Kofi", side="requesting", part="delegate", address="kofi@example.org"
    )
    agenda.send_agenda_to_all(planned)

    note = {"note": "The mayor fell ill."}
    exchange_machine.advance(Exchange.objects.get(), "complete", actor=planned.ines, **note)

    both_sides = {one.address.lower() for one in match_people(planned.match)}
    letters = Letter.objects.filter(template="exchange_complete")
    texts = {" ".join(compose_letter(one)[1].split()) for one in letters.filter(language="en")}
    day = " ".join(date_format(Exchange.objects.get().actual_end, "DATE_FORMAT").split())
    assert told_addresses("exchange_complete") == sorted({*both_sides, "kofi@example.org"})
    assert len(both_sides) > 2 and texts
    said = (f"ended earlier than planned, on {day}.", "The mayor fell ill.")
    assert {tuple(words in text for words in said) for text in texts} == {(True, True)}


def test_the_page_of_an_exchange_names_no_officer_who_is_none_any_more(planned):
    tomas = make_officer("Tomas Novak")
    Dossier.objects.filter(pk=planned.dossier.pk).update(case_officer=tomas)
    pages = [planned.path, planned.dossier.path]

    before = [tomas.name in planned.town.get(page, follow=True).text for page in pages]
    User.objects.filter(pk=tomas.pk).update(is_active=False)
    after = [tomas.name in planned.town.get(page, follow=True).text for page in pages]

    assert (before, after) == ([True, True], [False, False])
    assert "The programme team" in planned.town.get(planned.path, follow=True).text


@pytest.mark.parametrize("status", ["planned", "ready", "running"])
@pytest.mark.parametrize("emptied", ["planned_start", "planned_end", "place"])
def test_days_and_place_that_everybody_knows_are_changed_and_never_emptied(
    planned, status, emptied
):
    """R8 11: “planned from  to .” went to everybody, and no clock started or ended it."""
    Exchange.objects.update(status=status)
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    before = Exchange.objects.values("planned_start", "planned_end", "place").get()

    refused = planned.staff.post(room, plan_of(planned, **{emptied: ""})).text

    assert "Whoever takes part knows it: change it, or postpone the exchange." in refused
    assert Exchange.objects.values("planned_start", "planned_end", "place").get() == before
    assert not Letter.objects.filter(template="exchange_plan").exists()


def test_the_agenda_keeps_its_hours_where_clocks_change_and_stays_where_staff_say_so(planned):
    planned.town.post(
        page_of(planned, "agenda"),
        agenda_item_data(day="2027-03-26", time_zone="Europe/Brussels", meant="on"),
    )
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])

    def moved(days, **changed):
        start = Exchange.objects.get().planned_start + timedelta(days=days)
        days = {"planned_start": start, "planned_end": start + timedelta(days=4)}
        planned.staff.post(room, plan_of(planned, **days, **changed, meant="on"))
        return Session.objects.get().local_start.isoformat()

    assert moved(3) == "2027-03-26T09:00:00+01:00"
    assert moved(3, moves_agenda="on") == "2027-03-29T09:00:00+02:00"


def test_days_that_leave_items_of_the_agenda_out_are_asked_about_and_the_agenda_says_so(planned):
    """17-5.11: a shorter plan left an item behind it, confirmed in everybody's calendar."""
    first, last = planned.planned_start, planned.planned_end
    page = page_of(planned, "agenda")
    planned.town.post(page, agenda_item_data(day=last.isoformat(), meant="on"))
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    shorter = {"planned_start": first, "planned_end": last - timedelta(days=1)}

    asked = planned.staff.post(room, plan_of(planned, **shorter)).text
    before, inside = Exchange.objects.get().planned_end, planned.town.get(page).text
    planned.staff.post(room, plan_of(planned, **shorter, meant="on"))

    assert "1 item of the agenda is outside these dates." in asked
    assert (before, Exchange.objects.get().planned_end) == (last, shorter["planned_end"])
    outside = "outside the dates of the exchange"
    assert (outside in inside, outside in planned.town.get(page).text) == (False, True)


def test_whom_to_call_stands_on_the_page_of_the_agenda_until_a_week_after(planned):
    link = reverse("agenda-by-link", args=[make_agenda_key(planned)])
    phone = planned.match.interests.get().expert.user
    type(phone).objects.filter(pk=phone.pk).update(phone="+31612345678")

    def shown(status, days=0):
        last = timezone.localdate() - timedelta(days=days)
        Exchange.objects.update(status=status, planned_start=last, planned_end=last)
        return "+31612345678" in Client().get(link).text

    seen = [shown("agreed"), shown("planned"), shown("running", 7), shown("running", 8)]

    assert seen == [False, True, True, False]
    assert not shown("cancelled")


@pytest.mark.parametrize("verb", ["plan", "postpone", "cancel"])
def test_days_that_a_side_proposed_end_with_the_plan(planned, verb):
    """R8 18: the town was refused “planned already”, and after a delay the old days were set."""
    day = START + timedelta(days=30)
    proposal = DaysProposal.objects.create(
        exchange=planned, side="requesting", starts_on=day, ends_on=day, at=timezone.now()
    )

    step = reverse("admin:exchanges_exchange_step", args=[planned.pk, verb])
    planned.staff.post(step, WHY if verb != "plan" else {})

    proposal.refresh_from_db()
    assert proposal.closed_at and not proposal.is_agreed


@pytest.fixture
def internship(planned):
    """An internship under way: its intern is the town's contact, who may have no account."""
    today = timezone.localdate()
    Exchange.objects.update(
        form="internship",
        status="ready",
        planned_start=today,
        planned_end=today + timedelta(days=9),
    )
    planned.participants.filter(side="offering").update(part="mentor", travels=False)
    planned.participants.filter(side="requesting").update(
        part="intern", name="Esi", address="esi@example.org", user=None, attended=None
    )
    planned.refresh_from_db()
    exchange_machine.advance(planned, "start", actor=planned.ines)
    return planned


def test_an_internship_that_begins_anew_asks_for_its_diary_anew(internship):
    """R8 19: no intern was asked the second time."""
    for verb in ("postpone", "plan"):
        exchange_machine.advance(Exchange.objects.get(), verb, actor=internship.ines, **WHY)
    Exchange.objects.update(status="ready")
    exchange_machine.advance(Exchange.objects.get(), "start", actor=internship.ines)

    assert Letter.objects.filter(template="diary_asked", address="esi@example.org").count() == 2


def link_of(letter):
    return urlsplit(letter.link).path


def test_an_intern_writes_each_day_by_link_and_the_mentor_remarks(internship):
    letter = Letter.objects.get(template="diary_asked")
    link, day = link_of(letter), timezone.localdate().isoformat()
    said = {"day": day, "did": "I followed a truck.", "learnt": "How a fee is set."}

    esi = Client()
    esi.post(link, said)
    esi.post(link, said | {"takes_home": "A register of trucks."})  # the same day again
    wrong = [
        esi.post(link, said | {"day": (timezone.localdate() + timedelta(days=n)).isoformat()}).text
        for n in (1, -1)
    ]
    entry = DiaryEntry.objects.get()
    diary = page_of(internship, "diary")
    box = f"remark-{entry.pk}"
    internship.expert.post(diary, {"entry": entry.pk, box: "Well seen."})
    long = internship.expert.post(diary, {"entry": entry.pk, box: "Très bien. " * 92}).text
    association = internship.abena.get(diary).status_code
    stranger = signed_in(make_user(works_for=make_authority())).get(diary).status_code
    read = internship.town.get(diary).text
    report = internship.town.get(
        reverse("learning-report", args=[internship.reference, entry.participant_id])
    )

    assert letter.address == "esi@example.org"
    assert (entry.did, entry.takes_home) == ("I followed a truck.", "A register of trucks.")
    assert "This date is in the future." in wrong[0] and "a day of the exchange" in wrong[1]
    assert (association, stranger) == (404, 404)
    assert "1000 characters at most." in long and "Très bien. Très bien." in long
    assert "Well seen." in read and "A register of trucks." in read
    words = "".join(p.extract_text() for p in PdfReader(io.BytesIO(report.content)).pages)
    assert {"Esi", "Well seen.", "A register of trucks."} <= {
        one for one in ("Esi", "Well seen.", "A register of trucks.") if one in words
    }
    assert Client().get("/en/exchanges/part/forged/diary/").status_code == 404


def test_a_remark_from_an_old_page_does_not_replace_a_colleague_s(internship):
    """Both had the page open; the first remark was gone, and is in no history."""
    held, now = internship, timezone.now()
    esi, day = held.participants.get(part="intern"), timezone.localdate(now)
    entry = esi.diary.create(day=day, did="I read.", learnt="Much.", changed_at=now)
    page, box = page_of(held, "diary"), f"remark-{entry.pk}"

    def typed(browser, words):
        shown = re.findall(rf'name="seen-{entry.pk}" value="(\w+)"', browser.get(page).text)
        return {"entry": entry.pk, box: words, f"seen-{entry.pk}": shown}

    first, second = typed(held.expert, "Well seen."), typed(held.staff, "Good.")
    held.expert.post(page, first)
    refused = held.staff.post(page, second).text
    entry.refresh_from_db()

    assert entry.remark == "Well seen."
    assert "somebody else, or you in another window, saved here: “Well seen.”" in refused
    assert ">Good.</textarea>" in refused
    again = re.findall(rf'name="seen-{entry.pk}" value="(\w+)"', refused)
    held.staff.post(page, second | {f"seen-{entry.pk}": again})
    entry.refresh_from_db()
    assert entry.remark == "Good."  # it is meant


def test_a_remark_that_was_emptied_stays_empty_while_another_one_is_saved(internship):
    esi, now = internship.participants.get(part="intern"), timezone.now()
    days = [timezone.localdate() - timedelta(days=number) for number in (1, 0)]
    first, second = (
        esi.diary.create(
            day=day, did="I read.", learnt="Much.", remark="Well seen.", changed_at=now
        )
        for day in days
    )
    diary = page_of(internship, "diary")
    typed = {f"remark-{first.pk}": "", f"remark-{second.pk}": "Well seen indeed."}

    page = internship.expert.post(f"{diary}?beside", {"entry": second.pk} | typed, follow=True)

    boxes = {
        box.get("name"): box.text_content().strip()
        for box in html.fromstring(page.text).xpath("//textarea")
    }
    assert boxes == typed
    assert [one.remark for one in esi.diary.order_by("day")] == ["Well seen.", "Well seen indeed."]


def test_nobody_but_the_intern_writes_a_diary(internship):
    """Low finding 17: the link of another participant opens none."""
    esi = internship.participants.get(part="intern")
    mentor = internship.participants.get(part="mentor")
    said = {"day": timezone.localdate().isoformat(), "did": "I read.", "learnt": "Much."}

    codes = {
        name: Client().post(f"/en{one.link_path}diary/", said).status_code
        for name, one in (("intern", esi), ("mentor", mentor))
    }
    with pytest.raises(PermissionDenied):
        diary.write_entry(mentor, said)
    internship.participants.filter(pk=esi.pk).update(attended=False)

    assert codes == {"intern": 302, "mentor": 404}
    assert Client().get(f"/en{esi.link_path}diary/").status_code == 404  # who never came
    assert list(DiaryEntry.objects.values_list("participant", flat=True)) == [esi.pk]


def test_a_diary_closes_a_month_after_and_keeps_its_writer(internship):
    link = link_of(Letter.objects.get(template="diary_asked"))
    last = timezone.localdate() - timedelta(days=31)
    said = {"day": (last - timedelta(days=1)).isoformat(), "did": "I read.", "learnt": "Much."}
    intern = internship.participants.get(part="intern")
    intern.diary.create(day=last, did="I read.", learnt="Much.", changed_at=timezone.now())
    gone = internship.town.post(
        page_of(internship, "participant", intern.pk), {"remove": "1"}, follow=True
    ).text
    Exchange.objects.update(
        status="completed", actual_start=last - timedelta(days=9), actual_end=last
    )

    closed = Client().post(link, said).text

    assert DiaryEntry.objects.count() == 1 and "What you wrote" in closed
    assert "Save this day" not in closed
    assert "They have written a diary" in gone and internship.participants.count() == 2


def test_an_internship_asks_for_a_learning_agreement(planned):
    Exchange.objects.update(form="internship")

    asked = planned.town.get(page_of(planned, "terms")).text
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "Setting a fee.")
    planned.town.post(page_of(planned, "terms"), words)
    paper = planned.town.get(page_of(planned, "document", "terms"))
    shown = planned.town.get(planned.get_absolute_url()).text

    assert "Learning agreement" in asked and "What should the intern be able to do" in asked
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(paper.content)).pages)
    assert "Learning agreement, version 1" in text
    assert "Learning agreement signed by both sides" in shown


def test_who_was_there_is_said_on_one_page_and_certificates_go_by_it(internship):
    nine_days_ago = timezone.localdate() - timedelta(days=9)
    days = {"planned_start": nine_days_ago, "planned_end": timezone.localdate()}
    Exchange.objects.update(actual_start=nine_days_ago, **days)
    came, not_ = internship.participants.order_by("pk")
    sheet = page_of(internship, "attendance")
    said = {f"there-{came.pk}": "yes", f"days-{came.pk}": "8", f"there-{not_.pk}": "no"}

    wrong = internship.staff.post(sheet, said | {f"days-{came.pk}": "11"}).text  # it has ten
    own = page_of(internship, "participant", came.pk)
    too_many = internship.staff.post(own, {"days": "11"}).text
    unsaid = internship.staff.get(page_of(internship, "participants")).text
    internship.staff.post(sheet, {f"days-{came.pk}": "8"})  # planned: nobody said who was there
    internship.staff.post(sheet, said)
    internship.staff.post(sheet, said)  # nothing changes
    association = internship.abena.post(sheet, said).status_code
    sign = internship.town.get(page_of(internship, "document", "attendance"))

    people = internship.participants.order_by("pk").values_list("attended", "days")
    assert list(people) == [(True, 8), (False, None)]
    assert "whole number from 0 to 10" in wrong and association == 404
    assert "The exchange has 10 days: enter no more." in too_many
    listed = internship.staff.get(page_of(internship, "participants")).text
    assert "Attendance not recorded yet" in unsaid
    assert "Attended · 8 days" in listed and "Did not attend" in listed
    text = PdfReader(io.BytesIO(sign.content)).pages[0].extract_text()
    assert came.name in text and not_.name not in text
    papers = [
        internship.town.get(reverse("certificate", args=[internship.reference, one.pk]))
        for one in (came, not_)
    ]
    assert [paper.status_code for paper in papers] == [200, 404]
    events = internship.events.filter(verb="record_presence")
    assert list(events.values_list("actor__name", "details__changes")) == [
        (
            "Ines",
            f"{came.pk}: not said, 8 days, not confirmed → yes, 8 days, confirmed; "
            f"{not_.pk}: not said, 0 days, not confirmed → no, 0 days, not confirmed",
        )
    ]
    assert "Attendance recorded" in internship.town.get(internship.get_absolute_url()).text


def test_an_older_sheet_of_presence_undoes_nothing_and_no_day_to_come_is_certified(internship):
    came, other = internship.participants.order_by("pk")
    sheet, staff = page_of(internship, "attendance"), internship.staff
    shown = {"saved": staff.get(sheet).context["form"]["saved"].value()}
    first = shown | {f"there-{came.pk}": "no", f"there-{other.pk}": ""}

    none = staff.post(sheet, shown | {f"there-{came.pk}": "yes", f"days-{came.pk}": "0"}).text
    staff.post(sheet, first)
    older = staff.post(sheet, first | {f"there-{came.pk}": "yes", f"days-{came.pk}": "3"}).text
    came.refresh_from_db()
    kept = came.attended
    again = {"saved": staff.get(sheet).context["form"]["saved"].value()}
    staff.post(sheet, first | again | {f"there-{came.pk}": "yes", f"days-{came.pk}": "1"})
    internship.participants.filter(pk=came.pk).update(days=8)  # written before this was refused
    came.refresh_from_db()
    paper = papers.certificate_pdf(came, timezone.now() + timedelta(days=2))

    assert "Anyone who attended was there for at least one day" in none
    assert "Meanwhile somebody else" in older and kept is False
    first = timezone.localdate()
    past = sum(is_weekday(first + timedelta(days=number)) for number in range(3))
    lasted = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert f"{past} working day" in lasted


def test_a_certificate_says_no_length_that_nobody_knows_and_working_days_where_they_count(
    internship,
):
    """Who had been there on days that nobody recorded was certified all of them, with Sundays."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday() + 21)
    days = {"actual_start": monday, "actual_end": monday + timedelta(days=11)}
    Exchange.objects.update(status="completed", **days)
    internship.participants.filter(part="intern").update(attended=True, confirmed_at=timezone.now())

    def certified(number, form):
        Exchange.objects.update(form=form)
        internship.participants.filter(part="intern").update(days=number)
        with translation.override("fr"):
            person = internship.participants.select_related("exchange").get(part="intern")
            paper = papers.certificate_pdf(person, timezone.now())
        text = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
        return re.findall(r"\d+ jours?(?: ouvrés?)?", " ".join(text.split()))

    assert certified(None, "internship") == certified(None, "expert_mission") == []
    assert certified(12, "internship") == ["10 jours ouvrés"]
    assert certified(7, "internship") == ["7 jours ouvrés"]
    assert certified(12, "expert_mission") == ["12 jours"]


def test_today_is_that_of_the_place_where_it_happens(internship):
    """At six in the morning in Manila the day was one to come: nothing could be reported of it."""
    host = internship.match.interests.get().authority
    type(host).objects.filter(pk=host.pk).update(country="PH")
    today = timezone.localdate()
    evening = datetime(today.year, today.month, today.day, 22, tzinfo=UTC)
    tomorrow = (today + timedelta(days=1)).isoformat()
    typed = {"happened_on": tomorrow, "kind": "health", "severity": "1", "account": "A bag."}
    intern = internship.participants.get(part="intern")
    page = f"/en{intern.link_path}diary/"

    with time_machine.travel(evening, tick=False):
        incident = reverse("incident", args=[internship.reference])
        town = signed_in(User.objects.get(name="Efua"))  # the session of today may be over by then
        there = town.post(incident, typed).status_code
        Client().post(page, {"day": tomorrow, "did": "I met the operators.", "learnt": "A tariff."})

    assert (there, internship.incidents.count()) == (302, 1)
    assert [str(day) for day in DiaryEntry.objects.values_list("day", flat=True)] == [tomorrow]


def test_the_sheet_of_attendance_has_a_page_for_each_week_of_a_long_internship(internship):
    """Of 26 days the dates stood over each other, and names in the boxes to sign in."""
    monday = START - timedelta(days=START.weekday())
    days = {"planned_start": monday, "planned_end": monday + timedelta(days=25)}
    Exchange.objects.update(actual_start=None, **days)

    sheet = internship.town.get(page_of(internship, "document", "attendance"))

    pages = [one.extract_text() for one in PdfReader(io.BytesIO(sheet.content)).pages]
    every = [date_format(monday + timedelta(days=number), "d/m") for number in range(26)]
    shown = [[day for day in every if day in page.split()] for page in pages]
    assert shown == [every[:7], every[7:14], every[14:21], every[21:]]
    assert all("Esi" in page for page in pages)


def test_a_learning_report_leaves_out_what_is_not_known_of_a_person(internship):
    mentor = internship.participants.get(part="mentor")
    internship.participants.filter(part="intern").update(function="", organisation="Agona West")
    internship.participants.filter(part="mentor").update(organisation="")
    intern = internship.participants.select_related("exchange").get(part="intern")

    paper = papers.learning_pdf(intern, timezone.now())

    lines = PdfReader(io.BytesIO(paper)).pages[0].extract_text().splitlines()
    assert "Esi, Agona West" in lines and mentor.name in lines


def test_nobody_was_there_before_it_begins_and_who_leaves_too_early_is_told_at_the_field(planned):
    person = planned.participants.filter(side="requesting").get()
    own, day = page_of(planned, "participant", person.pk), START.isoformat()
    typed = {"name": "Efua", "language": "en", "part": "delegate", "gender": "woman"}
    typed |= {"post": "technical", "visa": "unknown", "attended": "true"}

    page = planned.town.get(own).text
    planned.town.post(own, typed)
    early = (START - timedelta(days=1)).isoformat()
    refused = planned.town.post(own, typed | {"arrives_on": day, "leaves_on": early})

    person.refresh_from_db()
    assert (person.name, person.attended) == ("Efua", None) and "was there" not in page
    assert refused.context["form"].errors == {"leaves_on": ["Nobody can leave before they arrive."]}


def lacking_conduct(exchange):
    return set({item.code: item.lacking for item in list_items(exchange)}["conduct"].split(", "))


def test_each_who_takes_part_signs_the_code_of_conduct_by_a_link_of_their_own(planned):
    planned.participants.create(
        name="Esi", address="esi@example.org", side="requesting", part="delegate", travels=True
    )
    planned.participants.create(name="Kojo", side="requesting", part="delegate")  # no address
    for name, is_insured in {"Adwoa": True, "Kwame": False}.items():
        travels = {"side": "requesting", "part": "delegate", "travels": True}
        travels |= {"emergency_contact": "wife, 024 123 4567", "is_insured": is_insured}
        planned.participants.create(name=name, address=f"{name}@example.org".lower(), **travels)
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    letter = Letter.objects.get(template="exchange_plan", name="Esi")
    has_all, has_contact = (
        compose_letter(Letter.objects.get(template="exchange_plan", name=name))[1]
        for name in ("Adwoa", "Kwame")
    )
    link, esi = link_of(letter), planned.participants.get(name="Esi")
    _subject, body = compose_letter(letter)
    read = Client().get(link)  # a scanner of letters signs nothing
    before = planned.participants.get(name="Esi").has_signed_conduct

    said = {"signs": "on", "is_insured": "on", "emergency_contact": "Ama, +233 24 123 4567"}
    Client().post(link, said)
    Client().post(link, {"is_insured": "on", "emergency_contact": "Ama, +233 24 765 4321"})
    esi.refresh_from_db()
    stays = planned.participants.get(side="requesting", address=planned.dossier.focal_email)
    asked_of_who_stays = Client().get(f"/en{stays.link_path}").text
    unticked = (
        Client().post(f"/fr{stays.link_path}", {"csrfmiddlewaretoken": "x"}, follow=True).text
    )
    esi_dead = esi.link_path
    planned.participants.filter(pk=esi.pk).update(address="other@example.org")

    assert "an emergency contact, and confirm that you are insured" in body and before is False
    # What was given already is not asked for.
    assert "emergency contact" not in has_all and "insured" not in has_all
    assert "Please also confirm that you are insured for the journey." in has_contact
    assert "emergency contact" not in has_contact
    assert "I harass nobody" in read.text and "Agenda and emergency contact" in read.text
    assert (esi.has_signed_conduct, esi.is_insured) == (True, True)
    assert esi.emergency_contact == "Ama, +233 24 765 4321" and esi.signed_conduct_at
    assert (
        "emergency_contact" not in asked_of_who_stays
        and "I have read the code" in asked_of_who_stays
    )
    assert "Le code de conduite n’est pas encore signé" in unticked
    assert "Merci : c’est enregistré" not in unticked
    lacking = [lacking_conduct(planned)]
    Dossier.objects.update(children="yes")
    lacking.append(lacking_conduct(Exchange.objects.get(pk=planned.pk)))
    others = {"Ineke", "Adwoa", "Kwame"}
    assert lacking == [others, others | {"Kojo", stays.name}]
    people = planned.participants.exclude(name="Kojo")
    own = {"esi@example.org" if one.name == "Esi" else one.email for one in people}
    asked = Letter.objects.filter(template="exchange_plan", context__is_asked=True)
    assert {one.address for one in asked} == own and not told_addresses("take_part")
    assert Client().get(f"/en{esi_dead}").status_code == 410
    Exchange.objects.update(status="closed")
    assert "I have read the code" not in Client().get(f"/en{stays.link_path}").text


def test_all_who_take_part_talk_and_are_written_to_if_they_wish(planned):
    match = planned.match
    match.messages.create(
        side="applicant", name="Efua", text="Is six days enough?", at=timezone.now() - timedelta(9)
    )
    esi, kojo = (
        planned.participants.create(name=name, address=f"{name}@example.org".lower(), side="other")
        for name in ("Esi", "Kojo")
    )
    link = f"/en{esi.link_path}"
    Client().post(link, {"follow": "yes"})

    planned.expert.post(match.get_absolute_url(), {"text": "I bring the drawings."})
    Client().post(link, {"text": "We meet you at the airport."})
    empty, long = (Client().post(link, {"text": text}).text for text in ("  ", "Aïe! " * 401))
    read = Client().get(link).text
    both = planned.town.get(match.get_absolute_url()).text
    Exchange.objects.update(status="closed")
    Client().post(link, {"follow": "no"})
    Client().post(f"/en{kojo.link_path}", {"text": "It still works."})
    match.status = "withdrawn"
    match.save()
    over = Client().get(link).text

    assert "I bring the drawings." in read and "Is six days enough?" not in read
    assert "We meet you at the airport." in both and "Esi" in both
    assert "Write between 1 and" in empty and "Write between 1 and" in long
    assert "Aïe! Aïe! " in long  # what was typed is not lost
    assert told_addresses("part_message") == ["esi@example.org"]
    sides = Letter.objects.filter(template="match_message")
    assert sides.filter(address=planned.match.interests.get().expert.user.email).count() == 2
    assert match.messages.count() == 4 and "Your question or answer" not in over


def test_both_sides_read_what_follows_a_cancellation_and_can_still_write(planned):
    """One read that the request was closed, the other nothing; “stays open” took no message."""
    page = planned.match.get_absolute_url()
    planned.staff.post(reverse("admin:exchanges_exchange_step", args=[planned.pk, "cancel"]), WHY)
    expert = planned.match.interests.get().expert.user.email

    planned.town.post(page, {"text": "We are sorry: write to us on +233 24 123 4567."})

    answered = planned.expert.get(page).text
    assert "write to us on +233 24 123 4567" in answered and "Your question or answer" in answered
    cancelled = Letter.objects.filter(template="exchange_cancel", address=expert).get()
    assert "looks for another expert for the application" in compose_letter(cancelled)[1]
    assert not Letter.objects.filter(template="interest_expire").exists()


def test_who_speaks_for_a_side_reads_on_their_own_page_that_they_are_written_to(planned):
    """And where what the sides wrote before they agreed stands, which others do not read."""
    match = planned.match
    match.messages.create(
        side="applicant", name="Efua", text="Is six days enough?", at=timezone.now() - timedelta(9)
    )
    kojo = planned.participants.create(name="Kojo", address="kojo@example.org", side="other")
    own = planned.participants.exclude(pk=kojo.pk)
    own.filter(side="requesting").update(address=get_user(planned.town).email)

    pages = [Client().get(f"/en{one.link_path}").text for one in (*own, kojo)]

    lines = [
        "You receive an e-mail when somebody writes here, as you speak for one side.",
        f'<a href="/en{match.path}#thread">Messages from before the agreement</a>',
        "Send me e-mails",
    ]
    read = [[line in page for line in lines] for page in pages]
    assert read == [[True, True, False], [True, True, False], [False, False, True]]


def test_the_page_of_a_cancelled_exchange_promises_no_agenda(planned):
    kofi = make_user("Kofi")
    person = planned.participants.create(name="Kofi", user=kofi, side="requesting", part="delegate")
    person.create_link(timezone.now())

    planned.staff.post(reverse("admin:exchanges_exchange_step", args=[planned.pk, "cancel"]), WHY)

    words = [str(task.what) for task in list_tasks(kofi, timezone.now())]
    assert words == ["Your page of the cancelled exchange"]


def test_costs_that_are_due_are_told_with_a_cancellation(planned):
    room = reverse("admin:exchanges_exchange_step", args=[planned.pk, "cancel"])
    planned.staff.post(room, WHY | {"costs_due": "One flight, 640 euros."})

    _subject, body = compose_letter(Letter.objects.filter(template="exchange_cancel").first())
    assert "Costs that are still due:\n> One flight, 640 euros." in body
    assert "One flight, 640 euros." in planned.town.get(planned.get_absolute_url()).text


def test_an_amount_alone_does_not_tell_what_is_due(planned):
    room = reverse("admin:exchanges_exchange_step", args=[planned.pk, "cancel"])
    refused = planned.staff.post(room, WHY | {"costs_due": "1.500"}).text
    assert "Say what it is for, and the currency." in refused
    assert not Letter.objects.filter(template="exchange_cancel").exists()


def test_pictures_are_for_those_of_the_exchange(internship):
    pictures = page_of(internship, "pictures")
    said = {"alt": "A drying bed", "credit": "Esi"}

    internship.expert.post(pictures, said | {"file": drawn()})
    bare = internship.town.post(pictures, {"file": drawn(), "credit": "Esi"}).text
    wrong = internship.town.post(
        pictures, said | {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 no picture")}
    ).text
    picture = Picture.objects.get()
    address = page_of(internship, "picture", picture.pk)
    seen = [client.get(address).status_code for client in (internship.town, internship.abena)]
    page_ = internship.town.get(pictures).text
    internship.abena.post(pictures, {"remove": picture.pk})
    kept = Picture.objects.count()
    next_one = {"alt": "A second bed", "remove": picture.pk}
    typed = internship.town.post(f"{pictures}?beside", next_one, follow=True).context["form"]

    assert typed["alt"].value() == "A second bed"  # its file alone is chosen again
    assert seen == [200, 404] and not picture.has_consent
    assert 'alt="A drying bed"' in page_ and "only for those in the exchange" in page_
    assert "This field is required." in bare and "Choose a JPEG, PNG or HEIC picture." in wrong
    assert (kept, Picture.objects.count()) == (1, 0)


def test_who_adds_a_picture_is_told_who_of_it_is_written_to_by_no_e_mail(internship, monkeypatch):
    """H10: past the limit of a day they were left out without a word."""
    pictures, people = page_of(internship, "pictures"), internship.participants.order_by("pk")
    enough = replace(limits.LIMITS["picture"], person=1)
    monkeypatch.setitem(limits.LIMITS, "picture", enough)
    said = {"alt": "Two at a drying bed", "credit": "Rob", "people": [one.pk for one in people]}

    shown = internship.town.post(pictures, said | {"file": drawn()}, follow=True).text

    assert Letter.objects.filter(template="picture_asked").count() == 1
    assert f"No e-mail sent to: {people[1].name}. There is no e-mail address" in shown
    assert f"No e-mail sent to: {people[0].name}" not in shown


def test_whoever_is_on_a_picture_says_themselves_whether_the_public_sees_it(internship):
    """Consent of the person: asked by their own link, and taken back at any time."""
    esi = internship.participants.get(part="intern")
    mentor = internship.participants.get(part="mentor")
    said = {"alt": "Esi at a drying bed", "credit": "Rob", "has_consent": "on"}

    internship.town.post(
        page_of(internship, "pictures"), said | {"file": drawn(), "people": [esi.pk]}
    )
    picture, link = Picture.objects.get(), f"/en{esi.link_path}"
    asked = Letter.objects.get(template="picture_asked")

    def public():
        return Picture.objects.for_public().exists()

    def say(words, who=esi):
        answer = {"shows" if words == "yes" else "hides": picture.pk}
        return Client().post(f"/en{who.link_path}", answer).status_code

    seen = [public()]
    strangers = say("yes", who=mentor), public()
    for words in ("yes", "no", "yes"):
        say(words)
        seen.append(public())
    mine, theirs = (
        Client().get(f"/en{one.link_path}picture/{picture.pk}.jpg").status_code
        for one in (esi, mentor)
    )

    assert asked.address == "esi@example.org"
    assert strangers == (404, False) and (mine, theirs) == (200, 404)
    assert seen == [False, True, False, True]
    assert "you agreed" in Client().get(link).text
    assert "Esi: agrees" in internship.town.get(page_of(internship, "pictures")).text


def test_pictures_put_up_and_taken_away_write_to_nobody_without_end(internship):
    """H10: a letter that has not left goes with its picture; and so many a day, no more."""
    esi = internship.participants.create(
        name="Esi", address="esi@example.org", side="requesting", part="delegate"
    )
    said = {"alt": "A bed.", "credit": "Esi", "has_consent": "on", "people": [esi.pk]}
    pictures = page_of(internship, "pictures")
    letters = Letter.objects.filter(template="picture_asked")

    for _number in range(12):
        internship.town.post(pictures, said | {"file": drawn()})
        last = Picture.objects.get()
        internship.town.post(pictures, {"remove": last.pk})
    internship.town.post(pictures, said | {"file": drawn()})

    assert Picture.objects.get().people.get().participant == esi
    assert letters.count() == 10
    assert not letters.unsent().exists()


def test_a_picture_of_somebody_who_was_taken_out_or_erased_is_not_public(internship):
    """Consent of the person: who can no longer think again has not agreed."""
    esi = internship.participants.get(part="intern")
    file = SimpleUploadedFile("a.jpg", drawn().read())
    said = {"alt": "Esi", "credit": "Rob", "has_consent": "on", "file": file}
    internship.town.post(page_of(internship, "pictures"), said | {"people": [esi.pk]})
    picture = Picture.objects.get()
    picture.people.update(agrees=True)

    before = picture.is_public
    esi.pictured.update(agrees=None)
    internship.town.post(page_of(internship, "participant", esi.pk), {"remove": "1"})

    assert before and not internship.participants.filter(pk=esi.pk).exists()
    assert picture.people.get().participant is None
    assert not Picture.objects.for_public().exists()


@pytest.mark.parametrize(
    ("typed", "is_kept"),
    [
        ("x", False),
        ("Ama", False),
        ("024 123 4567", False),
        ("Ama, 12", False),
        ("Ama, 024 123 4567", True),
        ("آمنة ٠٢٤١٢٣٤٥٦٧", True),
    ],
)
def test_whom_to_call_has_a_name_and_a_number(planned, typed, is_kept):
    kofi = planned.participants.create(
        name="Kofi", address="kofi@example.org", side="requesting", travels=True
    )

    shown = Client().post(f"/en{kofi.link_path}", {"emergency_contact": typed, "save": "1"})

    kofi.refresh_from_db()
    assert kofi.emergency_contact == (typed if is_kept else "")
    assert ("Write a name and a telephone number" in shown.text) is not is_kept


def test_no_button_of_a_participants_page_loses_what_stands_beside_it(planned):
    """Without scripts, too: all that can be typed there is one form."""
    kofi = planned.participants.create(
        name="Kofi",
        address="kofi@example.org",
        side="requesting",
        travels=True,
        emergency_contact="Ama, +233 24 1",
    )
    browser, page = Client(), f"/en{kofi.link_path}"
    seen = []

    for pressed, number, words in (
        ({"save": "1"}, "Ama, +233 24 12", "Is there an interpreter?"),
        ({"follow": "yes"}, "Ama, +233 24 123", "Is there an interpreter?"),
        ({}, "Ama, +233 24 1234", "Who meets us?"),
    ):
        said = {"emergency_contact": number, "text": words, "signs": "on"}
        shown = browser.post(f"{page}?beside", said | pressed, follow=True)
        kofi.refresh_from_db()
        form = shown.context["form"]
        seen.append((form["emergency_contact"].value(), kofi.emergency_contact))
        seen.append((shown.context["begun"], kofi.has_signed_conduct, len(shown.context["thread"])))
    fresh = browser.get(f"{page}?discard=1", follow=True).context
    kofi.delete()
    gone = browser.post(f"{page}?beside", {"text": "I am away on 20 January."})

    assert gone.status_code == 410 and "I am away on 20 January." in gone.text
    assert seen == [
        ("Ama, +233 24 12", "Ama, +233 24 12"),
        ("Is there an interpreter?", True, 0),
        ("Ama, +233 24 123", "Ama, +233 24 12"),
        ("Is there an interpreter?", True, 0),
        ("Ama, +233 24 1234", "Ama, +233 24 12"),
        ("", True, 1),
    ]
    assert fresh["form"]["emergency_contact"].value() == "Ama, +233 24 12"
