"""The desk's pages of a committee's meeting: planned, held case by case, its minutes written."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import meetings, minutes, signing
from applications.forms.meeting_forms import CaseForm, MeetingForm, MinutesForm, NoteForm
from applications.meeting_machine import meeting_machine
from applications.models import Meeting
from applications.permissions import MEETINGS
from applications.views.common import require_meeting
from connect.documents import pdf_response
from connect.double_posts import adds_once
from connect.moved_on_forms import MovedOn, refuse_post
from connect.posted_values import as_number, posted_numbers
from connect.step_forms import describe_last_step, open_step_forms
from connect.transitions import TransitionRefused

STEP_FORMS = meeting_machine.for_steps(
    {"cancel": NoteForm, "send_back": NoteForm, "record_unsigned": NoteForm}
)
DECIDING = ("proposal", "votes_for", "votes_against", "abstentions", "outcome", "reason", "note")


class MeetingPagesMixin(admin.ModelAdmin):
    """Adds the pages of the meetings of a call's committee."""

    def get_urls(self):
        wrap, one = self.admin_site.admin_view, "<int:pk>/meetings/<int:meeting>/"
        plan = adds_once(self.plan_page)
        return [
            path("<int:pk>/meetings/new/", wrap(plan), name="applications_call_meeting_new"),
            path(one, wrap(self.meeting_page), name="applications_call_meeting"),
            path(
                f"{one}change/",
                wrap(self.change_meeting_page),
                name="applications_call_meeting_change",
            ),
            path(
                f"{one}cases/<int:case>/",
                wrap(self.case_page),
                name="applications_call_meeting_case",
            ),
            path(
                f"{one}step/<str:verb>/",
                wrap(self.take_meeting_step),
                name="applications_call_meeting_step",
            ),
            path(f"{one}minutes/", wrap(self.minutes_page), name="applications_call_minutes"),
            path(
                f"{one}minutes.pdf", wrap(self.minutes_file), name="applications_call_minutes_pdf"
            ),
            *super().get_urls(),
        ]

    def get_call(self, request, pk):
        call = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, call):
            raise PermissionDenied
        return call

    def get_meeting(self, request, pk, meeting, verb="read"):
        """Return a meeting of a call with which this officer may do so; else 404."""
        call = self.get_call(request, pk)
        meetings_of_call = Meeting.objects.for_user(request.user).filter(call=call)
        one = get_object_or_404(meetings_of_call.select_related("call", "chair"), pk=meeting)
        require_meeting(request, verb, one, one.desk_path)
        return one

    def render_meeting(self, request, name, title, call, **context):
        context = self.admin_site.each_context(request) | context
        context |= {"title": title, "opts": self.opts, "call": call}
        return TemplateResponse(request, f"admin/applications/{name}.html", context)

    def plan_page(self, request, pk):
        """Plan a meeting; its agenda begins with all the applications that wait."""
        call = self.get_call(request, pk)
        form = MeetingForm(request.POST or None, call=call)
        if request.method == "POST" and form.is_valid():
            meeting = meetings.plan_meeting(call, actor=request.user, **form.details())
            words = _("The meeting is planned, and its members are invited by e-mail.")
            self.message_user(request, words, messages.SUCCESS)
            return redirect("admin:applications_call_meeting", call.pk, meeting.pk)
        return self.render_meeting(
            request, "meeting_form", _("Plan a meeting"), call, form=form, meeting=None
        )

    def change_meeting_page(self, request, pk, meeting):
        one = self.get_meeting(request, pk, meeting)
        form = MeetingForm(request.POST or None, call=one.call, meeting=one)
        require_meeting(request, "plan", one, one.desk_path, form)
        if request.method == "POST" and form.is_valid():
            meetings.change_meeting(one, actor=request.user, **form.details())
            words = _("The meeting is changed; whom it concerns gets an e-mail.")
            self.message_user(request, words, messages.SUCCESS)
            return redirect("admin:applications_call_meeting", one.call_id, one.pk)
        return self.render_meeting(request, "meeting_form", one, one.call, form=form, meeting=one)

    def meeting_page(self, request, pk, meeting, bound=None):
        """Show a meeting; a POST saves the order of its agenda, and who is present."""
        one = self.get_meeting(request, pk, meeting)
        if request.method == "POST" and bound is None:
            require_meeting(request, "plan", one, one.desk_path)
            self.save_typed(request, one)
        steps = self.open_steps(request, one, bound)
        is_begun = any(getattr(form, "is_begun", False) for _verb, _label, form in steps)
        if request.method == "POST" and bound is None and not is_begun:
            return redirect("admin:applications_call_meeting", one.call_id, one.pk)
        invited = list(one.members.select_related("member"))
        expected = sum(row.comes is not False for row in invited)
        present = sum(bool(row.is_present) for row in invited)
        recorded = any(row.is_present is not None for row in invited)
        plans = MEETINGS.allows(request.user, "plan", one)
        agenda, readable = meetings.list_all_cases(one), meetings.readable_cases(one, request.user)
        leaving = {member.pk for row in agenda for member in row.leaving}
        return self.render_meeting(
            request,
            "meeting",
            one,
            one.call,
            meeting=one,
            hours=minutes.describe_hours(one),
            rows=[row for row in agenda if row.case.pk in readable],
            hidden=len(agenda) - len(readable),
            waiting=meetings.waiting_for_meeting(one.call, request.user, one) if plans else [],
            invited=invited,
            counted=present if recorded else expected,
            recorded=recorded,
            has_begun=one.has_begun(timezone.now()),
            plans=plans,
            has_free_chair=any(row.member_id not in leaving for row in invited),
            writes=MEETINGS.allows(request.user, "write minutes", one),
            prints=MEETINGS.allows(request.user, "print minutes", one),
            steps=steps,
            refused=bound and bound[1],
            events=one.events.select_related("actor"),
        )

    def open_steps(self, request, meeting, bound=None):
        """Return (verb, label, form) of each step that this officer may take now."""
        steps = open_step_forms(
            meeting_machine, meeting, request.user, STEP_FORMS.get, request.POST, bound
        )
        # Only where it is the way left: members sign what they can.
        hidden = "record_unsigned" if signing.can_be_signed(meeting) else ""
        return [step for step in steps if step[0] != hidden]

    def save_typed(self, request, meeting):
        """Save what is changed of the agenda and of who is present, with any button."""
        field_names = {*request.POST.get("shown", "").split(), *request.POST}
        if "agenda" in field_names:
            self.save_agenda(request, meeting)
        present = set(posted_numbers(request, "present"))
        is_changed = present != set(posted_numbers(request, "was_present"))
        if "presence" in request.POST or ("presence" in field_names and is_changed):
            self.save_presence(request, meeting, present)

    def save_agenda(self, request, meeting):
        numbers = {
            as_number(name.removeprefix("order-")): as_number(value)
            for name, value in request.POST.items()
            if name.startswith("order-")
        }
        order = {pk: number for pk, number in numbers.items() if number > 0}
        removed, added = (posted_numbers(request, name) for name in ("removed", "added"))
        known = dict(meeting.cases.values_list("pk", "position"))
        is_changed = order.items() - known.items() or removed or added
        if "agenda" not in request.POST and not is_changed:
            return
        meetings.save_agenda(meeting, actor=request.user, order=order, removed=removed, added=added)
        self.message_user(request, _("The agenda has been saved."), messages.SUCCESS)

    def save_presence(self, request, meeting, present):
        try:
            meetings.save_presence(meeting, actor=request.user, present=present)
        except ValidationError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        else:
            self.message_user(request, _("The attendance has been saved."), messages.SUCCESS)

    def case_page(self, request, pk, meeting, case):
        """Show a case at its meeting; a POST records what the committee decided of it."""
        one = self.get_meeting(request, pk, meeting)
        rows = meetings.list_cases(one, request.user)
        place = next((place for place, row in enumerate(rows) if row.case.pk == case), None)
        if place is None:
            raise Http404
        row, after = rows[place], rows[place + 1 :]
        form = CaseForm(
            request.POST or None, initial={name: getattr(row.case, name, "") for name in DECIDING}
        )
        if request.method == "POST":
            require_meeting(request, "plan", one, request.path, form)
            if not row.can_be_decided:
                raise MovedOn(meetings.DECIDED, request.path, form)
        if request.method == "POST" and form.is_valid():
            try:
                meetings.decide_case(row.case, actor=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                if refusal.code == "moved_on":
                    raise MovedOn(refusal.message, request.path, form) from None
                form.add_error(None, refusal)
            else:
                words = _("The decision on %s has been saved.") % row.case.dossier.reference
                self.message_user(request, words, messages.SUCCESS)
                if after:
                    name = "admin:applications_call_meeting_case"
                    return redirect(name, one.call_id, one.pk, after[0].case.pk)
                return redirect("admin:applications_call_meeting", one.call_id, one.pk)
        return self.render_meeting(
            request,
            "meeting_case",
            f"{row.case.dossier.reference} · {row.case.dossier.heading}",
            one.call,
            meeting=one,
            row=row,
            before=rows[place - 1] if place else None,
            after=after[0] if after else None,
            form=form,
            vote=minutes.describe_vote(row.case),
            decides=row.can_be_decided and MEETINGS.allows(request.user, "plan", one),
            not_yet=meetings.why_not_yet(one, timezone.now()),
            obstacles=meetings.list_obstacles(row, timezone.now()),
        )

    def take_meeting_step(self, request, pk, meeting, verb):
        one = self.get_meeting(request, pk, meeting)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in meeting_machine.transitions:
            raise Http404
        if MEETINGS.allows(request.user, "plan", one):
            self.save_typed(request, one)
        asked = STEP_FORMS.get(verb)
        form = asked(request.POST, prefix=verb) if asked else None
        if form is not None and not form.is_valid():
            return self.meeting_page(request, pk, meeting, bound=(verb, form))
        details = form.cleaned_data if form else {}
        try:
            one = meeting_machine.advance(one, verb, actor=request.user, **details)
        except TransitionRefused as refusal:
            if form is not None and refusal.code != "moved_on":  # at its button
                form.add_error(None, refusal)
                return self.meeting_page(request, pk, meeting, bound=(verb, form))
            refuse_post(request, refusal.message)
        else:
            self.message_user(request, describe_last_step(one), messages.SUCCESS)
        return redirect("admin:applications_call_meeting", one.call_id, one.pk)

    def minutes_page(self, request, pk, meeting):
        """Let an officer edit the minutes of a meeting that is over."""
        one = self.get_meeting(request, pk, meeting)
        rows = meetings.list_cases(one, request.user)
        form = MinutesForm(request.POST or None, meeting=one, rows=rows)
        require_meeting(request, "write minutes", one, one.desk_path, form)
        if request.method == "POST" and form.is_valid():
            minutes.save_minutes(one, actor=request.user, **form.details())
            self.message_user(request, _("The minutes have been saved."), messages.SUCCESS)
            return redirect("admin:applications_call_meeting", one.call_id, one.pk)
        title = _("Minutes of the selection committee")
        return self.render_meeting(
            request, "meeting_minutes", title, one.call, form=form, meeting=one
        )

    def minutes_file(self, request, pk, meeting):
        one = self.get_meeting(request, pk, meeting, "print minutes")
        return pdf_response(minutes.minutes_pdf(one), f"minutes-{one.call.slug}-{one.day}")
