"""Dossiers in the admin: a list of what waits, and one page for each.

The page of a file shows its answers, its open steps with what each needs, the checklist
and the committee's scores; every button calls a function that checks and records.
"""

from functools import partial
from typing import cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications import assignment, beginning, co_applicants, paper, worklist
from applications.dossier_list import DossierColumns
from applications.dossier_tables import DossierTable
from applications.enums import FINAL, UNSENT, Status
from applications.forms.applicant_forms import TypeInForm
from applications.forms.step_forms import ChecklistForm, step_form
from applications.hold_kinds import find_held_question
from applications.journey import describe_holder_to_staff
from applications.models import Dossier
from applications.notices import call_group
from applications.people import applicants
from applications.permissions import DOSSIERS
from applications.querysets import DossierQuerySet
from applications.reading import (
    describe_checklist,
    list_changes,
    list_corrections,
    read_sections,
)
from applications.requirements import points_to_explain
from applications.section_answers import check_dossier, list_warnings
from applications.transitions import dossier_machine
from applications.views.common import taken_back_or_404
from connect.admin import ConfirmedActionsMixin
from connect.desk_lists import NextRowMixin
from connect.exports import RowExportMixin
from connect.languages import describe_languages, isolate
from connect.moved_on_forms import refuse_post
from connect.posted_values import as_number
from connect.step_forms import describe_last_step, open_step_forms
from connect.transitions import TransitionRefused
from connect.typed_texts import restores_beside
from notifications.hold_rules import describe_holds
from notifications.mailing_admin import MailingActionMixin
from notifications.pause_admin import ReminderPausesMixin
from registry.desk_search import TownSearchMixin

HAD_CONFLICT = Q(has_conflict=True) | Q(earlier__isnull=False)  # now, or before a correction


def why_not_opened(dossier):
    """Describe why a file would not be opened; "" where it would."""
    if dossier.status == Status.SUBMITTED:
        return ""
    return _("Its status is “%s”.") % dossier.get_status_display()


@admin.register(Dossier)
class DossierAdmin(
    DossierColumns,
    TownSearchMixin,
    MailingActionMixin,
    ReminderPausesMixin,
    RowExportMixin,
    NextRowMixin,
    ConfirmedActionsMixin,
):
    closed = Q(status__in=FINAL)
    resource_classes = [DossierTable]
    actions = ["open_files", "take_over", "write_to_them"]
    import_export_change_list_template = "admin/applications/dossiers.html"

    def get_queryset(self, request):
        return cast(DossierQuerySet, super().get_queryset(request)).on_desk_of(request.user)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Open these files and assign them to me"))
    def open_files(self, request, queryset):
        question = _("Open these files? Their applicants can then no longer edit them.")
        button = _("Open these files and assign them to me")
        if page := self.ask_first(
            request, queryset, question=question, button=button, why_not=why_not_opened
        ):
            return page
        opened, refused = 0, []
        for dossier in queryset.order_by("pk"):
            try:
                dossier_machine.advance(dossier, "open", actor=request.user)
                opened += 1
            except TransitionRefused:
                words = _(
                    "The status of %(reference)s is “%(status)s”: only a newly submitted "
                    "application can be opened."
                )
                status = dossier.get_status_display()
                refused.append(words % {"reference": dossier.reference, "status": status})
        if opened:
            summary = ngettext("%d file is opened.", "%d files are opened.", opened) % opened
            self.message_user(request, summary, messages.SUCCESS)
        for refusal in refused:
            self.message_user(request, refusal, messages.ERROR)
        return None

    @admin.action(description=_("Take over these files from a colleague"))
    def take_over(self, request, queryset):
        question = _("Take over these files in place of their colleague? The colleague is told.")

        def why_not(dossier):
            return worklist.why_not_taken_over(dossier, request.user)

        button = _("Take over")
        if page := self.ask_first(
            request, queryset, question=question, button=button, why_not=why_not
        ):
            return page
        taken = worklist.take_over(queryset, actor=request.user)
        words = (
            ngettext(
                "%d more file is now assigned to you.",
                "%d more files are now assigned to you.",
                taken,
            )
            % taken
        )
        self.message_user(request, words, messages.SUCCESS)
        return None

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("type-in/", wrap(self.type_in), name="applications_dossier_type_in"),
            path(
                "<int:pk>/step/<str:verb>/", wrap(self.take_step), name="applications_dossier_step"
            ),
            path(
                "<int:pk>/checklist/", wrap(self.checklist_page), name="applications_dossier_check"
            ),
            path(
                "<int:pk>/co-applicant/<int:partner>/",
                wrap(self.confirm_co_applicant),
                name="applications_dossier_confirm",
            ),
            *super().get_urls(),
        ]

    def confirm_co_applicant(self, request, pk, partner):
        """Save what the authority said when staff asked it; only a POST does."""
        dossier = self.get_dossier(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        named = get_object_or_404(dossier.co_applicants, pk=partner)
        if "not_them" in request.POST:
            rule, words = (
                co_applicants.reject_co_applicant,
                _("%s is not a co-applicant: its link can no longer be used to answer."),
            )
        else:
            rule, words = (
                co_applicants.confirm_co_applicant,
                _("%s is confirmed as a co-applicant."),
            )
        try:
            rule(named, actor=request.user)
        except ValidationError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, words % named.name, messages.SUCCESS)
        if "ticks" in request.POST:
            self.save_checklist(request, dossier)
        return self.render_file(request, dossier)  # with what was typed for a step

    def type_in(self, request):
        """Create a dossier for a town with a poor connection, from its Word form or from paper."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = TypeInForm(request.POST or None, request.FILES or None, now=timezone.now())
        if request.method == "POST" and form.is_valid():
            call, authority = form.cleaned_data["call"], form.cleaned_data["authority"]
            document = form.cleaned_data["document"]
            try:
                raws = paper.read_filled_form(document, call) if document else paper.FilledForm()
                details = {one: form.cleaned_data[one] for one in form.DOCUMENT_FIELDS}
                dossier = beginning.type_in_dossier(
                    call, authority, raws, actor=request.user, **details
                )
            except ValidationError as refusal:
                form.add_error("document" if document else "authority", refusal)
            else:
                for words in raws.unread:
                    self.message_user(request, words, messages.WARNING)
                return redirect(dossier)
        context = self.admin_site.each_context(request) | {
            "title": _("Enter an application for a local authority"),
            "opts": self.opts,
            "form": form,
            "waiting": Dossier.objects.filter(status=Status.DRAFT)
            .exclude(typed_by=None)
            .select_related("authority", "typed_by"),
        }
        return TemplateResponse(request, "admin/applications/type_in.html", context)

    def get_dossier(self, request, pk):
        dossier = self.get_queryset(request).exclude(status__in=UNSENT).filter(pk=pk).first()
        if dossier is None:
            raise taken_back_or_404(request.user, get_object_or_404(Dossier, pk=pk))
        if not self.has_change_permission(request, dossier):
            raise PermissionDenied
        return dossier

    get_file = get_dossier

    def open_forms(self, request, dossier, bound=None):
        """Return (verb, label, form or None) of each step this officer may take now.

        All are in one form, so that pressing one button keeps what was typed for another.
        """
        return open_step_forms(
            dossier_machine,
            dossier,
            request.user,
            partial(step_form, dossier),
            request.POST or getattr(request, "typed", None) or {},
            bound,
            fills={"send_to_committee"},  # the checklist stands on the page
            held=describe_holds(call_group(dossier)),
        )

    def save_checklist(self, request, dossier):
        """Save the ticks that were posted with any button; return whether they could be saved."""
        form = ChecklistForm(request.POST)
        if not form.is_valid():
            return False
        ticked = form.cleaned_data["checklist"]
        checked = Dossier.objects.filter(pk=dossier.pk, status=Status.ELIGIBILITY_CHECK)
        changed = checked.update(checklist=ticked)
        if changed:
            dossier.checklist = ticked
        return bool(changed)

    @method_decorator(restores_beside)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        listed = self.get_queryset(request).filter(pk=as_number(object_id), status=Status.DRAFT)
        if typed := listed.first():
            return redirect(typed)
        return self.render_file(request, self.get_dossier(request, as_number(object_id)))

    def render_file(self, request, dossier, bound=None):
        scores = list(dossier.scores.select_related("member"))
        sections, steps = read_sections(dossier), self.open_forms(request, dossier, bound)
        correction = next((form for verb, _l, form in steps if verb == "ask_correction"), None)
        context = self.admin_site.each_context(request) | {
            "title": f"{isolate(dossier.reference)} · {isolate(dossier.heading)}",
            "opts": self.opts,
            "dossier": dossier,
            "holder": describe_holder_to_staff(dossier),
            "neighbours": self.find_neighbours(request, dossier.pk),
            "answers": [(section, rows.values()) for section, rows in sections],
            "changes": list_changes(dossier),
            "corrections": list_corrections(dossier),
            "opinions": dossier.opinions.select_related("association"),
            "partners": dossier.co_applicants.all(),
            "warnings": list_warnings(check_dossier(dossier, timezone.localdate())),
            "files": dossier.attachments.current().select_related("replaces"),
            "replaced_files": dossier.attachments.replaced().select_related("replaced_by"),
            "languages": describe_languages(applicants(dossier)),
            "withdraws": DOSSIERS.allows(request.user, "withdraw a file", dossier),
            "signature": dossier.signatures.first(),
            "versions": dossier.versions.all(),
            "steps": steps,
            "held_question": find_held_question(dossier, timezone.now()),
            "correction": correction,
            "asked_by_section": correction.list_by_section(sections) if correction else [],
            "refused": bound and bound[1],
            "checklist": (
                ChecklistForm(initial={"checklist": dossier.checklist})
                if dossier.status == Status.ELIGIBILITY_CHECK
                else None
            ),
            "checked": describe_checklist(dossier),
            "scores": [(score, score.points_by_grid(dossier.call.grid)) for score in scores],
            "conflicts": dossier.conflicts.filter(HAD_CONFLICT).select_related("member"),
            "grid": dossier.call.grid,
            "quorum": assignment.scores_needed_by(dossier),
            "judges": assignment.judges_of(dossier),
            "threshold": dossier.call.threshold,
            "assigned": dossier.assignments.select_related("member"),
            "mean": sum(score.total for score in scores) / len(scores) if scores else None,
            "apart": points_to_explain(dossier),
            "events": dossier.events.select_related("actor"),
            **beginning.list_copies(dossier, Dossier.objects.on_desk_of(request.user)),
        }
        return TemplateResponse(request, "admin/applications/file.html", context)

    def take_step(self, request, pk, verb):
        dossier = self.get_dossier(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in dossier_machine.transitions or not dossier_machine.transitions[verb].label:
            raise PermissionDenied
        if "ticks" in request.POST:  # with the boxes of the page, ticked or not
            self.save_checklist(request, dossier)
        form = None
        if asked := step_form(dossier, verb):
            is_named = any(name.startswith(f"{verb}-") for name in request.POST)
            form = asked(request.POST, prefix=verb if is_named else None)
        if form is not None and not form.is_valid():
            return self.render_file(request, dossier, bound=(verb, form))
        try:
            dossier = dossier_machine.advance(
                dossier, verb, actor=request.user, **(form.details() if form else {})
            )
        except TransitionRefused as refusal:
            if refusal.code == "incomplete":
                if form is None:
                    self.message_user(request, refusal.message, messages.ERROR)
                else:  # at its button
                    form.add_error(None, refusal)
                return self.render_file(request, dossier, bound=(verb, form))
            refuse_post(request, refusal.message)
        else:
            self.message_user(request, describe_last_step(dossier), messages.SUCCESS)
        return redirect("admin:applications_dossier_change", dossier.pk)

    def checklist_page(self, request, pk):
        dossier = self.get_dossier(request, pk)
        if request.method == "POST" and self.save_checklist(request, dossier):
            self.message_user(request, _("The checklist has been saved."), messages.SUCCESS)
            return self.render_file(request, dossier)
        return redirect("admin:applications_dossier_change", dossier.pk)
