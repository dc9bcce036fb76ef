"""What calls spend on their exchanges: planned, committed, spent, expected and left, in euros.

Of the lines that the programme pays, each at its own dated rate. Of a cancelled exchange only what
was spent counts; of one that is over, what was spent instead of what had been approved, where that
is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear, Greatest, Round
from django.utils.translation import pgettext_lazy

from applications.call_money import reckons_calls
from applications.models import Call
from connect.types import User
from exchanges.enums import ExchangeStatus, Payer, Side
from exchanges.models import BudgetLine, Exchange
from exchanges.models.budget import EURO
from exchanges.permissions import ACCOUNTED
from matching.models import Interest
from registry.exchange_forms import EXCHANGE_FORMS

ALERT, FULL = Decimal("0.8"), Decimal(1)  # committed, of the budget of a call
NOTHING = Value(Decimal(0), DecimalField(max_digits=16, decimal_places=2))
EUROS = DecimalField(max_digits=16, decimal_places=2)
HAS_RATE = Q(currency=EURO) | Q(rate_on__isnull=False)
IS_CANCELLED = Q(exchange__status=ExchangeStatus.CANCELLED)
IS_OPEN = Q(exchange__status__in=ACCOUNTED)
# Forms whose experts travel: it takes place where the request comes from.
TO_APPLICANT = [
    code for code, form in EXCHANGE_FORMS.items() if form.travelling_side == Side.OFFERING
]
FIGURES = {
    "planned": pgettext_lazy("amount", "planned"),
    "committed": pgettext_lazy("amount", "committed"),
    "spent": pgettext_lazy("amount", "spent"),
    "forecast": pgettext_lazy("amount", "forecast"),
}
SUMS = {name: Coalesce(Sum(f"{name}_euros"), NOTHING) for name in FIGURES}
COST = ExpressionWrapper(F("quantity") * F("unit_cost"), output_field=EUROS)  # in its currency


def in_euros(amount: Any) -> Case:
    """Return an amount of a line's currency in euros, to the cent; NULL where no rate is known."""
    euros = ExpressionWrapper(amount / F("per_euro"), output_field=EUROS)
    return Case(When(HAS_RATE, then=Round(euros, precision=2)), output_field=EUROS)


def with_euros(lines: QuerySet[BudgetLine]) -> QuerySet[BudgetLine]:
    """Add what each line counts in euros, the year of its exchange and the country of its host."""
    helping = Interest.objects.filter(matches=OuterRef("exchange__match")).order_by("pk")
    at_expert = Subquery(helping.values("authority__country")[:1])
    at_applicant = When(
        exchange__form__in=TO_APPLICANT, then=F("exchange__dossier__authority__country")
    )
    day = Coalesce("exchange__actual_start", "exchange__planned_start")
    is_accounted = ~IS_OPEN & Q(spent__isnull=False)
    rows = lines.annotate(
        cost_euros=in_euros(Round(COST, precision=2)),
        approved_euros=in_euros(F("approved")),
        spent_euros=in_euros(F("spent")),
    ).annotate(
        planned_euros=Case(When(IS_CANCELLED, then=NOTHING), default=F("cost_euros")),
        # GREATEST of PostgreSQL leaves out what is not known.
        committed_euros=Case(
            When(IS_CANCELLED | is_accounted, then=Coalesce("spent_euros", NOTHING)),
            default=Greatest("approved_euros", "spent_euros", NOTHING),
        ),
    )
    return rows.annotate(
        forecast_euros=Case(
            When(IS_OPEN, then=Greatest("planned_euros", "committed_euros")),
            default=F("committed_euros"),
        ),
        year=ExtractYear(day),
        country=Case(at_applicant, default=at_expert),
    )


def lines_of_programme(user: User) -> QuerySet[BudgetLine]:
    """Return the lines that the programme pays, of the exchanges that this officer may read."""
    readable = Exchange.objects.for_user(user).order_by().values("pk")
    return BudgetLine.objects.filter(payer=Payer.PROGRAMME, exchange__in=readable)


def sum_figures(lines: QuerySet[Any]) -> dict[str, Any]:
    """Return {figure: euros} of lines that have their euros."""
    return lines.order_by().aggregate(**SUMS)


def group_figures(lines: QuerySet[Any], key: str) -> list[dict[str, Any]]:
    """List the figures of lines by a column, in one query: {key, planned, committed, …}."""
    return list(lines.order_by().values(key).annotate(**SUMS).order_by(key))


def list_without_rate(lines: QuerySet[Any]) -> list[dict[str, Any]]:
    """List what cannot be converted: {currency, number of lines, amount in it}."""
    unknown = lines.exclude(HAS_RATE).exclude(IS_CANCELLED).order_by()
    currencies = unknown.values("currency").annotate(number=Count("pk"), amount=Sum(COST))
    return list(currencies.order_by("currency"))


@dataclass(frozen=True)
class CallMoney:
    """The budget of a call and what its exchanges make of it; budget: None where none is set."""

    call: Call
    figures: dict[str, Any]

    @property
    def remaining(self) -> Decimal | None:
        budget = self.call.budget
        return None if budget is None else budget - self.figures["committed"]

    @property
    def percent(self) -> int | None:
        """How much of the budget is committed, rounded down: 100 is said of nothing less."""
        budget = self.call.budget
        if budget is None:
            return None
        if not budget:
            return 100 if self.figures["committed"] else 0
        return int(self.figures["committed"] * 100 / budget)

    @property
    def exceeds(self) -> Decimal:
        """By how much the forecast exceeds the budget; 0 if it does not."""
        budget = self.call.budget
        return Decimal(0) if budget is None else max(self.figures["forecast"] - budget, Decimal(0))


def list_calls(user: User, calls: QuerySet[Call]) -> list[CallMoney]:
    """List the money of calls that have a budget or a line of one, in two queries."""
    lines = with_euros(lines_of_programme(user))
    key = "exchange__dossier__call"
    known = {row.pop(key): row for row in group_figures(lines, key)}
    empty = dict.fromkeys(FIGURES, Decimal(0))
    rows = calls.filter(Q(pk__in=known) | Q(budget__isnull=False))
    return [CallMoney(call, known.get(call.pk, empty)) for call in rows]


@reckons_calls
def with_committed(calls: QuerySet[Call]) -> QuerySet[Any]:
    """Add to calls what is committed of their budgets (`committed`) and `remaining`."""
    lines = BudgetLine.objects.filter(
        payer=Payer.PROGRAMME, exchange__dossier__call=OuterRef("pk")
    ).order_by()
    by_call = with_euros(lines).values("exchange__dossier__call")
    total = by_call.annotate(total=Sum("committed_euros")).values("total")
    rows = calls.annotate(committed=Coalesce(Subquery(total, output_field=EUROS), NOTHING))
    remaining = ExpressionWrapper(F("budget") - F("committed"), output_field=EUROS)
    return rows.annotate(remaining=remaining)


def calls_to_watch(share: Decimal, below: Decimal | None = None) -> QuerySet[Call]:
    """Return the calls of which such a share of the budget is committed, with work still to do."""
    going_on = Exchange.objects.filter(status__in=ACCOUNTED, dossier__call=OuterRef("pk"))
    rows = with_committed(Call.objects.filter(Exists(going_on), budget__gt=0))
    rows = rows.filter(committed__gte=F("budget") * share)
    return rows if below is None else rows.filter(committed__lt=F("budget") * below)


@dataclass(frozen=True)
class Approval:
    """What approving the budget of an exchange leaves of its call's; None where it has none."""

    call: Call
    remaining: Decimal | None
    after: Decimal | None

    @property
    def overrun(self) -> Decimal:
        """By how much it is more than remains; 0 if it is not."""
        return Decimal(0) if self.after is None else max(-self.after, Decimal(0))


def weigh_approval(exchange: Exchange, lines: list[BudgetLine]) -> Approval:
    """Return what is left of the budget of an exchange's call, now and once it is approved."""
    call = with_committed(Call.objects.all()).get(pk=exchange.dossier.call_id)
    if call.budget is None:
        return Approval(call, None, None)
    own = with_euros(BudgetLine.objects.filter(exchange=exchange, payer=Payer.PROGRAMME))
    now = sum_figures(own)
    after = sum(
        (
            one.in_euros(
                max(one.planned_amount, one.spent or 0, 0 if one.approved_as else one.approved or 0)
            )
            for one in lines
            if one.payer == Payer.PROGRAMME and (one.currency == EURO or one.rate_on)
        ),
        Decimal(0),
    )
    remaining = call.remaining
    return Approval(call, remaining, remaining + now["committed"] - after)
