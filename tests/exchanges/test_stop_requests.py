"""A side asks to postpone or cancel an exchange; staff do so, or say that it goes on."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from applications.models import Dossier
from connect.my_work import list_tasks
from exchanges import stop_requests
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from notifications.models import Letter
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
START = timezone.localdate() + timedelta(days=60)


@pytest.fixture
def table():
    table, exchange = agreed()
    Dossier.objects.update(case_officer=table.ines)
    Exchange.objects.update(
        status="planned", planned_start=START, planned_end=START + timedelta(days=2)
    )
    table.exchange = Exchange.objects.get()
    table.page = reverse("exchange-stop", args=[table.exchange.reference])
    Letter.objects.all().delete()
    return table


def letters():
    """Return (template, address) of what was written since, by address."""
    return sorted(Letter.objects.filter(cancelled_at=None).values_list("template", "address"))


def asked_of(person):
    return [str(task.what) for task in list_tasks(person, timezone.now()) if task.asks]


def test_a_side_asks_by_a_form_staff_find_it_in_their_list_and_answer(table):
    """The page named an e-mail address, and nothing of what was written there stood anywhere."""
    town, expert, staff = map(signed_in, (table.efua, table.ineke.user, table.ines))
    assert "Ask to postpone or cancel" in town.get(table.exchange.path, follow=True).text

    asked = {"kind": "postpone", "note": "A by-election.", "possible_from": str(START)}
    said = town.post(table.page, asked, follow=True).text

    assert "The applicant asks to postpone this exchange." in said
    assert letters() == [
        ("stop_asked", table.ineke.user.email),
        ("stop_asked", table.ines.email),
    ]
    day = timezone.localdate()
    (task,) = [one for one in asked_of(table.ines) if "request" in one]
    assert task == f"Answer the request of {day:%-d %B %Y} to postpone it"
    assert "Read the request, and answer it" in staff.get(table.exchange.desk_path).text
    assert "A by-election." in expert.get(table.page).text
    assert "Withdraw the request" not in expert.get(table.page).text
    assert "asked in the meantime" in expert.post(table.page, asked).text

    said = staff.post(table.page, {"answer": "1", "note": "It was moved."}, follow=True).text
    assert "The request has been answered." in said
    assert (
        Exchange.objects.get().stop_asked
        == ""
        == "".join(one for one in asked_of(table.ines) if "request" in one)
    )
    told = {(template, address) for template, address in letters() if template == "stop_answered"}
    assert told == {
        ("stop_answered", table.efua.email),
        ("stop_answered", table.ineke.user.email),
    }
    verbs = [event.verb for event in table.exchange.events.order_by("pk")][-2:]
    assert verbs == ["ask_postpone", "answer_stop"]


def test_an_answer_that_is_refused_is_not_lost(table):
    staff, why = signed_in(table.ines), "The days hold. " * 80
    stop_requests.ask_to_stop(table.exchange, "cancel", "No funds.", actor=table.efua)

    too_long = staff.post(table.page, {"answer": "1", "note": why}).text
    signed_in(table.efua).post(table.page, {"withdraw": "1"})
    too_late = staff.post(table.page, {"answer": "1", "note": "The days hold."}).text

    assert "1000 characters at most: this text has 1200." in too_long and why in too_long
    assert "answered or withdrawn in the meantime" in too_late
    assert "What you typed was not saved: “The days hold.”" in too_late


def test_whose_side_asked_withdraws_it_and_who_was_not_told_yet_is_told_nothing(table):
    exchange = stop_requests.ask_to_stop(
        table.exchange, "cancel", "No funds.", actor=table.ineke.user
    )
    with pytest.raises(PermissionDenied):
        stop_requests.withdraw_stop(exchange, actor=table.efua)
    with pytest.raises(PermissionDenied):
        stop_requests.answer_stop(exchange, "No.", actor=table.efua)
    Letter.objects.filter(address=table.ines.email).update(sent_at=timezone.now())

    signed_in(table.ineke.user).post(table.page, {"withdraw": "1"})

    assert Exchange.objects.get().stop_asked == ""
    assert letters() == [
        ("stop_asked", table.ines.email),
        ("stop_withdrawn", table.ines.email),
    ]
    with pytest.raises(ValidationError, match="answered or withdrawn"):
        stop_requests.answer_stop(exchange, "No.", actor=table.ines)


@pytest.mark.parametrize(
    ("status", "verb", "kinds"),
    [
        ("planned", "postpone", ["postpone", "cancel"]),
        ("running", "interrupt", ["postpone", "cancel"]),
        ("interrupted", "cancel", ["cancel"]),
        ("running", "complete", ["postpone", "cancel"]),
    ],
)
def test_a_step_of_staff_answers_what_was_asked(table, status, verb, kinds):
    Exchange.objects.update(status=status, actual_start=timezone.localdate())
    exchange = Exchange.objects.get()
    assert stop_requests.list_stop_kinds(exchange) == kinds
    exchange = stop_requests.ask_to_stop(exchange, "cancel", "A strike.", actor=table.efua)

    exchange_machine.advance(exchange, verb, actor=table.ines, reason="security", note="A strike.")

    assert Exchange.objects.get().stop_asked == ""
    assert Exchange.objects.get().stop_asked_at is None


def test_what_has_been_held_is_not_asked_to_be_stopped(table):
    Exchange.objects.update(status="completed", actual_start=START, actual_end=START)

    assert "Nobody asks to postpone" in signed_in(table.efua).get(table.page).text
    with pytest.raises(PermissionDenied):
        stop_requests.ask_to_stop(table.exchange, "cancel", "Why not.", actor=table.efua)
