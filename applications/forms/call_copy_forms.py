"""What a copy of a call is asked for: its first day, its titles and its address."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications import call_copies
from applications.models import Call
from connect.fields import get_column
from connect.pasted_values import DayField

NAMES = dict(settings.LANGUAGES)


class CallCopyForm(forms.Form):
    """The new call, as proposed for a first day; what was typed stays when the day changes."""

    first_day = DayField(label=_("First day of the new call"))

    def __init__(self, data=None, *, call):
        self.call, self.today = call, timezone.localdate()
        self.first = call_copies.first_day_of(call)
        super().__init__(data)
        self.fields["first_day"].initial = call_copies.propose_first_day(call, self.today)
        proposed = self.propose(self.fields["first_day"].initial)
        for code in call_copies.titles_of(call):
            is_own = code == call.language
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title") if is_own else format_lazy("{} ({})", _("Title"), NAMES[code]),
                max_length=call_copies.TITLE_MOST,
                initial=proposed[f"title_{code}"],
            )
        self.fields["slug"] = forms.SlugField(
            label=_("Address on this site"),
            max_length=call_copies.SLUG_MOST,
            initial=proposed["slug"],
            help_text=_("The end of the address: small letters, digits and hyphens."),
        )

    def propose(self, first_day):
        """Return {field: what is proposed} for a call that begins on this day."""
        titles = {
            f"title_{code}": call_copies.propose_title(title, self.first, first_day)
            for code, title in call_copies.titles_of(self.call).items()
        }
        slug = call_copies.propose_slug(self.call, titles[f"title_{self.call.language}"])
        return titles | {"slug": slug}

    def for_another_day(self, shown_day):
        """Return this form for the day typed in it: what nobody changed is proposed anew.

        shown_day: the day for which the page had proposed what it showed.
        """
        before, now = self.propose(shown_day), self.propose(self.cleaned_data["first_day"])
        typed = {
            name: now[name] if self.data.get(name) == words else self.data.get(name)
            for name, words in before.items()
        }
        again = {"first_day": self.data["first_day"]}
        return CallCopyForm(again | typed, call=self.call)

    def clean_first_day(self):
        first_day = self.cleaned_data["first_day"]
        call_copies.refuse_past_day(first_day, self.today)
        return first_day

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if Call.objects.filter(slug=slug).exists():
            message = _("Another call has this address already: choose another one.")
            raise ValidationError(message, code="unique")
        return slug

    @property
    def titles(self):
        """The titles that were typed: {language: title}."""
        codes = call_copies.titles_of(self.call)
        return {code: self.cleaned_data[f"title_{code}"] for code in codes}

    def list_dates(self, first_day):
        """List (what, date of the call, date of the new one) for a first day."""
        shift = call_copies.Shift.between(self.first, first_day)
        instants = [(name, getattr(self.call, name)) for name in ("opens_at", "closes_at")]
        return [
            (get_column(Call, name).verbose_name, at, shift.move_instant(at))
            for name, at in instants
        ]
