"""What the people of an authority fill in beside the sections, and staff for them."""

from copy import deepcopy

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind, Verdict
from applications.models import Call, CoApplicant
from applications.sections.asking import ContactSection
from connect.countries import countries_by_name
from connect.dates import day_words
from connect.fields import BLANK, formfield, get_field
from connect.letter_language import LetterLanguageField
from connect.names import HasNames, check_full_name
from connect.pasted_values import DayField, LineField, MailboxField
from registry.enums import Tier
from registry.names import TownNameMixin

YES_NO = [("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))]
KINDS = [
    *Tier.choices,
    ("association", _("association of local or regional authorities")),
    ("other_public", _("another public body")),
    ("private", _("an organisation of citizens, a company, a person")),
]


def question_field(label, help_text=""):
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect
    )


class EligibilityForm(forms.Form):
    """What decides whether one may apply, asked before any account."""

    country = forms.ChoiceField(
        label=_("Where are you?"), choices=lambda: [*BLANK, *countries_by_name()]
    )
    kind = forms.ChoiceField(
        label=_("What kind of organisation are you?"), choices=[*BLANK, *KINDS]
    )
    competent = question_field(_("Does your authority decide about the problem you have in mind?"))
    paid = question_field(_("Does another programme already pay for the same exchange?"))
    empowered = question_field(
        _("Can somebody empowered sign?"),
        _("The mayor, the president of the council or the secretary general."),
    )


class RepresentativeForm(forms.Form):
    """Who represents the authority now, asked for as in the section about the contact."""

    name, function, address, language = (
        deepcopy(ContactSection.base_fields[f"legal_{part}"])
        for part in ("name", "function", "email", "language")
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
        label=_("I am empowered to sign, and commit the authority to what this application says.")
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ContributorForm(forms.Form):
    """Who is invited to write a draft."""

    name = LineField(label=_("Name"), max_length=150)
    address = MailboxField(label=_("E-mail address"))
    language = LetterLanguageField()


class DeclineForm(forms.Form):
    """A legal representative's no, with the words that their colleagues read."""

    why = forms.CharField(
        label=_("What would have to change?"),
        help_text=_("The colleagues who wrote it will read this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


NOT_PASSED_ON = _(
    "You also wrote what would have to change. Your colleagues only read it if you "
    "press the button below that box: press it, or empty the box to agree anyway."
)


class CoApplicantForm(TownNameMixin, HasNames, forms.ModelForm):
    """An authority to ask together with, and whom to write to there."""

    within, names = "country", ("name", "contact")

    country = forms.ChoiceField(label=_("Country"), choices=lambda: [*BLANK, *countries_by_name()])
    language = LetterLanguageField()

    class Meta:
        model = CoApplicant
        fields = ["name", "country", "contact", "address", "language"]
        field_classes = {"name": LineField, "contact": LineField}
        formfield_callback = formfield

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        cleaned.pop("town", None)
        if self.chosen_town:
            cleaned["name"] = self.chosen_town.name
        return cleaned | {"authority": self.chosen_town}


class OpinionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("What does your association think of it?"),
        choices=Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("First choose your opinion.")},
    )
    text = forms.CharField(
        label=_("Why? (needed if you object)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if not text and self.cleaned_data.get("verdict") == Verdict.OBJECTS:
            raise ValidationError(_("Say why you object: the committee reads it."), code="why")
        return text


class CallField(forms.ModelChoiceField):
    """A call by its title; one that has closed says so."""

    def label_from_instance(self, call):
        if call.is_open(timezone.now()):
            return str(call)
        words = _("%(call)s (closed on %(day)s)")
        return words % {"call": call, "day": day_words(call.last_day)}


class TypeInForm(TownNameMixin, forms.Form):
    """A town that sent its answers on paper, or as the document of the call."""

    call = CallField(label=_("Call"), queryset=Call.objects.none())
    authority = LineField(
        label=_("Local authority"),
        help_text=_("Its name, or its address on this site, for example gh-agona-west."),
        max_length=200,
    )
    document = forms.FileField(
        label=_("The form as a Word document, if there is one"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    language = forms.ChoiceField(
        label=_("In which language is it written?"), choices=BLANK + settings.LANGUAGES
    )
    arrived_on = DayField(
        label=_("Day on which it arrived"),
        help_text=_("Needed once the call has closed: it must have arrived before."),
        required=False,
    )
    late_reason = LineField(
        label=_("Why is it entered only now?"),
        help_text=_("Needed once the call has closed. The applicant reads it too."),
        max_length=300,
        required=False,
    )

    named = "authority"
    DOCUMENT_FIELDS = ("language", "arrived_on", "late_reason")  # of the document as a whole

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        get_field(self, "call", CallField).queryset = Call.objects.entered_at(now)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if self.chosen_town:
            cleaned["authority"] = self.chosen_town
        elif cleaned.get("authority") and "town" not in self.errors:
            message = _("No verified authority has this name or address.")
            self.add_error("authority", ValidationError(message, code="unknown"))
        if call := cleaned.get("call"):
            self.check_arrival(call, cleaned.get("arrived_on"), cleaned.get("late_reason"))
        return cleaned

    def check_arrival(self, call, arrived_on, late_reason):
        last_day = min(call.last_day, timezone.localdate(self.now))
        if arrived_on and not call.first_day <= arrived_on <= last_day:
            words = _("Choose a day from %(first)s to %(last)s: the call was open then.")
            days = {"first": day_words(call.first_day), "last": day_words(last_day)}
            self.add_error("arrived_on", ValidationError(words % days, code="late"))
        if call.is_open(self.now):
            return
        if not arrived_on and "arrived_on" not in self.errors:
            words = _("This call has closed: enter the day on which the application arrived.")
            self.add_error("arrived_on", ValidationError(words, code="late"))
        if not late_reason and "late_reason" not in self.errors:
            words = _("Say why it is entered only now.")
            self.add_error("late_reason", ValidationError(words, code="reason"))


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
    kind = forms.ChoiceField(label=_("What they are"), choices=[*BLANK, *AttachmentKind.choices])
    stands_for = forms.ChoiceField(label=_("In place of"))

    def __init__(self, *args, replaceable=(), **kwargs):
        """replaceable: the files that a correction asks to replace."""
        super().__init__(*args, **kwargs)
        choices = [*((one.pk, one.name) for one in replaceable), ("0", _("none: a new file"))]
        get_field(self, "stands_for", forms.ChoiceField).choices = choices
        if not replaceable:
            del self.fields["stands_for"]
