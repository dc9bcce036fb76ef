"""While an exchange is held: who was there, the intern's diary, pictures, what went wrong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect.double_posts import adds_once
from connect.posted import as_number
from connect.restricted import record_reading
from connect.typed import keeps_typed
from exchanges import diary as diary_room
from exchanges import incidents, papers, planning, thread
from exchanges import pictures as pictures_room
from exchanges.conduct import CONDUCT
from exchanges.enums import Part
from exchanges.forms.during import (
    AttendanceForm,
    DiaryForm,
    IncidentForm,
    PartForm,
    PictureForm,
)
from exchanges.models import DiaryEntry, Participant
from exchanges.permissions import PLANNED, may_confirm, sides_of
from exchanges.views.planning import as_pdf, found, may
from notifications.by_link import by_link

# Attendance


@require_http_methods(["GET", "POST"])
def attendance(request, reference):
    """Say on one page who was there, and for how many days."""
    exchange = found(request, reference, "record")
    form = AttendanceForm(
        request.POST or None,
        people=list(exchange.participants.all()),
        sides=sides_of(request.user, exchange),
        confirms=may_confirm(request.user, exchange),
    )
    if request.method == "POST" and form.is_valid():
        try:
            planning.record_attendance(exchange, form.said(), actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Kept: who was there."))
            return redirect("exchange-participants", reference)
    context = {"exchange": exchange, "form": form}
    return render(request, "exchanges/attendance.html", context)


# What is asked of each participant


@by_link(Participant)
def part(request, token, person):
    """One's own page: the code of conduct to sign, and for a journey whom to call."""
    exchange = person.exchange
    if "picture" in request.POST:
        number = as_number(request.POST["picture"])
        shown = get_object_or_404(person.pictured, picture=number)
        if request.POST.get("agrees") in ("yes", "no"):
            pictures_room.answer(shown, agrees=request.POST["agrees"] == "yes")
            messages.success(request, _("Thank you: your answer is kept."))
        return redirect(f"{reverse('exchange-part', args=[token])}#pictures")
    talks = "text" in request.POST or "follow" in request.POST
    if talks and spoken(request, person):
        return redirect(f"{reverse('exchange-part', args=[token])}#thread")
    data = None if talks else request.POST or None
    form = PartForm(data, instance=person) if exchange.status in PLANNED else None
    if form and form.is_bound and form.is_valid():
        kept = planning.keep_part(form)
        if kept.has_signed_conduct or kept.travels:
            messages.success(request, _("Thank you: it is kept."))
        if not kept.has_signed_conduct:
            words = _("The code of conduct is not signed yet: tick the box below it, then save.")
            messages.warning(request, words)
        return redirect("exchange-part", token)
    if form and "emergency_contact" in form.fields and person.emergency_contact:
        record_reading(request, person, "emergency_contact")
    context = {
        "exchange": exchange,
        "person": person,
        "form": form,
        "conduct": CONDUCT,
        "token": token,
        "pictured": person.pictured.select_related("picture"),
        "agenda": reverse("agenda-by-link", args=[token]),
        "diary": reverse("diary-by-link", args=[token]) if person.part == Part.INTERN else "",
        "thread": thread.shown(exchange),
        "speaks": thread.is_open(exchange),
        "begun": request.POST.get("text", ""),
    }
    return render(request, "exchanges/part.html", context)


@require_safe
@by_link(Participant)
def part_picture(request, token, person, pk):
    """A picture that shows the person of the link, for them to say whether others may see it."""
    shown = get_object_or_404(person.pictured.select_related("picture"), picture=pk)
    return FileResponse(shown.picture.file.open("rb"), content_type="image/jpeg")


def spoken(request, person):
    """Keep what a participant says, or that they wish to be told; say whether it could be kept."""
    if "follow" in request.POST:
        thread.follow(person, wishes=request.POST["follow"] == "yes")
        messages.success(request, _("Kept: when we write to you."))
        return True
    try:
        thread.say(person, request.POST["text"].replace("\x00", ""))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, _("Your message is sent to the others."))
    return True


# The diary of an internship


@by_link(Participant)
def diary_by_link(request, token, person):
    """The intern writes a day down, with an account or without."""
    exchange = person.exchange
    if not diary_room.interns(exchange).filter(pk=person.pk).exists():
        raise Http404  # others of the exchange read it as its pages say, and write none
    is_open = diary_room.is_open(exchange, timezone.now())
    form = DiaryForm(request.POST or None, exchange=exchange) if is_open else None
    if form and form.is_bound and form.is_valid():
        diary_room.write(person, form.cleaned_data)
        messages.success(request, _("This day is kept."))
        return redirect("diary-by-link", token)
    context = {"exchange": exchange, "person": person, "form": form}
    context["entries"] = person.diary.all()
    return render(request, "exchanges/diary_by_link.html", context)


@require_http_methods(["GET", "POST"])
def diary(request, reference):
    """What the interns wrote; the colleagues there may remark on a day."""
    exchange = found(request, reference, "record" if request.method == "POST" else "meet")
    remarks, begun = may(request, exchange, "record"), (0, "")
    if remarks and request.method == "POST":
        entry = get_object_or_404(
            DiaryEntry.objects.select_related("participant__exchange"),
            pk=as_number(request.POST.get("entry", "")),
            participant__exchange=exchange,
        )
        words = request.POST.get("remark", "").replace("\x00", "").strip()
        if len(words) <= DiaryEntry._meta.get_field("remark").max_length:
            diary_room.remark(entry, words, actor=request.user)
            messages.success(request, _("Your remark is kept."))
            return redirect("exchange-diary", reference)
        messages.error(request, _("1000 characters at most."))
        begun = entry.pk, words
    interns = list(diary_room.interns(exchange).prefetch_related("diary"))
    mine = [one for one in interns if one.email and one.email == request.user.email]
    context = {
        "exchange": exchange,
        "interns": interns,
        "remarks": remarks,
        "begun": begun,
        "own": mine[0].diary_path if mine else "",
    }
    return render(request, "exchanges/diary.html", context)


@require_safe
def learning(request, reference, pk):
    """The personal learning report of an intern, made from the diary."""
    exchange = found(request, reference, "meet")
    person = get_object_or_404(diary_room.interns(exchange), pk=pk)
    return as_pdf(papers.learning(person, timezone.now()), f"{reference}-learning")


# Pictures


@require_http_methods(["GET", "POST"])
@adds_once
def pictures(request, reference):
    """Show the pictures of an exchange, add one, or take one away."""
    exchange = found(request, reference, "record" if request.method == "POST" else "meet")
    records = may(request, exchange, "record")
    if records and request.method == "POST" and "remove" in request.POST:
        number = as_number(request.POST["remove"])
        try:
            pictures_room.remove(
                get_object_or_404(exchange.pictures, pk=number), actor=request.user
            )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The picture is taken away."))
        return redirect("exchange-pictures", reference)
    form = (
        PictureForm(request.POST or None, request.FILES or None, exchange=exchange)
        if records
        else None
    )
    if form and request.method == "POST" and form.is_valid():
        try:
            kept = pictures_room.add(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("The picture is kept."))
            if names := ", ".join(kept.not_written_to):
                words = _(
                    "Not written to: %s. There is no e-mail address, or enough e-mails about "
                    "pictures have left today. Send them the link to their own page: there they "
                    "say whether the public may see it."
                )
                messages.warning(request, words % names)
            return redirect("exchange-pictures", reference)
    context = {
        "exchange": exchange,
        "form": form,
        "pictures": exchange.pictures.prefetch_related("people__participant"),
    }
    return render(request, "exchanges/pictures.html", context)


@require_safe
def picture(request, reference, pk):
    exchange = found(request, reference, "meet")
    shown = get_object_or_404(exchange.pictures, pk=pk)
    return FileResponse(shown.file.open("rb"), content_type="image/jpeg")


# What went wrong


@require_http_methods(["GET", "POST"])
@keeps_typed
@adds_once
def incident(request, reference):
    """Report an incident, as anybody of the exchange."""
    exchange = found(request, reference, "meet")
    form = IncidentForm(request.POST or request.typed)
    if request.method == "POST" and form.is_valid():
        incidents.report(form, exchange, actor=request.user)
        messages.success(request, _("Thank you: our staff have it, and write to you."))
        return redirect(exchange)
    return render(request, "exchanges/incident.html", {"exchange": exchange, "form": form})
