"""Which texts of a good practice may be translated for a reader: those it was published in."""

from connect.languages import current_language
from connect.reading_help import Passage, Source, declare_source
from practices.models import Practice

COLUMNS = ("title", "summary", "problem", "done", "result", "cost", "failed", "conditions")


def practices_of(reader):
    return Practice.objects.for_user(reader).prefetch_related("texts")


def practice_passages(practice, reader):
    """List what it says: nothing is offered where somebody translated it."""
    text = practice.in_language(current_language())
    return [Passage(getattr(text, name), text.language) for name in COLUMNS] if text else []


declare_source(Source("practice", practices_of, practice_passages))
