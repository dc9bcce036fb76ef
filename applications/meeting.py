"""The committee's meeting: the call's dossiers in the order of their points, and the minutes."""

from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.assignment import scores_needed
from applications.enums import Status
from applications.models import Dossier
from connect.documents import pdf
from connect.wording import EVENTS

DECISIONS = ("validate", "overrule", "reserve", "not_select")
TEMPLATE = Path(__file__).with_name("minutes.typ")


@dataclass(frozen=True)
class Judged:
    """One dossier at the meeting: its scores, what it still lacks, and what was decided."""

    dossier: Dossier
    totals: list[int]
    needed: int
    recused: list[str]
    opinions: list
    decision: object | None  # the event of the last decision

    @property
    def mean(self):
        return sum(self.totals) / len(self.totals) if self.totals else None

    @property
    def spread(self):
        return max(self.totals) - min(self.totals) if len(self.totals) > 1 else 0

    @property
    def is_complete(self):
        return len(self.totals) >= self.needed

    @property
    def reaches(self):
        return self.mean is not None and self.mean >= self.dossier.call.threshold


def agenda(call):
    """List the dossiers before the committee or decided by it, the highest mean first."""
    dossiers = Dossier.objects.filter(call=call)
    dossiers = dossiers.filter(status=Status.UNDER_SELECTION) | dossiers.filter(
        events__verb__in=DECISIONS
    )
    rows = []
    related = ("scores", "conflicts__member", "opinions__association", "events__actor")
    found = dossiers.distinct().select_related("authority", "call").prefetch_related(*related)
    for dossier in found.order_by("reference"):
        totals = sorted((score.total for score in dossier.scores.all()), reverse=True)
        decided = [event for event in dossier.events.all() if event.verb in DECISIONS]
        rows.append(
            Judged(
                dossier=dossier,
                totals=totals,
                needed=scores_needed(totals, call.quorum, call.gap),
                recused=[c.member.name for c in dossier.conflicts.all() if c.has_conflict],
                opinions=list(dossier.opinions.all()),
                decision=decided[-1] if decided else None,
            )
        )
    return sorted(rows, key=lambda row: (-(row.mean or 0), row.dossier.reference))


def minutes(call, *, met_on, present, remarks):
    """Return the minutes of a meeting as PDF bytes, in the reader's language.

    Scores stand without names: who gave which is for staff alone.
    """
    rows = [
        {
            "reference": row.dossier.reference,
            "title": str(row.dossier.heading),
            "authority": row.dossier.authority.place,
            "scores": " · ".join(map(str, row.totals)) or "—",
            "mean": f"{row.mean:.1f}" if row.mean is not None else "—",
            "recused": ", ".join(row.recused),
            "opinions": "; ".join(str(opinion) for opinion in row.opinions),
            "decision": str(EVENTS[row.decision.verb]) if row.decision else _("No decision yet"),
            "reason": row.decision.details.get("note", "") if row.decision else "",
            "decided": (
                date_format(timezone.localtime(row.decision.at), "DATE_FORMAT")
                if row.decision
                else ""
            ),
        }
        for row in agenda(call)
    ]
    data = {
        "lang": get_language()[:2],
        "heading": _("Minutes of the selection committee"),
        "call": call.title,
        "met": _("Met on %s") % date_format(met_on, "DATE_FORMAT"),
        "present_label": _("Present"),
        "present": present,
        "rule": _(
            "%(quorum)d scores a dossier, one more where two lie more than %(gap)d points apart; "
            "validated from a mean of %(threshold)d. Scores stand without names."
        )
        % {"quorum": call.quorum, "gap": call.gap, "threshold": call.threshold},
        "labels": {
            "dossier": _("Dossier"),
            "scores": _("Scores"),
            "mean": _("Mean"),
            "decision": _("Decision"),
            "recused": _("Recused"),
            "opinions": _("Opinions of associations"),
            "signatures": _("Signatures"),
            "chair": _("For the committee"),
            "secretary": _("For the secretariat"),
        },
        "rows": rows,
        "remarks": remarks,
        "nothing": _("No dossier was before the committee."),
    }
    return pdf(TEMPLATE, data)
