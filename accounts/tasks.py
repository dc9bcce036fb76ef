"""The jobs of accounts."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from accounts import closing, copies, data_requests, retention, sessions, unused

AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}


@shared_task(**AGAIN)
def follow_unused():
    """Warn those who do not use their account, and erase those who were warned twice."""
    return unused.follow_unused(timezone.now())


@shared_task(**AGAIN)
def follow_closings():
    """Erase those who asked for it and did not think better of it in ten days."""
    return closing.follow_closings(timezone.now())


@shared_task(**AGAIN)
def end_kept():
    """End what was kept long enough."""
    return retention.end_kept(timezone.now())


@shared_task(**AGAIN)
def forget_sessions():
    """Delete what is listed of sessions that are over; return how many."""
    return sessions.forget_ended(timezone.now())


@shared_task(**AGAIN)
def write_copies():
    """Write the copies of their data that people asked for; return how many."""
    return copies.write_waiting()


@shared_task(**AGAIN)
def forget_copies():
    """Delete the copies of the day before; return how many."""
    return copies.forget_old(timezone.now())


@shared_task(**AGAIN)
def answer_data_requests():
    """Write to those who asked what is held of their address."""
    return data_requests.answer_waiting(timezone.now())
