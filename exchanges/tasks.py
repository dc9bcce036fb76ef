"""The jobs of exchanges."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from exchanges.calendar import move_by_dates


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_exchanges():
    """Start and complete by date; return how many moved."""
    return move_by_dates(timezone.now())
