"""One's received letters, and which kinds of them one pauses."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect import links
from connect.links import Link
from connect.pages import paginate, redirect_back
from notifications import pauses, weekly_work, work_calendar
from notifications.bursts import combined_letters
from notifications.by_link import hide_address
from notifications.letter_text import add_links
from notifications.models import Letter


@require_http_methods(["GET", "POST"])
def letters(request):
    """Show one's letters, the newest first; a POST pauses or resumes a kind."""
    address = request.user.email
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in pauses.OPTIONAL:
            raise Http404
        choose_kind(request.user, kind, "resume" in request.POST)
        messages.success(request, _("Saved."))
        return redirect("letters")
    kinds = [
        (kind, words, pauses.is_paused(address, kind, timezone.now()))
        for kind, words in pauses.OPTIONAL.items()
        if kind != weekly_work.KIND
    ]
    received = Letter.objects.received_by(request.user).exclude(combined_letters())
    page = paginate(request, received)
    held = Letter.objects.filter(address=address).count()
    for letter in page:
        letter.text = add_links(letter)
    context = {
        "page": page,
        "kinds": kinds,
        "weekly": pauses.OPTIONAL[weekly_work.KIND],
        "is_weekly": weekly_work.receives_weekly_work(request.user, timezone.now()),
        "held": held,
        "others": held - page.paginator.count,
    }
    return render(request, "notifications/letters.html", context)


def choose_kind(user, kind, wants):
    """Let a person have an optional kind of e-mails, or have it no more."""
    now = timezone.now()
    if kind == weekly_work.KIND:
        choose = weekly_work.begin_weekly_work if wants else weekly_work.end_weekly_work
        choose(user, now)
    elif wants:
        pauses.resume_kind(user.email, kind)
    else:
        pauses.pause_kind(user.email, kind, now)


@require_POST
def post_work_calendar(request):
    """Create an address of one's own work for calendars, or another in place of it."""
    try:
        work_calendar.create_work_calendar(request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your calendar can now subscribe to this address."))
    return redirect(f"{reverse('my')}#calendar")


@require_safe
@never_cache
@login_not_required
def work_calendar_page(request, token):
    """What waits for the person whose address this is, as a calendar to follow."""
    now = timezone.now()
    owner = work_calendar.find_owner_by_key(token, now)
    if owner is None:
        raise Http404
    content = work_calendar.make_work_calendar(owner, now)
    return hide_address(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


@require_POST
def withdraw_link(request, pk):
    """Withdraw a link that was sent by letter: for who asked by it, and staff."""
    link = get_object_or_404(Link, pk=pk)
    if not links.may_withdraw_link(request.user, link):
        raise Http404
    links.end_link(link, actor=request.user)
    messages.success(request, _("The link has been withdrawn: it no longer opens anything."))
    return redirect_back(request, "my")


# A mail program posts here, without a form of ours: the signed token names the address.
@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def pause_by_link(request, token):
    pause = pauses.find_pause(token, timezone.now())
    if pause is None:
        raise Http404
    address, kind = pause
    if request.method == "POST":
        if "resume" in request.POST:
            pauses.resume_kind(address, kind)
        else:
            pauses.pause_kind(address, kind, timezone.now())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("ok", content_type="text/plain")
        return redirect("pause", token)
    context = {
        "words": pauses.OPTIONAL[kind],
        "paused": pauses.is_paused(address, kind, timezone.now()),
    }
    return hide_address(render(request, "notifications/pause.html", context))
