"""Answers to posts, stored as pages to return to; and a page where only a form leads.

A browser keeps no page that answers a form: *back* then shows an error of its own, and loading
again sends the form again. So where it moves to such a page, the page gets an address of its own
for an hour, which whoever posted alone can read. Without a cache it answers in place.
"""

import json
import secrets
from contextlib import suppress
from copy import copy
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from connect.cached_counts import is_within_limit
from connect.restricted import decrypt, encrypt
from connect.typed_texts import fields_never_saved
from connect.types import GetResponse, View

PARAMETER = "_answer"
KEPT_FOR = 3600  # seconds
BYTES_AN_HOUR = 200_000_000  # bytes an hour for all together: anybody may post without an account
REFUSALS = (403, 404, 410)  # pages that show nothing but what their reader typed
HEADERS = ("Content-Type", "Content-Language", "Referrer-Policy", "Cache-Control", "Vary")
API = "/api/"  # says in its own words what it does not take


class AnswersToForms:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and PARAMETER in request.GET:
            # Posted from an answer: to the page itself, where what is typed is found again.
            request.GET = without_parameter(request)  # type: ignore[assignment]  # the stubs know none that was changed
            request.META["QUERY_STRING"] = request.GET.urlencode()
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and is_page_after_form(request, response):
            return redirect_to_answer(request, response) or response
        is_look = request.method == "GET" and not request.path.startswith(API)
        if response.status_code == 405 and is_look:
            page = render(request, "405.html", {"page": parent_page(request.path)}, status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Show the stored page, if the page itself is still open to the reader.

        A page that refused a post shows only what was typed, so it is shown even where not.
        """
        if request.method != "GET" or PARAMETER not in request.GET:
            return None
        key = request.GET[PARAMETER]
        kept = find_answer(request, key)
        if kept is None:
            return HttpResponseRedirect(answer_address(request))
        request.GET = without_parameter(request)  # type: ignore[assignment]  # the stubs know none that was changed
        request.META["QUERY_STRING"] = request.GET.urlencode()
        before = dict(request.session.items())
        try:
            page = get_page_again(request, view, args, kwargs)
        except (Http404, PermissionDenied):
            if kept["status"] in REFUSALS:
                return stored_page(kept)
            forget_answer(key)
            raise
        if page.status_code != 200 and kept["status"] not in REFUSALS:
            forget_answer(key)
            return page
        if dict(request.session.items()) != before:
            # A page that was begun anew, as with another secret to scan, is not the one shown.
            request.session.clear()
            request.session.update(before)
        return stored_page(kept)


def stored_page(kept: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(kept["text"], status=kept["status"])
    for name, value in kept["headers"].items():
        response.headers[name] = value
    return response


def get_page_again(
    request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
) -> HttpResponseBase:
    """Request the page without the answer: a right may have ended since.

    Where only forms lead to an address, the page that it belongs to is asked.
    """
    page = view(request, *args, **kwargs)
    if page.status_code != 405:
        return page
    path = parent_page(request.path)
    if not path:
        raise Http404
    there, match = copy(request), resolve(path)
    if getattr(match.func, "login_required", True) and not request.user.is_authenticated:
        raise Http404
    there.path = there.path_info = path
    there.resolver_match = match
    return match.func(there, *match.args, **match.kwargs)


def forget_answer(key: str) -> None:
    with suppress(RedisError):
        cache.delete(f"answer:{key[:40]}")


def is_page_after_form(request: HttpRequest, response: HttpResponse) -> bool:
    """True for a page that a browser opens by a form; not for a script's request."""
    return (
        request.method == "POST"
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and not 300 <= response.status_code < 400
        and response.status_code < 500
        and response.headers.get("Content-Type", "").startswith("text/html")
        and "Content-Disposition" not in response.headers
        and not fields_never_saved(request)
    )


def poster_key(request: HttpRequest) -> str:
    """Return who posted: a person, or a browser by its CSRF token; "" for neither."""
    if request.user.is_authenticated:
        return str(request.user.pk)
    token = request.META.get("CSRF_COOKIE") or ""
    return token and salted_hmac("connect.answers", token).hexdigest()


def without_parameter(request: HttpRequest) -> QueryDict:
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    return query


def answer_address(request: HttpRequest, key: str = "") -> str:
    """Return the address of a page, with the key of its answer or without one."""
    query = without_parameter(request)
    if key:
        query[PARAMETER] = key
    return request.path + (f"?{query.urlencode()}" if query else "")


def redirect_to_answer(request: HttpRequest, response: HttpResponse) -> HttpResponse | None:
    """Store a page and redirect to its address; None where it cannot be stored."""
    reader, key = poster_key(request), secrets.token_urlsafe(16)
    page = {
        "of": reader,
        "path": request.path,
        "status": response.status_code,
        "headers": {name: response[name] for name in HEADERS if name in response.headers},
        "text": response.content.decode(),
    }
    kept = encrypt(json.dumps(page))  # it may hold what only few may read
    if not reader or not is_within_limit("answers", KEPT_FOR, BYTES_AN_HOUR, len(kept)):
        return None
    try:
        cache.set(f"answer:{key}", kept, KEPT_FOR)
    except RedisError:
        return None
    there = HttpResponseRedirect(answer_address(request, key), status=303)
    there.cookies = response.cookies
    return there


def find_answer(request: HttpRequest, key: str) -> dict[str, Any] | None:
    """Return the page kept under a key, for who posted and at its own address; else None."""
    try:
        kept = cache.get(f"answer:{key[:40]}")
    except RedisError:
        kept = None
    page = json.loads(decrypt(kept)) if kept else {}
    is_theirs = page.get("of") == poster_key(request) and page.get("path") == request.path
    return page if is_theirs else None


def parent_page(path: str) -> str:
    """Return the parent page of an address: that of a thing, else its list."""
    parts = path.strip("/").split("/")
    for many in (5, 4, 3) if parts[1:2] == ["admin"] else (3, 4, 5, 2):
        page = f"/{'/'.join(parts[:many])}/"
        try:
            resolve(page)
        except Resolver404:
            continue
        if page != path:
            return page
    return ""
