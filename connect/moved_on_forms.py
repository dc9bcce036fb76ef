"""Forms whose object has moved on meanwhile: why, where to go, and what was typed."""

from collections.abc import Collection

from django.contrib import messages
from django.db.models import Model
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from connect.permissions import Permissions
from connect.stale_forms import SAVED_FIELD, describe_typed
from connect.types import Request, Visitor, Words

SHORTEST = 20  # characters: what is shorter and one word is a choice, a code or a number
OURS = ("csrfmiddlewaretoken", "version", "digest", "password", SAVED_FIELD)


class MovedOn(Http404):
    """Explains that what a person could do before is no longer possible, with its page.

    A page that is only looked at leads to the thing's own; a form is not found, and its page shows
    what was typed: all that its form says, or else the texts of the post.
    """

    def __init__(self, words: Words, page: str, form: BaseForm | None = None) -> None:
        super().__init__(words)
        self.words, self.page, self.form = words, page, form


def moved_on_or_404(
    user: Visitor,
    permissions: Permissions,
    verb: str,
    thing: Model,
    words: Words,
    *,
    page: str = "",
    form: BaseForm | None = None,
) -> Http404:
    """Return the exception where somebody may not do so with a thing in its present state.

    MovedOn with the words that say why, for whoever may do so in another status; else Http404.
    page: where it leads, if not to the page of the thing. form: as it was typed.
    """
    if permissions.is_ever_allowed(user, verb, thing):
        return MovedOn(words, page or resolve_url(thing), form)
    return Http404()


def not_found(request: Request, exception: Exception) -> HttpResponseBase:
    if not isinstance(exception, MovedOn):
        return page_not_found(request, exception)
    if request.method == "GET":
        messages.warning(request, exception.words)
        return redirect(exception.page)
    request.moved_on = exception
    return page_not_found(request, exception)


def unsaved_texts(request: Request) -> list[str]:
    """Return what was typed into the form that this page could not save."""
    moved_on = getattr(request, "moved_on", None)
    if isinstance(moved_on, MovedOn) and moved_on.form is not None:
        return describe_typed(moved_on.form)
    return typed_texts(request)


def typed_texts(request: HttpRequest, saved: Collection[str] = ()) -> list[str]:
    """Return the typed texts of a form, without its buttons and choices.

    saved: names of fields on the same page that were saved all the same.
    """
    return [
        text
        for name, texts in request.POST.lists()
        if name not in saved and not name.startswith(OURS)
        for text in texts
        if len(text) >= SHORTEST or " " in text.strip()
    ]


def refuse_post(request: HttpRequest, message: Words, saved: Collection[str] = ()) -> None:
    """Redirect with the reason why a post was refused, and what was typed into it."""
    messages.error(request, message)
    for text in typed_texts(request, saved):
        messages.warning(request, _("What you typed was not saved: “%s”") % text)
