"""A call, as staff write it, and the minutes of its committee."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from applications.calls import doubt_closing, doubt_meeting, is_same_minute
from applications.enums import GRID, AttachmentKind
from applications.models import Call, Score
from applications.models.calls import ALWAYS_ASKED
from applications.sections import SECTIONS
from connect.fields import get_column
from connect.hours import InstantField
from connect.numbers import WholeField
from connect.pasted_values import DayField
from connect.stale_forms import StaleFormMixin
from connect.types import Words
from connect.unlikely_values import ConfirmedDoubtsMixin, doubt_with_tick
from registry.country_picker import CountryPicker
from registry.exchange_forms import exchange_form_choices

OPEN_TO_ALL = _(
    "No country is chosen: authorities of every country could apply, also of those under European "
    "Union restrictive measures. If the call is open to every country, tick “This is intended” "
    "below and send it again."
)
OWN_CRITERIA = (1, 2, 3)  # that a call may add to the usual grid


def date_field(label, days):
    return DayField(label=label, initial=lambda: timezone.localdate() + timedelta(days=days))


def other_languages(call, posted):
    """List (code, name) of the languages in which a call is not written, as its form says now."""
    written = posted.get("language") or (call.language if call else settings.LANGUAGE_CODE)
    return [(code, name) for code, name in settings.LANGUAGES if code != written]


def translation_names(call, posted):
    """List the fields of a call's form for its texts in other languages."""
    languages = other_languages(call, posted)
    return [f"{name}_{code}" for code, _name in languages for name in Call.TRANSLATED]


class CallForm(ConfirmedDoubtsMixin, StaleFormMixin, forms.ModelForm):
    """A call as staff write it; its times are Brussels'."""

    opens_at = InstantField(label=_("opens"))
    closes_at = InstantField(label=_("closes"))
    waived = forms.MultipleChoiceField(
        label=_("optional sections"),
        choices=[
            (slug, section.title) for slug, section in SECTIONS.items() if slug not in ALWAYS_ASKED
        ],
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
        if "countries" in self.fields:
            self.fields["countries"].widget = CountryPicker()
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
        for code, language in other_languages(self.instance, self.data):
            self.add_translation(code, language)
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

    def add_translation(self, code, language):
        """Add the fields of a call's texts in another language."""
        held = self.instance.translations.get(code, {})
        for name in Call.TRANSLATED:
            column = get_column(Call, name)
            label = format_lazy("{} ({})", column.verbose_name, language)
            self.fields[f"{name}_{code}"] = CharField(
                label=label,
                required=False,
                initial=held.get(name, ""),
                max_length=column.max_length,
                widget=AdminTextareaWidget() if name == "text" else AdminTextInputWidget(),
            )

    def read_translations(self):
        """Return the texts in other languages that were typed, as the column has them."""
        read = {}
        for code, _language in other_languages(self.instance, self.data):
            typed = {name: self.cleaned_data.get(f"{name}_{code}") for name in Call.TRANSLATED}
            if texts := {name: words for name, words in typed.items() if words}:
                read[code] = texts
        return read

    def first_meeting_day(self):
        """Return the day that was typed, or of the first meeting that is planned; None without."""
        if "meeting_on" in self.fields:
            return self.cleaned_data.get("meeting_on")
        first = self.instance.meetings.planned().first() if self.instance.pk else None
        return first and first.day

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.instance.translations = self.read_translations()
        opens, meets_on = cleaned.get("opens_at"), self.first_meeting_day()
        if opens and meets_on and meets_on < timezone.localdate(opens):
            message = _("The committee cannot meet before the call opens.")
            self.add_error("opens_at", ValidationError(message, code="before"))
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
        self.refuse_closing_again(opens)
        before = self.instance.grid
        self.instance.points, self.instance.criteria = given, criteria
        scored = Score.objects.filter(dossier__call=self.instance.pk).exists()
        if self.instance.pk and scored and self.instance.grid != before:
            message = _("Members have given points by this grid already: it stays as it is.")
            self.add_error(first, ValidationError(message, code="scored"))
        self.ask_confirmation(self.list_doubts())
        return cleaned

    def refuse_closing_again(self, opens):
        """Add an error where a call that has applications would open in the future only."""
        call, now = self.instance, timezone.now()
        if opens and call.pk and call.opens_at <= now < opens and call.dossiers.exists():
            message = _(
                "This call has opened and has applications: its opening day stays as it is."
            )
            self.add_error("opens_at", ValidationError(message, code="opened"))

    def list_doubts(self):
        """Return {field: what is unlikely about it}: its last day, a call for every country."""
        doubts: dict[str, Words] = {}
        closes_at = self.cleaned_data.get("closes_at")
        before = self.instance.closes_at
        is_moved = before and closes_at and not is_same_minute(closes_at, before)
        if is_moved and (
            words := doubt_closing(self.instance, closes_at, timezone.now())
            or doubt_meeting(self.instance, closes_at)
        ):
            doubts["closes_at"] = doubt_with_tick(words)
        is_open = self.instance.pk and self.instance.opens_at <= timezone.now()
        if not self.cleaned_data.get("countries", True) and not (
            is_open and "countries" not in self.changed_data
        ):
            doubts["countries"] = OPEN_TO_ALL
        return doubts
