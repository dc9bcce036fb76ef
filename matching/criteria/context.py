"""Context: two places beside each other, and how it is said how alike they are."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import SizeBand
from connect.languages import join_names, join_parts
from connect.templatetags.look import amount
from matching.criterion import COUNTRY, DeskCriterion, SharedFact, choice_label
from registry.enums import Geography, IncomeLevel, Tier
from registry.models import Income

ALIKE, UNLIKE = 0.7, 0.4  # likeness of two places from which, and under which, it is told
MOST_TIMES = 5  # the inhabitants of a place from which it is told how many times they are more
LIMITING = 3  # times the inhabitants from which the size limits how alike two places are


def read_incomes(today):
    return {str(row.country): row.level for row in Income.objects.all()}


def read_place_asked(dossier, shared):
    authority = dossier.authority
    return {
        "population": authority.population,
        "tier": authority.tier,
        "geography": tuple(dossier.geography or authority.geography),
        "own_geography": tuple(authority.geography),
        "income": shared["incomes"].get(str(authority.country)),
        "sizes": tuple(SizeBand(band).bounds for band in dossier.sizes),
        "wished_countries": tuple(dossier.preferred_countries),
    }


def read_place_offered(row, shared):
    return {
        "population": row["expert__authority__population"],
        "tier": row["expert__authority__tier"],
        "geography": tuple(row["expert__authority__geography"]),
        "income": shared["incomes"].get(row[COUNTRY]),
    }


def describe_context(facts, themes):
    """Describe a place with the applicant's own beside it, so that a reader can compare them."""
    parts = [
        describe_size(facts),
        put_beside_ours(*(label_kind(facts.get(name)) for name in ("tier", "asked_tier"))),
        describe_area(facts),
        put_beside_ours(*(label_income(facts.get(name)) for name in ("income", "asked_income"))),
    ]
    if "country_wished" in facts:
        is_wished = facts["country_wished"]
        parts.append(_("a preferred country") if is_wished else _("not a preferred country"))
    if is_limited(facts):
        parts.append(_("the difference in size limits these points"))
    return join_parts([part for part in parts if part])


def describe_uncompared(facts):
    """Describe why two places are not compared."""
    if facts.get("is_compared", True):
        return _("unknown")
    words = _("%(theirs)s, not compared with %(ours)s")
    return words % {"theirs": label_kind(facts["tier"]), "ours": label_kind(facts["asked_tier"])}


def describe_size(facts):
    """Describe the inhabitants beside the applicant's, or beside the sizes that are preferred."""
    theirs, ours = facts["population"], facts["asked_population"]
    if wished := facts.get("asked_sizes"):
        sizes = join_names(label_sizes(tuple(bounds)) for bounds in wished)
        if not theirs:
            return _("inhabitants unknown (preferred: %s)") % sizes
        words = _("%(theirs)s inhabitants (preferred: %(sizes)s)")
        return words % {"theirs": amount(theirs), "sizes": sizes}
    if not facts.get("is_counted", True):
        return ""
    if not theirs:
        return _("inhabitants unknown (applicant: %s)") % amount(ours) if ours else ""
    if not ours:
        return _("%s inhabitants") % amount(theirs)
    words = _("%(theirs)s inhabitants (applicant: %(ours)s)")
    return words % {"theirs": amount(theirs), "ours": amount(ours)}


def count_times(facts):
    """Return how many times the inhabitants of one place are those of the other: 1 where they do
    not count, or a size is preferred."""
    theirs, ours = facts["population"], facts["asked_population"]
    is_counted = facts.get("is_counted", True) and theirs and ours
    if not is_counted or "size_wished" in facts:
        return 1
    return max(theirs / ours, ours / theirs)


def is_limited(facts):
    return count_times(facts) > LIMITING or facts.get("size_wished") is False


def put_beside_ours(theirs, ours):
    """Put a fact of a place beside the applicant's: one word where it is the same."""
    if not theirs or not ours:
        return theirs
    if theirs == ours:
        return _("%s, like the applicant") % theirs
    return _("%(theirs)s (applicant: %(ours)s)") % {"theirs": theirs, "ours": ours}


def describe_area(facts):
    """Describe surroundings beside all of the applicant's, and beside those that should be in
    common where these are not the same."""
    theirs, asked = facts.get("geography"), facts.get("asked_geography") or ()
    ours = facts.get("own_geography", asked)  # of a ranking made before: none is told apart
    area, wished = label_area(theirs), label_area(asked)
    if not asked or sorted(ours) == sorted(asked):
        return put_beside_ours(area, wished)
    if not area:
        return ""
    if not ours:
        return _("%(held)s (requested: %(asked)s)") % {"held": area, "asked": wished}
    words = _("%(theirs)s (applicant: %(ours)s; requested: %(asked)s)")
    return words % {"theirs": area, "ours": label_area(ours), "asked": wished}


def label_kind(tier):
    return choice_label(Tier, tier) if tier else ""


def label_area(geography):
    return join_names(choice_label(Geography, place) for place in geography or ())


def label_income(income):
    return choice_label(IncomeLevel, income) if income else ""


def label_sizes(bounds):
    bands = [band for band in SizeBand if band.bounds == bounds]
    return str(bands[0].label) if bands else "–".join(amount(end) for end in bounds if end)


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


def explain_place_to_expert(facts, themes, value):
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


CRITERION = DeskCriterion(
    "context",
    gettext_lazy("Similar authority"),
    describe_context,
    sum_up_context,
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
    explain_to_expert=explain_place_to_expert,
    place_for_expert=4,
)
