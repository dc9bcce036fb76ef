"""Whoever has neither password nor second factor confirms that it is them by signing in anew.

allauth asks everybody else for the one or the other before a way into the account is added, and
lets these through: a session that was left open could link a provider, or add an address.
"""

import time

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import add_query_params
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

# What adds or takes away a way in, as allauth calls it, and the page where that is done.
WAYS_IN = {
    "allauth.account": "account_email",
    "allauth.socialaccount": "socialaccount_connections",
    "allauth.mfa": "mfa_index",
}


def has_just_signed_in(request):
    records = get_authentication_records(request, request.user)
    since = records[-1]["at"] if records else 0
    return time.time() - since < app_settings.REAUTHENTICATION_TIMEOUT


def require_new_sign_in(request, app):
    """Lead whoever can confirm in no other way to a new sign-in, and then back."""
    if app not in WAYS_IN or get_reauthentication_flows(request.user):
        return
    if has_just_signed_in(request):
        return
    logout(request)
    messages.info(request, _("Sign in again to confirm that it is you, then try again."))
    there = {REDIRECT_FIELD_NAME: reverse(WAYS_IN[app])}
    raise ImmediateHttpResponse(redirect(add_query_params(reverse("account_login"), there)))
