"""Good practices: the catalogue, the page of one, and the room where both sides write it."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.double_posts import adds_once
from connect.lengths import in_a_sentence
from connect.moved_on import moved_on_or_404, refuse
from connect.posted import as_number
from connect.transitions import TransitionRefused
from connect.typed import keeps_typed
from exchanges.models import Exchange
from practices import catalogue, review, writing
from practices.forms import ContactForm, OriginalForm, PhotoForm, TextForm, UseForm
from practices.models import LICENCE_ADDRESS, Photo, Practice, PracticeText
from practices.permissions import PRACTICES
from practices.transitions import by_anyone_of_it, life
from registry.found import FACETS, found_page
from registry.models import Authority, SearchEntry


def shown(request, slug, verb="read"):
    rows = Practice.objects.allowing(request.user, verb).with_list_details()
    if practice := rows.select_related("exchange__match").filter(slug=slug).first():
        return practice
    practice = get_object_or_404(Practice.objects.allowing(request.user, "read"), slug=slug)
    words = _("This practice is now “%s”: it can no longer be changed in this way.")
    words %= practice.get_status_display()
    raise moved_on_or_404(request.user, PRACTICES, verb, practice, words)


@require_safe
@login_not_required
def practices(request):
    visible = Practice.objects.published()
    entries = SearchEntry.objects.filter(kind=SearchEntry.PRACTICE, is_public=True)
    context = found_page(
        request, entries, visible.with_list_details(), "practices", FACETS, on_map=True
    )
    return render(request, "practices/practices.html", context)


@require_http_methods(["GET", "POST"])
def of_exchange(request, reference):
    """The practices of an exchange; a POST begins one."""
    exchange = get_object_or_404(
        Exchange.objects.for_user(request.user).select_related("dossier__authority", "match"),
        reference=reference,
    )
    if request.method == "POST":
        practice = writing.begin(exchange, actor=request.user)
        messages.success(request, _("A first draft is made from what you wrote before."))
        return redirect("practice-write", practice.slug, practice.language)
    context = {
        "exchange": exchange,
        "page": Practice.objects.for_user(request.user)
        .filter(exchange=exchange)
        .with_list_details(),
        "may_begin": writing.may_begin(exchange, request.user),
    }
    return render(request, "practices/of_exchange.html", context)


@require_safe
@login_not_required
def practice(request, slug):
    practice = shown(request, slug)
    wanted = request.GET.get("language", "")
    text = practice.in_language(wanted) if wanted else practice.text
    if text is None:
        raise Http404
    user = request.user
    writes = user.is_authenticated and PRACTICES.allows(user, "write", practice)
    is_own = user.is_authenticated and by_anyone_of_it(user, practice)
    if request.method == "GET" and not is_own:
        catalogue.count_view(practice)
    related = Practice.objects.published().filter(pk__in=practice.related).with_list_details()
    order = {pk: place for place, pk in enumerate(practice.related)}
    uses = practice.uses.select_related("authority")
    signed = user.is_authenticated
    verbs = life.open_steps(practice, user) if signed else []
    context = {
        "practice": practice,
        "text": text,
        "texts": practice.texts.all(),
        "original": practice.in_language(practice.language),
        "related": sorted(related, key=lambda one: order[one.pk]),
        "uses": uses,
        "use_form": UseForm(user=user) if signed and own_authorities(user) else None,
        "contact_form": ContactForm() if signed else None,
        "writes": writes,
        "agrees": signed and PRACTICES.allows(user, "agree", practice),
        "verbs": [
            (verb, life.steps[verb].label, verb in ("send_back", "archive")) for verb in verbs
        ],
        "events": practice.events.select_related("actor") if verbs else [],
        "missing_languages": [
            (code, name)
            for code, name in settings.LANGUAGES
            if code not in {one.language for one in practice.texts.all()}
        ],
        "may_confirm": "archive" in verbs,
        "licence_address": LICENCE_ADDRESS,
        "address": request.build_absolute_uri(practice.get_absolute_url()),
    }
    return render(request, "practices/practice.html", context)


def own_authorities(user):
    return Authority.objects.of_author(user).exists()


@require_http_methods(["GET", "POST"])
@keeps_typed
def write(request, slug, language):
    """Write in one language; a translation has the original beside it."""
    practice = shown(request, slug, "write")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    text = practice.texts.filter(language=language).first()
    instance = text or PracticeText(practice=practice, language=language)
    data = request.POST or request.typed
    if language == practice.language:
        form = OriginalForm(data, instance=instance, practice=practice)
    else:
        form = TextForm(data, instance=instance)
    if request.method == "POST" and form.is_valid():
        kept = writing.save_text(form, practice, language, actor=request.user)
        messages.success(request, _("What you wrote is kept."))
        for label, words in writing.short_texts(kept):
            messages.warning(request, in_a_sentence(label, words))
        return redirect("practice", slug)
    original = practice.in_language(practice.language) if language != practice.language else None
    pairs = [
        (field, getattr(original, field.name, "") if original else "")
        for field in form
        if not field.is_hidden
    ]
    context = {
        "practice": practice,
        "form": form,
        "pairs": pairs,
        "original": original,
        "stale": language in practice.stale,
        "language": dict(settings.LANGUAGES)[language],
    }
    return render(request, "practices/write.html", context)


@require_POST
def step(request, slug, verb):
    practice = shown(request, slug)
    if verb == "confirm":
        review.confirm(practice, actor=request.user)
        messages.success(request, _("Thank you: it stays as it is for another two years."))
        return redirect(practice)
    if verb not in life.steps:
        raise Http404
    try:
        words = {"note": request.POST.get("note", "")[:1000]}
        if request.user.is_officer:
            words["internal"] = request.POST.get("internal", "")[:1000]
        life.advance(practice, verb, actor=request.user, **words)
    except TransitionRefused as refusal:
        refuse(request, refusal.message)
    else:
        messages.success(request, _("The practice has moved on."))
    return redirect(practice)


@require_POST
def agree(request, slug):
    practice = shown(request, slug, "agree")
    writing.agree(practice, actor=request.user)
    messages.success(request, _("Thank you: you agree to its publication."))
    return redirect(practice)


@require_POST
def used(request, slug):
    """Keep that an authority did the same."""
    practice = shown(request, slug)
    form = UseForm(request.POST, user=request.user)
    if form.is_valid():
        catalogue.used(practice, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Thank you: others see that it works elsewhere too."))
    else:
        messages.error(request, _("Say in a few words what it changed at your place."))
    return redirect(practice)


@require_POST
def contact(request, slug):
    practice = shown(request, slug)
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            writing.write_to_town(practice, form.cleaned_data["text"], actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            context = {"form": form, "practice": practice}
            return render(request, "practices/contact.html", context)
        messages.success(request, _("Your message is on its way, with your address to answer to."))
    else:
        messages.error(request, _("Write a message of 1,500 characters at most."))
    return redirect(practice)


@require_http_methods(["GET", "POST"])
@adds_once
def photos(request, slug):
    """Add pictures, or take one away."""
    practice = shown(request, slug, "write")
    if request.method == "POST" and "remove" in request.POST:
        chosen = get_object_or_404(practice.photos, pk=as_number(request.POST["remove"]))
        writing.remove_photo(chosen, actor=request.user)
        messages.success(request, _("The picture is taken away."))
        return redirect("practice-photos", slug)
    if request.method == "POST" and "take" in request.POST:
        number = as_number(request.POST["take"])
        picture = get_object_or_404(practice.exchange.pictures, pk=number)
        try:
            writing.take_photo(picture, practice, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The picture is kept."))
        return redirect("practice-photos", slug)
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            writing.add_photo(form, practice, actor=request.user)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("The picture is kept."))
            return redirect("practice-photos", slug)
    context = {"practice": practice, "form": form, "photos": practice.photos.agreed()}
    context["pictures"] = practice.exchange.pictures.for_public()
    return render(request, "practices/photos.html", context)


@require_safe
@login_not_required
def photo(request, slug, pk):
    practice = shown(request, slug)
    kept = get_object_or_404(Photo.objects.agreed(), practice=practice, pk=pk)
    return FileResponse(kept.file.open("rb"), content_type="image/jpeg")
