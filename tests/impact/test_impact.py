"""What the programme comes to: each figure counted again by hand, filters, exports, no names."""

import csv
import io
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from pypdf import PdfReader

from exchanges.models import Exchange, Participant
from impact.figures import impact_of
from impact.figures.asked import Asked
from impact.figures.shape import Flow
from matching.models import Match
from registry import worldmap
from registry.models import Income
from tests.factories import (
    make_authority,
    make_budget_line,
    make_dossier,
    make_expert,
    make_interest,
    make_practice,
    make_report,
    make_session,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def make_exchange(number, *, country="GH", helper="NL", status="closed", form="expert_mission"):
    dossier = make_dossier(make_authority(country=country), status="matched", forms=[form])
    expert = make_expert(f"Helper {number}", make_authority(country=helper))
    interest = make_interest(dossier, expert)
    match = Match.objects.create(
        reference=f"MA-9-{number}", dossier=dossier, answer_by="2030-01-01", status="agreed"
    )
    match.interests.set([interest])
    return Exchange.objects.create(
        reference=f"EX-9-{number}",
        match=match,
        dossier=dossier,
        form=form,
        status=status,
        actual_start=date(2020 + number % 3, 5, 1),
        actual_end=date(2020 + number % 3, 5, 5),
    )


GENDERS = ["woman", "man", "undisclosed", "woman", "woman"]


@pytest.fixture
def world():
    """Seven exchanges in two forms and several states, with people, measures and opinions."""
    for country, level in (("GH", "LM"), ("NL", "H"), ("BR", "UM"), ("SN", "LM")):
        Income.objects.update_or_create(
            country=country, defaults={"level": level, "fiscal_year": 2026}
        )
    made = [
        make_exchange(1),
        make_exchange(2, form="study_visit"),
        make_exchange(3, helper="BR", country="SN"),
        make_exchange(4, status="running"),
        make_exchange(5, status="interrupted"),
        make_exchange(6, status="cancelled"),
        make_exchange(7, status="planned"),
    ]
    for place, exchange in enumerate(made):
        for number, gender in enumerate(GENDERS):
            exchange.participants.create(
                name=f"Person {number}",  # the same five in each exchange
                side="requesting",
                part="delegate",
                gender=gender,
                post="elected" if number < 2 else "technical",
                days=5,
                attended=number != 4 if place == 0 else None,
                is_first_time=(place == 0) if number < 3 else None,
            )
    first = made[0]
    for status, shown in (("done", True), ("done", False), ("dropped", False)):
        report = make_report(first, status=status, **({} if shown else {"evidence": ""}))
        type(report.measure).objects.filter(pk=report.measure.pk).update(status=status)
    first.follow_ups.update(due_on=date(2021, 1, 1), answered_at=NOW)
    made[1].follow_ups.create(month=6, due_on=date(2022, 1, 1), given_up_on=date(2022, 3, 1))
    made[2].follow_ups.create(month=6, due_on=date(2100, 1, 1))
    for number, answers in enumerate(
        (
            {"satisfied": "4", "before": "1", "after": "4"},
            {"satisfied": "5"},
            {"satisfied": "0"},
            {"satisfied": "3"},
            None,
        )
    ):
        first.evaluations.create(
            participant=first.participants.all()[number],
            moment="end",
            side="requesting",
            due_on=date(2021, 1, 1),
            answered_at=NOW if answers else None,
            answers=answers or {},
        )
    association = first.dossier.authority.associations.create(
        name="NALAG", country="GH", scope="national"
    )
    make_session(first).observations.create(association=association, asked_at=NOW)
    make_practice(first)
    make_practice(first, status="draft")
    for exchange, payer, spent, rate in (
        (first, "programme", 1000, 4),
        (first, "host", 150, 1),
        (made[1], "applicant", 100, 1),
        (made[1], "programme", None, 1),
        (made[5], "programme", 77_777, 1),  # cancelled
    ):
        make_budget_line(exchange, payer=payer, spent=spent, per_euro=rate)
    return made


def values(asked=None):
    return {figure.code: figure.value for figure in impact_of(asked or Asked(), NOW).figures}


def rows(code, asked=None):
    tables = impact_of(asked or Asked(), NOW).tables
    return {
        row.key or row.label: row.count
        for table in tables
        if table.code == code
        for row in table.rows
    }


def test_each_figure_is_what_counting_by_hand_gives(world):
    held = [e for e in world if e.status in ("closed", "running", "interrupted")]
    people = [
        p for p in Participant.objects.all() if p.exchange in held and p.attended is not False
    ]
    pairs = [
        (e.match.interests.get().authority.country.code, e.dossier.authority.country.code)
        for e in held
    ]

    assert values() == {
        "held": len(held),
        "countries": len({country for pair in pairs for country in pair}),
        "south_south": round(100 * sum("NL" not in pair for pair in pairs) / len(pairs)),
        "observed": round(100 * 1 / len(held)),
        "cancelled": 1,
        "authorities": 2 * len(held),
        "participations": len(people),
        "participants": len({p.name for p in people}),
        "days": sum(p.days for p in people),
        "spent": 1000 // 4 + 150 + 100,
        "cost_per_day": 500 // sum(p.days for p in people if p.exchange in world[:2]),
        "co_funding": 50,
        "first_timers": round(100 * 3 / 15),
        "dossiers": 7,
        "dossier_countries": 2,
        "success": 100,
        "opportunities": 0,
        "answers": None,
        "unmatched": 0,
        "measures": 3,
        "done": 2,
        "proved": 50,
        "reports_6": 50,
        "reports_12": None,
        "practices": 1,
        "satisfaction": 4.0,
        "gain": None,  # one answer only
        "response": 80,
    }
    assert rows("form") == dict(Counter(e.form for e in held))
    assert rows("gender") == dict(Counter(p.gender for p in people))
    assert rows("year") == {
        str(y): n for y, n in Counter(e.actual_start.year for e in held).items()
    }
    assert rows("measures") == {"done": 2, "dropped": 1}
    flows = impact_of(Asked(), NOW).flows
    assert {(flow.source, flow.target): flow.count for flow in flows} == dict(Counter(pairs))


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ({"form": "study_visit"}, 1),
        ({"country": "BR"}, 1),  # on either side
        ({"country": "GH"}, 4),
        ({"year_from": "2021", "year_to": "2021"}, 2),
        ({"theme": "water-sanitation"}, 5),
        ({"theme": "water-sanitation/faecal-sludge"}, 5),
        ({"theme": "energy"}, 0),
        ({"call": "no-such"}, 0),
        ({"year_from": "٢٠٢١", "form": "'; --"}, 0),
        ({"year_from": "abc"}, 5),
    ],
)
def test_the_address_says_what_is_counted(world, asked, held):
    assert values(Asked.of(asked))["held"] == held
    listed = Client().get(reverse("impact-exchanges"), asked)
    assert listed.context["page"].paginator.count == held


def test_few_people_are_not_counted_by_what_they_are(world):
    narrow = Asked(form="study_visit")

    assert rows("gender", narrow) == {"woman": None, "man": None, "undisclosed": None}
    page = Client().get(reverse("impact"), {"form": "study_visit"}).text
    assert "&lt;&nbsp;5" in page


def test_figures_take_a_fixed_number_of_queries(world):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            impact_of(Asked(), NOW)
        return len(caught)

    before = queries()
    for number in range(8, 14):
        make_exchange(number)

    assert queries() == before <= 32


def test_the_page_and_every_export_name_nobody(world):
    Participant.objects.update(name="Zanzarimba")
    anyone = Client()
    pages = [anyone.get(reverse("impact")), anyone.get(reverse("impact-exchanges"))]
    table = anyone.get(reverse("impact-table", args=["csv"]))
    book = anyone.get(reverse("impact-table", args=["xlsx"]))
    report = anyone.get(reverse("impact-report"))
    data = b"".join(anyone.get(reverse("open-data")).streaming_content).decode()

    sheet = list(load_workbook(io.BytesIO(book.content)).active.values)
    pdf = "".join(p.extract_text() for p in PdfReader(io.BytesIO(report.content)).pages)
    for words in (*[page.text for page in pages], table.text, str(sheet), pdf, data):
        assert "Zanzarimba" not in words and "Helper 1" not in words
    assert ("exchanges held", 5) in [row[:2] for row in sheet]
    assert "exchanges held,5" in table.text and "exchanges held" in pdf
    assert anyone.get("/en/impact/figures.exe").status_code == 404


def test_the_open_data_has_a_line_for_each_exchange_that_began(world):
    text = b"".join(Client().get(reverse("open-data")).streaming_content).decode()

    lines = list(csv.DictReader(io.StringIO(text)))
    first = lines[0]
    assert [line["reference"] for line in lines] == [f"EX-9-{n}" for n in (1, 2, 3, 4, 5)]
    assert (first["country"], first["helping_countries"]) == ("GH", "NL")
    assert (first["topics"], first["dac_codes"]) == ("water-sanitation/faecal-sludge", "14032")
    assert (first["measures"], first["measures_done"], first["participants"]) == ("3", "2", "")
    assert lines[1]["participants"] == "5"
    explained = Client().get(reverse("data-dictionary")).text
    assert all(f"<code>{column}</code>" in explained for column in first)


def test_a_page_without_any_exchange_says_so_quietly():
    page = Client().get(reverse("impact"))

    assert page.status_code == 200 and "From country to country" not in page.text
    assert values()["held"] == 0


def test_the_map_knows_where_countries_are_and_draws_one_curve_a_pair():
    at = worldmap.capitals()
    flows = [Flow("NL", "GH", 3), Flow("XX", "GH", 1)]

    drawn = worldmap.curves(flows)

    assert at["NL"][1] < at["GH"][1] and at["BR"][0] < at["GH"][0] < at["KH"][0]
    assert [curve.flow for curve in drawn] == flows[:1]
    world = Client().get(reverse("world"))
    assert world["Content-Type"] == "image/svg+xml" and "max-age=86400" in world["Cache-Control"]
