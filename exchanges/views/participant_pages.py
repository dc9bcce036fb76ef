"""Who takes part: named by their side, with what each may take along."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect.double_posts import adds_once
from connect.posted_values import posted_number
from connect.restricted import record_reading
from connect.typed_texts import never_saves, restores_typed, save_beside
from exchanges import papers
from exchanges.forms.participant_forms import InvitationForm, ParticipantForm
from exchanges.models import Exchange
from exchanges.participants import (
    ask_again,
    people_with_link,
    remove_participant,
    save_participant,
)
from exchanges.permissions import BEFORE_COMPLETED, BEGUN, INVITED_IN, may_host, sides_of
from exchanges.views.common import get_exchange_or_404, is_allowed, pdf_or_404
from exchanges.views.taking_part_pages import attendance_form


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def participants_page(request, reference):
    """List who takes part, and name another of one's own side; an association sees its own."""
    allowed = Exchange.objects.filter_allowed(request.user, "name")
    if request.method == "GET":
        allowed |= Exchange.objects.filter_allowed(request.user, "meet")
    rows = Exchange.objects.filter(pk__in=allowed.values("pk"))
    exchange = get_object_or_404(
        rows.select_related("match", "dossier__authority").prefetch_related(
            "match__interests__authority"
        ),
        reference=reference,
    )
    sides = sides_of(request.user, exchange) if is_allowed(request, exchange, "name") else set()
    people = exchange.participants.select_related("user")
    if not is_allowed(request, exchange, "meet"):
        people = people.filter(side__in=sides)
    form = (
        ParticipantForm(request.POST or request.typed, sides=sides, exchange=exchange)
        if sides
        else None
    )
    if form and "again" in request.POST:
        asked = get_object_or_404(people, pk=posted_number(request, "again"), side__in=sides)
        send_link_again(request, asked)
        save_beside(request, form)
        return redirect("exchange-participants", reference)
    if form and request.method == "POST" and form.is_valid():
        try:
            person = save_participant(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%s has been added as a participant.") % person.name)
            return redirect("exchange-participants", reference)
    context: dict[str, Any] = {"exchange": exchange, "people": people, "form": form, "sides": sides}
    context["number"] = exchange.participants.count()
    context["begun"] = exchange.status in BEGUN
    context["given"] = people_with_link(people)
    context["own_pages"] = find_own_pages(people, request.user)
    context["invited"] = exchange.status in INVITED_IN
    context["asks"] = exchange.status in BEFORE_COMPLETED
    records = is_allowed(request, exchange, "record")
    context["records"] = records and attendance_form(request, exchange).is_open
    context["meets"] = is_allowed(request, exchange, "meet")
    context["hosts"] = is_allowed(request, exchange, "plan") and may_host(request.user, exchange)
    return render(request, "exchanges/participants.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def participant(request, reference, pk):
    """Change or remove a participant of one's own side, or send their link again."""
    exchange = get_exchange_or_404(request, reference, "name")
    sides = sides_of(request.user, exchange)
    person = get_object_or_404(exchange.participants, pk=pk, side__in=sides)
    form = ParticipantForm(
        request.POST or request.typed, instance=person, sides=sides, exchange=exchange
    )
    if request.method == "POST" and ("remove" in request.POST or "again" in request.POST):
        save_beside(request, form)
        return change_participant(request, person)
    record_reading(request, person, "emergency_contact, visa")
    if request.method == "POST" and form.is_valid():
        try:
            save_participant(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your changes have been saved."))
            return redirect("exchange-participants", reference)
    is_asked = exchange.status in BEFORE_COMPLETED
    context = {"exchange": exchange, "person": person, "form": form, "asks": is_asked}
    context["given"] = people_with_link([person])
    context["own_page"] = find_own_pages([person], request.user).get(person.pk)
    return render(request, "exchanges/participant.html", context)


def find_own_pages(people, user):
    """Return {participant's key: address} of the reader's own page: nobody sends it to themselves.

    Where none of their links works, there is none.
    """
    mine = [person for person in people if person.email and person.email == user.email]
    return {
        person.pk: reverse("exchange-part", args=[link.key])
        for person in mine
        if (link := person.valid_link)
    }


def change_participant(request, person):
    reference = person.exchange.reference
    if "again" in request.POST:
        send_link_again(request, person)
        return redirect("exchange-participant", reference, person.pk)
    try:
        remove_participant(person, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("exchange-participant", reference, person.pk)
    messages.success(request, _("%s has been removed.") % person.name)
    return redirect("exchange-participants", reference)


def send_link_again(request, person):
    try:
        ask_again(person, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The link has been sent to %s.") % person.name)


@require_safe
def certificate(request, reference, pk):
    exchange = get_exchange_or_404(request, reference, "meet")
    person = get_object_or_404(exchange.participants, pk=pk)
    return pdf_or_404(papers.certificate_pdf(person, timezone.now()), f"{reference}-certificate")


@require_http_methods(["GET", "POST"])
@never_saves("passport")
def invitation(request, reference, pk):
    """Ask for what a traveller's letter of invitation says, and serve it; a passport's number is
    not stored."""
    exchange = get_exchange_or_404(request, reference, "plan")
    person = get_object_or_404(exchange.participants.travelling(), pk=pk)
    if not may_host(request.user, exchange) or not person.is_guest:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = InvitationForm(posted, initial={"lodging": exchange.lodging})
    if request.method == "POST" and form.is_valid():
        try:
            content = papers.invitation_pdf(person, **form.cleaned_data, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return pdf_or_404(content, f"{reference}-invitation")
    context = {"exchange": exchange, "person": person, "form": form}
    return render(request, "exchanges/invitation.html", context)
