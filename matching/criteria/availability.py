"""Availability: the days that are free of those requested."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.languages import join_parts
from matching.criterion import DeskCriterion
from registry.exchange_forms import EXCHANGE_FORMS


def read_days_asked(dossier, shared):
    has_window = dossier.starts_on and dossier.ends_on
    travels = all(EXCHANGE_FORMS[form].travelling_side == "offering" for form in dossier.forms)
    return {
        "window": (dossier.starts_on, dossier.ends_on) if has_window else None,
        "closed": tuple(dossier.closed_periods()),
        "days": dossier.days,
        # Where one of the forms is at the expert's own place, nobody need be away for so long.
        "days_away": dossier.days if dossier.forms and travels else None,
        "asked_on": shared["today"],
    }


def read_days_offered(row, shared):
    return {
        "available": tuple(row["windows"]) or None,
        "max_days": row["expert__max_days"],
        "notice_weeks": row["expert__notice_weeks"],
    }


def describe_availability(facts, themes):
    if "free_days" not in facts:
        return ""
    free, asked = facts["free_days"], facts["asked_days"] or 1
    there = ngettext("free on %d day of the period", "free on %d days of the period", free) % free
    needed = ngettext("%d is asked", "%d are asked", asked) % asked
    if weeks := facts.get("notice_weeks"):
        there += " " + ngettext("with %d week of notice", "with %d weeks of notice", weeks) % weeks
    how = _("the points go by the share of the period that is free")
    return join_parts([f"{there}, {needed}", how])


def sum_up_availability(facts, themes, value):
    free, asked = facts.get("free_days"), facts.get("asked_days") or 1
    if free is None or free >= asked:
        return "", ""
    return "", _("is not available for as many days as requested")


def explain_dates_to_expert(facts, themes, value):
    if "free_days" not in facts:
        return
    free, asked = facts["free_days"], facts["asked_days"] or 1
    if free >= asked:
        words = ngettext(
            "you are available for the %d day requested",
            "you are available for the %d days requested",
            asked,
        )
        yield True, words % asked
    else:
        yield False, _("you are not available for as many days as requested")


CRITERION = DeskCriterion(
    "availability",
    gettext_lazy("Availability"),
    describe_availability,
    sum_up_availability,
    read_days_asked,
    read_days_offered,
    paths=("expert__max_days", "expert__notice_weeks"),
    unknown=lambda facts: _("this offer gives no dates"),
    explain_to_expert=explain_dates_to_expert,
    place_for_expert=3,
)
