"""A published practice is looked at again every two years."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from connect.schedule import every, process_one_by_one
from exchanges.people import planners
from notifications.outbox import post_letter
from notifications.recounts import recounts
from notifications.reminder_pauses import belongs_to
from practices.models import Practice
from practices.transitions import by_anyone_of_it

belongs_to("exchange", Practice)


@every(hours=1)
def request_reviews(now):
    """Ask both sides, every two years, whether a practice is still right; count the letters."""
    today = timezone.localdate(now)

    def request_one(practice):
        return post_letter(
            "practice_review",
            key=f"practice:{practice.pk}:review:{practice.reviewed_on}",
            concerns=practice,
            to=planners(practice.exchange),
            path=practice.path,
            reminds=True,
            title=str(practice),
        )

    old = (
        Practice.objects.outdated(today)
        .with_list_details()
        .select_related("exchange__match")
        .order_by("pk")
    )
    return sum(process_one_by_one(request_one, old))


@recounts("practice_review")
def recount_review(practice, _letter, now):
    is_outdated = Practice.objects.outdated(timezone.localdate(now)).filter(pk=practice.pk).exists()
    return {"title": str(practice)} if is_outdated else None


@transaction.atomic
def confirm_practice(practice, *, actor, now=None):
    """Confirm that a practice is still right: nobody asks for another two years."""
    if practice.status != "published" or not by_anyone_of_it(actor, practice):
        raise PermissionDenied
    today = timezone.localdate(now or timezone.now())
    Practice.objects.filter(pk=practice.pk).update(reviewed_on=today)
