"""What the programme comes to: each figure counted again by hand, filters, exports, no names."""

import copy
import csv
import io
import math
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F, Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import get_format
from django.utils.translation import ngettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook
from pypdf import PdfReader

from applications.models import DossierNeed
from connect.templatetags.look import amount
from connect.transitions import record_event
from exchanges.models import Evaluation, Exchange, Participant
from exchanges.permissions import BEGUN
from impact import figures
from impact.figures.definitions import Figure, Total
from impact.figures.flows import count_flows
from impact.figures.people import PEOPLE
from impact.figures.selection import Selection, list_filters
from impact.views import count_figures
from practices.models import Practice
from registry import search_index, worldmap
from registry.models import Authority, Income
from tests.factories import (
    make_authority,
    make_budget_line,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_practice,
    make_report,
    make_session,
)
from tests.figures import impact_of
from tests.languages import CODES
from tests.worlds import make_exchange, signed_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()


GENDERS = ["woman", "man", "undisclosed", "woman", "woman"]


@pytest.fixture(scope="module")
def world_once(once):
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
    made[0].dossier.partners.add(make_authority("Awutu"))
    for place, exchange in enumerate(made):
        for number, gender in enumerate(GENDERS):
            exchange.participants.create(
                name=f"Person {number}",  # the same five in each exchange
                address=f"kofi.{number}@example.org" if number < 2 else "",
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
    Participant.objects.filter(exchange__in=made[:2]).update(confirmed_at=NOW)
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
    for number, mark in enumerate("53"):
        made[1].evaluations.create(
            participant=made[1].participants.all()[number],
            moment="end",
            side="requesting",
            due_on=date(2021, 1, 1),
            answered_at=NOW,
            answers={"satisfied": mark},
        )
    association = first.dossier.authority.associations.create(
        name="NALAG", country="GH", scope="national"
    )
    make_session(first).observations.create(association=association, asked_at=NOW, told_at=NOW)
    # Nobody of it could be written to: this one is invited by name alone.
    make_session(made[1]).observations.create(association=association, asked_at=NOW)
    make_practice(first, views=7)
    make_practice(first, status="draft", views=99)
    first.incidents.create(
        happened_on="2021-01-01", kind="other", severity=1, account="Lost.", reported_at=NOW
    )
    for exchange in made[:2]:
        town, helper = exchange.dossier.authority, exchange.match.interests.get().authority
        type(town).objects.filter(pk=town.pk).update(latitude=0, longitude=10)
        type(town).objects.filter(pk=helper.pk).update(latitude=0, longitude=100)
    first.participants.filter(name__in=["Person 0", "Person 4"]).update(travels=True)  # 4: absent
    made[1].participants.filter(name="Person 0").update(travels=True)
    for exchange, payer, spent, rate in (
        (first, "programme", 1000, 4),
        (first, "host", 150, 1),
        (made[1], "applicant", 100, 1),
        (made[1], "programme", None, 1),
        (made[5], "programme", 77_777, 1),  # cancelled
    ):
        make_budget_line(exchange, payer=payer, spent=spent, per_euro=rate)
    return made


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


def values(asked=None):
    return {figure.code: figure.value for figure in impact_of(asked or Selection(), NOW).figures}


def rows(code, asked=None):
    tables = impact_of(asked or Selection(), NOW).tables
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

    assert (
        values()
        == {
            "held": len(held),
            "countries": len({country for pair in pairs for country in pair}),
            "south_south": round(100 * sum("NL" not in pair for pair in pairs) / len(pairs)),
            "observed": round(100 * 1 / len(held)),
            "cancelled": 1,
            "authorities": 2 * len(held) + 1,  # one asked together with another
            # Ghana and the Netherlands four times, Senegal (one of the 44) and Brazil once.
            "least_developed": round(100 * 1 / (2 * len(held) + 1)),
            "targets": 1,  # all ask about faecal sludge: 6.2
            "incidents": 1,
            "participations": len(people),
            "participants": len({p.address for p in people if p.address}),
            "days": sum(p.days for p in people),
            # Two travel between places a quarter of the equator apart, one did not come after all.
            "carbon": round(2 * 2 * (6371 * math.pi / 2) * 0.2 / 1000),
            "planned": 1300 // 4 + 3 * 1300,
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
            "views": 7,
            "satisfaction": 4.0,
            "gain": None,  # one answer only
            "response": 86,
        }
    )
    assert rows("form") == dict(Counter(e.form for e in held))
    assert rows("gender") == dict(Counter(p.gender for p in people))
    assert rows("year") == {
        str(y): n for y, n in Counter(e.actual_start.year for e in held).items()
    }
    assert rows("measures") == {"done": 2, "dropped": 1}
    assert rows("side") == {"requesting": len(people)}
    assert rows("goal") == {"6": len(held)}
    assert rows("place") == {"GH": 6, "SN": 1}
    assert rows("size") == {"u": 2 * len(held) + 1}
    flows = impact_of(Selection(), NOW).flows
    assert {(flow.source, flow.target): flow.count for flow in flows} == dict(Counter(pairs))


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=3, allow_nan=False),
    st.sampled_from(CODES),
)
@settings(max_examples=150)
def test_a_number_is_written_as_it_is_meant_in_every_language(number, language):
    with translation.override(language):
        written, again = amount(number), amount(float(number))
        group, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")

    plain = written.replace(group, "").replace(point, ".")
    assert (Decimal(plain), again) == (number, written)


def test_a_mean_is_shown_to_one_place_on_the_page_and_in_the_report():
    dossiers = [make_dossier(status="published") for _ in range(3)]
    for number in range(7):
        interest = make_interest(dossiers[number % 3], status="submitted")
        record_event(interest, "submit", actor=None, now=NOW)

    staff = Client()  # others are told it to the nearest half
    staff.force_login(make_officer())
    page = staff.get(reverse("impact")).text
    report = staff.get(reverse("impact-report")).content
    text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(report)).pages)

    assert "<dd>2.3</dd>" in page and "2.2999" not in page + text and "2.3" in text


def test_people_are_told_apart_by_account_or_address_and_the_others_are_said():
    exchange, other = make_exchange(1), make_exchange(2)
    expert = exchange.match.interests.get().expert.user
    for held in (exchange, other):
        shared = {"side": "requesting", "part": "delegate"}
        held.participants.create(name="Abena", user=expert, **shared)
        held.participants.create(name="Abena at home", address=expert.email.upper(), **shared)
        for number in range(20):
            held.participants.create(name=f"Kofi {number % 4}", **shared)
        for number in range(3):
            held.participants.create(name="Kofi", address=f"kofi{number}@example.org", **shared)

    figures = {one.code: one for one in impact_of(Selection(), NOW).figures}

    assert (figures["participations"].value, figures["participants"].value) == (50, 4)
    assert figures["participants"].note.startswith(
        "40 participations without either are not included"
    )


def test_no_mean_of_fewer_than_five_answers_is_told_not_even_to_staff(world):
    """H4: the figures keep to the same five as the results of an exchange."""
    before = values()["satisfaction"]
    Evaluation.objects.filter(answers__satisfied="5").first().delete()

    assert (before, values()["satisfaction"]) == (4.0, None)


@pytest.fixture
def officer(client):
    """A member of the staff, who sees every figure as it is."""
    client.force_login(make_officer())
    return client


def test_the_list_behind_a_figure_adds_up_to_it(world, officer):
    page = officer.get(reverse("impact"))
    behind = {
        figure.code: address
        for _section, figures, _tables in page.context["sections"]
        for figure, address in figures
    }

    def listed(code):
        shown = officer.get(behind[code]).context
        added = [getattr(one, "added", None) for one in shown["page"]]
        return shown["page"].paginator.count if None in added else sum(added)

    sums = ["held", "cancelled", "participations", "days", "spent", "planned", "measures"]
    sums += ["done", "practices", "views"]
    now = values()
    assert {code: listed(code) for code in sums} == {code: now[code] for code in sums}
    others = {"proved": 1, "south_south": 1, "least_developed": 1, "observed": 1, "response": 6}
    others |= {"first_timers": 3, "reports_6": 1, "carbon": 2, "cost_per_day": 500}
    assert {code: listed(code) for code in others} == others
    dossiers = officer.get(behind["dossiers"]).context["rows"]
    assert [(row["country"], row["sent"]) for row in dossiers] == [("Ghana", 6), ("Senegal", 1)]
    of_dossiers = {
        code: re.search(r"<h1[^>]*>(.*?)</h1>", officer.get(behind[code]).text)[1]
        for code in ("dossiers", "dossier_countries", "opportunities")
    }
    assert of_dossiers == {
        "dossiers": "Applications submitted: 7",
        "dossier_countries": "Applicant countries: 2",
        "opportunities": "Requests published: 0",
    }
    totals = re.findall(r"<td>(\d+)", officer.get(behind["answers"]).text.partition("<tfoot>")[2])
    assert totals == ["7", "7", "7", "0", "0", "0"]
    assert {officer.get(address).status_code for address in behind.values()} == {200}
    people = Client().get(behind["participations"]).text
    assert "fewer than five participations" in people and "4 participations" not in people
    # An exchange says how many days it took: those of its people would tell how many they are.
    hidden = people.count("fewer than five participations")
    days = Client().get(behind["days"])
    assert days.text.count("not shown: fewer than five people") == hidden
    assert [one.addition for one in days.context["page"] if one.counted < 5] == [
        "not shown: fewer than five people"
    ] * hidden
    assert "<p>1 good practice</p>" in Client().get(behind["practices"]).text
    once = {
        language: Client().get(behind["reports_6"].replace("/en/", f"/{language}/")).text
        for language in ("en", "fr", "es")
    }
    said = {language: re.search(r"<p>(1 .*?)</p>", text)[1] for language, text in once.items()}
    assert said == {"en": "1 report received", "fr": "1 rapport reçu", "es": "1 informe recibido"}


def test_a_figure_more_is_one_definition_that_is_counted_listed_and_exported(world, monkeypatch):
    """18.4: from its entry alone it comes to the page, the list behind it, the tables, the API."""
    travelled = Figure(
        code="travelled_days",
        label="days of travellers",
        words="Of those who travelled and were there.",
        counts=Total(PEOPLE, Q(travels=True), adds=F("days")),
        each=ngettext_lazy("%(shown)s day away", "%(shown)s days away", "n"),
    )
    first, *others = figures.SECTIONS
    first = replace(first, figures=(*first.figures, travelled))
    monkeypatch.setattr(figures, "SECTIONS", (first, *others))
    monkeypatch.setitem(figures.FIGURES, travelled.code, travelled)
    client = Client()

    page = client.get(reverse("impact")).context["sections"]
    [address] = [a for _s, rows, _t in page for one, a in rows if one.code == travelled.code]
    listed = client.get(address)
    [line] = [
        one
        for one in client.get("/api/v1/impact").json()["figures"]
        if one["code"] == travelled.code
    ]

    assert [one.added for one in listed.context["page"]] == [5, 5]  # one did not come
    assert listed.text.count("not shown: fewer than five people") == 2
    assert "5 days away" not in listed.text
    assert line["value"] == sum(one.added for one in listed.context["page"])
    exported = client.get(reverse("impact-table", args=["csv"])).text
    assert "days of travellers,10,,Of those who travelled and were there." in exported


def test_the_countries_of_confirmed_co_applicants_count_once_an_exchange(world, officer):
    """3.5: a round table of three countries was one of two."""
    brazil, mali = (make_authority(country=code) for code in ("BR", "ML"))
    world[0].dossier.partners.add(brazil, mali, make_authority(country="ML"))
    world[3].dossier.partners.add(mali)
    asked = make_authority("Not confirmed", country="TG")
    world[0].dossier.co_applicants.create(
        authority=asked, name=asked.name, country="TG", takes_part=True, asked_at=NOW
    )

    flows = {
        (f.source, f.target): f.count
        for f in count_flows(Exchange.objects.filter(status__in=BEGUN))
    }
    counted, page = values(), officer.get(reverse("impact")).context
    behind = {
        figure.code: address for _s, figures, _t in page["sections"] for figure, address in figures
    }
    listed = {
        code: officer.get(behind[code]).context["page"].paginator.count
        for code in ("held", "south_south")
    }
    in_mali = officer.get(reverse("impact"), {"country": "ML"}).context["sections"]
    countries = next(
        options for name, _label, options, *_rest in page["filters"] if name == "country"
    )

    assert flows == {
        ("BR", "SN"): 1,
        ("NL", "GH"): 4,
        ("NL", "ML"): 2,
        ("NL", "BR"): 1,
    }
    by_country = officer.get(reverse("impact-dossiers"), {"country": "ML"}).context
    sent = {row["country"]: row["sent"] for row in by_country["rows"]}
    places = next(table for _s, _f, all_ in in_mali for table, _r in all_ if table.code == "place")
    asked = {f.code: f.value for _s, figures, _t in in_mali for f, _a in figures}
    assert sent == {"Ghana": 2, "Mali": 2, "Brazil": 1} and by_country["total"]["sent"] == 2
    assert {row.label: row.count for row in places.rows} == sent
    assert asked["dossier_countries"] == 3
    assert counted["countries"] == 5
    assert listed == {"held": 5, "south_south": 1}
    assert {f.code: f.value for _s, figures, _t in in_mali for f, _a in figures}["held"] == 2
    assert "ML" in dict(countries) and "TG" not in dict(countries)


def test_the_filters_offer_what_has_exchanges_and_show_the_one_that_is_on(world, officer):
    """Themes, forms and calls without any exchange were offered, and led to empty pages."""
    now, begun = timezone.now(), Exchange.objects.filter(status__in=BEGUN)
    empty = make_call(title="Nobody asked", opens_at=now - timedelta(days=400))
    make_dossier(call=empty, status="submitted")
    Exchange.objects.filter(pk=world[4].pk).update(status="agreed")  # has not begun

    offered = {name: [value for value, _w in options] for name, _l, options in list_filters(now)}
    page = officer.get(reverse("impact"), {"call": empty.slug, "year_from": "1999"})
    shown = {name: (options[-1:], on) for name, _label, options, on in page.context["filters"]}

    numbers = begun.values_list("actual_start__year", flat=True)
    years = sorted({str(year) for year in numbers})
    needs = DossierNeed.objects.filter(dossier__in=begun.values("dossier"))
    topics = [need.theme for need in needs.select_related("theme__parent")]
    assert offered["year_from"] == offered["year_to"] == years
    assert set(offered["form"]) == {"expert_mission", "study_visit"}
    assert set(offered["state"]) == set(begun.values_list("status", flat=True))
    assert set(offered["theme"]) == {(one.parent or one).code for one in topics}
    assert empty.slug not in offered["call"]
    assert set(offered["call"]) == set(begun.values_list("dossier__call__slug", flat=True))
    assert shown["call"] == ([(empty.slug, "Nobody asked")], empty.slug)
    assert shown["year_from"] == ([("1999", "1999")], "1999")


def test_each_row_opens_the_list_behind_it(world, officer):
    make_dossier(status="withdrawn")
    later = world[1].follow_ups.create(month=12, due_on=date(2100, 1, 1))
    make_report(world[1], status="done", follow_up=later)
    page = officer.get(reverse("impact"))
    rows_ = {
        (table.code, row.key): (row.count, address)
        for _section, _figures, tables in page.context["sections"]
        for table, rows in tables
        for row, address in rows
    }
    curves = page.context["curves"]

    def listed(code, key):
        shown = officer.get(rows_[code, key][1]).context
        if "page" not in shown:
            return sum(row["sent"] for row in shown["rows"])
        added = [getattr(one, "added", None) for one in shown["page"]]
        return shown["page"].paginator.count if None in added else sum(added)

    of_others = ("gender", "side", "post", "tier", "size")  # they count people or authorities
    adds_up = [(code, key) for code, key in rows_ if code not in of_others]
    assert {row: listed(*row) for row in adds_up} == {row: rows_[row][0] for row in adds_up}
    flows = [Client().get(address).context["page"].paginator.count for *_, address in curves]
    assert flows == [curve.flow.count for curve, *_ in curves]
    [tier] = [key for code, key in rows_ if code == "tier"]
    assert (listed("size", "u"), listed("tier", tier)) == (5, 5)  # with ten authorities


def test_the_days_of_each_step_are_the_median_and_the_ninth_in_ten():
    for number in range(10):
        dossier, begun = make_dossier(status="matched"), NOW
        for target, days in (("draft", 0), ("submitted", number + 1), ("validated", 20)):
            begun += timedelta(days=days)
            dossier.events.create(verb="x", target=target, at=begun)

    step = "The applicant writes it and sends it"
    check = "A programme officer checks that it is complete and eligible"
    page, elsewhere = (
        [{row.label: row.count for row, _address in rows} for _one, rows in shown["tables"]]
        for shown in (
            Client().get(reverse("impact-steps"), asked).context
            for asked in ({}, {"country": "NL"})
        )
    )
    assert page == [{step: 6, check: 20}, {step: 9, check: 20}]  # of 1 to 10: 5.5 and 9.1
    assert elsewhere == [{}, {}]  # told of all dossiers only
    exported = Client().get(reverse("impact-table", args=["csv"])).text
    assert f"{step},6" in exported and f"{step},9" in exported


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
        ({"association": "members"}, 1),
        ({"association": "x"}, 5),
        ({"association": "99999"}, 5),
        ({"region": "SA"}, 1),
        ({"region": "AF"}, 5),
        ({"region": "OC"}, 0),
        ({"state": "interrupted"}, 1),
        ({"state": "planned"}, 5),  # nothing that has begun: as if it were not there
        ({"call": "no-such"}, 5),
        ({"country": "XX"}, 5),
        ({"theme": "nonsense"}, 5),
        ({"year_from": "2199", "year_to": "1900"}, 5),  # either way round
        ({"year_from": "٢٠٢١", "form": "'; --"}, 5),
        ({"year_from": "abc"}, 5),
        ({"year_from": "0000", "year_to": "9999"}, 5),  # of no calendar that a database knows
        ({"year_from": "1900", "year_to": "2199"}, 5),
    ],
)
def test_the_address_says_what_is_counted(world, asked, held):
    if asked.get("association") == "members":
        asked = {"association": str(world[0].dossier.authority.associations.get().pk)}
    assert values(Selection.from_query(asked))["held"] == held
    listed = Client().get(reverse("impact-exchanges"), asked)
    assert listed.context["page"].paginator.count == held


def test_figures_take_a_fixed_number_of_queries(world):
    """L2: few rows and many."""

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as caught:
            impact_of(Selection(), NOW)
        return len(caught)

    before = queries()
    for number in range(8, 14):
        make_exchange(number)

    assert queries() == before <= 32


def test_home_and_the_page_of_figures_count_alike_and_years_come_in_their_order(world):
    """Home counted 12 exchanges while the figures, counted two minutes earlier, were 11."""
    figures = impact_of(Selection(), timezone.now())
    numbers = {one.code: one.value for one in figures.figures}
    years = [row.key for table in figures.tables if table.code == "year" for row in table.rows]

    home = Client().get(reverse("home")).context

    assert (home["held"], home["countries"]) == (numbers["held"], numbers["countries"])
    assert len(years) > 1 and years == sorted(years, key=lambda year: year or "9999")


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
    assert ("exchanges started", 5) in [row[:2] for row in sheet]
    assert "exchanges started,5" in table.text and "exchanges started" in pdf
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
    assert "L’échange, par exemple EX-2026-0007" in Client().get("/fr/impact/data/").text


def test_a_page_without_any_exchange_says_so_quietly():
    page = Client().get(reverse("impact"))

    assert page.status_code == 200 and "Between countries" not in page.text
    assert values()["held"] == 0


def test_the_map_knows_where_countries_are_and_draws_one_curve_a_pair():
    at = worldmap.capital_places()
    flows = [worldmap.Flow("NL", "GH", 3), worldmap.Flow("XX", "GH", 1)]

    drawn = worldmap.draw_curves(flows)

    assert at["NL"][1] < at["GH"][1] and at["BR"][0] < at["GH"][0] < at["KH"][0]
    assert [curve.flow for curve in drawn] == flows[:1]
    world = Client().get(reverse("world"))
    assert world["Content-Type"] == "image/svg+xml" and "max-age=86400" in world["Cache-Control"]


def test_each_language_shows_the_same_count_and_a_list_never_more_than_its_figure(
    world, monkeypatch
):
    """11 exchanges were said above a list of 12, and French counted otherwise than English."""
    monkeypatch.setattr("impact.views.REMEMBERED_FOR", 300)
    figures = {}

    def held(language, **asked):
        with translation.override(language):
            figures.update({one.code: one for one in count_figures(Selection(**asked))[0].figures})
        return figures["held"].value, figures["participations"].value

    first = held("en")
    Participant.objects.create(exchange=world[0], name="Esi", side="requesting", part="delegate")
    same = held("fr")
    Exchange.objects.filter(pk=world[0].pk).update(status="agreed")

    assert same == first and figures["held"].label == "échanges commencés"
    listed = Client().get(reverse("impact-exchanges"), {"figure": "held"}).context
    assert listed["figure"].value == listed["page"].paginator.count == first[0] - 1


def test_a_list_says_above_it_what_it_adds_up_to_though_figures_are_remembered(world, monkeypatch):
    """“Times read: 0” stood above “read 1 time”."""
    monkeypatch.setattr("impact.views.REMEMBERED_FOR", 300)
    Practice.objects.update(views=0)
    before = Client().get(reverse("impact")).context["impact"]
    Practice.objects.filter(status="published").update(views=1)

    listed = Client().get(reverse("impact-exchanges"), {"figure": "views"})

    assert {one.code: one.value for one in before.figures}["views"] == 0
    assert listed.context["figure"].value == 1
    assert [one.addition for one in listed.context["page"]] == ["read 1 time"]


def test_the_home_page_counts_the_experts_of_whom_their_list_tells():
    """62 stood on the home page, and 48 in the list: the others are known to staff alone."""
    make_exchange(1)
    experts = make_expert("Ineke"), make_expert("Joseph"), make_expert("Paula", visibility="staff")
    for expert in experts:
        make_offer(expert)
    search_index.reindex()

    def counts(client):
        page = html.fromstring(client.get(reverse("home")).content)
        [shown] = page.xpath("//dt[normalize-space()='experts available']/../dd/text()")
        return int(shown), client.get(reverse("experts")).context["result"].count

    public, staff = counts(Client()), counts(signed_in(make_officer()))

    assert public[0] == public[1] == staff[0] - 1 == staff[1] - 1


def test_authorities_stand_in_the_order_of_their_inhabitants():
    for number in (1, 2):
        make_exchange(number)
    towns = Authority.objects.order_by("-pk")[:4]
    for town, population in zip(towns, (300_000, 5_000, 60_000, 20_000), strict=True):
        Authority.objects.filter(pk=town.pk).update(population=population)

    [sizes] = [one for one in impact_of(Selection(), NOW).tables if one.code == "size"]

    assert [row.key for row in sizes.rows] == ["s", "m", "l", "xl"]
