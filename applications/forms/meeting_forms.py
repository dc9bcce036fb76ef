"""A meeting of the committee as staff plan it, decide its cases and write its minutes."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.assignment import committee_members
from applications.enums import MeetingStatus, Outcome
from applications.models import MeetingMember
from connect.fields import BLANK, get_field
from connect.hours import HourField
from connect.languages import join_names
from connect.numbers import WholeField
from connect.pasted_values import LONGEST_ADDRESS, DayField, LineField, PageField
from connect.stale_forms import StaleFormMixin
from connect.unlikely_values import ConfirmedDoubtsMixin, doubt_with_tick

MOST_WORDS = 2000
EARLY = _("The call is still open then: applications that are sent later miss this meeting.")
BEGUN = _("It has begun already: whoever is invited learns of it only now.")
MEANT = _("If this is intended, tick “This is intended” below and send it again.")


def make_instant(day, hour):
    """Return the instant of a day and an hour in Brussels."""
    return timezone.make_aware(datetime.combine(day, hour))


class MeetingForm(ConfirmedDoubtsMixin, StaleFormMixin, forms.Form):
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
            starts_at = make_instant(cleaned["day"], cleaned["begins"])
            ends_at = make_instant(cleaned["day"], cleaned.get("ends") or cleaned["begins"])
            self.ask_about_hours(starts_at, ends_at)
        return cleaned

    def ask_about_hours(self, starts_at, ends_at):
        """Refuse hours that are over, and ask about unlikely ones, unless it begins as before."""
        now, doubts = timezone.now(), {}
        is_same = self.meeting is not None and starts_at == self.meeting.starts_at
        if not is_same and ends_at <= now and "ends" not in self.errors:
            self.add_error("ends", ValidationError(_("This hour is over."), code="past"))
        if not is_same and starts_at < self.call.closes_at:
            doubts["day"] = doubt_with_tick(EARLY)
        if not is_same and starts_at <= now < ends_at:
            doubts["begins"] = f"{BEGUN} {MEANT}"
        if busy := self.list_busy(starts_at, ends_at, is_same):
            words = _("Invited to another meeting at that hour: %s.") % join_names(busy)
            doubts["members"] = f"{words} {MEANT}"
        self.ask_confirmation(doubts)

    def list_busy(self, starts_at, ends_at, is_same):
        """List those newly asked for these hours who are invited to another meeting then."""
        others = MeetingMember.objects.filter(
            meeting__status=MeetingStatus.PLANNED,
            meeting__starts_at__lt=ends_at,
            meeting__ends_at__gt=starts_at,
            member__in=self.cleaned_data.get("members") or [],
        ).exclude(comes=False)
        if self.meeting:
            others = others.exclude(meeting=self.meeting)
        if is_same:
            others = others.exclude(member__meetings__meeting=self.meeting)
        return list(
            others.order_by("member__name").values_list("member__name", flat=True).distinct()
        )

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


def doubt_vote(proposal, outcome, votes):
    """Return why a vote does not carry what was decided; "" where it does.

    votes: for, against, abstentions. The vote is on the proposal, or else on the decision.

    >>> doubt_vote("validate", "validate", (2, 1, 0)), doubt_vote("validate", "reserve", (1, 2, 0))
    ('', '')
    """
    yes, no, abstained = votes
    if proposal and outcome != proposal:
        return _("The proposal has more votes for than against.") if yes > no else ""
    if outcome == Outcome.POSTPONE or yes > no + abstained:
        return ""
    if yes < no:
        return _("More members voted against than for.")
    return _("It is a tie.") if yes == no else _("Not more than half voted for.")


class CaseForm(ConfirmedDoubtsMixin, forms.Form):
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
        votes = [cleaned.get(name) for name in ("votes_for", "votes_against", "abstentions")]
        if cleaned.get("outcome") and None not in votes:
            words = doubt_vote(cleaned.get("proposal"), cleaned["outcome"], votes)
            sentence = _("The vote and the decision differ: %s")
            self.ask_confirmation({"outcome": f"{sentence % words} {MEANT}"} if words else {})
        return cleaned


class MinutesForm(StaleFormMixin, forms.Form):
    """The minutes of a meeting: what stands before the cases, of each case, and after them."""

    edits_saved = True

    def __init__(self, *args, meeting, rows, **kwargs):
        super().__init__(*args, **kwargs)
        present = User.objects.filter(meetings__meeting=meeting, meetings__is_present=True)
        self.fields["chair"] = forms.ModelChoiceField(
            present, label=_("Chair, who signs the minutes"), initial=meeting.chair_id
        )
        self.fields["deputy"] = forms.ModelChoiceField(
            present,
            label=_("Who signs for the cases that the chair left"),
            help_text=_("Needed where the chair has a conflict of interest in one of them."),
            initial=meeting.deputy_id,
            required=False,
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

    def clean(self):
        super().clean()
        answers = self.cleaned_data
        if answers.get("deputy") and answers["deputy"] == answers.get("chair"):
            message = _("Choose another member than the chair.")
            self.add_error("deputy", ValidationError(message, code="same"))
        return answers

    def details(self):
        """Return what was typed: who signs, opening and closing, {key of a case: its text}."""
        cleaned = self.cleaned_data
        texts = {
            int(name.removeprefix("case_")): text
            for name, text in cleaned.items()
            if name.startswith("case_")
        }
        names = ("chair", "deputy", "opening", "closing")
        return {name: cleaned[name] for name in names} | {"texts": texts}


class NoteForm(forms.Form):
    """Why a step is taken."""

    note = forms.CharField(
        label=_("Why"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
