"""What the desk finds of e-mails: by whom they went to, and their subject."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import isolate, join_parts
from connect.plain_text import keys_with_word, sort_exact_first
from notifications.letter_tables import describe_letter_status
from notifications.letter_text import letter_title
from notifications.models import Letter

COLUMNS = "address", "name", "subject"


def find_letters(user, asked):
    rows = Letter.objects.for_officer(user).defer("secret")
    for word in asked.words:
        rows = rows.filter(pk__in=keys_with_word(Letter.objects.all(), word, *COLUMNS))
    return sort_exact_first(rows, asked.text, COLUMNS, ["-created_at"])


def describe_letter(letter):
    return Hit(
        title=letter_title(letter),
        address=reverse("admin:notifications_letter_change", args=[letter.pk]),
        about=join_parts([isolate(letter.address), describe_letter_status(letter)]),
    )


register_kind(SearchKind("emails", 80, _("E-mails"), Letter, find_letters, describe_letter))
