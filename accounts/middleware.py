"""Sessions end by themselves; staff work behind a second factor, wherever they go."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import second_factor, sessions
from connect import typed_texts
from connect.my_work import forget_count

OWN = ("account_", "mfa_")  # allauth's pages about the account itself
# What stays open to a session that has yet to give the factor its person has.
GIVING = {"account_logout", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}


def url_name(request):
    return request.resolver_match.url_name or ""


class SessionLife:
    """Middleware: ends an expired session, and records the acts of one that is not."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # Asked only now: a view may find that it was no act.
        if getattr(request, "is_act", False) and request.user.is_authenticated:
            sessions.record_act(request, time.time())
            # What waits for its person is counted anew, unless nothing was done.
            if request.method == "POST" and response.status_code < 400:
                forget_count(request.user)
        return response

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not user.is_authenticated:
            return
        if sessions.seconds_left(request.session, user, time.time()) > 0:
            request.is_act = sessions.is_act(request)
            return
        logout(request)
        messages.info(request, _("You were signed out because you were inactive for some time."))
        request.signed_out = user
        needs_sign_in = getattr(view, "login_required", True)
        if request.method == "POST" and needs_sign_in and not url_name(request).startswith(OWN):
            typed_texts.save_typed(request)


class SecondFactorForStaff:
    """Middleware: opens staff pages only to sessions that have given a second factor.

    An officer who has none is sent to make one, who has one to give it. The demonstration's
    one-button sign-in is let through where the demonstration runs.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        user = request.user
        if not (user.is_authenticated and (user.is_staff or user.is_superuser)):
            return None
        if settings.DEMO and request.session.get("demonstration"):
            return None
        if second_factor.has_given_factor(request):
            return None
        name = url_name(request)
        if second_factor.has_factor(user):
            if name in GIVING:
                return None
            then = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse(second_factor.page_to_give_it(user))}?{then}")
        return None if name.startswith(OWN) else redirect("mfa_activate_totp")
