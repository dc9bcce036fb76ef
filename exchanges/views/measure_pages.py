"""The action plan of an exchange, and the reports on its measures."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.forms.applicant_forms import NOT_PASSED_ON
from applications.views.common import decline_by_form
from connect.double_posts import adds_once
from connect.files import download_response
from connect.headers import sandboxed_response
from connect.typed_texts import restores_typed, save_beside
from exchanges import measures, plan_approval
from exchanges.forms.follow_up_forms import ApproveForm, FollowUpForm, MeasureForm, ReportForm
from exchanges.models import ActionPlan, FollowUp, Measure, MeasureReport
from exchanges.standing import plan_standing
from exchanges.views.common import get_exchange_or_404, is_allowed
from notifications.by_link import by_link


@require_safe
def plan(request, reference):
    """The measures, how each stands, and what was reported on it."""
    exchange = get_exchange_or_404(request, reference)
    plan = ActionPlan.objects.filter(exchange=exchange).first()
    context = {
        "exchange": exchange,
        "plan": plan,
        "changes": plan_approval.plan_changes(plan),
        "notified_at": plan_approval.notified_of_change_at(plan),
        "measures": Measure.objects.of_exchange(exchange),
        "follows": is_allowed(request, exchange, "follow"),
        "follow_ups": exchange.follow_ups.all(),
        "standing": plan_standing(exchange, plan),
        "todo": [],
    }
    return render(request, "exchanges/plan.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def measure_page(request, reference, pk=None):
    """Add, change or delete a measure."""
    exchange = get_exchange_or_404(request, reference, "follow")
    known = get_object_or_404(Measure.objects.of_exchange(exchange), pk=pk) if pk else None
    form = MeasureForm(request.POST or request.typed, instance=known, exchange=exchange)
    if known and request.method == "POST" and "remove" in request.POST:
        try:
            measures.remove_measure(known, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            save_beside(request, form)
            return redirect("exchange-measure", reference, pk)
        messages.success(request, _("The measure has been removed."))
        return redirect("exchange-plan", reference)
    if request.method == "POST" and form.is_valid():
        try:
            measures.save_measure(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The measure has been saved."))
            return redirect("exchange-plan", reference)
    context = {"exchange": exchange, "measure": known, "form": form}
    return render(request, "exchanges/measure.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def measure_report(request, reference, pk):
    """Report on one measure, at any time."""
    exchange = get_exchange_or_404(request, reference, "follow")
    measure = get_object_or_404(Measure.objects.of_exchange(exchange), pk=pk)
    form = ReportForm(
        request.POST or request.typed, request.FILES or None, measure=measure, actor=request.user
    )
    if request.method == "POST" and form.is_valid():
        try:
            measures.report_measure(measure, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your report has been saved."))
            return redirect("exchange-plan", reference)
    context = {"exchange": exchange, "measure": measure, "form": form}
    return render(request, "exchanges/report.html", context)


@require_POST
def post_plan_approval_request(request, reference):
    exchange = get_exchange_or_404(request, reference, "follow")
    try:
        plan_approval.request_plan_approval(exchange, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        name = exchange.dossier.legal_name
        messages.success(request, _("An e-mail with a link has been sent to %s.") % name)
    return redirect("exchange-plan", reference)


@by_link(ActionPlan)
def approve_plan(request, token, plan):
    """The legal representative reads the plan; only their post approves it."""
    decline_form, has_declined = decline_by_form(request, partial(plan_approval.decline_plan, plan))
    if has_declined:
        return redirect("plan-by-link", token)
    says_no = decline_form.is_bound
    beside = request.POST.dict() | {"digest": plan.digest}
    form = ApproveForm(None if says_no else request.POST or None, initial=beside)
    if beside.get("why", "").strip() and form.is_valid():
        form.add_error(None, NOT_PASSED_ON)
    if form.is_valid():
        try:
            plan_approval.save_plan_approval(plan, **form.cleaned_data)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Thank you. The plan has been approved."))
        return redirect("plan-by-link", token)
    context = {
        "plan": plan,
        "exchange": plan.exchange,
        "changes": plan_approval.plan_changes(plan),
        "measures": Measure.objects.of_exchange(plan.exchange),
        "form": decline_form if says_no else form,
        "approve_form": form,
        "decline_form": decline_form,
    }
    return render(request, "exchanges/approve_plan.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def follow_up(request, reference, month):
    """The report of six or twelve months: every measure on one page, filled in from the last."""
    exchange = get_exchange_or_404(request, reference)
    asked = get_object_or_404(FollowUp, exchange=exchange, month=month)
    follows = is_allowed(request, exchange, "follow") and asked.answered_at is None
    early = asked.early_words(timezone.localdate())
    listed = list(Measure.objects.of_exchange(exchange))
    context: dict[str, Any] = {"exchange": exchange, "asked": asked}
    if not follows or early:
        context |= {"early": early, "reports": asked.reports.select_related("measure")}
        return render(request, "exchanges/follow_up_sent.html", context)
    data = request.POST or request.typed
    forms = [
        ReportForm(data, request.FILES or None, measure=one, actor=request.user) for one in listed
    ]
    general = FollowUpForm(data, instance=asked)
    if request.method == "POST" and all([general.is_valid(), *(f.is_valid() for f in forms)]):
        try:
            measures.answer_follow_up(
                asked,
                {form.measure: form.cleaned_data for form in forms},
                general.cleaned_data,
                actor=request.user,
            )
        except ValidationError as refusal:
            general.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. Your report has been sent."))
            return redirect("exchange-plan", reference)
    everything = [*forms, general]
    context |= {"forms": forms, "form": general, "all_forms": everything}
    context["errors"] = sum(len(one.errors) for one in everything)
    context["is_late"] = asked.due_on < timezone.localdate()
    return render(request, "exchanges/follow_up.html", context)


@sandboxed_response
@require_safe
def evidence(request, reference, pk):
    exchange = get_exchange_or_404(request, reference, "meet")
    report = get_object_or_404(
        MeasureReport.objects.exclude(evidence=""), pk=pk, measure__plan__exchange=exchange
    )
    return download_response(report.evidence, report.evidence_name, report.evidence_type)
