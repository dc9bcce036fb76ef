"""Letters on the desk: those sent, waiting and failed; read-only."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Func, JSONField, Q, TextField, Value, When
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from connect import links
from connect.admin import ConfirmedActionsMixin, ReadOnly
from connect.dates import day_words
from connect.desk_lists import ColumnExportMixin
from connect.exports import RowExportMixin
from connect.links import Link
from connect.list_filters import ListAdmin
from connect.schedule import nudge_worker
from notifications import mailing_admin, texts  # noqa: F401  # registers its own list
from notifications.forms import LetterTextForm
from notifications.held_admin import HeldPages
from notifications.letter_grammar import fill_text
from notifications.letter_tables import LetterTable, describe_letter_status
from notifications.letter_text import letter_title, readable_facts
from notifications.mailings import TEMPLATE as TO_MANY
from notifications.models import HIDDEN, DeadAddress, Letter, LetterText
from notifications.preview import DAYS, claim_preview, last_preview, preview_letters
from notifications.sending import retry_letters

# What a letter is about: its number, a title, a name; the names of its facts are none of it.
FACTS = Cast(
    Func(
        "context",
        template="jsonb_path_query_array(%(expressions)s, '$.** ? (@.type() == \"string\")')",
        output_field=JSONField(),
    ),
    TextField(),
)


def future_subjects():
    """Return the subject that each letter would have: one that never left was never composed."""
    subjects = [
        When(template=name, then=Value(texts.describe_letter(name, get_language())[0]))
        for name in texts.letter_names()
    ]
    return Case(When(~Q(subject=""), then=Value("")), *subjects, default=Value(""))


class WaitingFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "stands"

    def lookups(self, request, model_admin):
        return [
            ("waiting", _("waiting")),
            ("failed", _("given up")),
            ("sent", pgettext_lazy("an e-mail", "sent")),
            ("held", _("held")),
            ("cancelled", pgettext_lazy("an e-mail", "cancelled")),
        ]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.unsent()
            case "held":
                return queryset.held(timezone.now())
            case "failed":
                return queryset.failed()
            case "sent":
                return queryset.exclude(sent_at=None)
            case "cancelled":
                return queryset.exclude(cancelled_at=None)
        return queryset


def sample_facts(name, language):
    """Return facts to preview a letter's text: the last such letter's, or their names."""
    last = Letter.objects.filter(template=name).order_by("-pk").first()
    facts = {fact: f"‹{fact}›" for fact in texts.letter_conditions(name)}
    facts["contact"] = settings.CONTACT_EMAIL
    if last is None:
        return facts
    with translation.override(language):
        known = readable_facts(last.context) | {"name": last.name}
        known["link"] = f"{settings.SITE_URL}/{language}/{HIDDEN}/"
        return facts | known | texts.our_words(name, language, known).words_by_placeholder


@admin.register(DeadAddress)
class DeadAddressAdmin(ColumnExportMixin, ListAdmin):
    """Addresses whose letters came back. Deleting one is to try it again."""

    list_display = ["address", "why", "at", "failures", "rests_until"]
    search_fields = ["address", "why__unaccent"]
    empty_words = _(
        "Addresses from which an e-mail came back are listed here. While one is, only e-mails that "
        "somebody needs are sent to it."
    )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Link)
class LinkAdmin(ColumnExportMixin, ConfirmedActionsMixin, ReadOnly):
    """The links sent to people without an account; their keys are never shown."""

    list_display = ["purpose_words", "address", "name", "given_at", "valid_until", "withdrawn_at"]
    search_fields = ["address", "name__unaccent"]
    fields = [
        "purpose_words",
        "address",
        "name",
        "given_at",
        "valid_until",
        "withdrawn_at",
        "withdrawn_by",
    ]
    readonly_fields = ["purpose_words", "valid_until"]
    actions = ["withdraw"]

    @admin.display(description=_("opens"), ordering="purpose")
    def purpose_words(self, link):
        return link.words

    @admin.display(description=_("works until"), ordering="expires_at")
    def valid_until(self, link):
        return day_words(link.last_day)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request, queryset):
        question = _("Withdraw these links? Their readers can open nothing with them any more.")
        if page := self.ask_first(request, queryset, question=question, button=_("Withdraw")):
            return page
        chosen = list(queryset.not_withdrawn())
        withdrawn = [one for one in chosen if links.may_withdraw_link(request.user, one)]
        for link in withdrawn:
            links.end_link(link, actor=request.user)
            self.log_change(request, link, pgettext("a link", "withdrawn"))
        if withdrawn:
            self.message_user(request, _("The links no longer open anything."), messages.SUCCESS)
        if len(withdrawn) < len(chosen):
            message = _(
                "A link that lets people keep their data works until its end date and cannot be "
                "withdrawn."
            )
            self.message_user(request, message, messages.WARNING)
        return None


@admin.register(Letter)
class LetterAdmin(HeldPages, RowExportMixin, ReadOnly):
    resource_classes = [LetterTable]
    list_display = ["title", "address", "created_at", "status"]
    list_filter = [WaitingFilter, "language"]
    search_fields = [
        "address",
        "name__unaccent",
        "subject__unaccent",
        "title_now__unaccent",
        "facts",
    ]
    # The text with its links hidden; what is secret, and what a letter was made from, are not here.
    fields = [
        *("title", "address", "name", "language", "body", "created_at", "status"),
        *("not_before", "tries", "last_error"),
    ]
    readonly_fields = ["title", "status"]
    actions = ["try_again"]
    import_export_change_list_template = "admin/notifications/letters.html"

    @admin.display(description=_("subject"))
    def title(self, letter):
        return letter_title(letter)

    @admin.display(description=_("status"))
    def status(self, letter):
        return describe_letter_status(letter)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("expected/", wrap(self.preview_page), name="notifications_letter_expected"),
            path("words/", wrap(self.letter_texts_page), name="notifications_letter_words"),
            path(
                "words/<slug:name>/<slug:language>/",
                wrap(self.change_text_page),
                name="notifications_letter_change_words",
            ),
            *super().get_urls(),
        ]

    def may_change_texts(self, request):
        return request.user.has_perm("notifications.change_lettertext")

    def letter_texts_page(self, request):
        """List all letters, and which of them staff have rewritten."""
        if not self.may_change_texts(request):
            raise PermissionDenied
        changed = set(LetterText.objects.values_list("template", "language"))
        rows = [
            (
                name,
                texts.describe_letter(name, get_language()),
                [(code, words, (name, code) in changed) for code, words in settings.LANGUAGES],
            )
            for name in texts.letter_names()
            if name != TO_MANY  # its words are those of whoever writes it
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("E-mail texts"),
            "opts": self.opts,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/notifications/words.html", context)

    def change_text_page(self, request, name, language):
        """Change a letter's text in a language: preview it, then save it or reset it."""
        if not self.may_change_texts(request):
            raise PermissionDenied
        known = name in texts.letter_names() and name != TO_MANY
        if not known or language not in dict(settings.LANGUAGES):
            raise Http404
        held = LetterText.objects.filter(template=name, language=language).first()
        ours = texts.our_words(name, language)
        subject, body = (held or ours).subject, (held or ours).body
        if request.method == "POST" and "forget" in request.POST:
            texts.reset_letter_text(name, language, actor=request.user)
            self.message_user(request, _("The original text is used again."), messages.SUCCESS)
            return redirect("admin:notifications_letter_words")
        initial = {"subject": subject, "body": body}
        form = LetterTextForm(request.POST or None, name=name, initial=initial)
        if form.is_valid():
            subject, body = form.cleaned_data["subject"], form.cleaned_data["body"]
            if "keep" in request.POST:
                texts.save_letter_text(
                    name, language, subject=subject, body=body, actor=request.user
                )
                self.message_user(
                    request, _("The text of the e-mail has been changed."), messages.SUCCESS
                )
                return redirect("admin:notifications_letter_words")
        sample = sample_facts(name, language)
        words, _first = texts.describe_letter(name, get_language())
        context = self.admin_site.each_context(request) | {
            "title": f"{words} · {dict(settings.LANGUAGES)[language]}",
            "opts": self.opts,
            "form": form,
            "held": held,
            "language": language,
            "placeholders": sorted(texts.letter_placeholders(name)),
            "passages": ours.passages,
            "conditions": sorted(texts.letter_conditions(name) - ours.passages.keys()),
            "preview": [fill_text(words, sample) for words in (subject, body)],
        }
        return TemplateResponse(request, "admin/notifications/change_words.html", context)

    def preview_page(self, request):
        """Preview the letters of the days to come if nobody does anything."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        look = last_preview()
        if request.method == "POST":  # somebody has done what the last look did not know
            if claim_preview(None, timezone.now()):
                nudge_worker(preview_letters)
            words = _("The forecast is being made again: open this page again in a minute.")
            self.message_user(request, words, messages.SUCCESS)
            return redirect("admin:notifications_letter_expected")
        if claim_preview(look, timezone.now()):
            nudge_worker(preview_letters)
        context = self.admin_site.each_context(request) | {
            "title": _("E-mails in the next %d days") % DAYS,
            "opts": self.opts,
            "look": look,
        }
        return TemplateResponse(request, "admin/notifications/expected.html", context)

    def get_queryset(self, request):
        letters = super().get_queryset(request)
        return letters.for_officer(request.user).defer("secret")  # type: ignore[attr-defined]  # its own

    def get_search_results(self, request, queryset, search_term):
        """Search letters also by what they are about, and by the subject that the list shows."""
        if search_term:
            queryset = queryset.alias(facts=FACTS, title_now=future_subjects())
        return super().get_search_results(request, queryset, search_term)

    @admin.action(description=_("Try again now"))
    def try_again(self, request, queryset):
        waiting = retry_letters(queryset)
        words = ngettext(
            "%d e-mail will be tried again.", "%d e-mails will be tried again.", waiting
        )
        self.message_user(request, words % waiting, messages.SUCCESS)
