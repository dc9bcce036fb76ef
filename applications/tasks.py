"""The jobs of dossiers."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from applications.reminders import follow_corrections, remind_committee, remind_of_drafts


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_dossiers():
    """Remind of idle drafts, open corrections and missing scores; lapse what was given up."""
    now = timezone.now()
    today = timezone.localdate(now)
    reminded = {"drafts": remind_of_drafts(today), "scores": remind_committee(today)}
    return reminded | follow_corrections(now)
