"""Who leaves their authority with a match open or an exchange ahead: it is told the same day."""

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from applications.transitions import applicants, staff_of
from connect.transitions import record_event
from exchanges.permissions import PLANNED
from matching.enums import MatchStatus
from matching.models import Match
from notifications.outbox import post
from registry.enums import Role
from registry.members import authority_left
from registry.models import Membership


def ahead():
    """Give the matches that wait for answers, or whose exchange is not over."""
    is_open = Q(status=MatchStatus.PROPOSED) | Q(exchange__status__in=PLANNED)
    return Match.objects.filter(is_open).select_related(
        "exchange", "dossier__authority", "dossier__case_officer"
    )


@receiver(authority_left, sender=Membership)
def tell_both_sides(user, authority, roles, now, **_):
    """Tell the case officer and the other side.

    Of the side that asks it is news where its contact leaves, its representative, or the last
    who writes for it.
    """
    helping = ahead().filter(interests__expert__user=user, interests__authority=authority)
    for match in helping.order_by("pk"):
        tell(match, user, authority, applicants(match.dossier), now)
    writing = {Role.EDITOR, Role.LEGAL_REPRESENTATIVE}
    others = authority.memberships.active().with_role(*writing)
    is_last = bool(writing & set(roles)) and not others.exists()
    own = Q(dossier__focal_email__iexact=user.email) | Q(dossier__legal_email__iexact=user.email)
    asking = ahead().filter(dossier__authority=authority)
    for match in (asking if is_last else asking.filter(own)).order_by("pk"):
        experts = match.interests.select_related("expert__user")
        tell(match, user, authority, [one.expert.user for one in experts], now)


def tell(match, user, authority, other_side, now):
    dossier, exchange = match.dossier, getattr(match, "exchange", None)
    about = exchange or match
    key = f"match:{match.pk}:left:{user.pk}:{authority.pk}:{timezone.localdate(now)}"
    for people, for_staff in ((staff_of(dossier), True), (other_side, False)):
        post(
            "person_left",
            key=f"{key}:{for_staff}",
            to=people,
            path=about.path,
            reference=about.reference,
            title=dossier.title,
            person=user.name,
            organisation=authority.name,
            for_staff=for_staff,
        )
    record_event(about, "leave", actor=user, now=now, details={"note": authority.name})
