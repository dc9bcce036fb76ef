"""The days on which an exchange took place, as staff correct them once it is over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.step_forms import InternalForm
from connect.pasted_values import DayField


class ActualDaysForm(InternalForm):
    """Begins with the days that are recorded; both sides read the reason."""

    actual_start = DayField(label=_("Actual first day"))
    actual_end = DayField(label=_("Actual last day"))
    note = forms.CharField(
        label=_("Reason for the correction"),
        help_text=_(
            "Both sides read it. Reports, questionnaires, certificates and figures follow the "
            "corrected days."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    field_order = ["actual_start", "actual_end", "note", "internal"]
