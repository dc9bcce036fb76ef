"""What staff and committee members fill in around a dossier."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.assignment import unsettled
from applications.enums import (
    GRID,
    AttachmentKind,
    CancelReason,
    Check,
    IneligibleReason,
    Verdict,
)
from applications.models import Call, CoApplicant, Score
from applications.sections import QUESTIONS, SECTIONS
from connect.fields import formfield
from connect.names import HasNames, check_full_name
from connect.numbers import WholeField
from connect.pasted import DayField, LineField
from registry.enums import Tier
from registry.exchange_forms import exchange_form_choices
from registry.names import NamesTown

OWN_CRITERIA = (1, 2, 3)  # that a call may add to the usual grid


def date_field(label, days):
    return DayField(label=label, initial=lambda: timezone.localdate() + timedelta(days=days))


def instant(label):
    """A day and a time of Brussels, in one box that browsers know."""
    return forms.DateTimeField(
        label=label,
        help_text=_("Brussels time."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CallForm(forms.ModelForm):
    """A call as staff write it; its times are Brussels'."""

    opens_at = instant(_("opens"))
    closes_at = instant(_("closes"))
    meeting_on = DayField(label=_("meeting of the committee"), required=False)
    waived = forms.MultipleChoiceField(
        label=_("sections that may be left empty"),
        choices=[(slug, section.title) for slug, section in SECTIONS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attachments = forms.MultipleChoiceField(
        label=_("documents that must be added"),
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
        grid = self.instance.grid
        for code, (label, _most) in GRID.items():
            self.fields[f"points_{code}"] = WholeField(
                label=format_lazy("{}: {}", _("Points at most"), label),
                min_value=0,
                max_value=100,
                initial=grid[code][1] if code in grid else 0,
            )
        for number in OWN_CRITERIA:
            words, most = grid.get(f"own_{number}", ("", None))
            self.fields[f"own_{number}"] = CharField(
                label=_("Criterion of this call alone (%d)") % number,
                max_length=100,
                required=False,
                initial=words,
            )
            self.fields[f"points_own_{number}"] = WholeField(
                label=_("Its points at most"),
                min_value=1,
                max_value=100,
                required=False,
                initial=most,
            )

    def clean(self):
        cleaned = super().clean()
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
                message = _("A criterion needs both its words and its points.")
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


class StepForm(forms.Form):
    """What a step keeps beside itself; `details` are plain values."""

    def details(self):
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
        }


YES_NO = [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))]
KINDS = [
    *Tier.choices,
    ("association", _("association of local or regional authorities")),
    ("other_public", _("another public body")),
    ("private", _("an organisation of citizens, a company, a person")),
]


def question(label, help_text=""):
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect
    )


class EligibilityForm(forms.Form):
    """What decides whether one may apply, asked before any account."""

    country = forms.ChoiceField(label=_("Where are you?"), choices=lambda: [("", "—"), *countries])
    kind = forms.ChoiceField(label=_("What are you?"), choices=[("", "—"), *KINDS])
    competent = question(_("Does your authority decide about the problem you have in mind?"))
    paid = question(_("Does another programme already pay for the same exchange?"))
    empowered = question(
        _("Can somebody empowered sign?"),
        _("The mayor, the president of the council or the secretary general."),
    )


class SignForm(forms.Form):
    """The legal representative's own words on the page that a link opens."""

    name = LineField(
        label=_("Your full name, as you sign"),
        max_length=150,
        validators=[check_full_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    commits = forms.BooleanField(
        label=_("I am empowered to sign, and commit the authority to what this dossier says.")
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class CoApplicantForm(NamesTown, HasNames, forms.ModelForm):
    """An authority to ask together with, and whom to write to there."""

    within, names = "country", ("name", "contact")

    class Meta:
        model = CoApplicant
        fields = ["name", "country", "contact", "address"]
        field_classes = {"name": LineField, "contact": LineField}
        formfield_callback = formfield

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("town", None)
        if self.chosen_town:
            cleaned["name"] = self.chosen_town.name
        return cleaned | {"authority": self.chosen_town}


class OpinionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What does your association think of it?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Why? (you need not say)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class TypeInForm(NamesTown, forms.Form):
    """A town that sent its answers on paper, or as the document of the call."""

    call = forms.ModelChoiceField(label=_("call"), queryset=Call.objects.none())
    authority = forms.CharField(
        label=_("authority"),
        help_text=_("Its name, or its address here as in gh-agona-west."),
        max_length=200,
    )
    document = forms.FileField(
        label=_("The form as a Word document, if there is one"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    named = "authority"

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["call"].queryset = Call.objects.open_at(now)

    def clean(self):
        cleaned = super().clean()
        if self.chosen_town:
            cleaned["authority"] = self.chosen_town
        elif cleaned.get("authority") and "town" not in self.errors:
            message = _("No verified authority has this name or address.")
            self.add_error("authority", ValidationError(message, code="unknown"))
        return cleaned


class InternalForm(StepForm):
    """What stays with the programme team is never in the field of what others are told."""

    internal = forms.CharField(
        label=_("Internal note (the programme team alone reads it)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoteForm(InternalForm):
    note = forms.CharField(
        label=_("Explanation for the applicant"), widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ["note", "internal"]


class OverruleForm(StepForm):
    note = forms.CharField(
        label=_("Reason (the programme team alone reads it)"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExplainForm(StepForm):
    """A decision on scores that lie far apart, which nobody is left to settle."""

    internal = forms.CharField(
        label=_("Why it is decided so (the programme team and the minutes)"),
        help_text=_(
            "Two scores lie far apart, and no further member can read it. You can add a member or "
            "an alternate in the committee's room instead."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class IneligibleForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=IneligibleReason)
    field_order = ["reason", "note", "internal"]


class CancelForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason)
    field_order = ["reason", "note", "internal"]


class PublishForm(StepForm):
    closes_on = date_field(_("Last day for interests"), 35)


class CorrectionForm(StepForm):
    """A comment in a question's box asks for its correction."""

    due_on = date_field(_("To be sent by"), 14)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for key, (slug, label, _names) in QUESTIONS.items():
            self.fields[f"comment_{key}"] = forms.CharField(
                label=format_lazy("{} · {}", SECTIONS[slug].title, label),
                required=False,
                max_length=500,
            )

    def details(self):
        comments = [
            {"field": name.removeprefix("comment_"), "comment": comment}
            for name, comment in self.cleaned_data.items()
            if name.startswith("comment_") and comment
        ]
        return {"due_on": self.cleaned_data["due_on"].isoformat(), "fields": comments}


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
        self.fields["present"].choices = [(person.name, person.name) for person in people]
        self.fields["present"].initial = [person.name for person in people]


STEP_FORMS = {
    "ask_correction": CorrectionForm,
    "find_ineligible": IneligibleForm,
    "not_select": NoteForm,
    "overrule": OverruleForm,
    "close_no_match": NoteForm,
    "cancel": CancelForm,
    "publish": PublishForm,
}


def form_of_step(dossier, verb):
    """Give the form of what a step of a dossier asks, or None."""
    if verb in ("validate", "reserve") and unsettled(dossier):
        return ExplainForm
    return STEP_FORMS.get(verb)


class ChecklistForm(forms.Form):
    checklist = forms.MultipleChoiceField(
        label=_("Checked"),
        choices=Check,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FileForm(forms.Form):
    """Files of one kind; read one by one, so that one refused holds back no other."""

    file = forms.FileField(
        label=_("Files"),
        help_text=_(
            "A PDF, or a picture as JPEG, PNG or HEIC, 10 MB at most each. Pick several, or drop "
            "them here."
        ),
        widget=SeveralFiles(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.heic,.heif"}),
    )
    kind = forms.ChoiceField(label=_("What they are"), choices=AttachmentKind)


class ConflictForm(forms.Form):
    has_conflict = forms.ChoiceField(
        label=_("Do you have a conflict of interest with this authority?"),
        choices=[
            ("no", _("No")),
            ("yes", _("Yes: I work there, or we are related")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("If yes, which?"), required=False, max_length=500)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("has_conflict") == "yes" and not cleaned.get("text"):
            message = _("Say which: the programme team reads it.")
            self.add_error("text", ValidationError(message, code="required"))
        return cleaned


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
