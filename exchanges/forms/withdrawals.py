"""Which file of an exchange staff take away, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from connect.fields import get_field


class WithdrawForm(forms.Form):
    file = forms.ChoiceField(label=_("Which file"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It stays on the file of the exchange; the programme team alone reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )

    def __init__(self, *args, files, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(key, words) for key, (_row, words) in files.items()]
        get_field(self, "file", forms.ChoiceField).choices = choices
