"""What the desk finds of exchanges: by reference, place, application and experts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import join_parts
from connect.plain_text import keys_with_word, sort_exact_first
from connect.templatetags.look import status
from exchanges.models import Exchange
from matching.desk_search import match_keys

COLUMNS = "reference", "place"


def find_exchanges(user, asked):
    rows = Exchange.objects.for_user(user)
    for word in asked.words:
        own = keys_with_word(Exchange.objects.all(), word, *COLUMNS)
        of_matches = Exchange.objects.order_by().filter(match__in=match_keys(word))
        rows = rows.filter(pk__in=own.union(of_matches.values("pk")))
    rows = rows.with_list_details()
    return sort_exact_first(rows, asked.text, COLUMNS, ["-status_since"])


def describe_exchange(exchange):
    dossier = exchange.dossier
    return Hit(
        title=exchange.reference,
        address=reverse("admin:exchanges_exchange_change", args=[exchange.pk]),
        about=join_parts([dossier.heading, exchange.get_form_display(), dossier.authority.place]),
        status=status(exchange.get_status_kind(), exchange.get_status_display()),
    )


register_kind(
    SearchKind("exchanges", 60, _("Exchanges"), Exchange, find_exchanges, describe_exchange)
)
