"""The staff's room: Django's admin, whose sign-in is everybody's sign-in."""

from datetime import timedelta

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect import work


class AdminSite(admin.AdminSite):
    site_header = site_title = "CONNECT"
    index_title = _("Programme desk")

    def get_urls(self):
        return [path("work/", self.admin_view(self.work), name="work"), *super().get_urls()]

    def work(self, request):
        """Show what waits for the workers; a POST tries again what failed."""
        if request.method == "POST":
            again = work.retry(request.POST.get("queue", ""))
            words = ngettext("%d is tried again.", "%d are tried again.", again) % again
            messages.success(request, words)
            return redirect("admin:work")
        now, beat = timezone.now(), work.last_beat()
        context = self.each_context(request) | {
            "title": _("What the workers do"),
            "stands": work.stands(),
            "beat": beat,
            "late": beat is None or now - beat > timedelta(minutes=work.LATE),
            "asked": work.asked_of_broker(),
        }
        return TemplateResponse(request, "admin/work.html", context)

    def login(self, request, extra_context=None):
        """Send to the one sign-in, which limits failures and asks for the second factor."""
        if request.user.is_authenticated:
            return redirect("my")
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
        )
