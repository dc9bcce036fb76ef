"""The jobs of the project itself."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from connect import double_posts, exports, files, links, seals, sessions, work


@shared_task
def beat(queue=work.ORDINARY):
    """Show that somebody works on this queue."""
    work.beat(timezone.now(), queue)


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def write_exports():
    """Write the tables that officers asked for; return how many."""
    return exports.write_waiting()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_links():
    """Delete the links in letters that are long over; return how many."""
    return links.forget_links(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_exports():
    """Delete the tables of the day before; return how many."""
    return exports.forget_old(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_accepted():
    """Delete what is known of posts that are no double ones any more; return how many."""
    return double_posts.forget_accepted(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def seal():
    """Seal the rows that wait for it; return how many."""
    return seals.seal_waiting()


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def forget_tries():
    """Delete what was counted while Redis was away and is over; return how many."""
    return work.forget_tries(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def clear_sessions():
    """Delete the sessions that are over; return how many."""
    return sessions.clear_sessions(timezone.now())


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def remove_leftovers():
    """Remove files that no row names since a day; return how many."""
    return files.remove_leftovers(timezone.now())
