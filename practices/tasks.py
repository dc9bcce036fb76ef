"""The jobs of good practices."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from practices import catalogue, review


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_practices():
    """Ask for what is due to be read again."""
    return review.ask_for_review(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def relate_practices():
    """Name what is near to what."""
    return catalogue.relate()
