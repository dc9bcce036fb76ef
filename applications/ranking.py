"""What the committee has judged: a call's dossiers in the order of their points."""

from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from applications import assignment
from applications.assignment import lacks_reader, scores_needed
from applications.enums import Status
from applications.models import Dossier, DossierEvent
from connect.templatetags.look import amount

DECISIONS = ("validate", "overrule", "reserve", "not_select")


@dataclass(frozen=True)
class JudgedDossier:
    """One dossier at the meeting: its scores, what it still lacks, and what was decided."""

    dossier: Dossier
    totals: list[int]
    needed: int
    judges: int  # who may judge it, or did
    able: list  # members who may judge it now
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


def with_scores(judged, scores):
    """Return what was judged of a dossier with these scores alone."""
    scores = sorted(scores, key=lambda score: -score.total)
    comments = [word_comment(score) for score in scores if score.comment]
    return replace(judged, totals=[score.total for score in scores], comments=comments)


def dossiers_before_committee(call):
    """Return the dossiers of a call before the committee or decided by it."""
    decided = DossierEvent.objects.filter(dossier=OuterRef("pk"), verb__in=DECISIONS)
    judged = Q(status=Status.UNDER_SELECTION) | Q(Exists(decided))
    return Dossier.objects.filter(judged, call=call)


def list_ranking(call, reader):
    """List what an officer may read of what is judged in a call, the highest mean first."""
    rows = read_judged(dossiers_before_committee(call).for_officer(reader), call)
    return sorted(rows, key=lambda row: (-(row.mean or 0), row.dossier.reference))


def read_judged(dossiers, call):
    """Read what was judged of some dossiers of a call, in a fixed number of queries."""
    rows = []
    related = (
        *("scores", "conflicts__member", "opinions__association", "events__actor"),
        "assignments",
    )
    dossiers = dossiers.select_related("authority", "call")
    judged = list(dossiers.prefetch_related(*related).order_by("reference"))
    people, able = assignment.committee_members(), assignment.members_without_conflict(judged)
    for dossier in judged:
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
                able=able[dossier.pk],
                spare=[m for m in able[dossier.pk] if assigned and m.pk not in assigned],
                missing=assignment.missing_scorers(dossier, able[dossier.pk], judges),
                recused=sorted(member.name for member in declared | tied),
                opinions=list(dossier.opinions.all()),
                comments=[word_comment(score) for score in scores if score.comment],
                decision=decided[-1] if decided else None,
            )
        )
    return rows


def word_comment(score):
    words = {"total": amount(score.total), "comment": score.comment}
    return _("%(total)s: “%(comment)s”") % words
