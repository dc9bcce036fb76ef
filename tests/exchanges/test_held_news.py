"""The agenda of an exchange while the e-mail with its dates is held, and once it is postponed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exchanges.enums import Readiness
from exchanges.models import Exchange, Session
from exchanges.transitions import exchange_machine
from notifications.digest import gather_bursts
from notifications.letter_tables import describe_letter_status
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from tests.exchanges.pages import agenda_item_data, page_of
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
HELD = "admin:notifications_letter_held"
WHY = {"reason": "force_majeure", "note": "The road is closed."}


def hold(planned, kind, **rule):
    rules = reverse("admin:notifications_letter_holding")
    planned.staff.post(rules, {"kind": kind, "group": "", "hold": "review"} | rule)


def press(planned, verb, **typed):
    posted = {f"{verb}-{name}": words for name, words in typed.items()}
    page = reverse("admin:exchanges_exchange_step", args=[planned.pk, verb])
    return planned.staff.post(page, posted | typed)


def send_all(after=timedelta(minutes=11)):
    """Let leave what does within this time."""
    later = timezone.now() + after
    gather_bursts(later)
    send_waiting_letters(later)


def sent(*kinds):
    return Letter.objects.filter(template__in=kinds).exclude(sent_at=None)


def put_on_agenda(planned, **changed):
    planned.town.post(page_of(planned, "agenda"), agenda_item_data(**changed))
    return Session.objects.get()


def test_the_agenda_waits_until_the_e_mail_with_the_dates_is_released(planned):
    """The dates were held, and their calendar invitation had left with the day."""
    hold(planned, "exchange_plan")
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    session = put_on_agenda(planned)

    press(planned, "plan")
    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Market"))
    send_all()

    assert Exchange.objects.get().status == "planned"
    assert not sent("exchange_plan", "session_agenda", "session_invited", "session_changed")
    assert "will be sent on" not in planned.town.get(page_of(planned, "agenda")).text

    planned.staff.post(reverse(HELD), {"verb": "release", "all": "1"})
    send_all()

    everybody = {person.email for person in planned.participants.all()}
    assert "kofi@example.org" in everybody
    assert everybody <= {letter.address for letter in sent("exchange_plan")}
    assert {letter.address for letter in sent("session_agenda")} == everybody


def test_dates_that_are_held_for_some_hours_hold_the_agenda_for_as_long(planned):
    hold(planned, "exchange_plan", hold="hours", hours="24")
    put_on_agenda(planned)
    press(planned, "plan")

    send_all(timedelta(hours=23))
    before = sent("session_agenda").count()
    send_all(timedelta(hours=25))

    assert before == 0 and sent("session_agenda").exists()


def test_who_discards_the_dates_discards_the_agenda_that_waits_with_them(planned):
    hold(planned, "exchange_plan")
    put_on_agenda(planned)
    press(planned, "plan")
    told = Letter.objects.filter(template="exchange_plan", opens__isnull=False)
    one, other = told[:2]

    drop = {"verb": "drop", "reason": "Other dates follow"}
    planned.staff.post(reverse(HELD), drop | {"letter": [one.pk]})
    of_one = Letter.objects.unsent().filter(address=one.address, template="session_invited")
    of_other = Letter.objects.unsent().filter(address=other.address, template="session_invited")
    assert not of_one.exists() and of_other.exists()
    planned.staff.post(reverse(HELD), drop | {"all": "1"})
    send_all()

    assert not sent("session_agenda", "exchange_plan")
    assert not Letter.objects.unsent().filter(template="session_invited").exists()


def test_that_all_is_ready_neither_holds_a_change_of_the_agenda_nor_takes_it_away(planned):
    """Its e-mail was discarded, as all knew it, and nobody ever read of the other place."""
    session = put_on_agenda(planned)
    press(planned, "plan")
    send_all()
    hold(planned, "exchange_get_ready")
    Exchange.objects.update(checklist=Readiness.values)
    press(planned, "get_ready")
    readers = {person.email for person in planned.participants.all()}

    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Market"))
    send_all()
    told = {letter.address for letter in sent("session_changed")}
    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="School"))
    planned.staff.post(reverse(HELD), {"verb": "drop", "reason": "They know it", "all": "1"})
    send_all()

    assert Letter.objects.filter(template="exchange_get_ready").exists()
    assert not sent("exchange_get_ready")
    assert told == readers and sent("session_changed").count() == 2 * len(readers)


def test_what_changed_meanwhile_is_told_though_the_news_that_it_goes_on_is_discarded(planned):
    session = put_on_agenda(planned)
    press(planned, "plan")
    send_all()
    hold(planned, "exchange_resume")
    Exchange.objects.update(status="running")
    exchange_machine.advance(Exchange.objects.get(), "interrupt", actor=planned.ines, **WHY)
    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Market"))
    exchange_machine.advance(Exchange.objects.get(), "resume", actor=planned.ines)
    send_all()
    before = sent("session_changed").exists()

    planned.staff.post(reverse(HELD), {"verb": "drop", "reason": "They know it", "all": "1"})
    send_all()

    assert not before and not sent("exchange_resume")
    assert sent("session_changed").exists()


@pytest.mark.parametrize("verb", ["postpone", "cancel"])
def test_a_step_that_calls_it_off_withdraws_what_of_the_agenda_waits_to_leave(planned, verb):
    session = put_on_agenda(planned)
    press(planned, "plan")
    send_all()
    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Market"))
    assert Letter.objects.unsent().filter(template="session_changed").exists()

    exchange_machine.advance(planned, verb, actor=planned.ines, **WHY)

    assert not Letter.objects.unsent().filter(template="session_changed").exists()
    assert Letter.objects.unsent().filter(template=f"exchange_{verb}").exists()


def test_what_was_postponed_and_planned_again_at_once_is_one_e_mail_with_the_last_state(planned):
    session = put_on_agenda(planned)
    press(planned, "plan")
    send_all()
    Letter.objects.all().delete()
    planned.town.post(page_of(planned, "session", session.pk), agenda_item_data(place="Market"))
    exchange_machine.advance(planned, "postpone", actor=planned.ines, **WHY)
    exchange_machine.advance(planned, "plan", actor=planned.ines, note="The road is open.")
    send_all()

    reader = planned.participants.first().email
    about = Letter.objects.filter(address=reader, template__startswith="session_")
    stands = {one.template: describe_letter_status(one).partition(",")[0] for one in about}
    assert stands == {
        "session_changed": "cancelled",
        "session_invited": "sent as a part of another e-mail",
        "session_agenda": "sent",
    }
    listed = signed_in(planned.ines).get(reverse("admin:notifications_letter_changelist")).text
    assert "sent as a part of another e-mail" in listed


def test_a_held_postponement_does_not_leave_once_new_days_are_told(planned):
    """“Planned” left, and then “postponed”, when the list of what was held was released."""
    put_on_agenda(planned)
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    session = Session.objects.get()
    planned.town.post(page_of(planned, "session", session.pk), {"verb": "invite"})
    press(planned, "plan")
    send_all()
    hold(planned, "exchange_postpone")
    exchange_machine.advance(planned, "postpone", actor=planned.ines, **WHY)
    held = set(Letter.objects.held(timezone.now()).values_list("address", flat=True))

    exchange_machine.advance(planned, "plan", actor=planned.ines, note="The road is open.")
    planned.staff.post(reverse(HELD), {"verb": "release", "all": "1"})
    send_all()

    abena = session.observations.get().association.memberships.get().user.email
    assert {"kofi@example.org", abena} <= held
    assert not sent("exchange_postpone")
    assert held - {abena} <= {letter.address for letter in sent("exchange_plan")}


def test_three_changes_of_a_plan_within_minutes_are_one_e_mail_with_the_last(planned):
    """Twenty people had three e-mails each, the first two of them false."""
    planned.participants.create(name="Kofi", address="kofi@example.org", side="other")
    press(planned, "plan")
    send_all()
    Letter.objects.all().delete()
    room = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    last = planned.planned_end + timedelta(days=1)
    plan = {"form": planned.form, "mode": "on_site", "languages": ["en"], "meant": "on"}
    plan |= {"planned_start": planned.planned_start, "planned_end": last}

    for place in ("Hall", "School", "Market"):
        planned.staff.post(room, plan | {"place": place})
    before = send_waiting_letters(timezone.now())
    send_all()

    told = sent("exchange_plan")
    readers = {one.address for one in told}
    assert (before, planned.events.filter(verb="change_plan").count()) == (0, 3)
    assert {one.context["place"] for one in told} == {"Market"} and len(told) == len(readers)
    assert {"kofi@example.org", *(one.email for one in planned.participants.all())} <= readers
