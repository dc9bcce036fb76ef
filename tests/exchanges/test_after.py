"""After an exchange: measures planned, approved, reported on; what people think, without names."""

import contextlib
import copy
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from accounts.copies import collect_data
from accounts.holdings import Person
from connect.dates import months_after
from connect.transitions import TransitionRefused
from exchanges import evaluation, measures
from exchanges.enums import Criterion, Moment
from exchanges.evaluation import sum_up_results
from exchanges.models import (
    ActionPlan,
    Evaluation,
    Exchange,
    FollowUp,
    Measure,
    MeasureReport,
    Participant,
)
from exchanges.transitions import exchange_machine
from impact.figures.selection import Selection
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.exchanges.pages import measure_data
from tests.factories import make_authority, make_budget_line, make_measure, make_user
from tests.figures import impact_of
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
END, DAY = date(2026, 3, 31), timedelta(days=1)
SCORES = dict.fromkeys(Criterion.values, 3) | {"note": "The report of the mission."}
UNASKED = ("satisfaction", "gain", "response", "reports_6", "reports_12")
JUDGED = SCORES | {"all_the_same": True}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND"
    b"\xaeB`\x82"
)


def at(days):
    return timezone.make_aware(timezone.datetime.combine(END, timezone.datetime.min.time())) + (
        timedelta(days=days, hours=12)
    )


@pytest.fixture(scope="module")
def held_once(once):
    """An exchange that has just ended, and a speaker of the association of its town."""
    table, exchange = agreed()
    association = table.agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    Exchange.objects.update(
        status="running", planned_start=END - timedelta(days=4), planned_end=END, actual_end=END
    )
    Letter.objects.all().delete()
    exchange = exchange_machine.advance(exchange, "complete", actor=table.ines, now=at(1))
    return table, exchange, abena


@pytest.fixture
def held(held_once):
    """An exchange that has just ended, and the browsers of both sides, staff and association."""
    table, exchange, abena = copy.deepcopy(held_once)
    exchange.town, exchange.expert = signed_in(table.efua), signed_in(table.ineke.user)
    exchange.staff, exchange.abena = signed_in(table.ines), signed_in(abena)
    exchange.efua, exchange.ines, exchange.speaker = table.efua, table.ines, abena
    return exchange


def test_staff_correct_the_days_on_which_it_took_place_and_what_is_due_follows(held):
    """The clock completes it by the plan; a week later staff heard that it ended two days early."""
    address = reverse("admin:exchanges_exchange_change", args=[held.pk])
    first, last = held.planned_start, END - timedelta(days=2)
    held.participants.update(days=5, attended=True)
    held.follow_ups.filter(month=12).update(answered_at=at(2))
    typed = {"days-actual_start": first, "days-actual_end": last}
    why = {"days-note": "They left on Thursday: the roads were flooded."}
    why |= {"days-internal": "Called the town hall."}

    shown = held.staff.get(address).text
    lacking = held.staff.post(address, typed | {"days-note": ""}).text
    future = timezone.localdate() + timedelta(days=400)
    ahead = held.staff.post(address, typed | why | {"days-actual_end": future}).text
    turned = held.staff.post(address, typed | why | {"days-actual_end": first - DAY}).text
    held.town.post(address, typed | why)
    before = Exchange.objects.get().actual_end
    answer = held.staff.post(address, typed | why, follow=True).text

    assert f'value="{END}"' in shown and "This field is required." in lacking
    assert "This date is in the future." in ahead and "cannot end before it starts" in turned
    assert (before, Exchange.objects.get().actual_end) == (END, last)
    assert "The days have been corrected." in answer
    due = dict(held.follow_ups.values_list("month", "due_on"))
    assert due == {6: months_after(last, 6), 12: months_after(END, 12)}
    asked = set(held.evaluations.values_list("moment", "due_on"))
    assert asked == {
        (moment, months_after(last, months))
        for moment, months in (("end", 0), ("six", 6), ("twelve", 12))
    }
    assert set(held.participants.values_list("days", flat=True)) == {3}
    town = held.town.get(held.get_absolute_url()).text
    assert "Days on which it took place corrected by the programme team" in town
    assert "They left on Thursday: the roads were flooded." in town
    assert "Called the town hall." in answer and "Called the town hall." not in town


def test_the_days_of_what_is_closed_or_not_over_stay_as_they_are(held):
    address = reverse("admin:exchanges_exchange_change", args=[held.pk])
    typed = {"days-actual_start": END - DAY, "days-actual_end": END, "days-note": "A slip."}

    for status in ("closed", "cancelled"):
        Exchange.objects.update(status=status)
        page_ = held.staff.post(address, typed).text
        assert "Correct the days" not in page_

    assert Exchange.objects.get().actual_start == held.actual_start


def page(name, exchange, *args):
    return reverse(name, args=[exchange.reference, *args])


def measure_of(exchange, **changed):
    exchange.town.post(page("exchange-measure-new", exchange), measure_data(**changed))
    return Measure.objects.latest("pk")


def said(measure, **changed):
    answers = {"status": "started", "progress": "40", "value": "2", "comment": ""} | changed
    return {f"m{measure.pk}-{name}": value for name, value in answers.items()}


def told(template):
    return list(
        Letter.objects.filter(template=template).order_by("pk").values_list("address", flat=True)
    )


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 36))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day, months):
    later = months_after(day, months)

    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)


def test_a_plan_is_written_approved_by_link_and_approved_anew_after_a_change(held):
    measure = measure_of(held)
    held.town.post(page("exchange-approval", held))
    plan = ActionPlan.objects.get()
    letter = Letter.objects.get(template="plan_asked")
    link, visitor = f"/en{letter.opens.path}", Client()
    shown = visitor.get(link)
    digest = shown.context["form"].initial["digest"]

    for _ in range(3):
        visitor.get(link)  # a scanner opens it
    scanned = ActionPlan.objects.get().approved_at
    held.town.post(page("exchange-measure", held, measure.pk), measure_data(unit="firms"))
    late = visitor.post(link, {"name": "The mayor", "digest": digest}, follow=True).text
    not_asked = held.town.get(page("exchange-plan", held)).text
    held.town.post(page("exchange-approval", held))
    replaced = visitor.post(link, {"name": "From an earlier letter", "digest": digest})
    link = f"/en{plan.link_path}"
    visitor.post(link, {"name": "From an earlier page", "digest": digest})
    digest = visitor.get(link).context["form"].initial["digest"]
    visitor.post(link, {"name": "Justina, mayor", "digest": digest})
    approved = ActionPlan.objects.get()
    twice = visitor.post(link, {"name": "Again", "digest": digest}, follow=True).text
    held.town.post(page("exchange-measure", held, measure.pk), measure_data(unit="operators"))
    changed_back = held.town.post(
        page("exchange-measure", held, measure.pk), measure_data(unit="firms")
    )
    same = ActionPlan.objects.get().approved_name
    held.town.post(page("exchange-measure", held, measure.pk), measure_data(unit="operators"))
    measure_of(held, title="Publish the list of emptiers")
    ended = ActionPlan.objects.get().approved_at
    told_of = Letter.objects.unsent().get(template="plan_changed")
    own = held.town.get(page("exchange-plan", held)).text
    held.town.post(page("exchange-approval", held))
    asked_anew = Letter.objects.filter(template="plan_asked").latest("pk")
    contradict = Letter.objects.unsent().filter(template__startswith="plan_changed").count()
    anew = visitor.get(f"/en{asked_anew.opens.path}").text

    assert changed_back.status_code == 302 and same == "Justina, mayor"
    lines = ["Changed: License the private emptiers (unit)", "New: Publish the list of emptiers"]
    assert (told_of.address, told_of.context["changed"]) == (held.dossier.legal_email, lines)
    # Whoever was told of the approval is told that it no longer counts.
    templates = ("plan_approved", "plan_changed_writers")
    read = {
        name: set(Letter.objects.filter(template=name).values_list("address", flat=True))
        for name in templates
    }
    assert read["plan_approved"] == read["plan_changed_writers"] != set()
    assert asked_anew.context["changed"] == lines
    assert contradict == 0  # “you do not need to do anything now” would leave after the request
    for shown_page in (own, anew):
        assert "Justina, mayor approved this plan on" in shown_page
        assert "that approval no longer counts" in shown_page
        assert '<dt>Unit</dt><dd class="words">firms</dd>' in shown_page
    assert ended is None
    assert letter.address == held.dossier.legal_email
    assert "License the private emptiers" in shown.text and "6.5 operators" in shown.text
    assert replaced.status_code == 410
    assert scanned is None and "your answer was not saved" in late
    assert ("read it again" in late, "has a link that works" in not_asked) == (False, False)
    assert "it cannot be approved there until you ask again" in not_asked
    assert f"tells {held.dossier.legal_name} of the change on" in own
    assert approved.approved_name == "Justina, mayor"
    assert "This plan has already been approved." in twice


def test_after_an_election_the_new_mayor_is_asked_and_the_link_of_the_former_one_ends(held):
    """The former one alone could approve it, and nobody could change who that was."""
    measure_of(held)
    held.town.post(page("exchange-approval", held))
    dossier, former = held.dossier, held.dossier.legal_email
    old_link = f"/en{Letter.objects.get(template='plan_asked').opens.path}"
    change = reverse("change-representative", args=[dossier.reference])
    new = {"name": "Yaa Boateng", "function": "Mayor", "address": "yaa@agona.example"}

    offered = held.town.get(dossier.get_absolute_url()).text
    wrong = held.town.post(change, new | {"address": "yaa"}).text
    nobody = held.abena.post(change, new).status_code
    done = held.town.post(change, new, follow=True).text
    ended = Client().get(old_link).text
    held.town.post(page("exchange-approval", held))

    assert change in offered and 'value="yaa"' in wrong and nobody == 404
    assert "Yaa Boateng is now the legal representative." in done
    assert "The people concerned receive an e-mail." in done and "Both have been" not in done
    assert "Another legal representative was named" in done
    told = Letter.objects.filter(template="dossier_change_representative")
    assert {new["address"], former} <= set(told.values_list("address", flat=True))
    of_staff = told.get(address=held.ines.email)
    assert of_staff.path == dossier.desk_path
    body = compose_letter(of_staff)[1]
    assert "Named by Efua. If you do not expect it, ask the authority." in body
    assert "write to us" not in body
    asked = Letter.objects.filter(template="plan_asked").latest("pk")
    assert asked.address == new["address"]
    assert "no longer works" in ended
    assert Client().get(f"/en{asked.opens.path}").status_code == 200


def test_who_is_asked_to_approve_a_plan_may_say_no_with_words_that_arrive(held):
    """C17: the only thing that a mayor could do was to approve it."""
    measure_of(held)
    held.town.post(page("exchange-approval", held))
    link = f"/en{Letter.objects.get(template='plan_asked').opens.path}"
    refused = Client().post(link, {"decline": "1", "why": ""}).text
    digest = ActionPlan.objects.get().digest
    both = Client().post(link, {"name": "Justina", "digest": digest, "why": "The sum is wrong."})
    unapproved = ActionPlan.objects.get().approved_at
    for _press in range(2):
        Client().post(link, {"decline": "1", "why": "The council pays no trucks."})
    seen = Client().get(link).text
    own = held.town.get(page("exchange-plan", held)).text
    letters = Letter.objects.filter(template="plan_declined")
    copy = collect_data(Person.from_address(held.dossier.legal_email))

    for _press in range(2):
        held.town.post(page("exchange-approval", held))
    asked_anew = ActionPlan.objects.get()

    # In the same minute as the first time, the plan unchanged: it is asked for again, once.
    assert Letter.objects.filter(template="plan_asked").count() == 2
    assert "You also wrote what would have to change." in both.text and unapproved is None
    assert "The sum is wrong." in both.text
    assert "What would have to change?" in refused and "This field is required" in refused
    assert "you do not approve it" in seen and "Contact: " in seen
    assert "Approve the plan</button>" in seen
    assert "The council pays no trucks." in own and "Not approved" in own
    assert held.efua.email in {letter.address for letter in letters}
    assert held.dossier.legal_email not in {letter.address for letter in letters}
    assert {letter.context["note"] for letter in letters} == {"The council pays no trucks."}
    assert (asked_anew.declined_at, asked_anew.declined_why) == (None, "")
    held_plans = next(one for one in copy["held"] if one["table"] == "exchanges.actionplan")
    assert held_plans["rows"][0]["declined_why"] == "The council pays no trucks."
    assert ("exchanges.exchangeevent", "decline_plan") in {
        (one["table"], one["said"]) for one in copy["done"]
    }


def test_why_a_plan_is_not_approved_is_given_back_where_it_was_approved_meanwhile(held):
    """The reason stood nowhere once the plan had changed, or was approved in another window."""
    measure_of(held)
    held.town.post(page("exchange-approval", held))
    link = f"/en{Letter.objects.get(template='plan_asked').opens.path}"
    ActionPlan.objects.update(approved_at=timezone.now(), approved_name="Justina Assan")

    why = {"decline": "1", "why": "The council pays no trucks."}
    said = Client().post(link, why, follow=True).text

    assert "This plan has already been approved." in said
    assert "What you typed was not saved: “The council pays no trucks.”" in said


def test_nothing_of_a_closed_exchange_is_changed_or_asked_for(held):
    """A measure of an exchange of 2018 was saved, and the approval of the plan was gone."""
    measure, person = measure_of(held), held.participants.first()
    Participant.objects.update(travels=True)
    held.town.post(page("exchange-approval", held))
    plan = ActionPlan.objects.get()
    asked = Client().get(f"/en{plan.link_path}")
    digest = asked.context["form"].initial["digest"]
    Client().post(f"/en{plan.link_path}", {"name": "Justina", "digest": digest})
    told = Letter.objects.filter(template="plan_approved").values_list("address", flat=True)
    assert held.efua.email in told and held.dossier.legal_email not in told
    held.town.post(page("exchange-measure", held, measure.pk), measure_data())  # as it was
    same = ActionPlan.objects.get().approved_name
    Exchange.objects.update(status="closed")
    doors = {
        page("exchange-measure", held, measure.pk): measure_data(unit="firms"),
        page("exchange-measure-new", held): measure_data(),
        page("measure-report", held, measure.pk): said(measure),
        page("exchange-approval", held): {},
        page("follow-up", held, 6): {"in_contact": "yes", **said(measure)},
        page("exchange-attendance", held): {f"there-{person.pk}": "no"},
    }

    for browser in (held.town, held.staff):
        refused = {browser.post(address, words).status_code for address, words in doors.items()}
        assert refused <= {200, 404, 405}
    pages = [
        held.town.get(page(name, held)).text
        for name in ("exchange-plan", "exchange-participants", "exchange")
    ]
    ActionPlan.objects.update(approved_at=None, approved_name="")
    late = (
        Client().post(f"/en{plan.link_path}", {"name": "Kwame", "digest": digest}, follow=True).text
    )

    measure.refresh_from_db()
    assert (same, measure.unit, Measure.objects.count()) == ("Justina", "operators", 1)
    assert not MeasureReport.objects.exists()
    assert set(FollowUp.objects.values_list("answered_at", flat=True)) == {None}
    assert Participant.objects.get(pk=person.pk).attended is None
    for words in ("to approve", "Edit", "not signed yet", "insured yet", "Record attendance"):
        assert words not in "".join(pages)
    assert ActionPlan.objects.get().approved_at is None
    assert "This exchange is closed: its plan can no longer be changed." in late
    assert "Approve the plan</button>" not in late


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": "Short"}, "at least 10 characters"),
        ({"description": "Too short."}, "at least 50 characters"),
        ({"due_on": "2028-04-01"}, "within 24 months after the exchange"),
        ({"due_on": "2026-03-30"}, "within 24 months after the exchange"),
        ({"target": "many"}, "“many” is not a number: write digits alone"),
        ({"cost": "1200"}, "Say in which currency."),
        ({"topic": "no/such"}, "Select a valid choice."),
    ],
)
def test_each_rule_of_a_measure_says_what_is_wrong(held, changed, words):
    answer = held.town.post(page("exchange-measure-new", held), measure_data(**changed))

    assert words in answer.text and not Measure.objects.exists()


def test_a_plan_has_ten_measures_at_most(held):
    for _ in range(11):
        last = held.town.post(page("exchange-measure-new", held), measure_data())

    assert Measure.objects.count() == 10 and "Ten measures at most." in last.text


def test_reports_are_appended_and_done_needs_something_that_shows_it(held):
    measure = measure_of(held)
    address = page("measure-report", held, measure.pk)

    held.town.post(address, said(measure))
    bare = held.town.post(address, said(measure, status="done"))
    silent = held.town.post(address, said(measure, status="dropped"))
    wrong = said(measure, status="done") | {
        f"m{measure.pk}-evidence": ContentFile(b"<svg onload=alert(1)>", name="a.png")
    }
    attack = held.town.post(address, wrong)
    shown = said(measure, status="done", value="6") | {
        f"m{measure.pk}-evidence": ContentFile(PNG, name="../../by-law.png")
    }
    held.town.post(address, shown)

    reports = list(measure.reports.values_list("status", "progress", "value"))
    measure.refresh_from_db()
    assert reports == [("started", 40, 2), ("done", 100, 6)]
    assert (measure.status, measure.progress) == ("done", 100)
    assert "Add a photo or a document" in bare.text and "Say why." in silent.text
    assert "Despite its name, this file is not a PNG" in attack.text
    report = MeasureReport.objects.get(status="done")
    assert default_storage.exists(report.evidence.name) and ".." not in report.evidence.name
    evidence = page("evidence", held, report.pk)
    answers = {
        name: getattr(held, name).get(evidence) for name in ("town", "expert", "staff", "abena")
    }
    assert {name: answer.status_code for name, answer in answers.items()} == {
        **dict.fromkeys(("town", "expert", "staff"), 200),
        "abena": 404,
    }
    assert answers["town"]["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answers["town"]["Content-Security-Policy"]


def test_the_next_report_stands_as_the_last_was_told_and_its_errors_in_one_list(held):
    """Sent unchanged, a late measure was refused: its reason was asked for again."""
    one, other = measure_of(held), measure_of(held)
    for of in (one, other):
        why = {"status": "delayed", "value": "4.5", "comment": "The pump came late."}
        held.town.post(page("measure-report", held, of.pk), said(of, **why))
    address = page("follow-up", held, 6)

    shown = held.town.get(address.replace("/en/", "/fr/")).text
    bare = {"in_contact": "yes", **said(one, status="delayed"), **said(other, status="delayed")}
    wrong = held.town.post(address, bare).text

    assert (shown.count("The pump came late."), shown.count('value="4,5"')) == (2, 2)
    assert wrong.count('id="wrong"') == 1 and "2 answers need attention" in wrong


def test_only_the_town_and_staff_write_the_plan_and_the_association_reads_it(held):
    measure = measure_of(held)

    answers = {
        name: (
            getattr(held, name).get(page("exchange-plan", held)).status_code,
            getattr(held, name).get(page("exchange-measure", held, measure.pk)).status_code,
        )
        for name in ("town", "expert", "staff", "abena")
    }
    neighbour = signed_in(make_user(works_for=make_authority()))

    assert answers == {
        "town": (200, 200),
        "staff": (200, 200),
        "expert": (200, 404),
        "abena": (200, 404),
    }
    assert neighbour.get(page("exchange-plan", held)).status_code == 404


def test_two_reports_close_an_exchange_that_was_evaluated(held):
    measure = measure_of(held)
    for days, month in ((180, 6), (366, 12)):
        form = said(measure, progress="70") | {"in_contact": "yes", "unexpected": "Others came."}
        with time_machine.travel(at(days), tick=False):
            held.town.force_login(held.efua)
            held.town.post(page("follow-up", held, month), form)
            again = held.town.post(page("follow-up", held, month), form)
    before = Exchange.objects.get().status
    exchange_machine.advance(held, "evaluate", actor=held.ines, **JUDGED)

    moved = [measures.follow_reported_exchanges(at(430)) for _ in range(2)]

    assert again.status_code == 200 and MeasureReport.objects.count() == 2
    assert before == "completed"
    assert moved == [1, 0]
    assert Exchange.objects.get().status == "closed"
    assert held.dossier.__class__.objects.get().status == "closed"
    assert Exchange.objects.get().judged["impact"] == 3


def test_who_took_part_is_asked_after_twelve_months_though_the_report_came_before(held):
    """It closed the exchange at once, and the last questionnaires were never sent to anybody."""
    told = said(measure_of(held)) | {"in_contact": "yes"}
    exchange_machine.advance(held, "evaluate", actor=held.ines, **JUDGED)
    for day, month in ((170, 6), (352, 12)):
        with time_machine.travel(at(day), tick=False):
            held.town.force_login(held.efua)
            held.town.post(page("follow-up", held, month), told)
            measures.follow_reported_exchanges(at(max(day, 184)))
    Letter.objects.all().delete()

    evaluation.request_evaluations(at(367))
    measures.follow_reported_exchanges(at(368))
    stays = Exchange.objects.get().status
    asked = Letter.objects.filter(template="evaluation_asked").count()
    measures.follow_reported_exchanges(at(430))

    twelve = Evaluation.objects.filter(moment="twelve", due_on__lte=at(366).date())
    assert (stays, asked) == ("follow_up_12m", twelve.count()) and asked
    assert Exchange.objects.get().status == "closed"


def test_a_report_is_sent_in_its_time_and_after_the_one_before_it(held):
    """A7: six weeks after an exchange the report of twelve months was sent, for good."""
    told = said(measure_of(held)) | {"in_contact": "yes"}
    early, first = "can be sent from", "First send the report after 6 months."
    seen = []
    for day, month in ((168, 6), (351, 12), (169, 6), (350, 12), (351, 12)):
        with time_machine.travel(at(day), tick=False):
            held.town.force_login(held.efua)
            shown = held.town.get(page("follow-up", held, month)).text
            held.town.post(page("follow-up", held, month), told)
            sent = FollowUp.objects.exclude(answered_at=None).count()
            seen.append((day, month, early in shown, first in shown, sent))

    assert seen == [
        (168, 6, True, False, 0),
        (351, 12, False, True, 0),
        (169, 6, False, False, 1),
        (350, 12, True, False, 1),
        (351, 12, False, False, 2),
    ]


def test_the_follow_up_and_the_end_wait_for_their_time_or_for_a_reason(held):
    """7.8: an exchange was followed up at 12 months, and closed, a week after it ended."""
    exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **JUDGED)
    seen, steps = [], (("follow_up_6m", 168, 169), ("follow_up_12m", 350, 351), ("close", 350, 351))
    seen.append(Exchange.objects.get().status)
    FollowUp.objects.filter(month=6).update(answered_at=at(40))  # early: it waits all the same
    FollowUp.objects.filter(month=12).update(answered_at=at(349))
    for verb, early, due in steps:
        for day, note in ((early, ""), (early, "The town asks for it."), (due, "")):
            with transaction.atomic(), time_machine.travel(at(day), tick=False):
                held.staff.force_login(held.ines)
                step = reverse("admin:exchanges_exchange_step", args=[held.pk, verb])
                answer = held.staff.post(step, {"note": note}, follow=True).text
                refused = "Still needed: the time of its follow-up, from " in answer
                seen.append((verb, refused, Exchange.objects.get().status))
                transaction.set_rollback(day == early)

    expected, before = ["evaluated"], "evaluated"
    for verb, _early, _due in steps:
        after = "closed" if verb == "close" else verb
        expected += [(verb, True, before), (verb, False, after), (verb, False, after)]
        before = after
    assert seen == expected


def test_a_follow_up_without_a_report_ends_as_one_that_never_came(held):
    """F2.7: an exchange was “followed up at 12 months” while its report was still awaited."""
    exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **JUDGED)
    held.staff.force_login(held.ines)
    step = reverse("admin:exchanges_exchange_step", args=[held.pk, "follow_up_6m"])

    seen = []
    for note in ("", "The mayor has left, and nobody knows of it."):
        answer = held.staff.post(step, {"note": note}, follow=True).text
        given_up = FollowUp.objects.get(month=6).given_up_on
        needed = "Still needed: the applicant&#x27;s report, or the reason why" in answer
        seen.append((needed, given_up, Exchange.objects.get().status))

    shown = held.town.get(held.get_absolute_url()).text
    today = timezone.localdate()
    assert seen == [(True, None, "evaluated"), (False, today, "follow_up_6m")]
    assert "Never received" in shown
    assert held.events.filter(verb="give_up_report").count() == 1


def test_a_report_that_comes_while_the_clock_gives_up_others_is_no_missing_one(held, monkeypatch):
    """The timeline said beside it that it was no longer expected, and keeps what it says."""
    exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **JUDGED)
    FollowUp.objects.update(due_on=at(-100).date())

    def report(_exchange, now):
        FollowUp.objects.filter(month=12).update(answered_at=now)

    monkeypatch.setattr(measures, "take_follow_up_steps", report)
    measures.request_reports(at(40))

    given_up = [event.details["month"] for event in held.events.filter(verb="give_up_report")]
    assert given_up == [6]
    assert FollowUp.objects.get(month=12).given_up_on is None


ANSWERS, PLAN, ACCOUNTS = "answers of half", "the action plan", "what was spent"


def test_a_questionnaire_is_found_without_its_letter_and_answered_before_it_leaves(held):
    """E36, E33: its letter waits for the morning, and could not be had again."""
    Exchange.objects.update(actual_end=timezone.localdate() - timedelta(days=1))
    held.evaluations.filter(moment="end").update(due_on=timezone.localdate() - timedelta(days=1))
    person = held.match.interests.get().expert.user
    browser, now = signed_in(person), timezone.now()
    evaluation.request_evaluations(now)
    results = reverse("exchange-results", args=[held.reference])
    one = held.evaluations.get(participant__user=person, moment="end")
    own = Client().get(f"/en{one.participant.link_path}").text

    page = browser.get(results).text
    address = reverse("evaluate", args=[one.valid_link.key])
    evaluation.save_evaluation(one, {"satisfied": "5"})

    asked = Letter.objects.get(template="evaluation_asked", address=person.email)
    assert (address in page, address in own) == (True, True)
    assert asked.cancelled_at is not None and Client().get(address).status_code == 200
    assert address not in browser.get(results).text


@pytest.mark.parametrize(
    ("days", "answered", "approved", "spent", "lacking"),
    [
        (20, 1, True, True, []),  # of two who were asked
        (20, 0, True, True, [ANSWERS]),
        (21, 0, True, True, [ANSWERS]),
        (22, 0, True, True, []),
        (20, 1, False, True, [PLAN]),
        (20, 1, True, False, [ACCOUNTS]),
        (1, 0, False, False, [ANSWERS, PLAN, ACCOUNTS]),
    ],
)
def test_an_exchange_is_judged_once_all_is_in(held, days, answered, approved, spent, lacking):
    asked = held.evaluations.filter(moment="end")
    asked.filter(pk__in=[one.pk for one in asked[:answered]]).update(answered_at=at(1))
    make_measure(held)
    if approved:
        ActionPlan.objects.update(approved_at=at(1))
    make_budget_line(held, spent=600)
    make_budget_line(held, spent=0 if spent else None)

    try:
        exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(days), **SCORES)
        said = ""
    except TransitionRefused as refusal:
        said = str(refusal.message)

    assert asked.count() == 2
    assert [words for words in (ANSWERS, PLAN, ACCOUNTS) if words in said] == lacking
    assert (held.__class__.objects.get().status == "evaluated") is not bool(lacking)


@pytest.mark.parametrize(("score", "is_judged"), [(0, False), (1, True), (4, True), (5, False)])
def test_an_exchange_is_judged_by_scores_from_one_to_four(held, score, is_judged):
    scores = JUDGED | {"relevance": score}

    with contextlib.nullcontext() if is_judged else pytest.raises(TransitionRefused):
        exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **scores)

    assert (Exchange.objects.get().status == "evaluated") is is_judged


def test_a_report_with_one_wrong_measure_keeps_nothing(held):
    first, second = measure_of(held), measure_of(held, title="Another measure")
    form = said(first) | said(second, status="dropped") | {"in_contact": "no"}

    answer = held.town.post(page("follow-up", held, 6), form)

    assert "Say why." in answer.text and 'value="40" selected' in answer.text
    assert not MeasureReport.objects.exists()
    assert FollowUp.objects.get(month=6).answered_at is None


def test_staff_type_in_a_report_that_they_heard(held):
    measure = measure_of(held)
    form = said(measure, status="done", comment="The mayor told us.") | {"in_contact": "yes"}

    held.staff.post(page("follow-up", held, 6), form)

    assert FollowUp.objects.get(month=6).answered_by == held.ines


def test_a_report_without_measures_says_so_once_and_by_when(held):
    """“Chaque mesure montre que…” stood above “Aucune mesure”, beside “pour le 7 novembre”."""
    due = FollowUp.objects.get(month=6).due_on
    exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **JUDGED)
    address = page("follow-up", held, 6).replace("/en/", "/fr/")

    today = timezone.localdate()

    def seen(days_left=12):
        FollowUp.objects.update(due_on=due)
        Letter.objects.filter(template="report_due").delete()
        measures.request_reports(at((due - END).days))
        body = compose_letter(Letter.objects.filter(template="report_due").first())[1]
        FollowUp.objects.update(due_on=today + timedelta(days=days_left))
        return held.town.get(address).text, body

    bare, letter = seen()
    measure_of(held)
    full, other = seen()

    assert "Merci de l’envoyer au plus tard le" in bare and "pour le" not in bare
    assert ("Chaque mesure montre" in bare, "Chaque mesure montre" in full) == (False, True)
    assert ("already filled in" in letter, "already filled in" in other) == (False, True)
    late, _letter = seen(days_left=-12)
    assert "Vous pouvez encore l’envoyer" in late and "Merci de l’envoyer" not in late
    FollowUp.objects.update(answered_at=at(200))
    listed = held.town.get(page("exchange", held).replace("/en/", "/fr/")).text
    assert "Envoyé</span>" in listed and "Envoyée</span>" not in listed


def test_the_ladder_of_reports_ends_with_the_association_and_is_never_a_success(held):
    exchange_machine.advance(held, "evaluate", actor=held.ines, now=at(30), **JUDGED)
    due = (FollowUp.objects.get(month=6).due_on - END).days
    asked = {}

    for day in range(due - 20, due + 70):
        before = Letter.objects.count()
        measures.request_reports(at(day))
        if new := Letter.objects.count() - before:
            asked[day - due] = new

    people = {letter.template for letter in Letter.objects.filter(key__startswith="follow-up:")}
    assert list(asked) == [-14, 0, 14, 30, 45]
    assert people == {"report_due", "report_association"}
    assert told("report_association") == [held.speaker.email]
    assert told("report_due").count(held.speaker.email) == 1
    follow_up = FollowUp.objects.get(month=6)
    assert (follow_up.answered_at, follow_up.given_up_on) == (None, at(due + 60).date())
    assert Exchange.objects.get().status == "follow_up_6m"


def test_the_plan_is_asked_for_three_times_and_no_more_once_it_is_approved(held):
    asked = [measures.request_plans(at(days)) for days in (6, 7, 8, 21, 30, 31)]
    ActionPlan.objects.create(exchange=held, approved_at=at(32))
    after = measures.request_plans(at(33))

    each = len(set(told("plan_due")))
    assert asked == [0, each, 0, each, each, 0] and after == 0


# What people think


def test_everybody_is_asked_at_the_end_and_the_two_sides_later(held):
    Participant.objects.create(
        exchange=held, name="A speaker", address="s@example.org", side="other", part="observer"
    )
    evaluation.create_questionnaires(held, END)
    evaluation.create_questionnaires(held, END)

    asked = Evaluation.objects.values_list("side", "moment").order_by("side", "moment")
    days = [evaluation.request_evaluations(at(days)) for days in (0, 1, 2, 5, 12, 13, 20)]

    both = [(side, moment) for side in ("offering", "requesting") for moment in sorted(Moment)]
    assert list(asked) == sorted([*both, ("other", "end")])
    assert days == [0, 3, 0, 3, 3, 0, 0]
    assert all(path.startswith("/exchanges/evaluation/") for path in paths())


def test_who_is_named_after_the_end_is_asked_what_is_still_open(held):
    """7.14: who was added later got the code of conduct, and no questionnaire."""
    named, asked, letters = {}, {}, {}
    for day, status in ((3, "completed"), (30, "evaluated"), (70, "evaluated"), (200, "evaluated")):
        Exchange.objects.update(status=status)
        name = f"Day {day}"
        named = {"name": name, "address": f"d{day}@example.org", "side": "requesting"}
        named |= {
            "part": "delegate",
            "language": "en",
            "gender": "woman",
            "post": "technical",
            "visa": "unknown",
        }
        with time_machine.travel(at(day), tick=False):
            held.town.force_login(held.efua)
            answer = held.town.post(page("exchange-participants", held), named)
            assert answer.status_code == 302, answer.context["form"].errors
        evaluation.request_evaluations(at(day + 1))
        mine = held.evaluations.filter(participant__name=name).order_by("due_on")
        asked[day] = [(one.moment, (one.due_on - END).days) for one in mine]
        letters[day] = sorted(
            Letter.objects.filter(name=name).values_list("template", "context__again")
        )

    end, six, twelve = Moment.END, Moment.SIX, Moment.TWELVE
    assert asked == {
        3: [(end, 2), (six, 183), (twelve, 365)],
        30: [(end, 29), (six, 183), (twelve, 365)],
        70: [(six, 183), (twelve, 365)],  # by now the others' answers of the end are read
        200: [(six, 199), (twelve, 365)],
    }
    first = [("evaluation_asked", False)]
    assert letters == {3: first, 30: first, 70: [], 200: first}


def paths():
    return Letter.objects.filter(template="evaluation_asked").values_list("path", flat=True)


def test_what_the_towns_they_helped_say_is_kept_with_the_expert_and_no_other_side_counts(held):
    expert = held.match.interests.get().expert
    for number in range(2):
        Participant.objects.create(
            exchange=held,
            name=f"Officer {number}",
            address=f"o{number}@example.org",
            side="requesting",
            part="delegate",
        )
    evaluation.create_questionnaires(held, END)
    held.participants.update(confirmed_at=at(1))
    marks = iter(["5", "4", "0"])

    for one in Evaluation.objects.filter(moment="end").order_by("pk"):
        mark = next(marks) if one.side == "requesting" else "1"
        evaluation.save_evaluation(one, {"satisfied": mark}, now=at(1))

    expert.refresh_from_db()
    assert (expert.rating_count, expert.rating_mean) == (2, 4.5)


def test_a_questionnaire_is_answered_once_by_link_and_closed_later(held):
    asked, other = Evaluation.objects.filter(moment="end")[:2]
    link, visitor = f"/en{asked.create_link(at(1)).path}", Client()
    late = f"/en{other.create_link(at(1)).path}"

    with time_machine.travel(at(5), tick=False):
        for _ in range(3):
            visitor.get(link)
        read = Evaluation.objects.get(pk=asked.pk).answered_at
        empty = [visitor.post(link, said).text for said in ({}, {"better": " ", "recommend": ""})]
        visitor.post(link, {"satisfied": "4", "recommend": "11", "lasts": "5"})
        refused = Evaluation.objects.get(pk=asked.pk).answers
        visitor.post(link, {"satisfied": "4", "better": "More time.", "lasts": "5"})
        visitor.post(link, {"satisfied": "5", "better": "Less time."})
        Exchange.objects.update(status="closed")
        over = visitor.post(late, {"satisfied": "1"}).text
        Exchange.objects.update(status="completed")
    with time_machine.travel(at(70), tick=False):
        closed = visitor.post(late, {"satisfied": "1"})

    kept = Evaluation.objects.get(pk=asked.pk)
    assert read is None and refused == {}
    assert ["answer at least one question" in text for text in empty] == [True, True]
    # It was said that means are shown from five answers, where two are asked.
    assert "Fewer than 5 people are asked so far" in empty[0]
    assert (kept.answers, kept.version) == ({"satisfied": "4", "better": "More time."}, 1)
    assert "This questionnaire is closed" in over
    assert closed.status_code == 410 and "This link no longer works" in closed.text
    assert Evaluation.objects.get(pk=other.pk).answered_at is None


def results(*answers):
    rows = [
        Evaluation(moment=Moment.END, answered_at=at(1) if said else None, answers=said or {})
        for said in answers
    ]
    (moment,) = sum_up_results(rows, rows)
    return {row.question.code: row for row in moment.results}, moment


@pytest.mark.parametrize(
    ("answers", "mean", "rate"),
    [
        (["4", "5", "3", "4"], None, 100),  # fewer than five
        (["4", "5", "3", "4", "4"], 4.0, 100),
        (["4", "5", "3", "4", "0"], None, 100),  # who cannot say counts in no mean
        (["4", "5", "3", "4", "4", None], 4.0, 83),
    ],
)
def test_a_mean_is_of_five_or_more_who_could_say(answers, mean, rate):
    rows, moment = results(*[one and {"satisfied": one} for one in answers])

    assert (rows["satisfied"].mean, moment.rate) == (mean, rate)


def test_words_are_told_from_five_answers_on_and_in_no_order_of_answering(held):
    four = [{"better": f"{letter} time"} for letter in "dcba"]

    few, _moment = results(*four)
    many, _moment = results(*four, {"better": "e time"})

    assert few["better"].words == ()
    assert many["better"].words == tuple(f"{letter} time" for letter in "abcde")


def test_where_too_few_are_asked_the_page_says_why_no_mean_will_ever_show(held):
    """Two were asked, and a table of dashes promised means from five answers."""
    Evaluation.objects.filter(moment="end").update(answered_at=at(2))

    text = signed_in(held.ines).get(page("exchange-results", held)).text

    assert "At most 2 answers can count here" in text
    assert "none will be shown of this questionnaire" in text and "<table" not in text


def test_a_questionnaire_keeps_what_is_typed_by_whoever_is_signed_in(held):
    """A mark and a text were gone after a look at My work; other forms keep them."""
    asked = Evaluation.objects.filter(moment="end", participant__user__isnull=False).first()
    address = f"/en{asked.create_link(at(1)).path}"

    with time_machine.travel(at(1), tick=False):
        form = html.fromstring(signed_in(asked.participant.user).get(address).text)

    (kept,) = form.xpath("//form[@data-typed != '']")
    assert kept.xpath(".//*[@data-line]") and kept.xpath(".//textarea")


def test_what_nobody_was_asked_yet_is_said_in_words_and_not_as_nought(held):
    Evaluation.objects.filter(moment="end").update(answered_at=at(2))
    said = {}

    for days in (0, 1, 184):
        with time_machine.travel(at(days), tick=False):
            text = signed_in(held.ines).get(page("exchange-results", held)).text
            said[days] = (text.count("Not asked yet"), text.count("(0 %)"), "of 2 answered" in text)
    Evaluation.objects.update(answered_at=None)
    figures = {one.code: one for one in impact_of(Selection(), at(0)).figures}

    assert said == {0: (2, 0, True), 1: (2, 0, True), 184: (1, 1, True)}
    assert {(figures[code].value, figures[code].note) for code in UNASKED} == {
        (None, "Not asked yet.")
    }


def test_the_results_are_read_by_both_sides_and_staff_alone(held):
    codes = {
        name: getattr(held, name).get(page("exchange-results", held)).status_code
        for name in ("town", "expert", "staff", "abena")
    }

    assert codes == {"town": 200, "expert": 200, "staff": 200, "abena": 404}
