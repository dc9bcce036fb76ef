"""Who may do what with authorities, memberships, experts and offers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from connect.permissions import (
    ALL,
    ANYBODY,
    OFFICER,
    Condition,
    Permissions,
    Tie,
    is_officer,
)
from connect.types import User
from registry.enums import (
    AUTHOR_ROLES,
    AuthorityStatus,
    MembershipStatus,
    OfferStatus,
    Role,
    Visibility,
)

LATELY = timedelta(days=731)  # two years


def own_memberships(user: User, *roles: str) -> QuerySet[Any]:
    """Return this person's active memberships (with one of some roles), as a subquery."""
    active = apps.get_model("registry", "Membership").objects.active().filter(user=user)
    return active.with_role(*roles) if roles else active


def recent_memberships(user: "User | OuterRef", now: datetime | None = None) -> QuerySet[Any]:
    """Return the memberships by which a person's conflicts of interest are judged."""
    return lately_held(now).filter(user=user)


def lately_held(now: datetime | None = None) -> QuerySet[Any]:
    """Return the memberships by which conflicts of interest are judged.

    Those that are active or asked for, and those that ended or were withdrawn less than two years
    ago: whoever leaves a town for a minute is no stranger to it.
    """
    since = (now or timezone.now()) - LATELY
    ended = Q(status__in=[MembershipStatus.ENDED, MembershipStatus.WITHDRAWN])
    ended &= Q(decided_at=None) | Q(decided_at__gt=since)
    here = Q(status__in=[MembershipStatus.ACTIVE, MembershipStatus.ASKED])
    return apps.get_model("registry", "Membership").objects.filter(ended | here)


def tied_towns(user: User, now: datetime | None = None) -> QuerySet[Any]:
    """Return the keys of the authorities that a conflict of interest ties a person to.

    Where they belong or lately belonged, where their profile says they work, and what those were
    before a merger or became by it.
    """
    places = recent_memberships(user, now).exclude(authority=None).order_by().values("authority")
    works = apps.get_model("registry", "Expert").objects.filter(user=user).order_by()
    return one_with(places).union(works.values("authority"))


def one_with(places: QuerySet[Any]) -> QuerySet[Any]:
    """Return the keys of these authorities with those they were merged from and into."""
    towns = apps.get_model("registry", "Authority").objects.order_by()
    return places.union(
        towns.filter(pk__in=places).exclude(merged_into=None).values("merged_into"),
        towns.filter(merged_into__in=places).values("pk"),
    )


def former_member(user: str, authority: str) -> Q:
    """Return the condition that a row's person has left its authority.

    user, authority: the names of these columns, as seen from the row.
    """
    rows = apps.get_model("registry", "Membership").objects
    there = rows.filter(user=OuterRef(user), authority=OuterRef(authority))
    return Q(Exists(there.filter(status=MembershipStatus.ENDED))) & ~Q(Exists(there.active()))


def signed_in_only(condition: Callable[[User], Q]) -> Condition:
    """Make a tie that visitors without an account never have."""
    return lambda user: condition(user) if user.is_authenticated else None


def member_of(authority: str, *roles: str) -> Condition:
    """Make a tie of the members (with one of some roles) of a row's authority."""
    here = OuterRef(authority)
    return signed_in_only(
        lambda user: Q(Exists(own_memberships(user, *roles).filter(authority=here)))
    )


def author_of(authority: str) -> Condition:
    """Make a tie of those who write or sign for a row's authority."""
    return member_of(authority, *AUTHOR_ROLES)


def association_officer_of(authority: str) -> Condition:
    """Make a tie of those who speak for an association of a row's authority."""
    here = OuterRef(authority)
    return signed_in_only(
        lambda user: Q(
            Exists(
                own_memberships(user, Role.ASSOCIATION_OFFICER).filter(association__members=here)
            )
        )
    )


def member(user: User) -> Q:
    rows = apps.get_model("registry", "Membership").objects.filter(user=user)
    return Q(Exists(rows.filter(authority=OuterRef("pk"))))


def decider(user: User) -> Q:
    """A tie of editors and legal representatives to others of their authority."""
    colleague = own_memberships(user, *AUTHOR_ROLES)
    return Q(Exists(colleague.filter(authority=OuterRef("authority")))) & ~Q(user=user)


JOINED = Tie("whoever joined or asked to", signed_in_only(member))
DECIDER = Tie("a colleague who writes or signs", signed_in_only(decider))
# Nobody lets themselves in, and no officer either.
OTHER_OFFICER = Tie(
    "an officer, of others", lambda user: ~Q(user=user) if is_officer(user) else None
)
PUBLIC_PROFILE = Tie(
    "anybody, of a public profile",
    lambda user: Q(visibility=Visibility.PUBLIC, user__is_active=True, is_hidden=False),
)
ONESELF = Tie("oneself", signed_in_only(lambda user: Q(user=user)))
PUBLIC_OFFER = Tie(
    "anybody, of a public profile's offer",
    lambda user: Q(
        expert__visibility=Visibility.PUBLIC,
        expert__user__is_active=True,
        expert__is_hidden=False,
    ),
)
ITS_EXPERT = Tie("its expert", signed_in_only(lambda user: Q(expert__user=user)))

AUTHORITIES = Permissions(
    {"read": {ANYBODY: {AuthorityStatus.VERIFIED}, JOINED: ALL, OFFICER: ALL}}
)
MEMBERSHIPS = Permissions(
    # The first member of an authority or association is verified by staff alone.
    {"decide": {DECIDER: {MembershipStatus.ASKED}, OTHER_OFFICER: {MembershipStatus.ASKED}}}
)
EXPERTS = Permissions({"read": {PUBLIC_PROFILE: ALL, ONESELF: ALL, OFFICER: ALL}})
OFFERS = Permissions(
    {
        "read": {PUBLIC_OFFER: {OfferStatus.PUBLISHED}, ITS_EXPERT: ALL, OFFICER: ALL},
        "write": {ITS_EXPERT: set(OfferStatus) - {OfferStatus.REMOVED}},
    }
)
