"""What it cost, in euros at the rates of the days."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exchanges.enums import Payer
from exchanges.models import BudgetLine, Participant
from impact.figures.definitions import Figure, Rows, Section, Total
from impact.figures.shape import Kind

LINES = Rows(lambda today: BudgetLine.objects.all(), exchange="exchange", are_euros=True)
IS_SPENT = Q(spent__isnull=False)
SPENT_EUROS = F("spent") / F("per_euro")
SPENT = Total(LINES, IS_SPENT, adds=SPENT_EUROS)
PAID: dict[str, Any] = {
    "kind": Kind.MONEY,
    "basis": Total(LINES, IS_SPENT, different="exchange"),
}
EUROS = ngettext_lazy("%(shown)s euro", "%(shown)s euros", "n")


def costs_and_days(counted):
    """List (euros spent, days of taking part) of the exchanges of which both are known.

    A sum over those people alone whose days are known would make each day too dear.
    """
    there = Participant.objects.filter(exchange=OuterRef("exchange")).not_absent()
    days = there.order_by().values("exchange").annotate(n=Sum("days")).values("n")
    known = LINES.rows_in_scope(counted).filter(~Exists(there.filter(days=None)))
    rows = known.filter(IS_SPENT).order_by().values("exchange")
    rows = rows.annotate(euros=Sum(SPENT_EUROS), days=Subquery(days))
    return [(euros, days) for euros, days in rows.values_list("euros", "days") if days]


def euros_a_day(counted):
    """Return the euros a participant's day cost; None where no day is known."""
    known = counted.compute_once(costs_and_days)
    days = sum(days for _euros, days in known)
    return round(sum(euros for euros, _days in known) / days) if days else None


SECTION = Section(
    _("Costs"),
    figures=(
        Figure(
            code="planned",
            label=_("euros planned"),
            words=_("The total budget of exchanges that have begun, at the rates of the day."),
            counts=Total(LINES, adds=F("quantity") * F("unit_cost") / F("per_euro")),
            each=EUROS,
            kind=Kind.MONEY,
            basis=Total(LINES, different="exchange"),
        ),
        Figure(
            code="spent",
            label=_("euros spent"),
            words=_(
                "The total spent on exchanges that have begun, whoever paid, at the rates of the "
                "day."
            ),
            counts=SPENT,
            each=EUROS,
            **PAID,
        ),
        Figure(
            code="cost_per_day",
            label=_("euros per participant-day"),
            words=_("Of exchanges whose costs and days of participation are both known."),
            counts=euros_a_day,
            lists=SPENT,
            each=EUROS,
            kind=Kind.MONEY,
            basis=lambda counted: len(counted.compute_once(costs_and_days)),
        ),
        Figure(
            code="co_funding",
            label=_("paid by the authorities"),
            words=_("The share of spending that the programme did not pay."),
            counts=Total(LINES, IS_SPENT & ~Q(payer=Payer.PROGRAMME), adds=SPENT_EUROS),
            share_of=SPENT,
            unit="%",
            lists=SPENT,
            each=EUROS,
            **PAID,
        ),
    ),
)
