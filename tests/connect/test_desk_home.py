"""The home of the desk: what waits, for whom, until when, each a click from its list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from applications.enums import Status
from applications.models import ConflictDeclaration, Dossier
from matching.enums import InterestStatus
from notifications.models import DeadAddress, Letter
from notifications.outbox import post_letter
from registry.models import Authority, Membership
from tests.factories import (
    make_authority,
    make_budget_line,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_meeting,
    make_member,
    make_officer,
    make_practice,
    make_session,
    make_user,
)
from tests.worlds import Table, agreed, signed_in

pytestmark = pytest.mark.django_db


def open_home(officer, whose=None):
    return signed_in(officer).get(reverse("admin:index"), {"whose": whose} if whose else {})


def tiles(page):
    """Give {words: (count, overdue)} of the home."""
    return {str(one.words): (one.count, one.overdue) for one in page.context["waiting"]}


def fill_desk():
    """One thing of each kind that waits for the programme team; Ines has the files."""
    table, exchange = agreed()
    Dossier.objects.update(case_officer=table.ines)
    make_budget_line(exchange)
    make_practice(exchange, status="review")
    make_practice(exchange, status="approved")
    proposal = Table()
    proposal.dossier.case_officer = table.ines
    proposal.dossier.save()
    open_ = make_dossier(status=Status.PUBLISHED, case_officer=table.ines)
    make_interest(open_, status=InterestStatus.SUBMITTED)
    make_dossier(status=Status.SHORTLISTING, case_officer=table.ines)
    make_dossier(status=Status.SUBMITTED)
    exchange.incidents.create(
        happened_on=timezone.localdate(), kind="other", severity=1, reported_at=timezone.now()
    )
    make_user("Kofi").memberships.create(authority=table.agona, roles=["editor"])
    make_authority("Nowhere yet", status="proposed")
    return table, exchange


WORDS = {
    *("files waiting for me", "files not opened yet", "requests with answers to screen"),
    *("requests for which an expert is to be proposed", "proposals waiting for an answer"),
    *("exchanges with a budget to approve", "requests to join an organisation"),
    *("proposed local authorities to verify", "good practices to review"),
    *("good practices to publish", "incidents that nobody has closed"),
}


def test_each_kind_of_work_has_a_tile_that_opens_a_list_of_just_as_many():
    table, _exchange = fill_desk()

    page = open_home(table.ines)
    shown = [one for one in page.context["waiting"] if str(one.words) in WORDS]

    assert {str(one.words) for one in shown} == WORDS
    for one in shown:
        listed = signed_in(table.ines).get(one.address)
        assert listed.status_code == 200, one.address
        assert listed.context["cl"].result_count == one.count, one.words


def test_what_is_overdue_comes_first_and_what_does_not_wait_is_only_named():
    ines, now = make_officer("Ines"), timezone.now()
    make_dossier(status=Status.UNDER_SELECTION)
    late = make_dossier(status=Status.SUBMITTED)
    make_dossier(status=Status.SUBMITTED)
    Dossier.objects.filter(pk=late.pk).update(status_since=now - timedelta(days=20))

    page = open_home(ines)

    assert [str(one.words) for one in page.context["waiting"]][0] == "files not opened yet"
    assert tiles(page)["files not opened yet"] == (2, 1)
    assert "1 overdue" in page.text
    assert "Nothing waiting:" in page.text
    assert "incidents that nobody has closed" in map(str, page.context["quiet"])


def test_a_town_that_came_by_an_import_waits_since_then():
    """It had no day: nobody had asked to join it, and it was never overdue."""
    made = make_authority("Nowhere", status="proposed")
    words, ines = "proposed local authorities to verify", make_officer("Ines")

    first = next(one for one in open_home(ines).context["waiting"] if str(one.words) == words)
    Authority.objects.update(created_at=timezone.now() - timedelta(days=20))
    later = next(one for one in open_home(ines).context["waiting"] if str(one.words) == words)

    assert (first.oldest, first.overdue) == (made.created_at, 0)
    assert (later.count, later.overdue) == (1, 1)


@pytest.mark.parametrize("ending", ["refused", "withdrawn"])
def test_a_proposed_town_that_is_none_waits_no_longer_with_its_last_request(ending):
    """It stood on the home for ever, overdue: nothing could be done about it."""
    ines, kofi, ama = make_officer("Ines"), make_user("Kofi"), make_user("Ama")
    nowhere = make_authority("Nowhere", status="proposed")
    asked = [
        one.memberships.create(authority=nowhere, roles=["editor"], status="asked")
        for one in (kofi, ama)
    ]
    name, browser = "proposed local authorities to verify", signed_in(ines)

    def end(membership):
        if ending == "withdrawn":
            person = signed_in(membership.user)
            person.post(reverse("membership-leave", args=[membership.pk]))
            return
        page = reverse("admin:registry_membership_change", args=[membership.pk])
        browser.post(page, {"answer": "refuse", "told": "There is no such town."})

    end(asked[0])
    first = tiles(open_home(ines))[name][0]
    end(asked[1])
    shown = tiles(open_home(ines))

    assert first == 1
    assert name not in shown
    nowhere.refresh_from_db()
    assert nowhere.get_status_display() == "refused"
    page = browser.get(reverse("admin:registry_authority_change", args=[nowhere.pk])).text
    assert '<option value="refused" selected>refused</option>' in page


def test_mine_are_the_files_that_i_have_and_those_of_my_calls_are_one_click_away():
    ines, jan = make_officer("Ines"), make_officer("Jan")
    call = make_call()
    make_dossier(status=Status.SHORTLISTING, case_officer=ines, call=call)
    make_dossier(status=Status.SHORTLISTING, case_officer=jan, call=call)
    make_dossier(status=Status.SHORTLISTING, case_officer=jan)
    name = "requests for which an expert is to be proposed"

    counts = [tiles(open_home(ines, whose))[name][0] for whose in ("mine", "calls", "all")]
    mine = next(one for one in open_home(ines, "mine").context["waiting"] if one.words == name)
    listed = signed_in(ines).get(mine.address)

    assert counts == [1, 2, 3]
    assert listed.context["cl"].result_count == 1
    assert open_home(ines, "nonsense").status_code == 200


def test_no_file_counts_for_an_officer_with_a_conflict_of_interest():
    ines = make_officer("Ines")
    dossier = make_dossier(status=Status.SUBMITTED)
    ConflictDeclaration.objects.create(
        dossier=dossier, member=ines, has_conflict=True, at=timezone.now()
    )

    assert "files not opened yet" not in tiles(open_home(ines))


def test_e_mails_given_up_and_addresses_that_fail_are_counted():
    ines, efua = make_officer("Ines"), make_user("Efua")
    post_letter("exchange_complete", key="a", to=[efua], reference="EX-1", title="Latrines")
    Letter.objects.update(tries=10)
    DeadAddress.objects.create(
        address=efua.email, letter=Letter.objects.get(), why="550", at=timezone.now()
    )

    shown = tiles(open_home(ines))

    assert shown["e-mails that were given up"] == (1, 0)
    assert shown["e-mail addresses that fail"] == (1, 0)


def test_the_week_names_deadlines_meetings_and_exchanges_by_day():
    table, exchange = agreed()
    today = timezone.localdate()
    exchange.planned_start = today + timedelta(days=3)
    exchange.planned_end = today + timedelta(days=5)
    exchange.save()
    make_session(
        exchange,
        title="Preparation call",
        starts_at=timezone.now() + timedelta(days=2),
        ends_at=timezone.now() + timedelta(days=2, hours=1),
    )
    far = make_call(title="Far away")
    for call, days in ((make_call(title="Water 2027"), 4), (far, 40)):
        starts_at = timezone.now() + timedelta(days=days)
        make_meeting(make_dossier(call=call), make_member(), starts_at=starts_at)
    proposal = Table()
    proposal.match.answer_by = today + timedelta(days=1)
    proposal.match.save()

    page = open_home(table.ines)
    week = html.fromstring(page.text).xpath("//aside[@aria-labelledby='week']")[0].text_content()

    assert f"The exchange starts: {exchange.reference}, Agona West" in week
    assert "Preparation call" in week
    assert "The committee meets: Water 2027" in week
    assert f"Last day to answer the proposal {proposal.match.reference}" in week
    assert far.title not in week


def test_the_week_leaves_out_what_was_called_off():
    """It said that a postponed exchange starts, and that a withdrawn application is corrected."""
    table, exchange = agreed()
    day = timezone.localdate() + timedelta(days=3)
    at = timezone.now() + timedelta(days=2)
    hours = {"starts_at": at, "ends_at": at + timedelta(hours=1)}
    make_session(exchange, title="Visit of the plant", **hours)
    make_session(exchange, title="Dropped", cancelled_at=timezone.now(), **hours)
    exchange.planned_start, exchange.planned_end = day, day
    exchange.save()
    file = make_dossier(status=Status.CORRECTION_ASKED)
    file.corrections.create(fields=[], due_on=day, asked_at=timezone.now())

    def week():
        page = open_home(table.ines)
        return (
            html.fromstring(page.text).xpath("//aside[@aria-labelledby='week']")[0].text_content()
        )

    before = week()
    Dossier.objects.filter(pk=file.pk).update(status=Status.WITHDRAWN)
    later = []
    for exchange.status in ("postponed", "interrupted", "cancelled"):
        exchange.save()
        later.append(week())

    assert "Visit of the plant" in before and "Dropped" not in before
    assert f"Correction due: {file.reference}" in before
    assert f"The exchange starts: {exchange.reference}" in before
    for after in later:
        assert "Visit of the plant" not in after
        assert "Correction due" not in after and "The exchange starts" not in after


def test_the_week_of_mine_holds_nothing_of_a_colleagues_file():
    table, exchange = agreed()
    day = timezone.localdate() + timedelta(days=3)
    exchange.planned_start, exchange.planned_end = day, day
    exchange.save()
    hours = {"starts_at": timezone.now(), "ends_at": timezone.now() + timedelta(hours=1)}
    make_session(exchange, title="Visit of the plant", **hours)
    file = make_dossier(status=Status.CORRECTION_ASKED)
    file.corrections.create(fields=[], due_on=day, asked_at=timezone.now())

    def week(owner, whose):
        Dossier.objects.update(case_officer=owner)
        days = open_home(table.ines, whose).context["week"]
        return sorted(str(one.words) for _day, moments in days for one in moments)

    own, others = week(table.ines, "mine"), week(make_officer("Tomas"), "mine")
    everybodys = week(make_officer("Tomas"), "all")

    assert (others, len(own), own == everybodys) == ([], 3, True)


def test_an_officer_without_anything_to_do_is_told_so():
    page = open_home(make_officer("Ines"), "mine")

    assert "Nothing to do at the moment." in page.text
    assert "No deadline, meeting or exchange in the next seven days." in page.text


def test_the_home_asks_no_more_with_more_rows():
    table, exchange = fill_desk()
    browser = signed_in(table.ines)
    browser.get(reverse("admin:index"))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("admin:index"))
    for _number in range(3):
        make_dossier(status=Status.SUBMITTED)
        make_interest(
            make_dossier(status=Status.PUBLISHED), make_expert(), status=InterestStatus.SUBMITTED
        )
        make_meeting(make_dossier(), make_member(), starts_at=timezone.now())
        make_session(
            exchange, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1)
        )
        Membership.objects.create(user=make_user(), authority=table.agona, roles=["editor"])
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("admin:index"))

    assert len(many) == len(few)
