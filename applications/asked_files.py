"""Files that a correction asks for: a new one, or one in place of a file that was sent."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.sections import QUESTIONS
from connect.languages import label_with_value

NEW = "file"  # the key of a new file; that of one in place of another has its number behind it


def file_questions(dossier):
    """Return {key: words} of what a correction may ask for of the files of a dossier."""
    replaced = {
        f"{NEW}-{file.pk}": format_lazy("{} {}", _("A file in place of"), file.name)
        for file in dossier.attachments.all()
    }
    return {NEW: _("A new file"), **replaced}


def describe_items(dossier, rows):
    """List (words, comment) of the items of a correction; "" for a question that is no more.

    The files of the dossier are read once, and only where one is asked for.
    """
    files = file_questions(dossier) if any(is_file(row["field"]) for row in rows) else {}
    return [(item_words(row["field"], files), row["comment"]) for row in rows]


def item_words(key, files):
    if key in QUESTIONS:
        return QUESTIONS[key][1]
    return files.get(key) or (_("A new file") if is_file(key) else "")


def is_file(key):
    return key.partition("-")[0] == NEW


def list_asked_files(dossier, correction):
    """List (words, comment, whether it has come) of the files that a correction asks for.

    Each file that was added since stands for one of them.
    """
    if correction is None:
        return []
    added = dossier.attachments.filter(uploaded_at__gt=correction.asked_at).count()
    asked = [row for row in correction.fields if is_file(row["field"])]
    items = describe_items(dossier, asked)
    return [(*item, place < added) for place, item in enumerate(items)]


def missing_files(asked):
    """List in words those of `list_asked_files` that have not come."""
    return [label_with_value(words, comment) for words, comment, has_come in asked if not has_come]
