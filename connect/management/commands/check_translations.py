"""`python manage.py check_translations`: extracts every string again and counts what is missing.

The files are put back as they were: to write what is new into them, run
`python manage.py makemessages -l fr -l es -l pt -l ar --no-location --no-obsolete`.
"""

from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale


def translated_languages() -> list[str]:
    """List the languages of the site that have a catalogue: all but the one of the texts."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def catalogue_path(language: str, folder: str | Path | None = None) -> Path:
    return (
        Path(folder or settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / "django.po"
    )


def untranslated_messages(path: Path) -> list[Any]:
    """List the messages of a file that have no translation, or only a guessed one."""
    with open(path, "rb") as file:
        catalogue = read_po(file)
    return [
        message.id
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not all(message.string if isinstance(message.string, tuple) else [message.string])
        )
    ]


class Command(BaseCommand):
    help = "Fails if a string of the pages, letters or code is not translated."

    def handle(self, **options: Any) -> None:
        languages = translated_languages()
        before = {language: catalogue_path(language).read_bytes() for language in languages}
        try:
            call_command(
                "makemessages",
                locale=[to_locale(language) for language in languages],
                no_location=True,
                no_obsolete=True,
                ignore_patterns=[".venv/*", "var/*", "tests/*"],
                verbosity=0,
            )
            missing = {
                language: untranslated_messages(catalogue_path(language)) for language in languages
            }
        finally:
            for language, content in before.items():
                catalogue_path(language).write_bytes(content)
        for language, messages in missing.items():
            for message in messages:
                self.stdout.write(f"{language}: {message}")
        total = sum(map(len, missing.values()))
        if total:
            raise CommandError(f"{total} strings are not translated.")
        self.stdout.write("Every string is translated.")
