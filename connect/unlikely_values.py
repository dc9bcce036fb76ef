"""What is unlikely in a form, and yet may be meant: it has to be confirmed by a tick."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from connect.types import Words

TICK = _("If these dates are intended, tick “This is intended” below and send it again.")


def doubt_with_tick(words: Words) -> str:
    """Return a doubt with what its writer does where the days are meant."""
    return f"{words} {TICK}"


class ConfirmedDoubtsMixin(forms.BaseForm):
    """Mixed into a form: what is unlikely has to be confirmed by a tick."""

    def ask_confirmation(self, doubts: Mapping[str, Words]) -> None:
        """Add errors from {field: what is unlikely about it}, unless they are ticked as meant."""
        if not doubts or self.add_prefix("meant") in self.data:
            return
        label = _("This is intended")
        self.fields["meant"] = forms.BooleanField(label=label, required=False)
        for name, words in doubts.items():
            self.add_error(name, words)
