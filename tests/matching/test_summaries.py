"""The sentence on a candidate says what their facts hold, and hides nothing that is asked."""

from types import SimpleNamespace

import pytest

from matching.candidates import list_unfit
from matching.criteria import CRITERIA, context, fair_turn, peer, text, topics
from matching.forms import InterestForm

THEMES = {"water/sludge": "Sludge", "water/losses": "Water losses", "hr/policy": "Personnel"}
PLACE = {"population": 50_000, "asked_population": 60_000}


@pytest.mark.parametrize(
    ("summary", "facts", "value", "words"),
    [
        (
            topics.sum_up_topics,
            {"covered": {"hr/policy": 3}, "near": {"water/losses": 2}, "missing": ["water/sludge"]},
            0.5,
            ("declares “Personnel”", "does not declare “Sludge” in this offer"),
        ),
        (
            topics.sum_up_topics,
            {"covered": {}, "near": {"water/losses": 2}, "missing": ["water/sludge"]},
            0.2,
            ("", "declares only another topic of the same theme (“Water losses”)"),
        ),
        (
            peer.sum_up_peer,
            {"function": "finance", "asked": "finance", "role": "technical"},
            1,
            ("works in the same field (finance)", ""),
        ),
        (
            peer.sum_up_peer,  # an engineer of lamps, where one of markets is asked
            {"function": "engineering", "asked": "engineering", "is_supported": False},
            0.5,
            ("", ""),
        ),
        (
            peer.sum_up_peer,
            {"function": "finance", "asked": "waste", "is_supported": True},
            0,
            ("", "works in another field (finance; requested: waste)"),
        ),
        (
            peer.sum_up_peer,  # who may well be in charge of waste: that is not asked
            {"function": "councillor", "asked": "waste", "is_supported": True},
            0,
            (
                "",
                "holds an elected office, which tells no field of work (councillor; requested: "
                "waste)",
            ),
        ),
        (
            text.sum_up_text,  # the whole texts may be near, and earn points
            {"state": "none"},
            0.41,
            ("", "writes no sentence close to the need"),
        ),
        (context.sum_up_context, PLACE, 0.9, ("works in a similar place", "")),
        (
            context.sum_up_context,
            PLACE | {"population": 6_000},
            0.33,
            ("", "works in a place about 10 times smaller"),
        ),
        (
            context.sum_up_context,
            PLACE | {"population": 2_212_301},
            0.17,
            ("", "works in a place about 37 times larger"),
        ),
        (
            context.sum_up_context,
            PLACE | {"population": 2_212_301, "size_wished": True},
            0.9,
            ("works in a similar place", ""),
        ),
        (
            context.sum_up_context,  # an association has inhabitants of its members alone
            PLACE | {"population": 2_212_301, "is_counted": False},
            0.9,
            ("works in a similar place", ""),
        ),
        (
            fair_turn.sum_up_fair_turn,
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
        (  # what the area should have in common with theirs, of all that theirs is
            PLACE
            | {"geography": ["urban"], "asked_geography": ["arid", "rural"]}
            | {"own_geography": ["arid", "rural", "mountain"]},
            "50,000 inhabitants (applicant: 60,000); "
            "urban (applicant: arid, rural, mountain; requested: arid, rural)",
        ),
        (  # and what the applicant's own authority has not been said to be
            PLACE | {"geography": ["urban"], "asked_geography": ["river"]} | {"own_geography": []},
            "50,000 inhabitants (applicant: 60,000); urban (requested: river or delta)",
        ),
        (
            PLACE
            | {"geography": ["urban"], "asked_geography": ["urban"]}
            | {"own_geography": ["urban"]},
            "50,000 inhabitants (applicant: 60,000); urban, like the applicant",
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
    assert context.describe_context(facts, THEMES) == words


def test_the_points_of_the_topics_are_those_that_the_line_names():
    """A topic that is asked earns a part where another of its theme is declared, asked or not."""
    facts = {
        "covered": {"water/sludge": 3},
        "near": {"water/losses": 4},
        "missing": ["water/tariffs", "hr/policy"],
        "asked": {"water/sludge": 3, "water/tariffs": 1, "hr/policy": 1},
        "worth": {"water/sludge": 0.9, "water/tariffs": 0.35, "hr/policy": 0},
        "weight": 25,
    }
    themes = THEMES | {"water": "Water and sanitation", "water/tariffs": "Tariffs"}

    assert topics.describe_topics(facts, themes) == (
        "Sludge level 3 of 4 (13.5 of 15.0 points); "
        "a part for Tariffs, of whose theme another topic is declared (1.8 of 5.0 points); "
        "theme Water and sanitation: Water losses level 4 of 4; "
        "not among the topics of the offer: Tariffs, Personnel"
    )
    del facts["worth"]  # of a ranking that was stored before
    assert topics.describe_topics(facts, themes).startswith("Sludge level 3 of 4; theme Water")


def test_an_elected_office_is_described_as_what_earns_no_points():
    facts = {"function": "councillor", "asked": "waste", "role": "elected", "asked_role": "both"}

    assert peer.describe_peer(facts, THEMES) == (
        "councillor (requested: waste); an elected office is not counted as a field of work; "
        "elected (requested: either)"
    )


def test_a_text_without_a_sentence_to_quote_is_told_with_its_points():
    facts = {"state": "none", "likeness": 0.24, "elsewhere": True}

    assert text.describe_text(facts, THEMES) == (
        "no two sentences are close enough to quote; the whole texts earn 24 % of the points; "
        "already halved, as the offer is of other topics and not of the field requested"
    )


def test_whoever_is_under_the_minimum_is_marked_so_among_those_who_are_not():
    kept = [SimpleNamespace(place=n, nearness=near) for n, near in enumerate((0.9, 0.3, 0.5, 0), 1)]

    assert list_unfit(kept, 0.4, last_fitting=3) == {2}
    assert list_unfit(kept, 0.4, last_fitting=None) == {2, 4}  # in another order than the score's


def test_a_region_is_not_compared_with_a_town():
    facts = {"is_compared": False, "tier": "region", "asked_tier": "municipality"}

    assert context.describe_uncompared(facts) == (
        "region or province, not compared with municipality"
    )
    assert context.describe_uncompared({}) == "unknown"


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
