"""The jobs of matching."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from matching.allocations import allocate_waiting_calls
from matching.consent import lapse_overdue, remind_waiting
from matching.desk import close_due
from matching.runs import notice_offers, take_waiting


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def rank_waiting():
    """Rank the dossiers that wait for it; return how many."""
    return take_waiting(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def allocate_waiting():
    """Share experts over the calls that wait for a plan; return how many."""
    return allocate_waiting_calls(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_matches():
    """Close requests at their last day, end late proposals, remind of others, notice offers."""
    now = timezone.now()
    return {
        "closed": close_due(now),
        "lapsed": lapse_overdue(now),
        "reminded": remind_waiting(timezone.localdate(now)),
        "noticed": notice_offers(now),
    }
