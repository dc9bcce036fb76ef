"""What an exchange costs: in any currency at the rate of its day, approved by staff, counted."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import tablib
from django.contrib.admin.models import DELETION, LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from hypothesis import given
from hypothesis import strategies as st

from connect.my_work import list_tasks
from exchanges import budget, readiness
from exchanges.enums import Payer
from exchanges.models import BudgetLine, Exchange, PerDiem, Rate
from impact.figures.selection import Selection
from notifications.models import Letter
from tests.exchanges.conftest import START
from tests.exchanges.pages import FLIGHTS
from tests.factories import make_budget_line, pdf_of
from tests.figures import impact_of

pytestmark = pytest.mark.django_db


def page(exchange):
    return reverse("exchange-budget", args=[exchange.reference])


def rates(*days):
    for number, day in enumerate(days, 12):
        Rate.objects.create(currency="GHS", from_on=day, per_euro=number)


def test_a_line_keeps_the_rate_of_its_day_whatever_comes_after(planned):
    today = timezone.localdate()
    rates(today - timedelta(days=60), today - timedelta(days=3), today + timedelta(days=3))

    planned.town.post(page(planned), FLIGHTS)
    Rate.objects.update(per_euro=99)
    line = BudgetLine.objects.get()
    planned.town.post(f"{page(planned)}{line.pk}/", FLIGHTS | {"quantity": "3"})
    shown = planned.expert.get(page(planned)).text

    line.refresh_from_db()
    assert (line.currency, line.per_euro, line.rate_on) == ("GHS", 13, today - timedelta(days=3))
    assert (line.planned_amount, line.in_euros(line.planned_amount)) == (
        Decimal("3901.50"),
        Decimal("300.12"),
    )
    assert "300.12" in shown and "To be approved" in shown


def test_staff_approve_what_they_looked_at_and_nothing_else(planned):
    """The town made EUR 500 into 50,000 between the look and the press: it was approved."""
    line = make_budget_line(planned, quantity=1, unit_cost=500)
    approval = reverse("exchange-budget-approve", args=[planned.reference])

    def press(shown):
        (seen,) = re.findall(r'name="approve" value="(\w+)"', shown)
        return planned.staff.post(approval, {"approve": seen}, follow=True).text

    before = planned.staff.get(page(planned)).text
    planned.town.post(
        f"{page(planned)}{line.pk}/", FLIGHTS | {"currency": "EUR", "unit_cost": "50000"}
    )
    refused = press(before)
    line.refresh_from_db()
    unseen = line.approved
    press(planned.staff.get(page(planned)).text)
    line.refresh_from_db()

    assert "The budget has changed in the meantime: look at it again" in refused
    assert (unseen, line.approved) == (None, Decimal("100000"))


def test_staff_bring_a_months_rates_in_as_a_table(planned):
    rates(START)  # GHS, 12 for a euro

    def import_table(*rows):
        table = "\n".join(["currency,from_on,per_euro", *rows]).encode()
        asked = {"import_file": SimpleUploadedFile("rates.csv", table), "format": "1"}
        seen = planned.staff.post(reverse("admin:exchanges_rate_import"), asked)
        if seen.context["result"].has_errors() or seen.context["result"].has_validation_errors():
            return seen.text
        confirmed = seen.context["confirm_form"].initial
        planned.staff.post(reverse("admin:exchanges_rate_process_import"), confirmed)
        return ""

    wrong = import_table("XOF,2026-11-01,655.957", "cedi,2026-11-01,1")
    kept = Rate.objects.count()
    import_table("XOF,2026-11-01,655.957", f"GHS,{START},13.5")

    assert "row 3, currency" in wrong and kept == 1
    assert list(Rate.objects.values_list("currency", "per_euro")) == [
        ("GHS", Decimal("13.5")),
        ("XOF", Decimal("655.957")),
    ]


def test_a_code_in_small_letters_is_read_and_fcfa_is_asked_about(planned):
    """“ghs” was refused: three letters, as it said."""

    def import_table(*rows):
        table = "\n".join(["currency,from_on,per_euro", *rows]).encode()
        asked = {"import_file": SimpleUploadedFile("rates.csv", table), "format": "1"}
        seen = planned.staff.post(reverse("admin:exchanges_rate_import"), asked)
        if faults := seen.context["result"].faults:
            return faults
        confirmed = seen.context["confirm_form"].initial
        planned.staff.post(reverse("admin:exchanges_rate_process_import"), confirmed)
        return list(Rate.objects.values_list("currency", flat=True))

    assert import_table("fcfa,2026-11-01,655.9578") == [
        "row 2, currency: “fcfa” may be XAF, XOF: write the three letters of the one you mean."
    ]
    assert import_table("ghs,2026-11-01,13.5", " USD ($) ,2026-11-01,1.1") == ["GHS", "USD"]
    assert import_table("GHS,2026-11-01,13.6") == ["GHS", "USD"]
    assert Rate.objects.get(currency="GHS").per_euro == Decimal("13.6")


def test_a_rate_is_of_another_currency_that_exists_once_a_day_and_a_wrong_one_is_deleted(planned):
    """EUR, QQQ and “ghs” beside “GHS” were taken, and nobody could delete them."""
    rates(START)

    def import_table(*rows, name="rate"):
        heads = {"rate": ["currency", "from_on", "per_euro"]}
        heads["perdiem"] = ["country", "from_on", "ceiling", "lodging_share", "meals_share"]
        book = tablib.Dataset(*rows, headers=heads[name]).export("xlsx")
        asked = {"import_file": SimpleUploadedFile(f"{name}.xlsx", book), "format": "0"}
        seen = planned.staff.post(reverse(f"admin:exchanges_{name}_import"), asked)
        return seen.context["result"]

    day = START.isoformat()
    wrong = import_table(["EUR", day, 2], ["QQQ", day, 2], ["ghs", START, 2], ["GHS", day, 3])
    same = import_table(["GHS", day, 12])
    shares = import_table(["GH", day, 100, 60, 60], name="perdiem")
    rate, page = Rate.objects.get(), "admin:exchanges_rate_delete"
    asked = planned.staff.get(reverse(page, args=[rate.pk])).text
    planned.staff.post(reverse(page, args=[rate.pk]), {"post": "yes"})

    assert wrong.faults == [
        "row 2, currency: Amounts are in euros: the euro itself has no rate.",
        "row 3, currency: “QQQ” is not a currency: write three letters, for example EUR, XOF or "
        "GHS.",
        "row 5, currency: This row appears in the table twice.",
    ]
    assert ["<del>" in cell for row in same.valid_rows() for cell in row.diff] == [False] * 4
    assert shares.faults == ["row 2: Both together are more than the whole."]
    assert "Delete GHS from" in asked and not Rate.objects.exists()
    assert LogEntry.objects.get(action_flag=DELETION).object_repr.startswith("GHS from")


def test_a_receipt_stands_with_its_line_for_those_who_met(planned):
    euros = FLIGHTS | {"currency": "EUR"}
    bill = SimpleUploadedFile("../../bill.pdf", pdf_of("paid"))
    planned.town.post(page(planned), euros | {"bill": bill})
    line = BudgetLine.objects.get()
    planned.town.post(f"{page(planned)}{line.pk}/", euros | {"spent": "2601"})
    wrong = SimpleUploadedFile("bill.exe", b"MZ no bill")
    refused = planned.town.post(page(planned), euros | {"label": "Another", "bill": wrong}).text
    address = reverse("exchange-receipt", args=[planned.reference, line.pk])

    given = planned.expert.get(address)

    assert (
        "attachment" in given["Content-Disposition"]
        and "bill.pdf" in given.headers["Content-Disposition"]
    )
    assert b"".join(given.streaming_content) == pdf_of("paid")
    assert BudgetLine.objects.count() == 1 and ".." not in BudgetLine.objects.get().receipt.name
    assert "Choose a PDF, or a picture as JPEG, PNG or HEIC" in refused
    assert planned.abena.get(address).status_code == 404


def test_an_unknown_rate_a_word_and_a_night_too_dear_are_said_beside_the_field(planned):
    PerDiem.objects.create(country="GH", from_on=START - timedelta(days=900), ceiling=180)
    PerDiem.objects.create(country="GH", from_on=START - timedelta(days=9), ceiling=205)
    PerDiem.objects.create(country="GH", from_on=START + timedelta(days=9), ceiling=250)
    night = FLIGHTS | {"category": "per_diem", "unit_cost": "210", "currency": "EUR"}

    said = [
        planned.town.post(page(planned), FLIGHTS).text,
        planned.town.post(page(planned), FLIGHTS | {"quantity": "-1", "currency": "EUR"}).text,
        planned.town.post(page(planned), FLIGHTS | {"currency": "CEDI"}).text,
        planned.expert.post(page(planned), night).text,
    ]
    nothing = BudgetLine.objects.exists()
    allowed = planned.staff.post(page(planned), night)

    assert "We have no rate for GHS yet" in said[0] and "1 300,50" in said[0]
    assert "At most 205.00 euros a night there" in said[3]
    assert not nothing and allowed.status_code == 302


def test_a_night_that_staff_let_cost_more_is_accounted_for_by_the_town(planned):
    """R8 8: the sum spent and the bill were refused, and the exchange could not be evaluated."""
    PerDiem.objects.create(country="GH", from_on=START - timedelta(days=900), ceiling=180)
    night = FLIGHTS | {"category": "per_diem", "unit_cost": "230", "currency": "EUR"}
    planned.staff.post(page(planned), night)
    line = BudgetLine.objects.get()
    line_page = f"{page(planned)}{line.pk}/"

    planned.town.post(line_page, night | {"spent": "230"})
    line.refresh_from_db()
    dearer = planned.town.post(line_page, night | {"unit_cost": "231"}).text
    given = planned.town.post(line_page, night | {"meals_given": "on"}).text

    assert line.spent == 230
    assert "At most 180.00 euros a night there" in dearer
    assert "At most 180.00 euros a night there" in given


def test_a_currency_that_each_side_reads_as_another_is_asked_about(planned):
    """The host in Ecuador typed 120 “$”: it was 120 pesos of Colombia, three cents of euro."""
    town, host = planned.dossier.authority, planned.match.interests.get().authority
    for authority, country in ((town, "CO"), (host, "EC")):
        authority.country = country
        authority.save()
    for currency in ("COP", "USD"):
        Rate.objects.create(currency=currency, from_on=timezone.localdate(), per_euro=2)
    typed = FLIGHTS | {"currency": "$"}

    asked = [who.post(page(planned), typed).text for who in (planned.expert, planned.town)]
    kept = BudgetLine.objects.count()
    host.country = "NL"
    host.save()
    planned.expert.post(page(planned), typed)
    line = BudgetLine.objects.get()
    planned.town.post(f"{page(planned)}{line.pk}/", typed | {"currency": "pesos", "quantity": "3"})
    line.refresh_from_db()

    question = "“$” may be COP, USD: write the three letters of the one you mean."
    assert [question in html.unescape(text) for text in asked] == [True, True] and kept == 0
    assert (line.currency, line.quantity) == ("COP", 3)


@pytest.mark.parametrize(
    ("given", "most"),
    [
        ({}, "200.00"),
        ({"lodging_given": "on"}, "110.00"),
        ({"meals_given": "on"}, "150.00"),
        ({"lodging_given": "on", "meals_given": "on"}, "60.00"),
    ],
)
def test_a_night_with_a_bed_or_meals_given_costs_as_much_less_as_the_list_says(
    planned, given, most
):
    PerDiem.objects.create(
        country="GH", from_on=START, ceiling=200, lodging_share=45, meals_share=25
    )
    night = FLIGHTS | {"category": "per_diem", "currency": "EUR"} | given

    refused = planned.town.post(page(planned), night | {"unit_cost": str(Decimal(most) + 1)}).text
    planned.town.post(page(planned), night | {"unit_cost": most})
    travel = planned.town.post(page(planned), FLIGHTS | {"currency": "EUR"} | given)

    assert f"At most {most} euros a night there" in refused and travel.status_code == 302
    assert BudgetLine.objects.filter(category="per_diem").get().unit_cost == Decimal(most)


@pytest.mark.parametrize("category", ["per_diem", "accommodation"])
def test_whoever_approves_is_warned_of_what_no_official_list_confirms(planned, category):
    today, warnings = timezone.localdate(), []
    night = FLIGHTS | {"category": category, "label": "Nights", "unit_cost": "900"}
    rates(today)

    def warning():
        text = planned.staff.get(page(planned)).text
        return text.partition("Check these before you approve")[2].partition("</ul>")[0]

    planned.staff.post(page(planned), night | {"currency": "EUR"})
    planned.town.post(page(planned), FLIGHTS)
    warnings.append(warning())
    PerDiem.objects.create(country="GH", from_on=today, ceiling=200)
    warnings.append(warning())
    PerDiem.objects.update(ceiling=950, source="C(2026) 1, read on 1 November 2026")
    Rate.objects.update(source="InforEuro, November 2026")
    warnings.append(warning())
    planned.staff.post(f"{page(planned)}approve/")

    assert "EUR 900.00 each, counted in “flights”; no ceiling is known for Ghana." in warnings[0]
    assert "the rate of 12 GHS for a euro names no source." in warnings[0]
    assert (
        "EUR 900.00 each, counted in “flights”; the ceiling is EUR 200.00 a night." in warnings[1]
    )
    assert "the ceiling of Ghana names no source." in warnings[1]
    assert warnings[2] == "" and "Check these" not in planned.town.get(page(planned)).text


def doubts(exchange):
    """What whoever approves is asked to check, line by line."""
    text = exchange.staff.get(page(exchange)).text
    said = text.partition("Check these before you approve")[2].partition("</ul>")[0]
    return [html.unescape(one).strip() for one in re.findall(r"<li>(.*?)</li>", said, re.DOTALL)]


def test_lodging_beside_an_allowance_with_lodging_in_it_is_told_to_whoever_approves(planned):
    """460 euros a night passed: each line was compared with the whole ceiling of 230."""
    PerDiem.objects.create(
        country="GH", from_on=timezone.localdate(), ceiling=230, lodging_share=50, source="C(2026)"
    )
    night = FLIGHTS | {"unit": "nights", "unit_cost": "230", "currency": "EUR"}
    hotel = night | {"category": "accommodation", "label": "Hotel"}
    allowance = night | {"category": "per_diem", "label": "Allowance"}
    planned.town.post(page(planned), hotel)
    alone = doubts(planned)

    planned.town.post(page(planned), allowance)
    first, second = BudgetLine.objects.order_by("pk")
    both = doubts(planned)
    ticked = allowance | {"lodging_given": "on", "unit_cost": "115"}
    planned.town.post(f"{page(planned)}{second.pk}/", ticked)
    shared = doubts(planned)
    planned.town.post(f"{page(planned)}{first.pk}/", hotel | {"unit_cost": "115"})

    dear = "Hotel: EUR 230.00 each, counted in “nights”; the ceiling is EUR 115.00 a night."
    twice = (
        "Allowance: lodging counts twice: it has its own line, and the daily allowance includes "
        "it. Tick in the allowance that lodging is given, or remove the line of the lodging."
    )
    assert (alone, both, shared, doubts(planned)) == ([], [dear, twice], [dear], [])


def test_lodging_that_comes_after_an_approved_allowance_is_doubted_at_its_own_line(planned):
    PerDiem.objects.create(
        country="GH", from_on=timezone.localdate(), ceiling=230, source="C(2026)"
    )
    make_budget_line(planned, category="per_diem", unit_cost=100, approved=200)
    make_budget_line(planned, category="accommodation", label="Hotel", unit_cost=100)

    (doubt,) = doubts(planned)

    assert doubt.startswith("Hotel: lodging counts twice")


def test_a_rate_that_is_not_that_of_the_month_is_told_to_whoever_approves(planned):
    """The last rate was taken, however old: one of three years ago passed without a word."""
    today = timezone.localdate()
    last_month = today.replace(day=1) - timedelta(days=1)
    rates(last_month)
    Rate.objects.update(source="InforEuro")

    planned.town.post(page(planned), FLIGHTS | {"label": "Flight out"})
    Rate.objects.create(currency="GHS", from_on=today, per_euro=13, source="InforEuro")
    planned.town.post(page(planned), FLIGHTS | {"label": "Flight back"})

    day = date_format(last_month, "DATE_FORMAT")
    assert doubts(planned) == [
        f"Flight out: the rate of 12 GHS for a euro is of {day}, not of this month."
    ]


def test_rates_and_ceilings_come_in_by_a_command_with_their_source(planned, tmp_path):
    tables = {
        "rates": "currency,from_on,per_euro,source\nUSD,2026-11-01,1.08,Bulletin 11\n",
        "ceilings": "country,from_on,ceiling,source\nGH,2026-11-01,205,C(2026) 1\n",
    }
    for name, words in tables.items():
        file = tmp_path / f"{name}.csv"
        file.write_text(words)
        call_command("import_table", name, str(file))

    planned.town.post(page(planned), FLIGHTS | {"currency": "USD"})

    assert list(Rate.objects.values_list("currency", "source")) == [("USD", "Bulletin 11")]
    assert list(PerDiem.objects.values_list("country", "source")) == [("GH", "C(2026) 1")]
    assert BudgetLine.objects.get().per_euro == Decimal("1.08")


def test_a_list_cannot_take_more_than_the_whole_night_away(planned):
    night = {"country": "GH", "from_on": "2026-01-01", "ceiling": "200"}
    add = reverse("admin:exchanges_perdiem_add")

    said = planned.staff.post(add, night | {"lodging_share": "60", "meals_share": "41"}).text
    planned.staff.post(add, night | {"lodging_share": "60", "meals_share": "40"})

    assert "Both together are more than the whole." in said
    assert PerDiem.objects.get().ceiling_for(lodging_given=True, meals_given=True) == 0


def missing_from_budget(exchange):
    return [line.label for line in budget.list_unapproved_lines(exchange)]


def test_who_writes_the_budget_is_named_until_there_is_something_for_staff_to_approve(planned):
    """A18: “Budget approved: no line yet” was the programme team to a town's officer."""
    (before,) = [one for one in readiness.list_items(planned) if one.code == "budget"]
    make_budget_line(planned)
    (after,) = [one for one in readiness.list_items(planned) if one.code == "budget"]

    assert (before.who, after.who) == ("both", "team")


def test_a_line_added_after_the_approval_stands_in_the_work_of_who_approves_it(planned):
    """It was told nowhere but by a number on the desk: of a taxi of the week before nobody knew."""
    what = "Approve the budget lines that are new or have changed"

    def budget_tasks():
        tasks = list_tasks(planned.ines, timezone.now())
        return [task.path for task in tasks if str(task.what) == what]

    make_budget_line(planned)
    asked = [budget_tasks()]  # its writers may still be writing
    planned.staff.post(f"{page(planned)}approve/")
    asked.append(budget_tasks())
    make_budget_line(planned, label="Taxi")
    asked.append(budget_tasks())
    planned.staff.post(f"{page(planned)}approve/")

    assert [*asked, budget_tasks()] == [[], [], [f"{planned.path}budget/"], []]


def test_a_budget_is_approved_line_by_line_and_a_tenth_beyond_asks_staff_again(planned):
    line = make_budget_line(planned)  # 1,300
    checks = [missing_from_budget(planned)]
    refused = planned.town.post(f"{page(planned)}approve/").status_code
    planned.staff.post(f"{page(planned)}approve/")
    checks.append(missing_from_budget(planned))

    def spend(amount):
        typed = FLIGHTS | {"quantity": "2", "unit_cost": "650", "currency": "EUR", "spent": amount}
        planned.town.post(f"{page(planned)}{line.pk}/", typed)
        return BudgetLine.objects.get().is_overspent

    BudgetLine.objects.update(approved=None)
    assert [spend("1300"), spend("1430.01")] == [False, True]  # W21: beside what is planned
    planned.staff.post(f"{page(planned)}approve/")
    BudgetLine.objects.update(spent_approved=None)
    within, beyond = spend("1430"), spend("1430.01")
    planned.staff.post(f"{page(planned)}approve/")
    seen, again = BudgetLine.objects.get().is_overspent, spend("1500")
    make_budget_line(planned, label="Visa fees")

    assert (checks, refused) == ([["Flights"], []], 403)
    assert (within, beyond, seen, again) == (False, True, False, True)
    assert missing_from_budget(planned) == ["Visa fees"]
    lacks = {item.code: item.lacking for item in readiness.list_items(planned) if not item.holds}
    assert lacks["budget"] == "Visa fees"
    assert planned.events.filter(verb="approve_budget").count() == 3


def test_a_refused_page_says_at_the_field_that_a_chosen_file_is_gone(planned):
    """W27: the bill was lost without a word, and the line saved without it."""
    line = make_budget_line(planned)
    bill = SimpleUploadedFile("bill.pdf", b"%PDF-1.4 bill")
    typed = FLIGHTS | {"currency": "EUR", "spent": "Bs 1,2,3", "bill": bill}

    answer = planned.town.post(f"{page(planned)}{line.pk}/", typed)

    errors = answer.context["form"].errors
    assert set(errors) == {"spent", "bill"}
    assert errors["bill"] == ["Choose the file again: it was not saved."]
    main = answer.text.partition("<main")[2]
    assert main.count("Choose the file again: it was not saved.") == 2  # above, at the field


def test_an_approved_line_that_says_something_else_is_approved_again_and_staff_are_told(planned):
    """100,000 shillings that were approved became 100,000 euros, and a flight became a dinner."""
    rates(timezone.localdate() - timedelta(days=60))
    typed = FLIGHTS | {"unit_cost": "650"}
    planned.town.post(page(planned), typed)
    planned.staff.post(f"{page(planned)}approve/")
    line = BudgetLine.objects.get()

    def change(**changed):
        planned.town.post(f"{page(planned)}{line.pk}/", typed | changed)
        waiting = Letter.objects.unsent().filter(template="budget_changed")
        return missing_from_budget(planned), [one.context["changed"] for one in waiting]

    alike = "international travel · paid by the programme"
    before = f"(approved: Flights Amsterdam - Accra · 1,300.00 GHS · {alike})"
    dinner = [f"Dinner · 1,300.00 EUR · {alike} {before}"]
    steps = [change(quantity="1"), change(label="Dinner", currency="EUR")]
    shown = planned.staff.get(page(planned)).text
    steps += [change(), change(label="Dinner", currency="EUR")]
    planned.staff.post(f"{page(planned)}approve/")

    changed = (["Dinner"], [dinner])
    assert steps == [([], []), changed, ([], []), changed]
    assert "Changed since it was approved as: Flights Amsterdam - Accra · 1,300.00 GHS" in shown
    assert change(label="Dinner", currency="EUR") == ([], [])
    assert BudgetLine.objects.get().approved == 1300


def test_a_line_goes_until_it_is_approved(planned):
    kept, gone = make_budget_line(planned, approved=1300), make_budget_line(planned)

    for line in (kept, gone):
        planned.town.post(f"{page(planned)}{line.pk}/", {"remove": "1"})

    assert list(BudgetLine.objects.all()) == [kept]


def test_the_programme_counts_what_was_spent_and_what_a_day_cost(planned):
    Exchange.objects.update(status="completed", actual_start=START)
    for payer, spent, per_euro in (
        ("programme", 1300, 13),
        ("host", 50, 1),
        ("applicant", None, 1),
    ):
        make_budget_line(planned, payer=payer, spent=spent, per_euro=per_euro)
    planned.participants.update(attended=False)
    planned.participants.create(name="A", side="requesting", part="delegate", days=5)
    planned.participants.create(
        name="B", side="requesting", part="delegate", days=9, attended=False
    )

    figures = {f.code: f.value for f in impact_of(Selection(), timezone.now()).figures}
    shown = planned.town.get(page(planned)).text

    asked = ("spent", "cost_per_day", "co_funding")
    assert [figures[code] for code in asked] == [150, 30, 33]
    assert "<dd>30.00</dd>" in shown and "100.00 spent" in shown
    # Of people whose days nobody said a day would cost too much.
    planned.participants.create(name="C", side="requesting", part="delegate")
    figures = {f.code: f.value for f in impact_of(Selection(), timezone.now()).figures}
    assert figures["cost_per_day"] is None and "30.00" not in planned.town.get(page(planned)).text


LINE = st.builds(
    BudgetLine,
    quantity=st.decimals(0, 1000, places=2),
    unit_cost=st.decimals(0, 100_000, places=2),
    per_euro=st.decimals("0.01", 30_000, places=6),
    payer=st.sampled_from(Payer.values),
    spent=st.none() | st.decimals(0, 1_000_000, places=2),
)


@given(st.lists(LINE, max_size=12))
def test_the_payers_shares_add_up_to_the_whole_to_the_cent(lines):
    made = budget.sum_lines(lines, days=0)

    assert sum((planned for _label, planned, _spent in made.by_payer), Decimal(0)) == made.planned
    assert sum((spent for _label, _planned, spent in made.by_payer), Decimal(0)) == made.spent
    assert made.per_day is None
