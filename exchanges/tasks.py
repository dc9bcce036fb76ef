"""The jobs of exchanges."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from connect.clockwork import follow
from exchanges import agenda, calendar, evaluation, measures, readiness

# An exchange that ends is asked about in the same run.
RULES = [
    calendar.move_by_dates,
    readiness.remind_of_missing,
    agenda.remind_of_sessions,
    evaluation.ask_due,
    measures.ask_for_plans,
    measures.move_on_reported,
    measures.ask_for_reports,
]


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_exchanges():
    """Do all that dates ask of exchanges; return what each rule did."""
    return follow(timezone.now(), RULES)
