"""The desk's page on which the reminders of an application or an exchange are paused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from connect.languages import isolate
from connect.list_filters import ListAdmin
from connect.pasted_values import DayField
from connect.types import SignedInRequest
from notifications.reminder_pauses import MOST_REASON, pause_reminders, resume_reminders


class PauseForm(forms.Form):
    """A last day, if one is known, and the reason; begins with those of the pause that holds."""

    until = DayField(
        label=_("Last day of the pause"),
        help_text=_("Leave it empty to pause them until you resume them."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The programme team reads it here and in the timeline; nobody else does."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MOST_REASON,
    )


class ReminderPausesMixin(ListAdmin):
    """Adds the page to the admin of a file; `get_file` finds one that this officer may change."""

    def get_file(self, request: HttpRequest, pk: int) -> Any:
        raise NotImplementedError

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_reminders"
        page = self.admin_site.admin_view(self.reminders_page)
        return [path("<int:pk>/reminders/", page, name=name), *super().get_urls()]

    def reminders_page(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Show whether reminders are paused; a POST pauses them, changes that, or resumes them."""
        file = self.get_file(request, pk)
        known = {"until": file.reminders_paused_until, "reason": file.reminders_reason}
        form = PauseForm(request.POST or None, initial=known if file.has_reminders_paused else {})
        if "resume" in request.POST:
            resume_reminders(file, actor=request.user)
            self.message_user(request, _("Reminders are sent again."), messages.SUCCESS)
            return self.back(file)
        if request.method == "POST" and form.is_valid():
            try:
                pause_reminders(file, **form.cleaned_data, actor=request.user)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.message_user(request, _("Reminders are paused."), messages.SUCCESS)
                return self.back(file)
        context = self.admin_site.each_context(request) | {
            "title": _("Reminders of %s") % isolate(file.reference),
            "opts": self.opts,
            "file": file,
            "form": form,
            "list": f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist",
            "page": self.page_name(),
        }
        return TemplateResponse(request, "admin/notifications/reminders.html", context)

    def page_name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_change"

    def back(self, file: Any) -> HttpResponse:
        return redirect(self.page_name(), file.pk)
