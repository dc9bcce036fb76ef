"""The sentence on a candidate says what their facts hold, and hides nothing that is asked."""

import pytest

from matching import places, summaries
from matching.criteria import CRITERIA
from matching.forms import InterestForm

THEMES = {"water/sludge": "Sludge", "water/losses": "Water losses", "hr/policy": "Personnel"}
PLACE = {"population": 50_000, "asked_population": 60_000}


@pytest.mark.parametrize(
    ("summary", "facts", "value", "words"),
    [
        (
            summaries.sum_up_topics,
            {"covered": {"hr/policy": 3}, "near": {"water/losses": 2}, "missing": ["water/sludge"]},
            0.5,
            ("declares “Personnel”", "does not declare “Sludge” in this offer"),
        ),
        (
            summaries.sum_up_topics,
            {"covered": {}, "near": {"water/losses": 2}, "missing": ["water/sludge"]},
            0.2,
            ("", "declares only another topic of the same field (“Water losses”)"),
        ),
        (
            summaries.sum_up_peer,
            {"function": "finance", "asked": "finance", "role": "technical"},
            1,
            ("works in the same field (finance)", ""),
        ),
        (
            summaries.sum_up_peer,  # an engineer of lamps, where one of markets is asked
            {"function": "engineering", "asked": "engineering", "is_supported": False},
            0.5,
            ("", ""),
        ),
        (
            summaries.sum_up_peer,
            {"function": "finance", "asked": "waste", "is_supported": True},
            0,
            ("", "works in another field (finance; requested: waste)"),
        ),
        (summaries.sum_up_context, PLACE, 0.9, ("works in a similar place", "")),
        (
            summaries.sum_up_context,
            PLACE | {"population": 6_000},
            0.33,
            ("", "works in a place about 10 times smaller"),
        ),
        (
            summaries.sum_up_context,
            PLACE | {"population": 2_212_301},
            0.17,
            ("", "works in a place about 37 times larger"),
        ),
        (
            summaries.sum_up_context,
            PLACE | {"population": 2_212_301, "size_wished": True},
            0.9,
            ("works in a similar place", ""),
        ),
        (
            summaries.sum_up_context,  # an association has inhabitants of its members alone
            PLACE | {"population": 2_212_301, "is_counted": False},
            0.9,
            ("works in a similar place", ""),
        ),
        (
            summaries.sum_up_fair_turn,
            {"recent": 1},
            0.5,
            ("", "agreed to 1 exchange in the last six months"),
        ),
    ],
)
def test_each_criterion_says_what_its_facts_hold(summary, facts, value, words):
    assert tuple(map(str, summary(facts, THEMES, value))) == words


TOWNS = {
    **{"population": 226_000, "asked_population": 115_000},
    **{"tier": "municipality", "asked_tier": "municipality"},
    **{"geography": ["coastal", "urban"], "asked_geography": ["urban"]},
    **{"income": "H", "asked_income": "LM"},
}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            TOWNS,
            "226,000 inhabitants (applicant: 115,000); municipality, like the applicant; "
            "coastal, urban (applicant: urban); high income (applicant: lower middle income)",
        ),
        (
            {"population": 9_000, "asked_population": 115_000, "is_counted": True},
            "9,000 inhabitants (applicant: 115,000); the difference in size limits these points",
        ),
        (
            {"population": 9_000, "asked_population": 115_000, "size_wished": False}
            | {"asked_sizes": [[5_000, 20_000], [500_000, None]], "country_wished": True},
            "9,000 inhabitants (preferred: 5,000 to 20,000, more than 500,000); "
            "a preferred country; the difference in size limits these points",
        ),
        (
            {"population": None, "asked_population": 115_000},
            "inhabitants unknown (applicant: 115,000)",
        ),
        (  # of a ranking that was stored before
            {"population": 9_000, "asked_population": 8_000, "tier": "region", "geography": []},
            "9,000 inhabitants (applicant: 8,000); region or province",
        ),
    ],
)
def test_a_place_is_described_beside_the_applicant_s(facts, words):
    assert places.describe_context(facts, THEMES) == words


def test_a_region_is_not_compared_with_a_town():
    facts = {"is_compared": False, "tier": "region", "asked_tier": "municipality"}

    assert places.describe_uncompared(facts) == (
        "region or province, not compared with municipality"
    )
    assert places.describe_uncompared({}) == "unknown"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"function": "water", "asked": "water", "role": "technical", "asked_role": "both"},
            "water and sanitation, as requested; technical (requested: either)",
        ),
        (
            {"function": "waste", "asked": "water", "role": "elected", "asked_role": "technical"},
            "waste (requested: water and sanitation); a related field; "
            "elected (requested: technical)",
        ),
        (
            {"function": "engineering", "asked": "engineering", "role": None, "asked_role": None}
            | {"is_supported": False},
            "engineering and public works, as requested; fewer points, as no topic requested is "
            "declared and the text is not close",
        ),
        (
            {"function": "finance", "asked": "water", "role": "technical"}
            | {"asked_role": "technical", "is_supported": False},
            "finance (requested: water and sanitation); technical, as requested",
        ),
        (
            {"function": None, "asked": "water", "role": "technical", "asked_role": "technical"},
            "field of work unknown (requested: water and sanitation); technical, as requested",
        ),
        ({"function": "finance", "asked": None, "role": "technical"}, "finance; technical"),
    ],
)
def test_a_field_of_work_is_described_beside_the_one_requested(facts, words):
    assert CRITERIA["peer"].describe(facts, THEMES) == words


def test_an_answer_explains_what_it_ticks_and_ticks_what_it_explains():
    """A conflict of interest that was typed beside an empty box was sent to nobody."""
    form = InterestForm({"conflict_text": "My brother works there.", "partnership": "on"})
    form.is_valid()

    assert dict(form.missing_explanations()) == {
        "conflict": "Tick this box, or delete what you wrote below it.",
        "partnership_text": "You ticked the box above: explain it in a sentence.",
    }
