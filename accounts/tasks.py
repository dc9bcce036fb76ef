"""The jobs of accounts."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from accounts import unused


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_unused():
    """Warn those who do not use their account, and erase those who were warned twice."""
    return unused.follow_unused(timezone.now())
