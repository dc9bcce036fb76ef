"""What counts as a name: at least one letter, of any script, and nothing that misleads a reader.

Names that people choose stand in subjects of e-mails and beside what others decide: no address of a
page is one, nor the programme's own name. What turns the direction of writing is left out of all
that is typed (`connect.characters`).
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LETTER = re.compile(r"[^\W\d_]")
ADDRESS = re.compile(r"://|\bwww\.|[^\s@]@[^\s@]+\.", re.IGNORECASE)
LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")
PROGRAMME = re.compile(r"\bCONNECT\b", re.IGNORECASE)


def check_name(value: str) -> None:
    """Refuse what is no name; raises ValidationError."""
    if not LETTER.search(value):
        raise ValidationError(_("Write a name: at least one letter."), code="name")
    if ADDRESS.search(value):
        raise ValidationError(_("Write a name, without any address."), code="address")
    if PROGRAMME.search(value):
        raise ValidationError(
            _("This is the name of the programme: write your own."), code="programme"
        )


def check_full_name(value: str) -> None:
    """Refuse what does not name who signs: an initial names nobody."""
    check_name(value)
    if not LETTERS.search(value):
        message = _("Write your name in full: a letter alone names nobody.")
        raise ValidationError(message, code="full_name")


class HasNames(forms.BaseForm):
    """A form of a model in which people or places are named, in the fields of `names`."""

    names: tuple = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.names:
            if name in self.fields:
                self.fields[name].validators.append(check_name)
