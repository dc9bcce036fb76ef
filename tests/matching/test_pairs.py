"""Every pair of lives: dossier, interest, match and exchange, walked by all who may move them.

From the day an application is validated each role takes every step that the tables give it, and
from wherever that leads again. No combination is stuck: staff have a way on, whoever is asked
something can leave, and an end can be reached. So it is where two experts are proposed, together or
one after the other.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from applications.enums import FINAL, Status
from applications.transitions import dossier_machine
from exchanges.enums import Criterion, ExchangeStatus, Readiness
from exchanges.models import Exchange
from exchanges.moves import move_by_dates
from exchanges.transitions import exchange_machine
from matching import consent, decisions, desk, opportunities, withdrawals
from matching.enums import ENDED_INTERESTS, GONE, InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.transitions import interest_machine
from tests.factories import (
    TEXT,
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DETAILS = {"note": "Because.", "reason": "health", "closes_on": "2030-01-01", "all_the_same": True}
DETAILS |= dict.fromkeys(Criterion.values, 3)
OVER_MATCH = set(MatchStatus) - {MatchStatus.PROPOSED, MatchStatus.AGREED}
ENDED = {ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED}


class Walk:
    """One request of Agona West, one expert, and all that they, their officer and the clock do."""

    def __init__(self):
        agona = make_authority("Agona West")
        self.efua, self.ines = make_user("Efua", works_for=agona), make_officer("Ines")
        self.dossier = make_dossier(
            agona, status=Status.VALIDATED, summary_approved_at=timezone.now()
        )
        self.offer = make_offer()
        self.expert = self.offer.expert.user
        make_interest(self.dossier, make_expert("Joseph"), status="reserve")
        self.edges, self.combinations, self.hanging = {}, set(), set()

    def read(self):
        """Read the rows again: the dossier, and the newest interest, match and exchange or None."""
        self.dossier = type(self.dossier).objects.get(pk=self.dossier.pk)
        waiting = self.dossier.interests.open().exclude(status=InterestStatus.CHOSEN)
        if self.dossier.status in FINAL and waiting.exists():
            self.hanging.add(self.dossier.status)
        self.interest = Interest.objects.filter(expert=self.offer.expert).order_by("pk").last()
        self.match = Match.objects.order_by("pk").last()
        self.exchange = Exchange.objects.order_by("pk").last()
        rows = (self.dossier, self.interest, self.match, self.exchange)
        return tuple(row and row.status for row in rows)

    def place(self, state):
        """Name where one stands: a match or an exchange that is over moves nothing any more."""
        dossier, interest, match, exchange = state
        lives = match if match not in OVER_MATCH else None
        return dossier, interest, lives, exchange if exchange not in ENDED else None

    # What each role may do, from the tables; a step without a button has its own function.

    def acts(self):
        """Yield (role, verb, act) of all that may be tried now."""
        yield from self.acts_on_dossier()
        if self.interest:
            yield from self.acts_on_answer(self.interest, self.expert)
        if self.match:
            yield from self.acts_on_match()
        if self.exchange:
            for verb in exchange_machine.available_transitions(self.exchange, self.ines):
                act = self.advance(exchange_machine, self.exchange, verb, self.ines)
                yield "staff", verb, act
            yield "clock", "dates", lambda: move_by_dates(timezone.now() + 30 * DAY)

    def acts_on_dossier(self):
        yield "staff", "invite", self.invite
        yield "expert", "answer", self.answer
        own = {
            "shortlist": lambda: desk.begin_shortlisting(self.dossier, actor=self.ines),
            "ask_consent": self.propose,
            "withdraw_proposal": self.withdraw_proposal,
            "seek_again": lambda: opportunities.reopen_to_answers(
                self.dossier, timezone.localdate() + 21 * DAY, actor=self.ines
            ),
        }
        for role, actor in (("staff", self.ines), ("town", self.efua)):
            for verb in dossier_machine.available_transitions(self.dossier, actor):
                step = dossier_machine.transitions[verb]
                if step.label:
                    yield role, verb, self.advance(dossier_machine, self.dossier, verb, actor)
                elif verb in own:
                    yield role, verb, own[verb]
        yield "clock", "close", lambda: opportunities.close_due(timezone.now() + 60 * DAY)

    def acts_on_answer(self, interest, expert):
        own = {
            "withdraw": lambda: withdrawals.withdraw_answer(interest, actor=expert),
            "submit": lambda: self.submit(interest, expert),
        }
        for role, actor in (("staff", self.ines), ("expert", expert)):
            for verb in interest_machine.available_transitions(interest, actor):
                act = own.get(verb) if role == "expert" else None
                if interest_machine.transitions[verb].label:
                    act = act or self.advance(interest_machine, interest, verb, actor)
                    yield role, verb, act
        yield "staff", "undo", lambda: decisions.undo_decision(interest, actor=self.ines)

    def acts_on_match(self):
        undo = lambda: withdrawals.undo_proposal(self.match, actor=self.ines)  # noqa: E731
        yield "staff", "undo_proposal", undo
        yield "sides", "all agree", lambda: self.say(self.match.consents.all(), True)
        for one in self.match.consents.order_by("pk"):
            yield one.side, "decline", lambda one=one: self.say([one], False)
        late = timezone.now() + 12 * DAY
        yield "clock", "lapse", lambda: consent.lapse_overdue(late)

    def advance(self, machine, thing, verb, actor):
        return lambda: machine.advance(thing, verb, actor=actor, **DETAILS)

    def invite(self):
        desk.invite_expert(self.dossier, self.offer.pk, actor=self.ines)

    def answer(self):
        desk.answer_opportunity(self.dossier, actor=self.expert)

    def submit(self, interest, expert):
        words = dict.fromkeys(("motivation", "comparable_case", "approach"), TEXT)
        Interest.objects.filter(pk=interest.pk).update(cv="cv.pdf", **words)
        desk.submit_interest(interest, actor=expert)

    def propose(self):
        consent.propose_match(
            self.dossier, [self.interest.pk], note="They did it.", actor=self.ines
        )

    def withdraw_proposal(self):
        withdrawals.withdraw_proposal(self.match, note="Put off.", actor=self.ines)

    def say(self, consents, accept):
        for one in consents:
            actor = one.interest.expert.user if one.side == "expert" else self.efua
            by_link = one.side == "employer"
            consent.answer_consent(
                one, accept=accept, actor=None if by_link else actor, by_link=by_link
            )
        today = timezone.localdate()
        Exchange.objects.update(
            planned_start=today, planned_end=today, place="Swedru", checklist=Readiness.values
        )

    def go(self, state):
        """Try all acts from here, once a place, and go on from wherever they lead."""
        here = self.place(state)
        self.combinations.add(state)
        if here in self.edges:
            return
        edges = self.edges[here] = set()
        for role, verb, act in list(self.acts()):
            with transaction.atomic():
                try:
                    with transaction.atomic():
                        act()
                except (ValidationError, PermissionDenied):
                    continue
                there = self.read()
                if there != state:
                    edges.add((role, verb, self.place(there)))
                    self.go(there)
                transaction.set_rollback(True)
            self.read()


class TeamWalk(Walk):
    """Two experts on the shortlist, proposed together or not; an exchange is cancelled alone."""

    def __init__(self):
        super().__init__()
        agona = self.dossier.authority
        self.dossier = make_dossier(agona, status=Status.SHORTLISTING)
        self.experts = [self.offer.expert, make_expert("Joseph")]
        for expert in self.experts:
            make_interest(self.dossier, expert)

    def read(self):
        """Read the rows again: each expert's answer, and whether the newest match is theirs."""
        dossier, _interest, match, exchange = super().read()
        team = set(self.match.interests.values_list("pk", flat=True)) if self.match else set()
        self.answers = [
            Interest.objects.filter(expert=expert).order_by("pk").last() for expert in self.experts
        ]
        is_over = match in OVER_MATCH
        states = [(one.status, one.pk in team and not is_over) for one in self.answers]
        # Which expert is which does not matter: a place and its mirror are one.
        return dossier, tuple(sorted(states)), match, exchange

    def acts(self):
        first, second = self.answers
        for some in ([first], [second], [first, second]):
            yield "staff", "propose", lambda some=some: self.propose(some)
        for role, verb, act in self.acts_on_dossier():
            if verb in ("withdraw_proposal", "seek_again", "shortlist", "withdraw", "cancel"):
                yield role, verb, act
        for interest, expert in zip(self.answers, self.experts, strict=True):
            for role, verb, act in self.acts_on_answer(interest, expert.user):
                if verb in ("withdraw", "decline", "shortlist"):  # the others: of one, above
                    yield role, verb, act
        if self.match:
            yield from self.acts_on_match()
        if self.exchange:
            yield (
                "staff",
                "cancel",
                self.advance(exchange_machine, self.exchange, "cancel", self.ines),
            )

    def propose(self, some):
        keys = [one.pk for one in some]
        consent.propose_match(self.dossier, keys, note="They did it.", actor=self.ines)


def is_end(place):
    dossier, _interest, match, exchange = place
    return dossier in FINAL and match in (None, MatchStatus.AGREED) and exchange is None


def ends_reached(edges):
    """Give the places from which an end can be reached."""
    reached = {place for place in edges if is_end(place)}
    while more := {
        place
        for place, ways in edges.items()
        if place not in reached and any(there in reached for _role, _verb, there in ways)
    }:
        reached |= more
    return reached


@pytest.mark.long
def test_from_every_pair_of_lives_every_role_has_a_way_on():
    """17-5.1."""
    walk = Walk()

    walk.go(walk.read())

    stuck = []
    for place, ways in walk.edges.items():
        dossier, interest, match, exchange = place
        roles = {role for role, _verb, _there in ways}
        if not is_end(place) and "staff" not in roles:
            stuck.append(("staff", place))
        may_leave = interest and interest not in ENDED_INTERESTS | {InterestStatus.CHOSEN}
        may_answer = dossier == Status.PUBLISHED and interest in GONE | {None}
        if (may_leave or may_answer) and "expert" not in roles:
            stuck.append(("expert", place))
        if match == MatchStatus.PROPOSED and not {"employer", "applicant", "town"} <= roles:
            stuck.append(("sides", place))
        if match == MatchStatus.PROPOSED and interest != InterestStatus.SHORTLISTED:
            stuck.append(("an answer that left its proposal", place))
        if (match == MatchStatus.AGREED) != (interest == InterestStatus.CHOSEN):
            stuck.append(("an agreed match without its answer", place))
        if dossier in FINAL - {Status.CLOSED} and exchange is not None:
            stuck.append(("an exchange without its dossier", place))
    assert stuck == [] and walk.hanging == set()
    assert ends_reached(walk.edges) == set(walk.edges)
    # Every state of every life was walked through, but for those before a request is published.
    lives = [set(one) - {None} for one in zip(*walk.combinations, strict=True)]
    assert lives[1:] == [
        set(InterestStatus),
        set(MatchStatus),
        set(ExchangeStatus),
    ]


@pytest.mark.long
def test_two_experts_are_proposed_together_or_one_after_the_other_and_none_is_stuck():
    """17-5.1: a no of one of a team, and another expert's proposal after it, were not walked."""
    walk = TeamWalk()

    walk.go(walk.read())

    stuck, teams = [], set()
    for place, ways in walk.edges.items():
        _dossier, answers, match, _exchange = place
        roles = {role for role, _verb, _there in ways}
        if not is_end(place) and "staff" not in roles:
            stuck.append(("staff", place))
        team = [status for status, is_proposed in answers if is_proposed]
        others = [status for status, is_proposed in answers if not is_proposed]
        if match == MatchStatus.PROPOSED and set(team) != {InterestStatus.SHORTLISTED}:
            stuck.append(("an answer that left its proposal", place))
        if match == MatchStatus.AGREED and set(team) != {InterestStatus.CHOSEN}:
            stuck.append(("an agreed match without its answer", place))
        if InterestStatus.CHOSEN in others:
            stuck.append(("a chosen answer without its match", place))
        teams.add((match, tuple(sorted(is_proposed for _status, is_proposed in answers))))
    assert stuck == [] and walk.hanging == set()
    assert ends_reached(walk.edges) == set(walk.edges)
    every = [(False, True), (True, True)]
    alive = (MatchStatus.PROPOSED, MatchStatus.AGREED)
    assert teams == {(one, some) for one in alive for some in every} | {(None, (False, False))}
