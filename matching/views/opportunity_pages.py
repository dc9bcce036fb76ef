"""Opportunities, as anybody finds and answers them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.permissions import DOSSIERS
from connect.pages import redirect_back
from connect.posted_values import posted_number
from connect.share_pictures import picture_response
from matching import alerts, feeds, fits
from matching.desk import answer_opportunity
from matching.enums import GONE, NotForMe
from matching.models import Interest, Opportunity
from registry.models import SearchEntry
from registry.search import describe_search
from registry.search_pages import FACETS, search_page

BEST_FIT = "fit"  # how the board is sorted for an expert


@require_safe
@login_not_required
def board(request):
    visible = Opportunity.objects.open(timezone.localdate())
    entries = SearchEntry.objects.filter(kind=SearchEntry.OPPORTUNITY, key__in=visible.values("pk"))
    closes_on = visible.filter(pk=OuterRef("key")).values("closes_on")
    entries = entries.annotate(closes_on=Subquery(closes_on))
    orders = {"closing": (_("closing first"), ["closes_on"])}
    my_fits = fits.read_fits(request.user, timezone.localdate())
    is_for_me = my_fits is not None and request.GET.get("sort") == BEST_FIT
    if my_fits:
        orders[BEST_FIT] = (_("best fit for me"), my_fits.order)
    if is_for_me:
        entries = entries.exclude(key__in=my_fits.hidden_keys)
    context = search_page(
        request,
        entries,
        visible.with_list_details(),
        "",
        FACETS,
        on_map=True,
        orders=orders,
        is_own=is_for_me,
    )
    context |= {
        "query": request.GET.urlencode(),
        "found": my_fits,
        "is_for_me": is_for_me,
        "reasons_not_for_me": NotForMe.choices,
    }
    if is_for_me:
        for opportunity in context["page"]:
            opportunity.fit = my_fits.fits.get(opportunity.pk)
    return render(request, "matching/opportunities.html", context)


@require_safe
@login_not_required
def deadlines_calendar(request):
    calendar = feeds.calendar_of(request.GET, request.build_absolute_uri)
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "POST"])
def alerts_page(request):
    """Show one's saved searches; a POST adds or deletes one."""
    if request.method == "POST":
        if "remove" in request.POST:
            request.user.alerts.filter(pk=posted_number(request, "remove")).delete()
            messages.success(request, _("The alert has been removed."))
        else:
            query, every = QueryDict(request.POST.get("asked", "")), request.POST.get("every", "")
            try:
                alerts.create_alert(request.user, query, every=every)
            except ValidationError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(
                    request,
                    _(
                        "The alert has been saved. We will e-mail you about new requests "
                        "that match it."
                    ),
                )
        return redirect("alerts")
    mine = [(alert, describe_search(alert.asked)) for alert in request.user.alerts.all()]
    return render(request, "matching/alerts.html", {"alerts": mine})


@require_safe
@login_not_required
def opportunity(request, reference):
    listed = Opportunity.objects.with_list_details().filter(dossier__reference=reference)
    opportunity = listed.open(timezone.localdate()).first()
    if opportunity is None:
        return no_longer_open(request, get_object_or_404(listed))
    mine = None
    if request.user.is_authenticated:
        answers = Interest.objects.of_expert(request.user).filter(dossier=opportunity.dossier)
        mine = answers.exclude(status__in=GONE).first()
    my_fits = fits.read_fits(request.user, timezone.localdate())
    context = {
        "opportunity": opportunity,
        "fit": my_fits.fits.get(opportunity.pk) if my_fits else None,
        "hidden": [one for one in my_fits.hidden if one.dossier_id == opportunity.dossier_id]
        if my_fits
        else [],
        "dossier": opportunity.dossier,
        "mine": mine,
        "is_own": opportunity.dossier.authority.has_member(request.user),
        "is_read": is_read_by(request.user, opportunity.dossier),
        "is_expert": hasattr(request.user, "expert"),
        "demand": feeds.as_demand(opportunity, request.build_absolute_uri),
    }
    return render(request, "matching/opportunity.html", context)


@require_safe
@login_not_required
def request_picture(request, reference):
    listed = Opportunity.objects.open(timezone.localdate()).with_list_details()
    opportunity = get_object_or_404(listed, dossier__reference=reference)
    return picture_response(
        title=opportunity.dossier.title,
        eyebrow=_("Open request"),
        line=opportunity.dossier.authority.place,
    )


def is_read_by(user, dossier):
    """True for whoever may read the whole application: who asks, with whom, and the officers."""
    return user.is_authenticated and DOSSIERS.allows(user, "read", dossier)


def no_longer_open(request, opportunity):
    """Redirect those who have answered to their answer; tell others that the request is closed."""
    if request.user.is_authenticated:
        own = Interest.objects.of_expert(request.user).filter(dossier=opportunity.dossier)
        if answered := own.order_by("-pk").first():
            words = _("This request is closed. Here is your answer to it.")
            messages.info(request, words)
            return redirect(answered)
    return render(request, "matching/opportunity_over.html", status=404)


@require_POST
def post_not_for_me(request, reference):
    """Hide a request from the expert who asks, with their reason; or show it again."""
    opportunity = get_object_or_404(Opportunity, dossier__reference=reference)
    if "undo" in request.POST:
        fits.show_request_again(opportunity, actor=request.user)
        messages.success(request, _("The request is shown among yours again."))
    else:
        try:
            fits.hide_request(opportunity, request.POST.get("reason", ""), actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            words = _("The request is hidden. You find it below under “Not for me”.")
            messages.success(request, words)
    return redirect_back(request, f"{reverse('opportunities')}?sort={BEST_FIT}")


@require_POST
def post_answer(request, reference):
    opportunity = get_object_or_404(Opportunity, dossier__reference=reference)
    try:
        return redirect(answer_opportunity(opportunity.dossier, actor=request.user))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("opportunities")
