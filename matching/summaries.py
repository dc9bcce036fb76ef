"""What speaks for a candidate and what against, in half a sentence a criterion.

Each is a predicate (“declares street lighting”) and follows from the facts that stand beside the
points: who has the same facts is summed up alike.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from connect.languages import join_names, language_within
from engine.criteria.peer import score_function
from engine.model import LEVELS
from matching.criterion import choice_label
from matching.places import count_times
from registry.enums import FunctionFamily

NAMED = 2  # topics that a sentence names
ALIKE, UNLIKE = 0.7, 0.4  # likeness of two places from which, and under which, it is told
MOST_TIMES = 5  # the inhabitants of a place from which it is told how many times they are more
# Who holds one may be in charge of any field.
ELECTED = {FunctionFamily.MAYOR, FunctionFamily.COUNCILLOR}
SEASONED = 10  # years of work that are told
MOST_FOR, MOST_AGAINST = 3, 2  # reasons in a sentence


def join_reasons(reasons):
    """Join predicates: with commas, and the last by “and”."""
    reasons = [str(reason) for reason in reasons]
    if len(reasons) < 2:
        return "".join(reasons)
    # Translators: between the last two parts of a list: “speaks French and has led projects”
    return pgettext("last of a list", "%(some)s and %(last)s") % {
        "some": join_names(reasons[:-1]),
        "last": reasons[-1],
    }


def sum_up(name, reasons, *, is_whole=True):
    """Return one sentence on a candidate, of [(for, against)] with what weighs most first.

    is_whole: of all criteria, so that it can be said that none is against.
    """
    good = [one for one, _other in reasons if one][:MOST_FOR]
    bad = [other for _one, other in reasons if other][:MOST_AGAINST]
    words = {"name": name, "good": join_reasons(good), "bad": join_reasons(bad)}
    if good and bad:
        return _("%(name)s %(good)s, but %(bad)s.") % words
    if good and not is_whole:
        return _("%(name)s %(good)s.") % words
    if good:
        return _("%(name)s %(good)s; no criterion speaks against it.") % words
    return _("%(name)s %(bad)s.") % words if bad else ""


def quote_topics(themes, codes):
    """Return the names of topics, each in quotation marks: some hold an “and”."""
    return join_reasons(_("“%s”") % themes.get(code, code) for code in codes[:NAMED])


def sum_up_topics(facts, themes, value):
    covered, near = (
        sorted(facts[name], key=lambda code: -facts[name][code]) for name in ("covered", "near")
    )
    if covered:
        lacking = quote_topics(themes, facts["missing"])
        against = _("does not declare %s in this offer") % lacking if lacking else ""
        return _("declares %s") % quote_topics(themes, covered), against
    if near:
        words = ngettext(
            "declares only another topic of the same theme (%s)",
            "declares only other topics of the same theme (%s)",
            len(near),
        )
        return "", words % quote_topics(themes, near)
    return "", _("declares none of the topics requested")


def sum_up_text(facts, themes, value):
    state = facts.get("state")
    if state == "pair":
        return _("writes about what the need asks for"), ""
    return "", _("writes no sentence close to the need") if state == "none" else ""


def sum_up_peer(facts, themes, value):
    """A field of work speaks for somebody whose topics or text are close to the request as well."""
    held, asked = facts["function"], facts["asked"]
    if not held or not asked:
        return "", ""
    name, requested = (choice_label(FunctionFamily, one) for one in (held, asked))
    if not score_function(asked, held):
        words = (
            _(
                "holds an elected office, which tells no field of work (%(held)s; requested: "
                "%(asked)s)"
            )
            if held in ELECTED
            else _("works in another field (%(held)s; requested: %(asked)s)")
        )
        return "", words % {"held": name, "asked": requested}
    if not facts.get("is_supported", True):
        return "", ""
    if held == asked:
        return _("works in the same field (%s)") % name, ""
    return _("works in a related field (%s)") % name, ""


def sum_up_context(facts, themes, value):
    times = count_times(facts)
    if times > MOST_TIMES:
        words = (
            _("works in a place about %d times larger")
            if facts["population"] > facts["asked_population"]
            else _("works in a place about %d times smaller")
        )
        return "", words % round(times)
    if value >= ALIKE:
        return _("works in a similar place"), ""
    return "", _("works in a different kind of place") if value < UNLIKE else ""


def sum_up_languages(facts, themes, value):
    common = {
        code: LEVELS[level] >= LEVELS[facts["asked"][code]]
        for code, level in facts["common"].items()
    }
    spoken = [language_within(code) for code, is_enough in common.items() if is_enough]
    if spoken:
        return _("speaks %s as asked") % join_reasons(spoken[:NAMED]), ""
    if common:
        weak = join_names(language_within(code) for code in common)
        return "", _("speaks %s below the level asked") % weak
    return "", _("has no language in common with what is asked")


def sum_up_experience(facts, themes, value):
    years = facts["years"] or 0
    if years < SEASONED:
        return "", ""
    return ngettext("has %d year of experience", "has %d years of experience", years) % years, ""


def sum_up_availability(facts, themes, value):
    free, asked = facts.get("free_days"), facts.get("asked_days") or 1
    if free is None or free >= asked:
        return "", ""
    return "", _("is not available for as many days as requested")


def sum_up_ties(facts, themes, value):
    return (
        (_("works for an authority that worked with the applicant before"), "")
        if value
        else ("", "")
    )


def sum_up_fair_turn(facts, themes, value):
    recent = facts["recent"] or 0
    words = ngettext(
        "agreed to %d exchange in the last six months",
        "agreed to %d exchanges in the last six months",
        recent,
    )
    return "", words % recent if recent else ""
