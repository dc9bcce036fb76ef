"""The jobs of the impact pages: the demonstration's alone."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def keep_alive():
    """Add what the demonstration lacks; return how many things."""
    # Imported where there is a demonstration alone: it names what the clock does.
    from impact.demo import alive  # noqa: PLC0415

    return alive.keep_alive(timezone.now())
