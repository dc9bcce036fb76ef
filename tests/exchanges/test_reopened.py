"""What was ready and is missing again: the page says so, staff have it in their work, an e-mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from connect.desk_home import QUEUES
from connect.my_work import list_tasks
from exchanges import readiness, reopened
from exchanges.enums import ExchangeStatus, Readiness
from exchanges.models import BudgetLine, Exchange
from exchanges.transitions import exchange_machine
from matching.models import Match
from notifications.digest import gather_bursts
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from tests.exchanges.conftest import START
from tests.factories import make_budget_line

pytestmark = pytest.mark.django_db
OURS = Letter.objects.filter(template="exchange_reopened")
HOUR = timedelta(hours=1)


def make_ready(exchange, waived=tuple(Readiness)):
    """Waive items at the desk, as staff do, and mark the exchange as ready."""
    Exchange.objects.update(status=ExchangeStatus.PLANNED)
    desk = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    plan = {
        **{"form": exchange.form, "mode": "on_site", "place": exchange.place, "languages": ["en"]},
        **{"planned_start": START, "planned_end": START + timedelta(days=4)},
        **{"checklist": [str(code) for code in waived], "settled_why": "Held by telephone."},
    }
    exchange.staff.post(desk, plan)
    ready = exchange_machine.advance(Exchange.objects.get(), "get_ready", actor=exchange.ines)
    Letter.objects.all().delete()
    return ready, desk, plan


def find_missing():
    items = readiness.list_items(Exchange.objects.get())
    return {str(one.code): one.lacking for one in items if not one.holds}


def pass_minutes():
    """Let the clock find what is missing again, and what waits leave."""
    now = timezone.now()
    reopened.follow_reopened(now)
    send_waiting_letters(now + HOUR)


def tasks_of(person):
    tasks = list_tasks(person, timezone.now())
    return [str(task.what) for task in tasks if "missing since" in str(task.what)]


def test_a_budget_line_written_late_is_missing_though_the_budget_was_waived(planned):
    """“Waived” stood beside a line of EUR 5,000 that nobody had approved, and nobody was told."""
    exchange, desk, plan = make_ready(planned)
    what = "Approve the budget lines that are new or have changed"

    def asked():
        tasks = list_tasks(planned.ines, timezone.now())
        return [task.path for task in tasks if str(task.what) == what]

    before = (find_missing(), asked())
    make_budget_line(exchange, label="Visa fees")
    pages = [planned.staff.get(desk).text, planned.town.get(planned.get_absolute_url()).text]
    pass_minutes()
    pass_minutes()

    assert before == ({}, [])
    assert find_missing() == {"budget": "Visa fees"}
    assert [
        ("Each line of the preparation" in page, "missing again" in page) for page in pages
    ] == [(False, True)] * 2
    assert asked() == [f"{planned.path}budget/"]
    (letter,) = OURS.all()
    assert (letter.address, letter.context["lacking"]) == (
        planned.ines.email,
        ["Budget approved (Visa fees)"],
    )
    planned.staff.post(reverse("exchange-budget-approve", args=[planned.reference]))
    pass_minutes()
    assert (find_missing(), asked(), OURS.count()) == ({}, [], 1)


def test_a_line_written_late_into_an_approved_budget_is_told_by_one_e_mail(planned):
    """It was in the work of whoever approves, and the page said that each line was done."""
    make_budget_line(planned)
    BudgetLine.objects.update(approved=1300, approved_by=planned.ines)
    exchange, _desk, _plan = make_ready(planned, set(Readiness) - {Readiness.BUDGET})

    make_budget_line(exchange, label="Taxi")
    pass_minutes()
    BudgetLine.objects.filter(label="Taxi").update(approved=1300)
    BudgetLine.objects.filter(label="Flights").update(quantity=9)  # of that, `budget_changed` tells
    pass_minutes()

    assert [one.context["lacking"] for one in OURS.all()] == [["Budget approved (Taxi)"]]


NEW = {"name": "Yaw", "address": "yaw@example.org", "side": "offering", "travels": True}
CHANGES = {
    "insurance": lambda exchange: exchange.participants.create(**NEW),
    "visa": lambda exchange: exchange.participants.create(**NEW),
    "contacts": lambda exchange: exchange.participants.create(**NEW),
    "conduct": lambda exchange: exchange.participants.create(**NEW),
    "briefing": lambda exchange: exchange.participants.create(**NEW),
    "terms": lambda exchange: write_terms(exchange, 1, 2),
    "agenda": lambda exchange: Exchange.objects.update(planned_end=START + timedelta(days=9)),
    "rules": lambda exchange: Exchange.objects.update(planned_end=START + timedelta(days=40)),
    "budget": make_budget_line,
    "employer": lambda exchange: leave_employer(exchange),
}


def write_terms(exchange, *numbers):
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    for number in numbers:
        exchange.terms.create(number=number, at=timezone.now(), **words)


def leave_employer(exchange):
    exchange.match.interests.get().expert.user.memberships.update(status="ended")


@pytest.mark.parametrize("code", CHANGES)
def test_what_is_missing_since_its_waiver_is_missing_again_and_staff_are_asked(planned, code):
    """Of people who were named late nobody asked for insurance or visa: “Waived”."""
    exchange, desk, plan = make_ready(planned)

    CHANGES[code](exchange)
    Letter.objects.all().delete()
    missing = find_missing()
    shown = planned.staff.get(desk)
    pass_minutes()
    row = Exchange.objects.get()
    queue = next(one for one in QUEUES if one.query == {"step": "waits"})
    tasks, waiting = tasks_of(planned.ines), queue.rows(planned.ines).count()
    planned.staff.post(desk, plan | {"planned_end": row.planned_end, "settled_why": "Again."})
    waived = find_missing()

    assert code in missing
    assert code not in shown.context["plan"].initial["checklist"]
    if code != "budget":  # which is a task of its own
        label = str(row.readiness_label(code))
        assert [label in what for what in tasks] == [True] and waiting == 1
    subject, body = compose_letter(OURS.get())
    assert planned.reference in subject and str(row.readiness_label(code)) in body
    assert (waived, tasks_of(planned.ines)) == ({}, [])


def test_what_is_missing_again_and_mended_within_minutes_is_told_nobody(planned):
    exchange, _desk, _plan = make_ready(planned)
    yaw = exchange.participants.create(**NEW)
    reopened.follow_reopened(timezone.now())
    yaw.delete()
    reopened.follow_reopened(timezone.now())
    gather_bursts(timezone.now() + HOUR)

    send_waiting_letters(timezone.now() + HOUR)

    assert (OURS.filter(sent_at__isnull=False).count(), tasks_of(planned.ines)) == (0, [])


def test_a_waiver_stays_where_less_is_missing_and_where_it_was_given_before_its_facts(planned):
    exchange, _desk, _plan = make_ready(planned)
    person = exchange.participants.filter(travels=True).get()
    person.is_insured = True
    person.save()
    less = find_missing()
    Exchange.objects.update(waived_facts={})
    exchange.participants.create(**NEW)

    assert (less, find_missing()) == ({}, {})


def test_a_plan_that_was_opened_before_something_was_missing_again_waives_it_not(planned):
    """The tick was that of a page of yesterday: nobody had seen whom it waived."""
    _exchange, desk, plan = make_ready(planned)
    page = planned.staff.get(desk).context["plan"]
    saved = {name: page[name].value() for name in page.fields if name.startswith("saved")}
    Exchange.objects.get().participants.create(**NEW)

    answer = planned.staff.post(desk, plan | saved)

    assert saved and "The plan was saved by somebody else" in answer.text
    assert find_missing()["insurance"] == "Yaw"


def test_the_clock_reads_no_more_than_some_checklists_at_a_time_each_in_its_turn(
    planned, monkeypatch
):
    """It read the whole checklist of every exchange in preparation every ten minutes."""
    keys = [planned.pk]
    for number in range(4):
        match = Match.objects.create(
            dossier=planned.dossier,
            reference=f"MA-{number}",
            answer_by=timezone.now(),
            status="undone",
        )
        other = Exchange.objects.create(
            reference=f"EX-{number}", match=match, dossier=planned.dossier, form=planned.form
        )
        keys.append(other.pk)
    Exchange.objects.update(checklist=[Readiness.VISA])
    read = []
    monkeypatch.setattr(reopened, "MOST_READ", 2)
    monkeypatch.setattr(reopened, "list_reopened", lambda one: read.append(one.pk) or [])

    now = timezone.now()
    for turn in range(3):
        reopened.follow_reopened(now + turn * HOUR)

    # The last turn reads what was never read, and then the first again.
    assert (read[:4], sorted(read[4:])) == (keys[:4], sorted([keys[4], keys[0]]))
