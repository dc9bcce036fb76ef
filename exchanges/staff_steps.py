"""The steps of an exchange that staff alone take: no clock does, so somebody has to be told."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.dates import day_words
from connect.languages import join_parts
from exchanges.enums import ExchangeStatus, Readiness, StopKind
from exchanges.models import BudgetLine, DaysProposal
from exchanges.permissions import ACCOUNTED, BEFORE_COMPLETED
from exchanges.requirements import ANSWERED_BY

READY_BY = timedelta(days=7)  # before the first day: what is due last is due then

STAFF_STEPS = {
    ExchangeStatus.AGREED: _("Confirm the plan: its days are set"),
    ExchangeStatus.POSTPONED: _("Confirm the plan: its days are set"),
    ExchangeStatus.PLANNED: _("Mark it as ready, or postpone it: it starts soon"),
    ExchangeStatus.COMPLETED: _("Evaluate the exchange"),
    ExchangeStatus.INTERRUPTED: _("Resume the exchange, or say that it ends here"),
}
MISSING_AGAIN = _("Complete or waive again what is missing since: %(items)s")
ANSWER_STOP = {
    StopKind.POSTPONE: _("Answer the request of %(day)s to postpone it"),
    StopKind.CANCEL: _("Answer the request of %(day)s to cancel it"),
}
NOT_STARTED = _("Mark it as ready, postpone it or cancel it: its first day has come")


def waits_for_staff(now):
    """Return a condition of the exchanges that stay as they are until staff take a step."""
    today = timezone.localdate(now)
    # Days are set only once both sides have answered.
    proposed = DaysProposal.objects.filter(exchange=OuterRef("pk"), closed_at=None)
    return (
        Q(status=ExchangeStatus.INTERRUPTED)
        | ~Q(stop_asked="")
        | Q(~Exists(proposed), status=ExchangeStatus.AGREED, planned_start__isnull=False)
        | (Q(~Exists(proposed), status=ExchangeStatus.POSTPONED) & has_newly_agreed_days())
        | Q(status=ExchangeStatus.PLANNED, planned_start__lte=today + READY_BY)
        # Before, questionnaires and accounts come in.
        | Q(status=ExchangeStatus.COMPLETED, actual_end__lt=today - ANSWERED_BY)
        | has_reopened_items()
    )


def has_newly_agreed_days():
    """Return a condition of those whose days both sides have agreed on in their present status."""
    return Q(
        Exists(
            DaysProposal.objects.filter(
                exchange=OuterRef("pk"), is_agreed=True, closed_at__gte=OuterRef("status_since")
            )
        )
    )


def has_reopened_items():
    """Return a condition of those of which something is missing again, beside the budget."""
    others = ~Q(reopened__contained_by=[Readiness.BUDGET])
    return others & Q(status__in=BEFORE_COMPLETED)


def has_budget_to_approve():
    """Return a condition of the exchanges with a budget line that nobody has approved as it is."""
    waiting = budget_lines().filter(Q(approved=None) | Q(approved_as__isnull=False))
    return Q(Exists(waiting), status__in=ACCOUNTED)


def has_budget_to_approve_again():
    """Return a condition of those whose budget was settled and has had new or other lines since.

    Until it is approved or waived its writers ask for it: they may still be writing.
    """
    was_settled = Q(Exists(budget_lines().exclude(approved=None)))
    return has_budget_to_approve() & (was_settled | Q(reopened__contains=[Readiness.BUDGET]))


def budget_lines():
    return BudgetLine.objects.filter(exchange=OuterRef("pk"))


def has_days(exchange):
    """True once the days of an exchange are set; of one that was postponed, anew."""
    return exchange.planned_start is not None and not exchange.is_postponed


def is_step_late(now):
    """Return a condition of those that should have started, or been evaluated long ago."""
    today = timezone.localdate(now)
    return Q(status=ExchangeStatus.PLANNED, planned_start__lt=today) | Q(
        status=ExchangeStatus.COMPLETED, actual_end__lt=today - 2 * ANSWERED_BY
    )


def name_staff_step(exchange, now):
    """Return what staff are asked to do with an exchange that waits for them."""
    if exchange.stop_asked:
        day = day_words(timezone.localdate(exchange.stop_asked_at))
        return ANSWER_STOP[StopKind(exchange.stop_asked)] % {"day": day}
    if exchange.status == ExchangeStatus.PLANNED and exchange.planned_start <= timezone.localdate(
        now
    ):
        return NOT_STARTED
    codes = [code for code in exchange.reopened if code != Readiness.BUDGET]
    if codes and exchange.status in BEFORE_COMPLETED:
        labels = (str(exchange.readiness_label(code)) for code in codes)
        return MISSING_AGAIN % {"items": join_parts(labels)}
    return STAFF_STEPS[ExchangeStatus(exchange.status)]
