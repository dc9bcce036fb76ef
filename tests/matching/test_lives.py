"""The lives of interests, matches, offers and exchanges: the table, and nothing beside it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from applications.enums import Status
from connect.transitions import TransitionRefused, by_clock, by_officer, by_officer_or_clock
from exchanges.enums import Criterion, ExchangeStatus, Readiness
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from matching.enums import InterestStatus, MatchStatus
from matching.models import Match
from matching.transitions import interest_machine, match_machine
from registry.enums import OfferStatus
from registry.transitions import offer_machine
from tests.factories import (
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


def make_match(status=MatchStatus.PROPOSED):
    dossier = make_dossier(status=Status.CLOSED)
    match = Match.objects.create(
        reference=f"MA-{dossier.pk}",
        dossier=dossier,
        status=status,
        answer_by=timezone.localdate(),
    )
    match.interests.set([make_interest(dossier)])
    return match, match.interests.get().expert.user


def make_exchange(status):
    match, user = make_match(MatchStatus.AGREED)
    today = timezone.localdate()
    exchange = Exchange.objects.create(
        reference=f"EX-{match.pk}",
        match=match,
        dossier=match.dossier,
        form="expert_mission",
        status=status,
        planned_start=today,
        planned_end=today,
        place="Swedru",
        checklist=Readiness.values,
    )
    return exchange, user


def with_interest(status):
    interest = make_interest(make_dossier(status=Status.PUBLISHED), status=status)
    return interest, interest.expert.user


def with_offer(status):
    offer = make_offer(status=status)
    return offer, offer.expert.user


LIVES = [
    (interest_machine, InterestStatus, with_interest),
    (match_machine, MatchStatus, make_match),
    (exchange_machine, ExchangeStatus, make_exchange),
    (offer_machine, OfferStatus, with_offer),
]
STEPS = [
    pytest.param(machine, states, make, verb, id=f"{machine.model.__name__}-{verb}")
    for machine, states, make in LIVES
    for verb in machine.transitions
]
DETAILS = {"note": "Because.", "reason": "health", **dict.fromkeys(Criterion.values, 3)}
DETAILS["all_the_same"] = True


def actor_for(step, expert):
    if step.allowed.__name__ in (by_clock.__name__, by_officer_or_clock.__name__):
        return None
    return make_officer() if step.allowed is by_officer else expert


@pytest.mark.parametrize(("machine", "states", "make", "verb"), STEPS)
def test_each_step_goes_where_the_table_says_and_nowhere_from_elsewhere(
    machine, states, make, verb
):
    step = machine.transitions[verb]
    elsewhere = make(min(step.sources))

    for state in states:
        thing, expert = make(state) if state in step.sources else elsewhere
        type(thing).objects.filter(pk=thing.pk).update(status=state)
        thing.refresh_from_db()
        actor, events = actor_for(step, expert), thing.events.count()
        if state in step.sources:
            assert machine.advance(thing, verb, actor=actor, **DETAILS).status == step.target
            assert thing.events.count() == events + 1
        else:
            with pytest.raises(TransitionRefused):
                machine.advance(thing, verb, actor=actor, **DETAILS)
            assert thing.events.count() == events


@pytest.mark.parametrize(("machine", "states", "make", "verb"), STEPS)
def test_each_step_is_refused_to_every_wrong_person(machine, states, make, verb):
    step = machine.transitions[verb]
    thing, expert = make(sorted(step.sources)[0])
    wrong = [make_user(), make_member(), make_expert().user]
    if step.allowed.__name__ in ("by_its_expert", "by_clock"):
        wrong.append(make_officer())
    if step.allowed.__name__.startswith(("by_officer", "by_clock")):
        wrong.append(expert)

    for person in wrong:
        with pytest.raises(PermissionDenied):
            machine.advance(thing, verb, actor=person, **DETAILS)


@pytest.mark.parametrize("lacking", Readiness.values)
def test_an_exchange_is_ready_only_when_nothing_lacks(lacking):
    exchange, _user = make_exchange(ExchangeStatus.PLANNED)
    exchange.participants.create(name="Kofi", side="requesting", part="delegate", travels=True)
    exchange.dossier.authority.associations.create(name="NALAG", country="GH", scope="national")
    answer = exchange.match.interests.get()
    exchange.match.consents.create(side="employer", name="The clerk", interest=answer)
    Exchange.objects.update(checklist=[code for code in Readiness.values if code != lacking])

    with pytest.raises(TransitionRefused) as refusal:
        exchange_machine.advance(exchange, "get_ready", actor=make_officer())

    assert str(Readiness(lacking).label) in refusal.value.message
