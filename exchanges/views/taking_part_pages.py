"""What whoever takes part is asked: their own page, who was there, what went wrong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect.double_posts import adds_once
from connect.posted_values import posted_number
from connect.restricted import record_reading
from connect.stale_forms import SAVED_FIELD
from connect.typed_texts import restores_beside, restores_typed, save_beside
from exchanges import conversation, incidents, participants, pictures
from exchanges.agenda_link import agenda_contacts
from exchanges.conduct import CONDUCT
from exchanges.evaluation import questionnaires_to_answer
from exchanges.forms.taking_part_forms import AttendanceForm, IncidentForm, PartForm
from exchanges.models import Exchange, Incident, Participant
from exchanges.permissions import BEFORE_COMPLETED, may_confirm, sides_of
from exchanges.views.common import get_exchange_or_404
from notifications.by_link import by_link

# Attendance


def attendance_form(request, exchange, data=None):
    """Return the form of attendance for this person; what is settled is shown only."""
    people = list(exchange.participants.prefetch_related("evaluations"))
    return AttendanceForm(
        data,
        exchange=exchange,
        people=people,
        sides=sides_of(request.user, exchange),
        confirms=may_confirm(request.user, exchange),
        settled=participants.settled_people(people, request.user, timezone.now()),
    )


@require_http_methods(["GET", "POST"])
def attendance(request, reference):
    """Record on one page who was there, and for how many days."""
    exchange = get_exchange_or_404(request, reference, "record")
    form = attendance_form(request, exchange, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            participants.record_attendance(exchange, form.answers(), actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Attendance has been saved."))
            return redirect("exchange-participants", reference)
    context = {"exchange": exchange, "form": form}
    return render(request, "exchanges/attendance.html", context)


# What is asked of each participant


@by_link(Participant)
@restores_beside
def part(request, token, person):
    """Show a participant's own page: code of conduct, and for a journey emergency contacts.

    All of it is one form, so that no button loses what was typed beside it.
    """
    exchange, form = person.exchange, None
    if exchange.status in BEFORE_COMPLETED:
        names = {"signs", SAVED_FIELD, *PartForm.Meta.fields}
        kept = request.typed if request.typed and names & request.typed.keys() else None
        form = PartForm(request.POST or kept, instance=person)
    forms = [form] if form else []
    if pressed := request.POST.keys() & {"shows", "hides"}:
        name = pressed.pop()
        mine = get_object_or_404(person.pictured, picture=posted_number(request, name))
        pictures.answer_as_pictured(mine, agrees=name == "shows")
        messages.success(request, _("Thank you. Your answer has been saved."))
        save_beside(request, *forms, texts=["text"])
        return redirect(f"{reverse('exchange-part', args=[token])}#pictures")
    speaks = "save" not in request.POST and bool(request.POST.keys() & {"text", "follow"})
    saves = request.method == "POST" and not speaks
    if speaks and save_spoken(request, person):
        is_message = "follow" not in request.POST
        save_beside(request, *forms, texts=["text"], sent=["text"] if is_message else [])
        return redirect(f"{reverse('exchange-part', args=[token])}#thread")
    if saves and form and form.is_bound and form.is_valid():
        kept = participants.save_part(form)
        if kept.has_signed_conduct or kept.is_travelling:
            messages.success(request, _("Thank you. Your answers are saved."))
        if not kept.has_signed_conduct:
            words = _("The code of conduct is not signed yet: tick the box below it, then save.")
            messages.warning(request, words)
        save_beside(request, texts=["text"], sent=["save", *form.fields])
        return redirect("exchange-part", token)
    if form and "emergency_contact" in form.fields and person.emergency_contact:
        record_reading(request, person, "emergency_contact")
    context = {
        "exchange": exchange,
        "person": person,
        "form": form,
        "conduct": CONDUCT,
        "token": token,
        "asked": questionnaires_to_answer(exchange, person, timezone.now()),
        "pictured": person.pictured.select_related("picture"),
        "agenda": reverse("agenda-by-link", args=[token]),
        "own_page": find_own_page(request.user, exchange),
        "has_contacts": bool(agenda_contacts(exchange, timezone.now())),
        "diary": reverse("diary-by-link", args=[token]) if person.writes_diary else "",
        "thread": conversation.list_exchange_messages(exchange),
        "own_side": conversation.describe_own_side(person),
        "speaks": conversation.is_conversation_open(exchange),
        "begun": (request.typed or request.POST).get("text", ""),
    }
    return render(request, "exchanges/part.html", context)


def find_own_page(user, exchange):
    """Return the exchange's page for whoever is signed in and reads it; "" for all others."""
    readable = Exchange.objects.for_user(user).filter(pk=exchange.pk)
    return exchange.get_absolute_url() if user.is_authenticated and readable.exists() else ""


@require_safe
@by_link(Participant)
def part_picture(request, token, person, pk):
    """A picture that shows the person of the link, for them to say whether others may see it."""
    pictured = get_object_or_404(person.pictured.select_related("picture"), picture=pk)
    return FileResponse(pictured.picture.file.open("rb"), content_type="image/jpeg")


def save_spoken(request, person):
    """Save a participant's message or wish for letters; return whether it could be saved."""
    if "follow" in request.POST:
        conversation.save_notification_wish(person, wishes=request.POST["follow"] == "yes")
        messages.success(request, _("Your choice of e-mails has been saved."))
        return True
    try:
        conversation.post_exchange_message(person, request.POST["text"].replace("\x00", ""))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, _("Your message has been sent to the others."))
    return True


# What went wrong


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def incident(request, reference):
    """Report an incident, as anybody of the exchange; below, how one's own reports stand."""
    exchange = get_exchange_or_404(request, reference, "meet")
    reported = Incident(exchange=exchange)
    form = IncidentForm(request.POST or request.typed, instance=reported)
    if request.method == "POST" and form.is_valid():
        incidents.report_incident(form, exchange, actor=request.user)
        messages.success(
            request, _("Thank you. The programme team has received it, and will write to you.")
        )
        return redirect(exchange)
    own = exchange.incidents.filter(reported_by=request.user)
    context = {"exchange": exchange, "form": form, "own_reports": own}
    return render(request, "exchanges/incident.html", context)
