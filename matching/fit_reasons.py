"""Why a request fits an expert, in words to them: the reasons of the desk read the other way.

Of a request no more is told than anybody reads on its page: what the applicant prefers of sizes and
countries is not, and of the texts only that they are close.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.languages import language_within
from engine.criteria.peer import score_function
from engine.model import LEVELS
from matching.criteria import CRITERIA
from matching.criteria.context import ALIKE, MOST_TIMES, count_times
from matching.criteria.peer import ELECTED
from matching.criteria.topics import quote_topics
from matching.criterion import choice_label
from matching.reasons import is_field_supported
from matching.summaries import join_reasons
from registry.enums import FunctionFamily

CLOSE = 0.5  # likeness of texts from which they are told as close


@dataclass(frozen=True)
class Reason:
    """One ground: the criterion's name, in favour or against, and one sentence."""

    name: str
    is_for: bool
    words: str


def describe_fit(entry, themes):
    """List the grounds of a saved entry, what speaks for it first."""
    found = []
    for key, describe in DESCRIBED.items():
        part = entry["parts"].get(key)
        if part is None or part["value"] is None or not part["weight"]:
            continue
        facts = part["evidence"]
        if key == "peer":
            facts = facts | {"is_supported": is_field_supported(entry)}
        said = describe(facts, themes, part["value"])
        found += [Reason(str(CRITERIA[key].name), is_for, words) for is_for, words in said]
    return sorted(found, key=lambda reason: not reason.is_for)


def describe_topics(facts, themes, value):
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


def describe_text(facts, themes, value):
    if value >= CLOSE:
        yield True, _("the description of your offer is close to that of the problem")


def describe_peer(facts, themes, value):
    held, asked = facts["function"], facts["asked"]
    if not held or not asked:
        return
    name, requested = (choice_label(FunctionFamily, one) for one in (held, asked))
    if not score_function(asked, held):
        if held not in ELECTED:
            words = _("%(asked)s is requested; you work in another field (%(held)s)")
            yield False, words % {"asked": requested, "held": name}
    elif not facts["is_supported"]:
        return
    elif held == asked:
        yield True, _("%s, as requested") % name
    else:
        words = _("%(held)s is close to what is requested (%(asked)s)")
        yield True, words % {"held": name, "asked": requested}


def describe_place(facts, themes, value):
    if {"asked_sizes", "country_wished"} & facts.keys():  # wishes, which are not published
        return
    if (times := count_times(facts)) > MOST_TIMES:
        words = (
            _("your authority is about %d times larger")
            if facts["population"] > facts["asked_population"]
            else _("your authority is about %d times smaller")
        )
        yield False, words % round(times)
    elif value >= ALIKE:
        yield True, _("the applicant is similar to your authority")


def describe_languages(facts, themes, value):
    enough: list[str] = []
    weak: list[str] = []
    for code, level in facts["common"].items():
        is_enough = LEVELS[level] >= LEVELS[facts["asked"][code]]
        (enough if is_enough else weak).append(language_within(code))
    if enough:
        yield True, _("you speak %s as requested") % join_reasons(enough)
    elif weak:
        yield False, _("you speak %s below the level requested") % join_reasons(weak)


def describe_dates(facts, themes, value):
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


DESCRIBED = {
    "topics": describe_topics,
    "peer": describe_peer,
    "languages": describe_languages,
    "availability": describe_dates,
    "context": describe_place,
    "text": describe_text,
}
