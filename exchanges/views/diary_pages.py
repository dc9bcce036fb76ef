"""The diary of an internship."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from connect.fields import get_column
from connect.posted_values import posted_number
from connect.typed_texts import restores_beside, restores_typed, save_beside
from exchanges import diary, papers
from exchanges.forms.taking_part_forms import DiaryForm
from exchanges.models import DiaryEntry, Participant
from exchanges.views.common import get_exchange_or_404, is_allowed, pdf_or_404
from notifications.by_link import by_link


@by_link(Participant)
@restores_beside
def diary_by_link(request, token, person):
    """Show an intern's diary by link and save an entry, with an account or without."""
    exchange = person.exchange
    if not diary.diary_writers(exchange).filter(pk=person.pk).exists():
        raise Http404  # others of the exchange read it as its pages say, and write none
    is_open = diary.is_diary_open(exchange, timezone.now())
    form = DiaryForm(request.POST or None, exchange=exchange) if is_open else None
    if form and form.is_bound and form.is_valid():
        diary.write_entry(person, form.cleaned_data)
        messages.success(request, _("This day has been saved."))
        return redirect("diary-by-link", token)
    context = {"exchange": exchange, "person": person, "form": form}
    context["entries"] = person.diary.all()
    return render(request, "exchanges/diary_by_link.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def diary_page(request, reference):
    """Show the interns' diary; the colleagues there may remark on a day."""
    exchange = get_exchange_or_404(
        request, reference, "record" if request.method == "POST" else "meet"
    )
    remarks = is_allowed(request, exchange, "record")
    typed = request.POST or request.typed or {}
    if remarks and request.method == "POST":
        entry = get_object_or_404(
            DiaryEntry.objects.select_related("participant__exchange"),
            pk=posted_number(request, "entry"),
            participant__exchange=exchange,
        )
        words = request.POST.get(f"remark-{entry.pk}", "").replace("\x00", "").strip()
        if save_remark(request, entry, words):
            others = changed_remarks(exchange, request.POST).keys() - {entry.pk}
            names = [f"remark-{pk}" for pk in others]
            save_beside(request, sent=set(request.POST) - set(names), is_changed=bool(names))
            return redirect("exchange-diary", reference)
    writers = list(diary.diary_writers(exchange).prefetch_related("diary"))
    mine = [one for one in writers if one.email and one.email == request.user.email]
    context = {
        "exchange": exchange,
        "writers": writers,
        "remarks": remarks,
        "begun": changed_remarks(exchange, typed) if remarks else {},
        "own": mine[0].diary_path if mine else "",
    }
    return render(request, "exchanges/diary.html", context)


def save_remark(request, entry, words):
    """Save a remark that was typed; return whether it could be: the page has it otherwise."""
    if len(words) > (get_column(DiaryEntry, "remark").max_length or 0):
        messages.error(request, _("1000 characters at most."))
        return False
    seen = request.POST.get(f"seen-{entry.pk}")
    try:
        diary.remark_on_entry(entry, words, actor=request.user, seen=seen)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, _("Your remark has been saved."))
    return True


def changed_remarks(exchange, typed):
    """Return {day's number: remark} of those that were typed and stand otherwise in the diary."""
    entries = DiaryEntry.objects.filter(participant__exchange=exchange)
    posted = {one: typed.get(f"remark-{one.pk}") for one in entries}
    return {
        one.pk: words
        for one, words in posted.items()
        if words is not None and words.strip() != one.remark
    }


@require_safe
def learning(request, reference, pk):
    """The personal learning report of an intern, made from the diary."""
    exchange = get_exchange_or_404(request, reference, "meet")
    person = get_object_or_404(diary.diary_writers(exchange), pk=pk)
    return pdf_or_404(papers.learning_pdf(person, timezone.now()), f"{reference}-learning")
