"""What of e-mails waits on the desk's home: those given up, and addresses that fail."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.desk_home import DeskQueue, add_queues, waits_longer_than
from notifications.models import DeadAddress, Letter

ANSWERED_WITHIN = 3  # days


def letters_given_up(_user):
    return Letter.objects.failed()


def addresses_that_fail(_user):
    return DeadAddress.objects.failing(timezone.now())


add_queues(
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
