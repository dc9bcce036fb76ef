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

APP = Authenticator.Type.TOTP


def has_given_factor(request):
    """True if this session, and not another of the same person, has given the second factor."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def has_app(user):
    return Authenticator.objects.filter(user=user, type=APP).exists()


@receiver(authenticator_added)
def record_new_factor(sender, request, user, authenticator, **kwargs):
    """Record that this session has given the factor just made, and that all others have not."""
    if authenticator.type == APP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=APP)
        sessions.renew_id(request)
        sessions.end_sessions_of(user, but=request.session.session_key)


@receiver(authenticator_used)
def renew_session(sender, request, reauthenticated, **kwargs):
    """Change the id of a session that gives the factor late; at sign-in its id changes anyway."""
    if reauthenticated:
        sessions.renew_id(request)


@receiver(authenticator_removed)
def forget_factor(sender, request, user, authenticator, **kwargs):
    if authenticator.type == APP:
        records = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            record for record in records if record["method"] != "mfa"
        ]
        sessions.renew_id(request)
        sessions.end_sessions_of(user, but=request.session.session_key)
