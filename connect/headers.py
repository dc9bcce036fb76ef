"""Response headers that no package sets for us, and a method that nobody needs."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase

from connect.types import GetResponse, View

# Pages about an account, which may name it before the sign-in.
OWN = ("account_", "mfa_", "socialaccount_", "provider")
LINK = {"token", "key"}  # what the address of a page for one person carries


def is_personal(request: HttpRequest) -> bool:
    """True for a response for one person: signed in, about to, or by a personal link."""
    user, match = getattr(request, "user", None), request.resolver_match
    if user is not None and user.is_authenticated:
        return True
    return bool(match and ((match.url_name or "").startswith(OWN) or LINK & set(match.kwargs)))


class AnyHostForHealth:
    """Answer a probe of the site's health whatever Host it sends: often it is a bare address."""

    PATHS = ("/healthz", "/readyz")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in self.PATHS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".")
        return self.get_response(request)


class HeadAsGet:
    """Answer HEAD as GET without its body: checkers of links in mail programs ask so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"  # as it is counted and logged
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = iter(())
        elif isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class SecurityHeaders:
    """Keep personal pages out of every cache, and refuse TRACE."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        response = self.get_response(request)
        if "Cache-Control" not in response and is_personal(request):
            response["Cache-Control"] = "no-store"
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=()"
        )
        return response


def sandboxed_response(view: View) -> View:
    """Serve a file such that a browser shows it isolated and runs nothing in it."""
    return csp_replace({"default-src": [NONE], "sandbox": True})(view)
