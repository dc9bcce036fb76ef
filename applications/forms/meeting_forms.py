"""A meeting of the committee as staff plan it, decide its cases and write its minutes."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.assignment import committee_members
from applications.enums import Outcome
from connect.doubts import ConfirmsDoubts, doubt_with_tick
from connect.fields import BLANK, get_field
from connect.hours import HourField
from connect.numbers import WholeField
from connect.pasted import LONGEST_ADDRESS, DayField, LineField, PageField
from connect.stale_forms import NoticesChanges

MOST_WORDS = 2000
EARLY = _("The call is still open then: applications that are sent later miss this meeting.")


def make_instant(day, hour):
    """Return the instant of a day and an hour in Brussels."""
    return timezone.make_aware(datetime.combine(day, hour))


class MeetingForm(ConfirmsDoubts, NoticesChanges, forms.Form):
    """When and where a committee meets, who chairs it, and who is invited."""

    day = DayField(label=_("Day"))
    begins = HourField(label=_("Begins at"), help_text=_("Brussels time"))
    ends = HourField(label=_("Ends at"))
    place = LineField(label=_("Place"), max_length=200, required=False)
    link = PageField(label=_("Link to join online"), max_length=LONGEST_ADDRESS, required=False)
    chair = forms.ModelChoiceField(User.objects.none(), label=_("Chair"))
    members = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Invited"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, call, meeting=None, **kwargs):
        self.meeting = meeting
        super().__init__(*args, **kwargs)
        self.call, people = call, committee_members()
        for name in ("chair", "members"):
            get_field(self, name, forms.ModelChoiceField).queryset = people
        self.initial["members"] = [one.pk for one in people]
        if meeting:
            begins, ends = map(timezone.localtime, (meeting.starts_at, meeting.ends_at))
            self.initial.update(
                day=begins.date(),
                begins=begins.time(),
                ends=ends.time(),
                place=meeting.place,
                link=meeting.link,
                chair=meeting.chair_id,
                members=[one.pk for one in people.filter(meetings__meeting=meeting)],
            )

    @property
    def edits_saved(self):
        return self.meeting is not None

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day < timezone.localdate():
            raise ValidationError(_("Choose today or a day to come."), code="past")
        if day < timezone.localdate(self.call.opens_at):
            message = _("The committee cannot meet before the call opens.")
            raise ValidationError(message, code="before")
        return day

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if "begins" in cleaned and "ends" in cleaned and cleaned["ends"] <= cleaned["begins"]:
            self.add_error("ends", ValidationError(_("It must end after it begins."), code="order"))
        if not cleaned.get("place") and not cleaned.get("link") and "link" not in self.errors:
            message = _("Say where it is: a place, a link to join online, or both.")
            self.add_error("place", ValidationError(message, code="required"))
        chair, members = cleaned.get("chair"), cleaned.get("members")
        if chair and members is not None and chair not in members:
            message = _("The chair is one of those invited.")
            self.add_error("chair", ValidationError(message, code="chair"))
        if cleaned.get("day") and cleaned.get("begins"):
            self.ask_confirmation({"day": doubt_with_tick(EARLY)} if self.is_early() else {})
        return cleaned

    def is_early(self):
        """True for another hour than the one of before, when applications can still be sent."""
        starts_at = make_instant(self.cleaned_data["day"], self.cleaned_data["begins"])
        is_same = self.meeting is not None and starts_at == self.meeting.starts_at
        return not is_same and starts_at < self.call.closes_at

    def details(self):
        """Return what was typed as the columns of a meeting, and its members."""
        cleaned = self.cleaned_data
        return {
            "starts_at": make_instant(cleaned["day"], cleaned["begins"]),
            "ends_at": make_instant(cleaned["day"], cleaned["ends"]),
            "place": cleaned["place"],
            "link": cleaned["link"],
            "chair": cleaned["chair"],
            "members": list(cleaned["members"]),
        }


def vote_field(label):
    return WholeField(label=label, min_value=0, max_value=100, required=False)


class CaseForm(forms.Form):
    """What a committee proposed, how it voted and what it decided of a case."""

    proposal = forms.ChoiceField(
        label=_("Proposal"), choices=[*BLANK, *Outcome.choices], required=False
    )
    votes_for = vote_field(_("Votes for"))
    votes_against = vote_field(_("Votes against"))
    abstentions = vote_field(_("Abstentions"))
    outcome = forms.ChoiceField(label=_("Decision"), choices=[*BLANK, *Outcome.choices])
    reason = forms.CharField(
        label=_("Reason (for the programme team and the minutes)"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    note = forms.CharField(
        label=_("Explanation for the applicant"),
        help_text=_("Needed where the application is not selected."),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("outcome") == Outcome.NOT_SELECT and not cleaned.get("note"):
            message = _("Say why: the applicant reads it.")
            self.add_error("note", ValidationError(message, code="required"))
        return cleaned


class MinutesForm(NoticesChanges, forms.Form):
    """The minutes of a meeting: what stands before the cases, of each case, and after them."""

    edits_saved = True

    def __init__(self, *args, meeting, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["chair"] = forms.ModelChoiceField(
            User.objects.filter(meetings__meeting=meeting),
            label=_("Chair, who signs the minutes"),
            initial=meeting.chair_id,
        )
        self.add_text("opening", _("Before the cases"), meeting.opening)
        for row in rows:
            words = f"{row.case.dossier.reference} · {row.case.dossier.heading}"
            self.add_text(f"case_{row.case.pk}", words, row.case.minutes)
        self.add_text("closing", _("After the cases"), meeting.closing)

    def add_text(self, name, label, text):
        self.fields[name] = forms.CharField(
            label=label,
            initial=text,
            required=False,
            max_length=10000,
            widget=forms.Textarea(attrs={"rows": 8}),
        )

    def details(self):
        """Return what was typed: the chair, opening and closing, {key of a case: its text}."""
        cleaned = self.cleaned_data
        texts = {
            int(name.removeprefix("case_")): text
            for name, text in cleaned.items()
            if name.startswith("case_")
        }
        return {name: cleaned[name] for name in ("chair", "opening", "closing")} | {"texts": texts}


class NoteForm(forms.Form):
    """Why a step is taken."""

    note = forms.CharField(
        label=_("Why"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
