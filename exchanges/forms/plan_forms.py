"""The plan of an exchange, the days that its sides propose, and its terms of reference."""

from datetime import timedelta
from typing import cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.dates import day_words, days_between, is_weekday, period_words
from connect.fields import formfield
from connect.languages import join_parts, label_with_value
from connect.numbers import WholeField
from connect.stale_forms import StaleFormMixin, describe_saved_value
from connect.unlikely_values import ConfirmedDoubtsMixin, doubt_with_tick
from exchanges.enums import Mode, Readiness
from exchanges.models import DaysProposal, Exchange, Terms
from exchanges.permissions import INVITED_IN
from exchanges.readiness import list_standing_waivers
from exchanges.terms import terms_questions
from registry.enums import languages_by_name

A_MONTH = timedelta(days=31)  # before and after an exchange, for journeys


def past_day(day, today):
    """Return the day on which something took place; ValidationError for one still to come."""
    if day and day > today:
        raise forms.ValidationError(_("This date is in the future."), code="future")
    return day


def coming_day(day):
    """Return the day for which something is planned; ValidationError for one that is over."""
    if day and day < timezone.localdate():
        raise forms.ValidationError(_("This date has passed: choose a future date."), code="over")
    return day


def unlike_asked(dossier, first, last, names=("starts_on", "ends_on")):
    """Describe how these days differ from those of the application: {field: words}.

    names: of the fields of the first day and of the last one.
    """
    on_first, on_last = names
    doubts = {}
    if dossier.starts_on and not dossier.starts_on <= first <= last <= dossier.ends_on:
        name = on_first if first < dossier.starts_on else on_last
        opens, ends = day_words(dossier.starts_on), day_words(dossier.ends_on)
        if opens == ends:
            doubts[name] = _("The application asks for %(day)s.") % {"day": opens}
        else:
            asked_time = _("The application asks for a time between %(first)s and %(last)s.")
            doubts[name] = asked_time % {"first": opens, "last": ends}
    for closed in dossier.closed_periods():
        if first <= closed[1] and closed[0] <= last:
            words = _("According to the application, these days do not suit: %(days)s.")
            doubts.setdefault(on_first, words % {"days": period_words(*closed)})
    every = days_between(first, last)
    working = sum(map(is_weekday, every))
    if dossier.days and (working > dossier.days or len(every) < dossier.days):
        asked = ngettext(
            "The application asks for %(days)d day; from the first to the last these are "
            "%(count)d.",
            "The application asks for %(days)d days; from the first to the last these are "
            "%(count)d.",
            dossier.days,
        )
        doubts.setdefault(on_last, asked % {"days": dossier.days, "count": len(every)})
    return {name: doubt_with_tick(words) for name, words in doubts.items()}


def items_left_out(exchange, first, last, days_moved=0):
    """Describe how many items of the agenda these days leave out; None where they leave none.

    days_moved: how many days the agenda moves with them.
    """
    shift = timedelta(days=days_moved)
    agenda = exchange.sessions.not_cancelled()
    count = sum(not first <= item.day + shift <= last for item in agenda)
    words = ngettext(
        "%(count)d item of the agenda is outside these dates.",
        "%(count)d items of the agenda are outside these dates.",
        count,
    )
    return doubt_with_tick(words % {"count": count}) if count else None


class PlanForm(ConfirmedDoubtsMixin, StaleFormMixin, forms.ModelForm):
    """Staff's plan of an exchange. A page opened before somebody else saved it changes nothing."""

    merges = False  # a step may be taken with it: nobody invites for days that they did not see
    may_empty = False  # True with a step after which nobody is invited any more
    checklist = forms.MultipleChoiceField(
        label=_("Waived"),
        help_text=_("What is there after all counts as done, although its waiver stays ticked."),
        choices=Readiness,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    languages = forms.MultipleChoiceField(
        label=_("Working languages"),
        choices=languages_by_name,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Exchange
        fields = [
            "form",
            "planned_start",
            "planned_end",
            "actual_start",
            "actual_end",
            "mode",
            "place",
            "languages",
            "needs_interpreter",
        ]
        help_texts = {
            "needs_interpreter": _("Add the interpreter to the participants, in this role.")
        }
        formfield_callback = formfield

    moves_agenda = forms.BooleanField(
        label=_("If the first day changes, move the agenda by as many days"),
        required=False,
        initial=True,
    )
    settled_why = forms.CharField(
        label=_("Reason for the waiver"),
        help_text=_("Example: fourteen people travel, the mayor agreed on 3 May."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )
    field_order = [*Meta.fields, "moves_agenda", "checklist", "settled_why"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.started_on = self.instance.planned_start
        self.initial["settled_why"] = self.instance.settled_why
        self.initial["checklist"] = list_standing_waivers(self.instance)
        if not self.instance.sessions.not_cancelled().exists():
            del self.fields["moves_agenda"]

    def languages_of_sides(self):
        """Return the languages that the application asks for, and those of its experts."""
        exchange = self.instance
        answers = exchange.match.interests.select_related("expert")
        spoken = {code for answer in answers for code in answer.expert.languages}
        return spoken | set(exchange.dossier.languages)

    def language_boxes(self):
        """List (the boxes of the two sides' languages and of those ticked, all the others)."""
        near, boxes = self.languages_of_sides(), self["languages"].subwidgets
        first = [one for one in boxes if one.data["value"] in near or one.data["selected"]]
        return first, [one for one in boxes if one not in first]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        self.refuse_outdated()
        begins, ends = cleaned.get("planned_start"), cleaned.get("planned_end")
        if begins and ends and ends < begins:  # beside the field, where the model says it of both
            self.add_error("planned_end", _("An exchange cannot end before it starts."))
        if cleaned.get("checklist") and not cleaned.get("settled_why", "").strip():
            self.add_error("settled_why", _("Give a reason: both sides read it."))
        first, last = cleaned.get("actual_start"), cleaned.get("actual_end")
        if first and last and last < first:
            self.add_error("actual_end", _("An exchange cannot end before it starts."))
        if last and "actual_start" in cleaned and not first:
            self.add_error("actual_start", _("Enter the actual first day too."))
        if self.instance.status in INVITED_IN and not self.may_empty:
            self.refuse_emptied(cleaned)
        self.ask_about_days(cleaned)
        return cleaned

    def refuse_emptied(self, cleaned):
        """Add an error where nothing is left of what everybody who takes part was told."""
        is_online = cleaned.get("mode") == Mode.REMOTE
        for name in ("planned_start", "planned_end", *([] if is_online else ["place"])):
            if name in self.changed_data and name in cleaned and not cleaned[name]:
                words = _("Whoever takes part knows it: change it, or postpone the exchange.")
                self.add_error(name, words)

    def refuse_outdated(self):
        """Add an error where the plan was saved since the page showed it; saving again is meant."""
        if not self.changed_meanwhile:
            return
        others = [
            label_with_value(
                self.fields[name].label, describe_saved_value(self.fields[name], self.initial[name])
            )
            for name in self.differing
            if name in (*self.Meta.fields, "checklist")
        ]
        message = _(
            "The plan was saved by somebody else, or in another window, after you opened this "
            "page. What is saved differs from what you see below: %(others)s. Change what you want "
            "to keep, and save again."
        )
        self.add_error(None, message % {"others": join_parts(others) or "—"})
        self.show_saved_digests()

    def ask_about_days(self, cleaned):
        """Ask for confirmation of changed planned days that are unlike those of the application."""
        names = ("planned_start", "planned_end")
        first, last = map(cleaned.get, names)
        if first and last and first <= last and set(names) & set(self.changed_data):
            doubts = unlike_asked(self.instance.dossier, first, last, names)
            left_out = items_left_out(self.instance, first, last, self.days_moved)
            if left_out and "moves_agenda" in self.fields:
                doubts["moves_agenda"] = left_out
            self.ask_confirmation(doubts)

    def clean_planned_start(self):
        return self.clean_planned_day("planned_start")

    def clean_planned_end(self):
        return self.clean_planned_day("planned_end")

    def clean_planned_day(self, name):
        """Return a planned day; a changed one must be in the future."""
        day = self.cleaned_data[name]
        return coming_day(day) if name in self.changed_data else day

    def clean_actual_start(self):
        return self.clean_actual_day("actual_start")

    def clean_actual_end(self):
        return self.clean_actual_day("actual_end")

    def clean_actual_day(self, name):
        """Return an actual day; it has come where the exchange takes place."""
        return past_day(self.cleaned_data[name], self.instance.local_day(timezone.now()))

    settled = ("checklist", "settled_why")

    @property
    def days_moved(self):
        """By how many days the first day moves, where the agenda goes with it; 0 otherwise."""
        start = self.cleaned_data["planned_start"]
        if not (start and self.started_on and self.cleaned_data.get("moves_agenda")):
            return 0
        return (start - self.started_on).days

    def save(self, commit=True):
        """Write the plan's columns only: the status may be moving."""
        exchange = super().save(commit=False)
        for name in self.settled:
            setattr(exchange, name, self.cleaned_data[name])
        exchange.save(update_fields=[*self.Meta.fields, *self.settled])
        return exchange


class DaysForm(ConfirmedDoubtsMixin, forms.ModelForm):
    """The days that one side proposes, beside those that the application asks for.

    proposal: the one that waits for an answer while the page is shown, or None.
    """

    seen = WholeField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = DaysProposal
        fields = ["starts_on", "ends_on"]
        formfield_callback = formfield

    def __init__(self, data=None, *, exchange, proposal=None):
        super().__init__(data, initial={"seen": proposal.pk if proposal else None})
        self.exchange = exchange

    def has_seen(self, proposal):
        """True unless the page was opened before this one was proposed."""
        return "seen" not in self.data or self.cleaned_data.get("seen") == proposal.pk

    def show_proposal(self, proposal):
        """Let the form be sent again by whoever sees this proposal beside it now."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(proposal.pk) if proposal else ""
        self.data = data

    def clean_starts_on(self):
        return coming_day(self.cleaned_data["starts_on"])

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and first <= last:  # the model refuses the rest
            doubts = unlike_asked(self.exchange.dossier, first, last)
            before = self.exchange.planned_start
            moved = (first - before).days if before else 0
            if left_out := items_left_out(self.exchange, first, last, moved):
                doubts[NON_FIELD_ERRORS] = left_out
            self.ask_confirmation(doubts)
        return cleaned


class TermsForm(StaleFormMixin, forms.ModelForm):
    """The terms as both sides write them, beginning with their draft, else the last version.

    is_draft: nothing is required yet.
    """

    edits_saved = True  # also the first version: both sides may write it at once

    def __init__(self, *args, exchange, is_draft=False, **kwargs):
        super().__init__(*args, **kwargs)
        for name, question in terms_questions(exchange):
            self.fields[name].label = question
            self.fields[name].required = not is_draft
        for name in exchange.exchange_form.terms.questions:
            self.fields[name].help_text = ""  # the examples answer the usual questions

    class Meta:
        model = Terms
        fields = ["purpose", "tasks", "outputs", "means"]
        widgets = {name: forms.Textarea(attrs={"rows": 4}) for name in fields}
        help_texts = {
            "purpose": _("Example: the council can decide on a fee for emptying pits."),
            "tasks": _("Example: days 1 and 2: the expert and two officers visit the operators."),
            "outputs": _("Example: a draft by-law and a list of next steps, in English."),
            "means": _(
                "Example: the municipality: a car and a room; the programme: flights and the hotel."
            ),
        }
