"""Pages that a link in a letter opens, for whoever has it: what a link that is over says, too."""

import functools
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from connect import links
from connect.languages import join_names
from connect.links import Link
from notifications import limits
from notifications.outbox import post_letter

TWICE = timedelta(seconds=30)


def hide_address(response):
    """Keep the key in a page's address out of the browser's Referer header.

    Not "no-referrer": a browser then hides from us, too, that a form is our own.
    """
    response["Referrer-Policy"] = "strict-origin"
    return response


def by_link(kind):
    """Make a page of a view (request, token, row, …): the row is the one of the link.

    A link that is over says so, and sends a new one to the same person if they wish.
    """

    def decorate(view):
        @never_cache
        @login_not_required
        @require_http_methods(["GET", "POST"])
        @functools.wraps(view)
        def page(request, token, **rest):
            link = links.find_link(token, kind.PURPOSE)
            if link is None:
                raise Http404
            if link.is_valid(timezone.now()):
                return hide_address(view(request, token, link.target, **rest))
            return hide_address(link_over_page(request, link, token))

        return page

    return decorate


def link_over_page(request, link, token):
    """Show that a link no longer works, and why; a POST sends its holder a new one."""
    now = timezone.now()
    if "again" in request.POST:
        try:
            send_new_link(link, now)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("A new link has been sent to the address that we know."))
        return redirect(request.path)
    context = {"link": link, "may_ask": may_ask_again(link, now)}
    context["is_replaced"] = link.withdrawn_at and context["may_ask"]
    return render(request, "notifications/link_over.html", context, status=410)


def may_ask_again(link, now):
    """True if the holder of this link may have another: it expired and was not withdrawn."""
    last = Link.objects.for_purpose(link.purpose, link.about, link.address).first()
    row = link.target
    if last is None or last.withdrawn_by_id or row is None:
        return False
    return row.link_end(now) > now


def send_new_link(link, now):
    """Send the holder of a link a new one, to the address on record alone.

    Raises ValidationError where there is none for them any more, or they asked too often.
    """
    if not may_ask_again(link, now):
        raise ValidationError(_("This link has been withdrawn. Write to us."), code="withdrawn")
    row = link.target
    newest = Link.objects.for_purpose(link.purpose, link.about, link.address).first()
    if newest and newest != link and newest.given_at > now - TWICE:
        return  # one press of the button that came twice
    limits.count_message("link_again", address=link.address, about=row.link_about, now=now)
    post_letter(
        "link_again",
        key=f"link:{link.pk}:again:{now.timestamp():.0f}",
        concerns=link,
        to=[row.link_holder],
        path=row.PAGE,
        opens=row,
        anew=True,
        purpose=lambda: describe_link(row),
    )


def describe_link(row):
    """Describe what the link of a row opens: its kind, and the file's number where it has one."""
    files = [getattr(row, name, None) for name in ("dossier", "match", "exchange")]
    references = [file.reference for file in files if file is not None]
    return join_names([str(row.LINK_WORDS), *references[:1]])
