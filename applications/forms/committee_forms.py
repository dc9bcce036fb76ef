"""What a member of the committee says of a dossier."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications.models import ConflictDeclaration
from connect.dates import moment_words
from connect.fields import get_field
from connect.numbers import WholeField
from connect.pasted_values import LineField


class ConflictForm(forms.Form):
    has_conflict = forms.ChoiceField(
        label=_("Do you have a conflict of interest with this authority?"),
        choices=[
            ("no", _("No")),
            ("yes", _("Yes: I work there, somebody there is close to me, or another tie")),
        ],
        widget=forms.RadioSelect,
    )
    text = LineField(label=_("If yes, which?"), required=False, max_length=500)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("has_conflict") == "yes" and not cleaned.get("text"):
            message = _("Describe the conflict: the programme team reads it.")
            self.add_error("text", ValidationError(message, code="required"))
        return cleaned


class CorrectForm(forms.Form):
    """Which declared conflict of interest was declared by mistake, and why."""

    declared = forms.ModelChoiceField(
        ConflictDeclaration.objects.none(),
        label=_("What you declared"),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    reason = forms.CharField(
        label=_("Why was it a mistake? The programme team reads it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, declared, **kwargs):
        super().__init__(*args, **kwargs)
        field = get_field(self, "declared", forms.ModelChoiceField)
        field.queryset = declared
        field.label_from_instance = describe_declaration  # type: ignore[method-assign]  # as documented


def describe_declaration(declaration):
    """Describe a declared conflict of interest without a word on its application."""
    at = moment_words(declaration.at)
    return _("%(when)s: “%(words)s”") % {"when": at, "words": declaration.text}


class ScoreForm(forms.Form):
    """Points by the criteria of a call's grid."""

    def __init__(self, *args, grid, **kwargs):
        super().__init__(*args, **kwargs)
        for code, (label, most) in grid.items():
            self.fields[code] = WholeField(
                label=label,
                min_value=0,
                max_value=most,
                help_text=_("0 to %d points") % most,
            )
        self.fields["comment"] = forms.CharField(
            label=_("Comment"),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
