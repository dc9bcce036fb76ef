"""The jobs of the registry."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from registry import confirmation, found, members, search


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def open_memberships():
    """Accept colleagues to whom nobody objected within five days."""
    return members.open_due(timezone.now())


@shared_task
def count_ahead():
    """Count the large lists before anybody opens them."""
    return found.count_large()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def index_missing():
    """Make found what came in without an entry."""
    return search.index_missing()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def follow_profiles():
    """Ask experts once a year whether their profile is still right."""
    return confirmation.follow_profiles(timezone.now())
