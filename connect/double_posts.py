"""A form that adds something adds it once, however often its button is pressed.

What is posted again is known by who posts it where, and by all that the form says: from the same
page, which its token tells from a fresh one, or while the first post is still being answered.
Whoever fills in a fresh page with the same words means another one.
"""

import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from psycopg2 import errors

from connect.models import AcceptedPost
from connect.schedule import every
from connect.types import View

AGAIN = timedelta(minutes=10)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the field's name; each page is given another token


def adds_once(view: View) -> View:
    """Decorate a view so that a double post adds once.

    It says that it has accepted a post by redirecting; the second is sent to the same page. Not
    for pages of a link: the address of the answer is kept.
    """

    @functools.wraps(view)
    def adding(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        arrived_at = timezone.now()
        try:
            with transaction.atomic():
                return answer_once(request, arrived_at, lambda: view(request, *args, **kwargs))
        except StillAnswered:
            return render(request, "409.html", status=409)

    return adding


class StillAnswered(Exception):
    """The same post is being answered for so long that nobody waits for its end."""


def answer_once(
    request: HttpRequest, arrived_at: datetime, add: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """Return the response of `add`, which runs once; a second post gets the page it led to."""
    token = request.POST.get(TOKEN)
    page = digest_post("page", token) if token else ""
    try:
        accepted, is_new = AcceptedPost.objects.select_for_update().get_or_create(
            key=post_key(request), defaults={"page": page, "at": arrived_at}
        )
    except OperationalError as error:  # of this row alone: `add` may wait in vain for another
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise StillAnswered from error
        raise
    is_recent = accepted.at > arrived_at - AGAIN
    is_twice = arrived_at < accepted.at or (page and page == accepted.page)
    if not is_new and is_recent and is_twice:
        messages.info(request, _("You sent exactly this a moment ago: it has been saved once."))
        return redirect(accepted.location)
    response = add()
    if response.status_code == 302:
        accepted.page, accepted.at, accepted.location = page, timezone.now(), response["Location"]
        accepted.save()
    elif is_new:
        accepted.delete()
    return response


def post_key(request: HttpRequest) -> str:
    """Return the key of a post: who, where, and what was typed and chosen, without the token."""
    fields = [
        (name, value)
        for name, values in sorted(request.POST.lists())
        for value in values
        if name != TOKEN
    ]
    files = [
        (name, upload.name, sha256(b"".join(upload.chunks())).hexdigest())
        for name, uploads in sorted(request.FILES.lists())
        for upload in uploads
    ]
    for _name, uploads in request.FILES.lists():
        for upload in uploads:
            upload.seek(0)
    return digest_post("post", repr((request.user.pk, request.path, fields, files)))


def digest_post(kind: str, text: str) -> str:
    return salted_hmac(f"connect.double_posts.{kind}", text, algorithm="sha256").hexdigest()


@every(hours=1, is_foreseen=False)
def delete_accepted_posts(now: datetime) -> int:
    """Delete old records of accepted posts; return how many."""
    return AcceptedPost.objects.filter(at__lt=now - AGAIN).delete()[0]
