"""Like colleagues score alike, however they tell it and whatever the registry does not know."""

import pytest

from bench.fairness import LIMIT, compare_profiles, compare_versions
from engine import Catalogue, Themes
from engine.encoders import choose_installed
from engine.reference import TAXONOMY
from tests.engine.fairness.pairs import draw_profiles, read_versions

NEEDS = 12  # all that are told in Arabic too: a mean of fewer hangs on single texts


def list_drifts(results):
    """List what moves colleagues by more than LIMIT points on the mean."""
    means = {name: round(float(found.mean()), 2) for name, found in results.items()}
    return {name: mean for name, mean in means.items() if abs(mean) > LIMIT}


@pytest.mark.long
def test_length_language_gender_place_and_polish_of_a_text_move_nobody_by_two_points():
    versions = read_versions()
    part = {one.need for one in versions if one.version == "ar"}
    catalogue = Catalogue.build([], themes=Themes.load(TAXONOMY), encoder=choose_installed())

    found = compare_versions([one for one in versions if one.need in part], catalogue)

    assert list_drifts(found) == {}
    assert {len(differences) for differences in found.values()} == {NEEDS, 4 * NEEDS}


def test_a_fact_that_is_missing_moves_nobody_by_two_points():
    assert list_drifts(compare_profiles(draw_profiles(200))) == {}
