"""What it cost, in euros at the rates of the days."""

from django.db.models import Count, F, OuterRef, Subquery, Sum
from django.utils.translation import gettext as _

from exchanges.enums import Payer
from exchanges.models import BudgetLine, Participant
from impact.figures.shape import Figure, Kind, Section, share


def money_of(held):
    spent = F("spent") / F("per_euro")
    there = Participant.objects.filter(exchange=OuterRef("exchange")).there()
    days = there.order_by().values("exchange").annotate(n=Sum("days")).values("n")
    lines = BudgetLine.objects.filter(exchange__in=held, spent__isnull=False)
    rows = list(
        lines.order_by()
        .values("exchange", "payer")
        .annotate(euros=Sum(spent), days=Subquery(days))
        .values_list("exchange", "payer", "euros", "days")
    )
    planned = BudgetLine.objects.filter(exchange__in=held).aggregate(
        euros=Sum(F("quantity") * F("unit_cost") / F("per_euro")),
        exchanges=Count("exchange", distinct=True),
    )
    paid = {"kind": Kind.MONEY, "basis": len({row[0] for row in rows})}
    total = sum(row[2] for row in rows)
    dated = {row[0]: row[3] for row in rows if row[3]}
    of_dated = sum(row[2] for row in rows if row[0] in dated)
    others = sum(row[2] for row in rows if row[1] != Payer.PROGRAMME)
    return Section(
        _("Money"),
        [
            Figure(
                "planned",
                _("euros planned"),
                round(planned["euros"] or 0),
                _("All that was budgeted for exchanges held, at the rates of the days."),
                kind=Kind.MONEY,
                basis=planned["exchanges"],
            ),
            Figure(
                "spent",
                _("euros spent"),
                round(total),
                _("All that was spent on exchanges held, whoever paid, at the rates of the days."),
                **paid,
            ),
            Figure(
                "cost_per_day",
                _("euros for a participant's day"),
                round(of_dated / sum(dated.values())) if dated else None,
                _("Of exchanges whose costs and days of taking part are both known."),
                kind=Kind.MONEY,
                basis=len(dated),
            ),
            Figure(
                "co_funding",
                _("paid by the two sides"),
                share(others, total),
                _("Of all that was spent, what the programme did not pay."),
                "%",
                **paid,
            ),
        ],
    )
