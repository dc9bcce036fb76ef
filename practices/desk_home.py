"""What of good practices waits on the desk's home."""

from django.utils.translation import gettext_lazy as _

from applications.worklist import STUCK
from connect.desk_home import DeskQueue, add_queues, waits_longer_than
from practices.enums import PracticeStatus
from practices.models import Practice


def practices_to_review(user):
    return Practice.objects.for_user(user).filter(status=PracticeStatus.REVIEW)


def practices_to_publish(user):
    return Practice.objects.for_user(user).filter(status=PracticeStatus.APPROVED)


add_queues(
    DeskQueue(
        order=120,
        words=_("good practices to review"),
        model=Practice,
        query={"status__exact": PracticeStatus.REVIEW},
        rows=practices_to_review,
        since="status_since",
        overdue=waits_longer_than("status_since", STUCK),
        dossier="exchange__dossier__",
    ),
    DeskQueue(
        order=121,
        words=_("good practices to publish"),
        model=Practice,
        query={"status__exact": PracticeStatus.APPROVED},
        rows=practices_to_publish,
        since="status_since",
        overdue=waits_longer_than("status_since", STUCK),
        dossier="exchange__dossier__",
    ),
)
