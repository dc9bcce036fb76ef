"""Calls, and who may apply: read by everybody, begun by an authority's people."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_countries import countries

from applications import beginning, paper
from applications.calls import eligibility_obstacles
from applications.forms.applicant_forms import EligibilityForm
from applications.models import Call
from applications.views.common import get_call_or_404
from connect.documents import pdf_response
from connect.pages import paginate
from registry.enums import AUTHOR_ROLES, IncomeLevel
from registry.models import Authority, Income, Membership


@require_safe
@login_not_required
def calls_page(request):
    now = timezone.now()
    page = paginate(request, Call.objects.filter(opens_at__lte=now))
    return render(request, "applications/calls.html", {"page": page, "now": now})


@require_safe
@login_not_required
def can_we_apply(request):
    """Answer in one minute, without an account; the answer has an address of its own."""
    form = EligibilityForm(request.GET if "country" in request.GET else None)
    context = {"form": form, "asked": form.is_valid()}
    if form.is_valid():
        country, now = form.cleaned_data["country"], timezone.now()
        open_calls = Call.objects.open_at(now)
        context |= {
            "obstacles": eligibility_obstacles(form.cleaned_data),
            "open_calls": open_calls,
            "fitting": [call for call in open_calls if call.admits_country(country)],
            # Of a country of high income, which asks for no help, the people can give it.
            "may_help": Income.objects.filter(country=country, level=IncomeLevel.HIGH).exists(),
            "unsure": "unsure" in form.cleaned_data.values(),
            "country": dict(countries)[country],
        }
    return render(request, "applications/can_we_apply.html", context)


@require_safe
@login_not_required
def call(request, slug):
    call = get_call_or_404(request, slug)
    mine, without_role = [], Membership.objects.none()
    if request.user.is_authenticated:
        asked = Authority.objects.of_future_author(request.user)
        without_role = Membership.objects.lacking(request.user, *AUTHOR_ROLES)
        without_role = without_role.exclude(authority__in=asked)
        mine = [
            (authority, beginning.draft_of(call, authority, request.user).first(), is_newcomer)
            for authority, is_newcomer in places(request.user)
        ]
    context = {"call": call, "is_open": call.is_open(timezone.now()), "mine": mine}
    context["without_role"] = without_role
    return render(request, "applications/call.html", context)


def places(user):
    """List (authority, whether they only asked to join it) for which this person may begin."""
    member = Authority.objects.of_author(user)
    newcomer = Authority.objects.of_future_author(user).exclude(pk__in=member.values("pk"))
    return [(authority, False) for authority in member] + [(one, True) for one in newcomer]


@require_POST
def begin_page(request, slug):
    call = get_call_or_404(request, slug)
    own = {authority.slug: authority for authority, _newcomer in places(request.user)}
    authority = own.get(request.POST.get("authority", ""))
    if authority is None:
        raise Http404
    try:
        return redirect(
            beginning.begin_dossier(call, authority, actor=request.user, now=request.began_at)
        )
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(call)


@require_safe
@login_not_required
def printable_form(request, slug):
    """Serve the form of a call as PDF, to print and fill in by hand."""
    call = get_call_or_404(request, slug)
    return pdf_response(paper.pdf_form(call), call.slug)


@require_safe
@login_not_required
def paper_form(request, slug):
    """Serve the form of a call as a Word document, for a town with a poor connection."""
    call = get_call_or_404(request, slug)
    return HttpResponse(
        paper.word_form(call),
        content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        headers={"Content-Disposition": f'attachment; filename="{call.slug}.docx"'},
    )
