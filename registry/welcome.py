"""Writing to experts whom staff brought in from a table: their account is news to them."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from connect.transitions import by_officer
from notifications.outbox import post_letter


@transaction.atomic
def invite_experts(experts, *, actor):
    """Invite those who never signed in to choose a password and check their profile, once each.

    Returns how many letters are new. Raises PermissionDenied for anybody but an officer.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    path = reverse("account_reset_password").removeprefix(reverse("home").rstrip("/"))
    unaware = experts.filter(user__last_login=None, user__is_active=True)
    return sum(
        post_letter(
            "profile_made",
            key=f"welcome:{expert.pk}",
            concerns=expert,
            to=[expert.user],
            path=path,
            address=expert.user.email,
            authority=expert.authority.name,
        )
        for expert in unaware.select_related("user", "authority").order_by("pk")
    )
