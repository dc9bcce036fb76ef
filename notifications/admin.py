"""Letters as staff see them: what was said to whom, what waits, what failed; read-only."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.models import Letter
from notifications.outbox import try_again
from notifications.preview import DAYS, expected


class Waiting(admin.SimpleListFilter):
    title = _("where it stands")
    parameter_name = "stands"

    def lookups(self, request, model_admin):
        return [("waiting", _("waiting")), ("failed", _("given up")), ("sent", _("sent"))]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.unsent()
            case "failed":
                return queryset.given_up()
            case "sent":
                return queryset.exclude(sent_at=None)
        return queryset


@admin.register(Letter)
class LetterAdmin(admin.ModelAdmin):
    list_display = ["template", "address", "language", "created_at", "sent_at", "tries"]
    list_filter = [Waiting, "language"]
    search_fields = ["address", "name", "subject"]
    actions = ["try_again"]
    change_list_template = "admin/notifications/letters.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = path("expected/", wrap(self.expected), name="notifications_letter_expected")
        return [own, *super().get_urls()]

    def expected(self, request):
        """Show what the clock alone would send in the days to come."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("Letters of the next %d days") % DAYS,
            "opts": self.opts,
            "days": expected(timezone.now()),
        }
        return TemplateResponse(request, "admin/notifications/expected.html", context)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Try again now"))
    def try_again(self, request, queryset):
        waiting = try_again(queryset)
        self.message_user(request, _("%d letters will be tried again.") % waiting, messages.SUCCESS)
