"""How a call ranks: weights, rules and caps, tried before they are adopted."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from connect.admin import NoAddOrDelete
from connect.desk_lists import ColumnExportMixin
from connect.posted_values import posted_text
from engine import Policy
from matching import candidates, policies
from matching.forms import PolicyForm
from matching.models import CallPolicy, CallToRank


@admin.register(CallToRank)
class PolicyAdmin(ColumnExportMixin, NoAddOrDelete):
    list_display = ["call_link", "opens_at", "closes_at"]
    list_display_links = None
    search_fields = ["title__unaccent"]

    @admin.display(description=_("call"))
    def call_link(self, call):
        url = reverse("admin:matching_policy", args=[call.pk])
        return format_html('<a href="{}">{}</a>', url, call)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/policy/", wrap(self.policy_page), name="matching_policy"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:matching_policy", object_id)

    def policy_page(self, request, pk):
        """Show how a call ranks, what another policy would change, and adopt it by a POST."""
        call = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, call):
            raise PermissionDenied
        call = Call.objects.get(pk=call.pk)
        policy = CallPolicy.policy_for(call)
        learnt = policies.propose_weights(call) if "learn" in request.GET else None
        begun = learnt.policy if learnt and learnt.policy else policy
        if "usual" in request.GET:
            begun = Policy.default()
        typed = request.POST or (request.GET if "try" in request.GET else None)
        form = PolicyForm(typed, policy=begun)
        if request.method == "POST" and "preview" not in request.POST and form.is_valid():
            try:
                note = posted_text(request, "note", 500)
                made = policies.adopt_policy(call, form.policy(), note=note, actor=request.user)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                message = _("Version %d is in force: the open files are being ranked again.")
                self.message_user(request, message % made.number, messages.SUCCESS)
                return redirect("admin:matching_policy", call.pk)
        effects = (
            policies.policy_effects(call, form.policy(), request.user)
            if typed and form.is_valid()
            else None
        )
        context = self.admin_site.each_context(request) | {
            "title": _("Policy of %s") % call,
            "opts": self.opts,
            "call": call,
            "form": form,
            "note": request.POST.get("note", ""),
            "learnt": learnt,
            "effects": (
                [(dossier, candidates.offers_moved(shifts)) for dossier, shifts in effects]
                if effects is not None
                else None
            ),
            "versions": call.policies.select_related("adopted_by"),
        }
        return TemplateResponse(request, "admin/matching/policy.html", context)
