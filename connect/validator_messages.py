"""What Django's validators say of bounds, in the words of the other pages and in every language.

Set on their classes once, so that forms, the desk, models and imported tables say it alike.
"""

from typing import Any

from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from connect.pasted_values import NOT_A_PAGE


def use_own_messages() -> None:
    validators.MaxValueValidator.message = _(
        "“%(show_value)s” is too much: write %(limit_value)s or less."
    )
    validators.MinValueValidator.message = _(
        "“%(show_value)s” is too little: write %(limit_value)s or more."
    )
    validators.MaxLengthValidator.message = ngettext_lazy(
        "Write at most %(limit_value)d character (%(show_value)d so far).",
        "Write at most %(limit_value)d characters (%(show_value)d so far).",
        "limit_value",
    )
    validators.MinLengthValidator.message = ngettext_lazy(
        "Write at least %(limit_value)d character (%(show_value)d so far).",
        "Write at least %(limit_value)d characters (%(show_value)d so far).",
        "limit_value",
    )
    validators.validate_slug.message = _(
        "Write letters from a to z, digits, hyphens and underscores alone, without spaces."
    )
    validators.URLValidator.message = NOT_A_PAGE
    lengths: dict[str, Any] = {
        "max_digits": ngettext_lazy(
            "Write at most %(max)s digit in all.", "Write at most %(max)s digits in all.", "max"
        ),
        "max_decimal_places": ngettext_lazy(
            "Write at most %(max)s decimal.", "Write at most %(max)s decimals.", "max"
        ),
        "max_whole_digits": ngettext_lazy(
            "Write at most %(max)s digit before the decimals.",
            "Write at most %(max)s digits before the decimals.",
            "max",
        ),
    }
    validators.DecimalValidator.messages = validators.DecimalValidator.messages | lengths
