"""Experience: years of work, missions, and how those helped rate it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.anonymity import FEW
from connect.languages import join_names
from connect.templatetags.look import amount
from matching.criterion import DeskCriterion

SEASONED = 10  # years of work that are told


def read_experience(row, shared):
    count, mean = row["expert__rating_count"], row["expert__rating_mean"]
    return {
        "years": row["expert__years"],
        "missions": row["expert__missions"],
        # Fewer say who they are; and a mean counts as it is said.
        "ratings": (count, round(float(mean), 1)) if count >= FEW else None,
    }


def describe_experience(facts, themes):
    parts = []
    if facts["years"] is not None:
        parts.append(ngettext("%d year", "%d years", facts["years"]) % facts["years"])
    if facts["missions"] is not None:
        parts.append(ngettext("%d mission", "%d missions", facts["missions"]) % facts["missions"])
    if facts["ratings"] is not None:
        count, mean = facts["ratings"]
        parts.append(
            _("%(mean)s of 5 from %(count)d people of authorities they helped")
            % {"mean": amount(mean, 1), "count": count}
        )
    return join_names(parts)


def sum_up_experience(facts, themes, value):
    years = facts["years"] or 0
    if years < SEASONED:
        return "", ""
    return ngettext("has %d year of experience", "has %d years of experience", years) % years, ""


CRITERION = DeskCriterion(
    "experience",
    gettext_lazy("Experience"),
    describe_experience,
    sum_up_experience,
    read_offer=read_experience,
    paths=(
        *("expert__years", "expert__missions"),
        *("expert__rating_count", "expert__rating_mean"),
    ),
    explain_to_expert=None,
)
