"""Filters of the desk's lists that an officer saves under a name, and removes again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from connect.models import SavedFilter
from connect.plain_text import clean_query
from connect.types import User

UNSAVED = {"p", "e", "all"}  # of an address: which page, and what went wrong


def clean_filter(query: str) -> str:
    """Return what a list's address filters and sorts by, without the page that was open.

    >>> clean_filter("?status__exact=submitted&p=3")
    'status__exact=submitted'
    """
    asked = QueryDict(query.removeprefix("?"), mutable=True)
    for name in UNSAVED & asked.keys():
        del asked[name]
    return asked.urlencode()


def save_filter(user: User, model: str, name: str, query: str) -> SavedFilter:
    """Save a filter of a list under a name; one of the same name is replaced.

    Raises ValidationError without a name, for what is too long, and for one too many.
    """
    name, query = clean_query(name), clean_filter(query)
    if not name:
        raise ValidationError(_("Give the filter a name."), code="nameless")
    if not query:
        raise ValidationError(_("This list is not filtered: filter it first."), code="empty")
    if len(name) > 60 or len(query) > 1000:
        raise ValidationError(_("The name or the filter is too long."), code="long")
    own = SavedFilter.objects.filter(user=user, model=model)
    if own.exclude(name=name).count() >= SavedFilter.MOST:
        message = _("You have %d saved filters of this list: remove one first.")
        raise ValidationError(message % SavedFilter.MOST, code="many")
    return SavedFilter.objects.update_or_create(
        user=user, model=model, name=name, defaults={"query": query}
    )[0]


def remove_filter(user: User, number: int) -> bool:
    """Remove a filter of this officer's own; return whether there was one."""
    deleted, _rows = SavedFilter.objects.filter(user=user, pk=number).delete()
    return bool(deleted)
