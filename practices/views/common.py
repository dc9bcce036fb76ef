"""Which practice a page is about: what this person may not see is not found."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from connect.moved_on import moved_on_or_404
from practices.models import Practice
from practices.permissions import PRACTICES


def get_practice_or_404(request: HttpRequest, slug: str, verb: str = "read") -> Practice:
    """Return the practice with which this person may do so, or 404.

    What they may do in another status says so.
    """
    rows = Practice.objects.filter_allowed(request.user, verb).with_list_details()
    if practice := rows.select_related("exchange__match").filter(slug=slug).first():
        return practice
    practice = get_object_or_404(Practice.objects.filter_allowed(request.user, "read"), slug=slug)
    words = _("This practice is now “%s”: it can no longer be changed in this way.")
    words %= practice.get_status_display()
    raise moved_on_or_404(request.user, PRACTICES, verb, practice, words)
