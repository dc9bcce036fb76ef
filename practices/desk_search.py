"""What the desk finds of good practices: by their title, text and authority."""

from django.utils.translation import gettext_lazy as _

from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import isolate, join_parts
from connect.templatetags.look import status
from practices.models import Practice
from registry.desk_search import keys_by_text
from registry.models import SearchEntry


def find_practices(user, asked):
    rows = Practice.objects.for_user(user)
    rows = rows.filter(pk__in=keys_by_text(SearchEntry.PRACTICE, asked.text))
    return rows.with_list_details().order_by("-status_since", "pk")


def describe_practice(practice):
    return Hit(
        title=str(practice),
        address=practice.get_absolute_url(),
        about=join_parts([isolate(practice.exchange.reference), practice.authority.place]),
        status=status(practice.get_status_kind(), practice.get_status_display()),
    )


register_kind(
    SearchKind("practices", 70, _("Good practices"), Practice, find_practices, describe_practice)
)
