"""The form of an offer: what an expert can help with, in which forms, when."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from connect.fields import BLANK, formfield
from connect.pasted_values import DayField
from connect.stale_forms import StaleFormMixin
from registry.enums import Mastery, languages_by_name
from registry.exchange_forms import exchange_form_choices
from registry.forms import topic_choices
from registry.models import Offer


class OfferForm(StaleFormMixin, forms.ModelForm):
    forms = forms.MultipleChoiceField(
        label=_("Forms of exchange"),
        choices=exchange_form_choices,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Offer
        formfield_callback = formfield
        fields = ["title", "text", "language", "forms", "capacity", "remote"]
        help_texts = {
            "text": _(
                "What you did, for whom, and the result. 100 to 2000 characters "
                "before it can be published."
            )
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        form = forms
        self.fields["language"] = form.ChoiceField(
            label=_("Written in"),
            choices=languages_by_name(),
            initial=(get_language() or "en")[:2],
        )
        if self.instance.pk is None:
            self.initial.pop("language", None)  # the column's default is nobody's choice
        held = list(self.instance.topics.select_related("theme")) if self.instance.pk else []
        choices = topic_choices()
        # A table may have brought more: what the form did not show, saving it would take away.
        self.numbers = range(1, max(3, len(held)) + 1)
        for number in self.numbers:
            topic = held[number - 1] if number <= len(held) else None
            self.fields[f"topic_{number}"] = form.ChoiceField(
                label=_("Topic %d") % number,
                choices=choices,
                required=number == 1,
                initial=topic and topic.theme.code,
            )
            self.fields[f"mastery_{number}"] = form.ChoiceField(
                label=_("How well do you know it?"),
                choices=BLANK + Mastery.choices,
                required=number == 1,
                initial=topic and str(topic.level),
            )
        window = self.instance.windows.first() if self.instance.pk else None
        for name, label in (
            ("free_from", _("Available from")),
            ("free_until", _("Available until")),
        ):
            self.fields[name] = DayField(
                label=label,
                required=False,
                initial=window and (window.starts_on if name == "free_from" else window.ends_on),
            )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        start, end = cleaned.get("free_from"), cleaned.get("free_until")
        for number in self.numbers:
            topic = cleaned.get(f"topic_{number}")
            if topic and topic in {cleaned.get(f"topic_{n}") for n in range(1, number)}:
                message = _("You have already chosen this topic.")
                self.add_error(f"topic_{number}", ValidationError(message, code="twice"))
        if end and end < timezone.localdate():
            message = _("This period has passed: enter future dates, or leave both empty.")
            self.add_error("free_until", ValidationError(message, code="over"))
        elif bool(start) != bool(end) or (start and end and end < start):
            message = _("Enter both dates, the last one after the first.")
            self.add_error("free_until", ValidationError(message, code="window"))
        return cleaned

    def chosen_topics(self):
        """Return {topic code: level 1..4}."""
        cleaned = self.cleaned_data
        return {
            cleaned[f"topic_{n}"]: int(cleaned.get(f"mastery_{n}") or 2)
            for n in self.numbers
            if cleaned.get(f"topic_{n}")
        }

    def window(self):
        """Return (first, last) free day, or None."""
        start, end = self.cleaned_data.get("free_from"), self.cleaned_data.get("free_until")
        return (start, end) if start and end else None
