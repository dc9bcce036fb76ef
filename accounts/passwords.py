"""Passwords that are hard to guess, and reset links of which only the last works."""

import re

from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

OURS = ["connect", "platforma", "vng", "vng international", "peer exchange"]
LEAST = 3  # of zxcvbn's 0 to 4: more than 10^8 guesses
READ = 72  # characters: the estimate takes long for more, which are safe already


def guessable_words(user):
    """List what anybody knows of a person: their names, address and where they work by it."""
    if user is None:
        return []
    name, email = getattr(user, "name", ""), getattr(user, "email", "") or ""
    parts = re.split(r"[\W_]+", f"{name} {email}")
    return [name, email, name.replace(" ", ""), *parts]


class HardToGuess:
    """Refuses passwords that somebody who knows the person and us would guess; works offline."""

    def validate(self, password, user=None):
        known = {word.lower() for word in [*OURS, *guessable_words(user)] if len(word) > 2}
        # Without the words that an attacker tries first, the rest must still be hard to guess.
        rest = password[:READ].lower()
        for word in sorted(known, key=len, reverse=True):
            rest = rest.replace(word, "")
        if not rest or zxcvbn(rest, user_inputs=sorted(known))["score"] < LEAST:
            raise ValidationError(
                _(
                    "This password is too easy to guess. Use several words that have "
                    "nothing to do with each other, with you or with CONNECT."
                ),
                code="password_guessable",
            )

    def get_help_text(self):
        return _(
            "Several words that have nothing to do with each other, with you or with CONNECT make "
            "a good password."
        )


class LastResetLink(PasswordResetTokenGenerator):
    """Password reset links: each is valid for an hour, and a new one ends those before."""

    def make_token(self, user):
        user.reset_asked_at = timezone.now()
        user.save(update_fields=["reset_asked_at"])
        return super().make_token(user)

    def _make_hash_value(self, user, timestamp):
        asked = user.reset_asked_at.isoformat() if user.reset_asked_at else ""
        addresses = EmailAddress.objects.filter(user=user).order_by("email")
        joined = "|".join(addresses.values_list("email", flat=True))
        return f"{super()._make_hash_value(user, timestamp)}{asked}{joined}"
