"""What comes after an exchange: measures, reports on them, and what people think."""

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from connect.currencies import CurrencyField
from connect.dates import months_after
from connect.fields import BLANK, formfield, get_field
from connect.names import HasNames, check_function, refuse_initials
from connect.numbers import QuantityField
from connect.pasted_values import LineField
from connect.stale_forms import StaleFormMixin
from exchanges.enums import MeasureStatus
from exchanges.measures import ASK_WHY, LONGEST, missing_in_report
from exchanges.models import FollowUp, Measure
from exchanges.questions import SCALE, TEN, questions_at
from registry.forms import topic_choices
from registry.models import Theme


class MeasureForm(HasNames, StaleFormMixin, forms.ModelForm):
    names, functions = (), ("responsible",)
    target = QuantityField(
        label=_("Target"), help_text=_("Example: 12."), max_digits=14, decimal_places=2
    )
    baseline = QuantityField(
        label=_("Baseline"),
        help_text=_("Example: 3. Leave it empty if you do not know."),
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    cost = QuantityField(
        label=_("Estimated cost"),
        help_text=_("Example: 1200."),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
    )

    currency = CurrencyField(label=_("In which currency?"), required=False)

    field_order = [
        *("title", "description", "topic", "level", "indicator", "unit", "baseline", "target"),
        *("due_on", "responsible", "cost", "currency", "money"),
    ]

    class Meta:
        model = Measure
        fields = [
            *("title", "description", "level", "indicator", "unit", "baseline", "target"),
            *("due_on", "responsible", "cost", "currency", "money"),
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}
        formfield_callback = formfield
        help_texts = {
            "title": _("Example: license the private emptiers of the municipality."),
            "description": _("Who does what, in which order. 50 to 1000 characters."),
            "indicator": _("Example: operators with a licence."),
            "unit": _("Example: operators."),
            "due_on": _("24 months after the exchange at most."),
            "responsible": _("Example: Kofi Mensah, sanitation officer."),
            "money": _("Example: the municipal budget of 2028."),
        }

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        country = str(exchange.dossier.authority.country)
        get_field(self, "currency", CurrencyField).countries = (country,)
        self.fields["topic"] = forms.ChoiceField(label=_("Topic"), choices=topic_choices)
        if self.instance.pk:
            self.initial["topic"] = self.instance.topic.code
        elif first := exchange.dossier.needs.order_by("order").first():
            self.initial["topic"] = first.theme.code
        self.order_fields(self.field_order)

    def clean_topic(self):
        self.instance.topic = Theme.objects.get(code=self.cleaned_data["topic"])
        return self.instance.topic

    def clean_due_on(self):
        due, end = self.cleaned_data["due_on"], self.exchange.last_day
        if end and not end <= due <= months_after(end, LONGEST):
            raise forms.ValidationError(_("Choose a day within 24 months after the exchange."))
        return due

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("cost") and not cleaned.get("currency") and "currency" not in self.errors:
            self.add_error("currency", _("Say in which currency."))
        return cleaned


class ReportForm(forms.Form):
    """A town's report of one measure; the last report is already filled in, and nothing before."""

    status = forms.ChoiceField(label=_("Status"), choices=[*BLANK, *MeasureStatus.choices])
    progress = forms.TypedChoiceField(
        label=_("Progress"),
        choices=[*BLANK, *((number, f"{number} %") for number in range(0, 101, 10))],
        coerce=int,
    )
    value = QuantityField(
        label=_("Current value of the indicator"), max_digits=14, decimal_places=2, required=False
    )
    comment = forms.CharField(
        label=_("In a sentence or two"),
        help_text=_("If it is delayed or dropped, say why."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )
    evidence = forms.FileField(
        label=_("Evidence: a photo, a by-law, a bill"),
        help_text=_(
            "A PDF, or a picture as JPEG, PNG or HEIC, 10 MB at most. Required for a "
            "measure that is carried out."
        ),
        required=False,
    )

    def __init__(self, *args, measure, actor, **kwargs):
        last = measure.reports.last()
        initial = {}
        if last:
            initial = {
                "status": measure.status,
                "progress": measure.progress // 10 * 10,
                "value": last.value,
            }
        if measure.status in ASK_WHY and last:  # as it was said last: it goes on being so
            initial["comment"] = last.comment
        # mypy counts the unknown `args` for whatever could stand there.
        super().__init__(*args, **kwargs, prefix=f"m{measure.pk}", initial=initial)  # type: ignore[misc]
        self.measure, self.actor = measure, actor
        self.fields["value"].help_text = format_html("{} ({})", measure.indicator, measure.unit)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        has_evidence = cleaned.get("evidence") or self.measure.reports.exclude(evidence="").exists()
        status, comment = cleaned.get("status", ""), cleaned.get("comment", "")
        if lacking := missing_in_report(status, comment, has_evidence, self.actor):
            self.add_error("evidence" if status == MeasureStatus.DONE else "comment", lacking)
        return cleaned


class FollowUpForm(forms.ModelForm):
    in_contact = forms.TypedChoiceField(
        label=_("Are you still in contact with your peers?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )

    class Meta:
        model = FollowUp
        fields = ["unexpected", "help_wanted", "in_contact"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("unexpected", "help_wanted")
        }


class ApproveForm(forms.Form):
    name = LineField(
        label=_("Your name and function"),
        max_length=150,
        validators=[check_function, refuse_initials],
    )
    digest = forms.CharField(widget=forms.HiddenInput)


class EvaluationForm(forms.Form):
    """A questionnaire: nothing is compulsory, and "I cannot say" is an answer."""

    def __init__(self, *args, evaluation, **kwargs):
        super().__init__(*args, **kwargs)
        for question in questions_at(evaluation.moment):
            made: forms.Field
            if question.kind == "text":
                area = forms.Textarea(attrs={"rows": 3})
                made = forms.CharField(label=question.words, max_length=1500, widget=area)
            elif question.kind == "scale":
                made = forms.ChoiceField(
                    label=question.words, choices=SCALE, widget=forms.RadioSelect
                )
            else:
                made = forms.ChoiceField(label=question.words, choices=[*BLANK, *TEN])
            made.required = False
            self.fields[question.code] = made
