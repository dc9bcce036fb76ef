"""Good practices: the catalogue, the page of one, and what its readers say of it."""

from allauth.account.adapter import get_adapter as get_account_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.moved_on_forms import refuse_post
from connect.posted_values import posted_number, posted_text
from connect.share_pictures import picture_response
from connect.step_forms import Readers, list_lacking
from connect.typed_texts import restores_beside, save_beside, settle_typed, typed_initial
from exchanges.views.common import get_exchange_or_404
from practices import listing, uses, writing
from practices.enums import PracticeStatus
from practices.forms import ContactForm, UseForm
from practices.models import LICENCE_ADDRESS, Photo, Practice
from practices.permissions import PRACTICES
from practices.standing import practice_standing
from practices.structured_data import as_article
from practices.transitions import by_anyone_of_it, practice_machine
from practices.views.common import MOST_WORDS, get_practice_or_404
from registry.models import Authority, SearchEntry
from registry.search_pages import FACETS, search_page


@require_safe
@login_not_required
def catalogue(request):
    visible = Practice.objects.published()
    entries = SearchEntry.objects.filter(kind=SearchEntry.PRACTICE, is_public=True)
    context = search_page(
        request, entries, visible.with_list_details(), "practices", FACETS, on_map=True
    )
    return render(request, "practices/practices.html", context)


@require_http_methods(["GET", "POST"])
def of_exchange(request, reference):
    """List the practices of an exchange; a POST begins one."""
    exchange = get_exchange_or_404(request, reference)
    if request.method == "POST":
        practice = writing.begin_practice(exchange, actor=request.user)
        messages.success(request, _("A first draft has been made from what you wrote before."))
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
@restores_beside
def practice_page(request, slug):
    practice = get_practice_or_404(request, slug)
    wanted = request.GET.get("language", "")
    text = practice.in_language(wanted) if wanted else practice.text
    if text is None:
        raise Http404
    user = request.user
    writes = user.is_authenticated and PRACTICES.allows(user, "write", practice)
    is_own = user.is_authenticated and by_anyone_of_it(user, practice)
    # Who asks for its head alone reads nothing.
    if request.META["REQUEST_METHOD"] == "GET" and not is_own:
        listing.count_view(practice, daily_reader_key(request))
    related = Practice.objects.published().filter(pk__in=practice.related).with_list_details()
    order = {pk: place for place, pk in enumerate(practice.related)}
    town_uses = practice.uses.select_related("authority")
    town_uses = town_uses if is_own else town_uses.exclude(accepted_at=None)
    signed = user.is_authenticated
    verbs = practice_machine.available_transitions(practice, user) if signed else []
    agrees = signed and PRACTICES.allows(user, "agree", practice)
    context = {
        "practice": practice,
        "text": text,
        "texts": practice.texts.all(),
        "original": practice.in_language(practice.language),
        "related": sorted(related, key=lambda one: order[one.pk]),
        "uses": town_uses,
        "decides_on_uses": is_own,
        **forms_of_readers(request),
        "writes": writes,
        "withdraws": signed
        and practice.photos.exists()
        and PRACTICES.allows(user, "withdraw", practice),
        "agrees": agrees,
        "is_agreed": agrees and practice.parties.issuperset(writing.parties_of(user, practice)),
        "reworded": find_rewording(practice) if agrees else None,
        "steps": list_steps(practice, verbs),
        "events": practice.events.select_related("actor") if verbs else [],
        "missing_languages": [
            (code, name)
            for code, name in settings.LANGUAGES
            if code not in {one.language for one in practice.texts.all()}
        ],
        "may_confirm": "archive" in verbs,
        "standing": practice_standing(practice),
        "article": as_article(practice, text, request.build_absolute_uri)
        if practice.status == PracticeStatus.PUBLISHED and practice.published_at
        else None,
        "todo": [],  # what one can do stands below
        "licence_address": LICENCE_ADDRESS,
        "address": request.build_absolute_uri(practice.get_absolute_url()),
    }
    return render(request, "practices/practice.html", context)


ASK_WHY = practice_machine.for_steps({"send_back", "archive"})


def list_steps(practice, verbs):
    """List the steps that a reader may take: what each asks, does and lacks, and whom it notifies.

    Each is folded: its consequences are read before its button is reached.
    """
    readers, steps = Readers(practice_machine, practice), []
    for verb in verbs:
        transition, asks = practice_machine.transitions[verb], verb in ASK_WHY
        step = {"verb": verb, "label": transition.label, "asks": asks, "ahead": transition.ahead}
        step["lacking"] = list_lacking(transition, practice, is_asked=asks)
        step["told"] = readers.describe(verb) if transition.ahead else ""
        steps.append(step)
    return steps


@require_safe
@login_not_required
def practice_picture(request, slug):
    published = Practice.objects.published().with_list_details()
    practice = get_object_or_404(published, slug=slug)
    return picture_response(
        title=practice.text.title, eyebrow=_("Good practice"), line=practice.authority.place
    )


def daily_reader_key(request):
    """Return a key of a reader for the day: the account, else network and browser."""
    if request.user.is_authenticated:
        return f"account {request.user.pk}"
    adapter = get_account_adapter(request)
    return f"{adapter.get_client_ip(request)} {request.headers.get('User-Agent', '')}"


def own_authorities(user):
    return Authority.objects.of_author(user).exists()


def find_rewording(practice):
    """Return the last change that ended an agreement; None where it was unpublished since."""
    last = practice.events.filter(verb__in=["reword_practice", "archive"]).last()
    return last if last and last.verb == "reword_practice" else None


def forms_of_readers(request):
    """Return the two forms of who signed in, each with what stood in it when the other was sent."""
    user = request.user
    if not user.is_authenticated:
        return {"use_form": None, "contact_form": None}
    words = typed_initial(request, "authority", "words")
    return {
        "use_form": UseForm(user=user, initial=words) if own_authorities(user) else None,
        "contact_form": ContactForm(initial=typed_initial(request, "text")),
    }


def save_other_form(request, practice, *sent):
    """Once one of the two forms of readers was sent, keep what was typed in the other.

    sent: the names of its fields.
    """
    save_beside(request, texts={"words", "text"} - set(sent), sent=sent)
    settle_typed(request, practice.get_absolute_url())


@require_POST
def post_use(request, slug):
    """Save, accept or delete an authority's report that it did the same."""
    practice = get_practice_or_404(request, slug)
    for name in ("accept", "remove"):
        if name in request.POST:
            use = get_object_or_404(practice.uses, pk=posted_number(request, name))
            return decide_on_use(request, use, name)
    if not own_authorities(request.user):
        messages.error(
            request, _("Only a person who writes or signs for a local authority can do this.")
        )
        return redirect(practice)
    form = UseForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            uses.save_use(practice, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    save_other_form(request, practice, *form.fields)
    if form.errors:
        return render(request, "practices/used.html", {"form": form, "practice": practice})
    thanks = _(
        "Thank you. It will be shown here once the local authority or the programme team "
        "has read it."
    )
    messages.success(request, thanks)
    return redirect(practice)


def decide_on_use(request, use, verb):
    try:
        note = posted_text(request, "note", MOST_WORDS).strip()
    except ValidationError as refusal:
        refuse_post(request, refusal.message)
        return redirect(use.practice)
    if verb == "accept":
        try:
            uses.accept_use(use, actor=request.user, seen=request.POST.get("seen", ""))
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("It is now shown on this page."))
    elif note:
        uses.remove_use(use, note, actor=request.user)
        words = _("It has been hidden, and its author gets an e-mail that says why.")
        messages.success(request, words)
    else:
        messages.error(request, uses.NO_REASON)
    return redirect(use.practice)


@require_POST
def post_message_to_town(request, slug):
    practice = get_practice_or_404(request, slug)
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            writing.send_message_to_town(practice, form.cleaned_data["text"], actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    save_other_form(request, practice, *form.fields)
    if form.errors:
        return render(request, "practices/contact.html", {"form": form, "practice": practice})
    thanks = _("Your message has been sent, with your e-mail address for the answer.")
    messages.success(request, thanks)
    return redirect(practice)


@require_safe
@login_not_required
def practice_photo(request, slug, pk):
    practice = get_practice_or_404(request, slug)
    kept = get_object_or_404(Photo.objects.with_consent(), practice=practice, pk=pk)
    return FileResponse(kept.file.open("rb"), content_type="image/jpeg")
