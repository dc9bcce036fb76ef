"""What a person says of themselves."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connect.fields import get_field
from connect.languages import current_language
from connect.names import HasNames, check_name, look_of
from connect.pasted_values import LineField, TelephoneField, fold_text
from connect.stale_forms import StaleFormMixin
from connect.time_zones import canonical_zone, time_zone_choices


class SignupForm(forms.Form):
    """Beside the address and the password that allauth asks for."""

    name = LineField(
        label=_("Your name"),
        max_length=150,
        validators=[check_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def clean_name(self):
        check_is_no_officer(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.language = current_language()
        user.save(update_fields=["name", "language"])


# Who runs the programme: nobody's own name, beside what the programme decides.
TEAM = re.compile(
    "|".join(
        map(look_of, ("programme team", "equipe du programme", "equipo del programa", "platforma"))
    )
)
TITLES = frozenset(
    map(look_of, "dr dra mr mrs ms mx prof professor ing eng hon sr sra m mme mlle".split())
)


def name_words(name):
    """List a name's words as they look, without titles, in whatever order they are written."""
    return sorted(word for word in look_of(fold_text(name)).split() if word not in TITLES)


def check_is_no_officer(name, user=None):
    """Refuse the name of somebody of the programme team: letters and lists would mix them up."""
    if TEAM.search(look_of(fold_text(name))):
        message = _(
            "This is the name of the programme, or of an organisation that runs or "
            "funds it: enter your own."
        )
        raise ValidationError(message, code="programme")
    staff = User.objects.filter(is_staff=True, is_active=True)
    others = staff.exclude(pk=user.pk) if user else staff
    if name_words(name) in map(name_words, others.values_list("name", flat=True)):
        message = _(
            "Somebody in the programme team has this name: add another first name or "
            "your local authority."
        )
        raise ValidationError(message, code="officer")


def country_of_work(person):
    """Return the country of a person's local authorities; "" without, or with several."""
    active = person.memberships.filter(status="active", authority__isnull=False)
    countries = set(active.values_list("authority__country", flat=True))
    return countries.pop() if len(countries) == 1 else ""


class PersonForm(HasNames, StaleFormMixin, forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Reminders are sent during the day in your time zone."),
        choices=time_zone_choices,
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone", "phone", "gathers_news"]
        field_classes = {"name": LineField}

    phone = TelephoneField(label=_("Telephone"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["time_zone"] = canonical_zone(self.instance.time_zone) or settings.TIME_ZONE
        get_field(self, "phone", TelephoneField).country = country_of_work(self.instance)
        if not self.instance.is_officer:  # others get no news of that kind
            del self.fields["gathers_news"]

    def clean_name(self):
        if self.cleaned_data["name"] != self.initial["name"]:
            check_is_no_officer(self.cleaned_data["name"], self.instance)
        return self.cleaned_data["name"]

    @transaction.atomic
    def save(self, commit=True):
        """Save the form; a changed name also records since when."""
        # Read again under lock: of two that come at once the second follows the first.
        before = User.objects.select_for_update(of=("self",)).get(pk=self.instance.pk)
        before.rename(self.cleaned_data["name"], timezone.now())
        self.instance.former_name, self.instance.renamed_at = before.former_name, before.renamed_at
        return super().save(commit)
