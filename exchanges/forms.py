"""What both sides and staff fill in around an exchange."""

import zoneinfo
from datetime import UTC, datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import CancelReason
from applications.sections.base import AmountField
from exchanges.enums import Criterion, MeasureStatus, Readiness
from exchanges.evaluation import months_after
from exchanges.measures import LONGEST, lacks
from exchanges.models import (
    BudgetLine,
    Exchange,
    FollowUp,
    Incident,
    Measure,
    Participant,
    Session,
    Terms,
)
from exchanges.questions import SCALE, TEN, asked
from registry.forms import topics
from registry.models import Theme
from registry.reference import time_zone_of

SCORES = [
    (1, _("1: weak")),
    (2, _("2: rather weak")),
    (3, _("3: rather good")),
    (4, _("4: good")),
]


class PlanForm(forms.ModelForm):
    checklist = forms.MultipleChoiceField(
        label=_("Settled in another way"),
        choices=Readiness,
        required=False,
        widget=forms.CheckboxSelectMultiple,
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


class ParticipantForm(forms.ModelForm):
    """One who takes part; what only a journey needs folds away for those who stay."""

    class Meta:
        model = Participant
        fields = [
            *("name", "function", "organisation", "address", "language", "side", "part", "gender"),
            *("post", "is_first_time", "days", "travels", "arrives_on", "leaves_on", "visa"),
            *("is_insured", "emergency_contact", "has_signed_conduct", "attended"),
        ]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("arrives_on", "leaves_on")
        }
        help_texts = {
            "address": _("Invitations go there. Not needed for somebody who has an account here."),
            "emergency_contact": _("A name and a number. Deleted 30 days after the exchange."),
        }

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("travels") and not cleaned.get("function"):
            self.add_error("function", _("Say what they do: whoever invites them needs it."))
        return cleaned


class SessionForm(forms.ModelForm):
    """An item of the agenda, in the time of its place."""

    time_zone = forms.ChoiceField(
        label=_("Time zone of the place"),
        choices=[(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())],
    )

    link = forms.URLField(label=_("Link to join online"), required=False, assume_scheme="https")
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    begins = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Ends at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    field_order = ["title", "day", "begins", "ends", "time_zone", "place", "link", "speakers"]

    class Meta:
        model = Session
        fields = ["title", "time_zone", "place", "link", "speakers", "is_public"]

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        if self.instance.pk:
            start, end = self.instance.local_start, self.instance.local_end
            self.initial |= {"day": start.date(), "begins": start.time(), "ends": end.time()}
        else:
            last = exchange.sessions.last()
            self.initial |= {
                "time_zone": last.time_zone if last else time_zone_of(exchange.dossier.authority),
                "day": last.local_start.date() if last else exchange.planned_start,
                "place": last.place if last else exchange.place,
            }

    def clean(self):
        cleaned = super().clean()
        if {"day", "begins", "ends", "time_zone"} <= cleaned.keys():
            zone = zoneinfo.ZoneInfo(cleaned["time_zone"])
            for name, column in (("begins", "starts_at"), ("ends", "ends_at")):
                local = datetime.combine(cleaned["day"], cleaned[name], zone)
                moment = local.astimezone(UTC)
                if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
                    self.add_error(name, _("There is no such hour there: clocks go forward."))
                setattr(self.instance, column, moment)
            if not self.errors and cleaned["ends"] <= cleaned["begins"]:
                self.add_error("ends", _("It must end after it begins."))
        return cleaned


class BudgetLineForm(forms.ModelForm):
    currency = forms.CharField(
        label=_("Currency"),
        help_text=_("Three letters, as in EUR or GHS. Rates are InforEuro's."),
        min_length=3,
        max_length=3,
    )
    quantity = AmountField(label=_("How many"), min_value=0, max_digits=8, decimal_places=2)
    unit_cost = AmountField(label=_("Each costs"), min_value=0, max_digits=12, decimal_places=2)
    spent = AmountField(
        label=_("Spent, once you know"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
    )

    class Meta:
        model = BudgetLine
        fields = [
            *("category", "label", "unit", "quantity", "unit_cost", "currency", "payer", "spent")
        ]

    def __init__(self, *args, prior=None, **kwargs):
        """prior: the exchange whose last line says in which currency one counts."""
        super().__init__(*args, **kwargs)
        self.initial.setdefault("currency", "EUR")
        if last := prior and prior.budget.order_by("pk").last():
            self.initial["currency"] = last.currency

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()


class TermsForm(forms.ModelForm):
    class Meta:
        model = Terms
        fields = ["purpose", "tasks", "outputs", "means"]
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in fields}
        help_texts = {
            "purpose": _("For example: the council can decide on a fee for emptying pits."),
            "tasks": _(
                "For example, days 1 and 2: visit of the operators, by the expert and two officers."
            ),
            "outputs": _("For example: a draft by-law and a list of next steps, in English."),
            "means": _(
                "For example, the town: a car and a room; the programme: flights and the hotel."
            ),
        }


class MeasureForm(forms.ModelForm):
    target = AmountField(label=_("Aim"), help_text=_("As in 12."), max_digits=14, decimal_places=2)
    baseline = AmountField(
        label=_("Today"),
        help_text=_("As in 3. Leave it empty if you do not know."),
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    cost = AmountField(
        label=_("What it costs, about"),
        help_text=_("As in 1200."),
        max_digits=12,
        decimal_places=2,
        min_value=0,
        required=False,
    )

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
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "title": _("As in: license the private emptiers of the town."),
            "description": _("Who does what, in which order. 50 to 1000 characters."),
            "indicator": _("As in operators with a licence."),
            "unit": _("As in operators."),
            "due_on": _("24 months after the exchange at most."),
            "responsible": _("As in Kofi Mensah, sanitation officer."),
            "currency": _("Its three letters, as in EUR, XOF or GHS."),
            "money": _("As in the town's own budget of 2028."),
        }

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        self.fields["topic"] = forms.ChoiceField(
            label=_("Topic"), choices=lambda: [("", "—"), *topics()]
        )
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
        cleaned = super().clean()
        if cleaned.get("cost") and not cleaned.get("currency"):
            self.add_error("currency", _("Say in which currency."))
        return cleaned


class ReportForm(forms.Form):
    """What a town says of one measure; the last report is already filled in."""

    status = forms.ChoiceField(label=_("How does it stand?"), choices=MeasureStatus.choices)
    progress = forms.TypedChoiceField(
        label=_("How much is done?"),
        choices=[(number, f"{number} %") for number in range(0, 101, 10)],
        coerce=int,
    )
    value = AmountField(
        label=_("What you count now"), max_digits=14, decimal_places=2, required=False
    )
    comment = forms.CharField(
        label=_("In a sentence or two"),
        help_text=_("If it is late or dropped, say why."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        required=False,
    )
    evidence = forms.FileField(
        label=_("What shows it: a photo, a by-law, a bill"),
        help_text=_("A PDF, a JPEG or a PNG file of 10 MB at most. Needed for what is done."),
        required=False,
    )

    def __init__(self, *args, measure, actor, **kwargs):
        last = measure.reports.last()
        initial = {
            "status": measure.status,
            "progress": measure.progress // 10 * 10,
            "value": last.value if last else measure.baseline,
        }
        super().__init__(*args, prefix=f"m{measure.pk}", initial=initial, **kwargs)
        self.measure, self.actor = measure, actor
        self.fields["value"].help_text = f"{measure.indicator} ({measure.unit})"

    def clean(self):
        cleaned = super().clean()
        shown = cleaned.get("evidence") or self.measure.reports.exclude(evidence="").exists()
        status, comment = cleaned.get("status", ""), cleaned.get("comment", "")
        if lacking := lacks(status, comment, shown, self.actor):
            self.add_error("evidence" if status == MeasureStatus.DONE else "comment", lacking)
        return cleaned


class FollowUpForm(forms.ModelForm):
    in_contact = forms.TypedChoiceField(
        label=_("Are you still in contact with your colleagues?"),
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


class IncidentForm(forms.ModelForm):
    class Meta:
        model = Incident
        fields = ["happened_on", "kind", "severity", "account"]
        widgets = {
            "happened_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "account": forms.Textarea(attrs={"rows": 6}),
        }

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class ApproveForm(forms.Form):
    name = forms.CharField(label=_("Your name and function"), max_length=150)
    digest = forms.CharField(widget=forms.HiddenInput)


class EvaluationForm(forms.Form):
    """A questionnaire: nothing is compulsory, and "I cannot say" is an answer."""

    def __init__(self, *args, evaluation, **kwargs):
        super().__init__(*args, initial=evaluation.answers, **kwargs)
        for question in asked(evaluation.moment):
            if question.kind == "text":
                widget = forms.Textarea(attrs={"rows": 3})
                made = forms.CharField(label=question.words, max_length=1500, widget=widget)
            else:
                choices = SCALE if question.kind == "scale" else TEN
                widget = forms.RadioSelect if question.kind == "scale" else forms.Select
                if question.kind == "ten":
                    choices = [("", "—"), *choices]
                made = forms.ChoiceField(label=question.words, choices=choices, widget=widget)
            made.required = False
            self.fields[question.code] = made


class EvaluateForm(NoteForm):
    """How staff judge an exchange by the six criteria, 1 to 4, and on what evidence."""

    note = forms.CharField(
        label=_("On what evidence"), widget=forms.Textarea(attrs={"rows": 4}), max_length=3000
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, label in Criterion.choices:
            self.fields[code] = forms.TypedChoiceField(
                label=label,
                choices=[("", "—"), *SCORES],
                coerce=int,
                empty_value=None,
            )
        self.order_fields([*Criterion.values, "note"])


STEP_FORMS = {
    "evaluate": EvaluateForm,
    "postpone": ReasonForm,
    "interrupt": ReasonForm,
    "cancel": ReasonForm,
}
