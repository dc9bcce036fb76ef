"""How it could happen: form, dates, languages, who takes part, what the town brings."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.enums import InterpretationPayer, Resource
from applications.sections.base import (
    DAY_OVER,
    CountField,
    SectionForm,
    day_field,
    text_field,
)
from connect.currencies import CurrencyField, currencies_of
from connect.fields import BLANK, get_field
from connect.numbers import QuantityField, WholeField
from connect.rows import Rows, repeats
from engine.model import periods_left
from registry.enums import Level, languages_by_name
from registry.exchange_forms import EXCHANGE_FORMS, exchange_form_choices

NOTICE = timedelta(days=60)  # between submission and the earliest start
FURTHEST = timedelta(days=5 * 366)  # from submission to the earliest start
LONGEST_WINDOW = timedelta(days=548)  # 18 months


@repeats(
    Rows(
        _("Form of exchange"),
        {"form": lambda: forms.ChoiceField(label="", choices=list)},
        most=len(EXCHANGE_FORMS),
        least=1,
    ),
    Rows(
        _("Working language"),
        {
            "language": lambda: forms.ChoiceField(
                label=_("Which?"), choices=lambda: BLANK + languages_by_name()
            ),
            "level": lambda: forms.ChoiceField(
                label=_("Minimum level"), choices=BLANK + Level.choices
            ),
        },
        most=4,
        least=1,
        quiet=frozenset({"level"}),
    ),
    Rows(
        _("Unavailable dates"),
        {
            "closed_from": lambda: day_field(_("From")),
            "closed_until": lambda: day_field(_("Until")),
            "closed_why": lambda: text_field(
                _("Why?"), 3, 120, _("Elections, rains, holidays."), rows=0
            ),
        },
        most=3,
        column="blackouts",
    ),
)
class ExchangeSection(SectionForm):
    slug, title = "exchange", _("Form, dates and languages")
    intro = _("One form is enough; if several are possible, put your preferred one first.")
    optional = frozenset({"interpretation", "interpretation_payer"})
    order = (
        "form",
        "days",
        "starts_on",
        "ends_on",
        "closed_from",
        "language",
        "interpretation",
        "interpretation_payer",
    )

    days = WholeField(
        label=_("How many days?"),
        min_value=1,
        max_value=30,
        help_text=_("Missions and visits usually take five working days."),
    )
    starts_on = day_field(
        _("Earliest date"), _("At least 60 days after you submit the application.")
    )
    ends_on = day_field(_("Latest date"), _("Within 18 months."))
    interpretation = forms.BooleanField(label=_("We can provide an interpreter"))
    interpretation_payer = forms.ChoiceField(
        label=_("Who would pay the interpreter?"), choices=BLANK + InterpretationPayer.choices
    )

    def prepare(self):
        admitted = self.dossier.call.forms if self.dossier else EXCHANGE_FORMS
        forms_ = BLANK + [choice for choice in exchange_form_choices() if choice[0] in admitted]
        of_form, of_language, _closed = self.several
        for number in range(1, of_form.most + 1):
            get_field(self, f"form_{number}", forms.ChoiceField).choices = forms_
        if not self.is_bound:
            for number in range(1, of_language.most + 1):
                self.fields[f"level_{number}"].initial = Level.B2

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error(
                "ends_on",
                ValidationError(_("The last day is before the first one."), code="reversed"),
            )
        elif start and end and end - start > LONGEST_WINDOW:
            self.add_error(
                "ends_on",
                ValidationError(_("Choose a period of 18 months at most."), code="too_long"),
            )
        if start and self.checks_day("starts_on") and start < self.today + NOTICE:
            self.add_error(
                "starts_on",
                ValidationError(
                    _("Choose a day at least 60 days from now: the search takes time."),
                    code="too_soon",
                ),
            )
        if start and self.checks_day("starts_on") and start > self.today + FURTHEST:
            message = _("Choose a day at most five years from now.")
            self.add_error("starts_on", ValidationError(message, code="too_far"))
        for number, (first, last) in self.closed_periods():
            if first and last and last < first:
                message = _("The last day is before the first one.")
                self.add_error(f"closed_until_{number}", ValidationError(message, code="reversed"))
            elif last and self.checks_day(f"closed_until_{number}") and last < self.today:
                self.add_error(f"closed_until_{number}", ValidationError(DAY_OVER, code="over"))
        self.refuse_too_short()
        promised = self.complete and cleaned.get("interpretation")
        if promised and not cleaned.get("interpretation_payer"):
            message = _("Say who would pay the interpreter.")
            self.add_error("interpretation_payer", ValidationError(message, code="required"))
        return cleaned

    def closed_periods(self):
        """List (number, (first, last)) of the periods that do not suit; None is missing."""
        names = ("closed_from", "closed_until")
        return [
            (number, tuple(self.cleaned_data.get(f"{name}_{number}") for name in names))
            for number in range(1, 4)
        ]

    def refuse_too_short(self):
        """Add an error where no days in a row that suit are as many as are asked for."""
        of_it = ("days", "starts_on", "ends_on", "closed_from", "closed_until")
        if self.asked is not None and not any(name.startswith(of_it) for name in self.asked):
            return  # what a correction does not ask for is as it was sent
        days, start, end = map(self.cleaned_data.get, ("days", "starts_on", "ends_on"))
        if not days or not start or not end:
            return
        closed = [period for _number, period in self.closed_periods() if all(period)]
        if all(
            (last - first).days + 1 < days for first, last in periods_left((start, end), closed)
        ):
            message = ngettext(
                "No day of this period suits: choose a longer period.",
                "No %(days)d days in a row of this period suit: choose fewer days, or a longer "
                "period.",
                days,
            )
            self.add_error("days", ValidationError(message % {"days": days}, code="too_short"))

    def collect_warnings(self):
        start, end = map(self.cleaned_data.get, ("starts_on", "ends_on"))
        for number, (first, last) in self.closed_periods():
            if all((start, end, first, last)) and not (first <= end and start <= last):
                words = _("These days are outside the period above, and change nothing.")
                self.warn(f"closed_from_{number}", words)
        form = EXCHANGE_FORMS.get(self.cleaned_data.get("form_1") or "")
        days = self.cleaned_data.get("days")
        if form and days and not form.days[0] <= days <= form.days[1]:
            self.warn(
                "days",
                _("%(form)s: usually %(least)d to %(most)d days.")
                % {"form": form.label, "least": form.days[0], "most": form.days[1]},
            )

    def apply(self, dossier):
        columns = super().apply(dossier)
        if "ends_on" in self.errors or "starts_on" in self.errors:
            columns = [name for name in columns if name not in ("starts_on", "ends_on")]
        of_form, of_language, _closed = self.several
        chosen = [row["form"] for row in self.filled_rows(of_form) if row["form"]]
        dossier.forms = list(dict.fromkeys(chosen))
        spoken = [row for row in self.filled_rows(of_language) if row["language"]]
        dossier.languages = {row["language"]: row["level"] or Level.B2 for row in reversed(spoken)}
        return [*columns, "forms", "languages"]


GENDERS = ("women", "men", "other_gender", "undisclosed_gender")
POSTS = ("elected_members", "technical_staff", "other_posts")


class ParticipantsSection(SectionForm):
    slug, title = "participants", _("Who takes part")
    intro = _("Planned numbers: they may change, and nobody is named.")

    travellers = CountField(_("Travellers"), _("Experts who come, or your people who go."))
    local_participants = CountField(_("Local participants"))
    women = CountField(_("In total, women"))
    men = CountField(_("Men"))
    other_gender = CountField(_("Another gender"))
    undisclosed_gender = CountField(_("Not known or prefer not to say"))
    elected_members = CountField(_("In total, elected members"))
    technical_staff = CountField(_("Technical staff"))
    other_posts = CountField(_("Others: citizens, firms, organisations"))
    elected_travel = text_field(
        _("Why should elected members travel?"),
        30,
        500,
        _("This call asks it where elected members take part."),
        rows=3,
        example=_(
            "The deputy mayor puts the by-law to the council: she wants to hear from "
            "a peer how theirs was adopted."
        ),
    )
    optional = frozenset({"elected_travel", *GENDERS, *POSTS})

    def prepare(self):
        wanted = self.dossier.forms if self.dossier else []
        asked = {EXCHANGE_FORMS[code].question.column for code in wanted}
        for form in EXCHANGE_FORMS.values():
            if form.question.column not in asked:
                self.fields.pop(form.question.column, None)  # two may share a column
        if not (self.dossier and self.dossier.call.justify_elected):
            del self.fields["elected_travel"]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        for names, message in self.wrong_sums() if self.complete else ():
            self.add_error(names[0], ValidationError(message, code="sum"))
        asked = self.complete and "elected_travel" in self.fields
        if asked and cleaned.get("elected_members") and not cleaned.get("elected_travel"):
            words = _("Say why elected members should travel.")
            self.add_error("elected_travel", ValidationError(words, code="required"))
        return cleaned

    def wrong_sums(self):
        """List (names, words) of the numbers that add up to something else than who takes part."""
        cleaned, taking_part = self.cleaned_data, ("travellers", "local_participants")
        total = sum(cleaned.get(name) or 0 for name in taking_part)
        sums = []
        for names in (GENDERS, POSTS) if total else ():
            if self.errors.keys() & {*taking_part, *names}:  # one that cannot be read counts
                continue
            counted = sum(cleaned.get(name) or 0 for name in names)
            if counted != total:
                sums.append((names, self.describe_sum(total, counted)))
        return sums

    def describe_sum(self, total, counted):
        """Describe how many take part, of which two numbers, and what others add up to instead."""
        numbers = {
            "total": total,
            "coming": self.cleaned_data.get("travellers"),
            "local": self.cleaned_data.get("local_participants"),
            "counted": counted,
        }
        message = ngettext(
            "%(total)d person takes part, but these add up to %(counted)d: correct one.",
            "%(total)d people take part, but these add up to %(counted)d: correct one.",
            total,
        )
        if numbers["coming"] and numbers["local"]:
            message = ngettext(
                "%(total)d person takes part (travellers %(coming)d + local %(local)d), "
                "but these add up to %(counted)d: correct one.",
                "%(total)d people take part (travellers %(coming)d + local %(local)d), "
                "but these add up to %(counted)d: correct one.",
                total,
            )
        return message % numbers

    def collect_warnings(self):
        chosen = self.dossier.forms[:1] if self.dossier else []
        form = EXCHANGE_FORMS[chosen[0]] if chosen else None
        if form is None:
            return
        for name in ("travellers", "local_participants"):
            least, most = getattr(form, name)
            number = self.cleaned_data.get(name)
            if number is not None and not least <= number <= most:
                self.warn(
                    name,
                    _("%(form)s: usually %(least)d to %(most)d.")
                    % {"form": form.label, "least": least, "most": most},
                )


# The forms' own questions come last.
ParticipantsSection.base_fields |= {
    question.column: text_field(
        question.label, 30, 500, question.help_text, rows=3, example=question.example
    )
    for question in (form.question for form in EXCHANGE_FORMS.values())
}


@repeats(
    Rows(
        _("What you bring"),
        {
            "resource": lambda: forms.ChoiceField(
                label=_("What?"), choices=BLANK + Resource.choices
            ),
            "worth": lambda: QuantityField(
                label=_("Estimated value"),
                help_text=_("Example: 1200."),
                min_value=0,
                max_digits=12,
                decimal_places=2,
            ),
            "currency": lambda: CurrencyField(label=_("In which currency?")),
        },
        most=6,
        least=1,
        quiet=frozenset({"currency"}),
        column="resources",
    )
)
class ResourcesSection(SectionForm):
    slug, title = "resources", _("What you bring yourselves")
    intro = _(
        "Staff days, a room, transport: what you would provide without payment. 0 is allowed."
    )

    def prepare(self):
        country = str(self.dossier.authority.country) if self.dossier else ""
        known = currencies_of(country)
        for number in range(1, 7):
            get_field(self, f"currency_{number}", CurrencyField).countries = (country,)
            if len(known) == 1 and not self.is_bound:  # where one pays with several, nobody said
                self.fields[f"currency_{number}"].initial = known[0]
