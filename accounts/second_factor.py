"""The second factor: given in each session, notified by letter, without a secret way around it."""

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from django.dispatch import receiver

from accounts import sessions

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # an app, a passkey


def has_given_factor(request):
    """True if this session, and not another of the same person, has given the second factor."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def has_factor(user):
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def page_to_give_it(user):
    """Name the page that asks for the factor again: who has no app gives a passkey."""
    has_app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return "mfa_reauthenticate" if has_app else "mfa_reauthenticate_webauthn"


@receiver(authenticator_added)
def record_new_factor(sender, request, user, authenticator, **kwargs):
    """Record that this session has given the factor just made, and that all others have not."""
    if authenticator.type in FACTORS:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        sessions.renew_id(request)
        sessions.end_sessions_of(user, but=request.session.session_key)


@receiver(authenticator_used)
def renew_session(sender, request, reauthenticated, **kwargs):
    """Change the id of a session that gives the factor late; at sign-in its id changes anyway."""
    if reauthenticated:
        sessions.renew_id(request)


@receiver(authenticator_removed)
def forget_factor(sender, request, user, authenticator, **kwargs):
    if authenticator.type in FACTORS:
        records = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            record for record in records if record["method"] != "mfa"
        ]
        sessions.renew_id(request)
        sessions.end_sessions_of(user, but=request.session.session_key)
