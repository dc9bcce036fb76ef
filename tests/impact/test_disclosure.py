"""What everybody may know of the figures: no choice, and no two, tell of few (H5)."""

import csv
import io
import itertools
import re
from dataclasses import fields
from datetime import date

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from applications.models import Dossier
from connect.anonymity import FEW
from connect.transitions import record_event
from impact.figures.disclosure import CATEGORIES, counts_in_fives, for_public
from impact.figures.requests import IS_PUBLIC
from impact.figures.selection import Selection
from impact.open_data import exchange_lines
from tests.factories import (
    make_authority,
    make_budget_line,
    make_call,
    make_dossier,
    make_interest,
    make_officer,
)
from tests.figures import impact_of
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def told(**asked):
    """Give what everybody reads: ({figure: value}, {table: {row: count}})."""
    asked = Selection(**asked)
    impact = for_public(impact_of(asked, NOW), asked)
    tables = {one.code: {row.key: row.count for row in one.rows} for one in impact.tables}
    return {figure.code: figure.value for figure in impact.figures}, tables


def report(exchange, kind="other"):
    exchange.incidents.create(
        happened_on="2021-01-01", kind=kind, severity=1, account="Lost.", reported_at=NOW
    )


def answer(exchange, mark="4"):
    person = exchange.participants.create(
        name="Ama", side="requesting", part="delegate", confirmed_at=NOW
    )
    exchange.evaluations.create(
        participant=person,
        moment="end",
        side="requesting",
        due_on=date(2021, 1, 1),
        answered_at=NOW,
        answers={"satisfied": mark, "before": "1", "after": "4"},
    )


def test_one_incident_is_told_by_no_choice_of_year_country_or_form():
    """H5, P5: of one country, incidents are not told; harassment is counted for nobody."""
    first, second = make_exchange(1), make_exchange(2, country="SN", form="study_visit")
    report(first)
    report(second, kind="safeguarding")

    choices = ({}, {"country": "GH"}, {"country": "SN"}, {"form": "study_visit"}, {"region": "AF"})
    assert [told(**asked)[0]["incidents"] for asked in choices] == [None] * 5
    assert {figure.code: figure.value for figure in impact_of(Selection(), NOW).figures}[
        "incidents"
    ] == 1


def test_incidents_are_told_in_whole_fives_once_they_come_from_five_exchanges():
    """H5: the number of exchanges decides, not that of incidents."""
    exchanges = [make_exchange(number) for number in range(1, 6)]
    for exchange in exchanges[:4]:
        report(exchange)
        report(exchange)
    four = told()[0]["incidents"]
    report(exchanges[4])

    assert (four, told()[0]["incidents"]) == (None, 5)  # of nine


def test_a_dossier_before_it_is_published_is_counted_in_no_country_call_or_year(client):
    """H5: neither among the figures nor in the list behind them, nor by its state."""
    call = make_call()
    ghana = make_authority(country="GH")
    make_dossier(ghana, status="published", call=call)
    for status in ("submitted", "not_selected"):
        make_dossier(make_authority(country="BR"), status=status, call=call)
    make_dossier(ghana, status="withdrawn")

    for asked in ({}, {"country": "BR"}, {"country": "GH"}, {"call": call.slug}):
        figures, tables = told(**asked)
        assert "BR" not in tables["place"] and set(tables["status"]) <= {"published"}
        assert figures["dossiers"] in ((1, None)[bool(asked)],) and figures["success"] is None
        behind = client.get(reverse("impact-dossiers"), asked | {"row": "submitted"})
        assert {row["country"] for row in behind.context["rows"]} <= {"Ghana"}
        assert not {"Decided", "Answers"} & set(re.findall(r"[A-Z][a-z ]+(?=</th>)", behind.text))
    for _ in range(5):
        make_dossier(make_authority(country="BR"), status="submitted")
    assert told()[1]["status"] == {"published": 1, "submitted": 5}  # of six
    assert told()[0]["dossiers"] == 6
    page = client.get(reverse("impact")).text
    assert re.findall(r"<dd>(.*?)</dd>", page.partition("applications submitted")[2])[:3] == [
        "at least 6",  # of nine: the others are fewer than five in their states
        "1",
        '<span class="hint">not shown</span>',  # and not "100 %" beside one that was not selected
    ]
    table = client.get(reverse("impact-table", args=["csv"])).text
    assert "so there may be more" in table and "no share can be given" in table


def test_answers_and_money_of_one_exchange_are_told_by_no_choice():
    """H5: what people think, and what it cost, of all exchanges together and from five on."""
    exchanges = [make_exchange(number) for number in range(1, 6)]
    for exchange in exchanges[:4]:
        answer(exchange)
        make_budget_line(exchange, spent=100)
    codes = ("satisfaction", "gain", "response", "planned", "spent", "cost_per_day", "co_funding")
    few = [told()[0][code] for code in codes]
    answer(exchanges[4])
    make_budget_line(exchanges[4], spent=100)
    figures = told()[0]

    assert few == [None] * 7
    assert (figures["satisfaction"], figures["response"], figures["spent"]) == (4.0, 100, 500)
    assert [told(country="GH")[0][code] for code in codes] == [None] * 7


def test_the_public_mean_moves_only_with_every_fifth_answer_and_to_the_nearest_half():
    """H5: whoever looks before and after each answer learns none of them; staff read all."""
    exchange = make_exchange(1)
    read = []
    for mark in "5544411111":
        answer(exchange, mark)
        read.append(told()[0]["satisfaction"])
    exact = {one.code: one.value for one in impact_of(Selection(), NOW).figures}["satisfaction"]

    assert read == [None] * 4 + [4.5] * 5 + [2.5]  # of 4.4, and of 2.7
    assert exact == 2.7


def test_people_are_counted_by_gender_in_whole_fives_of_all_exchanges_only():
    """H5: and whoever is the only one of a kind looks like nobody."""
    exchange = make_exchange(1)
    for number in range(24):
        gender = "woman" if number < 12 else "man" if number < 23 else "other"
        exchange.participants.create(
            name=f"P {number}", side="requesting", part="delegate", gender=gender
        )

    whole, narrow = told()[1], told(country="GH")[1]
    assert whole["gender"] == {"woman": 10, "man": 10, "other": None, "undisclosed": None}
    assert whole["side"] == {}  # all of one side: told, it would say so of each exchange
    assert narrow["gender"] == narrow["side"] == narrow["post"] == {}
    assert told(country="GH")[0]["participations"] == 24


def take_part(exchange, count, days=5, **values):
    for number in range(count):
        exchange.participants.create(
            name=f"P {number}",
            address=f"{exchange.pk}-{number}@example.org",
            side="offering",
            part="expert",
            travels=True,
            days=days,
            **values,
        )


def test_no_figure_of_people_tells_how_many_were_in_an_exchange_of_few(client):
    """H5: “10 days” of an exchange of five days: two people; and a sum less all others."""
    few, many = make_exchange(1), make_exchange(2, country="SN")
    take_part(few, 2)
    codes = ("participations", "participants", "days", "carbon", "first_timers", "cost_per_day")

    alone = [told(country="GH")[0][code] for code in codes]
    heads = [
        re.search(r"<h1[^>]*>(.*?)</h1>", client.get(page, {"country": "GH", "figure": code}).text)
        for page in [reverse("impact-exchanges")]
        for code in ("participations", "days")
    ]
    take_part(many, 6)
    (both, tables), others = told(), told(country="SN")[0]

    assert alone == [None] * 6
    assert [one[1] for one in heads] == ["Participations", "Days of taking part"]
    assert (both["participations"], both["participants"], both["days"]) == (6, 6, 30)
    assert (others["participations"], others["participants"], others["days"]) == (6, None, 30)
    assert both["carbon"] is not None and others["carbon"] is None
    assert sum(n or 0 for n in tables["gender"].values()) <= 6
    exact = {one.code: one.value for one in impact_of(Selection(), NOW).figures}
    assert (exact["participations"], exact["days"]) == (8, 40)


def test_days_that_are_known_of_few_of_many_are_told_of_none():
    """H5: of six people the days of two were known: ten days."""
    exchange = make_exchange(1)
    take_part(exchange, 2)
    take_part(exchange, 4, days=None)
    few = told()[0]

    exchange.participants.update(days=5)

    assert (few["participations"], few["days"], told()[0]["days"]) == (6, None, 30)


def test_who_said_nothing_is_counted_apart_and_a_table_says_of_how_many_it_is():
    """H5: in whole fives too, since those who said something are the others."""
    exchange = make_exchange(1)
    said = ["woman"] * 7 + ["man"] * 6 + ["undisclosed"] * 5 + [""] * 12
    for number, gender in enumerate(said):
        exchange.participants.create(
            name=f"P {number}", side="requesting", part="delegate", gender=gender
        )

    asked = Selection()
    exact = impact_of(asked, NOW)
    [everybody] = [one for one in for_public(exact, asked).tables if one.code == "gender"]
    [staff] = [one for one in exact.tables if one.code == "gender"]
    assert [(row.label, row.count) for row in staff.rows] == [
        ("woman", 7),
        ("man", 6),
        ("prefer not to say", 5),
        ("not stated", 12),
    ]
    assert staff.note == "Stated for 18 of 30."
    assert [(row.label, row.count) for row in everybody.rows] == [
        ("man", 5),
        ("prefer not to say", 5),
        ("woman", 5),
        ("not stated", 10),
        ("another gender", None),
    ]
    assert everybody.note == "Stated for at least 15 of 30. Counted in fives."


@pytest.mark.parametrize(
    "asked",
    [
        *({"figure": code} for code in ("satisfaction", "gain", "response", "first_timers")),
        *({"figure": code} for code in ("planned", "spent", "cost_per_day", "co_funding")),
        {"figure": "incidents"},
        {"figure": "gender", "row": "woman"},
        {"figure": "side", "row": "requesting"},
    ],
)
def test_the_list_behind_what_is_protected_opens_for_staff_alone(client, asked):
    """H5: an exchange's own share of it stands in that list."""
    exchange = make_exchange(1)
    for number in range(20):
        answer(exchange)
        exchange.participants.create(
            name=f"P {number}",
            side="offering",
            part="delegate",
            gender="woman" if number % 2 else "man",
            is_first_time=number < 10,
        )
    page = reverse("impact-exchanges")

    assert client.get(page, asked).status_code == 404
    client.force_login(make_officer())
    assert client.get(page, asked).status_code == (404 if asked["figure"] == "incidents" else 200)


def test_every_outward_form_tells_the_same_and_why_and_staff_get_exact_figures(client):
    """H5: page, CSV, XLSX, PDF and the API; exact ones say that they are not for publication."""
    for number in range(1, 6):
        report(make_exchange(number))
    report(make_exchange(6))

    def forms(asked):
        table = client.get(reverse("impact-table", args=["csv"]), asked)
        book = client.get(reverse("impact-table", args=["xlsx"]), asked)
        report = client.get(reverse("impact-report"), asked)
        page = client.get(reverse("impact"), asked)
        shown = {one.code: one for one in page.context["impact"].figures}["incidents"]
        sheet = {row[0]: row[1] for row in load_workbook(io.BytesIO(book.content)).active.values}
        pdf = "".join(p.extract_text() for p in PdfReader(io.BytesIO(report.content)).pages)
        line = next(x for x in table.text.splitlines() if x.startswith("incidents reported"))
        return shown.value, line.split(",")[1], sheet["incidents reported"], pdf, table.text

    page, line, cell, pdf, text = forms({})
    assert (page, line, cell) == (5, "5", 5)
    assert "Counted in fives." in pdf and "Counted in fives." in text
    page, line, cell, pdf, text = forms({"country": "GH"})
    assert (page, line, cell) == (None, "", None) and "Shown for all exchanges together" in text
    [figure] = [
        one
        for one in client.get("/api/v1/impact?country=GH").json()["figures"]
        if one["code"] == "incidents"
    ]
    assert figure["value"] is None and figure["note"].startswith("Shown for all exchanges")

    client.force_login(make_officer())
    page, line, cell, pdf, text = forms({"country": "GH"})
    assert (page, line, cell) == (6, "6", 6)
    assert "for staff only" in pdf and "for staff only" in text
    assert {one["code"]: one["value"] for one in client.get("/api/v1/impact").json()["figures"]}[
        "incidents"
    ] == 5  # an answer of the API is kept by caches: the same for all
    assert Client().get(reverse("impact")).context["is_exact"] is False


# Of every set of counts with a known total, each count may still be none, or five and more.


def published_alike(counts, total):
    """List all counts that would have been published as these are."""
    as_told = counts_in_fives(dict(enumerate(counts)), total)
    ranges = [range(total + 1)] * (len(counts) - 1)
    alike = []
    for head in itertools.product(*ranges):
        last = total - sum(head)
        if last >= 0 and counts_in_fives(dict(enumerate([*head, last])), total) == as_told:
            alike.append((*head, last))
    return alike


@settings(max_examples=150, derandomize=True)
@given(st.lists(st.integers(0, 14), min_size=2, max_size=3))
def test_no_count_of_people_can_be_reckoned_from_the_others_and_their_total(counts):
    """H5: tried on all that the public could think of."""
    total = sum(counts)
    if total < FEW:
        return  # fewer people than five in all: nothing of them is told
    alike = published_alike(counts, total)

    for place in range(len(counts)):
        possible = {one[place] for one in alike}
        assert not possible <= {1, 2, 3, 4}
        # Four people of one exchange, whose number is public, may all be something else.
        assert min(possible) <= total - 4


# Random programmes: two choices, and the difference of a wider and a narrower one.

COUNTRIES, FORMS = ("GH", "SN", "NL"), ("expert_mission", "study_visit")
A_PROGRAMME = st.lists(
    st.tuples(
        st.sampled_from(COUNTRIES),
        st.sampled_from(FORMS),
        st.integers(0, 3),  # incidents
        st.lists(st.sampled_from(["woman", "man", "other"]), max_size=6),
    ),
    min_size=1,
    max_size=7,
)
DOSSIERS = st.lists(
    st.tuples(
        st.sampled_from(COUNTRIES), st.sampled_from(["submitted", "not_selected", "published"])
    ),
    max_size=9,
)
CHOICES = [
    *({"country": code} for code in COUNTRIES),
    *({"form": code} for code in FORMS),
    *({"region": code} for code in ("AF", "EU")),
    *({"year_from": str(year)} for year in (2020, 2021, 2022)),
    *({"year_from": str(year), "year_to": str(year)} for year in (2020, 2021, 2022)),
    {"country": "GH", "form": "study_visit"},
    {"state": "closed"},
    {"theme": "water-sanitation"},
]


def tries(number):
    quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=number, derandomize=True, suppress_health_check=quiet)


def count_told_people(asked):
    """Add up the participants that the open data tells of each exchange."""
    head, *lines = csv.reader("".join(line.decode() for line in exchange_lines(asked)).splitlines())
    return sum(int(line[head.index("participants")] or 0) for line in lines)


@tries(3)
@given(A_PROGRAMME, DOSSIERS)
def test_no_choice_and_no_difference_of_two_tells_of_one_to_four(exchanges, dossiers):
    """H5: incidents, unpublished dossiers, answers and people by what they are."""
    refuse_telling_of_few(exchanges, dossiers)


@pytest.mark.faults
@tries(60)
@given(A_PROGRAMME, DOSSIERS)
def test_no_choice_in_sixty_programmes_tells_of_one_to_four(exchanges, dossiers):
    refuse_telling_of_few(exchanges, dossiers)


def refuse_telling_of_few(exchanges, dossiers):
    with transaction.atomic():
        for number, (country, form, incidents, genders) in enumerate(exchanges, start=1):
            exchange = make_exchange(number, country=country, form=form)
            for _ in range(incidents):
                report(exchange)
            for gender in genders:
                answer(exchange)
                exchange.participants.create(
                    name="P", side="offering", part="delegate", gender=gender
                )
        for country, status in dossiers:
            make_dossier(make_authority(country=country), status=status)
        read = [told(**asked) for asked in ({}, *CHOICES)]
        people = [count_told_people(Selection(**asked)) for asked in ({}, *CHOICES)]
        public = Dossier.objects.filter(IS_PUBLIC).count()
        transaction.set_rollback(True)

    # What is told of each exchange, and no more: no difference is that of an exchange of few.
    assert [figures["participations"] or 0 for figures, _tables in read] == people
    whole_figures, whole_tables = read[0]
    for figures, tables in read[1:]:
        # Of a choice nothing protected is told: no two choices differ in it.
        assert figures["incidents"] is figures["dossiers"] is figures["success"] is None
        assert figures["satisfaction"] is figures["gain"] is figures["response"] is None
        assert figures["participants"] is figures["carbon"] is figures["first_timers"] is None
        assert all(tables[code] == {} for code in CATEGORIES)
        assert sum(tables["place"].values()) == sum(tables["status"].values()) <= public
    assert whole_figures["incidents"] is None or whole_figures["incidents"] % FEW == 0
    assert (whole_figures["dossiers"] - public) % FEW == 0
    assert sum(whole_tables["place"].values()) == public
    counts = [n for code in CATEGORIES for n in whole_tables[code].values() if n is not None]
    assert all(n >= FEW and n % FEW == 0 for n in counts)


def test_every_choice_of_the_page_is_one_that_the_figures_know():
    """The property above must not overlook a filter that is added later."""
    tried = {name for asked in CHOICES for name in asked}

    assert {field.name for field in fields(Selection)} - tried == {"call", "association"}
    assert Selection(call="x").query and Selection(association="1").query  # narrow all the same


def test_how_many_experts_answered_one_open_request_is_told_by_no_choice():
    """H25: one request in a country and its mean of four: four have answered it."""
    dossier = make_dossier(make_authority(country="GH"), status="published")

    def more():
        record_event(make_interest(dossier), "submit", actor=None, now=NOW)
        return [told(**asked)[0]["answers"] for asked in ({}, {"country": "GH"})]

    seen = [more() for _ in range(9)]

    assert seen == [[None, None]] * 4 + [[5.0, None]] * 5
    assert {one.code: one.value for one in impact_of(Selection(), NOW).figures}["answers"] == 9
