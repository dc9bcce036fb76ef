"""The jobs of dossiers."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from applications.reminders import follow_corrections, remind_of_drafts


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_dossiers():
    """Remind of idle drafts and open corrections; lapse those given up."""
    now = timezone.now()
    return {"drafts": remind_of_drafts(timezone.localdate(now))} | follow_corrections(now)
