"""What a step of a dossier asks for, before it is taken."""

from functools import partial
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.asked_files import file_questions
from applications.enums import CancelReason, Check, IneligibleReason
from applications.forms.call_forms import date_field
from applications.people import notified_applicants
from applications.requirements import (
    doubt_due_day,
    doubt_last_day,
    points_to_explain,
)
from applications.sections import QUESTIONS, SECTIONS
from applications.transitions import dossier_machine
from connect.fields import BLANK
from connect.languages import join_names
from connect.pasted_values import DayField
from connect.unlikely_values import ConfirmedDoubtsMixin, doubt_with_tick
from notifications.letter_text import preview_letter
from registry.people import authors_of

MOST_WORDS = 2000  # characters of a reason or a note of a step


class StepForm(forms.Form):
    """What a step records with itself; `details` are plain values."""

    reads_dossier = False  # made with dossier=…

    def details(self):
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.cleaned_data.items()
        }


class InternalForm(StepForm):
    """Keeps what stays with the programme team out of the field that others read."""

    internal = forms.CharField(
        label=_("Internal note (only the programme team reads it)"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoteForm(InternalForm):
    note = forms.CharField(
        label=_("Explanation for the applicant"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ["note", "internal"]


class OverruleForm(StepForm):
    note = forms.CharField(
        label=_("Reason (only the programme team reads it)"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ExplainForm(StepForm):
    """A decision on scores that are far apart and that no member is left to settle."""

    internal = forms.CharField(
        label=_("Reason for the decision (for the programme team and the minutes)"),
        help_text=_(
            "Two scores are far apart, and no other member can read the application. An "
            "administrator can also add a member or an alternate."
        ),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def details(self):
        return super().details() | {"is_for_minutes": True}


class IneligibleForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[*BLANK, *IneligibleReason.choices])
    field_order = ["reason", "note", "internal"]


class CancelForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[*BLANK, *CancelReason.choices])
    field_order = ["reason", "note", "internal"]


class PublishForm(ConfirmedDoubtsMixin, StepForm):
    """Asks until when experts can answer, once the applicant has agreed to what they read."""

    reads_dossier = True

    closes_on = date_field(_("Last day for answers"), 35)

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        writers = [] if dossier.summary_approved_at else authors_of(dossier.authority)
        self.with_whom = _("With: %s.") % join_names(writers) if writers else ""

    def clean(self):
        super().clean()
        if closes_on := self.cleaned_data.get("closes_on"):
            doubt = doubt_last_day(self.dossier, closes_on, timezone.localdate())
            self.ask_confirmation({"closes_on": doubt_with_tick(doubt)} if doubt else {})
        return self.cleaned_data


class DueForm(ConfirmedDoubtsMixin, StepForm):
    """Asks by when a correction is due."""

    def clean(self):
        super().clean()
        if due_on := self.cleaned_data.get("due_on"):
            doubt = doubt_due_day(due_on, timezone.localdate())
            self.ask_confirmation({"due_on": doubt_with_tick(doubt)} if doubt else {})
        return self.cleaned_data


class CorrectionForm(DueForm):
    """A comment in the box of a question, or of a file, asks for its correction."""

    reads_dossier = True

    due_on = date_field(_("To be sent by"), 14)

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossier = dossier
        self.fields["due_on"].help_text = _(
            "Open a section and write a comment for the applicant beside each answer to correct. "
            "Where the box stays empty, the answer stays as it is."
        )
        asked = {
            key: format_lazy("{} · {}", SECTIONS[slug].title, label)
            for key, (slug, label, _names) in QUESTIONS.items()
        } | {
            key: format_lazy("{} · {}", _("Files"), words)
            for key, words in file_questions(dossier).items()
        }
        for key, label in asked.items():
            self.fields[f"comment_{key}"] = forms.CharField(
                label=label,
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        self.put_into_page()

    def put_into_page(self):
        for field in self.fields.values():
            field.widget.attrs["form"] = "file"  # the page's form, which it does not stand in

    def clean(self):
        cleaned = super().clean()
        self.put_into_page()  # with a tick that is asked for
        return cleaned

    @property
    def is_open(self):
        """True where something was typed in it: the page shows it unfolded."""
        return self.is_bound or getattr(self, "is_begun", False)

    def list_by_section(self, sections):
        """List (title, how many comments, whether one is wrong, questions) of each section.

        A question is (its label, its answers as (label, words), the box of its comment).
        sections: the answers, of `read_sections`.
        """
        groups = []
        for section, answers in sections:
            asked = [
                (
                    label,
                    [answers[name] for name in names if name in answers],
                    self[f"comment_{key}"],
                )
                for key, label, names in section.questions()
            ]
            groups.append((section.title, asked))
        files = file_questions(self.dossier).items()
        groups.append((_("Files"), [(words, [], self[f"comment_{key}"]) for key, words in files]))
        return [
            (
                title,
                sum(bool(box.value()) for _label, _answers, box in asked),
                any(box.errors for _label, _answers, box in asked),
                asked,
            )
            for title, asked in groups
        ]

    def details(self):
        comments = [
            {"field": name.removeprefix("comment_"), "comment": comment}
            for name, comment in self.cleaned_data.items()
            if name.startswith("comment_") and comment
        ]
        return {"due_on": self.cleaned_data["due_on"].isoformat(), "fields": comments}


class LastDayForm(DueForm):
    """Another last day of a correction that is asked for: the form begins with the present one."""

    reads_dossier = True

    due_on = DayField(label=_("To be sent by"))

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        if correction := dossier.open_correction():
            self.fields["due_on"].initial = correction.due_on


class WithdrawForm(StepForm):
    """Asks nothing: says what its button does, and what the applicant reads then."""

    reads_dossier = True

    button = _("Yes, withdraw the request for a correction")

    def __init__(self, *args, dossier, **kwargs):
        super().__init__(*args, **kwargs)
        self.dossier = dossier

    def consequence(self):
        if notified_applicants(self.dossier):
            return _("This cannot be undone. The applicant gets this e-mail:")
        return _(
            "This cannot be undone. The applicant has not been told of the correction yet: no "
            "e-mail is sent."
        )

    def letter(self):
        """Return (subject, body) of what the applicants read; None if they know of nothing."""
        if not notified_applicants(self.dossier):
            return None
        facts = {"reference": self.dossier.reference, "title": self.dossier.heading}
        return preview_letter("dossier_withdraw_correction", facts)


STEP_FORMS: dict[str, Any] = dossier_machine.for_steps(
    {
        "ask_correction": CorrectionForm,
        "cancel": CancelForm,
        "close_no_match": NoteForm,
        "find_ineligible": IneligibleForm,
        "move_correction": LastDayForm,
        "not_select": NoteForm,
        "overrule": OverruleForm,
        "publish": PublishForm,
        "withdraw_correction": WithdrawForm,
    }
)
# Where two scores stay far apart.
UNSETTLED_FORMS: dict[str, Any] = dossier_machine.for_steps(
    {"validate": ExplainForm, "reserve": ExplainForm}
)


def step_form(dossier, verb):
    """Return the form of what a step of a dossier asks, or None."""
    form = STEP_FORMS.get(verb)
    if verb in UNSETTLED_FORMS and points_to_explain(dossier):
        form = UNSETTLED_FORMS[verb]
    return partial(form, dossier=dossier) if form and form.reads_dossier else form


class ChecklistForm(forms.Form):
    checklist = forms.MultipleChoiceField(
        label=_("Checked"),
        choices=Check,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
