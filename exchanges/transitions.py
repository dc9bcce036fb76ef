"""The state machine of an exchange (domain.md 4)."""

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.enums import CancelReason, Status
from applications.notices import call_group
from connect.transitions import (
    PEOPLE_EVENTS,
    REMINDER_EVENTS,
    Details,
    Effect,
    Event,
    EventType,
    Notice,
    StateMachine,
    Transition,
    always,
    by_officer,
    by_officer_or_clock,
    missing_reason,
    no_facts,
    record_event,
)
from exchanges import diary
from exchanges.agenda import (
    cancel_rest,
    notify_of_changes,
    send_agenda_to_all,
    withdraw_sessions,
)
from exchanges.agenda_link import PAGE as AGENDA
from exchanges.days_proposals import close_proposals
from exchanges.enums import Criterion, ExchangeStatus
from exchanges.models import Exchange, Participant
from exchanges.participants import list_given_facts
from exchanges.people import exchange_observers, reachable_participants
from exchanges.permissions import BEFORE_COMPLETED
from exchanges.requirements import (
    missing_days_to_come,
    missing_end,
    missing_judgement,
    missing_or_same_days,
    missing_readiness,
    missing_report,
    missing_settlement,
    too_early,
    waits_for_report,
)
from exchanges.stop_requests import POSTPONED_FROM, close_stop_request
from matching.people import match_people
from notifications.outbox import cancel_earlier_news, cancel_letters, post_letter

INVITED = {
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.RUNNING,
    ExchangeStatus.INTERRUPTED,
}


def begin_exchange(exchange: Exchange, event: Event) -> None:
    """Save the actual first day, which is not in the future, and ask for what is due from it."""
    if not exchange.actual_start:
        days = (exchange.planned_start, exchange.actual_end, exchange.local_day(event.at))
        exchange.actual_start = min(day for day in days if day)
        exchange.save(update_fields=["actual_start"])
    if exchange.exchange_form.diary_part:
        diary.request_diary(exchange)


def end_exchange(exchange: Exchange, event: Event) -> None:
    """Save the actual last day, which is not in the future.

    Of one that ends early the rest of the agenda is cancelled, and nobody was there for longer.
    """
    close_stop_request(exchange)
    if not exchange.actual_end:
        today = exchange.local_day(event.at)
        last = min(exchange.planned_end or today, today)
        exchange.actual_end = max(last, exchange.actual_start or last)
        exchange.save(update_fields=["actual_end"])
    if exchange.planned_end and exchange.actual_end < exchange.planned_end:
        cancel_rest(exchange, event.at)
        exchange.participants.filter(days__gt=exchange.most_days).update(days=exchange.most_days)


def clear_actual_days(exchange: Exchange, event: Event) -> None:
    exchange.actual_start = exchange.actual_end = None
    exchange.save(update_fields=["actual_start", "actual_end"])
    withdraw_agenda(exchange, event)


def save_judgement(exchange: Exchange, event: Event) -> None:
    exchange.judged = {code: event.details[code] for code in Criterion.values}
    exchange.save(update_fields=["judged"])


def give_up_report(month: int) -> Effect:
    """Return an effect that gives up a report that has not come."""

    def effect(exchange: Exchange, event: Event) -> None:
        if waits_for_report(exchange, month).update(given_up_on=localdate(event.at)):
            given_up = {"month": month}
            record_event(
                exchange, "give_up_report", actor=event.actor, now=event.at, details=given_up
            )

    return effect


def invite_to_agenda(exchange: Exchange, event: Event) -> None:
    close_proposals(exchange, event.at)
    # The association reads of new days by the agenda alone.
    put_off = exchange.events.filter(verb="postpone")
    cancel_letters(put_off, "exchange_postpone", keeps_links=True, now=event.at)
    send_agenda_to_all(exchange)


def send_changed_agenda(exchange: Exchange, event: Event) -> None:
    """Send what of the agenda was changed while the exchange was interrupted."""
    since = exchange.events.filter(verb="interrupt").last()
    notify_of_changes(exchange, since.at if since else event.at, event.at)


def answer_by_step(exchange: Exchange, event: Event) -> None:
    close_stop_request(exchange)


def withdraw_agenda(exchange: Exchange, event: Event) -> None:
    close_stop_request(exchange)
    close_proposals(exchange, event.at)
    withdraw_sessions(exchange, event.at)


def both_sides(exchange: Exchange) -> list[Any]:
    return match_people(exchange.match)


def agenda_page(exchange: Exchange) -> str:
    return f"{exchange.path}agenda/"


def was_invited(exchange: Exchange, event: Event) -> bool:
    """True if others than both sides know its days, or wait for new ones."""
    if event.source == ExchangeStatus.POSTPONED:
        return exchange.events.filter(verb="plan").exists()
    return event.source in INVITED


def was_interrupted(exchange: Exchange, event: Event) -> bool:
    """True if people were told that it is interrupted and wait for news."""
    return event.source == ExchangeStatus.INTERRUPTED


def ended_early(exchange: Exchange, event: Event) -> bool:
    """True if it ended before the day that people know, or while they waited for news."""
    last, planned = exchange.actual_end, exchange.planned_end
    return was_interrupted(exchange, event) or bool(last and planned and last < planned)


def early_end(exchange: Exchange, event: Event) -> Details:
    """Return the last day of what ended early, unless it was interrupted on that day."""
    last = None if was_interrupted(exchange, event) else exchange.actual_end
    return {"ended_on": last.isoformat() if last else ""}


def whether_sought_again(exchange: Exchange, event: Event) -> Details:
    has_begun = event.source in (ExchangeStatus.RUNNING, ExchangeStatus.INTERRUPTED)
    goes_on = exchange.dossier.status == Status.MATCHED
    return {"is_sought_again": goes_on and not has_begun, "is_closed": goes_on and has_begun}


def notify_all_invited(
    template: str,
    to_invited: Callable[[Exchange, Event], bool] = was_invited,
    to_sides: Callable[[Exchange, Event], bool] = always,
    facts: Callable[[Exchange, Event], Details] = no_facts,
) -> list[Notice]:
    """Return the notices of a step that stops or resumes an exchange: to all invited, too."""
    return [
        Notice(template, both_sides, only_if=to_sides, facts=facts),
        Notice(template, reachable_participants, by_link=True, only_if=to_invited, facts=facts),
        Notice(template, exchange_observers, page=agenda_page, only_if=to_invited, facts=facts),
    ]


def post_notice(
    exchange: Exchange, event: Event, notice: Notice, not_before: datetime | None = None
) -> None:
    """Notify people of a step, and of the newest alone; who has the letter gets no second."""
    readers = notice.recipients(exchange)
    to_each = (
        [([person.recipient], link_page(notice, person), person) for person in readers]
        if notice.by_link
        else [(readers, notice.page(exchange), None)]
    )
    for people, path, opens in to_each:
        post_letter(
            notice.template,
            key=f"exchange-event:{event.pk}",
            concerns=event,
            to=people,
            path=path,
            opens=opens,
            not_before=not_before,
            group=call_group(exchange.dossier),
            known={
                "reference": exchange.reference,
                "title": exchange.dossier.title,
                "place": lambda: exchange.place_words,
                "starts_on": exchange.planned_start.isoformat() if exchange.planned_start else "",
                "ends_on": exchange.planned_end.isoformat() if exchange.planned_end else "",
                "is_one_day": exchange.planned_start == exchange.planned_end,
                "note": event.details.get("note", ""),
                "costs": event.details.get("costs_due", ""),
                "is_asked": opens is not None and asks_part(notice, opens),
                **list_given_facts(opens),
            },
            **notice.facts(exchange, event),
        )
        cancel_earlier_news(event, exchange.events.all(), to=people)


# Also where staff plan other days, or another place. It asks participants for what is needed before
# the exchange, in the same e-mail: they have it first, and no other of the same step.
TO_PARTICIPANTS = Notice("exchange_plan", reachable_participants, by_link=True)
PLAN_NOTICES = [TO_PARTICIPANTS, Notice("exchange_plan", both_sides)]


def asks_part(notice: Notice, person: Participant) -> bool:
    """True where the letter to a participant asks them to sign, and for their journey."""
    return notice is TO_PARTICIPANTS and not person.has_signed_conduct


def link_page(notice: Notice, person: Participant) -> str:
    return person.PAGE if asks_part(notice, person) else AGENDA


exchange_machine = StateMachine(
    Exchange,
    {
        "plan": Transition(
            {ExchangeStatus.AGREED, ExchangeStatus.POSTPONED},
            ExchangeStatus.PLANNED,
            by_officer,
            label=_("Confirm the plan and send invitations"),
            past=_("Planned"),
            needs=missing_or_same_days,
            notifies=PLAN_NOTICES,
            effect=invite_to_agenda,
        ),
        "get_ready": Transition(
            {ExchangeStatus.PLANNED},
            ExchangeStatus.READY,
            by_officer,
            label=_("Mark as ready"),
            past=_("Ready to start"),
            ahead=_("Both sides read that everything is prepared."),
            missing=missing_readiness,
            notifies=[Notice("exchange_get_ready", both_sides)],
        ),
        "start": Transition(
            {ExchangeStatus.READY},
            ExchangeStatus.RUNNING,
            by_officer_or_clock,
            label=_("Start"),
            past=_("Started"),
            needs=too_early(
                attrgetter("planned_start"),
                _("its first day, %s, or the reason to start earlier"),
            ),
            effect=begin_exchange,
        ),
        "resume": Transition(
            {ExchangeStatus.INTERRUPTED},
            ExchangeStatus.RUNNING,
            by_officer,
            label=_("Resume"),
            past=_("Resumed"),
            ahead=_("The exchange goes on, and what changed in its agenda meanwhile is sent."),
            missing=missing_days_to_come,
            notifies=notify_all_invited("exchange_resume"),
            effect=send_changed_agenda,
        ),
        "complete": Transition(
            {ExchangeStatus.RUNNING, ExchangeStatus.INTERRUPTED},
            ExchangeStatus.COMPLETED,
            by_officer_or_clock,
            label=_("Mark as completed"),
            past=_("Completed"),
            needs=missing_end,
            notifies=notify_all_invited("exchange_complete", ended_early, ended_early, early_end),
            effect=end_exchange,
        ),
        "evaluate": Transition(
            {ExchangeStatus.COMPLETED},
            ExchangeStatus.EVALUATED,
            by_officer,
            label=_("Evaluate"),
            past=_("Evaluated"),
            needs=missing_settlement,
            missing=missing_judgement,
            is_note_internal=True,
            effect=save_judgement,
        ),
        "follow_up_6m": Transition(
            {ExchangeStatus.EVALUATED},
            ExchangeStatus.FOLLOW_UP_6M,
            by_officer_or_clock,
            label=_("Complete the 6-month follow-up"),
            past=_("Follow-up at 6 months completed"),
            needs=missing_report(6),
            effect=give_up_report(6),
        ),
        "follow_up_12m": Transition(
            {ExchangeStatus.FOLLOW_UP_6M},
            ExchangeStatus.FOLLOW_UP_12M,
            by_officer_or_clock,
            label=_("Complete the 12-month follow-up"),
            past=_("Follow-up at 12 months completed"),
            needs=missing_report(12),
            effect=give_up_report(12),
        ),
        "close": Transition(
            {ExchangeStatus.FOLLOW_UP_12M},
            ExchangeStatus.CLOSED,
            by_officer_or_clock,
            label=_("Close"),
            past=_("Closed"),
            needs=missing_report(12),
            effect=give_up_report(12),
        ),
        "postpone": Transition(
            POSTPONED_FROM,
            ExchangeStatus.POSTPONED,
            by_officer,
            label=_("Postpone"),
            past=_("Postponed"),
            missing=missing_reason(CancelReason),
            notifies=notify_all_invited("exchange_postpone"),
            effect=clear_actual_days,
        ),
        "interrupt": Transition(
            {ExchangeStatus.RUNNING},
            ExchangeStatus.INTERRUPTED,
            by_officer,
            label=_("Interrupt"),
            past=_("Interrupted"),
            missing=missing_reason(CancelReason),
            notifies=notify_all_invited("exchange_interrupt"),
            effect=answer_by_step,
        ),
        "cancel": Transition(
            BEFORE_COMPLETED,
            ExchangeStatus.CANCELLED,
            by_officer_or_clock,
            label=_("Cancel the exchange"),
            past=_("Cancelled"),
            missing=missing_reason(CancelReason),
            notifies=notify_all_invited("exchange_cancel", facts=whether_sought_again),
            effect=withdraw_agenda,
        ),
    },
    events={
        "create": EventType(_("Agreed")),
        "propose_days": EventType(_("Dates proposed")),
        "withdraw_days": EventType(_("Proposed dates withdrawn")),
        "agree_days": EventType(_("Dates agreed by both sides")),
        "ask_postpone": EventType(_("A side asked to postpone it")),
        "ask_cancel": EventType(_("A side asked to cancel it")),
        "withdraw_stop": EventType(_("Request to postpone or cancel withdrawn")),
        "answer_stop": EventType(_("The programme team answered: the exchange goes on")),
        "write_terms": EventType(_("Terms of reference written")),
        "sign_terms": EventType(_("Terms of reference signed")),
        "record_presence": EventType(_("Attendance recorded")),
        "invite": EventType(_("Invited")),
        "invite_association": EventType(_("The association was invited to observe")),
        "observe": EventType(_("The association will observe")),
        "observe_not": EventType(_("The association cannot come")),
        "approve_budget": EventType(_("The budget was approved")),
        "change_plan": EventType(_("Plan changed by the programme team")),
        "correct_days": EventType(_("Days on which it took place corrected by the programme team")),
        "settle": EventType(_("Waived by the programme team"), is_note_internal=True),
        "ask_plan": EventType(_("Approval of the action plan requested")),
        "approve_plan": EventType(_("Action plan approved")),
        "decline_plan": EventType(_("Action plan not approved")),
        "report": EventType(_("Report on the measures received")),
        "give_up_report": EventType(_("Report on the measures no longer expected")),
        "withdraw_file": EventType(_("A file was removed"), is_note_internal=True),
        **REMINDER_EVENTS,
        **PEOPLE_EVENTS,
    },
    notify=post_notice,
)
