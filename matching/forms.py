"""An expert's answer to a request, a side's answer to a match."""

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.models import Interest


class InterestForm(forms.ModelForm):
    class Meta:
        model = Interest
        fields = [
            "motivation",
            "comparable_case",
            "approach",
            "partnership",
            "partnership_text",
            "conflict",
        ]
        labels = {
            "motivation": _("Why would you like to help?"),
            "comparable_case": _("A comparable case that you solved"),
            "approach": _("How would you go about it?"),
            "partnership": _("My authority already works with this one"),
            "partnership_text": _("Since when, and on what?"),
            "conflict": _("I have a conflict of interest"),
        }
        help_texts = {
            "motivation": _("100 to 2000 characters."),
            "comparable_case": _("When, at what cost, with what result, and what failed."),
            "approach": _("What you would do in the days there, and before and after."),
            "partnership": _("An earlier partnership is welcome: say so."),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 5})
            for name in ("motivation", "comparable_case", "approach")
        }


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes, we agree")), ("no", _("No, we decline"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("If no, why? (you need not say)"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
