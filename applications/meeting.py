"""The committee's meeting: the call's dossiers in the order of their points, and the minutes."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import assignment
from applications.assignment import lacks_reader, scores_needed
from applications.enums import Status
from applications.models import Dossier, DossierEvent
from connect.dates import monday_of
from connect.documents import render_pdf
from connect.languages import join_names, join_parts
from connect.templatetags.look import amount

DECISIONS = ("validate", "overrule", "reserve", "not_select")
ONE_WEEK = timedelta(days=7)
TEMPLATE = Path(__file__).with_name("minutes.typ")


@dataclass(frozen=True)
class JudgedDossier:
    """One dossier at the meeting: its scores, what it still lacks, and what was decided."""

    dossier: Dossier
    totals: list[int]
    needed: int
    judges: int  # who may judge it, or did
    spare: list  # members who may read it too, where it was shared out to others
    missing: list  # members whose score it still waits for
    recused: list[str]
    opinions: list
    comments: list[str]  # each with its total, in the order of the totals, without names
    decision: object | None  # the event of the last decision

    @property
    def mean(self):
        return sum(self.totals) / len(self.totals) if self.totals else None

    @property
    def spread(self):
        return max(self.totals) - min(self.totals) if len(self.totals) > 1 else None

    @property
    def is_complete(self):
        return len(self.totals) >= self.needed

    @property
    def is_short(self):
        """True if fewer members may judge than the call asks for, and nothing is decided yet."""
        return self.decision is None and self.judges < self.dossier.call.quorum

    @property
    def is_stuck(self):
        """True if those who may judge are too few to decide, even together."""
        return self.decision is None and self.judges < self.needed

    @property
    def is_unsettled(self):
        """True if scores are far apart and no further member can settle them."""
        call = self.dossier.call
        wants = lacks_reader(self.totals, call.quorum, call.gap, self.judges)
        return self.decision is None and wants

    @property
    def reaches_threshold(self):
        return self.mean is not None and self.mean >= self.dossier.call.threshold


def dossiers_before_committee(call):
    """Return the dossiers of a call before the committee or decided by it."""
    decided = DossierEvent.objects.filter(dossier=OuterRef("pk"), verb__in=DECISIONS)
    judged = Q(status=Status.UNDER_SELECTION) | Q(Exists(decided))
    return Dossier.objects.filter(judged, call=call)


def is_neutral(call, reader):
    """True if no conflict of interest ties an officer to any dossier of a meeting."""
    dossiers = dossiers_before_committee(call)
    return dossiers.for_officer(reader).count() == dossiers.count()


def list_agenda(call, reader):
    """List what an officer may read of a call's meeting, the highest mean first."""
    rows = []
    related = (
        *("scores", "conflicts__member", "opinions__association", "events__actor"),
        "assignments",
    )
    dossiers = (
        dossiers_before_committee(call).for_officer(reader).select_related("authority", "call")
    )
    found = list(dossiers.prefetch_related(*related).order_by("reference"))
    people, able = assignment.committee_members(), assignment.members_without_conflict(found)
    for dossier in found:
        declared = {c.member for c in dossier.conflicts.all() if c.has_conflict}
        tied = {member for member in people if member not in able[dossier.pk]}
        free = {member.pk for member in able[dossier.pk]}
        judges = len(free.union(score.member_id for score in dossier.scores.all()))
        assigned = {one.member_id for one in dossier.assignments.all()}
        scores = sorted(dossier.scores.all(), key=lambda score: -score.total)
        totals = [score.total for score in scores]
        decided = [event for event in dossier.events.all() if event.verb in DECISIONS]
        rows.append(
            JudgedDossier(
                dossier=dossier,
                totals=totals,
                needed=scores_needed(totals, call.quorum, call.gap, judges),
                judges=judges,
                spare=[m for m in able[dossier.pk] if assigned and m.pk not in assigned],
                missing=assignment.missing_scorers(dossier, able[dossier.pk], judges),
                recused=sorted(member.name for member in declared | tied),
                opinions=list(dossier.opinions.all()),
                comments=[word_comment(score) for score in scores if score.comment],
                decision=decided[-1] if decided else None,
            )
        )
    return sorted(rows, key=lambda row: (-(row.mean or 0), row.dossier.reference))


def word_comment(score):
    return _("%(total)s: “%(comment)s”") % {"total": score.total, "comment": score.comment}


def is_of_meeting(row, met_on):
    """True for a dossier that waits, or was decided in a meeting's week or the seven days after."""
    if row.dossier.status == Status.UNDER_SELECTION or row.decision is None:
        return True
    return monday_of(met_on) <= timezone.localdate(row.decision.at) < met_on + ONE_WEEK


def decision_reason(decision):
    """Return the reason for a decision, as the applicant or the programme team reads it."""
    return decision.details.get("note") or decision.details.get("internal", "")


def check_meeting(call, met_on, reader):
    """Raise ValidationError where minutes of this day cannot be made, or not by this officer."""
    if met_on < timezone.localdate(call.opens_at):
        message = _("The committee cannot have met before the call opened.")
        raise ValidationError({"met_on": message})
    if met_on > timezone.localdate():
        message = _(
            "This day has not come yet: the minutes can be made once the committee has met."
        )
        raise ValidationError({"met_on": message})
    if not is_neutral(call, reader):
        message = _(
            "You have a conflict of interest with an application of this call. Ask a "
            "colleague who has none to write the minutes: only then are they "
            "complete."
        )
        raise ValidationError(message, code="conflict")


def minutes_row(row):
    """Return what the minutes say of a dossier."""
    return {
        "reference": row.dossier.reference,
        "title": str(row.dossier.heading),
        "authority": row.dossier.authority.place,
        "scores": " · ".join(map(amount, row.totals)) or "—",
        "mean": amount(row.mean, 1) or "—",
        "recused": join_names(row.recused),
        "opinions": join_parts(row.opinions),
        "comments": row.comments,
        "decision": str(row.decision.past) if row.decision else _("No decision yet"),
        "reason": decision_reason(row.decision) if row.decision else "",
        "decided": (
            date_format(timezone.localtime(row.decision.at), "DATE_FORMAT") if row.decision else ""
        ),
    }


def describe_selection(rows, every, met_on):
    """Describe which of a call's dossiers the minutes hold, and of how many."""
    words = _(
        "These minutes contain what is still to be decided and what was decided from "
        "%(first)s to %(last)s: %(count)d of the %(all)d applications of the call "
        "that went to the committee."
    )
    return words % {
        "first": date_format(monday_of(met_on), "DATE_FORMAT"),
        "last": date_format(
            min(met_on + ONE_WEEK - timedelta(days=1), timezone.localdate()), "DATE_FORMAT"
        ),
        "count": len(rows),
        "all": len(every),
    }


def minutes_pdf(call, *, met_on, present, remarks, reader):
    """Return the minutes of a meeting as PDF bytes, in the reader's language.

    Scores stand without names: who gave which is for staff alone. Minutes are whole or not made:
    ValidationError for an officer with a conflict of interest. They hold what was decided around
    the meeting, and what still waits: not what earlier and later meetings decided.
    """
    check_meeting(call, met_on, reader)
    every = list_agenda(call, reader)
    rows = [row for row in every if is_of_meeting(row, met_on)]
    data = {
        "lang": get_language()[:2],
        "heading": _("Minutes of the selection committee"),
        "call": str(call),
        "met": _("Met on %s") % date_format(met_on, "DATE_FORMAT"),
        "present_label": _("Present"),
        "present": join_names(present),
        "rule": _(
            "%(quorum)d scores per application, or those of all members who can "
            "judge it if there are fewer; one more if two are more than %(gap)d "
            "points apart; validated from a mean of %(threshold)d. Scores are shown "
            "without names."
        )
        % {"quorum": call.quorum, "gap": call.gap, "threshold": call.threshold},
        "labels": {
            "dossier": _("Application"),
            "scores": _("Scores"),
            "mean": _("Mean"),
            "decision": _("Decision"),
            "recused": _("Recused"),
            "opinions": _("Opinions of associations"),
            "comments": _("Comments of members"),
            "signatures": _("Signatures"),
            "chair": _("For the committee"),
            "secretary": _("For the secretariat"),
        },
        "chosen": describe_selection(rows, every, met_on),
        "rows": [minutes_row(row) for row in rows],
        "remarks": remarks,
        "nothing": _("No application went to the committee."),
    }
    return render_pdf(TEMPLATE, data)
