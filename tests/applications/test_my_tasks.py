"""What waits for whoever writes an application, and for who runs the programme: each state."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications import committee, section_answers, signature
from applications.enums import GRID, Status
from applications.models import ConflictDeclaration, Dossier
from connect.my_work import list_tasks
from exchanges import plan_approval
from exchanges.models import ActionPlan, DaysProposal, Exchange, Observation
from matching.enums import InterestStatus
from practices.models import Agreement, Practice
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_interest,
    make_letter,
    make_measure,
    make_member,
    make_officer,
    make_practice,
    make_session,
    make_user,
    section_data,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def asked_of(person):
    return [str(task.what) for task in list_tasks(person, timezone.now()) if task.asks]


@pytest.fixture
def efua():
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    efua.agona = agona
    return efua


def unsigned(**changed):
    """A complete draft but for its signature."""
    typed = answers(**changed)
    del typed["letter_to_follow"]
    return typed


def test_of_an_officer_it_is_asked_once_whether_anything_ties_them():
    """Ten of the thirty-four questions for an officer's list were whether they have a conflict."""
    ines = make_officer("Ines")

    with CaptureQueriesContext(connection) as asked:
        list_tasks(ines, timezone.now())

    first = '(SELECT "applications_conflictdeclaration"'
    assert len([one for one in asked if one["sql"].startswith(first)]) == 1


def test_of_who_has_no_town_and_no_profile_only_that_is_asked(django_assert_max_num_queries):
    """The header counts on every page: it took twenty-two questions to find nothing."""
    newcomer = make_user("Kofi")

    with django_assert_max_num_queries(8):
        assert asked_of(newcomer) == []


def test_a_draft_waits_for_who_writes_it_and_for_the_mayor_once_it_only_lacks_the_signature(efua):
    """Nothing was listed of a draft: complete, signed, and only to be sent."""
    dossier = make_dossier(efua.agona, typed=unsigned())
    said = [asked_of(efua)]
    asked = signature.request_signature(dossier, actor=efua)
    said.append(asked_of(efua))
    signature.decline_signature(asked, why="Two trucks are too few.")
    said.append(asked_of(efua))
    signature.sign_dossier(asked, name="Justina Assan", digest=dossier.digest())
    said.append(asked_of(efua))
    (task,) = list_tasks(efua, timezone.now())

    assert said == [
        ["Finish the application, and submit it"],
        [],
        ["Read why the legal representative does not sign, and change the application"],
        ["Submit the application: it is complete"],
    ]
    assert task.path == dossier.path
    assert task.until == timezone.localdate(dossier.call.closes_at)


def test_a_draft_of_a_closed_call_of_others_or_not_begun_is_said_as_it_is(efua):
    make_dossier(efua.agona, call=make_call(closes_at=timezone.now() - timedelta(days=1)))
    make_dossier()
    nothing = asked_of(efua)
    begun = make_dossier(efua.agona, typed={"dossier_title": "Latrines"})
    alone = make_user("Kofi")
    own = make_dossier(efua.agona, status=Status.PRIVATE, created_by=alone)

    assert nothing == []
    assert asked_of(efua) == ["Finish the application, and submit it"]
    assert [task.path for task in list_tasks(efua, timezone.now())] == [begun.path]
    assert [task.path for task in list_tasks(alone, timezone.now())] == [own.path]


def test_an_application_without_commitment_asks_for_it_before_the_committee(efua):
    dossier = make_dossier(efua.agona, status=Status.SUBMITTED)
    missing = asked_of(efua)
    make_letter(dossier)

    assert missing == ["Add the letter of commitment"] and asked_of(efua) == []


def test_a_signature_of_another_text_than_the_one_that_was_sent_leaves_the_letter_owed(efua):
    """“The letter of commitment follows later” was forgotten where an old signature stood."""
    dossier = make_dossier(efua.agona)
    asked = signature.request_signature(dossier, actor=efua)
    signature.sign_dossier(asked, name="Justina Assan", digest=dossier.digest())
    dossier.versions.create(number=1, answers=dossier.raw_answers(), at=timezone.now(), by=efua)
    Dossier.objects.update(status=Status.SUBMITTED)
    signed = asked_of(efua), dossier.has_commitment()
    changed = {"problem": ["Changed after it was signed."]}
    dossier.drafts.filter(section="problem").update(raw=changed)
    dossier.versions.all().delete()
    dossier.versions.create(number=1, answers=dossier.raw_answers(), at=timezone.now(), by=efua)

    dossier.refresh_from_db()
    assert signed == ([], True)
    assert asked_of(efua) == ["Add the letter of commitment"] and not dossier.has_commitment()


def test_an_application_that_the_mayor_did_not_sign_after_it_was_sent_says_so(efua):
    dossier = make_dossier(efua.agona)
    asked = signature.request_signature(dossier, actor=efua)
    Dossier.objects.update(status=Status.SUBMITTED)
    waits = asked_of(efua)
    asked.refresh_from_db()
    signature.decline_signature(asked, why="Too few.")

    assert (waits, asked_of(efua)) == ([], ["Read why the legal representative does not sign"])


def test_an_officer_reads_which_files_wait_to_be_opened_decided_and_checked():
    ines = make_officer("Ines")
    new = [make_dossier(status=Status.SUBMITTED) for _ in "12"]
    judged = make_dossier(status=Status.UNDER_SELECTION, case_officer=ines)
    make_dossier(status=Status.UNDER_SELECTION, case_officer=ines)
    for name in ("Anna", "Jan", "Marie"):
        member = make_member(name)
        committee.declare_conflict(judged, member=member, has_conflict=False)
        points = {code: most for code, (_label, most) in GRID.items()}
        committee.save_score(judged, member=member, points=points)
    published = make_dossier(status=Status.PUBLISHED, case_officer=ines)
    make_interest(published, status=InterestStatus.SUBMITTED)
    make_dossier(status=Status.PUBLISHED, case_officer=ines)

    tasks = {str(task.what): task for task in list_tasks(ines, timezone.now())}

    assert tasks.keys() == {
        "Open the 2 new files",
        "Record the committee's decision",
        "Check the answers received",
    }
    first = tasks["Open the 2 new files"]
    assert first.path == "/admin/applications/dossier/?waits=opening"
    assert all(one.reference in first.about for one in new)
    assert tasks["Record the committee's decision"].path == judged.desk_path
    assert "/desk/" in tasks["Check the answers received"].path


def test_both_sides_are_asked_for_days_and_the_officer_for_the_plan():
    table, exchange = agreed()
    Dossier.objects.update(case_officer=table.ines)
    ineke = table.ineke.user

    nobody = [asked_of(person) for person in (table.efua, ineke, table.ines)]
    day = timezone.localdate() + timedelta(days=60)
    DaysProposal.objects.create(
        exchange=exchange, side="requesting", starts_on=day, ends_on=day, at=timezone.now()
    )
    proposed = [asked_of(person) for person in (table.efua, ineke, table.ines)]
    [agrees] = list_tasks(ineke, timezone.now())
    DaysProposal.objects.update(closed_at=timezone.now(), is_agreed=True)
    Exchange.objects.update(planned_start=day, planned_end=day)
    settled = [asked_of(person) for person in (table.efua, ineke, table.ines)]
    Exchange.objects.update(status="interrupted")

    propose = ["Propose the days of the exchange"]
    assert agrees.until == day - timedelta(days=1)  # on the day itself it would begin
    assert nobody == [propose, propose, []]
    assert proposed == [[], ["Agree to the dates proposed, or propose others"], []]
    assert settled == [[], [], ["Confirm the plan: its days are set"]]
    assert asked_of(table.ines) == ["Resume the exchange, or say that it ends here"]


def test_the_steps_that_staff_alone_take_are_asked_of_them_and_stand_on_the_desk():
    """R8 2: an exchange stayed planned after its last day, or completed for years."""
    table, exchange = agreed()
    today = timezone.localdate()
    Dossier.objects.update(case_officer=table.ines)

    def asked(status, **days):
        Exchange.objects.update(status=status, **days)
        home = signed_in(table.ines).get(reverse("admin:index"))
        waits = {str(one.words): one for one in home.context["waiting"]}
        tile = waits.get("exchanges waiting for the programme team")
        if tile:
            listed = signed_in(table.ines).get(tile.address)
            assert listed.context["cl"].result_count == tile.count
        return asked_of(table.ines), tile and (tile.count, tile.overdue)

    def ahead(days):
        return {"planned_start": today + timedelta(days=days), "planned_end": "2040-01-01"}

    over = [{"actual_end": today - timedelta(days=days)} for days in (21, 22, 43)]
    ready = "Mark it as ready, postpone it or cancel it: its first day has come"
    assert asked("planned", **ahead(8)) == ([], None)
    assert asked("planned", **ahead(7)) == (
        ["Mark it as ready, or postpone it: it starts soon"],
        (1, 0),
    )
    assert asked("planned", **ahead(0)) == ([ready], (1, 0))
    assert asked("planned", **ahead(-1)) == ([ready], (1, 1))
    assert asked("ready") == ([], None)
    assert asked("completed", **over[0]) == ([], None)
    assert asked("completed", **over[1]) == (["Evaluate the exchange"], (1, 0))
    assert asked("completed", **over[2]) == (["Evaluate the exchange"], (1, 1))


@pytest.mark.parametrize("officer", ["none", "left"])
def test_what_the_officer_of_a_file_is_asked_is_asked_of_all_where_it_has_none(officer):
    """R8 2: it was asked of nobody."""
    table, exchange = agreed()
    ines, omar = table.ines, make_officer("Omar")
    practice = make_practice(exchange, status="review")
    for party in ("town", "colleagues"):
        Agreement.objects.create(practice=practice, party=party, name="x", at=timezone.now())
    Exchange.objects.update(status="interrupted")
    open_ = make_dossier(status=Status.PUBLISHED)
    make_interest(open_, status=InterestStatus.SUBMITTED)
    Dossier.objects.update(case_officer=omar)

    theirs = [asked_of(omar), asked_of(ines)]
    if officer == "none":
        Dossier.objects.update(case_officer=None)
    else:
        omar.groups.clear()
    asked = {
        "Resume the exchange, or say that it ends here",
        "Check the answers received",
        "Approve the good practice",
    }

    assert (set(theirs[0]), theirs[1]) == (asked, [])
    assert set(asked_of(ines)) == asked
    ConflictDeclaration.objects.create(
        dossier=exchange.dossier, member=ines, has_conflict=True, at=timezone.now()
    )
    assert asked_of(ines) == ["Check the answers received"]


def test_a_plan_of_measures_waits_for_who_writes_it_and_for_the_mayor():
    table, exchange = agreed()
    Exchange.objects.update(status="completed")
    exchange.refresh_from_db()
    said = [asked_of(table.efua)]
    make_measure(exchange)
    said.append(asked_of(table.efua))
    plan_approval.request_plan_approval(exchange, actor=table.efua)
    said.append(asked_of(table.efua))
    plan_approval.decline_plan(ActionPlan.objects.get(), why="Too few.")
    said.append(asked_of(table.efua))

    assert said == [
        ["Write the action plan"],
        ["Ask the legal representative to approve the action plan"],
        [],
        ["Change the action plan: the legal representative did not approve it"],
    ]


def test_an_association_is_asked_whether_it_observes():
    table, exchange = agreed()
    nalag = table.agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    session = make_session(exchange)
    Observation.objects.create(session=session, association=nalag, asked_at=timezone.now())
    before = asked_of(abena)
    Observation.objects.update(answer="accepted")

    assert before == ["Say whether your association will observe"] and asked_of(abena) == []


def test_a_practice_waits_for_its_writer_its_officer_and_is_looked_at_again():
    table, exchange = agreed()
    Dossier.objects.update(case_officer=table.ines)
    Exchange.objects.update(status="closed")
    practice = make_practice(exchange, status="draft")
    practice.events.create(verb="begin", target="draft", actor=table.efua, at=timezone.now())
    draft = [asked_of(person) for person in (table.efua, table.ineke.user, table.ines)]
    Practice.objects.update(status="review")
    for party in ("town", "colleagues"):
        Agreement.objects.create(practice=practice, party=party, name="x", at=timezone.now())
    review = asked_of(table.ines)
    Practice.objects.update(status="approved")
    approved = asked_of(table.ines)
    Practice.objects.update(
        status="published", reviewed_on=timezone.localdate() - timedelta(days=740)
    )

    assert draft == [["Finish the good practice, and send it for review"], [], []]
    assert (review, approved) == (["Approve the good practice"], ["Publish the good practice"])
    assert asked_of(table.efua) == ["Say whether the good practice is still correct"]
    assert asked_of(table.ineke.user) == ["Say whether the good practice is still correct"]


def test_many_drafts_take_as_many_queries_as_few(efua):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            list_tasks(efua, timezone.now())
        return len(taken)

    for _ in range(3):
        make_dossier(efua.agona)
    queries()
    few = queries()
    for _ in range(3):
        make_dossier(efua.agona)

    assert queries() == few


def test_a_complete_draft_that_is_changed_back_is_not_complete(efua):
    dossier = make_dossier(efua.agona)
    before = asked_of(efua)
    data = section_data("problem", answers(problem="Short."))
    section_answers.save_section(dossier, "problem", data, version=1, actor=efua)

    assert before == ["Submit the application: it is complete"]
    assert asked_of(efua) == ["Finish the application, and submit it"]
