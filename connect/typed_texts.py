"""Typed texts survive the end of a session: saved through the sign-in, and offered after it.

Without JavaScript this is all there is between a session that ended and a long text; with it,
the browser keeps a copy of its own (static/typed.js).
"""

import functools
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from connect.cached_counts import is_within_limit
from connect.restricted import decrypt, encrypt
from connect.types import GetResponse, Request, View

KEY, ARRIVED, DISCARD = "typed_on", "arrived", "discard"
LARGEST, LONGEST = 200_000, 24 * 3600  # bytes, seconds
MOST_PAGES = 5  # of one session, whose texts are kept at a time
BYTES_AN_HOUR = 10_000_000  # bytes an hour for all together: anybody may post without an account
NOT_KEPT = _(
    "What you typed could not be saved. Go back with your browser and copy it, then sign in."
)
NOT_KEPT_BESIDE = _(
    "What you typed beside this button could not be saved. Go back with your browser and copy it."
)


def restores_typed(view: View) -> View:
    """Require a sign-in, and keep what was posted until after it.

    The view finds it as `request.typed`, a QueryDict, or None. It goes once the view has
    accepted a post, which it says by redirecting.
    """

    restoring_view = restores_beside(view)

    @login_not_required
    @functools.wraps(view)
    def keeping_view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.method == "POST":
                save_typed(request)
            return redirect_to_login(request.get_full_path())
        return restoring_view(request, *args, **kwargs)

    keeping_view.puts_back = True  # type: ignore[attr-defined]  # as Django marks views
    return keeping_view


def restores_beside(view: View) -> View:
    """Offer again what stood in a form of the page while another button was pressed.

    For pages that need no sign-in; the view finds it as `request.typed`, as in `restores_typed`.
    """

    @functools.wraps(view)
    def restoring_view(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if DISCARD in request.GET and request.method == "GET" and find_typed(request) is not None:
            drop_typed(request, request.path)
            return redirect(request.path)
        request.typed = find_typed(request) if request.method == "GET" else None
        request.typed_beside = bool(request.typed) and saved_of_page(request)["beside"]
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 302:
            location = str(response.headers.get("Location", "")).partition("#")[0]
            request.typed_beside = request.typed_beside and location == request.path
            settle_typed(request, request.path)
        return response

    restoring_view.puts_back = True  # type: ignore[attr-defined]  # as Django marks views
    return restoring_view


def never_saves(*names: str) -> Callable[[View], View]:
    """Decorate a view whose fields of these names are kept nowhere, not from page to page either.

    After a sign-in they are typed again, and a page that shows them gets no address of its own.
    """

    def mark(view: View) -> View:
        view.never_saved = names  # type: ignore[attr-defined]  # as Django marks views
        return view

    return mark


def fields_never_saved(request: HttpRequest) -> tuple[str, ...]:
    view = request.resolver_match.func if request.resolver_match else None
    return getattr(view, "never_saved", ())


def settle_typed(request: Request, page: str) -> None:
    """Once a post of a page was accepted, keep what stood beside its button, or else nothing.

    page: its path. `restores_typed` and `restores_beside` do it for the addresses of their own.
    """
    if request.typed_beside:
        save_typed(request, page)
        return
    drop_typed(request, page)
    if request.user.is_authenticated:
        request.session[ARRIVED] = page_key(request, page)


def save_beside(
    request: Request,
    *forms: BaseForm,
    texts: Iterable[str] = (),
    sent: Iterable[str] = (),
    is_changed: bool = False,
) -> None:
    """Save a form's unsaved values while another button of the page is pressed.

    Such a button is `_beside.html`. The page shows it when it is opened next, as after a sign-in.
    texts: names of what is typed on the page outside of these forms; sent: names of what arrived.
    is_changed: true where something stands otherwise than it was saved, as an emptied text.
    """
    sent = tuple(sent)
    is_typed = is_changed or any(
        not form.fields[name].widget.is_hidden for form in forms for name in form.changed_data
    )
    waiting = set(texts) - set(sent)
    is_typed = is_typed or any(request.POST.get(name, "").strip() for name in waiting)
    request.typed_beside = "beside" in request.GET and is_typed
    request.sent_names = sent


def typed_initial(request: Request, *names: str) -> dict[str, str]:
    """Return what was kept beside another button, as a form's initial values; {} where nothing."""
    typed = request.typed or QueryDict()
    return {name: typed.get(name, "") for name in names} if typed.keys() & set(names) else {}


class OfferedAgain:
    """Middleware: offers what was posted to any page when the session was over.

    It waits on a page of its own until its person, signed in again, sends it or throws it away.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if getattr(view, "puts_back", False) or not request.user.is_authenticated:
            return None
        typed = find_typed(request)
        if typed is None:
            return None
        if request.method == "POST":
            drop_typed(request, request.path)
        elif DISCARD in request.GET:
            drop_typed(request, request.path)
            return redirect(request.path)
        elif request.method == "GET":
            fields = [(name, value) for name, values in typed.lists() for value in values]
            context = {"fields": fields, "action": saved_of_page(request)["address"]}
            return render(request, "typed.html", context | {"discard": f"?{DISCARD}=1"})
        return None


def typed_keys(request: HttpRequest) -> dict[str, str]:
    """Return a page's own key, and that of the form that arrived: its copy may go."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"TYPED_KEY": "", "ARRIVED": ""}
    arrived = request.session.pop(ARRIVED, "")
    return {"TYPED_KEY": page_key(request, request.path), "ARRIVED": arrived}


def page_key(request: HttpRequest, page: str) -> str:
    """Return a key of page and person that reveals neither: browsers store copies under it."""
    return salted_hmac("connect.typed", f"{request.user.pk} {page}").hexdigest()[:16]


def save_typed(request: HttpRequest, page: str = "") -> None:
    """Save what was posted; only for its person, where the session's person is known.

    page: the path of the page that shows it, where it is not the one posted to. Where there is no
    room for it, a message says so.
    """
    path, beside = page or request.path, getattr(request, "typed_beside", False)
    signed_in = request.user if request.user.is_authenticated else None
    owner = getattr(request, "signed_out", None) or signed_in
    data = request.POST.copy()
    sent = getattr(request, "sent_names", ())
    for name in ("csrfmiddlewaretoken", *sent, *fields_never_saved(request)):
        data.pop(name, None)
    typed = data.urlencode()
    kept = encrypt(typed)  # it may be what only few may read
    if len(typed) > LARGEST or not (
        owner or is_within_limit("typed", 3600, BYTES_AN_HOUR, len(kept))
    ):
        messages.warning(request, NOT_KEPT_BESIDE if beside else NOT_KEPT)
        return
    saved = {
        "address": page or request.get_full_path(),
        "typed": kept,
        "at": time.time(),
        "of": owner.pk if owner else None,
        "beside": beside,
    }
    drop_typed(request, path)
    others = list(request.session.get(KEY, {}).items())  # the oldest first
    request.session[KEY] = dict([*others[1 - MOST_PAGES :], (path, saved)])


def saved_of_page(request: HttpRequest) -> dict[str, Any]:
    """Return what the session keeps of this page; {} where it keeps nothing."""
    return request.session.get(KEY, {}).get(request.path, {})


def drop_typed(request: HttpRequest, page: str) -> None:
    """Delete the saved texts of one page; those of other pages stay until they are sent."""
    if page in (pages := request.session.get(KEY, {})):
        request.session[KEY] = {path: kept for path, kept in pages.items() if path != page}


def find_typed(request: HttpRequest) -> QueryDict | None:
    kept = saved_of_page(request)
    if not kept or kept["at"] < time.time() - LONGEST:
        return None
    if kept.get("of") not in (None, request.user.pk):  # somebody else signed in on this computer
        return None
    return QueryDict(decrypt(kept["typed"]))
