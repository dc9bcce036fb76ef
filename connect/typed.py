"""What a person typed outlives their session: kept through the sign-in, and offered after it.

Without JavaScript this is all there is between a session that ended and a long text; with it,
the browser keeps a copy of its own (static/typed.js).
"""

import functools
import time

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import QueryDict
from django.utils.crypto import salted_hmac

KEY, ARRIVED = "typed", "arrived"
LARGEST, LONGEST = 200_000, 24 * 3600  # bytes, seconds


def keeps_typed(view):
    """Ask for a sign-in as every page does, but keep what was posted to this one for after it.

    The view finds it as `request.typed`, a QueryDict, or None. It goes once the view has
    accepted a post, which it says by redirecting.
    """

    @login_not_required
    @functools.wraps(view)
    def kept(request, *args, **kwargs):
        if not request.user.is_authenticated:
            if request.method == "POST":
                keep(request)
            return redirect_to_login(request.get_full_path())
        request.typed = found(request) if request.method == "GET" else None
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 302:  # it was accepted
            request.session.pop(KEY, None)
            request.session[ARRIVED] = key_of(request)
        return response

    return kept


def keys(request):
    """Tell a page its own key, and that of the form that has just arrived: its copy may go."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    return {"TYPED_KEY": key_of(request), "ARRIVED": request.session.pop(ARRIVED, "")}


def key_of(request):
    """Name this page for this person, without telling either: browsers keep copies under it."""
    return salted_hmac("connect.typed", f"{request.user.pk} {request.path}").hexdigest()[:16]


def keep(request):
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    typed = data.urlencode()
    if len(typed) <= LARGEST:
        request.session[KEY] = {"path": request.path, "typed": typed, "at": time.time()}


def found(request):
    kept = request.session.get(KEY, {})
    if kept.get("path") == request.path and kept["at"] > time.time() - LONGEST:
        return QueryDict(kept["typed"])
    return None
