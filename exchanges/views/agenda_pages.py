"""The agenda of an exchange and its calendar, for its people, by link and for the public."""

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.double_posts import adds_once
from connect.links import find_link
from connect.moved_on_forms import MovedOn
from connect.time_zones import time_zone_place
from connect.typed_texts import restores_typed, save_beside
from exchanges import agenda, agenda_link, observers
from exchanges.forms.agenda_forms import SessionForm
from exchanges.models import Observation, Participant
from exchanges.permissions import INVITED_IN
from exchanges.structured_data import as_event
from exchanges.views.common import get_exchange_or_404, is_allowed
from notifications.by_link import hide_address

WORKER = Path(__file__).parent.parent / "agenda-worker.js"


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def agenda_page(request, reference):
    """Show the agenda day by day, and add to it; or give an address to follow it at."""
    exchange = get_exchange_or_404(request, reference)
    if request.method == "POST" and "follow" in request.POST:
        try:
            agenda_link.create_feed(exchange, request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Your calendar can now subscribe to this address."))
        save_beside(request, SessionForm(request.POST, exchange=exchange))
        return redirect("exchange-agenda", reference)
    if request.method == "POST":
        exchange = get_exchange_or_404(request, reference, "plan")
    plans = is_allowed(request, exchange, "plan")
    form = SessionForm(request.POST or request.typed, exchange=exchange) if plans else None
    if form and request.method == "POST" and form.is_valid():
        try:
            session = agenda.save_session(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("“%s” has been added to the agenda.") % session.title)
            return redirect("exchange-agenda", reference)
    feed = agenda_link.find_feed(exchange, request.user, timezone.now())
    address = agenda_link.calendar_address(feed.key) if feed else ""
    context = {
        "exchange": exchange,
        "sessions": exchange.sessions.prefetch_related("observations__association"),
        "form": form,
        "plans": plans,
        "observes": is_allowed(request, exchange, "observe"),
        "calendar": address and request.build_absolute_uri(address),
        "feed": feed,
        "zone": time_zone_place(exchange.zone_name),
        "leaves_at": agenda.next_agenda_email_at(exchange),
    }
    return render(request, "exchanges/agenda.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def session_page(request, reference, pk):
    """Change an item of the agenda, cancel it, or invite the association to it."""
    exchange = get_exchange_or_404(request, reference, "plan")
    session = get_object_or_404(exchange.sessions, pk=pk)
    if session.cancelled_at:
        words = _("“%s” has been cancelled in the meantime: it can no longer be changed.")
        raise MovedOn(words % session.title, reverse("exchange-agenda", args=[reference]))
    verb = request.POST.get("verb")
    form = SessionForm(request.POST or request.typed, instance=session, exchange=exchange)
    if verb == "cancel":
        agenda.cancel_session(session, actor=request.user)
        words = _("“%s” has been cancelled.")
        if exchange.status in INVITED_IN:
            words = _("“%s” has been cancelled. All participants receive an e-mail about it.")
        messages.success(request, words % session.title)
        return redirect("exchange-agenda", reference)
    if verb == "invite":
        invited = observers.invite_associations(session, actor=request.user)
        unreached = session.observations.filter(told_at=None).select_related("association")
        if not invited:
            messages.success(request, _("It has already been invited."))
        elif session.observations.exclude(told_at=None).exists():
            messages.success(request, _("The association has been invited to observe."))
        for observation in unreached:
            words = _("Nobody at %s can receive e-mails yet: the programme team has been told.")
            messages.warning(request, words % observation.association.name)
        save_beside(request, form)
        return redirect("exchange-session", reference, pk)
    if request.method == "POST" and form.is_valid():
        try:
            agenda.save_session(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("exchange-agenda", reference)
    is_told = exchange.status in INVITED_IN
    context = {"exchange": exchange, "session": session, "form": form, "is_told": is_told}
    return render(request, "exchanges/session.html", context)


@require_POST
def post_observation(request, reference, pk):
    """Save whether an association comes to observe."""
    exchange = get_exchange_or_404(request, reference, "observe")
    observation = get_object_or_404(Observation, pk=pk, session__exchange=exchange)
    observers.answer_invitation(
        observation, comes=request.POST.get("answer") == "yes", actor=request.user
    )
    messages.success(request, _("Thank you. Your answer has been saved."))
    return redirect("exchange-agenda", reference)


@require_safe
@login_not_required
def agenda_by_link(request, token):
    """The agenda for whoever was invited, with an account or without."""
    now = timezone.now()
    reader = agenda_link.find_reader_by_key(token, now)
    if reader is None:
        if find_link(token, Participant.PURPOSE):
            return redirect("exchange-part", token)  # which says why it is over
        raise Http404
    exchange = reader.exchange
    context = {
        "exchange": exchange,
        "sessions": exchange.sessions.all(),
        "item": request.GET.get("item", ""),
        "contacts": agenda_link.agenda_contacts(exchange, now) if reader.sees_contacts else [],
        "own_page": reader.own_page,
        "calendar": request.build_absolute_uri(agenda_link.calendar_address(token)),
    }
    return hide_address(render(request, "exchanges/agenda_by_link.html", context))


@require_safe
@login_not_required
@cache_control(max_age=3600)
def agenda_worker(request):
    """Serve the script by which a browser keeps an agenda's page for use offline.

    Its address stands above the pages', as a worker's must.
    """
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
@login_not_required
def agenda_calendar(request, token):
    """The agenda as a calendar to follow, or one item of it to add."""
    reader = agenda_link.find_reader_by_key(token, timezone.now())
    if reader is None:
        raise Http404
    exchange = reader.exchange
    sessions, method = exchange.sessions.all(), "PUBLISH"
    if item := request.GET.get("item"):
        chosen = [session for session in sessions if str(session.uid) == item]
        if not chosen:
            raise Http404
        sessions, method = chosen, "CANCEL" if chosen[0].is_called_off else "PUBLISH"
    content = agenda_link.make_calendar(sessions, exchange.reference, method)
    return hide_address(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


@require_safe
@login_not_required
def open_events_page(request):
    """What is open to everybody."""
    sessions = list(agenda_link.open_events(timezone.now()))
    events = [as_event(session, request.build_absolute_uri) for session in sessions]
    context = {"sessions": sessions, "events": events}
    return render(request, "exchanges/events.html", context)


@require_safe
@login_not_required
def events_calendar(request):
    content = agenda_link.make_calendar(
        agenda_link.open_events(timezone.now()), _("CONNECT: open events")
    )
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")
