"""In which language whoever has no account is written to: chosen beside them, else guessed.

It is kept with that person: what is answered about others does not change it.
"""

from functools import cache

from babel.languages import get_official_languages
from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.fields import BLANK
from connect.languages import language_choices
from connect.types import Words

LABEL = _("Language of our e-mails to them")


@cache
def guess_language(country: str, page: str = "") -> str:
    """Return in which language to write to somebody in a country, where nobody chose one.

    page: the language of whoever names them, which counts where the country has it, too, or none
    of ours.

    >>> guess_language("MZ", "en"), guess_language("CM", "en"), guess_language("CM")
    ('pt', 'en', 'fr')
    >>> guess_language("NL", "fr"), guess_language("NL")
    ('fr', 'en')
    """
    ours = [code for code, _name in settings.LANGUAGES]
    official = get_official_languages(country, de_facto=True)
    likely = [code for code in official if code in ours] or [settings.LANGUAGE_CODE]
    if page in ours and (page in likely or not set(official) & set(ours)):
        return page
    return likely[0]


def letter_language_column() -> "models.CharField[str, str]":
    """Make the column of a person without account; "" in rows that know of none."""
    return models.CharField(
        _("language of e-mails"),
        max_length=5,
        choices=language_choices,
        blank=True,
        default="",
        db_default="",
    )


class LetterLanguageField(forms.ChoiceField):
    """The choice beside a person without account; where nobody chooses, it is guessed."""

    def __init__(self, label: Words = LABEL) -> None:
        super().__init__(
            label=label,
            choices=BLANK + settings.LANGUAGES,
            required=False,
            help_text=_("If you choose none, we write in a language of their country."),
        )
