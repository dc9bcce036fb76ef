"""The job that sends letters."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from notifications import auditor, digest, limits, outbox, preview
from notifications.returned import read_returned

logger = logging.getLogger(__name__)


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_letters():
    """Send what is due; return how many letters went."""
    sent = outbox.send_waiting(timezone.now())
    if sent:
        logger.info("letters: %d sent", sent)
    return sent


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_urgent():
    """Send what somebody waits for; return how many letters went."""
    return outbox.send_urgent(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def gather_news():
    """Put the news of those who want one letter a day into it."""
    return digest.gather_news(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def gather_bursts():
    """Put what came within minutes into one letter a reader."""
    return digest.gather_bursts(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def read_mailbox():
    """Read which letters came back; a mailbox that is away is asked again the next time."""
    return read_returned(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_secrets():
    """Erase the codes and links to sign in with that could not leave in time."""
    return outbox.forget_secrets(timezone.now())


@shared_task
def look_ahead():
    """Foresee the letters of the days to come, for the page that shows them."""
    return preview.look_ahead(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_seal():
    """Post the newest seal to the auditor, once a day."""
    return auditor.send_seal(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def check_trail():
    """Verify the audit trail, once a day."""
    return auditor.check_trail(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_counts():
    """Delete the counts by which letters are limited, once their day is over."""
    return limits.forget_counts(timezone.now())
