"""Files of a record that staff take away for a reason, whatever its status: closed, too.

Somebody asks not to be shown, or a file holds what it should not. The file is deleted for good;
who took it away, when and why stays on the timeline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.fields import get_field
from connect.transitions import record_event
from connect.types import SignedInRequest, User


@dataclass(frozen=True)
class WithdrawableFile:
    """A file as staff see it before it goes: its words, and its address if it can be seen."""

    words: str
    address: str
    delete: Callable[[User, datetime], None]


Files = dict[str, WithdrawableFile]


class WithdrawForm(forms.Form):
    file = forms.ChoiceField(label=gettext_lazy("Which file"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays on record; the programme team alone reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )

    def __init__(self, *args: Any, files: Files, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, choice_words(file)) for key, file in files.items()]
        get_field(self, "file", forms.ChoiceField).choices = choices


def choice_words(file: WithdrawableFile) -> str:
    if not file.address:
        return file.words
    link = '{} · <a href="{}">{}<span class="visually-hidden">: {}</span></a>'
    return format_html(link, file.words, file.address, _("view it"), file.words)


def withdraw_locked_file(
    thing: Any, files: Files, key: str, reason: str, *, actor: User, now: datetime
) -> bool:
    """Delete a file of a record that the caller has locked, with the reason on its timeline.

    True if it went; False if somebody took it away before.
    """
    if key not in files:
        return False
    files[key].delete(actor, now)
    details = {"note": reason, "file": key}  # not its words: they may name whom it showed
    record_event(thing, "withdraw_file", actor=actor, now=now, details=details)
    return True


def withdraw_file_response(
    request: SignedInRequest,
    template: str,
    thing: Any,
    files: Files,
    withdraw_file: Callable[..., bool],
) -> HttpResponse:
    """List the files of a record, `thing` in the template; a POST deletes one, with a reason."""
    form = WithdrawForm(request.POST or None, files=files)
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.cleaned_data["file"], form.cleaned_data["reason"]
        if withdraw_file(thing, chosen, reason, actor=request.user):
            messages.success(request, _("The file has been removed."))
        else:
            messages.info(request, _("Somebody has already removed this file."))
        return redirect(request.path)
    return render(request, template, {"thing": thing, "form": form, "files": files})
