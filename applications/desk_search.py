"""What the desk finds of applications: by reference, title, contact, authority and words."""

from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from applications.enums import FINAL
from applications.models import Dossier
from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import isolate, join_parts
from connect.plain_text import keys_with_word, sort_exact_first
from connect.templatetags.look import status
from registry.desk_search import authority_keys, person_keys

COLUMNS = "reference", "title", "focal_name", "focal_email"


def dossier_keys(word):
    """Return the keys of dossiers with a word in their title, authority or people."""
    rows = Dossier.objects.order_by()
    return keys_with_word(Dossier.objects.all(), word, *COLUMNS).union(
        rows.filter(authority__in=authority_keys(word)).values("pk"),
        rows.filter(created_by__in=person_keys(word)).values("pk"),
        rows.filter(signatures__name__unaccent__icontains=word).values("pk"),
    )


def find_dossiers(user, asked):
    """Find what this officer may work on: conflicts of interest hold."""
    rows = Dossier.objects.on_desk_of(user)
    for word in asked.words:
        rows = rows.filter(pk__in=dossier_keys(word))
    alive = Case(When(status__in=FINAL, then=1), default=0)
    rows = rows.with_list_details()
    return sort_exact_first(rows, asked.text, COLUMNS, [alive, "-status_since"])


def describe_dossier(dossier):
    return Hit(
        title=dossier.heading,
        address=dossier.get_desk_url(),
        about=join_parts([isolate(dossier.reference), dossier.authority.place]),
        status=status(dossier.get_status_kind(), dossier.get_status_display()),
    )


register_kind(
    SearchKind("applications", 10, _("Applications"), Dossier, find_dossiers, describe_dossier)
)
