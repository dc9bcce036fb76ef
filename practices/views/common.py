"""Which practice a page is about: what this person may not see is not found."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, resolve_url
from django.utils.translation import gettext as _

from connect.moved_on_forms import MovedOn, moved_on_or_404
from connect.types import Visitor
from practices.enums import PracticeStatus
from practices.models import Practice
from practices.permissions import PRACTICES

MOST_WORDS = 1000  # characters of a note or a reason


def get_practice_or_404(request: HttpRequest, slug: str, verb: str = "read") -> Practice:
    """Return the practice if this person may do so with it, else raise a 404.

    Where its status alone forbids it, the page says so.
    """
    rows = Practice.objects.filter_allowed(request.user, verb).with_list_details()
    if practice := rows.select_related("exchange__match").filter(slug=slug).first():
        return practice
    readable = Practice.objects.filter_allowed(request.user, "read")
    practice = readable.filter(slug=slug).first()
    if practice is None:
        raise deleted_or_404(request.user, get_object_or_404(Practice, slug=slug))
    words = _("The status of this practice is “%s”: it can no longer be changed in this way.")
    words %= practice.get_status_display()
    raise moved_on_or_404(request.user, PRACTICES, verb, practice, words)


def deleted_or_404(user: Visitor, practice: Practice) -> Http404:
    """Return the exception for whoever could write a draft that was deleted; else Http404."""
    is_removed = practice.status == PracticeStatus.REMOVED
    if not is_removed or not PRACTICES.is_ever_allowed(user, "write", practice):
        return Http404()
    page = resolve_url("practices-of", practice.exchange.reference)
    return MovedOn(_("This draft of a practice was deleted."), page)
