"""The desk's pages of e-mails to many: write one, preview it, send it, see how far it has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.admin import ReadOnly
from connect.desk_lists import ColumnExportMixin
from connect.languages import current_language
from connect.list_filters import ListAdmin
from connect.permissions import is_officer
from connect.posted_values import as_number
from connect.templatetags.look import status as status_tag
from connect.typed_texts import restores_beside
from connect.types import SignedInRequest
from notifications import mailings
from notifications.mailing_models import Mailing, MailingState

PURPOSES = [
    (
        "news",
        _(
            "An invitation or news: whoever paused such e-mails does not receive it, and each "
            "e-mail has a link to pause them"
        ),
    ),
    ("duty", _("Something they have to know of what they take part in: everybody receives it")),
]


class MailingActionMixin(ListAdmin):
    """Adds an action to a list: write one e-mail to the people behind the chosen rows."""

    @admin.action(description=_("Write to them"))
    def write_to_them(
        self, request: SignedInRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        keys = list(queryset.order_by().values_list("pk", flat=True))
        now = timezone.now()
        try:
            draft = mailings.begin_mailing(self.opts.label_lower, keys, actor=request.user, now=now)
        except ValidationError as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return None
        return redirect("admin:notifications_mailing_change", draft.pk)


@dataclass(frozen=True)
class Written:
    """The boxes of a language in the form, and how many readers would have its text."""

    language: str
    name: Any
    subject: Any
    body: Any
    readers: int

    @property
    def is_open(self) -> bool:
        typed = self.subject.value() or self.body.value() or self.subject.errors
        return bool(typed) or self.language == current_language()


class MailingForm(forms.Form):
    """A subject and a text in at least one language, and why it is written."""

    purpose = forms.ChoiceField(
        label=_("Why do you write?"), choices=PURPOSES, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, mailing: Mailing, **kwargs: Any) -> None:
        self.listed = mailings.list_of(mailing)
        chosen = {None: "", True: "news", False: "duty"}[mailing.is_optional]
        initial = {"purpose": chosen}
        for code, text in mailing.texts.items():
            initial |= {f"{name}_{code}": words for name, words in text.items()}
        super().__init__(*args, **kwargs | {"initial": initial})
        for code, _name in settings.LANGUAGES:
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject"), required=False, max_length=mailings.LONGEST_SUBJECT
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text"),
                required=False,
                max_length=mailings.LONGEST_TEXT,
                widget=forms.Textarea(attrs={"rows": 10}),
            )

    def languages(self, readers: mailings.Readers) -> Iterator[Written]:
        """Yield the boxes of each language, that of the officer first."""
        order = sorted(settings.LANGUAGES, key=lambda one: one[0] != current_language())
        for code, name in order:
            number = sum(one.language == code for one in readers.to)
            yield Written(code, name, self[f"subject_{code}"], self[f"body_{code}"], number)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        texts: dict[str, dict[str, str]] = {}
        for code, _name in settings.LANGUAGES:
            subject = " ".join(cleaned.get(f"subject_{code}", "").split())
            body = cleaned.get(f"body_{code}", "").replace("\r\n", "\n").strip()
            if not subject and not body:
                continue
            texts[code] = {"subject": subject, "body": body}
            for name, words in mailings.check_text(self.listed, subject, body).items():
                self.add_error(f"{name}_{code}", words)
        if not texts and not self.errors:
            message = _("Write a subject and a text, in one language at least.")
            self.add_error(f"subject_{current_language()}", message)
        return cleaned | {"texts": texts}


@admin.register(Mailing)
class MailingAdmin(ColumnExportMixin, ReadOnly):
    """What was written to many, by whom, when and to how many; and one's own drafts."""

    list_display = ["subject_words", "list_words", "made_by", "sent_at", "number", "state_badge"]
    list_filter = ["state"]
    list_select_related = ["made_by"]
    search_fields = ["texts", "made_by__name__unaccent"]
    empty_words = _(
        "An e-mail to many is begun in another list, for example of experts or applications: "
        "choose its rows, then “Write to them”."
    )

    def has_view_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return is_officer(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_officer(request.user)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request) & Mailing.objects.for_officer(request.user)

    @admin.display(description=_("subject"))
    def subject_words(self, mailing: Mailing) -> str:
        return str(mailing)

    @admin.display(description=_("list"), ordering="model")
    def list_words(self, mailing: Mailing) -> str:
        return str(mailings.list_of(mailing).words)

    @admin.display(description=_("status"), ordering="state")
    def state_badge(self, mailing: Mailing) -> Any:
        return status_tag(mailing.get_state_kind(), mailing.get_state_display())  # type: ignore[attr-defined]  # of StatusField

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        mailing = get_object_or_404(self.get_queryset(request), pk=as_number(object_id))
        if mailing.state == MailingState.DRAFT:
            return self.draft_page(request, mailing)  # type: ignore[arg-type]  # signed in: the desk
        return self.sent_page(request, mailing)  # type: ignore[arg-type]

    @method_decorator(restores_beside)  # what the browser kept of it is forgotten once it arrived
    def draft_page(self, request: SignedInRequest, mailing: Mailing) -> HttpResponse:
        """Write a draft: a POST saves it with whichever button, and then does what that says."""
        now = timezone.now()
        if "discard" in request.POST:
            mailings.discard_draft(mailing, actor=request.user)
            self.message_user(request, _("The draft has been deleted."), messages.SUCCESS)
            return redirect("admin:notifications_mailing_changelist")
        form = MailingForm(request.POST or None, mailing=mailing)
        if request.method == "POST" and form.is_valid():
            is_optional = form.cleaned_data["purpose"] == "news"
            try:
                mailing = mailings.save_draft(
                    mailing, form.cleaned_data["texts"], is_optional, actor=request.user
                )
                self.follow_button(request, mailing)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return redirect("admin:notifications_mailing_change", mailing.pk)
        readers = mailings.find_readers(mailing, now)
        listed = mailings.list_of(mailing)
        context = self.admin_site.each_context(request) | {
            "title": ngettext(
                "Write to %(number)d person", "Write to %(number)d people", len(readers.to)
            )
            % {"number": len(readers.to)},
            "opts": self.opts,
            "mailing": mailing,
            "form": form,
            "languages": list(form.languages(readers)),
            "readers": readers,
            "listed": listed,
            "rows": len(mailing.rows),
            "placeholders": [("name", _("name")), *listed.facts.items()],
            "preview": mailings.preview_readers(mailing, readers) if mailing.texts else [],
            "seen": mailings.digest_mailing(mailing, readers),
            "minutes": mailings.GRACE.seconds // 60,
        }
        return TemplateResponse(request, "admin/notifications/mailing.html", context)

    def follow_button(self, request: SignedInRequest, mailing: Mailing) -> None:
        """Send a draft to oneself or to all, or only say that it is saved."""
        now = timezone.now()
        if "test" in request.POST:
            if sent := mailings.send_test(mailing, actor=request.user, now=now):
                words = ngettext(
                    "%(n)d e-mail is on its way to you: %(address)s.",
                    "%(n)d e-mails are on their way to you: %(address)s.",
                    sent,
                )
                sentence = words % {"n": sent, "address": request.user.email}
                self.message_user(request, sentence, messages.SUCCESS)
            else:
                self.message_user(request, _("You have been sent this text already."))
        elif "send" in request.POST:
            seen = request.POST.get("seen", "")
            sent_to = mailings.send_mailing(mailing, seen=seen, actor=request.user, now=now)
            words = ngettext(
                "The e-mail to %d person leaves in a few minutes.",
                "The e-mails to %d people leave in a few minutes.",
                sent_to.number or 0,
            )
            self.message_user(request, words % sent_to.number, messages.SUCCESS)
        else:
            saved = _("The draft has been saved. See below how it will be read.")
            self.message_user(request, saved, messages.SUCCESS)

    def sent_page(self, request: SignedInRequest, mailing: Mailing) -> HttpResponse:
        """Show what was sent and how far it has come; a POST cancels what has not left."""
        if request.method == "POST":
            if "cancel" not in request.POST:  # a second press of the button that sent it
                return redirect("admin:notifications_mailing_change", mailing.pk)
            number = mailings.cancel_mailing(mailing, actor=request.user, now=timezone.now())
            words = ngettext(
                "Cancelled: %d person will not receive it.",
                "Cancelled: %d people will not receive it.",
                number,
            )
            self.message_user(request, words % number, messages.SUCCESS)
            return redirect("admin:notifications_mailing_change", mailing.pk)
        progress = mailings.count_progress(mailing)
        names = dict(settings.LANGUAGES)
        context = self.admin_site.each_context(request) | {
            "title": str(mailing),
            "opts": self.opts,
            "mailing": mailing,
            "listed": mailings.list_of(mailing),
            "progress": progress,
            "unwritten": max((mailing.number or 0) - progress.written, 0),
            "may_cancel": mailing.state == MailingState.WRITING
            or (mailing.state == MailingState.DONE and progress.waiting > 0),
            "texts": [(code, names.get(code, code), text) for code, text in mailing.texts.items()],
        }
        return TemplateResponse(request, "admin/notifications/mailing_sent.html", context)
