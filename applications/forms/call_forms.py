"""A call, as staff write it, and the minutes of its committee."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import GRID, AttachmentKind
from applications.models import Score
from applications.sections import SECTIONS
from connect.fields import get_field
from connect.numbers import WholeField
from connect.pasted import DayField, InstantField
from connect.stale_forms import NoticesChanges
from registry.exchange_forms import exchange_form_choices

OWN_CRITERIA = (1, 2, 3)  # that a call may add to the usual grid


def date_field(label, days):
    return DayField(label=label, initial=lambda: timezone.localdate() + timedelta(days=days))


class CallForm(NoticesChanges, forms.ModelForm):
    """A call as staff write it; its times are Brussels'."""

    opens_at = InstantField(label=_("opens"))
    closes_at = InstantField(label=_("closes"))
    meeting_on = DayField(label=_("committee meeting"), required=False)
    waived = forms.MultipleChoiceField(
        label=_("optional sections"),
        choices=[(slug, section.title) for slug, section in SECTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attachments = forms.MultipleChoiceField(
        label=_("required documents"),
        choices=[c for c in AttachmentKind.choices if c[0] not in ("letter", "other")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    forms = forms.MultipleChoiceField(
        label=_("forms of exchange"),
        choices=exchange_form_choices,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].error_messages["unique"] = _(
                "Another call has this address already: choose another one."
            )
        grid = self.instance.grid
        for code, (label, _most) in GRID.items():
            self.fields[f"points_{code}"] = WholeField(
                label=format_lazy("{}: {}", _("Maximum points"), label),
                min_value=0,
                max_value=100,
                initial=grid[code][1] if code in grid else 0,
            )
        for number in OWN_CRITERIA:
            words, most = grid.get(f"own_{number}", ("", None))
            self.fields[f"own_{number}"] = CharField(
                label=_("Additional criterion for this call (%d)") % number,
                max_length=100,
                required=False,
                initial=words,
            )
            self.fields[f"points_own_{number}"] = WholeField(
                label=_("Its maximum points"),
                min_value=1,
                max_value=100,
                required=False,
                initial=most,
            )
        for field in self.fields.values():
            field.label = capfirst(field.label)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        opens, meeting = cleaned.get("opens_at"), cleaned.get("meeting_on")
        if opens and meeting and meeting < timezone.localdate(opens):
            message = _("The committee cannot meet before the call opens.")
            self.add_error("meeting_on", ValidationError(message, code="before"))
        given = {code: cleaned.get(f"points_{code}") or 0 for code in GRID}
        criteria = []
        for number in OWN_CRITERIA:
            words, most = cleaned.get(f"own_{number}"), cleaned.get(f"points_own_{number}")
            if bool(words) != bool(most):
                lacking = f"points_own_{number}" if words else f"own_{number}"
                message = _("A criterion needs both a text and points.")
                self.add_error(lacking, ValidationError(message, code="half"))
            elif words:
                criteria.append(words)
                given[f"own_{len(criteria)}"] = most
        first = f"points_{next(iter(GRID))}"
        if sum(given.values()) != 100:
            message = _("The points must add up to 100, not %d.")
            self.add_error(first, ValidationError(message % sum(given.values()), code="sum"))
        before = self.instance.grid
        self.instance.points, self.instance.criteria = given, criteria
        scored = Score.objects.filter(dossier__call=self.instance.pk).exists()
        if self.instance.pk and scored and self.instance.grid != before:
            message = _("Members have given points by this grid already: it stays as it is.")
            self.add_error(first, ValidationError(message, code="scored"))
        return cleaned


class MinutesForm(forms.Form):
    """Who met, and when; what was decided is known."""

    met_on = DayField(label=_("Met on"), initial=timezone.localdate)
    present = forms.MultipleChoiceField(
        label=_("Present"), choices=list, widget=forms.CheckboxSelectMultiple
    )
    remarks = forms.CharField(
        label=_("Remarks"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        present = get_field(self, "present", forms.MultipleChoiceField)
        present.choices = [(person.name, person.name) for person in people]
        present.initial = [person.name for person in people]
