"""How the offers are shared out over the requests of a call."""

from math import floor

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.models import Call
from connect.admin import NoAddOrDelete
from connect.desk_lists import ColumnExportMixin
from connect.posted_values import posted_number
from matching import allocations, decisions
from matching.enums import RunState
from matching.models import CallToShare


def rounded_total(plan):
    """Return the sum of a plan's points as they are shown, in whole ones."""
    return sum(floor(match["score"] + 0.5) for match in plan.plan["matches"]) if plan else None


@admin.register(CallToShare)
class AllocationAdmin(ColumnExportMixin, NoAddOrDelete):
    list_display = ["call_link", "opens_at", "closes_at"]
    list_display_links = None
    search_fields = ["title__unaccent"]

    @admin.display(description=_("call"))
    def call_link(self, call):
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:matching_allocation", args=[call.pk]), call
        )

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/plan/", wrap(self.allocation_page), name="matching_allocation"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:matching_allocation", object_id)

    def allocation_page(self, request, pk):
        """Show the latest plan of a call; a POST solves, decides on a pair, or applies it."""
        call = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, call):
            raise PermissionDenied
        call = Call.objects.get(pk=call.pk)
        if request.method == "POST":
            try:
                done = self.act(request, call)
            except ValidationError as refusal:
                self.message_user(request, refusal.message, messages.ERROR)
            else:
                self.message_user(request, done, messages.SUCCESS)
            return redirect("admin:matching_allocation", call.pk)
        latest = call.allocations.first()
        plan, before = [*call.allocations.filter(state=RunState.DONE)[:2], None, None][:2]
        context = self.admin_site.each_context(request) | {
            "title": _("Experts assigned for %s") % call,
            "opts": self.opts,
            "call": call,
            "needs": allocations.needs_of(call).count(),
            "latest": latest,
            "plan": plan,
            "before": before,
            "totals": [rounded_total(one) for one in (plan, before)],
            "rows": allocations.describe_plan(plan, request.user) if plan else [],
            "stale": plan is not None
            and plan.read != allocations.allocation_state(call, timezone.now()),
            "fixed": allocations.describe_pairs(latest.fixed) if latest else [],
            "forbidden": allocations.describe_pairs(latest.forbidden) if latest else [],
            "gone": allocations.describe_pairs(plan.plan["gone"]) if plan else [],
        }
        return TemplateResponse(request, "admin/matching/allocation.html", context)

    def act(self, request, call):
        """Run the posted verb of the page; return the message for the officer."""
        verb, actor = request.POST.get("verb", ""), request.user
        if verb == "invite":
            plan = call.allocations.filter(
                state=RunState.DONE, pk=posted_number(request, "plan")
            ).first()
            if plan is None:
                raise ValidationError(_("This plan no longer exists."), code="gone")
            invited = allocations.invite_experts_of_plan(plan, actor=actor)
            if not invited:
                words = _(
                    "No invitations sent: no request of this plan is published, or "
                    "everyone was asked before."
                )
                raise ValidationError(words, code="nobody")
            sentence = ngettext(
                "%(count)d expert is invited. You can undo it until %(time)s: then the e-mail is "
                "sent.",
                "%(count)d experts are invited. You can undo each until %(time)s: then the e-mails "
                "are sent.",
                invited,
            )
            return sentence % {"count": invited, "time": decisions.undo_ends_at()}
        if verb == "solve":
            latest = call.allocations.first()
            pairs = {name: getattr(latest, name, ()) for name in ("fixed", "forbidden")}
            allocations.request_allocation(call, actor=actor, **pairs)
        elif verb in ("fix", "forbid", "free"):
            pair = (request.POST.get("need", ""), posted_number(request, "offer"))
            allocations.decide_pair(call, verb, pair, actor=actor)
        else:
            raise ValidationError(_("Choose what to do."), code="verb")
        return _("A new plan is being made: load the page again in a moment.")
