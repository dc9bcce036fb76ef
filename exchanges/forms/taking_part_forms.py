"""What who takes part fills in: their part, a diary, pictures, who was there, what went wrong."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.fields import formfield, get_field
from connect.numbers import WholeField
from connect.stale_forms import StaleFormMixin
from exchanges.forms.contact_field import EmergencyContactField
from exchanges.models import DiaryEntry, Incident, Participant, Picture
from exchanges.participants import days_to_come_words

LONG_AGO = timedelta(days=2 * 366)


class IncidentForm(forms.ModelForm):
    class Meta:
        model = Incident
        fields = ["happened_on", "kind", "severity", "account"]
        widgets = {"account": forms.Textarea(attrs={"rows": 6})}
        formfield_callback = formfield

    def clean_happened_on(self):
        day, today = self.cleaned_data["happened_on"], timezone.localdate()
        if self.instance.exchange_id:  # where it happened
            today = self.instance.exchange.local_day(timezone.now())
        if day > today:
            raise forms.ValidationError(_("This date is in the future."))
        if day < today - LONG_AGO:
            raise forms.ValidationError(_("This date is long past: check the year."))
        return day


class PartForm(StaleFormMixin, forms.ModelForm):
    """What a participant says of themselves by their own link."""

    signs = forms.BooleanField(
        label=_("I have read the code of conduct and will follow it."), required=False
    )

    class Meta:
        model = Participant
        formfield_callback = formfield
        field_classes = {"emergency_contact": EmergencyContactField}
        fields = ["is_insured", "emergency_contact"]
        widgets = {"emergency_contact": forms.TextInput}
        labels = {"is_insured": _("I am insured for the journey.")}
        help_texts = {
            "emergency_contact": _("A name and a number. Deleted 30 days after the exchange.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.is_travelling:
            for name in self.Meta.fields:
                del self.fields[name]
        if self.instance.has_signed_conduct:
            del self.fields["signs"]
        self.order_fields(["signs", *self.Meta.fields])


class DiaryForm(forms.ModelForm):
    """A day of an internship, within its days."""

    class Meta:
        model = DiaryEntry
        fields = ["day", "did", "learnt", "takes_home"]
        widgets = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("did", "learnt", "takes_home")
        }
        formfield_callback = formfield
        help_texts = {
            "day": _("What you write now replaces what you wrote before about the same day.")
        }

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        self.today = exchange.local_day(timezone.now())
        self.initial.setdefault("day", self.today)

    def clean_day(self):
        day, first, last = (
            self.cleaned_data["day"],
            self.exchange.first_day,
            self.exchange.last_day,
        )
        if day > self.today:
            raise forms.ValidationError(_("This date is in the future."))
        if (first and day < first) or (last and day > last):
            raise forms.ValidationError(_("Choose a day of the exchange."))
        return day


class PictureForm(forms.ModelForm):
    people = forms.ModelMultipleChoiceField(
        label=_("Who of this exchange can be recognised?"),
        help_text=_("Each of them is asked by e-mail: the picture is public once all have agreed."),
        queryset=Participant.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    file = forms.FileField(
        label=_("Picture"),
        help_text=_(
            "A JPEG, PNG or HEIC picture, 10 MB at most; where it was taken is not stored."
        ),
    )

    class Meta:
        model = Picture
        formfield_callback = formfield
        fields = ["file", "alt", "credit", "has_consent"]
        labels = {
            "has_consent": _(
                "Nobody else can be recognised, or they have agreed to be shown in public."
            ),
        }
        help_texts = {
            "has_consent": _("Otherwise only those in this exchange see the picture."),
            "alt": _("Example: two officers at the rim of a drying bed."),
        }

    field_order = ["file", "alt", "credit", "people", "has_consent"]

    def __init__(self, *args, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        get_field(
            self, "people", forms.ModelMultipleChoiceField
        ).queryset = exchange.participants.not_absent()


ATTENDED = [("", _("not stated")), ("yes", _("attended")), ("no", _("did not attend"))]

CONFIRMED = [("", _("not confirmed")), ("yes", _("took part: confirmed"))]
ABSENT = [("", _("did not attend, according to their side"))]


class AttendanceForm(StaleFormMixin, forms.Form):
    """Who was there, all on one page: a choice and the days for each participant."""

    edits_saved = True

    def __init__(self, *args, exchange, people, sides, confirms, settled, **kwargs):
        """sides: whose people one may speak of; confirms: True for who confirms the others.

        settled: the numbers of those of whom it stands already; what is posted of them from an
        older page is refused, see `record_attendance`.
        """
        super().__init__(*args, **kwargs)
        self.exchange, self.settled, self.most_days = exchange, settled, exchange.most_days
        self.people = [person for person in people if confirms or person.side in sides]
        for person in self.people:
            if person.side not in sides:
                self.fields[f"there-{person.pk}"] = forms.ChoiceField(
                    label=format_html(gettext("{name}: attendance"), name=person.name),
                    choices=ABSENT if person.attended is False else CONFIRMED,
                    required=False,
                    initial="yes" if person.confirmed_at else "",
                )
                continue
            self.fields[f"there-{person.pk}"] = forms.ChoiceField(
                label=format_html(gettext("{name}: attendance"), name=person.name),
                choices=ATTENDED,
                required=False,
                initial={True: "yes", False: "no"}.get(person.attended, ""),
            )
            self.fields[f"days-{person.pk}"] = WholeField(
                label=format_html(gettext("{name}: days"), name=person.name),
                min_value=0,
                max_value=self.most_days,
                required=False,
                initial=person.days,
            )

    def clean(self):
        super().clean()
        for person in self.people:
            days = self.cleaned_data.get(f"days-{person.pk}")
            was_there = self.cleaned_data.get(f"there-{person.pk}") == "yes"
            is_changed = {f"days-{person.pk}", f"there-{person.pk}"} & set(self.changed_data)
            today = self.exchange.local_day(timezone.now())
            if is_changed and (words := days_to_come_words(self.exchange, was_there, days, today)):
                self.add_error(f"days-{person.pk}", words)
            if self.cleaned_data.get(f"there-{person.pk}") == "no":
                self.cleaned_data[f"days-{person.pk}"] = None  # what stood there before
            if days == 0 and was_there:
                words = _(
                    "Anyone who attended was there for at least one day: leave it empty if unknown."
                )
                self.add_error(f"days-{person.pk}", words)
        return self.cleaned_data

    def rows(self):
        """Return (participant, choice, days, settled answer in words) to show.

        Words stand for the choice of those of whom nothing can be said any more.
        """
        return [
            (
                person,
                self[f"there-{person.pk}"],
                self[f"days-{person.pk}"] if f"days-{person.pk}" in self.fields else None,
                self.label_of(person) if person.pk in self.settled else "",
            )
            for person in self.people
        ]

    def label_of(self, person):
        if person.attended is False and not person.confirmed_at:
            return ATTENDED[2][1]
        field = self.fields[f"there-{person.pk}"]
        choices = ATTENDED if f"days-{person.pk}" in self.fields else CONFIRMED
        return dict(choices)[field.initial]

    @property
    def is_open(self):
        """True while something can be entered."""
        return any(days or not words for _person, _there, days, words in self.rows())

    def attendance_of(self, person):
        """Return the choice; the saved one, where the posted page did not offer it."""
        name = f"there-{person.pk}"
        if person.pk in self.settled and name not in self.data:
            return self.fields[name].initial
        return self.cleaned_data[name]

    def answers(self):
        """Return {pk: (attended, days)} of valid data."""
        attendance = {"yes": True, "no": False}
        return {
            person.pk: (
                attendance.get(self.attendance_of(person)),
                self.cleaned_data.get(f"days-{person.pk}"),
            )
            for person in self.people
        }
