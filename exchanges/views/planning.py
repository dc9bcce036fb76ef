"""Planning an exchange: who takes part, the agenda, the terms of reference."""

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.documents import as_download
from connect.double_posts import adds_once
from connect.moved_on import moved_on_or_404
from connect.posted import as_number
from connect.restricted import record_reading
from connect.typed import keeps_typed
from exchanges import agenda as agenda_room
from exchanges import days as days_room
from exchanges import papers, planning
from exchanges.forms.planning import DaysForm, ParticipantForm, SessionForm, TermsForm
from exchanges.models import Exchange, Observation, Terms
from exchanges.permissions import BEGUN, EXCHANGES, PLANNED, may_host, sides_of
from notifications.by_link import hide_address

WORKER = Path(__file__).parent.parent / "agenda-worker.js"


def found(request, reference, verb):
    """Give the exchange with which this person may do so; what they may not is not found.

    What they may do in another status says so.
    """
    rows = Exchange.objects.select_related("match", "dossier__authority")
    allowed = rows.filter(pk__in=Exchange.objects.allowing(request.user, verb).values("pk"))
    if exchange := allowed.filter(reference=reference).first():
        return exchange
    exchange = get_object_or_404(Exchange.objects.for_user(request.user), reference=reference)
    words = _("%(reference)s is now “%(status)s”: this cannot be done or changed there.")
    said = {"reference": reference, "status": exchange.get_status_display()}
    raise moved_on_or_404(request.user, EXCHANGES, verb, exchange, words % said)


def may(request, exchange, verb):
    return EXCHANGES.allows(request.user, verb, exchange)


# Participants


@require_http_methods(["GET", "POST"])
@keeps_typed
@adds_once
def participants(request, reference):
    """List who takes part, and name another of one's own side; an association sees its own."""
    allowed = Exchange.objects.allowing(request.user, "name")
    if request.method == "GET":
        allowed |= Exchange.objects.allowing(request.user, "meet")
    rows = Exchange.objects.filter(pk__in=allowed.values("pk"))
    exchange = get_object_or_404(
        rows.select_related("match", "dossier__authority").prefetch_related(
            "match__interests__authority"
        ),
        reference=reference,
    )
    sides = sides_of(request.user, exchange) if may(request, exchange, "name") else set()
    people = exchange.participants.select_related("user")
    if not may(request, exchange, "meet"):
        people = people.filter(side__in=sides)
    form = (
        ParticipantForm(request.POST or request.typed, sides=sides, exchange=exchange)
        if sides
        else None
    )
    if form and request.method == "POST" and form.is_valid():
        try:
            person = planning.save_participant(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%s takes part.") % person.name)
            return redirect("exchange-participants", reference)
    context = {"exchange": exchange, "people": people, "form": form, "sides": sides}
    context["number"] = exchange.participants.count()
    context["begun"], context["asks"] = exchange.status in BEGUN, exchange.status in PLANNED
    context["records"] = may(request, exchange, "record")
    context["meets"] = may(request, exchange, "meet")
    context["hosts"] = may(request, exchange, "plan") and may_host(request.user, exchange)
    return render(request, "exchanges/participants.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def participant(request, reference, pk):
    """Change what is known of one of one's own side, take them out, or send their link again."""
    exchange = found(request, reference, "name")
    sides = sides_of(request.user, exchange)
    person = get_object_or_404(exchange.participants, pk=pk, side__in=sides)
    if request.method == "POST" and ("remove" in request.POST or "again" in request.POST):
        return change_participant(request, person)
    record_reading(request, person, "emergency_contact, visa")
    form = ParticipantForm(
        request.POST or request.typed, instance=person, sides=sides, exchange=exchange
    )
    if request.method == "POST" and form.is_valid():
        try:
            planning.save_participant(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("What you changed is kept."))
            return redirect("exchange-participants", reference)
    context = {"exchange": exchange, "person": person, "form": form}
    context["asks"] = exchange.status in PLANNED
    return render(request, "exchanges/participant.html", context)


def change_participant(request, person):
    reference = person.exchange.reference
    try:
        if "again" in request.POST:
            planning.ask_again(person, actor=request.user)
            messages.success(request, _("The link is on its way to %s.") % person.name)
            return redirect("exchange-participants", reference)
        planning.remove_participant(person, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("exchange-participant", reference, person.pk)
    messages.success(request, _("%s is taken out.") % person.name)
    return redirect("exchange-participants", reference)


# Agenda


@require_http_methods(["GET", "POST"])
@keeps_typed
@adds_once
def agenda(request, reference):
    """Show the agenda day by day, and add to it; or give an address to follow it at."""
    exchange = found(request, reference, "read")
    if request.method == "POST" and "follow" in request.POST:
        try:
            agenda_room.give_feed(exchange, request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Your calendar can follow this address now."))
        return redirect("exchange-agenda", reference)
    if request.method == "POST":
        exchange = found(request, reference, "plan")
    plans = may(request, exchange, "plan")
    form = SessionForm(request.POST or request.typed, exchange=exchange) if plans else None
    if form and request.method == "POST" and form.is_valid():
        try:
            session = agenda_room.save(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("“%s” is in the agenda.") % session.title)
            return redirect("exchange-agenda", reference)
    feed = agenda_room.feed_of(exchange, request.user, timezone.now())
    address = agenda_room.calendar_address(feed.key) if feed else ""
    context = {
        "exchange": exchange,
        "sessions": exchange.sessions.prefetch_related("observations__association"),
        "form": form,
        "plans": plans,
        "observes": may(request, exchange, "observe"),
        "calendar": address and request.build_absolute_uri(address),
        "feed": feed,
    }
    return render(request, "exchanges/agenda.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def session(request, reference, pk):
    """Change an item of the agenda, cancel it, or invite the association to it."""
    exchange = found(request, reference, "plan")
    session = get_object_or_404(exchange.sessions.held(), pk=pk)
    verb = request.POST.get("verb")
    if verb == "cancel":
        agenda_room.cancel(session, actor=request.user)
        messages.success(request, _("“%s” is cancelled; all are told.") % session.title)
        return redirect("exchange-agenda", reference)
    if verb == "invite":
        invited = agenda_room.invite_associations(session, actor=request.user)
        unreached = session.observations.filter(told_at=None).select_related("association")
        if not invited:
            messages.success(request, _("It was invited before."))
        elif session.observations.exclude(told_at=None).exists():
            messages.success(request, _("The association is invited to observe."))
        for observation in unreached:
            words = _("Nobody of %s can be written to yet: our staff are told.")
            messages.warning(request, words % observation.association.name)
        return redirect("exchange-agenda", reference)
    form = SessionForm(request.POST or request.typed, instance=session, exchange=exchange)
    if request.method == "POST" and form.is_valid():
        try:
            agenda_room.save(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("What you changed is kept."))
            return redirect("exchange-agenda", reference)
    context = {"exchange": exchange, "session": session, "form": form}
    return render(request, "exchanges/session.html", context)


@require_POST
def observe(request, reference, pk):
    """Keep whether an association comes to observe."""
    exchange = found(request, reference, "observe")
    observation = get_object_or_404(Observation, pk=pk, session__exchange=exchange)
    agenda_room.answer(observation, comes=request.POST.get("answer") == "yes", actor=request.user)
    messages.success(request, _("Thank you: your answer is kept."))
    return redirect("exchange-agenda", reference)


@require_safe
@login_not_required
def agenda_by_link(request, token):
    """The agenda for whoever was invited, with an account or without."""
    exchange = agenda_room.exchange_of(token, timezone.now())
    if exchange is None:
        raise Http404
    item = request.GET.get("item", "")
    # Who only reads, as an association does, sees nobody's telephone and address here either.
    meets = agenda_room.exchange_of(token, timezone.now(), "meet")
    contacts = agenda_room.contacts(exchange, timezone.now()) if meets else []
    context = {
        "exchange": exchange,
        "sessions": exchange.sessions.all(),
        "item": item,
        "contacts": contacts,
        "calendar": request.build_absolute_uri(agenda_room.calendar_address(token)),
    }
    return hide_address(render(request, "exchanges/agenda_by_link.html", context))


@require_safe
@login_not_required
@cache_control(max_age=3600)
def agenda_worker(request):
    """The script by which a browser keeps an agenda's page for when the line is down.

    Its address stands above the pages', as a worker's must.
    """
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
@login_not_required
def agenda_calendar(request, token):
    """The agenda as a calendar to follow, or one item of it to add."""
    exchange = agenda_room.exchange_of(token, timezone.now())
    if exchange is None:
        raise Http404
    sessions, method = exchange.sessions.all(), "PUBLISH"
    if item := request.GET.get("item"):
        chosen = [session for session in sessions if str(session.uid) == item]
        if not chosen:
            raise Http404
        sessions, method = chosen, "CANCEL" if chosen[0].is_off else "PUBLISH"
    content = agenda_room.calendar_of(sessions, exchange.reference, method)
    return hide_address(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


@require_safe
@login_not_required
def events(request):
    """What is open to everybody."""
    context = {"sessions": agenda_room.open_events(timezone.now())}
    return render(request, "exchanges/events.html", context)


@require_safe
@login_not_required
def events_calendar(request):
    content = agenda_room.calendar_of(
        agenda_room.open_events(timezone.now()), _("CONNECT: open events")
    )
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


# Dates


@require_http_methods(["GET", "POST"])
@keeps_typed
@adds_once
def days(request, reference):
    """Propose days as one of the sides, or agree to those that the other proposes."""
    exchange = found(request, reference, "meet")
    proposal = days_room.open_proposal(exchange)
    proposes = days_room.may_propose(exchange, request.user)
    if proposes and request.method == "POST" and "agree" in request.POST:
        number = as_number(request.POST["agree"])
        try:
            days_room.agree(
                get_object_or_404(exchange.proposed_days, pk=number), actor=request.user
            )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return redirect("exchange-days", reference)
        messages.success(request, _("The dates are agreed. Our staff confirm the plan next."))
        return redirect(exchange)
    answers = proposes or (request.method == "POST" and may(request, exchange, "plan"))
    data = request.POST or request.typed
    form = DaysForm(data, dossier=exchange.dossier) if answers else None
    if form and request.method == "POST" and form.is_valid():
        try:
            days_room.propose(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The dates are proposed: we write to the other side."))
            return redirect("exchange-days", reference)
    context = {
        "exchange": exchange,
        "dossier": exchange.dossier,
        "proposal": proposal,
        "agrees": proposes
        and proposal
        and planning.side_of(exchange, request.user) != proposal.side,
        "form": form,
        "button": _("Propose these dates"),
    }
    return render(request, "exchanges/days.html", context)


# Terms of reference


@require_http_methods(["GET", "POST"])
@keeps_typed
def terms(request, reference):
    """Write the terms of reference, and sign them."""
    exchange = found(request, reference, "plan" if request.method == "POST" else "meet")
    last = exchange.terms.prefetch_related("signatures").last()
    plans = may(request, exchange, "plan")
    if plans and request.method == "POST" and "sign" in request.POST:
        chosen = get_object_or_404(Terms, exchange=exchange, number=as_number(request.POST["sign"]))
        try:
            planning.sign_terms(chosen, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("You have signed version %d.") % chosen.number)
        return redirect("exchange-terms", reference)
    initial = {name: getattr(last, name) for name in TermsForm.Meta.fields} if last else None
    form = (
        TermsForm(request.POST or request.typed, initial=initial, exchange=exchange)
        if plans
        else None
    )
    if form and request.method == "POST" and form.is_valid():
        kept = planning.save_terms(form, exchange, actor=request.user)
        messages.success(request, _("Version %d is kept: both sides may sign it.") % kept.number)
        return redirect("exchange-terms", reference)
    signed = last and any(one.user_id == request.user.pk for one in last.signatures.all())
    context = {
        "exchange": exchange,
        "last": last,
        "unsigned": planning.unsigned_sides(last) if last else [],
        "said": [(question, getattr(last, name)) for name, question in planning.asked_of(exchange)]
        if last
        else [],
        "form": form,
        "signs": plans and last and not signed and planning.side_of(exchange, request.user),
    }
    return render(request, "exchanges/terms.html", context)


# Documents


@require_safe
def document(request, reference, kind):
    """Give a document of the exchange as PDF."""
    exchange = found(request, reference, "meet")
    if kind not in ("terms", "agenda", "report", "attendance"):
        raise Http404
    now = timezone.now()
    if kind == "report":
        content = papers.report(exchange, now, request.user)
    else:
        content = getattr(papers, kind)(exchange, now)
    return as_pdf(content, f"{reference}-{kind}")


@require_safe
def certificate(request, reference, pk):
    exchange = found(request, reference, "meet")
    person = get_object_or_404(exchange.participants, pk=pk)
    return as_pdf(papers.certificate(person, timezone.now()), f"{reference}-certificate")


@require_POST
def invitation(request, reference, pk):
    """Give the invitation of somebody who travels; the passport's number is kept nowhere."""
    exchange = found(request, reference, "plan")
    person = get_object_or_404(exchange.participants.travelling(), pk=pk)
    passport = request.POST.get("passport", "").strip()[:40]
    lodging = " ".join(request.POST.get("lodging", "").split())[:300]
    try:
        content = papers.invitation(person, passport, lodging, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("exchange-participants", reference)
    return as_pdf(content, f"{reference}-invitation")


def as_pdf(content, name):
    if content is None:
        raise Http404
    return as_download(content, name)
