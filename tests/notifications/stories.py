"""How each letter of the product comes to be written: by the doors that write it, for its readers.

Each story takes the stage of one Stage; what it changes is taken back before the next.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts import closing, data_requests, lost_factors, retention, team, unused
from accounts.holdings import Person
from accounts.models import User
from applications import (
    assignment,
    calls,
    co_applicants,
    contributors,
    dossier_contact,
    meetings,
    minutes,
    reminders,
    section_answers,
    signature,
    worklist,
)
from applications.enums import Status
from applications.meeting_machine import meeting_machine, sign_minutes
from applications.models import Call, Dossier, Meeting
from applications.transitions import dossier_machine
from connect import seals
from connect.transitions import record_event
from exchanges import (
    agenda,
    budget,
    days,
    diary,
    evaluation,
    incidents,
    measures,
    observers,
    participants,
    people,
    pictures,
    plan_approval,
    readiness,
    reopened,
    stop_requests,
    terms,
)
from exchanges.enums import Readiness
from exchanges.models import Exchange, Incident
from exchanges.people import planners, reachable_participants
from exchanges.transitions import exchange_machine
from matching import alerts, consent, desk, match_messages, opportunities, withdrawals
from matching.runs import desk_path
from matching.transitions import interest_machine
from notifications import (
    auditor,
    by_link,
    digest,
    mailings,
    outbox,
    returned,
    sending,
    weekly_work,
)
from notifications.models import Letter
from practices import review, uses, writing
from practices.transitions import practice_machine
from registry import confirmation, employers, members, welcome
from registry.enums import Role
from registry.models import Expert
from registry.people import officers
from tests.factories import (
    make_authority,
    make_budget_line,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_measure,
    make_member,
    make_offer,
    make_officer,
    make_picture,
    make_practice,
    make_session,
    make_user,
)

DAY = timedelta(days=1)
WHY = {"reason": "funding", "note": "The money of this round is spent."}
STORIES = []


def story(tell):
    STORIES.append(tell)
    return tell


class Stage:
    """Agona West, where a contact and a mayor have no account, its association, and experts."""

    def __init__(self):
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.agona = make_authority("Agona West")
        self.efua = make_user("Efua", works_for=self.agona)
        association = self.agona.associations.create(name="NALAG", country="GH", scope="national")
        self.abena = make_user("Abena")
        self.abena.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        self.ines, self.jan = make_officer("Ines"), make_officer("Jan")
        User.objects.filter(pk__in=[self.ines.pk, self.jan.pk]).update(is_superuser=True)
        self.ines.refresh_from_db()
        self.jan.refresh_from_db()
        self.call = make_call(countries=["GH"], meeting_on=self.today + 20 * DAY)
        self.ineke = make_expert("Ineke")
        self.offer = make_offer(self.ineke)

    def dossier(self, status=Status.DRAFT, **fields):
        return make_dossier(self.agona, status=status, call=self.call, **fields)

    def proposed(self):
        dossier = self.dossier(Status.SHORTLISTING)
        interest = make_interest(dossier, self.ineke)
        chosen, asked_at = [interest.pk], self.now - settings.UNDO_FOR  # and is told by now
        note = "They did it."
        return consent.propose_match(dossier, chosen, note=note, actor=self.ines, now=asked_at)

    def answer(self, match, side, accept=True, **details):
        actor = {"applicant": self.efua, "expert": self.ineke.user}.get(side)
        one = match.consents.select_related("match__dossier__authority", "interest__expert")
        return consent.answer_consent(
            one.get(side=side), accept=accept, actor=actor, by_link=side == "employer", **details
        )

    def exchange(self, **fields):
        match = self.proposed()
        for side in ("applicant", "expert", "employer"):
            self.answer(match, side)
        day = self.today + 30 * DAY
        fields = {"planned_start": day, "planned_end": day + 4 * DAY, "place": "Swedru"} | fields
        Exchange.objects.update(**fields)
        exchange = Exchange.objects.get()
        guest = exchange.participants.create(
            name="Kofi", address="kofi@agona.example", side="requesting", part="intern"
        )
        return exchange, guest


@story
def a_dossier_is_sent_and_corrected(s):
    dossier = s.dossier()
    asked = {"contact": "Yaw", "address": "yaw@awutu.example", "actor": s.efua}
    named = co_applicants.add_co_applicant(dossier, name="Awutu", country="GH", **asked)
    co_applicants.answer_by_link(named, takes_part=True)
    dossier = dossier_machine.advance(dossier, "submit", actor=s.efua)
    dossier = dossier_machine.advance(dossier, "open", actor=s.ines)
    asked = {"field": "problem", "comment": "Since when?"}
    dossier = dossier_machine.advance(
        dossier, "ask_correction", actor=s.ines, fields=[asked], due_on=str(s.today + 14 * DAY)
    )
    Letter.objects.unsent().update(sent_at=s.now)
    later = str(s.today + 15 * DAY)
    dossier = dossier_machine.advance(dossier, "move_correction", actor=s.ines, due_on=later)
    reminders.follow_corrections(s.now + 11 * DAY)
    dossier = dossier_machine.advance(dossier, "withdraw_correction", actor=s.ines)
    dossier = dossier_machine.advance(
        dossier, "ask_correction", actor=s.ines, fields=[asked], due_on=later
    )
    dossier_machine.advance(dossier, "answer_correction", actor=s.efua)


@story
def a_dossier_is_not_eligible_and_opened_again(s):
    dossier = s.dossier(Status.ELIGIBILITY_CHECK)
    why = {"reason": "country", "note": "It is not about an exchange."}
    dossier = dossier_machine.advance(dossier, "find_ineligible", actor=s.ines, **why)
    dossier_machine.advance(dossier, "reopen", actor=s.jan)


@story
def a_dossier_is_judged_and_published(s):
    dossier = s.dossier(Status.ELIGIBILITY_CHECK)
    make_letter(dossier)
    dossier = dossier_machine.advance(dossier, "send_to_committee", actor=s.ines)
    make_member("Anna"), make_member("Jan"), make_member("Marie")
    assignment.assign_dossiers(s.call, actor=s.ines)
    dossier = dossier_machine.advance(
        dossier, "overrule", actor=s.ines, note="Internal: a hard case."
    )
    dossier.summary_approved_at = s.now
    dossier.save()
    closes = str(s.today + 30 * DAY)
    dossier = dossier_machine.advance(dossier, "publish", actor=s.ines, closes_on=closes)
    opportunities.extend_deadline(dossier, s.today + 40 * DAY, actor=s.ines)


@story
def a_dossier_is_put_in_reserve_and_not_selected(s):
    dossier = s.dossier(Status.UNDER_SELECTION)
    for number in range(3):
        dossier.scores.create(member=make_member(f"M{number}"), points={}, total=80, at=s.now)
    dossier = dossier_machine.advance(dossier, "reserve", actor=s.ines)
    dossier_machine.advance(dossier, "not_select", actor=s.ines, note="Others were nearer.")


@story
def the_committee_meets(s):
    s.dossier(Status.UNDER_SELECTION)
    anna, jan = make_member("Anna"), make_member("Jan")
    hours = {"starts_at": s.now, "ends_at": s.now + timedelta(hours=2)}
    details = hours | {"place": "Brussels", "link": "", "chair": anna}
    held = meetings.plan_meeting(s.call, actor=s.ines, members=[anna, jan], **details)
    Letter.objects.unsent().update(sent_at=s.now)
    details["place"] = "Liège"
    held = meetings.change_meeting(held, actor=s.ines, members=[anna], **details)
    Letter.objects.filter(template="meeting_invited", address=jan.email).delete()  # over
    meetings.answer_invitation(held, member=anna, comes=False)
    meetings.save_presence(held, actor=s.ines, present=[anna.pk])
    meetings.decide_case(held.cases.get(), actor=s.ines, outcome="postpone")
    for verb, actor in (("hold", s.ines), ("send_to_chair", s.ines)):
        held = meeting_machine.advance(held, verb, actor=actor)
    Meeting.objects.filter(pk=held.pk).update(deputy=jan)
    held.refresh_from_db()
    sign_minutes(held, actor=anna, digest=minutes.digest_of_minutes(held))
    meeting_machine.advance(held, "send_back", actor=jan, note="A name is wrong.")
    other = meetings.plan_meeting(s.call, actor=s.ines, members=[anna], **details)
    Letter.objects.unsent().filter(template="meeting_invited").update(sent_at=s.now)
    meeting_machine.advance(other, "cancel", actor=s.ines, note="The chair is ill.")


@story
def a_dossier_is_withdrawn_cancelled_or_left(s):
    dossier_machine.advance(s.dossier(Status.SUBMITTED), "withdraw", actor=s.efua, note="No time.")
    dossier_machine.advance(s.dossier(Status.SUBMITTED), "cancel", actor=s.ines, **WHY)
    dossier_machine.advance(s.dossier(Status.CORRECTION_ASKED), "lapse", actor=None)
    nobody = {"actor": s.ines, "note": "Nobody was free."}
    dossier_machine.advance(s.dossier(Status.PUBLISHED), "close_no_match", **nobody)
    dossier_contact.become_contact(s.dossier(), actor=s.efua)
    new = {"name": "Yaa Boateng", "function": "Mayor", "address": "yaa@agona.example"}
    dossier_contact.change_representative(s.dossier(status="submitted"), actor=s.efua, **new)


@story
def what_was_sent_is_taken_back(s):
    dossier_machine.advance(s.dossier(Status.SUBMITTED), "take_back", actor=s.efua)
    answer = make_interest(s.dossier(Status.PUBLISHED), s.ineke, status="submitted")
    answer = interest_machine.advance(answer, "correct", actor=s.ineke.user)
    answer = interest_machine.advance(answer, "submit", actor=s.ineke.user)
    interest_machine.advance(answer, "withdraw", actor=s.ineke.user)


@story
def a_text_changes_after_the_signature_and_is_not_signed_anew(s):
    dossier = s.dossier()
    asked = signature.request_signature(dossier, actor=s.efua)
    signature.sign_dossier(asked, name="Justina Assan", digest=dossier.digest())
    typed = QueryDict(mutable=True)
    typed["problem"] = "Another problem. " * 30
    yaw = make_user("Yaw", works_for=dossier.authority)
    section_answers.save_section(dossier, "problem", typed, version=1, actor=yaw)
    signature.notify_of_changed_text(dossier, s.now)
    signature.decline_signature(asked, why="Two trucks are too few.")
    Letter.objects.filter(template="signature_asked").delete()  # signed: it asks nothing more


@story
def others_are_asked_to_sign_and_to_apply_together(s):
    dossier = s.dossier()
    signature.request_signature(dossier, actor=s.efua)
    awutu = make_authority("Awutu")
    make_user("Kwame", works_for=awutu)
    asked = {"contact": "Yaw", "address": "yaw@awutu.example", "actor": s.efua}
    co_applicants.add_co_applicant(dossier, name="Awutu", country="GH", **asked)


@story
def a_colleague_is_invited_to_write_a_draft(s):
    asked = {"name": "Kwesi", "address": "kwesi@agona.example", "actor": s.efua}
    contributors.invite_contributor(s.dossier(), **asked)
    dossier = s.dossier(Status.SUBMITTED)
    again = {"name": "Esi", "address": "esi@agona.example", "asked_at": s.now, "ended_at": s.now}
    dossier.contributors.create(**again)
    dossier.events.create(verb="submit", source="draft", target="submitted", at=s.now)
    dossier_machine.advance(dossier, "take_back", actor=s.efua)


@story
def somebody_is_named_once_the_exchange_is_planned(s):
    exchange, guest = s.exchange(status="planned")
    participants.send_what_is_open(guest, exchange, s.now)


@story
def others_are_no_longer_named(s):
    asked = {"contact": "Yaw", "address": "yaw@awutu.example", "actor": s.efua}
    named = co_applicants.add_co_applicant(s.dossier(), name="Awutu", country="GH", **asked)
    Letter.objects.filter(template="co_applicant_asked").update(sent_at=s.now)
    co_applicants.remove_co_applicant(named, actor=s.efua)
    exchange, guest = s.exchange(status="planned")
    for person in reachable_participants(exchange):
        participants.ask_part(person, exchange)
    participants.remove_participant(guest, actor=s.ines)
    Letter.objects.filter(template__in=["co_applicant_asked", "take_part"]).delete()  # over


@story
def somebody_joins_while_the_committee_judges(s):
    s.dossier(Status.UNDER_SELECTION)
    anna = make_member("Anna")
    asked = members.ask_to_join(anna, authority=s.agona, roles=[Role.EDITOR], function="Planner")
    members.decide_membership(
        asked, actor=s.efua, accept=True, grounds="I know her.", reply="Welcome."
    )


@story
def drafts_calls_and_files_wait(s):
    s.dossier()
    waiting = s.dossier(Status.ELIGIBILITY_CHECK)
    Dossier.objects.filter(pk=waiting.pk).update(case_officer=s.ines, status_since=s.now - 30 * DAY)
    reminders.remind_of_drafts(s.today + 8 * DAY)
    reminders.notify_of_calls(s.now)
    reminders.notify_of_calls(s.call.closes_at - 2 * DAY)
    monday = s.now + (7 - s.now.weekday()) * DAY
    reminders.send_stuck_digest(monday)
    before = Call.objects.get(pk=s.call.pk)
    s.call.closes_at += 9 * DAY
    calls.notify_of_last_day(s.call, before.closes_at)
    Letter.objects.filter(template="call_extended").update(sent_at=s.now)
    later = s.call.closes_at
    s.call.closes_at -= 3 * DAY
    calls.notify_of_last_day(s.call, later)


@story
def experts_are_invited_and_answer(s):
    dossier = s.dossier(Status.PUBLISHED)
    asked_at = s.now - settings.UNDO_FOR
    interest = desk.invite_expert(dossier, s.offer.pk, actor=s.ines, now=asked_at)
    interest = make_interest_of(interest)
    desk.submit_interest(interest, actor=s.ineke.user)
    interest = interest_machine.advance(interest, "screen", actor=s.ines)
    interest = interest_machine.advance(interest, "keep_in_reserve", actor=s.ines)
    interest = interest_machine.advance(interest, "shortlist", actor=s.ines)
    interest_machine.advance(interest, "decline", actor=s.ines)
    other = make_interest(dossier, make_expert("Ousmane"))
    interest_machine.advance(other, "expire", actor=None)


def make_interest_of(interest):
    like = make_interest(interest.dossier, make_expert())
    for name in ("motivation", "comparable_case", "approach", "cv", "cv_name"):
        setattr(interest, name, getattr(like, name))
    interest.save()
    return interest


@story
def searches_find_something(s):
    alerts.create_alert(s.abena, QueryDict("q=latrines"), now=s.now - DAY)
    s.dossier(Status.PUBLISHED)
    alerts.send_alerts(s.now + DAY)
    closes = opportunities.Opportunity.objects.get().closes_on
    alerts.send_alerts(s.now + (closes - s.today - 2 * DAY))


@story
def somebody_asked_for_their_work_by_email_each_week(s):
    weekly_work.begin_weekly_work(s.efua, s.now - 30 * DAY)
    s.dossier(Status.VALIDATED)
    monday = timezone.localtime(s.now) + (7 - s.today.weekday()) * DAY
    weekly_work.send_weekly_work(monday.replace(hour=12))


@story
def a_match_is_agreed_and_talked_about(s):
    match = s.proposed()
    match_messages.post_match_message(match, "When would it suit?", actor=s.efua)
    match_messages.post_match_message(match, "In spring.", actor=s.ineke.user)
    for side in ("applicant", "expert", "employer"):
        s.answer(match, side)


@story
def a_match_is_declined(s):
    s.answer(s.proposed(), "employer", accept=False, reason="Not this spring.")


@story
def a_proposal_is_withdrawn_and_others_are_sought(s):
    match = s.proposed()
    withdrawals.withdraw_proposal(match, note="The mission is put off.", actor=s.ines)
    opportunities.reopen_to_answers(match.dossier, s.today + 20 * DAY, actor=s.ines)


@story
def an_expert_agrees_elsewhere(s):
    type(s.offer).objects.filter(pk=s.offer.pk).update(capacity=1)
    match, _other = s.proposed(), s.proposed()
    for side in ("applicant", "expert", "employer"):
        s.answer(match, side)


@story
def a_match_gets_no_answer(s):
    s.proposed()
    consent.remind_waiting(s.today + 5 * DAY)
    consent.lapse_overdue(s.now + 11 * DAY)


@story
def a_match_waits_while_a_new_offer_fits(s):
    outbox.post_letter(
        "match_new_offer",
        key="offer",
        concerns=s.offer,
        to=officers(),
        path=desk_path(s.dossier(Status.PUBLISHED)),
        **{"reference": "CN", "title": "T", "authority": "A", "expert": "E", "place": "P"},
        offer="O",
    )


@story
def an_exchange_is_planned_and_put_off(s):
    exchange, guest = s.exchange(checklist=["terms"])
    session = make_session(exchange, starts_at=s.now + 30 * DAY, ends_at=s.now + 30.1 * DAY)
    exchange = exchange_machine.advance(exchange, "plan", actor=s.ines)
    s.agona.associations.create(name="UTAG", country="GH", scope="national")  # nobody speaks for it
    observers.invite_associations(session, actor=s.ines)
    session.exchange = exchange
    agenda.notify_of_session(session, "session_changed")
    agenda.remind_of_sessions(s.now + 29 * DAY)
    readiness.remind_of_missing(s.now + 1 * DAY)
    exchange.checklist = Readiness.values
    exchange.save()
    exchange = exchange_machine.advance(exchange, "get_ready", actor=s.ines)
    Exchange.objects.update(checklist=[])
    reopened.follow_reopened(s.now)
    guest.follows_thread = True
    guest.save()
    for text in ("Bring boots.", "And a hat.", "And water."):
        match_messages.post_match_message(exchange.match, text, actor=s.ineke.user)
    digest.gather_bursts(s.now + DAY)
    exchange_machine.advance(exchange, "postpone", actor=s.ines, **WHY, costs_due="One flight")


@story
def days_and_terms_of_an_exchange_are_agreed(s):
    exchange, _guest = s.exchange()
    version = exchange.terms.create(number=1, purpose="A by-law.", at=s.now)
    terms.ask_signatures(version, exchange, actor=s.ines, now=s.now)
    terms.sign_terms(version, actor=s.efua)
    window = {"starts_on": s.today + 40 * DAY, "ends_on": s.today + 44 * DAY}
    proposal = exchange.proposed_days.create(side="requesting", at=s.now, **window)
    days.notify_of_days(proposal, "days_proposed", people.signatories(exchange), s.efua)
    days.agree_days(proposal, actor=s.ineke.user)
    proposal = exchange.proposed_days.create(side="requesting", at=s.now, **window)
    days.withdraw_days(proposal, actor=s.efua)


@story
def a_side_asks_to_stop_an_exchange(s):
    exchange, _guest = s.exchange(status="planned")
    day = s.today + 90 * DAY
    ask = stop_requests.ask_to_stop
    exchange = ask(exchange, "postpone", "A ballot.", actor=s.efua, possible_from=day)
    exchange = stop_requests.answer_stop(exchange, "The ballot was moved.", actor=s.ines)
    exchange = ask(exchange, "cancel", "No funds.", actor=s.ineke.user)
    Letter.objects.filter(template="stop_asked").update(sent_at=s.now)
    stop_requests.withdraw_stop(exchange, actor=s.ineke.user)


@story
def an_exchange_is_interrupted(s):
    exchange, _guest = s.exchange(status="running")
    session = make_session(exchange)
    agenda.write_to_all(session, "session_invited")
    agenda.cancel_session(session, actor=s.ines)
    exchange = exchange_machine.advance(exchange, "interrupt", actor=s.ines, **WHY)
    exchange_machine.advance(exchange, "cancel", actor=s.ines, **WHY)


@story
def an_exchange_goes_on_and_is_over_early(s):
    exchange, _guest = s.exchange(status="running")
    for verb in ("interrupt", "resume", "interrupt"):
        exchange = exchange_machine.advance(exchange, verb, actor=s.ines, **WHY)
    exchange.actual_end = s.today
    exchange.save(update_fields=["actual_end"])
    exchange_machine.advance(exchange, "complete", actor=s.ines, **WHY)


@story
def an_internship_is_written_down_and_shown(s):
    exchange, guest = s.exchange(status="running", form="internship")
    diary.request_diary(exchange)
    picture = make_picture(exchange)
    picture.people.create(participant=guest)
    pictures.ask_pictured(picture, guest, s.efua, s.now)
    said = {"kind": "health", "severity": 4, "reported_by": s.efua, "reported_at": s.now}
    said |= {"happened_on": s.today, "account": "Somebody fell ill."}
    incident = Incident.objects.create(exchange=exchange, **said)
    for _ in range(21):  # one more than is written of one by one
        incidents.notify_duty_officer(incident, s.now)
        incidents.notify_officer(incident, s.now)
        incident = Incident.objects.create(exchange=exchange, **said)


@story
def an_exchange_is_followed(s):
    ended = s.today - 7 * DAY
    exchange, guest = s.exchange(status="completed", actual_start=ended - 4 * DAY, actual_end=ended)
    exchange.evaluations.create(participant=guest, moment="end", side="requesting", due_on=s.today)
    evaluation.request_evaluations(s.now + DAY)
    line = make_budget_line(exchange, approved=1, approved_by=s.ines)
    budget.save_line(line, exchange, actor=s.efua)
    measure = make_measure(exchange)
    plan = plan_approval.request_plan_approval(exchange, actor=s.efua)
    plan_approval.decline_plan(plan, why="The council pays no trucks.", now=s.now)
    plan_approval.save_plan_approval(plan, name="Justina", digest=plan.digest, now=s.now)
    measures.remove_measure(measure, actor=s.efua)
    make_measure(exchange)
    measures.request_plans(s.now)
    report = exchange.follow_ups.create(month=6, due_on=s.today)
    readers = planners(exchange)
    measures.ask_report(report, 0, readers)
    measures.ask_report(report, "association", [s.abena])


@story
def a_practice_is_written_and_read(s):
    exchange, _guest = s.exchange(status="completed")
    practice = make_practice(exchange, status="review")
    writing.agree_to_publication(practice, seen=practice.digest, actor=s.efua)
    writing.end_agreements(practice, ["cost"], actor=s.ineke.user, now=s.now)
    event = record_event(practice, "submit_practice", actor=None, now=s.now)
    practice_machine.post_notices(practice, event)
    practice = practice_machine.advance(
        practice, "send_back", actor=s.ines, note="What does it cost?"
    )
    type(practice).objects.update(status="published")
    practice.refresh_from_db()
    event = record_event(practice, "publish_practice", actor=None, now=s.now)
    practice_machine.post_notices(practice, event)
    type(practice).objects.update(reviewed_on=s.today - 800 * DAY)
    review.request_reviews(s.now)
    writing.send_message_to_town(practice, "How did you fix the fee?", actor=s.abena)
    use = uses.save_use(practice, s.agona, "We licensed four.", actor=s.efua, now=s.now)
    uses.remove_use(use, "It names a firm.", actor=s.ines, now=s.now)


@story
def a_practice_that_was_read_is_deleted(s):
    exchange, _guest = s.exchange(status="completed")
    practice = make_practice(exchange, status="draft")
    record_event(practice, "submit_practice", actor=None, now=s.now)
    practice_machine.advance(practice, "remove_draft", actor=s.ines)


@story
def a_practice_is_taken_off(s):
    exchange, _guest = s.exchange(status="completed")
    practice = make_practice(exchange)
    practice_machine.advance(practice, "archive", actor=s.ines, note="It is out of date.")


@story
def people_keep_and_leave_their_accounts(s):
    data_requests.request_data(s.dossier().legal_email, now=s.now)
    data_requests.request_data(s.efua.email, now=s.now)
    data_requests.answer_data_requests(s.now + DAY)
    User.objects.filter(pk=s.abena.pk).update(last_login=s.now - 705 * DAY)
    unused.follow_unused(s.now)
    closing.begin_closing(Person.from_user(s.efua), now=s.now)
    closing.notify_staff_of_closing(s.efua)


@story
def a_second_factor_is_lost(s):
    officer = make_officer("Omar")
    lost = lost_factors.request_removal(
        officer, "His telephone is broken.", actor=s.ines, now=s.now
    )
    lost_factors.remove_factor(lost, actor=s.jan, now=s.now)


@story
def an_administrator_adds_a_colleague(s):
    role = team.Role.OFFICER
    team.invite_to_team("lena@connect.example", "Lena", "fr", role=role, actor=s.ines, now=s.now)


@story
def what_is_old_goes(s):
    long_ago = s.now - 722 * DAY
    old = s.dossier(Status.WITHDRAWN)
    old.drafts.update(saved_at=long_ago)
    Dossier.objects.filter(pk=old.pk).update(status_since=long_ago, created_at=long_ago)
    exchange, guest = s.exchange(status="closed", form="internship")
    Exchange.objects.update(status_since=long_ago)
    guest.diary.create(day=long_ago.date(), did="x", learnt="y", changed_at=long_ago)
    make_expert("Pieter", is_hidden=True, confirmed_on=long_ago.date())
    retention.end_kept(s.now)


@story
def profiles_are_made_and_confirmed(s):
    welcome.invite_experts(Expert.objects.filter(pk=s.ineke.pk), actor=s.ines)
    employers.ask_superior(s.ineke, user=s.ineke.user)
    for agrees in (False, True):
        employers.answer_as_superior(s.ineke, agrees=agrees, now=s.now + agrees * DAY)
    for age in (340, 366):
        Expert.objects.update(confirmed_on=s.today - age * DAY)
        confirmation.follow_profiles(s.now)


@story
def a_colleague_takes_files_over(s):
    for number in range(2):
        held = s.dossier(Status.SHORTLISTING, case_officer=s.jan, title=f"File {number}")
        worklist.take_over([held], actor=s.ines, now=s.now + number * DAY)


@story
def staff_write_to_all_experts(s):
    draft = mailings.begin_mailing("registry.expert", [s.ineke.pk], actor=s.ines, now=s.now)
    said = {"subject": "Meeting in May", "body": "Hello {name},\n\nWe meet online in May."}
    draft = mailings.save_draft(draft, {"en": said}, True, actor=s.ines)
    seen = mailings.digest_mailing(draft, mailings.find_readers(draft, s.now))
    mailings.send_mailing(draft, seen=seen, actor=s.ines, now=s.now)
    mailings.write_mailings(s.now)


@story
def an_expert_leaves_the_authority_of_a_profile(s):
    s.proposed()
    members.end_membership(s.ineke.user.memberships.get(), actor=s.ineke.user)


@story
def an_expert_closes_an_account_and_keeps_it(s):
    s.proposed()
    going = closing.begin_closing(Person.from_user(s.ineke.user), now=s.now)
    Letter.objects.filter(template="person_closes").update(sent_at=s.now)
    closing.cancel_closing(going, now=s.now)
    Letter.objects.filter(template="closing").delete()  # its link works no more


@story
def staff_deactivate_an_expert_and_activate_them_again(s):
    s.proposed()
    for is_active in (False, True):
        User.objects.filter(pk=s.ineke.user.pk).update(is_active=is_active)
        s.ineke.user.refresh_from_db()
        team.activity_changed.send(User, person=s.ineke.user, actor=s.ines, now=s.now)
        Letter.objects.filter(template="person_inactive").update(sent_at=s.now)


@story
def letters_come_back_and_are_gathered(s):
    dossier = s.dossier()
    facts = {"path": dossier.path, "title": "T", "reference": "CN-1", "concerns": dossier}
    outbox.post_letter("dossier_reopen", key="x", to=[s.efua], **facts)
    letter = Letter.objects.latest("pk")
    sending.report_given_up(letter)
    returned.record_failure(letter, "5.1.1", "Unknown user", s.now)
    User.objects.filter(pk=s.ines.pk).update(gathers_news=True)
    s.ines.refresh_from_db()
    dossier_machine.advance(s.dossier(), "submit", actor=s.efua)
    digest.gather_news(s.now + 2 * DAY)
    asked = signature.request_signature(s.dossier(), actor=s.efua)
    by_link.send_new_link(asked.valid_link, s.now + DAY)
    Letter.objects.filter(template="signature_asked").delete()  # its link works no more
    settings.AUDITOR_EMAIL = "auditor@example.org"
    seals.seal_waiting_rows(s.now)
    auditor.send_seal(s.now)
    settings.AUDIT_KEYS, keys = [], settings.AUDIT_KEYS
    auditor.check_trail(s.now)  # nothing is verified without a key: that is told
    settings.AUDIT_KEYS, settings.AUDITOR_EMAIL = keys, ""
    for _try in range(5):
        returned.count_try("1:1", s.now)


# Reading


def page_of(letter):
    """Give the page that a letter leads to, with its reader's own link; nothing if nowhere."""
    return re.sub(r"^https?://[^/]+", "", letter.link)


def open_as_reader(letter):
    """Give what the reader of a letter sees behind its link: status, and where they end up."""
    client = Client()
    reader = User.objects.filter(email__iexact=letter.address).first()
    if reader and not letter.opens:
        if not reader.is_active:
            User.objects.filter(pk=reader.pk).update(is_active=True)
        client.force_login(reader)
    answer = client.get(page_of(letter), follow=True)
    return answer.status_code, answer.request["PATH_INFO"]
