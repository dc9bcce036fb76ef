"""What of e-mails waits on the desk's home: those given up, and addresses that fail."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.desk_home import DeskQueue, add_queues, waits_longer_than
from notifications.hold_rules import may_review
from notifications.models import DeadAddress, Hold, Letter

ANSWERED_WITHIN = 3  # days


def letters_given_up(user):
    return Letter.objects.for_officer(user).failed()


def addresses_that_fail(_user):
    return DeadAddress.objects.failing(timezone.now())


def letters_held_for_review(user):
    """Return what waits for whoever may review it."""
    held = Letter.objects.for_officer(user).unsent().filter(hold=Hold.REVIEW)
    return held if may_review(user) else held.none()


add_queues(
    DeskQueue(
        order=135,
        words=_("e-mails to review before they leave"),
        model=Letter,
        query={},
        rows=letters_held_for_review,
        since="created_at",
        overdue=waits_longer_than("created_at", ANSWERED_WITHIN),
        page="admin:notifications_letter_held",
    ),
    DeskQueue(
        order=140,
        words=_("e-mails that were given up"),
        model=Letter,
        query={"stands": "failed"},
        rows=letters_given_up,
        since="created_at",
        overdue=waits_longer_than("created_at", ANSWERED_WITHIN),
    ),
    DeskQueue(
        order=150,
        words=_("e-mail addresses that fail"),
        model=DeadAddress,
        query={},
        rows=addresses_that_fail,
        since="at",
        overdue=waits_longer_than("at", ANSWERED_WITHIN),
    ),
)
