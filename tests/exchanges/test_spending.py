"""The programme's budget: what calls planned, committed, spent and have left, and who is warned."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from exchanges.models import Exchange
from tests.exports import taken_out
from tests.factories import make_budget_line, make_user
from tests.worlds import agreed, make_exchange, signed_in

pytestmark = pytest.mark.django_db
OVERVIEW = "admin:exchanges_budget_overview"


@pytest.fixture
def world():
    """An exchange of a call with EUR 10,000, in Agona (Ghana), its budget approved in part."""
    table, exchange = agreed()
    call = exchange.dossier.call
    call.budget = 10_000
    call.save()
    Exchange.objects.filter(pk=exchange.pk).update(planned_start=date(2027, 3, 1))
    make_budget_line(exchange, quantity=2, unit_cost=650, approved=1300, spent=1250)
    make_budget_line(
        exchange, category="interpretation", label="Interpreter", quantity=5, unit_cost=400
    )
    # GHS 2,600 at 13 for a euro.
    make_budget_line(
        exchange,
        category="venue",
        label="Room",
        quantity=1,
        unit_cost=2600,
        approved=2600,
        currency="GHS",
        per_euro=13,
        rate_on=date(2026, 11, 1),
    )
    make_budget_line(exchange, label="Bus of the town", payer="host", unit_cost=9000, approved=9000)
    table.exchange, table.call = exchange, call
    table.desk = signed_in(table.ines)
    return table


def read_tables(page):
    """Return {heading of a table: {row: its cells}} of the budget page."""
    tree = html.fromstring(page.content)
    return {
        table.xpath("string(parent::div/@aria-label)"): {
            " ".join(row.xpath("string(th)").split()): [
                " ".join(cell.text_content().split()) for cell in row.xpath("td")
            ]
            for row in table.xpath("tbody/tr")
        }
        for table in tree.xpath("//table[@class='money']")
    }


def test_a_call_shows_what_is_planned_committed_spent_forecast_and_left(world):
    """What the town pays itself is no money of the programme."""
    shown = read_tables(world.desk.get(reverse(OVERVIEW)))

    # planned 1,300 + 2,000 + 200; committed 1,300 + 200; forecast: what is not approved yet, too.
    figures = ["3,500.00", "1,500.00", "1,250.00", "3,500.00"]
    assert shown["By call"] == {world.call.title: ["10,000.00", "8,500.00", *figures]}
    assert shown["By year of the exchange"] == {"2027": figures}
    assert shown["By type of cost"] == {
        "International travel": ["1,300.00", "1,300.00", "1,250.00", "1,300.00"],
        "Interpretation": ["2,000.00", "0.00", "0.00", "2,000.00"],
        "Room and meals": ["200.00", "200.00", "0.00", "200.00"],
    }
    (country,) = shown["By host country"].items()
    assert country == (world.exchange.hosts[0].country.name, figures)


@pytest.mark.parametrize(
    ("status", "figures", "left"),
    [
        # What was approved and not spent is free again, but where nobody said what was spent.
        ("evaluated", ["3,500.00", "1,450.00", "1,250.00", "1,450.00"], "8,550.00"),
        ("cancelled", ["0.00", "1,250.00", "1,250.00", "1,250.00"], "8,750.00"),
    ],
)
def test_of_an_exchange_that_is_over_what_was_spent_counts(world, status, figures, left):
    Exchange.objects.update(status=status)

    shown = read_tables(world.desk.get(reverse(OVERVIEW)))

    assert shown["By call"][world.call.title] == ["10,000.00", left, *figures]


def test_each_figure_opens_a_list_of_lines_that_add_up_to_it(world):
    tree = html.fromstring(world.desk.get(reverse(OVERVIEW)).content)
    found = 0

    for heading in tree.xpath("//table[@class='money']//td/a[contains(@href, 'of=')]"):
        listed = world.desk.get(heading.get("href"))
        assert listed.status_code == 200
        sums = dict(listed.context["sums"])
        name = heading.get("href").partition("of=")[2].partition("&")[0]
        assert f"{sums[name]:,.2f}" == heading.text, heading.get("href")
        found += 1

    assert found == 4 * (1 + 1 + 3 + 1)


def test_what_has_no_rate_is_not_counted_and_that_is_said(world):
    make_budget_line(world.exchange, label="Taxi", quantity=1, unit_cost=900, currency="XOF")

    page = world.desk.get(reverse(OVERVIEW))

    assert read_tables(page)["By call"][world.call.title][2] == "3,500.00"
    said = " ".join(html.fromstring(page.content).text_content().split())
    assert "Not counted, since no rate is known: 900.00 XOF. Open these lines" in said
    lines = world.desk.get(reverse("admin:exchanges_budgetline_changelist"), {"of": "unknown"})
    assert [line.label for line in lines.context["cl"].result_list] == ["Taxi"]


@pytest.mark.parametrize(
    ("budget", "tile", "said"),
    [
        (1876, None, None),
        (1875, "calls with a fifth of their budget left, or less", "80 % committed"),
        (1500, "calls with nothing left of their budget", "Whole budget committed"),
    ],
)
def test_a_call_that_commits_most_of_its_budget_is_told_on_the_page_and_the_home(
    world, budget, tile, said
):
    world.call.budget = budget
    world.call.save()

    home = world.desk.get(reverse("admin:index"))
    page = world.desk.get(reverse(OVERVIEW)).text

    alerts = [one for one in home.context["waiting"] if "budget" in str(one.words)]
    alerts = [one for one in alerts if str(one.words).startswith("calls")]
    assert [str(one.words) for one in alerts] == ([tile] if tile else [])
    assert all(one.address == reverse(OVERVIEW) and one.count == 1 for one in alerts)
    assert [words for words in ("80 % committed", "Whole budget committed") if words in page] == (
        [said] if said else []
    )


def test_whoever_approves_a_budget_reads_what_its_call_has_left(world):
    page = reverse("exchange-budget", args=[world.exchange.reference])

    enough = world.desk.get(page).text
    world.call.budget = 3000
    world.call.save()
    short = world.desk.get(page).text
    type(world.call).objects.update(budget=None)
    unset = world.desk.get(page).text

    assert "has EUR 8,500.00 left; once this budget is approved, EUR 6,500.00." in enough
    assert "This is EUR 500.00 more than" in short and "has left (EUR 1,500.00)" in short
    assert "No budget is set for the call" in unset
    for side in (world.efua, world.ineke.user):
        assert "No budget is set" not in signed_in(side).get(page).text


def test_the_list_and_the_page_of_a_call_say_what_is_left(world):
    listed = world.desk.get(reverse("admin:applications_call_changelist")).text
    page = world.desk.get(reverse("admin:applications_call_change", args=[world.call.pk])).text

    assert "8,500.00" in listed
    assert "Left of the budget: EUR 8,500.00 of 10,000.00." in page
    assert f"{reverse(OVERVIEW)}?call={world.call.pk}" in page


def test_the_accountant_gets_the_lines_as_they_are_filtered_with_numbers_as_numbers(world):
    lines = taken_out(world.desk, "exchanges_budgetline", category__exact="venue")

    (cells,) = lines
    assert cells["call"] == world.call.title
    assert {cells[name] for name in ("planned, in euros", "committed, in euros")} == {200}
    assert (cells["planned"], cells["currency (ISO 4217)"]) == (2600, "GHS")
    assert cells["type of cost"] == "room and meals"


def test_the_queries_of_the_page_do_not_grow_with_its_rows(world):
    def count_queries(address):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert world.desk.get(address).status_code == 200
        return len(queries)

    pages = [reverse(OVERVIEW), reverse("admin:exchanges_budgetline_changelist")]
    for page in pages:
        count_queries(page)  # what is remembered
    before = [count_queries(page) for page in pages]
    for number in range(3):
        exchange = make_exchange(number, status="running")
        make_budget_line(exchange, approved=100)
        make_budget_line(exchange, category="visa")
    type(world.call).objects.filter(budget=None).update(budget=5000)

    assert [count_queries(page) for page in pages] == before


def test_only_staff_read_the_budget(world):
    person = signed_in(make_user("Kofi"))

    assert person.get(reverse(OVERVIEW)).status_code in (302, 403)
