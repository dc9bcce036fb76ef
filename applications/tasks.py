"""The jobs of dossiers."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from applications import reminders


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_dossiers():
    """Remind of idle drafts, open corrections and missing scores; lapse what was given up."""
    return reminders.follow_dossiers(timezone.now())
