"""What came of rankings: figures of few are none, and an order of cases counts for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.outcomes import (
    FEW,
    LEAST,
    calibrate_points,
    compare_shares,
    estimate_mean,
    first_place_rate,
    mean_reciprocal_rank,
)

PLACES = st.lists(st.one_of(st.none(), st.integers(1, 20)), max_size=40)
ROWS = st.lists(
    st.tuples(st.integers(1, 30), st.sampled_from(["GH", "NL", "SN"]), st.booleans()), max_size=80
)


@given(PLACES)
def test_a_figure_lies_in_its_interval_and_is_none_of_few(places):
    first, reciprocal = first_place_rate(places), mean_reciprocal_rank(places)

    assert first == first_place_rate(places[::-1])
    assert first.count == reciprocal.count == len(places)
    if len(places) < LEAST:
        assert (first.value, first.low, reciprocal.value) == (None, None, None)
    else:
        for one in (first, reciprocal):
            assert 0 <= one.low <= one.value <= one.high <= 1
        assert first.value <= reciprocal.value


def test_the_measures_are_those_of_the_field():
    places = [1] * 6 + [2] * 4 + [None] * 2

    assert first_place_rate(places).value == 0.5
    assert mean_reciprocal_rank(places).value == pytest.approx((6 + 4 / 2) / 12, abs=1e-4)
    bands = calibrate_points([(85, True)] * 10 + [(55, False)] * 10 + [(100, True)] * 2)
    assert {(band.first, band.chosen.count, band.chosen.value) for band in bands} == {
        (0, 0, None),
        (50, 10, 0.0),
        (60, 0, None),
        (70, 0, None),
        (80, 12, 1.0),
    }
    assert estimate_mean([]).value is None


@given(ROWS)
def test_shares_add_up_and_tell_of_no_group_of_few(rows):
    shares = compare_shares(rows)
    told = [share for share in shares if share.chosen is not None]
    hidden = [share for share in shares if share.chosen is None]

    assert all(share.people >= FEW for share in told)
    assert not told or len(hidden) != 1  # one alone could be worked out
    assert not told or len(told) >= 2
    if told and not hidden:
        assert sum(share.listed for share in told) == pytest.approx(1, abs=0.001)
        assert sum(share.chosen for share in told) == pytest.approx(1, abs=0.001)
