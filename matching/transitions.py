"""The state machines of an interest and of a match (domain.md 4)."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.enums import FINAL
from applications.notices import call_group
from connect.files import delete_replaced_file
from connect.transitions import (
    PEOPLE_EVENTS,
    Details,
    Event,
    EventType,
    Notice,
    StateMachine,
    Transition,
    always,
    by_clock,
    by_officer,
    by_officer_or_clock,
)
from connect.types import Actor, User
from matching.enums import UNSENT, WORDS, Answer, InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.people import match_people, next_candidate, officers_of, write_to_people
from matching.requirements import (
    missing_admission,
    missing_chance_to_correct,
    missing_consents,
    missing_free_answer,
    missing_from_answer,
    missing_unread_draft,
)
from matching.runs import desk_path
from notifications.outbox import cancel_letters, post_letter


def by_its_expert(actor: Actor, interest: Interest) -> bool:
    return actor is not None and actor.is_active and interest.expert.user_id == actor.pk


def cancel_earlier_letters(interest: Interest, now: datetime) -> None:
    """Cancel the unsent letters of an answer's earlier steps: the newest tells its status."""
    verbs = [verb for verb, step in interest_machine.transitions.items() if step.notifies]
    for event in interest.events.filter(verb__in=verbs):
        cancel_letters(event, now=now)


def follow_interest(interest: Interest, event: Event) -> None:
    if event.verb != "begin" and event.source in (InterestStatus.INVITED, InterestStatus.DRAFT):
        cancel_letters(interest.invitation_key)
    cancel_earlier_letters(interest, event.at)
    if (
        event.source == InterestStatus.DECLINED
    ):  # undone: open again, its expert may work elsewhere by now
        Interest.objects.filter(pk=interest.pk).update_employers()


def its_expert(interest: Interest) -> list[User]:
    return [interest.expert.user]


def interest_desk(interest: Interest) -> str:
    return desk_path(interest.dossier)


def was_received(interest: Interest, event: Event) -> bool:
    """True of an answer that staff have; of one in a proposal, the proposal's end tells them."""
    refused = interest.matches.filter(status=MatchStatus.REFUSED, status_since=event.at)
    return event.source not in UNSENT and not refused.exists()


def whether_sent(interest: Interest, event: Event) -> Details:
    return {"was_sent": event.source not in UNSENT}


def by_expert(event: Event, interest: Interest) -> bool:
    """True for a step of the expert, or of the clock."""
    return event.actor_id is None or event.actor_id == interest.expert.user_id


def erase_draft(interest: Interest, event: Event) -> None:
    """Erase what was written in a draft that is deleted, and its CV where nothing else has it."""
    name, empty = interest.cv.name, Interest()
    written = [*WORDS, "cv", "cv_name"]
    for field in written:
        setattr(interest, field, getattr(empty, field))
    interest.save(update_fields=written)
    delete_replaced_file(interest, "cv", name)


def post_notice(interest: Interest, event: Event, notice: Notice) -> None:
    """Notify people of a step of an interest."""
    post_letter(
        notice.template,
        key=f"interest-event:{event.pk}",
        concerns=event,
        to=notice.recipients(interest),
        path=notice.page(interest),
        group=call_group(interest.dossier),
        # An officer may still think better of it (see `decisions.undo_decision`), no expert.
        not_before=None if by_expert(event, interest) else event.at + settings.UNDO_FOR,
        known={
            "reference": interest.dossier.reference,
            "title": interest.dossier.title,
            "authority": interest.dossier.authority.name,
            "expert": str(interest.expert),
            "note": event.details.get("note", ""),
        },
        **notice.facts(interest, event),
    )


OPEN = {
    InterestStatus.INVITED,
    InterestStatus.DRAFT,
    InterestStatus.SUBMITTED,
    InterestStatus.SCREENED,
    InterestStatus.SHORTLISTED,
    InterestStatus.RESERVE,
}

interest_machine = StateMachine(
    Interest,
    {
        "begin": Transition(
            {InterestStatus.INVITED},
            InterestStatus.DRAFT,
            by_its_expert,
            label=_("Answer the invitation"),
            past=pgettext_lazy("an answer to a request", "Begun"),
        ),
        "submit": Transition(
            {InterestStatus.INVITED, InterestStatus.DRAFT},
            InterestStatus.SUBMITTED,
            by_its_expert,
            label=_("Send my answer"),
            past=pgettext_lazy("an answer to a request", "Sent"),
            missing=missing_from_answer,
            notifies=[Notice("interest_submit", its_expert)],
        ),
        # While the request is open and nobody has decided: it is sent again once it is mended.
        "correct": Transition(
            {InterestStatus.SUBMITTED, InterestStatus.SCREENED},
            InterestStatus.DRAFT,
            by_its_expert,
            label=_("Edit my answer"),
            past=_("Reopened for editing"),
            missing=missing_chance_to_correct,
            notifies=[Notice("interest_correct", officers_of, page=interest_desk)],
        ),
        "screen": Transition(
            {InterestStatus.SUBMITTED},
            InterestStatus.SCREENED,
            by_officer,
            label=_("Mark as eligible"),
            past=_("Marked as eligible"),
            missing=missing_admission,
        ),
        "shortlist": Transition(
            # One that was declined, too: the applicant's no to a proposal declines all its experts.
            {InterestStatus.SCREENED, InterestStatus.RESERVE, InterestStatus.DECLINED},
            InterestStatus.SHORTLISTED,
            by_officer,
            label=_("Shortlist"),
            past=_("Shortlisted"),
            missing=missing_admission,
            notifies=[Notice("interest_shortlist", its_expert)],
            can_be_undone=True,
        ),
        # What an officer decided by mistake, and of which no letter has left (`undo_decision`).
        "uninvite": Transition(
            {InterestStatus.INVITED},
            InterestStatus.UNDONE,
            by_officer_or_clock,
            past=_("The invitation was undone before it was sent"),
            undoes=True,
        ),
        "unscreen": Transition(
            {InterestStatus.SCREENED, InterestStatus.DECLINED},
            InterestStatus.SUBMITTED,
            by_officer,
            past=_("To be checked again: the decision was undone"),
            undoes=True,
        ),
        "restore": Transition(
            {InterestStatus.SHORTLISTED, InterestStatus.RESERVE, InterestStatus.DECLINED},
            InterestStatus.SCREENED,
            by_officer,
            past=_("Eligible again: the decision was undone"),
            missing=missing_free_answer,
            undoes=True,
        ),
        "restore_shortlisted": Transition(
            {InterestStatus.RESERVE, InterestStatus.DECLINED},
            InterestStatus.SHORTLISTED,
            by_officer,
            past=_("Shortlisted again: the decision was undone"),
            missing=missing_free_answer,
            undoes=True,
        ),
        "restore_reserve": Transition(
            {InterestStatus.SHORTLISTED, InterestStatus.DECLINED},
            InterestStatus.RESERVE,
            by_officer,
            past=_("On the reserve list again: the decision was undone"),
            missing=missing_free_answer,
            undoes=True,
        ),
        "choose": Transition(
            {InterestStatus.SHORTLISTED}, InterestStatus.CHOSEN, by_clock, past=_("Chosen")
        ),
        "keep_in_reserve": Transition(
            {InterestStatus.SCREENED, InterestStatus.SHORTLISTED},
            InterestStatus.RESERVE,
            by_officer_or_clock,
            label=_("Put on the reserve list"),
            past=pgettext_lazy("what happened", "Put on the reserve list"),
            missing=missing_free_answer,
            notifies=[Notice("interest_keep_in_reserve", its_expert)],
            can_be_undone=True,
        ),
        "decline": Transition(
            {
                InterestStatus.SUBMITTED,
                InterestStatus.SCREENED,
                InterestStatus.SHORTLISTED,
                InterestStatus.RESERVE,
            },
            InterestStatus.DECLINED,
            by_officer_or_clock,
            label=_("Decline"),
            past=_("Declined"),
            missing=missing_free_answer,
            notifies=[Notice("interest_decline", its_expert)],
            can_be_undone=True,
        ),
        "withdraw": Transition(
            OPEN,
            InterestStatus.WITHDRAWN,
            by_its_expert,
            label=_("Withdraw"),
            past=_("Withdrawn"),
            missing=missing_free_answer,
            notifies=[
                Notice("interest_withdraw", officers_of, page=interest_desk, only_if=was_received)
            ],
        ),
        # A draft of one's own, of which nobody else knows.
        "remove_draft": Transition(
            {InterestStatus.DRAFT},
            InterestStatus.UNDONE,
            by_its_expert,
            label=_("Delete the draft"),
            past=_("The draft was deleted"),
            done=_("The draft has been deleted."),
            missing=missing_unread_draft,
            effect=erase_draft,
        ),
        "expire": Transition(
            OPEN,
            InterestStatus.EXPIRED,
            by_clock,
            past=_("Ended with the request"),
            missing=missing_free_answer,
            notifies=[Notice("interest_expire", its_expert, facts=whether_sent)],
        ),
        # The exchange's own e-mail tells both sides.
        "end_with_exchange": Transition(
            {InterestStatus.CHOSEN},
            InterestStatus.EXPIRED,
            by_clock,
            past=_("Ended with the exchange"),
        ),
    },
    events={"invite": EventType(_("Invited"), is_note_internal=True, can_be_undone=True)},
    effect=follow_interest,
    notify=post_notice,
)


def follow_match(match: Match, event: Event) -> None:
    cancel_letters(match.consents.all())


def desk_page(match: Match) -> str:
    return desk_path(match.dossier)


def who_is_next(match: Match, event: Event) -> Details:
    return {"following": str(next_candidate(match.dossier) or "")}


def why_refused(match: Match, event: Event) -> Details:
    """Describe who said no and why, and who is next."""
    refused = match.consents.filter(answer=Answer.NO).first()
    return who_is_next(match, event) | {
        "by": refused.name if refused else "",
        "reason": refused.reason if refused else "",
    }


def why_withdrawn(match: Match, event: Event) -> Details:
    return {"note": event.details["note"]}


def still_seeks(match: Match, event: Event) -> bool:
    """True unless the match ends with its dossier, of which other letters tell its people."""
    return match.dossier.status not in FINAL


def failure_notice(
    template: str,
    facts: Callable[[Match, Event], Details],
    only_if: Callable[[Match, Event], bool] = always,
) -> list[Notice]:
    """Return the notices of a match that failed: to staff, and to both sides."""
    return [
        Notice(template, officers_of, page=desk_page, facts=facts, only_if=only_if),
        Notice(f"{template}_sides", match_people, only_if=only_if),
    ]


def post_match_notice(match: Match, event: Event, notice: Notice) -> None:
    facts = notice.facts(match, event)
    people, page = notice.recipients(match), notice.page(match)
    write_to_people(match, notice.template, people, path=page, **facts)


match_machine = StateMachine(
    Match,
    {
        "agree": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.AGREED,
            by_clock,
            past=_("Agreed by every side"),
            missing=missing_consents,
            notifies=[Notice("match_agreed", match_people)],
        ),
        "refuse": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.REFUSED,
            by_clock,
            past=_("Refused"),
            notifies=failure_notice("match_refused", why_refused),
        ),
        "lapse": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.LAPSED,
            by_clock,
            past=_("Expired without an answer"),
            notifies=failure_notice("match_lapsed", who_is_next, only_if=still_seeks),
        ),
        "undo": Transition(
            {MatchStatus.AGREED}, MatchStatus.DISSOLVED, by_officer_or_clock, past=_("Undone")
        ),
        # See `withdrawals`: without a word while nobody was asked yet, with a letter to all after.
        "unpropose": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.UNDONE,
            by_officer_or_clock,
            past=_("Undone before anybody was asked"),
            undoes=True,
        ),
        "withdraw": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.WITHDRAWN,
            by_officer,
            past=_("Withdrawn"),
            notifies=[Notice("match_withdrawn", match_people, facts=why_withdrawn)],
        ),
    },
    events={
        "propose": EventType(_("Proposed"), can_be_undone=True),
        "accept": EventType(_("A side agreed")),
        "decline": EventType(_("Declined")),
        **PEOPLE_EVENTS,
    },
    effect=follow_match,
    notify=post_match_notice,
)
