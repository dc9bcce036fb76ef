"""Authorities, memberships, experts and offers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from connect.pages import paginate
from registry import worldmap
from registry.models import Authority, Expert, SearchEntry
from registry.search import TownSearch
from registry.search_pages import FACETS, search_page
from registry.views.common import get_authority_or_404


@require_safe
@login_not_required
@cache_control(public=True, max_age=86400)
def world(request):
    """The dots of the map: the same for everybody."""
    return HttpResponse(worldmap.as_svg(), content_type="image/svg+xml")


@require_safe
@login_not_required
def authority(request, slug):
    gone = Authority.objects.filter(slug=slug).exclude(merged_into=None).first()
    if gone and gone.merged_into:
        return redirect(gone.merged_into)
    authority = get_authority_or_404(request, slug)
    experts = Expert.objects.for_user(request.user).filter(authority=authority).with_list_details()
    mine = request.user.is_authenticated and authority.memberships.filter(
        user=request.user, status__in=["asked", "active"]
    )
    before = Authority.objects.filter(merged_into=authority)
    context = {
        "authority": authority,
        "experts": paginate(request, experts),
        "mine": mine,
        "belongs": mine and mine.active().select_related("authority").first(),
        "asks": mine and mine.pending().exists(),
        "before": before,
    }
    return render(request, "registry/authority.html", context)


@require_safe
@login_not_required
def experts(request):
    entries = SearchEntry.objects.findable_by(SearchEntry.EXPERT, request.user)
    visible = Expert.objects.for_user(request.user).with_list_details()
    context = search_page(request, entries, visible, "experts", FACETS)
    return render(request, "registry/experts.html", context)


@require_safe
@login_not_required
def authorities(request):
    entries = SearchEntry.objects.findable_by(SearchEntry.AUTHORITY, request.user)
    visible = Authority.objects.for_user(request.user)
    context = search_page(request, entries, visible, "authorities", ["country"], search=TownSearch)
    return render(request, "registry/authorities.html", context)
