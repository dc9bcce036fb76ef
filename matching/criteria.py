"""The desk's side of each criterion: what feeds it from the database, how its facts are said.

The other side, how it scores, is a module of `engine/criteria/`. A test walks all criteria, and
fails where one is not fed from a real row or not put in words.
"""

from datetime import timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.enums import RoleWanted
from connect.anonymity import FEW
from connect.languages import join_names, join_parts
from connect.templatetags.look import amount
from engine.criteria.peer import score_function
from matching import summaries
from matching.criterion import (
    AUTHORITY,
    COUNTRY,
    EXPERT,
    DeskCriterion,
    SharedFact,
    choice_label,
)
from matching.enums import MatchStatus
from matching.models import Match
from matching.places import (
    describe_context,
    describe_uncompared,
    read_incomes,
    read_place_asked,
    read_place_offered,
)
from matching.quotations import describe_text
from matching.ties import describe_ties, read_ties
from registry.enums import (
    LANGUAGES,
    FunctionFamily,
    Level,
    RoleType,
)
from registry.exchange_forms import EXCHANGE_FORMS

RECENT = timedelta(days=183)


def count_agreed(path, **when):
    """Count agreed matches an offer, or an expert, whichever of their offers it was about.

    of: the column of an interest; {its value: number}.
    """
    column = f"interests__{path}"
    living = Match.objects.filter(status=MatchStatus.AGREED, **when).exclude(**{column: None})
    counted = living.order_by().values_list(column).annotate(number=Count("pk", distinct=True))
    return dict(counted)


# Topics


def read_topics_asked(dossier, shared):
    return {"topics": {need.theme.code: need.importance for need in dossier.needs.all()}}


def read_topics_offered(row, shared):
    return {"topics": row["topics"]}


def describe_topics(facts, themes):
    """Describe the topics declared, and which points each of those requested earns."""
    found = [
        _("%(topic)s level %(level)d of 4") % {"topic": themes.get(code, code), "level": level}
        + count_points(facts, code)
        for code, level in facts["covered"].items()
    ]
    found += [
        _("a part for %s, of whose theme another topic is declared") % themes.get(code, code)
        + count_points(facts, code)
        for code in facts["missing"]
        if facts.get("worth", {}).get(code)
    ]
    found += [
        _("theme %(theme)s: %(topic)s level %(level)d of 4")
        % {
            "theme": themes.get(code.split("/")[0], code.split("/")[0]),
            "topic": themes.get(code, code),
            "level": level,
        }
        for code, level in facts["near"].items()
    ]
    missing = [str(themes.get(code, code)) for code in facts["missing"]]
    if missing:
        found.append(_("not among the topics of the offer: %s") % join_names(missing))
    return join_parts(found)


def count_points(facts, code):
    """Describe the points of a topic requested; "" of a ranking stored before they were told."""
    if "worth" not in facts or "weight" not in facts:
        return ""
    most = facts["weight"] * facts["asked"][code] / sum(facts["asked"].values())
    points = {"points": amount(most * facts["worth"][code], 1), "most": amount(most, 1)}
    return " " + _("(%(points)s of %(most)s points)") % points


# Text


def read_text_asked(dossier, shared):
    texts = [dossier.title, dossier.problem, dossier.objective, *dossier.specific_objectives]
    texts += [need.text for need in dossier.needs.all()]
    return {"text": "\n".join(text for text in texts if text), "language": dossier.language}


def read_text_offered(row, shared):
    return {"text": row["words"], "language": row["language"]}


# Peer


def read_peer_asked(dossier, shared):
    return {"role": dossier.role_wanted or None, "function": dossier.function or None}


def read_peer_offered(row, shared):
    return {"role": row["expert__role_type"] or None, "function": row["expert__function"] or None}


def describe_peer(facts, themes):
    """Describe field of work and role beside those that are requested."""
    held, asked = facts["function"], facts["asked"]
    label = held and choice_label(FunctionFamily, held)
    parts = [put_beside(label, asked and choice_label(FunctionFamily, asked))] if held else []
    if asked and not held:
        requested = choice_label(FunctionFamily, asked)
        parts.append(_("field of work unknown (requested: %s)") % requested)
    elif held and asked and held != asked and score_function(asked, held):
        parts.append(_("a related field"))
    elif held in summaries.ELECTED and asked and held != asked:
        parts.append(_("an elected office is not counted as a field of work"))
    if facts["role"] and "asked_role" in facts:
        wanted = facts["asked_role"]
        roles = RoleWanted if wanted == RoleWanted.BOTH else RoleType
        asked_role = wanted and choice_label(roles, wanted)
        parts.append(put_beside(choice_label(RoleType, facts["role"]), asked_role))
    elif facts["role"]:
        parts.append(choice_label(RoleType, facts["role"]))
    is_supported = facts.get("is_supported", True) or "asked_role" not in facts  # stored before
    if held and asked and score_function(asked, held) and not is_supported:
        parts.append(_("fewer points, as no topic requested is declared and the text is not close"))
    return join_parts(parts)


def put_beside(held, asked):
    """Put what somebody is beside what is requested: one word where it is the same."""
    if not asked:
        return held
    if held == asked:
        return _("%s, as requested") % held
    return _("%(held)s (requested: %(asked)s)") % {"held": held, "asked": asked}


# Languages


def read_languages_asked(dossier, shared):
    return {"languages": dict(dossier.languages)}


def read_languages_offered(row, shared):
    return {"languages": row["expert__languages"]}


def describe_languages(facts, themes):
    parts = [
        _("%(language)s %(level)s, %(asked)s requested")
        % {
            "language": LANGUAGES.get(code, code),
            "level": choice_label(Level, level),
            "asked": choice_label(Level, facts["asked"][code]),
        }
        for code, level in facts["common"].items()
    ]
    if not parts:
        return _("No common language")
    how = _("half of the points at the level asked, all for a first language")
    return join_parts([join_names(parts), how])


# Experience


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


# Availability


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


# Ties


def read_ties_of_offer(row, shared):
    """Read the ties of an offer's authority; of the one that asks, an answer's own word."""
    found = shared["ties"].get(row[AUTHORITY], {})
    if "partnership" not in row:  # an offer of the registry
        return found
    ties, no_ties = ({*found.get(name, ())} - {row["asks"]} for name in ("ties", "no_ties"))
    (ties if row["partnership"] else no_ties).add(row["asks"])
    return found | {"ties": tuple(sorted(ties)), "no_ties": tuple(sorted(no_ties))}


# Fair turn


def read_recent(today):
    return count_agreed(EXPERT, status_since__date__gt=today - RECENT)


def read_turns(row, shared):
    return {"recent": shared["recent"].get(row[EXPERT], 0)}


def describe_fair_turn(facts, themes):
    recent = facts["recent"] or 0
    if not recent:
        return _("No exchange agreed in the last six months")
    return _("Exchanges agreed in the last six months: %d") % recent


# In the order of the pages
CRITERIA = {
    one.key: one
    for one in (
        DeskCriterion(
            "topics",
            gettext_lazy("Topics"),
            describe_topics,
            summaries.sum_up_topics,
            read_topics_asked,
            read_topics_offered,
            has_colour=True,
            is_shared=True,
        ),
        DeskCriterion(
            "text",
            gettext_lazy("Text"),
            describe_text,
            summaries.sum_up_text,
            read_text_asked,
            read_text_offered,
            has_colour=True,
            is_shared=True,
        ),
        DeskCriterion(
            "peer",
            gettext_lazy("Field of work"),
            describe_peer,
            summaries.sum_up_peer,
            read_peer_asked,
            read_peer_offered,
            paths=("expert__role_type", "expert__function"),
            has_colour=True,
            is_shared=True,
        ),
        DeskCriterion(
            "context",
            gettext_lazy("Similar authority"),
            describe_context,
            summaries.sum_up_context,
            read_place_asked,
            read_place_offered,
            paths=(
                *(COUNTRY, "expert__authority__population"),
                *("expert__authority__tier", "expert__authority__geography"),
            ),
            shared=(SharedFact("incomes", COUNTRY, read_incomes),),
            unknown=describe_uncompared,
            has_colour=True,
            is_shared=True,
        ),
        DeskCriterion(
            "languages",
            gettext_lazy("Languages"),
            describe_languages,
            summaries.sum_up_languages,
            read_languages_asked,
            read_languages_offered,
            paths=("expert__languages",),
            has_colour=True,
            is_shared=True,
        ),
        DeskCriterion(
            "experience",
            gettext_lazy("Experience"),
            describe_experience,
            summaries.sum_up_experience,
            read_offer=read_experience,
            paths=(
                *("expert__years", "expert__missions"),
                *("expert__rating_count", "expert__rating_mean"),
            ),
        ),
        DeskCriterion(
            "availability",
            gettext_lazy("Availability"),
            describe_availability,
            summaries.sum_up_availability,
            read_days_asked,
            read_days_offered,
            paths=("expert__max_days", "expert__notice_weeks"),
            unknown=lambda facts: _("this offer gives no dates"),
        ),
        DeskCriterion(
            "ties",
            gettext_lazy("Earlier contacts"),
            describe_ties,
            summaries.sum_up_ties,
            read_offer=read_ties_of_offer,
            paths=(AUTHORITY,),
            shared=(SharedFact("ties", AUTHORITY, read_ties),),
            unknown=lambda facts: _("nobody was asked, and no exchange was agreed here"),
        ),
        DeskCriterion(
            "fair_turn",
            gettext_lazy("Balanced workload"),
            describe_fair_turn,
            summaries.sum_up_fair_turn,
            read_offer=read_turns,
            shared=(SharedFact("recent", EXPERT, read_recent),),
        ),
    )
}
