"""Sign-in events in the log of the process: what, who by number, and where.

Neither names nor addresses are logged: a person is their number, and the address of the network
stands in nginx's log of the same second. What was refused (403, 404) is logged by Django itself.
"""

import logging

from allauth.account import signals as account
from allauth.mfa import signals as factors
from allauth.socialaccount import signals as providers
from django.contrib.auth import signals as auth

logger = logging.getLogger("connect.security")

# What happened: (signal, words of the log, whether it should be looked at).
EVENTS = (
    (auth.user_logged_in, "signed in", False),
    (auth.user_logged_out, "signed out", False),
    (auth.user_login_failed, "password refused", True),
    (account.login_code_rejected, "code to sign in refused", True),
    (account.password_reset_code_rejected, "code to set a password refused", True),
    (account.email_verification_code_rejected, "code to confirm an address refused", True),
    (account.user_signed_up, "signed up", False),
    (account.password_set, "password set", False),
    (account.password_changed, "password changed", False),
    (account.password_reset, "password reset", False),
    (account.email_confirmed, "address confirmed", False),
    (account.email_changed, "address changed", False),
    (factors.authentication_failed, "second factor refused", True),
    (factors.authenticator_used, "second factor given", False),
    (factors.authenticator_added, "second factor added", False),
    (factors.authenticator_removed, "second factor removed", True),
    (providers.social_account_added, "provider linked", False),
    (providers.social_account_removed, "provider removed", True),
    (factors.authenticator_reset, "recovery codes made anew", False),
)


def account_number(facts):
    """Return the number of the account that a signal is about, or "nobody" where there is none."""
    things = (facts.get(name) for name in ("email_address", "sociallogin", "socialaccount"))
    thing = next(filter(None, things), None)
    user = facts.get("user") or getattr(thing, "user", None)
    return getattr(user, "pk", None) or "nobody"


def connect_events():
    for signal, words, is_warning in EVENTS:
        signal.connect(
            write_security_event(words, is_warning), weak=False, dispatch_uid=f"log: {words}"
        )


def write_security_event(words, is_warning):
    level = logging.WARNING if is_warning else logging.INFO

    def receive(sender, request=None, **facts):
        method = getattr(request, "method", "-")
        logger.log(level, "%s: person %s, %s", words, account_number(facts), method)

    return receive
