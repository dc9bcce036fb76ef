"""Who speaks for an association of authorities: its officers, while their membership is active."""

from accounts.models import User
from registry.enums import Role
from registry.models import Association, Membership


def officers_of(associations):
    """Give the people who speak for any of these associations."""
    speaking = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER)
    speaking = speaking.filter(association__in=associations)
    return list(User.objects.filter(memberships__in=speaking, is_active=True).distinct())


def spoken_for(user):
    """Give the associations that this person is an officer of."""
    mine = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER).filter(user=user)
    return Association.objects.filter(memberships__in=mine).distinct()
