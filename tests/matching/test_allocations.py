"""A call's plan: solved by a job, one pair forbidden, solved again, applied; never a stale one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from matching import allocations, decisions
from matching.models import Allocation, Interest
from registry.models import Offer
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    """Two requests for the same subject, and two experts who can each take one of them."""
    made = make_call()
    for name in ("Agona West", "Kumasi"):
        dossier = make_dossier(make_authority(name), status=Status.PUBLISHED)
        Dossier.objects.filter(pk=dossier.pk).update(call=made)
    for name in ("Ineke", "Joseph"):
        make_offer(make_expert(name), capacity=1)
    return made


def pairs(plan):
    return {(match["need"], match["offer"]) for match in plan.plan["matches"]}


def solved(call):
    assert allocations.allocate_waiting_calls(timezone.now()) == 1
    return call.allocations.first()


def test_a_call_is_shared_one_pair_forbidden_solved_again_and_applied(call):
    officer = make_officer()
    allocations.request_allocation(call, actor=officer)
    first = solved(call)
    assert len(pairs(first)) == 2
    assert {offer for _need, offer in pairs(first)} == set(
        Offer.objects.values_list("pk", flat=True)
    )

    unwanted = min(pairs(first))
    allocations.decide_pair(call, "forbid", unwanted, actor=officer)
    second = solved(call)
    assert len(pairs(second)) == 2
    assert not pairs(second) & pairs(first)  # the two change places

    with pytest.raises(PermissionDenied):
        allocations.invite_experts_of_plan(second, actor=make_user())
    assert allocations.invite_experts_of_plan(second, actor=officer) == 2
    assert set(Interest.objects.values_list("dossier__reference", "offer")) == pairs(second)
    assert allocations.invite_experts_of_plan(second, actor=officer) == 0


def test_a_plan_is_stale_once_an_offer_changed_and_invites_nobody(call):
    officer = make_officer()
    allocations.request_allocation(call, actor=officer)
    plan = solved(call)

    Offer.objects.order_by("pk").first().save()

    with pytest.raises(ValidationError, match="make a new plan"):
        allocations.invite_experts_of_plan(plan, actor=officer)
    assert not Interest.objects.exists()


def test_who_declined_is_not_proposed_again_even_if_staff_had_fixed_them(call):
    officer, expert = make_officer(), Offer.objects.order_by("pk").first().expert
    dossier = Dossier.objects.filter(call=call).order_by("reference").first()
    pair = (dossier.reference, expert.offers.get().pk)
    make_interest(dossier, expert, status="declined")

    allocations.request_allocation(call, actor=officer)
    assert pair not in pairs(solved(call))
    allocations.decide_pair(call, "fix", pair, actor=officer)
    assert pair in pairs(solved(call))  # a person decided: their word holds
    Offer.objects.filter(pk=pair[1]).update(status="paused")
    allocations.request_allocation(call, actor=officer, fixed=[pair])
    assert solved(call).plan["gone"] == [list(pair)]


def test_who_was_put_aside_for_a_request_is_out_of_its_plan_until_that_is_undone(call):
    officer = make_officer()
    allocations.request_allocation(call, actor=officer)
    reference, offer = unwanted = min(pairs(plan := solved(call)))
    dossier = Dossier.objects.get(reference=reference)

    decisions.put_offer_aside(dossier, offer, reason="Too many missions.", actor=officer)
    with pytest.raises(ValidationError, match="make a new plan"):
        allocations.invite_experts_of_plan(plan, actor=officer)
    allocations.request_allocation(call, actor=officer)
    without = pairs(solved(call))
    decisions.restore_offer(dossier, offer, actor=officer)
    allocations.request_allocation(call, actor=officer)

    assert unwanted not in without and unwanted in pairs(solved(call))


def test_two_requests_for_a_plan_are_one_and_a_failed_one_says_so(call, monkeypatch):
    officer = make_officer()
    allocations.request_allocation(call, actor=officer)
    allocations.request_allocation(call, actor=officer)
    assert Allocation.objects.count() == 1

    monkeypatch.setattr(allocations, "WORTH", None)
    allocations.allocate_waiting_calls(timezone.now())
    plan = Allocation.objects.get()
    assert (plan.state, bool(plan.error)) == ("failed", True)


def test_an_officer_solves_decides_and_applies_in_the_room(call, client):
    client.force_login(make_officer())
    room = reverse("admin:matching_allocation", args=[call.pk])
    assert "have no expert yet" in client.get(room).content.decode()

    client.post(room, {"verb": "solve"})
    plan = solved(call)
    need, offer = min(pairs(plan))
    page = client.get(room).content.decode()
    assert need in page and "Ineke" in page and "Joseph" in page

    client.post(room, {"verb": "fix", "need": need, "offer": offer})
    plan = solved(call)
    page = client.get(room).content.decode()
    assert "(locked)" in page and "Pairs decided by the programme team" in page
    assert "Unlock: " in page and "Allow again: " not in page

    client.post(room, {"verb": "forbid", "need": need, "offer": offer})
    solved(call)
    page = client.get(room).content.decode()
    assert "Allow again: " in page and "Unlock: " not in page

    client.post(room, {"verb": "free", "need": need, "offer": offer})
    plan = solved(call)

    answer = client.post(room, {"verb": "invite", "plan": plan.pk}, follow=True)
    said = "2 experts are invited. You can undo each until "  # “have been invited”, and not yet
    assert said in answer.content.decode()
    assert "Choose what to do" in client.post(room, {"verb": "x"}, follow=True).content.decode()


def test_a_neighbour_does_not_reach_the_room(call, client):
    client.force_login(make_user())
    assert client.get(reverse("admin:matching_allocation", args=[call.pk])).status_code == 302


def test_only_a_request_of_the_call_and_a_published_offer_can_be_fixed(call, client):
    """Anything else stayed in this plan and all later ones, shown nowhere and freed by nobody."""
    client.force_login(make_officer())
    room = reverse("admin:matching_allocation", args=[call.pk])
    need, offer = Dossier.objects.first().reference, Offer.objects.first().pk
    for pair in (("x" * 2000, offer), (need, 999_999)):
        typed = dict(zip(("need", "offer"), pair, strict=True))
        shown = client.post(room, {"verb": "fix"} | typed, follow=True).text
        assert "This request or this offer is no longer open" in shown

    assert not call.allocations.exists()
    client.post(room, {"verb": "fix", "need": need, "offer": offer})
    assert call.allocations.get().fixed == [[need, offer]]
