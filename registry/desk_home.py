"""What of organisations waits on the desk's home."""

from django.utils.translation import gettext_lazy as _

from connect.desk_home import DeskQueue, add_queues, waits_longer_than
from registry.enums import AuthorityStatus, MembershipStatus
from registry.models import Authority, Membership

ANSWERED_WITHIN = 7  # days


def memberships_to_decide(_user):
    return Membership.objects.filter(status=MembershipStatus.ASKED)


def authorities_to_verify(_user):
    """Return the authorities that somebody proposed, or that were imported as proposed."""
    return Authority.objects.filter(status=AuthorityStatus.PROPOSED)


add_queues(
    DeskQueue(
        order=100,
        words=_("requests to join an organisation"),
        model=Membership,
        query={"status__exact": MembershipStatus.ASKED},
        rows=memberships_to_decide,
        since="asked_at",
        overdue=waits_longer_than("asked_at", ANSWERED_WITHIN),
    ),
    DeskQueue(
        order=110,
        words=_("proposed local authorities to verify"),
        model=Authority,
        query={"status__exact": AuthorityStatus.PROPOSED},
        rows=authorities_to_verify,
        since="created_at",
        overdue=waits_longer_than("created_at", ANSWERED_WITHIN),
    ),
)
