"""Calls in the admin, and the page of a call's committee."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications import assignment, calls, ranking, scorer_reminders
from applications.call_copy_admin import CallCopyMixin
from applications.call_money import with_money
from applications.dossier_tables import CallTable
from applications.enums import GRID, Status
from applications.forms.call_forms import (
    OWN_CRITERIA,
    CallForm,
    translation_names,
)
from applications.meeting_admin import MeetingPagesMixin
from applications.models import Call, Score
from connect.exports import RowExportMixin
from connect.fields import OVERRIDES
from connect.list_filters import ListAdmin
from connect.posted_values import posted_number
from connect.templatetags.look import amount
from notifications.outbox import latest_departure


def count_unscored(call):
    """Return the number of a member's assignments of a call that wait for their score."""
    own = Score.objects.filter(dossier=OuterRef("assignments__dossier"), member=OuterRef("pk"))
    waits = Q(assignments__dossier__call=call, assignments__dossier__status=Status.UNDER_SELECTION)
    return Count("assignments", filter=waits & ~Q(Exists(own)), distinct=True)


def count_scored(call):
    """Return the number of a member's scores of a call, shared out to them or not."""
    own = Score.objects.filter(member=OuterRef("pk"), dossier__call=call).order_by()
    counted = own.values("member").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)


@admin.register(Call)
class CallAdmin(CallCopyMixin, MeetingPagesMixin, RowExportMixin, ListAdmin):
    resource_classes = [CallTable]
    form = CallForm
    formfield_overrides = OVERRIDES
    list_display = ["title", "opens_at", "closes_at", "money_left", "committee_link"]
    search_fields = ["title__unaccent"]
    prepopulated_fields = {"slug": ["title"]}

    def get_fieldsets(self, request, obj=None):
        points = [f"points_{code}" for code in GRID]
        own = [(f"own_{number}", f"points_own_{number}") for number in OWN_CRITERIA]
        # A day from before meetings were planned: until one is, it is changed or emptied here.
        has_bare_day = obj and obj.meeting_on and not obj.meetings.planned().exists()
        day = ["meeting_on"] if has_bare_day else []
        return [
            (
                None,
                {
                    "fields": [
                        *("title", "slug", "text", "language", "opens_at", "closes_at", "budget"),
                    ]
                },
            ),
            (
                _("In other languages"),
                {
                    "fields": translation_names(obj, request.POST),
                    "description": _(
                        "Whoever reads another language reads the text above, marked with its "
                        "language, where nothing is written here."
                    ),
                },
            ),
            (
                _("Who may ask, and for what"),
                {"fields": ["countries", "forms", "co_applicants_most"]},
            ),
            (
                _("What an application must contain"),
                {"fields": ["waived", "attachments", "justify_elected"]},
            ),
            (
                _("Selection"),
                {"fields": [*points, *own, "threshold", "quorum", "gap", *day]},
            ),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        # The grid's points and words are fields of the form, not of the model.
        names = [n for _t, part in self.get_fieldsets(request, obj) for n in part["fields"]]
        own = ("points_", "own_", *(f"{name}_" for name in Call.TRANSLATED))
        kwargs["fields"] = [n for n in names if isinstance(n, str) and not n.startswith(own)]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_queryset(self, request):
        return with_money(super().get_queryset(request))

    @admin.display(description=_("left of the budget, in euros"))
    def money_left(self, call):
        return "—" if call.remaining is None else amount(call.remaining, 2)

    @admin.display(description=_("committee"))
    def committee_link(self, call):
        url = reverse("admin:applications_call_committee", args=[call.pk])
        return format_html('<a href="{}">{}</a>', url, _("Committee"))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = path(
            "<int:pk>/committee/",
            wrap(self.committee_page),
            name="applications_call_committee",
        )
        return [own, *super().get_urls()]

    def committee_page(self, request, pk):
        """Assign dossiers to members, remind them, show the ranking and the meetings."""
        call = self.get_call(request, pk)
        pressed = {
            "share": self.assign_dossiers,
            "read": self.add_reader,
            "remind": self.remind_scorers,
            "remind_all": self.remind_scorers,
        }
        if request.method == "POST" and (names := pressed.keys() & request.POST.keys()):
            pressed[names.pop()](request, call)
            return redirect("admin:applications_call_committee", call.pk)
        people = assignment.committee_members()
        context = self.admin_site.each_context(request) | {
            "title": _("Committee: %s") % call,
            "opts": self.opts,
            "call": call,
            "rows": ranking.list_ranking(call, request.user),
            "people": people.annotate(load=count_unscored(call), given=count_scored(call)),
            "meetings": call.meetings.order_by("-starts_at"),
        }
        return TemplateResponse(request, "admin/applications/committee.html", context)

    def assign_dossiers(self, request, call):
        made = assignment.assign_dossiers(call, actor=request.user)
        message = ngettext("%d reading is assigned.", "%d readings are assigned.", made) % made
        self.message_user(request, message, messages.SUCCESS)
        for row in ranking.list_ranking(call, request.user):
            if row.is_short:
                words = _("Only %(judges)d of %(quorum)d members can judge %(reference)s.") % {
                    "judges": row.judges,
                    "quorum": call.quorum,
                    "reference": row.dossier.reference,
                }
                self.message_user(request, words, messages.WARNING)

    def remind_scorers(self, request, call):
        """Remind those whose scores are missing: of one application, or of all."""
        dossiers = call.dossiers.all()
        if "remind_all" not in request.POST:
            dossiers = dossiers.filter(pk=posted_number(request, "remind"))
        posted, awaited = scorer_reminders.remind_scorers(dossiers, actor=request.user)
        if posted:
            now = timezone.now()
            leaves_at = latest_departure(scorer_reminders.asked_key(call, now), now)
            words = scorer_reminders.describe_reminded(posted, leaves_at)
            self.message_user(request, words, messages.SUCCESS)
        elif not awaited:
            nobody = _("Nobody is reminded: no score is missing.")
            self.message_user(request, nobody, messages.WARNING)
        else:
            nobody = _(
                "Nobody is reminded: whoever has a score to give was reminded today already."
            )
            self.message_user(request, nobody, messages.WARNING)

    def add_reader(self, request, call):
        dossier = get_object_or_404(call.dossiers, pk=posted_number(request, "read"))
        reader = posted_number(request, f"reader-{dossier.pk}")
        try:
            member = assignment.add_reader(dossier, reader, actor=request.user)
        except ValidationError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            words = _("%(member)s reads %(reference)s, too.")
            names = {"member": member, "reference": dossier.reference}
            self.message_user(request, words % names, messages.SUCCESS)

    def save_model(self, request, obj, form, change):
        before = Call.objects.get(pk=obj.pk).closes_at if change else obj.closes_at
        super().save_model(request, obj, form, change)
        is_new_opening = not change or "opens_at" in form.changed_data
        if is_new_opening and obj.is_open(timezone.now()):
            warning = _("This call is open already: everybody sees it on the site.")
            self.message_user(request, warning, messages.WARNING)
        notified, news = calls.notify_of_last_day(obj, before)
        if notified:
            leaves_at = latest_departure(calls.moved_key(obj), timezone.now())
            words = calls.describe_moved_end(notified, news, leaves_at)
            self.message_user(request, words, messages.SUCCESS)
