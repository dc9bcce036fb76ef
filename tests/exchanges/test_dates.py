"""The days of an exchange and of journeys to it fit each other, whichever is changed."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from lxml import html

from applications.enums import CancelReason
from applications.models import Dossier
from exchanges.agenda import move_agenda
from exchanges.forms.participant_forms import ParticipantForm
from exchanges.forms.plan_forms import PlanForm
from exchanges.models import Exchange
from exchanges.moves import move_by_dates
from exchanges.transitions import exchange_machine
from notifications.models import Letter
from tests.exchanges.conftest import START
from tests.exchanges.pages import events_of, page_of
from tests.factories import make_officer, make_session
from tests.worlds import Table

pytestmark = pytest.mark.django_db


def day(offset):
    return (START + timedelta(days=offset)).isoformat()


def test_no_exchange_ended_before_it_began(planned):
    said = {"form": "expert_mission", "mode": "on_site", "place": "Swedru"}
    said |= {"planned_start": day(0), "planned_end": day(4)}

    def refused(**days):
        return PlanForm(said | days, instance=planned).errors.as_text()

    turned = PlanForm(said | {"planned_start": day(5)}, instance=planned).errors
    assert {name: len(told) for name, told in turned.items()} == {"planned_end": 1}
    assert "cannot end before it starts" in refused(planned_end=day(-1))
    assert "cannot end before it starts" in refused(actual_start=day(-92), actual_end=day(-93))
    past = refused(planned_start="2020-12-01", planned_end="2020-12-05")
    assert past.count("This date has passed: choose a future date.") == 2
    assert "Enter the actual first day too" in refused(actual_end=day(-92))
    assert refused(actual_start=day(-92), actual_end=day(-92)) == ""


def test_the_plan_is_saved_with_whichever_button_is_pressed_and_what_is_wrong_is_told_on_top(
    planned, client
):
    client.force_login(make_officer())
    Exchange.objects.filter(pk=planned.pk).update(status="ready")
    plan = {"form": "expert_mission", "mode": "on_site", "place": "Town hall, Swedru"}
    plan |= {"planned_start": planned.planned_start, "planned_end": planned.planned_end}

    def press(name, **typed):
        page = reverse(f"admin:exchanges_exchange_{name[0]}", args=[planned.pk, *name[1:]])
        shown = client.post(page, plan | typed, follow=True).text
        return shown, *Exchange.objects.values_list("place", "status").get(pk=planned.pk)

    early = press(["step", "start"], **{"start-note": "", "postpone-note": "The roads."})
    kept = press(["change"], place="School", **{"postpone-note": "The roads."})
    wrong = press(["step", "start"], planned_start="2020-12-01", **{"start-note": "They came."})
    due = re.findall(r"<td>(\d+ \w+ \d{4})</td>", early[0])
    assert due and re.findall(r"<td>(\d+ \w+ \d{4})</td>", wrong[0]) == due  # by the saved days
    begun = press(["step", "start"], place="Hall", **{"start-note": "They came."})

    assert [(place, status) for _page, place, status in (early, kept, wrong, begun)] == [
        ("Town hall, Swedru", "ready"),
        ("School", "ready"),
        ("School", "ready"),
        ("Hall", "running"),
    ]
    for page, told in (
        (early[0], "Still needed: its first day"),
        (wrong[0], "This date has passed"),
    ):
        assert told in page.partition('id="errors"')[2].partition('class="columns"')[0]
    assert [page.count("<details open") for page, *_ in (early, kept)] == [1, 1]
    assert "The roads." in early[0] and "The roads." in kept[0] and "They came." in wrong[0]
    assert f"{planned.reference} has a new status: under way." in begun[0]
    assert reverse("exchange-budget", args=[planned.reference]) in begun[0]


def test_a_page_opened_before_another_saved_the_plan_changes_nothing_and_says_so(planned, client):
    client.force_login(make_officer())
    Exchange.objects.filter(pk=planned.pk).update(status="planned", place="Swedru")
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    step = reverse("admin:exchanges_exchange_step", args=[planned.pk, "get_ready"])
    seen = client.get(page).context[-1]["plan"]  # the page names e-mails, which have a plan, too
    plan = {name: seen[name].value() for name in ("saved", "form", "mode", "place")}
    plan |= {"planned_start": planned.planned_start, "planned_end": planned.planned_end}
    later = {"planned_start": day(60), "planned_end": day(64), "meant": "on"}

    first_day = planned.planned_start
    first = client.post(page, plan | later, follow=True).text
    second = client.post(step, plan | {"place": "Hall of the council"}).text
    lacking = client.post(step, plan | later | {"saved": ""}).text

    planned.refresh_from_db()
    assert (planned.planned_start.isoformat(), planned.place) == (str(day(60)), "Swedru")
    assert (
        "The plan has been saved." in first
        and "What you typed was not saved" not in second + lacking
    )
    assert "saved by somebody else, or in another window" in second
    assert "Hall of the council" in second and "Place: Swedru" in second
    assert "Still needed" in lacking
    history = reverse("admin:exchanges_exchange_history", args=[planned.pk])
    client.post(reverse("admin:language"), {"language": "fr"})
    happened = client.get(history).text
    with translation.override("fr"):
        old, new = (
            date_format(one, "DATE_FORMAT") for one in (first_day, START + timedelta(days=60))
        )
    assert f"Premier jour prévu\N{NO-BREAK SPACE}: {old} → {new}" in happened
    assert "Ines" in happened and "Personne ne l" not in happened
    assert happened.index("Premier jour prévu") < happened.index("Dernier jour prévu")  # B11
    told = Letter.objects.filter(template="exchange_plan")
    assert {letter.context["starts_on"] for letter in told} == {str(day(60))}
    assert planned.events.filter(verb="change_plan").count() == 1


def test_postponed_days_are_not_planned_again_but_with_a_reason(planned, client):
    client.force_login(make_officer())
    days = {"planned_start": day(9), "planned_end": day(11), "place": "Swedru"}
    Exchange.objects.filter(pk=planned.pk).update(status="planned", **days)

    def press(verb, **typed):
        step = reverse("admin:exchanges_exchange_step", args=[planned.pk, verb])
        page = client.post(step, typed, follow=True).text
        return page, Exchange.objects.get(pk=planned.pk).status

    why = {"reason": CancelReason.values[0], "note": "The roads are flooded."}
    states = [press("postpone", **why)[1]]
    told, state = press("plan", note="")
    states += [state, press("plan", note="The roads are open.")[1], press("postpone", **why)[1]]
    Exchange.objects.filter(pk=planned.pk).update(planned_end=day(12))
    states.append(press("plan", note="")[1])

    assert "Still needed: dates other than those postponed" in told
    assert states == ["postponed", "postponed", "planned", "postponed", "planned"]


def test_the_plan_of_a_cancelled_exchange_is_read_and_not_written(planned, client):
    client.force_login(make_officer())
    Exchange.objects.filter(pk=planned.pk).update(checklist=["association"])
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    open_page = client.get(page).text
    Exchange.objects.filter(pk=planned.pk).update(status="cancelled")

    posted = client.post(page, {"place": "Elsewhere"}).text

    assert "Save the plan" in open_page and "Save the plan" not in posted
    assert Exchange.objects.get(pk=planned.pk).place != "Elsewhere"


def test_one_that_ended_before_it_began_stops_no_other_and_is_mended(planned, caplog):
    """The constraint leaves rows of before as they are, and refuses every change of them."""
    table, start = Table(), START + timedelta(days=1)
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    constraint = Exchange._meta.constraints[-1]
    connection.check_constraints()  # nothing waits for the end of the transaction
    with connection.schema_editor() as editor:
        editor.remove_constraint(Exchange, constraint)
        Exchange.objects.update(status="ready", planned_start=START, planned_end=start)
        Exchange.objects.filter(pk=planned.pk).update(actual_start=start, actual_end=START)
        connection.check_constraints()
        editor.execute(f"{constraint.create_sql(Exchange, editor)} NOT VALID", params=None)
    now = timezone.now() + (START - planned.local_day(timezone.now()))

    def begun():
        return (
            move_by_dates(now),
            *Exchange.objects.order_by("pk").values_list("status", flat=True),
        )

    before = begun()
    import_module("exchanges.migrations.0027_mend_actual_days").mend(apps, None)
    after = begun()
    Exchange.objects.update(status="ready", actual_start=None, actual_end=day(-1))
    alone = begun()

    assert (
        before == (1, "ready", "running")
        and f"failed for exchanges.Exchange {planned.pk}" in caplog.text
    )
    assert after == (1, "running", "running")
    assert alone == (2, "running", "running")


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({"arrives_on": day(-2), "leaves_on": day(6)}, set()),
        ({"arrives_on": day(5)}, {"arrives_on"}),
        ({"leaves_on": day(-1)}, {"leaves_on"}),
        ({"arrives_on": day(3), "leaves_on": day(1)}, {"leaves_on"}),
    ],
)
def test_nobody_arrives_after_the_end_or_leaves_before_the_beginning(planned, days, wrong):
    said = {"name": "Esi", "side": "requesting", "part": "delegate", "gender": "woman"}
    said |= {"language": "en", "post": "technical", "visa": "unknown", "address": "esi@x.example"}
    form = ParticipantForm(said | days, sides={"requesting"}, exchange=planned)

    assert set(form.errors) == wrong


def test_days_that_are_refused_stand_in_their_form_alone(planned):
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    typed = {"form": "expert_mission", "mode": "on_site", "place": "Swedru"}
    typed |= {"planned_start": day(9), "planned_end": day(4)}

    refused = planned.staff.post(page, typed)

    assert "cannot end before it starts" in refused.text
    assert refused.context["exchange"].planned_start == START


def test_days_agreed_anew_show_as_agreed_everywhere_and_those_of_before_as_before(planned):
    Dossier.objects.update(starts_on="2030-01-07", ends_on="2030-03-31")
    Exchange.objects.update(planned_start="2030-01-07", planned_end="2030-01-11", place="Swedru")
    for verb in ("plan", "postpone"):
        why = {"reason": CancelReason.values[0], "note": "The roads are flooded."}
        planned.staff.post(reverse("admin:exchanges_exchange_step", args=[planned.pk, verb]), why)
    days = page_of(planned, "days")
    planned.town.post(days, {"starts_on": "2030-02-11", "ends_on": "2030-02-15"})
    card = "to be agreed again; planned before: 7 January 2030 to 11 January 2030"
    before = planned.town.get(planned.get_absolute_url()).text
    waiting = [text in before for text in (card, "agreed on")]

    planned.expert.post(days, {"agree": planned.proposed_days.get().pk})

    page, proposed = (
        " ".join(html.fromstring(planned.town.get(address).text).text_content().split())
        for address in (planned.get_absolute_url(), days)
    )
    listed = planned.staff.get(reverse("admin:exchanges_exchange_changelist")).text
    told = [
        "11 February 2030 to 15 February 2030 agreed on" in page,
        "the programme team plans it again · planned before: 7 January 2030 to 11 January 2030"
        in page,
        "With the programme team: confirm the plan." in page,
        "Agreed: 11 February 2030 to 15 February 2030." in proposed,
        "Propose other dates" in proposed,
        "Propose the days of the exchange" in planned.town.get(reverse("my")).text,
        "11 February 2030" in listed,
    ]
    assert (waiting, told) == ([True, False], [True, True, True, True, True, False, True])


@pytest.mark.parametrize("verb", ["postpone", "cancel"])
def test_what_took_place_before_an_exchange_was_stopped_keeps_its_day_and_is_not_off(planned, verb):
    now = timezone.now()
    hours = {"starts_at": now - timedelta(days=2), "ends_at": now - timedelta(days=2, hours=-2)}
    visit = make_session(planned, title="Visit of the sites", **hours)
    debrief = make_session(planned, starts_at=now + timedelta(days=2), ends_at=now + timedelta(3))
    today = timezone.localdate(now)
    first, last = today - timedelta(days=2), today + timedelta(days=4)
    Exchange.objects.update(status="running", planned_start=first, planned_end=last)
    why = {"reason": CancelReason.values[0], "note": "The roads are flooded."}

    exchange_machine.advance(Exchange.objects.get(), verb, actor=planned.ines, now=now, **why)

    off = [session.is_called_off for session in (visit, debrief) if not session.refresh_from_db()]
    states = {str(one["SUMMARY"]): str(one["STATUS"]) for one in events_of(planned).walk("VEVENT")}
    moved = 0
    if verb == "postpone":
        moved = move_agenda(Exchange.objects.get(), 60, actor=planned.ines, now=now)
        visit.refresh_from_db()
    assert (off, states, moved, visit.starts_at) == (
        [False, True],
        {"Visit of the sites": "CONFIRMED", "Debrief with the council": "CANCELLED"},
        int(verb == "postpone"),
        hours["starts_at"],
    )
