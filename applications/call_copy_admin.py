"""The page on which an officer copies a call."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from applications import call_copies
from applications.forms.call_copy_forms import CallCopyForm
from connect.double_posts import adds_once
from connect.languages import isolate, join_names
from connect.posted_values import parse_day


class CallCopyMixin(admin.ModelAdmin):
    """Adds the page “Copy this call”, which the page of a call leads to."""

    change_form_template = "admin/applications/call.html"

    def get_urls(self):
        page = self.admin_site.admin_view(adds_once(self.copy_page))
        return [
            path("<int:pk>/copy/", page, name="applications_call_copy"),
            *super().get_urls(),
        ]

    def copy_page(self, request, pk):
        """Propose the next call from this one, dates for a first day included; make it by a POST.

        The button “Show” posts as well, and proposes again for the day that was typed.
        """
        call = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = CallCopyForm(request.POST or None, call=call)
        shown_day = form.fields["first_day"].initial
        if form.is_bound:
            is_valid = form.is_valid()
            shown_day = form.cleaned_data.get("first_day") or shown_day
            if "show" not in request.POST and is_valid:
                try:
                    return self.make_copy(request, call, form)
                except ValidationError as refusal:  # the address was taken meanwhile
                    form.add_error(None, refusal)
            before = parse_day(request.POST.get("shown_day", ""))
            if "show" in request.POST and before and "first_day" in form.cleaned_data:
                form = form.for_another_day(before)
        context = self.admin_site.each_context(request) | {
            "title": _("Copy of %s") % isolate(str(call)),
            "opts": self.opts,
            "call": call,
            "form": form,
            "shown_day": shown_day,
            "dates": form.list_dates(shown_day),
        }
        return TemplateResponse(request, "admin/applications/call_copy.html", context)

    def make_copy(self, request, call, form):
        first_day = form.cleaned_data["first_day"]
        made = call_copies.copy_call(
            call,
            titles=form.titles,
            slug=form.cleaned_data["slug"],
            first_day=first_day,
            actor=request.user,
        )
        self.log_addition(request, made, str(_("Copied from %s") % call))
        words = _("The copy has been made. Nobody outside the programme team sees it before %s.")
        self.message_user(request, words % date_format(first_day), messages.SUCCESS)
        if years := call_copies.years_named(call, call_copies.first_day_of(call), first_day):
            words = _("Its texts name %s: check whether that is still right.")
            self.message_user(request, words % join_names(years), messages.WARNING)
        return redirect(reverse("admin:applications_call_change", args=[made.pk]))
