"""The sentence on a candidate says what their facts hold, and hides nothing that is asked."""

import pytest

from matching import summaries
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
        (summaries.sum_up_context, PLACE, 0.9, ("works in a similar place", "")),
        (
            summaries.sum_up_context,
            PLACE | {"population": 3_900},
            0.75,
            ("", "works in a much smaller place"),
        ),
        (
            summaries.sum_up_context,
            PLACE | {"population": 2_212_301},
            0.75,
            ("", "works in a much larger place"),
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


def test_an_answer_explains_what_it_ticks_and_ticks_what_it_explains():
    """A conflict of interest that was typed beside an empty box was sent to nobody."""
    form = InterestForm({"conflict_text": "My brother works there.", "partnership": "on"})
    form.is_valid()

    assert dict(form.missing_explanations()) == {
        "conflict": "Tick this box, or delete what you wrote below it.",
        "partnership_text": "You ticked the box above: explain it in a sentence.",
    }
