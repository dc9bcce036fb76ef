"""The committee: a conflict leaves no trace, no score without a declaration."""

import html
import io
import re
import time
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts import closing
from accounts.holdings import Person
from accounts.models import User
from applications import assignment, committee, ranking, scorer_reminders
from applications.enums import GRID, Status
from applications.forms.committee_forms import ScoreForm
from applications.minutes import draft_minutes
from applications.models import Call, ConflictDeclaration, Dossier, Score
from applications.reminders import remind_committee
from applications.transitions import dossier_machine
from connect.dates import hour_words
from connect.models import Export, Reading
from connect.transitions import TransitionRefused
from notifications.digest import gather_bursts
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from registry import members
from registry.enums import Role
from registry.models import Membership
from tests.exports import give_code_again
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_letter,
    make_meeting,
    make_member,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


def read_pdf(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "\n".join(page.extract_text() for page in pages)


FULL = {code: most for code, (_label, most) in GRID.items()}


def test_a_member_declares_first_and_then_scores(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    before = client.get(page).content.decode()
    with pytest.raises(PermissionDenied):
        committee.save_score(dossier, member=anna, points=FULL)
    client.post(page, {"has_conflict": "no"})
    after = client.get(page).content.decode()
    client.post(page, FULL | {"comment": "Clear."})

    assert (dossier.title in before, dossier.title in after) == (False, True)
    assert list(Score.objects.values_list("member", "total", "comment")) == [
        (anna.pk, 100, "Clear.")
    ]


def test_a_declaration_that_was_typed_as_the_session_ended_is_offered_after_the_sign_in(client):
    """S5: what a member wrote of a conflict was gone without a word."""
    anna, dossier = make_member("Anna"), make_dossier(status=Status.UNDER_SELECTION)
    dossier.assignments.create(member=anna, at=dossier.status_since)
    page = reverse("committee-dossier", args=[dossier.reference])
    client.force_login(anna)
    said = {"has_conflict": "yes", "text": "My sister works there, and her husband too."}

    with time_machine.travel(time.time() + 5 * 3600, tick=False):
        client.post(page, said)
        client.force_login(anna)
        offered = client.get(page).context["form"]

    assert (offered["text"].value(), offered["has_conflict"].value()) == (said["text"], "yes")


def test_a_declared_conflict_takes_the_dossier_away_for_good(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    said = {"has_conflict": "yes", "text": "My sister works there."}

    without_reason = client.post(page, {"has_conflict": "yes", "is_sure": "1"}).text
    asked_again = client.post(page, said).text
    before = Dossier.objects.for_committee(anna).count()
    client.post(page, said | {"is_sure": "1"})

    assert "Describe the conflict: the programme team reads it." in without_reason
    assert "Are you sure?" in asked_again and "My sister works there." in asked_again
    assert before == 1
    assert dossier.reference not in client.get(reverse("committee")).content.decode()
    assert client.get(page).status_code == 404
    with pytest.raises(PermissionDenied):
        committee.declare_conflict(dossier, member=anna, has_conflict=False)


def test_a_member_never_sees_the_dossier_of_their_own_authority():
    agona = make_authority()
    anna = make_member("Anna")
    anna.memberships.create(authority=agona, roles=["expert"], status="active")
    make_dossier(agona, status=Status.UNDER_SELECTION)

    assert list(Dossier.objects.for_committee(anna)) == []
    assert list(Dossier.objects.for_committee(make_user())) == []


class Judged:
    """Anna of the committee works for Agona West; its dossier and another are judged."""

    def __init__(self, **place):
        self.agona = make_authority("Agona West")
        self.call = make_call()
        self.ines, self.anna = make_officer(), make_member("Anna")
        self.place = self.anna.memberships.create(
            authority=self.agona, roles=["expert"], **{"status": "active"} | place
        )
        self.dossier = make_dossier(self.agona, status=Status.UNDER_SELECTION, call=self.call)
        self.other = make_dossier(status=Status.UNDER_SELECTION, call=self.call)

    def seen(self):
        return list(Dossier.objects.for_committee(self.anna))


def test_a_member_who_leaves_the_town_for_a_minute_still_sees_nothing_of_it(client):
    """H3: in list, file, score and sharing out; Z7: no count tells of it either."""
    room = Judged()
    client.force_login(room.anna)
    before = client.get(reverse("committee")).text

    client.post(reverse("membership-leave", args=[room.place.pk]))

    after = client.get(reverse("committee")).text
    assert room.seen() == [room.other]
    assert room.dossier.reference not in before + after and room.other.reference in after
    file = reverse("committee-dossier", args=[room.dossier.reference])
    assert client.get(file).status_code == client.post(file, FULL).status_code == 404
    with pytest.raises(PermissionDenied):
        committee.declare_conflict(room.dossier, member=room.anna, has_conflict=False)
    assert room.anna not in assignment.members_without_conflict([room.dossier])[room.dossier.pk]
    assert list(assignment.dossiers_to_score(room.anna)) == [room.other]


@pytest.mark.parametrize(
    ("ended", "sees"), [(timedelta(days=1), 1), (timedelta(days=729), 1), (timedelta(days=733), 2)]
)
def test_a_conflict_of_interest_lasts_two_years_after_one_left(ended, sees):
    """H3."""
    room = Judged(status="ended", decided_at=timezone.now() - ended)

    assert len(room.seen()) == sees


def test_whoever_asked_together_merged_or_speaks_for_the_town_has_the_conflict_too():
    """H3: the kind, not only the applicant's own members."""
    room = Judged(status="refused")
    awutu, successor = make_authority("Awutu"), make_authority("Agona")
    room.dossier.partners.add(awutu)
    nalag = awutu.associations.create(name="NALAG", country="GH", scope="national")
    gone = {"status": "ended", "decided_at": timezone.now()}
    ties = {
        "of a co-applicant": {"authority": awutu},
        "of its association": {"association": nalag},
        "who asked to join": {"authority": room.agona, "status": "asked"},
        "of what it merged into": {"authority": successor},
    }
    type(room.agona).objects.filter(pk=room.agona.pk).update(status="merged", merged_into=successor)

    seen = {}
    for name, place in ties.items():
        member = make_member(name)
        member.memberships.create(roles=["expert"], **gone | place)
        seen[name] = list(Dossier.objects.for_committee(member))

    assert seen == dict.fromkeys(ties, [room.other])
    assert len(room.seen()) == 2  # who was refused belongs to nobody


def test_staff_learn_at_once_who_of_the_committee_joins_or_leaves_while_it_judges():
    """H3: a score given before counts no more; whoever is not of the committee is no news."""
    room = Judged(status="refused")
    committee.declare_conflict(room.dossier, member=room.anna, has_conflict=False)
    committee.save_score(room.dossier, member=room.anna, points=FULL)
    Letter.objects.all().delete()

    asked = members.ask_to_join(room.anna, authority=room.agona, roles=["expert"], function="Clerk")
    members.ask_to_join(make_user(), authority=room.agona, roles=["expert"], function="Clerk")
    scored = Score.objects.exists()
    members.decide_membership(asked, actor=room.ines, accept=True, grounds="The mayor told us.")
    members.end_membership(asked, actor=room.anna)

    told = Letter.objects.filter(template="committee_belonging").order_by("pk")
    assert not scored and room.seen() == [room.other]
    assert [letter.context["has_left"] for letter in told] == [False, False, True]
    assert {letter.context["references"] for letter in told} == {room.dossier.reference}
    assert {letter.address for letter in told} == {room.ines.email}


def test_an_officer_with_a_conflict_neither_reads_nor_decides_and_a_neutral_one_makes_the_minutes(
    client,
):
    """H3 and Z7: staff are no exception: list, count, file, step, export and minutes."""
    room = Judged()
    lars = make_officer("Lars")
    lars.memberships.create(
        authority=room.agona, roles=["editor"], status="ended", decided_at=timezone.now()
    )
    held = make_meeting(room.dossier, room.anna, status="held")
    held.cases.create(dossier=room.other, position=2)
    meeting = reverse("admin:applications_call_committee", args=[room.call.pk])
    printed = reverse("admin:applications_call_minutes_pdf", args=[room.call.pk, held.pk])
    draft_minutes(held)
    changelist = reverse("admin:applications_dossier_changelist")
    client.force_login(lars)

    pages = [client.get(page).text for page in (changelist, meeting)]
    refused = client.get(printed).status_code
    file = reverse("admin:applications_dossier_change", args=[room.dossier.pk])
    codes = [client.get(page).status_code for page in (file, room.dossier.get_absolute_url())]
    with pytest.raises(PermissionDenied):
        dossier_machine.advance(room.dossier, "not_select", actor=lars, note="No.")
    give_code_again(client)
    client.post(reverse("admin:applications_dossier_export"), {"format": "csv"})
    client.force_login(room.ines)
    minutes = client.get(printed)

    assert [room.dossier.reference in page for page in pages] == [False, False]
    assert "(1)" in pages[0] and "(2)" not in pages[0]  # what waits for a decision
    assert refused == 404 and codes == [404, 404]
    assert Export.objects.get().rows == [room.other.pk]
    text = read_pdf(minutes.content)
    assert room.dossier.reference in text and room.other.reference in text
    assert "Recused: Anna" in " ".join(text.split())


@pytest.mark.parametrize("points", [{**FULL, "clarity": 26}, {**FULL, "spread": -1}, {}])
def test_points_outside_the_grid_are_refused(points):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member()
    committee.declare_conflict(dossier, member=anna, has_conflict=False)

    with pytest.raises(ValidationError):
        committee.save_score(dossier, member=anna, points=points)

    assert not Score.objects.exists()


def test_what_others_gave_is_shown_once_all_are_in_and_changes_nothing_any_more(client):
    """H34: one gave few points, read what others gave, and gave many."""
    dossier, anna, jan = make_dossier(status="under_selection"), make_member(), make_member()
    for member in (anna, jan, ruth := make_member()):
        committee.declare_conflict(dossier, member=member, has_conflict=False)
    committee.save_score(dossier, member=jan, points=FULL, comment="Jan's words")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    before = client.get(page).content.decode()
    for points in (2, 3, 1, 1):  # as long as some are missing, one may think again
        committee.save_score(dossier, member=anna, points=dict.fromkeys(FULL, points))
    between = client.get(page).content.decode()
    committee.save_score(dossier, member=ruth, points=dict.fromkeys(FULL, 1))
    after = client.get(page).content.decode()
    again = client.post(page, FULL | {"comment": ""}, follow=True).text
    room = client.get(reverse("committee")).text

    assert ["Jan&#x27;s words" in one for one in (before, between, after)] == [False, False, True]
    assert "yours can no longer be changed" in again  # C2: and no form, which could be sent no more
    assert ("Save my score" in again, "needs attention" in again) == (False, False)
    assert "All scores are in: read them" in room
    offered = ["You may change it until all scores are in" in one for one in (between, after)]
    assert [*offered, "Save my score" in after] == [True, False, False]
    assert dossier.scores.get(member=anna).points == dict.fromkeys(FULL, 1)
    client.force_login(make_officer())
    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    first, now = 2 * len(FULL), len(FULL)
    assert f"{anna.name} first gave {first} of 100, and changed it to {now} on" in file
    assert file.count("first gave") == 1


# Sharing out, the meeting, and who may overrule

NOW = timezone.now()


class Round:
    """A call with dossiers before a committee of five, two of whom write French."""

    def __init__(self, dossiers=4, members=5):
        self.call = make_call(meeting_on=date(2026, 12, 10))
        self.members = [make_member(f"Member {n}") for n in range(members)]
        for member in self.members[:2]:
            member.language = "fr"
            member.save()
        self.dossiers = [
            make_dossier(status=Status.UNDER_SELECTION, call=self.call) for _ in range(dossiers)
        ]
        self.ines = make_officer()

    def share_out(self):
        return assignment.assign_dossiers(self.call, actor=self.ines, now=NOW)

    def score(self, dossier, member, total):
        left = total
        points = {}
        for code, most in FULL.items():
            points[code] = min(left, most)
            left -= points[code]
        if committee.declaration_of(dossier, member) is None:
            committee.declare_conflict(dossier, member=member, has_conflict=False)
        committee.save_score(dossier, member=member, points=points)

    def assigned(self, dossier):
        return [one.member for one in dossier.assignments.select_related("member")]


def add_a_member(room, dossier, late):
    """An administrator takes one more into the committee, and an officer lets them read it."""
    late = make_member("Betty")
    assignment.add_reader(dossier, late.pk, actor=room.ines)
    return late


def correct_a_conflict(room, dossier, late):
    declared = committee.declaration_of(dossier, late)
    committee.correct_conflict(declared, member=late, reason="She left in 2019.")
    return late


@pytest.mark.parametrize("join", [add_a_member, correct_a_conflict])
def test_scores_that_were_shown_stay_shown_and_unchanged_when_one_more_member_scores(client, join):
    """They were open again for those who had read each other's, and hidden from them."""
    room = Round(dossiers=1, members=3)
    room.share_out()
    (dossier,) = room.dossiers
    anna, marie, jan = room.members
    committee.declare_conflict(dossier, member=jan, has_conflict=True, text="My town.")
    room.score(dossier, anna, 43)
    room.score(dossier, marie, 83)
    page, hall = reverse("committee-dossier", args=[dossier.reference]), reverse("committee")

    late = join(room, dossier, jan)
    client.force_login(anna)
    hers, list_of_hers = client.get(page).text, client.get(hall).text
    refused = client.post(page, FULL, follow=True).text
    client.force_login(late)
    client.post(page, {"has_conflict": "no"})
    before = client.get(page).text
    room.score(dossier, late, 60)
    after = client.get(page).text
    client.force_login(anna)
    at_last = client.get(page).text

    assert "83 of 100" in hers and "yours can no longer be changed" in hers
    assert "Save my score" not in hers and "All scores are in: read them" in list_of_hers
    assert "yours can no longer be changed" in refused
    assert dossier.scores.get(member=anna).total == 43
    assert "43 of 100" not in before and "Save my score" in before
    assert "43 of 100" in after and "60 of 100" in at_last


def test_dossiers_are_shared_out_in_balance_and_a_second_time_adds_nothing():
    room = Round(dossiers=5, members=5)

    made, again = room.share_out(), room.share_out()

    loads = [member.assignments.count() for member in room.members]
    assert (made, again, loads) == (15, 0, [3, 3, 3, 3, 3])
    assert Letter.objects.filter(template="committee_assigned").count() == 5
    with pytest.raises(PermissionDenied):
        assignment.assign_dossiers(room.call, actor=room.members[0])


def test_the_readings_of_a_member_who_left_are_shared_out_anew_but_for_what_was_scored():
    """Each file waited for a third score, and sharing out again assigned nobody."""
    room = Round(dossiers=6, members=4)
    room.share_out()
    left = room.members[0]
    first, *others = [one for one in room.dossiers if left in room.assigned(one)]
    room.score(first, left, 70)
    left.groups.clear()

    room.share_out()

    def readers(dossier):
        return [one for one in room.assigned(dossier) if one != left]

    assert [len(readers(one)) for one in others] == [3] * len(others)
    assert len(readers(first)) == 2


def test_a_score_of_who_left_counts_as_a_reading_where_few_are_left_to_read():
    """Sharing out asked more of one member than there were, and failed or assigned nobody."""
    room = Round(dossiers=1, members=2)
    (dossier,) = room.dossiers
    room.call.quorum = 2
    room.call.save()
    stays, left = room.members
    room.score(dossier, left, 70)
    left.groups.clear()

    first = room.share_out()
    stays.groups.clear()
    nobody = room.share_out()

    assert (first, nobody) == (1, 0)
    assert room.assigned(dossier) == [stays]


def test_nobody_is_assigned_over_a_conflict_and_french_dossiers_go_to_who_writes_french():
    room = Round(dossiers=2)
    french, english = room.dossiers
    Dossier.objects.filter(pk=french.pk).update(language="fr")
    town = english.authority
    room.members[4].memberships.create(authority=town, roles=["expert"], status="active")

    room.share_out()

    assert set(room.members[:2]) <= set(room.assigned(french))
    assert room.members[4] not in room.assigned(english)


@pytest.mark.parametrize(("dossiers", "members"), [(3, 2), (1, 3), (7, 4), (40, 6)])
def test_each_dossier_gets_its_three_scorers_or_all_there_are(dossiers, members):
    room = Round(dossiers, members)

    room.share_out()

    counts = {len(room.assigned(dossier)) for dossier in room.dossiers}
    loads = [member.assignments.count() for member in room.members]
    assert counts == {min(3, members)}
    assert max(loads) - min(loads) <= 1


def test_a_dossier_that_was_shared_out_is_seen_by_its_scorers_alone():
    room = Round(dossiers=1)
    (dossier,) = room.dossiers
    before = [list(Dossier.objects.for_committee(member)) for member in room.members]

    room.share_out()

    seen = [m for m in room.members if Dossier.objects.for_committee(m).exists()]
    assert before == [[dossier]] * 5
    assert seen == sorted(room.assigned(dossier), key=lambda member: member.pk)


def test_who_declares_a_conflict_is_replaced():
    room = Round(dossiers=1)
    (dossier,) = room.dossiers
    room.share_out()
    first = room.assigned(dossier)[0]

    committee.declare_conflict(dossier, member=first, has_conflict=True)

    assert first not in room.assigned(dossier)
    assert len(room.assigned(dossier)) == 3


def test_two_scores_far_apart_ask_one_more_member_once():
    room = Round(dossiers=1)
    (dossier,) = room.dossiers
    room.share_out()
    one, two, three = room.assigned(dossier)
    room.score(dossier, one, 50)
    room.score(dossier, two, 75)
    near = len(room.assigned(dossier))
    room.score(dossier, three, 76)
    room.score(dossier, three, 90)

    assert (near, len(room.assigned(dossier))) == (3, 4)
    with pytest.raises(TransitionRefused, match="the score of 1 member"):
        dossier_machine.advance(dossier, "validate", actor=room.ines)
    room.score(dossier, room.assigned(dossier)[3], 70)
    assert dossier_machine.advance(dossier, "validate", actor=room.ines).status == Status.VALIDATED


@pytest.mark.parametrize("totals", [(40, 90, 90), (25, 99)])
def test_where_nobody_is_left_to_settle_what_lies_apart_staff_are_asked_why(client, totals):
    """They learn of it before the decision; a written reason, kept in the minutes, is enough."""
    room = Round(dossiers=1, members=3)
    (dossier,) = room.dossiers
    for member in room.members[len(totals) :]:
        committee.declare_conflict(dossier, member=member, has_conflict=True, text="My sister.")
    Letter.objects.all().delete()
    for member, total in zip(room.members, totals, strict=False):
        room.score(dossier, member, total)
    client.force_login(room.ines)
    told = Letter.objects.filter(template="committee_short", cancelled_at=None)
    told_before = [letter.context["apart"] for letter in told]
    letter = compose_letter(told.get())
    for member, total in zip(room.members, totals, strict=False):
        Score.objects.filter(member=member).update(comment=f"Well argued, {total}.")
    meeting = reverse("admin:applications_call_committee", args=[room.call.pk])
    meeting_page = client.get(meeting).text
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "validate"])

    refused = client.post(step, {}).text
    with pytest.raises(TransitionRefused, match="two scores are"):
        dossier_machine.advance(dossier, "reserve", actor=room.ines)
    client.post(step, {"validate-internal": "Both looked at it again together."})

    apart = max(totals) - min(totals)
    assert told_before == [apart] and not told.all().exists()
    assert letter[0] == f"{dossier.reference}: two scores are {apart} points apart"
    assert "can judge it" not in letter[1]
    assert f"Two scores are {apart} points apart" in refused and meeting in refused
    comments = [f"{total}: “Well argued, {total}.”" for total in sorted(totals, reverse=True)]
    assert re.findall("[0-9]+: “.*?”", meeting_page) == comments  # in the order of the scores
    assert f"Well argued, {totals[0]}." in refused
    assert f"Two scores are {apart} points apart" in meeting_page
    assert "Reason for the decision" in refused and refused.count("<details open") == 1
    dossier.refresh_from_db()
    assert dossier.status == Status.VALIDATED
    mean = f"{Decimal(sum(totals)) / len(totals):.1f}"
    assert all(mean in page for page in (meeting_page, refused))


def test_a_committee_of_three_with_one_recusal_decides_and_staff_know(client):
    """17-5.4: all who may judge are enough; one alone is not, until an alternate reads."""
    room = Round(dossiers=1, members=3)
    (dossier,) = room.dossiers
    one, two, three = room.members
    room.share_out()
    client.force_login(room.ines)
    page = reverse("admin:applications_call_committee", args=[room.call.pk])

    def told():
        letters = Letter.objects.filter(template="committee_short").order_by("pk")
        return [(letter.address, letter.context["is_stuck"]) for letter in letters]

    committee.declare_conflict(dossier, member=three, has_conflict=True)
    short = client.get(page).text
    room.score(dossier, one, 70)
    with pytest.raises(TransitionRefused, match="the score of 1 member"):
        dossier_machine.advance(dossier, "reserve", actor=room.ines)
    first = told()
    committee.declare_conflict(dossier, member=two, has_conflict=True)
    stuck = client.post(page, {"share": "1"}, follow=True).text
    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    alternate = make_member("Alma")
    client.post(page, {"read": dossier.pk, f"reader-{dossier.pk}": alternate.pk})
    room.score(dossier, alternate, 80)

    assert "2 can judge it, and decide together." in short
    assert first == [(room.ines.email, False)] and told()[1:] == [(room.ines.email, True)]
    assert f"Only 1 of 3 members can judge {dossier.reference}." in stuck
    assert "nothing can be decided" in stuck
    assert "1 of 3 scores received." in file and "1 of 3<" in stuck  # and not “of 2”
    assert "Only 1 of 3 members can judge it. Nothing can be decided: ask an admin" in file
    assert dossier_machine.advance(dossier, "validate", actor=room.ines).status == Status.VALIDATED


def test_recusals_of_one_minute_are_one_e_mail_also_to_who_can_add_a_member():
    room = Round(dossiers=1, members=3)
    room.share_out()
    vera = make_officer("Vera")
    User.objects.filter(pk=vera.pk).update(is_superuser=True)
    Dossier.objects.update(case_officer=room.ines)
    dossier = Dossier.objects.get()
    now = timezone.now()
    Letter.objects.update(sent_at=now)
    for member in room.members:
        committee.declare_conflict(dossier, member=member, has_conflict=True)

    later = now + timedelta(minutes=11)
    gather_bursts(later)
    send_waiting_letters(later)

    left = Letter.objects.exclude(sent_at=None).filter(key__startswith="burst:")
    said = [(one.address, one.context["judges"], one.context["is_stuck"]) for one in left]
    assert sorted(said) == sorted([(room.ines.email, 0, True), (vera.email, 0, True)])
    words = {one.address: one.body for one in left}
    assert "ask an administrator to add members" in words[room.ines.email]
    assert "with so few members: add members to the committee" in words[vera.email]
    pages = [
        signed_in(one).get(reverse("admin:applications_call_committee", args=[room.call.pk])).text
        for one in (room.ines, vera)
    ]
    assert ["Ask an administrator for further members." in page for page in pages] == [True, False]
    assert not Letter.objects.unsent().filter(template="committee_short").exists()


@pytest.mark.parametrize("ends", ["role", "account", "closing"])
def test_a_member_who_leaves_the_committee_makes_a_decision_impossible_and_staff_know(
    client, monkeypatch, ends
):
    """Three members, one recused, another's role ended: only the committee's page said it."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    room = Round(dossiers=1, members=3)
    _one, two, three = room.members
    committee.declare_conflict(room.dossiers[0], member=three, has_conflict=True)
    Letter.objects.all().delete()
    User.objects.filter(pk=room.ines.pk).update(is_superuser=True)
    client.force_login(User.objects.get(pk=room.ines.pk))

    def save_account(person, **fields):
        page = reverse("admin:accounts_user_change", args=[person.pk])
        client.post(page, {"name": person.name, "language": "en"} | fields)
        person.refresh_from_db()

    save_account(make_user("Kofi"))  # is no member, and leaves, too
    before = Letter.objects.filter(template="committee_short").exists()
    match ends:
        case "role":
            save_account(two, is_active="on")
        case "account":
            save_account(two, groups=two.groups.get().pk)
        case "closing":
            closing.begin_closing(Person.from_user(two))

    letter = Letter.objects.get(template="committee_short")
    said = [letter.address, letter.context["judges"], letter.context["is_stuck"]]
    assert (before, said) == (False, [room.ines.email, 1, True])


def test_who_leaves_the_committee_is_replaced_where_they_have_not_scored():
    """Their file waited for nobody: no name stood beside it, and all were "reminded today"."""
    room = Round(dossiers=2, members=4)
    room.share_out()
    first, second = room.dossiers
    leaver, *others = room.assigned(first)
    (spare,) = set(room.members) - {leaver, *others}
    for member in others:
        room.score(first, member, 70)
    scored = room.assigned(second)
    for member in scored:
        room.score(second, member, 70)

    leaver.groups.clear()
    committee.warn_of_leaver(leaver, timezone.now())
    able = assignment.members_without_conflict([first])[first.pk]

    assert set(room.assigned(first)) == {spare, *others}
    assert set(room.assigned(second)) == set(scored)
    assert assignment.missing_scorers(first, able, len(able)) == [spare]


def test_the_end_of_a_member_asks_the_database_as_often_for_many_applications(
    django_assert_max_num_queries,
):
    room = Round(dossiers=8, members=6)
    one, *_others = room.members
    one.groups.clear()

    with django_assert_max_num_queries(12):
        committee.warn_of_leaver(one, timezone.now())


def test_two_of_three_may_judge_and_their_scores_validate():
    """17-5.4."""
    room = Round(dossiers=1, members=3)
    (dossier,) = room.dossiers
    room.share_out()
    committee.declare_conflict(dossier, member=room.members[2], has_conflict=True)
    for member in room.members[:2]:
        room.score(dossier, member, 70)

    assert dossier_machine.advance(dossier, "validate", actor=room.ines).status == Status.VALIDATED


def test_below_the_threshold_only_an_administrator_validates_and_the_reason_stays():
    room = Round(dossiers=1)
    (dossier,) = room.dossiers
    for member in room.members[:3]:
        room.score(dossier, member, 59)

    with pytest.raises(TransitionRefused, match="a mean of 60 points"):
        dossier_machine.advance(dossier, "validate", actor=room.ines)
    with pytest.raises(PermissionDenied):
        dossier_machine.advance(dossier, "overrule", actor=room.ines, note="We wish to.")
    room.ines.is_superuser = True
    with pytest.raises(TransitionRefused, match="an explanation"):
        dossier_machine.advance(dossier, "overrule", actor=room.ines)
    dossier_machine.advance(
        dossier, "overrule", actor=room.ines, note="The only town of the region."
    )

    event = dossier.events.last()
    assert (event.verb, event.actor, event.details["note"]) == (
        "overrule",
        room.ines,
        "The only town of the region.",
    )
    assert Letter.objects.filter(template="dossier_validate").exists()


def test_nobody_outside_reads_that_the_committee_decided_what_an_administrator_did(client):
    room = Round(dossiers=1)
    (dossier,) = room.dossiers
    room.ines.is_superuser = True
    make_user("Kofi", works_for=dossier.authority)
    dossier_machine.advance(dossier, "overrule", actor=room.ines, note="The only town.")
    letters = Letter.objects.filter(template__startswith="dossier_validate")
    Letter.objects.update(sent_at=timezone.now())  # before, nobody outside sees the step
    client.force_login(make_user("Efua", works_for=dossier.authority))
    page = html.unescape(client.get(dossier.path, follow=True).content.decode())
    client.force_login(room.ines)
    desk = html.unescape(client.get(dossier.desk_path).content.decode())

    texts = [" ".join(compose_letter(one)[:2]) for one in letters]
    words = "Validated by an administrator, against the committee or without it"
    assert (words in page, words in desk, "Validated" in page) == (False, True, True)
    assert texts and not [text for text in texts if "committee" in text]


def test_members_are_reminded_of_missing_scores_seven_and_two_days_before():
    room = Round(dossiers=2, members=3)
    room.share_out()
    Letter.objects.all().delete()
    first = room.members[0]
    for dossier in room.dossiers:
        room.score(dossier, first, 70)
    meets = room.call.meeting_on

    sent = {
        days: remind_committee(meets - timedelta(days=days)) for days in (8, 7, 6, 3, 2, 1, 0, -1)
    }

    assert sent == {8: 0, 7: 2, 6: 0, 3: 0, 2: 2, 1: 0, 0: 0, -1: 0}
    assert first.email not in set(Letter.objects.values_list("address", flat=True))


def test_a_meeting_whose_day_is_corrected_reminds_nobody_again_and_one_that_is_moved_does():
    """Corrected from 10 to 11 December, all members were reminded again the day after."""
    room = Round(dossiers=1, members=3)
    room.share_out()
    Letter.objects.all().delete()
    meets = room.call.meeting_on

    def remind(moved, days_left):
        Call.objects.update(meeting_on=meets + timedelta(days=moved))
        return remind_committee(meets + timedelta(days=moved - days_left))

    first = remind(0, 7)
    corrected = [remind(1, 7), remind(-1, 6), remind(7, 7), remind(0, 5)]
    last = [remind(0, 2), remind(1, 2), remind(2, 1)]
    moved = [remind(30, 7), remind(31, 6), remind(30, 2), remind(33, 2)]

    assert (first, corrected, last) == (3, [0, 0, 0, 0], [3, 0, 0])
    assert moved == [3, 0, 3, 3]


def test_the_page_of_the_committee_ranks_the_dossiers(client):
    room = Round(dossiers=2)
    low, high = room.dossiers
    for member in room.members[:3]:
        room.score(low, member, 61)
        room.score(high, member, 88)
    dossier_machine.advance(high, "validate", actor=room.ines)
    client.force_login(room.ines)

    shown = client.get(reverse("admin:applications_call_committee", args=[room.call.pk])).text

    assert shown.index(high.reference) < shown.index(low.reference)


def test_the_load_of_a_member_is_what_they_have_not_read_yet(client):
    room = Round(dossiers=2, members=3)
    room.share_out()
    first = room.members[0]
    room.score(room.dossiers[0], first, 70)
    client.force_login(room.ines)

    shown = client.get(reverse("admin:applications_call_committee", args=[room.call.pk])).text

    said = re.findall("<li>(Member .*?)</li>", shown)
    assert said == [
        "Member 0: 1 assigned and still to score, 1 scored",
        *(f"Member {n}: 2 assigned and still to score, 0 scored" for n in (1, 2)),
    ]
    assert shown.count("<td>—</td>") == 3  # one mean, and nothing apart in both
    form = client.get(reverse("admin:applications_call_change", args=[room.call.pk])).text
    bounds = ("one more if two are more than 25 points apart", "beyond which one more member")
    assert [words in page for words, page in zip(bounds, (shown, form), strict=True)] == [True] * 2


@pytest.mark.parametrize("number", [2, 30])
def test_the_committees_room_asks_the_database_as_often_for_thirty_dossiers(
    client, django_assert_max_num_queries, number
):
    room = Round(dossiers=number, members=3)
    room.share_out()
    client.force_login(room.ines)
    client.get(reverse("my"))  # counts what waits for its reader
    client.get(reverse("admin:index"))  # and for the team

    with django_assert_max_num_queries(20):
        client.get(reverse("admin:applications_call_committee", args=[room.call.pk]))


def test_points_are_asked_for_as_the_box_takes_them():
    for typed in ("12.5", "30", "-1"):
        form = ScoreForm({"change": typed}, grid={"change": ("Change", 25)})

        assert form.errors["change"] == [f"“{typed}” is not a whole number from 0 to 25."]


def test_a_member_who_pressed_the_wrong_answer_corrects_it_and_staff_see_both(client):
    """“Yes” had no way back but a button that took a changed answer for the first one."""
    room = Round(dossiers=1, members=4)
    room.share_out()
    (dossier,) = room.dossiers
    anna = room.assigned(dossier)[0]
    client.force_login(anna)
    page, hall = reverse("committee-dossier", args=[dossier.reference]), reverse("committee")
    said = {"has_conflict": "yes", "text": "My sister works there."}
    asked = client.post(page, said).text
    back = client.post(page, said | {"back": "1"}).text
    client.post(page, said | {"is_sure": "1"})

    listed = client.get(hall).text
    declared = ConflictDeclaration.objects.get(member=anna)
    without = client.post(hall, {"declared": declared.pk, "reason": " "}).text
    stays = Dossier.objects.for_committee(anna).exists()
    corrected = client.post(
        hall, {"declared": declared.pk, "reason": "She left in 2019."}, follow=True
    ).text
    room.score(dossier, anna, 80)

    assert "No, change my answer" in asked and "Continue" in back
    assert 'value="My sister works there."' in back
    # The list names when and in which words it was declared, and nothing of the application.
    assert "My sister works there." in listed and dossier.reference not in listed
    assert "This field is required." in without and not stays
    assert f"you can read and score {dossier.reference}" in corrected
    client.force_login(room.ines)
    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    both = re.sub(r"<[^>]+>|\s+", " ", file.partition(f"{anna.name} declared a conflict")[2])
    assert "My sister works there." in both and "She left in 2019." in both
    assert f"{anna.name} declared on" in both and "no conflict of interest" in both
    # Whoever took their place reads it too.
    assert len(room.assigned(dossier)) == 4 and anna in room.assigned(dossier)


def test_a_member_says_that_there_is_a_conflict_after_all_before_they_score(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])
    client.post(page, {"has_conflict": "no"})

    offered = '<a href="?declare=1">I have a conflict of interest after all</a>'
    shown = client.get(page).text
    asked = client.get(f"{page}?declare=1").text
    said = {"has_conflict": "yes", "text": "My sister works there.", "is_sure": "1"}
    client.post(f"{page}?declare=1", said)

    assert offered in shown and "Do you have a conflict of interest" in asked
    assert not Dossier.objects.for_committee(anna).exists()
    (declared,) = ConflictDeclaration.objects.filter(member=anna)
    assert [one[:2] for one in declared.all_declared] == [
        (False, ""),
        (True, "My sister works there."),
    ]


def test_no_declaration_is_corrected_once_one_has_scored_or_by_anybody_else(client):
    dossier, other = (make_dossier(status=Status.UNDER_SELECTION) for _ in "12")
    anna, jan = make_member("Anna"), make_member("Jan")
    committee.declare_conflict(dossier, member=anna, has_conflict=False)
    committee.save_score(dossier, member=anna, points=FULL)
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])
    committee.declare_conflict(other, member=jan, has_conflict=True, text="My brother.")
    declared = ConflictDeclaration.objects.get(member=jan)

    with pytest.raises(ValidationError, match="You have scored it"):
        committee.declare_conflict(dossier, member=anna, has_conflict=True, text="My sister.")
    with pytest.raises(PermissionDenied):
        committee.correct_conflict(declared, member=anna, reason="Not so.")
    late = timezone.now() + timedelta(days=15)
    with pytest.raises(PermissionDenied):
        committee.correct_conflict(declared, member=jan, reason="Not so.", now=late)
    other.status = Status.VALIDATED
    other.save()
    with pytest.raises(PermissionDenied):
        committee.correct_conflict(declared, member=jan, reason="Not so.")

    assert "after all" not in client.get(page).text
    declared.refresh_from_db()
    assert declared.has_conflict and dossier.scores.filter(member=anna).exists()


def test_a_declaration_is_corrected_only_while_its_dossier_can_still_be_judged(client):
    """What was typed was refused: the committee had decided, or something else ties them to it."""
    jan, words = make_member("Jan"), "you can correct it for two weeks"
    decided, own = (make_dossier(status=Status.UNDER_SELECTION) for _ in "12")
    client.force_login(jan)

    def is_offered():
        return words in client.get(reverse("committee")).text

    committee.declare_conflict(decided, member=jan, has_conflict=True, text="My brother.")
    offered = [is_offered()]
    Dossier.objects.filter(pk=decided.pk).update(status=Status.VALIDATED)
    offered.append(is_offered())
    committee.declare_conflict(own, member=jan, has_conflict=True, text="My sister.")
    offered.append(is_offered())
    Membership.objects.create(
        user=jan, authority=own.authority, roles=[Role.EDITOR], status="active"
    )
    offered.append(is_offered())

    assert offered == [True, False, True, False]


def test_a_reminder_that_waits_with_others_says_when_it_leaves(client):
    """“3 members are reminded”, and the e-mails waited for ten minutes."""
    room = Round(dossiers=1, members=3)
    room.share_out()
    client.force_login(room.ines)
    page = reverse("admin:applications_call_committee", args=[room.call.pk])

    said = client.post(page, {"remind": room.dossiers[0].pk}, follow=True).text

    waiting = Letter.objects.filter(key__startswith="scores-asked").latest("not_before")
    assert waiting.not_before > timezone.now()
    hour = hour_words(waiting.not_before)
    assert f"3 members will be reminded, the last at {hour}." in said
    assert "(Brussels time)" in hour


def test_staff_see_by_name_who_has_not_scored_and_remind_exactly_these(client):
    room = Round(dossiers=2, members=4)
    room.share_out()
    first, second = room.dossiers
    scored, *late = room.assigned(first)
    room.score(first, scored, 70)
    for member in room.assigned(second):
        room.score(second, member, 70)
    Letter.objects.all().delete()
    client.force_login(room.ines)
    page = reverse("admin:applications_call_committee", args=[room.call.pk])

    shown = client.get(page).text
    said = client.post(page, {"remind": first.pk}, follow=True).text
    again = client.post(page, {"remind_all": "1"}, follow=True).text
    wrong = client.post(page, {"remind": "x"}, follow=True).text
    for member in late:
        room.score(first, member, 70)
    over = client.post(page, {"remind_all": "1"}, follow=True).text
    with pytest.raises(PermissionDenied):
        scorer_reminders.remind_scorers(room.dossiers, actor=scored)

    names = re.findall(r"Not scored yet: ([^<]*)<", shown)
    assert names == [f"{late[0].name}, {late[1].name}"]
    assert "2 members are reminded." in said and "was reminded today already" in again
    assert ["no score is missing" in one for one in (said, again, wrong, over)] == [
        *(False, False),
        *(True, True),
    ]
    told = Letter.objects.order_by("address").values_list("template", "address")
    assert list(told) == [("committee_assigned", one) for one in sorted(m.email for m in late)]


def test_a_member_opens_the_letter_of_commitment_once_they_declared_and_it_is_recorded(client):
    dossier, anna = make_dossier(status=Status.UNDER_SELECTION), make_member("Anna")
    client.force_login(anna)
    page = reverse("committee-dossier", args=[dossier.reference])
    file = reverse("committee-commitment", args=[dossier.reference])
    committee.declare_conflict(dossier, member=anna, has_conflict=False)
    without = client.get(page).text
    letter = make_letter(dossier)
    ConflictDeclaration.objects.all().delete()

    before = client.get(file).status_code
    committee.declare_conflict(dossier, member=anna, has_conflict=False)
    shown, opened = client.get(page).text, client.get(file)

    assert "There is no letter of commitment" in without
    assert before == 404 and file in shown and opened.status_code == 200
    read = Reading.objects.values_list("reader", "part")
    assert list(read) == [(anna.pk, letter.kind)]


def test_half_a_point_would_be_read_as_people_write_it():
    """A total of 72.50 was “72.50”; the columns hold whole points today."""
    comment = ranking.word_comment(Score(total=Decimal("72.50"), comment="Well argued"))

    with override("fr"):
        french = ranking.word_comment(Score(total=Decimal("72.50"), comment="Bien"))
    assert (comment, french.startswith("72,5")) == ("72.5: “Well argued”", True)
