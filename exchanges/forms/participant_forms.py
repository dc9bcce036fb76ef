"""Who takes part in an exchange, as their side names them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.dates import day_after
from connect.fields import BLANK, formfield, get_field
from connect.languages import current_language
from connect.names import HasNames, check_any_name, check_name
from connect.pasted_values import LineField
from connect.stale_forms import StaleFormMixin
from exchanges.enums import Side
from exchanges.forms.contact_field import EmergencyContactField
from exchanges.forms.plan_forms import A_MONTH
from exchanges.models import Participant
from exchanges.participants import days_to_come_words
from exchanges.permissions import BEFORE_COMPLETED, BEGUN


class ParticipantForm(HasNames, StaleFormMixin, forms.ModelForm):
    """A participant of one's own side; what only a journey needs is folded."""

    names, functions = ("name",), ("function",)

    def __init__(self, *args, sides, exchange, **kwargs):
        super().__init__(*args, **kwargs)
        self.exchange = exchange
        if exchange.status not in BEFORE_COMPLETED:  # what served the journey is deleted after it
            for name in ("visa", "is_insured", "emergency_contact"):
                del self.fields[name]
        if exchange.status not in BEGUN:
            del self.fields["attended"]  # nobody was there yet
        if len(sides) == 1:
            self.instance.side = next(iter(sides))
            del self.fields["side"]
        else:
            get_field(self, "side", forms.ChoiceField).choices = [
                *BLANK,
                *(c for c in Side.choices if c[0] in sides),
            ]
        if self.instance.pk is None:  # as whoever names them speaks
            self.initial["language"] = current_language()

    class Meta:
        model = Participant
        formfield_callback = formfield
        field_classes = dict.fromkeys(("name", "function", "organisation"), LineField)
        field_classes |= {"emergency_contact": EmergencyContactField}
        fields = [
            *("name", "function", "organisation", "address", "language", "side", "part", "gender"),
            *("post", "is_first_time", "days", "travels", "arrives_on", "leaves_on", "visa"),
            *("is_insured", "emergency_contact", "attended"),
        ]
        widgets = {"emergency_contact": forms.TextInput}
        help_texts = {
            "address": _(
                "Invitations are sent there. Not needed for a person who has an account here."
            ),
            "emergency_contact": _("A name and a number. Deleted 30 days after the exchange."),
        }

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.check_organisation(cleaned.get("side", self.instance.side))
        days, most = cleaned.get("days"), self.exchange.most_days
        if days and days > most and "days" in self.changed_data:
            refusal = ngettext(
                "The exchange has %(most)s day: enter no more.",
                "The exchange has %(most)s days: enter no more.",
                most,
            )
            self.add_error("days", refusal % {"most": most})
        elif {"days", "attended"} & set(self.changed_data):
            today, attended = self.exchange.local_day(timezone.now()), cleaned.get("attended")
            if words := days_to_come_words(self.exchange, attended, days, today):
                self.add_error("days", words)
        if cleaned.get("travels") and not cleaned.get("function"):
            self.add_error(
                "function", _("Say what they do: the host authority needs it for the invitation.")
            )
        arrives, leaves = cleaned.get("arrives_on"), cleaned.get("leaves_on")
        if arrives and leaves and leaves < arrives:
            self.add_error("leaves_on", _("Nobody can leave before they arrive."))
            return cleaned
        first, last = self.exchange.first_day, self.exchange.last_day
        if arrives and last and arrives > last:
            self.add_error("arrives_on", _("This is after the exchange has ended."))
        if leaves and first and leaves < first:
            self.add_error("leaves_on", _("This is before the exchange begins."))
        if arrives and first and arrives < day_after(first, -A_MONTH):
            self.add_error("arrives_on", _("This is more than a month before the exchange."))
        if leaves and last and leaves > day_after(last, A_MONTH):
            self.add_error("leaves_on", _("This is more than a month after the exchange."))
        return cleaned

    def check_organisation(self, side):
        """Refuse what is no name; who runs or funds the programme may come, but not for a town."""
        organisation = self.cleaned_data.get("organisation")
        is_own = side in (Side.REQUESTING, Side.OFFERING)
        try:
            if organisation:
                (check_name if is_own else check_any_name)(organisation)
        except ValidationError as refusal:
            self.add_error("organisation", refusal)


class InvitationForm(forms.Form):
    """What a traveller's letter of invitation says, and nobody knows before."""

    passport = LineField(
        label=_("Passport number"),
        help_text=_(
            "The passport number is printed in the letter of invitation only: it is not stored "
            "here."
        ),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lodging = LineField(label=_("Accommodation: name and address"), required=False, max_length=300)
