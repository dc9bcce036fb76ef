"""The desk's pages of e-mails that are held: the outbox, one e-mail, and the rules of holding."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from connect.list_filters import ListAdmin
from connect.pages import paginate
from connect.posted_values import posted_number, posted_numbers, posted_text
from connect.types import SignedInRequest
from notifications import bursts, held_letters, hold_rules, texts
from notifications.models import NOT_HELD, Hold, HoldRule, Letter, LetterQuerySet

RULE = ("kind", "group", "hold", "hours")  # the boxes of a rule


def kind_words(template: str) -> str:
    """Name a kind of letter as its rules do; another one by its subject, as its text has it."""
    if kind := hold_rules.find_kinds().get(template):
        return f"{kind.process} · {kind.words}"
    if template not in texts.letter_names():
        return str(_("an earlier e-mail"))
    return texts.describe_letter(template, get_language() or "en")[0]


class HeldPages(ListAdmin):
    """Adds the pages of what is held to the list of letters."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("held/", wrap(self.held_page), name="notifications_letter_held"),
            path("<int:pk>/held/", wrap(self.held_letter_page), name="notifications_letter_edit"),
            path("holding/", wrap(self.rules_page), name="notifications_letter_holding"),
            *super().get_urls(),
        ]

    def refuse_others(self, request: SignedInRequest) -> None:
        if not hold_rules.may_review(request.user):
            raise PermissionDenied

    def held_page(self, request: SignedInRequest) -> HttpResponse:
        """List what is held, each as its reader will have it; a POST releases or drops."""
        self.refuse_others(request)
        now = timezone.now()
        readable = Letter.objects.for_officer(request.user)
        held = readable.held(now).defer("secret").select_related("opens")
        kind, group = request.GET.get("kind", ""), request.GET.get("group", "")
        filtered = held.filter(template=kind) if kind else held
        filtered = filtered.filter(group=group) if group else filtered
        if request.method == "POST" and self.review(request, filtered):
            return redirect(request.get_full_path())
        page = paginate(request, filtered.order_by("created_at", "pk"))
        counted = held.order_by("template").values_list("template", flat=True).distinct()
        context = self.admin_site.each_context(request) | {
            "title": _("E-mails that are held"),
            "opts": self.opts,
            "page": page,
            "letters": [(one, *held_letters.read_letter(one)) for one in page.object_list],
            "kinds": [(name, kind_words(name)) for name in counted],
            "groups": hold_rules.list_groups(),
            "kind": kind,
            "group": group,
            # After a refusal the page has what was ticked and typed.
            "chosen": posted_numbers(request, "letter"),
            "is_all": "all" in request.POST,
            "reason": request.POST.get("reason", ""),
            "last": filtered.aggregate(last=Max("pk"))["last"],
        }
        return TemplateResponse(request, "admin/notifications/held.html", context)

    def review(self, request: SignedInRequest, filtered: LetterQuerySet) -> bool:
        """Release or drop the chosen e-mails, or all that the page listed; False for a refusal.

        What was written since the page was loaded, nobody has read: it stays held.
        """
        chosen = filtered.filter(pk__in=posted_numbers(request, "letter"))
        last = posted_number(request, "last")
        listed = filtered.filter(pk__lte=last) if "last" in request.POST else filtered
        letters, now = listed if "all" in request.POST else chosen, timezone.now()
        try:
            if request.POST.get("verb") == "release":
                number = held_letters.release_letters(letters, actor=request.user, now=now)
                words = ngettext("%d e-mail leaves now.", "%d e-mails leave now.", number)
            else:
                reason = posted_text(request, "reason", 300)
                number = held_letters.drop_letters(letters, reason, actor=request.user, now=now)
                words = ngettext(
                    "%d e-mail was discarded: it will not be sent.",
                    "%d e-mails were discarded: they will not be sent.",
                    number,
                )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return False
        if number:
            messages.success(request, words % number)
        else:
            messages.warning(request, _("Choose at least one e-mail."))
        return True

    def held_letter_page(self, request: SignedInRequest, pk: int) -> HttpResponse:
        """Show one held e-mail and edit what it says."""
        self.refuse_others(request)
        now = timezone.now()
        readable = Letter.objects.for_officer(request.user)
        held = readable.held(now).defer("secret").select_related("opens")
        letter = get_object_or_404(held, pk=pk)
        subject, body = held_letters.read_letter(letter)
        seen = held_letters.digest_text(subject, body)
        if request.method == "POST":
            subject, body = request.POST.get("subject", ""), request.POST.get("body", "")
            digest = request.POST.get("seen", seen)
            try:
                held_letters.edit_letter(
                    letter, subject, body, actor=request.user, now=now, seen=digest
                )
            except ValidationError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, _("The e-mail has been changed. It is still held."))
                return redirect("admin:notifications_letter_held")
        context = self.admin_site.each_context(request) | {
            "title": _("E-mail to %s") % letter.address,
            "opts": self.opts,
            "letter": letter,
            "subject": subject,
            "body": body,
            "seen": seen,
        }
        return TemplateResponse(request, "admin/notifications/held_letter.html", context)

    def rules_page(self, request: SignedInRequest) -> HttpResponse:
        """List when the e-mails of each kind leave; a POST saves a rule, or removes one."""
        self.refuse_others(request)
        if request.method == "POST" and self.change_rules(request):
            return redirect("admin:notifications_letter_holding")
        groups = dict(hold_rules.list_groups())
        rules = [
            (one, groups.get(one.group, one.group), kind_words(one.template))
            for one in HoldRule.objects.select_related("changed_by")
        ]
        kinds: dict[str, list[tuple[str, str]]] = {}
        for one in hold_rules.find_kinds().values():
            kinds.setdefault(str(one.process), []).append((one.template, one.words))
        context = self.admin_site.each_context(request) | {
            "title": _("When e-mails leave"),
            "opts": self.opts,
            "rules": rules,
            "groups": groups.items(),
            "kinds": kinds.items(),
            "holds": [("", NOT_HELD), *Hold.choices[1:]],
            "undo_minutes": round(settings.UNDO_FOR.total_seconds() / 60),
            "burst_minutes": round(bursts.MINUTES.total_seconds() / 60),
            "most": hold_rules.MOST_HOURS,
            "typed": {name: request.POST.get(name) for name in RULE},  # of one refused
        }
        return TemplateResponse(request, "admin/notifications/holding.html", context)

    def change_rules(self, request: SignedInRequest) -> bool:
        """Save or remove the posted rule; False where it is refused."""
        if "remove" in request.POST:
            number = posted_number(request, "remove")
            if removed := hold_rules.remove_rule(number, actor=request.user):
                if general := hold_rules.find_general_rule(removed.template):
                    words = _("The rule has been removed. That for all calls holds now: %s.")
                    messages.success(request, words % general.words)
                else:
                    words = _(
                        "The rule has been removed: no new e-mail of this kind is held. E-mails "
                        "that wait already stay as they are."
                    )
                    messages.success(request, words)
            return True
        kind, group = (request.POST.get(name, "") for name in ("kind", "group"))
        hold = request.POST.get("hold", "unknown")  # "" is a choice
        hours, now = posted_number(request, "hours"), timezone.now()
        try:
            hold_rules.save_rule(kind, group, hold, hours, actor=request.user, now=now)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return False
        messages.success(request, _("Saved. E-mails that wait already stay as they are."))
        return True
