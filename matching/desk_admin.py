"""The matching desk: dossiers to match, and one page of candidates for each.

An admin class declares columns and wires a page; ranking, inviting, shortlisting and
proposing are functions of this app, tested without the admin.
"""

from contextlib import suppress
from typing import cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Count, Q, When
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from applications.enums import RANKED_IN, Status
from applications.journey import describe_holder
from applications.models import Dossier
from applications.querysets import DossierQuerySet
from connect.admin import NoAddOrDelete, StatusFilter
from connect.desk_home import WhoseFilter
from connect.desk_lists import ColumnExportMixin, NextRowMixin
from connect.moved_on_forms import refuse_post
from connect.posted_values import as_number, posted_number, posted_numbers, posted_text
from connect.typed_texts import restores_beside
from connect.undo_period import held_until, read_holds
from engine import Policy
from matching import (
    candidates,
    consent,
    decisions,
    desk,
    desk_last_day,
    fits,
    people,
    policies,
    reasons,
    teams,
    withdrawals,
)
from matching.criteria import CRITERIA
from matching.desk_buttons import (
    OF_EACH,
    chosen_before,
    count_together,
    read_button,
    save_unsent,
    typed_of_each,
)
from matching.desk_filters import AnswersFilter
from matching.enums import GONE, UNSENT, InterestStatus, MatchStatus, RunState
from matching.forms import PolicyForm
from matching.models import CallPolicy, DossierToMatch, Interest
from matching.runs import request_run
from matching.transitions import interest_machine
from registry.desk_search import TownSearchMixin
from registry.exchange_forms import EXCHANGE_FORMS

TO_MATCH = RANKED_IN | {Status.CONSENT_PENDING, Status.MATCHED}


@admin.register(DossierToMatch)
class DeskAdmin(TownSearchMixin, ColumnExportMixin, NextRowMixin, NoAddOrDelete):
    list_display = [
        *("reference", "desk_link", "authority", "status", "answers", "status_since", "officer"),
    ]
    list_display_links = None
    # What is to be worked on comes first, and of it who has waited longest.
    ordering = [
        Case(
            When(status=Status.MATCHED, then=2),
            When(status=Status.CONSENT_PENDING, then=1),
            default=0,
        ),
        "status_since",
        "pk",
    ]
    list_filter = [
        AnswersFilter,
        WhoseFilter,
        ("status", StatusFilter),
        ("case_officer", admin.RelatedOnlyFieldListFilter),
    ]
    statuses = TO_MATCH
    list_select_related = ["authority", "case_officer"]
    search_fields = [
        "reference",
        "title__unaccent",
        "authority__name__unaccent",
    ]

    def get_queryset(self, request):
        own = cast(DossierQuerySet, super().get_queryset(request)).for_officer(request.user)
        return self.with_list_columns(own.filter(status__in=TO_MATCH))

    def with_list_columns(self, dossiers):
        """Count the answers that each has received."""
        return dossiers.annotate(
            received=Count("interests", filter=~Q(interests__status__in=UNSENT))
        )

    @admin.display(description=_("answers"), ordering="received")
    def answers(self, dossier):
        return dossier.received

    @admin.display(description=_("case officer"), ordering="case_officer__name")
    def officer(self, dossier):
        return dossier.active_officer or "—"

    @admin.display(description=_("title"))
    def desk_link(self, dossier):
        url = reverse("admin:matching_desk", args=[dossier.pk])
        return format_html('<a href="{}">{}</a>', url, dossier.title)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/desk/", wrap(restores_beside(self.desk_page)), name="matching_desk"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return redirect("admin:matching_desk", object_id)

    def desk_page(self, request, pk):
        """Show the ranking and the interests of a dossier; a POST takes one of the desk's verbs."""
        dossier = get_object_or_404(self.get_queryset(request).select_related("authority"), pk=pk)
        if not self.has_change_permission(request, dossier):
            raise PermissionDenied
        dossier = Dossier.objects.select_related(
            "authority", "call", "follows", "case_officer"
        ).get(pk=dossier.pk)
        if request.method == "POST":
            try:
                done = self.act(request, dossier)
            except ValidationError as refusal:
                before = dossier.status
                dossier.refresh_from_db()
                # Its form has what was typed, unless the form is gone.
                (messages.error if dossier.status == before else refuse_post)(
                    request, refusal.message
                )
            else:
                self.message_user(request, done, messages.SUCCESS)
                save_unsent(request)
                return redirect("admin:matching_desk", dossier.pk)
        return TemplateResponse(
            request, "admin/matching/desk.html", self.render_page(request, dossier)
        )

    def render_page(self, request, dossier):
        run, today, now = desk.latest_run(dossier), timezone.localdate(), timezone.now()
        there = dossier.interests.exclude(status=InterestStatus.UNDONE)
        interests = list(there.with_details().prefetch_related("events", "matches"))
        self.describe_answers(interests, run, request.user, now)
        shortlisted = [i for i in interests if i.status == InterestStatus.SHORTLISTED]
        answered = {i.expert_id: i.appraisal for i in interests if i.appraisal}
        taken = {interest.expert_id for interest in interests if interest.status not in GONE}
        undone = self.undone_proposal(dossier)
        typed = request.POST or request.typed or QueryDict()
        verb, refused = read_button(request)
        matches = self.list_proposals(dossier, now)
        desk_list = run and candidates.arrange_candidates(
            dossier, run, request.GET, today.year, answered
        )
        near = getattr(dossier, "nearest_practices", None)  # until a worker has found them
        policy = CallPolicy.policy_for(dossier.call)
        tried = PolicyForm(request.GET if "try" in request.GET else None, policy=policy)
        return self.admin_site.each_context(request) | {
            "title": _("Candidates for %s") % dossier.authority,
            "opts": self.opts,
            "dossier": dossier,
            "holder": describe_holder(dossier, None, is_own=False),
            "neighbours": self.find_neighbours(request, dossier.pk),
            "run": run,
            "waiting": dossier.runs.filter(state=RunState.WAITING).exists(),
            "failed": dossier.runs.filter(state=RunState.FAILED).first() if not run else None,
            "shown": desk_list,
            "not_for_me": fits.count_hidden(dossier),
            "nearest": near.describe() if near else [],
            **self.describe_team(dossier, desk_list, as_number(request.GET.get("team", ""))),
            "helped_before": candidates.list_earlier_helpers(dossier),
            "criteria": CRITERIA.values(),
            "asked": request.GET,
            "policy_form": tried,
            "shifts": self.describe_shifts(run, tried) if run and tried.is_bound else None,
            **self.describe_without(run, request.GET.get("without", "")),
            "taken": taken,
            "withdrew": desk.list_withdrawals(interests),
            "interests": desk.list_newest(interests),
            "shortlisted": shortlisted,
            "typed": typed,
            "verb": verb,
            "refused": refused,
            **{plural: typed_of_each(typed, name) for name, plural in OF_EACH.items()},
            "undone": undone,
            "forms": [(code, EXCHANGE_FORMS[code].label) for code in dossier.forms],
            "form": typed.get("form")
            or (undone.agreed_form if undone else consent.nearest_form(dossier, shortlisted)),
            "chosen": [as_number(one) for one in typed.getlist("interest")]
            or ([] if typed else chosen_before(undone)),
            "together": count_together(request, dossier),
            "can_choose": dossier.interests.admissible().exists(),
            "following": people.next_candidate(dossier) if matches else None,
            "left": [i for i in interests if i.status in desk.CHOOSABLE],
            "unanswered": [i for i in interests if i.status in desk.UNANSWERED],
            "matches": matches,
            **desk_last_day.describe_last_day(request, dossier, verb, today),
        }

    def describe_team(self, dossier, desk_list, size):
        """Return the sizes that a team may have, and the team proposed of the one asked for."""
        sizes = teams.team_sizes(dossier)
        asked = desk_list and size in sizes
        team = teams.propose_team(dossier, desk_list.kept, size) if asked else None
        return {"team_sizes": sizes, "team": team}

    def list_proposals(self, dossier, now):
        """List the matches of a dossier but those undone, each with whether it may be undone."""
        asked = dossier.matches.exclude(status=MatchStatus.UNDONE)
        matches = list(asked.prefetch_related("consents", "interests__expert__user"))
        for match in matches:
            match.may_undo = withdrawals.may_undo_proposal(match, now)
            match.told_at = match.status_since + settings.UNDO_FOR
        return matches

    def describe_answers(self, interests, run, actor, now):
        """Let each answer say its appraisal, what holds it, and what may be done with it."""
        appraised = reasons.describe_answers(run, interests) if run else {}
        read_holds(event for one in interests for event in one.events.all())
        for interest in interests:
            interest.appraisal = appraised.get(interest.pk)
            every = interest.matches.all()
            interest.held_by = next((m for m in every if m.status == MatchStatus.PROPOSED), None)
            interest.verbs = self.verbs(interest, actor)
            broken = set(interest.appraisal.broken if interest.appraisal else ())
            interest.asks_waiver = broken - set(interest.excepted)
            if interest.asks_waiver & reasons.NEVER_EXCEPTED:
                interest.verbs = [one for one in interest.verbs if one[0] != "shortlist"]
            interest.may_undo = not interest.held_by and decisions.may_undo_decision(interest, now)
            if decisions.is_untold_decision(interest, now):
                interest.told_at = interest.status_since + settings.UNDO_FOR
                interest.held_until = held_until(list(interest.events.all())[-1])

    def undone_proposal(self, dossier):
        """Return the last proposal if it was undone: what was typed stands in its form again."""
        last = dossier.matches.order_by("pk").last()
        return last if last and last.status == MatchStatus.UNDONE else None

    def verbs(self, interest, actor):
        """List (verb, label) of the steps of an answer; of one in an open proposal, none."""
        if interest.held_by:
            return []
        return [
            (verb, interest_machine.transitions[verb].label)
            for verb in interest_machine.available_transitions(interest, actor)
            if interest_machine.transitions[verb].label
        ]

    def describe_shifts(self, run, form):
        """Describe how the list changes under the typed policy: [(offer, shift)], or an error."""
        if not form.is_valid():
            return []
        try:
            shifts = policies.try_policy(run, form.policy())
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return []
        return candidates.offers_moved(shifts)

    def describe_without(self, run, key):
        """Describe how the list changes without one criterion, and which can be left out."""
        policy = Policy.from_dict(run.policy) if run else None
        others = {one: policies.drop_criterion(policy, one) for one in CRITERIA} if run else {}
        other, shifts = others.get(key), None
        if other:
            with suppress(ValidationError):  # a ranking of before tables were stored
                shifts = candidates.offers_moved(policies.try_policy(run, other))
        return {
            "left_out": key,
            "may_leave_out": [CRITERIA[one] for one, found in others.items() if found],
            "without": shifts,
        }

    def act(self, request, dossier):
        """Run the posted verb of the desk; return the message for the officer."""
        actor = request.user
        verb, number = read_button(request)
        match verb:
            case "rank":
                request_run(dossier.pk)
                return _("A new ranking is being made: load the page again in a moment.")
            case "invite" | "invite_again":
                reason, again = posted_text(request, f"exception-{number}", 500), verb != "invite"
                interest = desk.invite_expert(
                    dossier, number, actor=actor, exception=reason, again=again
                )
                words = _(
                    "Invited: %(who)s. You can undo it until %(time)s: then the e-mail is sent."
                )
                return words % {"who": interest, "time": decisions.undo_ends_at()}
            case "put_aside":
                reason = posted_text(request, f"aside-{number}", 300)
                aside = decisions.put_offer_aside(dossier, number, reason=reason, actor=actor)
                return _("Dismissed: %s") % f"{aside.offer.expert} · {aside.offer}"
            case "take_up":
                decisions.restore_offer(dossier, number, actor=actor)
                return _("The candidate has been restored to the list.")
            case "undo":
                interest = get_object_or_404(Interest, pk=number, dossier=dossier)
                return _("Undone: %s") % decisions.undo_decision(interest, actor=actor)
            case "extend" | "seek_again":
                return desk_last_day.move_last_day(request, dossier, verb)
            case "begin_shortlisting":
                desk.begin_shortlisting(dossier, actor=actor)
                return _("The request is closed to new answers: choose among those received.")
            case "screen" | "shortlist" | "keep_in_reserve" | "decline":
                return self.move_interest(request, dossier, verb, number)
        return self.act_on_proposal(request, dossier)

    def move_interest(self, request, dossier, verb, number):
        interest = get_object_or_404(Interest, pk=number, dossier=dossier)
        if verb == "shortlist":
            reason = posted_text(request, f"waiver-{number}", 500)
            interest = decisions.shortlist_answer(interest, actor=request.user, exception=reason)
        else:
            interest = interest_machine.advance(interest, verb, actor=request.user)
        return _("%(who)s has a new status: %(status)s.") % {
            "who": interest,
            "status": interest.get_status_display(),
        }

    def act_on_proposal(self, request, dossier):
        actor = request.user
        verb, number = read_button(request)
        match verb:
            case "undo_proposal":
                match = get_object_or_404(dossier.matches, pk=number)
                withdrawals.undo_proposal(match, actor=actor)
                return _("The proposal has been undone: nobody was asked.")
            case "withdraw_proposal":
                match = get_object_or_404(dossier.matches, pk=number)
                note = posted_text(request, f"withdraw-{number}", 2000)
                internal = posted_text(request, f"internal-{number}", 2000)
                withdrawals.withdraw_proposal(match, note=note, internal=internal, actor=actor)
                return _("The proposal has been withdrawn. Every side will be told why.")
            case "propose":
                chosen = posted_numbers(request, "interest")
                several = count_together(request, dossier)
                if several and posted_number(request, "together") != several:
                    words = _(
                        "You chose %d experts, and the request is for one. If they are to take "
                        "part together, tick the box below, then propose: each of them must agree."
                    )
                    raise ValidationError(words % several, code="together")
                made = consent.propose_match(
                    dossier,
                    chosen,
                    actor=actor,
                    form=request.POST.get("form", ""),
                    note=posted_text(request, "note", 2000),
                )
                return _(
                    "%(reference)s has been proposed: every side has until %(day)s to answer. "
                    "You can undo it until %(time)s: then the e-mails are sent."
                ) % {
                    "reference": made.reference,
                    "day": date_format(made.answer_by, "DATE_FORMAT"),
                    "time": decisions.undo_ends_at(),
                }
        raise ValidationError(_("Choose what to do."), code="verb")
