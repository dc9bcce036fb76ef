"""Topics: which of the requested ones an offer declares."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.languages import join_names, join_parts
from connect.templatetags.look import amount
from matching.criterion import DeskCriterion
from matching.summaries import NAMED, join_reasons


def read_topics_asked(dossier, shared):
    return {"topics": {need.theme.code: need.importance for need in dossier.needs.all()}}


def read_topics_offered(row, shared):
    return {"topics": row["topics"]}


def describe_topics(facts, themes):
    """Describe the topics declared, and which points each of those requested earns."""
    phrases = [
        _("%(topic)s level %(level)d of 4") % {"topic": themes.get(code, code), "level": level}
        + count_points(facts, code)
        for code, level in facts["covered"].items()
    ]
    phrases += [
        _("a part for %s, of whose theme another topic is declared") % themes.get(code, code)
        + count_points(facts, code)
        for code in facts["missing"]
        if facts.get("worth", {}).get(code)
    ]
    phrases += [
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
        phrases.append(_("not among the topics of the offer: %s") % join_names(missing))
    return join_parts(phrases)


def count_points(facts, code):
    """Describe the points of a topic requested; "" of a ranking stored before they were told."""
    if "worth" not in facts or "weight" not in facts:
        return ""
    most = facts["weight"] * facts["asked"][code] / sum(facts["asked"].values())
    points = {"points": amount(most * facts["worth"][code], 1), "most": amount(most, 1)}
    return " " + _("(%(points)s of %(most)s points)") % points


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


def quote_topics(themes, codes):
    """Return the names of topics, each in quotation marks: some hold an “and”."""
    return join_reasons(_("“%s”") % themes.get(code, code) for code in codes[:NAMED])


def explain_topics_to_expert(facts, themes, value):
    covered = sorted(facts["covered"], key=lambda code: -facts["asked"].get(code, 0))
    if covered:
        yield True, _("your offer names %s") % quote_topics(themes, covered)
    elif facts["near"]:
        near = sorted(facts["near"], key=lambda code: -facts["near"][code])
        yield True, _("your offer names a related topic: %s") % quote_topics(themes, near)
    if facts["missing"]:
        yield (
            False,
            _("the request also asks for %s, which your offer does not name")
            % quote_topics(themes, facts["missing"]),
        )


def weight_of_topics(entry, quotation, agreed):
    return {"weight": entry["parts"]["topics"]["weight"]}


CRITERION = DeskCriterion(
    "topics",
    gettext_lazy("Topics"),
    describe_topics,
    sum_up_topics,
    read_topics_asked,
    read_topics_offered,
    has_colour=True,
    is_shared=True,
    explain_to_expert=explain_topics_to_expert,
    place_for_expert=0,
    more_facts=weight_of_topics,
)
