"""`python manage.py check_words`: finds words that docs/words.md refuses (run by `make lint`)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from connect.management.commands.check_translations import catalogue_path, translated_languages
from connect.words import COLUMNS, GLOSSARY, read_glossary, refused_words


def catalogue_texts(path: Path, of_ids: bool) -> Iterator[str]:
    """Yield each text of a catalogue: its messages where they are what is read, or translations."""
    with open(path, "rb") as file:
        for message in read_po(file):
            texts = message.id if of_ids else message.string
            if message.id:
                yield from texts if isinstance(texts, tuple | list) else [texts or ""]


def texts_of_site(language: str) -> Iterator[str]:
    """Yield each text of the site in a language; English texts are the messages themselves."""
    for folder in settings.LOCALE_PATHS:
        path = catalogue_path(language, folder)
        of_ids = language == settings.LANGUAGE_CODE and not path.exists()
        if of_ids:
            path = catalogue_path(translated_languages()[0], folder)
        yield from catalogue_texts(path, of_ids)


class Command(BaseCommand):
    help = "Fails if a text of the site has a word that the glossary refuses."

    def handle(self, **options: Any) -> None:
        glossary = read_glossary(GLOSSARY.read_text(encoding="utf-8"))
        lines = [
            f"{language}: “{word}” in: {text}"
            for language in COLUMNS
            for word, text in refused_words(texts_of_site(language), language, glossary)
        ]
        for line in lines:
            self.stdout.write(line)
        if lines:
            raise CommandError(f"{len(lines)} words are not those of docs/words.md.")
        self.stdout.write("Every word is the glossary's.")
