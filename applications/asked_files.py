"""Files that a correction asks for: a new one, or one in place of a file that was sent."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.sections import QUESTIONS
from connect.languages import label_with_value

NEW = "file"  # the key of a new file; that of one in place of another has its number behind it


def file_questions(dossier):
    """Return {key: words} of what a correction may ask for of the files of a dossier."""
    return {NEW: _("A new file"), **questions_of(dossier.attachments.current())}


def all_file_questions(dossier):
    """As `file_questions`, with the files in whose place another stands by now."""
    return {NEW: _("A new file"), **questions_of(dossier.attachments.all())}


def questions_of(files):
    return {
        f"{NEW}-{file.pk}": format_lazy("{} {}", _("A file in place of"), file.name)
        for file in files
    }


def describe_items(dossier, rows):
    """List (words, comment) of the items of a correction; "" for a question that is no more.

    The files of the dossier are read once, and only where one is asked for.
    """
    files = all_file_questions(dossier) if any(is_file(row["field"]) for row in rows) else {}
    return [(item_words(row["field"], files), row["comment"]) for row in rows]


def item_words(key, files):
    if key in QUESTIONS:
        return QUESTIONS[key][1]
    return files.get(key) or (_("A new file") if is_file(key) else "")


def is_file(key):
    return key.partition("-")[0] == NEW


def list_asked_files(dossier, correction):
    """List (words, comment, whether it has come) of the files that a correction asks for."""
    asked = rows_of_files(correction)
    come = keys_that_came(dossier, correction) if asked else []
    described = zip(asked, describe_items(dossier, asked), strict=True)
    return [(*item, row["field"] in come) for row, item in described]


def rows_of_files(correction):
    return [row for row in correction.fields if is_file(row["field"])] if correction else []


def keys_that_came(dossier, correction):
    """List the keys of what a correction asks for of files, and has come.

    A file stands for the one that it replaces, any other for a new one.
    """
    added = dossier.attachments.filter(uploaded_at__gt=correction.asked_at)
    replaced = [
        f"{NEW}-{pk}" for pk in added.exclude(replaces=None).values_list("replaces", flat=True)
    ]
    has_new = any(row["field"] == NEW for row in rows_of_files(correction))
    return replaced + ([NEW] if has_new and added.filter(replaces=None).exists() else [])


def list_replaceable(dossier, correction):
    """List the files that a correction asks to replace, and that nobody has replaced yet."""
    asked = {row["field"] for row in rows_of_files(correction)}
    if not asked:
        return []
    asked -= set(keys_that_came(dossier, correction))
    return [one for one in dossier.attachments.current() if f"{NEW}-{one.pk}" in asked]


def missing_files(asked):
    """List in words those of `list_asked_files` that have not come."""
    return [label_with_value(words, comment) for words, comment, has_come in asked if not has_come]
