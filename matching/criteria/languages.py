"""Languages: which are spoken of those requested, and how well."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.languages import join_names, join_parts, language_within
from engine.model import LEVELS
from matching.criterion import DeskCriterion, choice_label
from matching.summaries import NAMED, join_reasons
from registry.enums import LANGUAGES, Level


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


def explain_languages_to_expert(facts, themes, value):
    enough: list[str] = []
    weak: list[str] = []
    for code, level in facts["common"].items():
        is_enough = LEVELS[level] >= LEVELS[facts["asked"][code]]
        (enough if is_enough else weak).append(language_within(code))
    if enough:
        yield True, _("you speak %s as requested") % join_reasons(enough)
    elif weak:
        yield False, _("you speak %s below the level requested") % join_reasons(weak)


CRITERION = DeskCriterion(
    "languages",
    gettext_lazy("Languages"),
    describe_languages,
    sum_up_languages,
    read_languages_asked,
    read_languages_offered,
    paths=("expert__languages",),
    has_colour=True,
    is_shared=True,
    explain_to_expert=explain_languages_to_expert,
    place_for_expert=2,
)
