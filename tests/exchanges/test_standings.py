"""What the page of an exchange says waits for somebody stands in their list, whatever its state."""

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.models import Dossier
from connect.my_work import list_tasks
from exchanges.days import notify_of_days
from exchanges.enums import ExchangeStatus
from exchanges.evaluation import questionnaires_to_answer, request_evaluations
from exchanges.models import DaysProposal, Exchange
from exchanges.readiness import list_items
from exchanges.reopened import follow_reopened
from exchanges.standing import exchange_standing
from exchanges.transitions import exchange_machine
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def table():
    table, exchange = agreed()
    Dossier.objects.update(case_officer=table.ines)
    table.exchange = exchange
    return table


def said_of(table, now=None):
    """Return what the page says, and what the applicant, the expert and the officer are asked."""
    now, exchange = now or timezone.now(), Exchange.objects.get()
    people = (table.efua, table.ineke.user, table.ines)
    asked = [[str(task.what) for task in list_tasks(person, now) if task.asks] for person in people]
    return str(exchange_standing(exchange, list_items(exchange), now).who), *asked


def test_whoever_a_state_of_an_exchange_waits_for_is_asked_in_their_list(table):
    """“With both sides: prepare it” stood over a list of nine lines, and nobody was asked."""
    today = timezone.localdate()
    days = {
        "planned_start": today + timedelta(days=90),
        "planned_end": today + timedelta(days=92),
        "actual_end": None,
    }
    over = {name: today - timedelta(days=22) for name in ("planned_start", "planned_end")}
    over["actual_end"] = over["planned_end"]
    said = {}
    for status in ExchangeStatus:
        has_begun = status in WITH_AN_END
        Exchange.objects.update(status=status, reopened=[], **(over if has_begun else days))
        if status == ExchangeStatus.READY:  # it lacks all that was ready, as the clock finds
            follow_reopened(timezone.now())
        said[status.value] = said_of(table)

    assert said == SAID


WITH_AN_END = {
    ExchangeStatus.COMPLETED,
    ExchangeStatus.EVALUATED,
    ExchangeStatus.FOLLOW_UP_6M,
    ExchangeStatus.FOLLOW_UP_12M,
    ExchangeStatus.CLOSED,
}
CHECKLIST, PLAN = ["Bring what the preparation checklist lacks"], ["Write the action plan"]
AGAIN = (
    "Complete or waive again what is missing since: Terms of reference signed by both sides; "
    "Agenda written; Visas checked; Insurance; Briefing completed; Emergency contacts; "
    "Code of conduct signed"
)
PROPOSE = ["Propose the days of the exchange"]
NOTHING = "Nothing more is asked of anybody."
SAID = {
    "agreed": (
        "With the programme team: confirm the plan.",
        [],
        [],
        ["Confirm the plan: its days are set"],
    ),
    "planned": ("With both sides: prepare it.", CHECKLIST, CHECKLIST, []),
    "ready": (
        "With the programme team: lines of the preparation checklist are missing again.",
        [],
        [],
        [AGAIN],
    ),
    "running": ("It is taking place.", [], [], []),
    "completed": (
        "With the programme team: it evaluates the exchange.",
        PLAN,
        [],
        ["Evaluate the exchange"],
    ),
    "evaluated": ("With the applicant: it writes its measures.", PLAN, [], []),
    "follow_up_6m": ("With the applicant: it writes its measures.", PLAN, [], []),
    "follow_up_12m": ("Both reports are there, or their time is over.", PLAN, [], []),
    "closed": (NOTHING, [], [], []),
    "postponed": ("With both sides: agree on new dates.", PROPOSE, PROPOSE, []),
    "interrupted": (
        "With the programme team.",
        [],
        [],
        ["Resume the exchange, or say that it ends here"],
    ),
    "cancelled": (NOTHING, [], [], []),
}


def test_new_days_proposed_after_others_were_agreed_stand_on_the_page_and_wait_for_the_other_side(
    table,
):
    """The page went on saying “confirm the plan”, and the officer was asked to."""
    day = timezone.localdate() + timedelta(days=90)
    Exchange.objects.update(planned_start=day, planned_end=day)
    later = day + timedelta(days=9)
    DaysProposal.objects.create(
        exchange=table.exchange,
        side="offering",
        starts_on=later,
        ends_on=later,
        at=timezone.now(),
    )

    assert said_of(table) == (
        "With the applicant: the experts propose dates other than those agreed.",
        ["Agree to the dates proposed, or propose others"],
        [],
        [],
    )


def test_the_page_the_list_and_the_e_mail_name_one_day_for_the_questionnaire(table):
    """“They answer the questionnaire” stood on the page on the last day; nobody had one."""
    today, ineke = timezone.localdate(), table.ineke.user
    ended = timezone.make_aware(datetime.combine(today, time(11)))
    dates = {"planned_start": today - timedelta(days=2), "planned_end": today + timedelta(days=3)}
    Exchange.objects.update(status="running", actual_start=dates["planned_start"], **dates)
    exchange = Exchange.objects.get()
    exchange_machine.advance(
        exchange, "complete", actor=table.ines, now=ended, note="All was seen."
    )

    def look(now):
        request_evaluations(now)
        exchange = Exchange.objects.get()
        page = exchange_standing(exchange, [], now)
        open_ = questionnaires_to_answer(exchange, ineke, now)
        asked = Letter.objects.filter(template="evaluation_asked", address=ineke.email)
        tasks = [task.what for task in list_tasks(ineke, now) if "questionnaire" in str(task.what)]
        return str(page.who), page.until, len(open_), len(tasks), asked.count()

    next_day = ended + timedelta(days=1)
    assert (look(ended), look(next_day)) == (
        ("It has taken place.", next_day.date(), 0, 0, 0),
        ("With those who took part: they answer the questionnaire.", None, 1, 1, 1),
    )


def test_dates_that_are_proposed_are_withdrawn_by_who_proposed_them_and_the_others_read_of_it(
    table,
):
    """A proposal made by mistake stood until the other side answered it."""
    day, efua = timezone.localdate() + timedelta(days=90), signed_in(table.efua)
    page = reverse("exchange-days", args=[table.exchange.reference])
    Exchange.objects.update(planned_start=day, planned_end=day)
    proposal = DaysProposal.objects.create(
        exchange=Exchange.objects.get(),
        side="requesting",
        starts_on=day + timedelta(days=7),
        ends_on=day + timedelta(days=7),
        at=timezone.now(),
    )
    notify_of_days(proposal, "days_proposed", [table.ineke.user], table.efua)
    asked = Letter.objects.get(template="days_proposed")
    others = signed_in(table.ineke.user).post(page, {"withdraw": proposal.pk}).status_code

    text = efua.get(page).text
    efua.post(page, {"withdraw": proposal.pk})

    proposal.refresh_from_db()
    assert "Withdraw these dates" in text and others == 403
    assert (proposal.closed_at is not None, proposal.is_agreed) == (True, False)
    assert f"agreed on another day, {date_format(day, 'DATE_FORMAT')}" in compose_letter(asked)[1]
    told = Letter.objects.filter(template="days_withdrawn")
    assert [one.address for one in told] == [table.ineke.user.email]
    assert said_of(table)[0] == "With the programme team: confirm the plan."


def test_a_side_reads_how_to_have_an_exchange_postponed_or_cancelled(table):
    page = table.exchange.get_absolute_url()

    said = [
        "Ask to postpone or cancel" in signed_in(one).get(page).text
        for one in (table.efua, table.ineke.user, table.ines)
    ]

    assert said == [True, True, False]
