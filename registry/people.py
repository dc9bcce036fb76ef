"""Who is who: programme officers, those who write for an authority, an association's officers.

Permissions ask the same of the person who acts, by the ties of `registry.permissions`.
"""

from accounts.models import OFFICERS, User
from registry.enums import AUTHOR_ROLES, Role
from registry.models import Association, Expert, Membership
from registry.permissions import own_memberships


def officers():
    """List the programme officers whose accounts are open."""
    return list(officer_accounts())


def officer_accounts():
    return User.objects.filter(groups__name=OFFICERS, is_active=True)


def officers_after(person):
    """List this officer while their account is open; else all, who do their work."""
    own = officer_accounts().filter(pk=person.pk) if person else []
    return list(own) or officers()


def members_with_account(memberships):
    """List the people of these memberships whose accounts are open, once each."""
    return list(User.objects.filter(memberships__in=memberships, is_active=True).distinct())


def authors_of(authority):
    """List the people who write or sign for an authority."""
    return members_with_account(authority.memberships.active().of_authors())


def association_officers(associations):
    """List the people who speak for any of these associations."""
    speaking = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER)
    return members_with_account(speaking.filter(association__in=associations))


def associations_of_officer(user):
    """Return the associations that this person speaks for, while their membership is active."""
    own = user.memberships.active().with_role(Role.ASSOCIATION_OFFICER)
    return Association.objects.filter(memberships__in=own).distinct()


def is_author(user):
    """True for who writes or signs for an authority."""
    return own_memberships(user, *AUTHOR_ROLES).exists()


def is_association_officer(user):
    """True for who speaks for an association."""
    return own_memberships(user, Role.ASSOCIATION_OFFICER).exists()


def is_expert(user):
    """True for who has a profile."""
    return Expert.objects.filter(user=user).exists()
