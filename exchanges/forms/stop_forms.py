"""What a side says when it asks to postpone or cancel an exchange."""

from django import forms
from django.utils.translation import gettext_lazy as _

from connect.fields import get_field
from connect.pasted_values import DayField
from exchanges.enums import StopKind
from exchanges.forms.plan_forms import coming_day


class StopForm(forms.Form):
    """kinds: what may be asked for in the present status."""

    kind = forms.ChoiceField(label=_("What do you ask for?"), widget=forms.RadioSelect)
    possible_from = DayField(
        label=_("If it is postponed, from which day would it be possible?"),
        help_text=_("Leave it empty if you do not know yet."),
        required=False,
    )
    note = forms.CharField(
        label=_("Why?"),
        help_text=_("Everybody who reads the page of this exchange reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, data=None, *, kinds):
        super().__init__(data)
        words = {StopKind.POSTPONE: _("To postpone it"), StopKind.CANCEL: _("To cancel it")}
        get_field(self, "kind", forms.ChoiceField).choices = [(kind, words[kind]) for kind in kinds]
        if StopKind.POSTPONE not in kinds:
            del self.fields["possible_from"]

    def clean_possible_from(self):
        return coming_day(self.cleaned_data["possible_from"])
