"""What staff say with a step of an exchange."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.enums import CancelReason
from applications.forms.step_forms import InternalForm
from connect.fields import BLANK
from connect.pasted_values import LineField
from exchanges.enums import Criterion
from exchanges.transitions import exchange_machine

SCORES = [
    (1, _("1: weak")),
    (2, _("2: rather weak")),
    (3, _("3: rather good")),
    (4, _("4: good")),
]


class NoteForm(InternalForm):
    note = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ["note", "internal"]


class OffPlanForm(NoteForm):
    """Asks why a step is not taken on its day, else nothing. Both sides read it."""

    note = forms.CharField(
        label=_("Reason, if it is not on the planned day"),
        help_text=_("Both sides read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class OverForm(OffPlanForm):
    """Asks why an exchange is over before its last day, else nothing."""

    note = forms.CharField(
        label=_("Reason, if it is over before its last day"),
        help_text=_(
            "Both sides read it. What the agenda still holds is then cancelled, and everybody who "
            "takes part is told."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class PlannedForm(OffPlanForm):
    """Asks why an exchange that was postponed keeps its days, else nothing."""

    note = forms.CharField(
        label=_("Reason, only if it was postponed and keeps its dates"),
        help_text=_("Both sides read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class FollowedUpForm(OffPlanForm):
    """Asks why a follow-up ends early or without the town's report, else nothing."""

    note = forms.CharField(
        label=_("Reason, if it is early, or without the applicant's report"),
        help_text=_("Both sides read it. A missing report is recorded as never received."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class ReasonForm(NoteForm):
    note = forms.CharField(
        label=_("Explanation for both sides"), widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=[*BLANK, *CancelReason.choices])
    costs_due = LineField(
        label=_("Costs that are still due"),
        help_text=_("Example: one flight, 640 euros, not refunded."),
        max_length=500,
        required=False,
    )
    field_order = ["reason", "note", "costs_due", "internal"]

    def clean_costs_due(self):
        """Refuse an amount alone: both sides read in their e-mail what is due, and in what."""
        costs = self.cleaned_data["costs_due"]
        if costs and not any(one.isalpha() for one in costs):
            message = _("Say what it is for, and the currency. Example: one flight, 640 euros.")
            raise ValidationError(message, code="alone")
        return costs


class EvaluateForm(NoteForm):
    """How staff judge an exchange by the six criteria, 1 to 4, and on what evidence."""

    note = forms.CharField(
        label=_("Evidence"), widget=forms.Textarea(attrs={"rows": 4}), max_length=3000
    )

    all_the_same = forms.BooleanField(
        label=_(
            "Evaluate although answers, the plan or accounts are missing; "
            "explain why under “Evidence”"
        ),
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, label in Criterion.choices:
            self.fields[code] = forms.TypedChoiceField(
                label=label,
                choices=[*BLANK, *SCORES],
                coerce=int,
                empty_value=None,
            )
        self.order_fields([*Criterion.values, "note", "internal", "all_the_same"])


STEP_FORMS: dict[str, type[forms.BaseForm]] = exchange_machine.for_steps(
    {
        "plan": PlannedForm,
        "start": OffPlanForm,
        "complete": OverForm,
        "evaluate": EvaluateForm,
        "follow_up_6m": FollowedUpForm,
        "follow_up_12m": FollowedUpForm,
        "close": FollowedUpForm,
        "postpone": ReasonForm,
        "interrupt": ReasonForm,
        "cancel": ReasonForm,
    }
)
