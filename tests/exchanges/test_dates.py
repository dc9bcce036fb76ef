"""The days of an exchange and of journeys to it fit each other, whichever is changed."""

from datetime import timedelta

import pytest

from exchanges.forms.planning import ParticipantForm, PlanForm
from tests.exchanges.conftest import START

pytestmark = pytest.mark.django_db


def day(offset):
    return (START + timedelta(days=offset)).isoformat()


def test_no_exchange_ended_before_it_began(planned):
    said = {"form": "expert_mission", "mode": "on_site", "place": "Swedru"}
    said |= {"planned_start": day(0), "planned_end": day(4)}

    def refused(**days):
        return PlanForm(said | days, instance=planned).errors.as_text()

    assert "cannot end before it starts" in refused(planned_start=day(5))
    assert "cannot end before it starts" in refused(planned_end=day(-1))
    assert "not before the first" in refused(actual_start=day(2), actual_end=day(1))
    assert refused(actual_start=day(2), actual_end=day(2)) == ""


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({"arrives_on": day(-2), "leaves_on": day(6)}, set()),
        ({"arrives_on": day(5)}, {"arrives_on"}),
        ({"leaves_on": day(-1)}, {"leaves_on"}),
        ({"arrives_on": day(3), "leaves_on": day(1)}, {"__all__"}),
    ],
)
def test_nobody_arrives_after_the_end_or_leaves_before_the_beginning(planned, days, wrong):
    said = {"name": "Esi", "side": "requesting", "part": "delegate", "gender": "woman"}
    said |= {"language": "en", "post": "technical", "visa": "unknown", "address": "esi@x.example"}
    form = ParticipantForm(said | days, sides={"requesting"}, exchange=planned)

    assert set(form.errors) == wrong
