"""Fair turn: how many exchanges an expert agreed to of late."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.criterion import EXPERT, DeskCriterion, SharedFact
from matching.models import Match

RECENT = timedelta(days=183)


def read_recent(today):
    return Match.objects.count_agreed(EXPERT, status_since__date__gt=today - RECENT)


def read_turns(row, shared):
    return {"recent": shared["recent"].get(row[EXPERT], 0)}


def describe_fair_turn(facts, themes):
    recent = facts["recent"] or 0
    if not recent:
        return _("No exchange agreed in the last six months")
    return _("Exchanges agreed in the last six months: %d") % recent


def sum_up_fair_turn(facts, themes, value):
    recent = facts["recent"] or 0
    words = ngettext(
        "agreed to %d exchange in the last six months",
        "agreed to %d exchanges in the last six months",
        recent,
    )
    return "", words % recent if recent else ""


CRITERION = DeskCriterion(
    "fair_turn",
    gettext_lazy("Balanced workload"),
    describe_fair_turn,
    sum_up_fair_turn,
    read_offer=read_turns,
    shared=(SharedFact("recent", EXPERT, read_recent),),
    explain_to_expert=None,
)
