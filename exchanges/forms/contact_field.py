"""Whom to call in an emergency: a name with a number that somebody can dial."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from connect.pasted_values import LineField

FEWEST_DIGITS = 5  # the shortest numbers that are dialled within a country


def check_can_be_called(words):
    """Raise ValidationError for what has no name, or no number.

    >>> check_can_be_called("Ama, 024 123 4567")
    """
    digits = sum(letter.isdecimal() for letter in words)
    if digits < FEWEST_DIGITS or not any(letter.isalpha() for letter in words):
        example = "Ama Mensah, +233 24 123 4567"
        message = _("Write a name and a telephone number, for example: %s")
        raise ValidationError(message % example, code="contact")


class EmergencyContactField(LineField):
    default_validators = [check_can_be_called]
