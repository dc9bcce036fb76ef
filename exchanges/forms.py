"""What staff fill in around an exchange."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import CancelReason
from exchanges.enums import Readiness
from exchanges.models import Exchange


class PlanForm(forms.ModelForm):
    checklist = forms.MultipleChoiceField(
        label=_("Ready"), choices=Readiness, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Exchange
        fields = ["form", "planned_start", "planned_end", "actual_start", "actual_end", "place"]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("planned_start", "planned_end", "actual_start", "actual_end")
        }

    field_order = [*Meta.fields, "checklist"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["checklist"].initial = self.instance.checklist

    def save(self, commit=True):
        """Write the plan's columns only: the status may be moving."""
        exchange = super().save(commit=False)
        exchange.checklist = self.cleaned_data["checklist"]
        exchange.save(update_fields=[*self.Meta.fields, "checklist"])
        return exchange


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason)
    field_order = ["reason", "note"]


STEP_FORMS = {
    "evaluate": NoteForm,
    "postpone": ReasonForm,
    "interrupt": ReasonForm,
    "cancel": ReasonForm,
}
