"""Removing a lost second factor: one administrator asks, another confirms, on record.

The person is told of both, and gives neither. Their sessions end; they sign in with their password
and make a new factor before anything opens.
"""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import second_factor, sessions
from accounts.models import LostFactor, User
from notifications.outbox import post_letter

WAITS = timedelta(days=1)  # for the second administrator


def check_administrator(actor):
    if not (actor.is_active and actor.is_staff and actor.is_superuser):
        raise PermissionDenied


def check_person(person, actor):
    """Raise PermissionDenied for a person whose factor this administrator may not remove."""
    if person == actor:
        raise ValidationError(_("Ask another administrator for yourself."), code="own_factor")
    if not second_factor.has_factor(person):
        raise ValidationError(_("This person has no second factor."), code="no_factor")


@transaction.atomic
def request_removal(person, why, *, actor, now):
    """Request the removal of a lost factor; return what another administrator confirms."""
    check_administrator(actor)
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    check_person(person, actor)
    lost = LostFactor.objects.create(person=person, why=why, asked_by=actor, asked_at=now)
    post_letter(
        "factor_lost",
        key=f"factor:{lost.pk}:lost",
        concerns=lost,
        to=[person],
        asked_by=actor.name,
    )
    return lost


@transaction.atomic
def remove_factor(lost, *, actor, now):
    """Remove the factor that somebody else asked to remove, and end the person's sessions."""
    check_administrator(actor)
    lost = LostFactor.objects.select_for_update(of=("self",)).get(pk=lost.pk)
    if actor in (lost.asked_by, lost.person):
        words = _("Another administrator than the one who asked must confirm.")
        raise ValidationError(words, code="same_administrator")
    if lost.confirmed_at or now > lost.asked_at + WAITS:
        words = _("This was confirmed already, or asked more than a day ago: ask again.")
        raise ValidationError(words, code="too_late")
    lost.confirmed_by, lost.confirmed_at = actor, now
    lost.save(update_fields=["confirmed_by", "confirmed_at"])
    Authenticator.objects.filter(user=lost.person).delete()
    sessions.end_sessions_of(lost.person)
    post_letter(
        "factor_removed",
        key=f"factor:{lost.pk}:removed",
        concerns=lost,
        to=[lost.person],
        path="/account/login/",
        asked_by=lost.asked_by.name,
        confirmed_by=actor.name,
    )
    return lost
