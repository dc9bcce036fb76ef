"""What the desk finds of matches: by reference, application and experts."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.desk_search import dossier_keys
from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import isolate, join_parts
from connect.plain_text import keys_with_word, sort_exact_first
from connect.templatetags.look import status
from matching.models import Match
from registry.desk_search import person_keys


def match_keys(word):
    """Return the keys of matches with a word in their reference, application or experts."""
    rows = Match.objects.order_by()
    return keys_with_word(Match.objects.all(), word, "reference").union(
        rows.filter(dossier__in=dossier_keys(word)).values("pk"),
        rows.filter(interests__expert__user__in=person_keys(word)).values("pk"),
    )


def find_matches(user, asked):
    rows = Match.objects.for_user(user)
    for word in asked.words:
        rows = rows.filter(pk__in=match_keys(word))
    rows = rows.with_list_details()
    return sort_exact_first(rows, asked.text, ["reference"], ["-status_since"])


def describe_match(match):
    experts = [isolate(one.expert.user.name) for one in match.interests.all()]
    return Hit(
        title=match.reference,
        address=reverse("admin:matching_match_change", args=[match.pk]),
        about=join_parts([match.dossier.heading, match.dossier.authority.place, *experts]),
        status=status(match.get_status_kind(), match.get_status_display()),
    )


register_kind(SearchKind("matches", 50, _("Matches"), Match, find_matches, describe_match))
