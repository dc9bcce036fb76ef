"""The jobs of matching."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from matching import alerts
from matching.allocations import allocate_waiting_calls
from matching.deadlines import follow_deadlines
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
    """Do what is due by the clock, and notice new offers."""
    now = timezone.now()
    return follow_deadlines(now) | {"noticed": notice_offers(now), "alerts": alerts.tell(now)}
