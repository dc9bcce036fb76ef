"""The same thing done many times, or two contrary things, in the same instant."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from applications import beginning, committee, section_answers
from applications.enums import GRID, Status
from applications.locking import lock_dossier
from applications.models import ConflictDeclaration, Dossier, SectionAside
from applications.transitions import dossier_machine
from exchanges.models import Exchange
from matching import consent
from matching.models import Match
from notifications.models import Letter
from registry import members
from registry.models import Membership
from tests.conftest import at_once, wait_for
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_offer,
    make_officer,
    make_user,
    section_data,
)

pytestmark = pytest.mark.django_db(transaction=True)
FULL = {code: most for code, (_label, most) in GRID.items()}


def test_a_dossier_begun_ten_times_at_once_is_one(after_flush):
    agona, call = make_authority(), make_call()
    people = [make_user(works_for=agona) for _ in range(10)]

    at_once(*[lambda p=person: beginning.begin_dossier(call, agona, actor=p) for person in people])

    assert Dossier.objects.count() == 1


def test_the_last_step_posted_ten_times_at_once_is_one_version_one_number_one_receipt(after_flush):
    """K6: one number, one receipt."""
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)

    refused = at_once(*[lambda: dossier_machine.advance(dossier, "submit", actor=efua)] * 10)

    assert refused == ["moved_on"] * 9
    assert (dossier.versions.count(), dossier.events.filter(verb="submit").count()) == (1, 1)
    receipts = Letter.objects.filter(template="dossier_submit", address=efua.email)
    assert (receipts.count(), Dossier.objects.count()) == (1, 1)


def test_two_officers_who_decide_contrary_at_once_send_one_decision(after_flush):
    dossier = make_dossier(status=Status.UNDER_SELECTION)
    for name in ("Anna", "Jan", "Marie"):
        member = make_member(name)
        committee.declare_conflict(dossier, member=member, has_conflict=False)
        committee.save_score(dossier, member=member, points=FULL)
    ines, other = make_officer("Ines"), make_officer("Other")

    refused = at_once(
        lambda: dossier_machine.advance(dossier, "validate", actor=ines),
        lambda: dossier_machine.advance(
            dossier, "not_select", actor=other, note="The cost is not clear."
        ),
    )

    dossier.refresh_from_db()
    templates = set(
        Letter.objects.filter(template__startswith="dossier_").values_list("template", flat=True)
    )
    told = {"validated": {"dossier_validate"}, "not_selected": {"dossier_not_select"}}
    assert (refused, templates) == (["moved_on"], told[dossier.status])


def test_a_conflict_of_interest_stands_whatever_is_said_at_the_same_moment(after_flush):
    """H23: a “no” that came with the “yes” took it back, and the dossier was read and scored."""
    anna = make_member("Anna")
    dossiers = [make_dossier(status=Status.UNDER_SELECTION) for _ in range(5)]

    def say(dossier, has_conflict):
        with suppress(PermissionDenied):
            committee.declare_conflict(dossier, member=anna, has_conflict=has_conflict)

    for one in dossiers:
        at_once(*[lambda d=one, yes=n % 2 == 0: say(d, yes) for n in range(6)])

    said = ConflictDeclaration.objects.filter(member=anna).values_list("has_conflict", flat=True)
    assert list(said) == [True] * 5


def test_ten_colleagues_who_save_one_section_at_once_lose_no_word(after_flush):
    """K9: nothing is overwritten in silence."""
    agona = make_authority()
    dossier = make_dossier(agona)
    people = [make_user(works_for=agona) for _ in range(10)]
    texts = [f"{number} " + "words of mine " * 30 for number in range(10)]

    def save(person, text):
        data = section_data("problem", answers(problem=text))
        section_answers.save_section(dossier, "problem", data, version=1, actor=person)

    at_once(*[lambda p=p, t=t: save(p, t) for p, t in zip(people, texts, strict=True)])

    kept = [dossier.drafts.get(section="problem").raw["problem"][0]]
    kept += [aside.raw["problem"][0] for aside in SectionAside.objects.all()]
    assert sorted(kept) == sorted(texts)
    assert dossier.drafts.get(section="problem").version == 2


def test_a_colleague_is_let_in_once_though_two_jobs_and_a_member_answer_at_once(after_flush):
    agona = make_authority(email_domains=["example.org"])
    efua, kwame = make_user(works_for=agona), make_user()
    kwame.emailaddress_set.create(email=kwame.email, verified=True)
    asked = Membership.objects.create(user=kwame, authority=agona, roles=["editor"])
    Membership.objects.filter(pk=asked.pk).update(opens_at=asked.asked_at)
    now = asked.asked_at

    at_once(
        lambda: members.accept_unopposed_members(now),
        lambda: members.accept_unopposed_members(now),
        lambda: members.accept_unopposed_members(now),
    )

    asked.refresh_from_db()
    assert asked.status == "active" and agona.has_member(efua)
    assert Letter.objects.filter(template="membership_decided").count() == 1


def test_the_last_place_goes_to_one_of_fifty_towns_whose_last_yes_comes_at_once(after_flush):
    """Check K7: exactly one wins; every other is told, and its match stands as it was."""
    ines, offer = make_officer(), make_offer(capacity=1)
    tables = []
    for _ in range(50):
        dossier = make_dossier(status=Status.SHORTLISTING)
        editor = make_user(works_for=dossier.authority)
        interest = make_interest(dossier, offer.expert)
        match = consent.propose_match(dossier, [interest.pk], note="They did it.", actor=ines)
        for side, actor in (("expert", offer.expert.user), ("employer", None)):
            one = match.consents.get(side=side)
            consent.answer_consent(one, accept=True, actor=actor, by_link=side == "employer")
        tables.append((match.consents.get(side="applicant"), editor))

    refused = at_once(
        *[lambda c=c, e=e: consent.answer_consent(c, accept=True, actor=e) for c, e in tables]
    )

    assert refused == ["incomplete"] * 49
    assert Match.objects.filter(status="agreed").count() == Exchange.objects.count() == 1
    assert Match.objects.filter(status="proposed").count() == 49


@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.faults)])
def test_a_yes_a_withdrawal_and_the_last_day_at_once_end_in_one_legal_state(after_flush, rounds):
    """Check K8: the state, the log and the letters agree with each other, whoever came first."""
    ines = make_officer()
    for _ in range(rounds):
        Letter.objects.all().delete()
        dossier = make_dossier(status=Status.SHORTLISTING)
        efua, expert = make_user(works_for=dossier.authority), make_expert()
        interest = make_interest(dossier, expert)
        match = consent.propose_match(dossier, [interest.pk], note="They did it.", actor=ines)
        for side, actor in (("expert", expert.user), ("employer", None)):
            one = match.consents.get(side=side)
            consent.answer_consent(one, accept=True, actor=actor, by_link=side == "employer")
        last = match.consents.get(side="applicant")
        late = timezone.now() + timedelta(days=30)

        at_once(
            lambda c=last, e=efua: consent.answer_consent(c, accept=True, actor=e),
            lambda d=dossier, e=efua: dossier_machine.advance(d, "withdraw", actor=e),
            lambda at=late: consent.lapse_overdue(at),
        )

        dossier.refresh_from_db()
        match.refresh_from_db()
        state = (dossier.status, match.status, Exchange.objects.filter(match=match).count())
        told = set(Letter.objects.values_list("template", flat=True))
        legal = {
            ("matched", "agreed", 1): {"match_agreed"},
            ("withdrawn", "lapsed", 0): {"dossier_withdraw"},
            ("shortlisting", "lapsed", 0): {"match_lapsed"},
        }
        assert legal[state] <= told
        assert ("match_agreed" in told) == (state[1] == "agreed")
        # As they were written: the job's clock stands thirty days ahead.
        assert match.events.order_by("pk").last().target == match.status
        assert dossier.events.order_by("pk").last().target == dossier.status


def is_anybody_waiting():
    """True while a connection waits for a lock that another holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def be_submitted(dossier, person):
    Dossier.objects.filter(pk=dossier.pk).update(status=Status.SUBMITTED)


def be_left_by_its_writer(dossier, person):
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    members.end_membership(person.memberships.get(), actor=person)


@pytest.mark.parametrize("becomes", [be_submitted, be_left_by_its_writer])
def test_what_moved_on_while_somebody_waited_for_it_is_theirs_no_more(becomes, after_flush):
    """Who may write was read before the wait: it was a draft then, and its writer a member."""
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    said = []

    def write():
        try:
            with transaction.atomic():
                said.append(lock_dossier(dossier, "write", efua))
        except PermissionDenied:
            said.append("refused")
        finally:
            connection.close()

    with transaction.atomic():
        becomes(dossier, efua)
        waits = threading.Thread(target=write)
        waits.start()
        wait_for(is_anybody_waiting)
    waits.join()

    assert said == ["refused"]
