"""Like colleagues score alike, however they tell it and whatever the registry does not know."""

import pytest

from bench.fairness import LIMIT, compare_profiles, compare_versions
from engine import Catalogue, Themes
from engine.encoders import choose_installed
from engine.reference import TAXONOMY
from tests.engine.fairness.pairs import COMPARED, draw_profiles, read_versions

NEEDS = 12  # all that are told in Arabic too: a mean of fewer hangs on single texts


def list_drifts(results):
    """List what moves colleagues by more than LIMIT points on the mean."""
    means = {name: round(float(found.mean()), 2) for name, found in results.items()}
    return {name: mean for name, mean in means.items() if abs(mean) > LIMIT}


@pytest.mark.long
@pytest.mark.parametrize(
    ("kinds", "apart"),
    [
        ({"gender", "place", "polish"}, 3),  # the others hang on single texts where needs are few
        pytest.param({kind for kind, _one, _other in COMPARED}, 1, marks=pytest.mark.faults),
    ],
    ids=["a part", "whole"],
)
def test_length_language_gender_place_and_polish_of_a_text_move_nobody_by_two_points(kinds, apart):
    versions = read_versions()
    needs = sorted({one.need for one in versions if one.version == "ar"})[::apart]
    part = [one for one in versions if one.need in needs and one.kind in kinds]
    catalogue = Catalogue.build([], themes=Themes.load(TAXONOMY), encoder=choose_installed())

    compared = compare_versions(part, catalogue)

    found = {name: differences for name, differences in compared.items() if name[0] in kinds}
    number = NEEDS // apart
    assert list_drifts(found) == {} and {name[0] for name in found} == kinds
    assert {len(differences) for differences in found.values()} == {number, 4 * number}


def test_a_fact_that_is_missing_moves_nobody_by_two_points():
    assert list_drifts(compare_profiles(draw_profiles(200))) == {}
