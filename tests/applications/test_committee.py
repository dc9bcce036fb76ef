"""The committee: a conflict leaves no trace, no score without a declaration."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from applications import committee
from applications.enums import GRID, Status
from applications.models import Dossier, Score
from tests.factories import make_authority, make_dossier, make_member, make_user

pytestmark = pytest.mark.django_db

FULL = {code: most for code, (_label, most) in GRID.items()}


def test_a_member_declares_first_and_then_scores(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    before = client.get(page).content.decode()
    with pytest.raises(PermissionDenied):
        committee.give_score(dossier, member=anna, points=FULL)
    client.post(page, {"has_conflict": "no"})
    after = client.get(page).content.decode()
    client.post(page, FULL | {"comment": "Clear."})

    assert (dossier.title in before, dossier.title in after) == (False, True)
    assert list(Score.objects.values_list("member", "total", "comment")) == [
        (anna.pk, 100, "Clear.")
    ]


def test_a_declared_conflict_takes_the_dossier_away_for_good(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    client.post(page, {"has_conflict": "yes", "text": "My sister works there."})

    assert dossier.reference not in client.get(reverse("committee")).content.decode()
    assert client.get(page).status_code == 404
    with pytest.raises(PermissionDenied):
        committee.declare(dossier, member=anna, has_conflict=False)


def test_a_member_never_sees_the_dossier_of_their_own_authority():
    agona = make_authority()
    anna = make_member("Anna")
    anna.memberships.create(authority=agona, roles=["expert"], status="active")
    make_dossier(agona, status=Status.UNDER_SELECTION)

    assert list(Dossier.objects.for_committee(anna)) == []
    assert list(Dossier.objects.for_committee(make_user())) == []


@pytest.mark.parametrize("points", [{**FULL, "clarity": 26}, {**FULL, "spread": -1}, {}])
def test_points_outside_the_grid_are_refused(points):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member()
    committee.declare(dossier, member=anna, has_conflict=False)

    with pytest.raises(ValidationError):
        committee.give_score(dossier, member=anna, points=points)

    assert not Score.objects.exists()


def test_what_others_gave_is_shown_once_ones_own_score_is_in(client):
    dossier, anna, jan = make_dossier(status="under_selection"), make_member(), make_member()
    for member in (anna, jan):
        committee.declare(dossier, member=member, has_conflict=False)
    committee.give_score(dossier, member=jan, points=FULL, comment="Jan's words")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    before = client.get(page).content.decode()
    committee.give_score(dossier, member=anna, points=FULL)
    after = client.get(page).content.decode()

    assert ("Jan&#x27;s words" in before, "Jan&#x27;s words" in after) == (False, True)
