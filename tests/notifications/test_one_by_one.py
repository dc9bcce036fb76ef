"""What the clock does with many rows: one that fails stops none of those after it."""

import pkgutil
from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from accounts import closing, data_requests
from accounts.holdings import Person
from accounts.models import User
from applications.enums import Status
from applications.models import Dossier
from connect.models import Export, ExportState
from connect.schedule import RULES
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from matching import alerts, consent
from matching.models import Match, Opportunity
from notifications.models import Letter, Mailing
from notifications.outbox import post_letter
from notifications.weekly_work import begin_weekly_work
from practices.models import Practice
from registry.models import Expert, Membership, SearchEntry
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_officer,
    make_practice,
    make_session,
    make_user,
)
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db
TO_MONDAY = timedelta(days=8 - timezone.localdate().isoweekday())
NOW = timezone.localtime().replace(hour=11) + TO_MONDAY  # of the day that TO_MONDAY counts from
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)


def dossiers(status, **fields):
    """Make two dossiers of towns that each have one person to write to."""
    made = []
    for _ in range(2):
        person = make_user(works_for=(town := make_authority()))
        own = {"focal_email": person.email, "legal_email": person.email}
        made.append(make_dossier(town, status=status, **own | fields))
    return made


def emails_to_many_wait():
    sent = {"model": "registry.expert", "is_optional": False, "state": "writing", "number": 1}
    sent |= {"texts": {"en": {"subject": "May", "body": "We meet."}}, "made_by": make_officer()}
    for _ in range(2):
        rows = [make_expert().pk]
        Mailing.objects.create(rows=rows, made_at=NOW, sent_at=NOW, **sent)


def exchanges(**fields):
    for number in (1, 2):
        make_exchange(number, form=fields.get("form", "expert_mission"))
    for one in Exchange.objects.select_related("dossier"):
        person = make_user(works_for=one.dossier.authority)
        own = {"focal_email": person.email, "legal_email": person.email}
        Dossier.objects.filter(pk=one.dossier_id).update(**own)
    Exchange.objects.update(**fields)
    return Exchange.objects.order_by("pk")


def drafts_lie_idle():
    for dossier in dossiers(Status.DRAFT):
        dossier.drafts.update(saved_at=NOW - 8 * DAY)


def corrections_are_due():
    for dossier in dossiers(Status.CORRECTION_ASKED):
        dossier.corrections.create(fields=[], due_on=TODAY + 4 * DAY, asked_at=NOW)


def committees_meet():
    member = make_member()
    for _ in range(2):
        call = make_call(meeting_on=TODAY + 5 * DAY)
        judged = make_dossier(call=call, status=Status.UNDER_SELECTION)
        judged.assignments.create(member=member, at=NOW)


def calls_are_open():
    association = make_authority().associations.create(name="N", country="GH", scope="national")
    officer = make_user()
    officer.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    for _ in range(2):
        make_call(opens_at=NOW - DAY, closes_at=NOW + 60 * DAY, countries=["GH"])


def files_are_stuck():
    for _ in range(2):
        make_dossier(
            status=Status.SUBMITTED, case_officer=make_officer(), status_since=NOW - 90 * DAY
        )


def requests_are_over():
    for dossier in dossiers(Status.PUBLISHED):
        make_interest(dossier)
    Opportunity.objects.update(closes_on=TODAY - DAY)


def proposals(answer_by):
    def world():
        for dossier in dossiers(Status.SHORTLISTING):
            interest = make_interest(dossier)
            consent.propose_match(
                dossier, [interest.pk], note="They did it.", actor=make_officer(), now=NOW
            )
        Match.objects.update(answer_by=answer_by)
        Letter.objects.all().delete()

    return world


def searches_find_something():
    for _ in range(2):
        alerts.create_alert(make_user(), QueryDict("q=latrines"), now=NOW - DAY)
    make_dossier(status=Status.PUBLISHED, title="Organise the emptying of latrines")


def work_waits():
    for dossier in dossiers(Status.VALIDATED):
        person = User.objects.get(email=dossier.focal_email)
        begin_weekly_work(person, NOW - 7 * DAY)


def news_waits():
    for _ in range(2):
        reader = make_user(gathers_news=True)
        post_letter(
            "dossier_reopen", key="a", to=[reader], is_news=True, reference="CN-1", title="A"
        )
    Letter.objects.update(is_gathered=True, not_before=NOW - DAY)


def bursts_are_over():
    for _ in range(2):
        reader = make_user()
        for key in "ab":
            post_letter("dossier_reopen", key=key, to=[reader], reference="CN-1", title=key)
    Letter.objects.update(is_gathered=True, not_before=NOW - DAY, burst="soon:1")


def exchanges_end():
    exchanges(
        status=ExchangeStatus.COMPLETED, actual_start=TODAY - 9 * DAY, actual_end=TODAY - 8 * DAY
    )


def reports_are_due():
    for one in exchanges(status=ExchangeStatus.EVALUATED):
        one.follow_ups.create(month=6, due_on=TODAY)


def reports_came():
    long_ago = TODAY - 200 * DAY
    for one in exchanges(status=ExchangeStatus.EVALUATED, actual_end=long_ago):
        one.follow_ups.create(month=6, due_on=long_ago, answered_at=NOW)


def questionnaires_are_due():
    for one in exchanges(status=ExchangeStatus.COMPLETED):
        person = one.participants.create(
            user=make_user(), name="Kofi", side="requesting", function="Clerk"
        )
        one.evaluations.create(
            participant=person, moment="end", side="requesting", due_on=TODAY - DAY
        )


def sessions_come():
    for one in exchanges(status=ExchangeStatus.PLANNED):
        one.participants.create(user=make_user(), name="Kofi", side="requesting", function="Clerk")
        at = {"starts_at": NOW + DAY, "ends_at": NOW + DAY + timedelta(hours=1)}
        make_session(one, changed_at=NOW - 3 * DAY, **at)


def exchanges_come_unready():
    exchanges(status=ExchangeStatus.PLANNED, planned_start=TODAY + 20 * DAY, actual_start=None)


def exchanges_are_ready_no_more():
    make_officer()
    exchanges(status=ExchangeStatus.READY, planned_start=TODAY + 20 * DAY, actual_start=None)


def exchanges_begin():
    exchanges(
        status=ExchangeStatus.READY,
        planned_start=TODAY,
        planned_end=TODAY + DAY,
        actual_start=None,
        actual_end=None,
    )


def practices_are_old():
    for one in exchanges(status=ExchangeStatus.CLOSED):
        make_practice(one)
    Practice.objects.update(reviewed_on=TODAY - 800 * DAY)


def profiles_are_old():
    for _ in range(2):
        make_expert()
    Expert.objects.update(confirmed_on=TODAY - 340 * DAY)


def nobody_objects():
    town = make_authority()
    for _ in range(2):
        make_user().memberships.create(
            authority=town, roles=["editor"], status="asked", opens_at=NOW - DAY, asked_at=NOW
        )


def applications_were_sent():
    for number, one in enumerate(dossiers(Status.SUBMITTED)):
        Dossier.objects.filter(pk=one.pk).update(title=f"Organise the emptying of pits {number}")


def accounts_lie_idle():
    for _ in range(2):
        make_user()
    User.objects.update(last_login=NOW - 705 * DAY)


def accounts_close():
    for _ in range(2):
        closing.begin_closing(Person.from_user(make_user()), now=NOW - 8 * DAY)


def data_is_asked_for():
    for _ in range(2):
        data_requests.request_data(make_user().email, now=NOW)


def exports_are_old():
    for _ in range(2):
        Export.objects.create(
            asked_by=make_officer(),
            model="registry.expert",
            format="csv",
            rows=[],
            asked_at=NOW - 3 * DAY,
            state=ExportState.DONE,
        )


def letters_are_old():
    for key in "ab":
        post_letter("dossier_reopen", key=key, to=[make_user()], reference="CN-1", title="A")
    Letter.objects.update(created_at=NOW - 800 * DAY)


def towns_have_no_entry():
    for _ in range(2):
        make_authority()
    SearchEntry.objects.all().delete()


def at_status(model, status):
    return lambda: model.objects.filter(status=status).count()


# (rule, two rows of which it does something, what fails the first time, what counts as done)
LETTER = "post_letter"
CASES = [
    ("applications.reminders.follow_dossiers", drafts_lie_idle, LETTER, "dossier_draft_reminder"),
    (
        "applications.reminders.follow_dossiers",
        corrections_are_due,
        LETTER,
        "dossier_correction_reminder",
    ),
    ("applications.reminders.follow_dossiers", committees_meet, LETTER, "committee_assigned"),
    ("applications.reminders.follow_dossiers", calls_are_open, LETTER, "call_open"),
    ("applications.reminders.follow_dossiers", files_are_stuck, LETTER, "dossiers_stuck"),
    ("matching.alerts.send_alerts", searches_find_something, LETTER, "opportunity_alert"),
    (
        "matching.deadlines.follow_deadlines",
        requests_are_over,
        "matching.opportunities.begin_shortlisting",
        at_status(Dossier, Status.SHORTLISTING),
    ),
    (
        "matching.deadlines.follow_deadlines",
        proposals(TODAY - DAY),
        "matching.consent.fail_match",
        at_status(Match, "lapsed"),
    ),
    (
        "matching.deadlines.follow_deadlines",
        proposals(TODAY + 5 * DAY),
        "matching.consent.ask_consent",
        "consent_",
    ),
    ("notifications.mailings.write_mailings", emails_to_many_wait, LETTER, "to_many"),
    ("notifications.weekly_work.send_weekly_work", work_waits, LETTER, "weekly_work"),
    ("notifications.digest.gather_news", news_waits, LETTER, "news"),
    ("notifications.digest.gather_bursts", bursts_are_over, LETTER, "several"),
    (
        "exchanges.moves.move_by_dates",
        exchanges_begin,
        "connect.transitions.StateMachine.advance",
        at_status(Exchange, "running"),
    ),
    ("exchanges.measures.request_plans", exchanges_end, LETTER, "plan_due"),
    ("exchanges.measures.request_reports", reports_are_due, LETTER, "report_due"),
    (
        "exchanges.measures.follow_reported_exchanges",
        reports_came,
        "exchanges.measures.take_follow_up_steps",
        at_status(Exchange, "follow_up_6m"),
    ),
    (
        "exchanges.evaluation.request_evaluations",
        questionnaires_are_due,
        LETTER,
        "evaluation_asked",
    ),
    (
        "exchanges.agenda.remind_of_sessions",
        sessions_come,
        "exchanges.agenda.write_to_all",
        "session_soon",
    ),
    (
        "applications.written_language.read_languages",
        applications_were_sent,
        "applications.written_language.detect_our_language",
        Dossier.objects.exclude(language_from="").count,
    ),
    ("exchanges.readiness.remind_of_missing", exchanges_come_unready, LETTER, "exchange_missing"),
    (
        "exchanges.reopened.follow_reopened",
        exchanges_are_ready_no_more,
        LETTER,
        "exchange_reopened",
    ),
    ("practices.review.request_reviews", practices_are_old, LETTER, "practice_review"),
    ("registry.confirmation.follow_profiles", profiles_are_old, LETTER, "profile_confirm"),
    (
        "registry.members.accept_unopposed_members",
        nobody_objects,
        "registry.members.acceptance_time",
        Membership.objects.filter(status="asked", opens_at=None).count,
    ),
    ("accounts.unused.follow_unused", accounts_lie_idle, LETTER, "account_unused"),
    (
        "accounts.closing.follow_closings",
        accounts_close,
        "accounts.closing.write_closing_letter",
        "closing",
    ),
    ("accounts.data_requests.answer_data_requests", data_is_asked_for, LETTER, "data_link"),
    (
        "accounts.retention.end_kept",
        letters_are_old,
        "accounts.retention.is_ready",
        lambda: Letter.objects.exclude(cancelled_at=None).count(),
    ),
    (
        "connect.exports.delete_old_exports",
        exports_are_old,
        "connect.models.Export.delete",
        lambda: 2 - Export.objects.count(),
    ),
    (
        "registry.search_index.index_missing",
        towns_have_no_entry,
        "registry.search_index.SearchDocument",
        lambda: SearchEntry.objects.count(),
    ),
]
ELSEWHERE = {
    "connect.files.remove_leftovers": "as the exports",
    "matching.fits.save_fitting_requests": "as the alerts",
    "matching.runs.notify_of_new_offers": "as the alerts",
    "matching.sentences.read_sentences": "as the alerts",
    "practices.nearest.save_nearest_practices": "as the alerts",
    "accounts.copies.delete_old_copies": "as the exports",
    "connect.translating.delete_stale_translations": "as the exports",
    "connect.translating.translate_waiting": "tests/connect/test_reading_help.py",
    "notifications.returned.read_returned_mail": "tests/notifications/test_returned.py",
    "notifications.sending.send_waiting_letters": "tests/notifications/test_work.py",
    "notifications.sending.send_urgent_letters": "as the others",
} | dict.fromkeys(
    (
        "accounts.copies.write_copies",
        "connect.exports.write_exports",
        "matching.allocations.allocate_waiting_calls",
        "matching.runs.rank_waiting",
    ),
    "queues.process_rows",
)
NO_ROWS = {  # one statement, one row, one computation, or no record
    "accounts.sessions.delete_ended_sessions",
    "connect.cleaning.clear_sessions",
    "connect.cleaning.delete_old_tries",
    "connect.double_posts.delete_accepted_posts",
    "connect.links.delete_old_links",
    "connect.queues.show_ordinary_worker",
    "connect.queues.show_urgent_worker",
    "connect.seals.seal_waiting_rows",
    "impact.demo.alive.complete_demonstration",
    "matching.sentences.encode_changed_offers",
    "matching.outcomes.make_outcome_report",
    "matching.vectors.encode_unseen_offers",
    "notifications.auditor.check_trail",
    "notifications.auditor.send_seal",
    "notifications.limits.delete_old_counts",
    "notifications.preview.preview_letters",
    "notifications.sending.erase_secrets",
    "practices.listing.relate_practices",
    "registry.search_pages.count_large_lists",
}


def test_each_rule_of_the_clock_is_known_to_go_on():
    assert {rule for rule, *_rest in CASES} | set(ELSEWHERE) | NO_ROWS == set(RULES)


@pytest.mark.parametrize(("rule", "world", "fails", "count"), CASES)
def test_a_row_that_fails_is_logged_stops_none_after_it_and_is_found_again(
    rule, world, fails, count, monkeypatch, caplog
):
    done = count if callable(count) else Letter.objects.filter(template__startswith=count).count
    target = f"{rule.rpartition('.')[0]}.post_letter" if fails == LETTER else fails
    owner, name = pkgutil.resolve_name(target.rpartition(".")[0]), target.rpartition(".")[2]
    works, calls = getattr(owner, name), []

    def fail_for_the_first(*args, **kwargs):
        if fails == LETTER and not args[0].startswith(count):
            return works(*args, **kwargs)
        calls.append((args, kwargs))
        if calls[0] == (args, kwargs):
            raise ValueError("this row cannot be read")
        return works(*args, **kwargs)

    with time_machine.travel(NOW, tick=False):
        world()
        before = done()
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fail_for_the_first)
            RULES[rule].run(NOW)
        others = done()
        RULES[rule].run(NOW)

    assert "ValueError: this row cannot be read" in caplog.text
    assert before < others < done()
