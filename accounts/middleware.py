"""Staff work behind a second factor, wherever they go."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.shortcuts import redirect

ALLOWED_WITHOUT = ("account_", "mfa_")


class SecondFactorForStaff:
    """Send an officer who has no second factor yet to make one; nothing else opens.

    Those who have one gave it at sign-in: allauth makes no session without it. The
    demonstration's one-button sign-in is let through where the demonstration runs.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.url_name or ""
        if not request.user.is_authenticated or name.startswith(ALLOWED_WITHOUT):
            return None
        if not (request.user.is_staff or request.user.is_superuser):
            return None
        if settings.DEMO and request.session.get("demonstration"):
            return None
        return None if is_mfa_enabled(request.user) else redirect("mfa_activate_totp")
