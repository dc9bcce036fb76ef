"""How long the registry keeps what it holds of people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.erasure import end_holding
from accounts.holdings import HOLDINGS, Person
from accounts.retention import (
    CONTRACT,
    PUBLIC_TASK,
    RetentionRule,
    declare_retention,
    months_period,
)
from accounts.unused import is_account_needed
from registry.enums import MembershipStatus
from registry.models import Expert, Membership


def empty_memberships(rows, now):
    rows.update(function="", grounds="", told="", proof="")


def empty_profiles(rows, now):
    """Blank what an expert says of themselves; the account stays."""
    for expert in rows.select_related("user"):
        person = Person.from_user(expert.user)
        for holding in HOLDINGS:
            if not holding.user or holding.model is Membership:
                continue  # what has no `user` is another expert's, who names them as superior
            if holding.model._meta.app_label == "registry":
                keys = list(holding.rows(person).values_list("pk", flat=True))
                end_holding(holding, keys, person)
                if keys and holding.after:
                    holding.after(keys, person)


def is_at_work(expert):
    return is_account_needed(expert.user)


def owner_of_profile(expert):
    return [expert.user], "profile_goes", "/account/expert/"


declare_retention(
    RetentionRule(
        "memberships",
        _("functions in organisations that somebody left or was refused by"),
        PUBLIC_TASK,
        months_period(24),
        _("function and grounds are deleted"),
        lambda: Membership.objects.filter(
            status__in=[
                MembershipStatus.ENDED,
                MembershipStatus.REFUSED,
                MembershipStatus.WITHDRAWN,
            ]
        ).exclude(function="", grounds="", told="", proof=""),
        "decided_at",
        empty_memberships,
    ),
    RetentionRule(
        "profiles",
        _("experts' profiles that nobody confirms any more, with the superiors they name"),
        CONTRACT,
        months_period(24),
        _("hidden after a year; then the expert is told twice and the profile is emptied"),
        lambda: Expert.objects.filter(is_hidden=True, user__is_active=True).exclude(
            Q(function_title="") & Q(employer_email="")
        ),
        "confirmed_on",
        empty_profiles,
        warning=owner_of_profile,
        is_needed=is_at_work,
    ),
)
