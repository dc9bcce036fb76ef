"""The staff's room: Django's admin, whose sign-in is everybody's sign-in."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = site_title = "CONNECT"
    index_title = _("Programme desk")

    def login(self, request, extra_context=None):
        """Send to the one sign-in, which limits failures and asks for the second factor."""
        if request.user.is_authenticated:
            return redirect("my")
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
        )
