"""The state machines of an interest and of a match (domain.md 4)."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.enums import FINAL, LOOKING
from connect.lengths import missing_length
from connect.transitions import (
    Details,
    Event,
    EventType,
    Lacking,
    Notice,
    StateMachine,
    Transition,
    always,
    by_clock,
    by_officer,
    by_officer_or_clock,
)
from connect.types import Actor, User
from matching.enums import Answer, InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.people import match_people, next_candidate, write_to_people
from matching.runs import desk_path
from notifications.outbox import cancel_letters, post_letter
from registry.models import Offer
from registry.people import all_officers

LEAST = 100  # characters of each text that an answer needs


def by_its_expert(actor: Actor, interest: Interest) -> bool:
    return actor is not None and actor.is_active and interest.expert.user_id == actor.pk


def is_still_there(interest: Interest) -> bool:
    """True while the expert works for the authority in whose name the answer is given."""
    return Interest.objects.still_employed().filter(pk=interest.pk).exists()


def missing_from_answer(interest: Interest, details: Details, now: datetime) -> Lacking:
    texts = (
        missing_length(_("why you would like to help"), interest.motivation, LEAST),
        missing_length(_("a comparable case that you solved"), interest.comparable_case, LEAST),
        missing_length(_("how you would go about it"), interest.approach, LEAST),
    )
    lacking: Lacking = [words for words in texts if words]
    if interest.partnership and not interest.partnership_text.strip():
        lacking.append(_("what your earlier partnership is"))
    if interest.conflict and not interest.conflict_text.strip():
        lacking.append(_("what your conflict of interest is"))
    return [*lacking, *missing_beside_texts(interest)]


def missing_beside_texts(interest: Interest) -> Lacking:
    """Say what keeps an answer from being sent that no text of it can mend."""
    return [
        words
        for words, is_there in (
            (_("your CV, as a PDF"), bool(interest.cv)),
            (_("a request that is still open"), interest.dossier.status == "published"),
            (_("a profile that says where you work now"), is_still_there(interest)),
        )
        if not is_there
    ]


def missing_neutrality(interest: Interest, details: Details, now: datetime) -> Lacking:
    return [_("an answer without a conflict of interest")] if interest.conflict else []


def missing_free_answer(interest: Interest, details: Details, now: datetime) -> Lacking:
    """List what prevents a step of an answer in an open proposal: that is ended first."""
    match = interest.matches.filter(status=MatchStatus.PROPOSED).first()
    if match is None:
        return []
    return [_("the end of the proposal %s, which holds this answer: withdraw it first") % match]


def missing_chance_to_correct(interest: Interest, details: Details, now: datetime) -> Lacking:
    if interest.dossier.status != "published":
        return [_("a request that is still open")]
    return missing_free_answer(interest, details, now)


def missing_open_request(interest: Interest, details: Details, now: datetime) -> Lacking:
    looks = interest.dossier.status in LOOKING
    return [] if looks else [_("a request that still looks for an expert")]


def missing_admission(interest: Interest, details: Details, now: datetime) -> Lacking:
    return missing_neutrality(interest, details, now) + missing_open_request(interest, details, now)


def cancel_earlier_letters(interest: Interest) -> None:
    """Cancel the unsent letters of an answer's earlier steps: the newest tells its status."""
    told = [verb for verb, step in interest_machine.transitions.items() if step.notifies]
    for event in interest.events.filter(verb__in=told):
        cancel_letters(f"interest-event:{event.pk}")


def follow_interest(interest: Interest, event: Event) -> None:
    if event.verb != "begin" and event.source in (InterestStatus.INVITED, InterestStatus.DRAFT):
        cancel_letters(f"interest:{interest.pk}:invited")
    cancel_earlier_letters(interest)
    if (
        event.source == InterestStatus.DECLINED
    ):  # undone: open again, its expert may work elsewhere by now
        Interest.objects.filter(pk=interest.pk).update_employers()


def its_expert(interest: Interest) -> list[User]:
    return [interest.expert.user]


def post_notice(interest: Interest, event: Event, notice: Notice) -> None:
    """Notify people of a step of an interest."""
    post_letter(
        notice.template,
        key=f"interest-event:{event.pk}",
        to=notice.recipients(interest),
        path=notice.page(interest),
        # An officer may still think better of it: see `decisions.undo_decision`.
        not_before=event.at + settings.UNDO_FOR if event.actor_id else None,
        known={
            "reference": interest.dossier.reference,
            "title": interest.dossier.title,
            "authority": interest.dossier.authority.name,
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
            past=_("Begun"),
        ),
        "submit": Transition(
            {InterestStatus.INVITED, InterestStatus.DRAFT},
            InterestStatus.SUBMITTED,
            by_its_expert,
            label=_("Send my answer"),
            past=_("Sent"),
            missing=missing_from_answer,
            notifies=[Notice("interest_submit", its_expert)],
        ),
        # While the request is open and nobody has decided: it is sent again once it is mended.
        "correct": Transition(
            {InterestStatus.SUBMITTED, InterestStatus.SCREENED},
            InterestStatus.DRAFT,
            by_its_expert,
            label=_("Correct my answer"),
            past=_("Taken back to be corrected"),
            missing=missing_chance_to_correct,
        ),
        "screen": Transition(
            {InterestStatus.SUBMITTED},
            InterestStatus.SCREENED,
            by_officer,
            label=_("Admissible"),
            past=_("Checked by staff"),
            missing=missing_admission,
        ),
        "shortlist": Transition(
            {InterestStatus.SCREENED, InterestStatus.RESERVE},
            InterestStatus.SHORTLISTED,
            by_officer,
            label=_("Put on the shortlist"),
            past=_("Put on the shortlist"),
            missing=missing_open_request,
            notifies=[Notice("interest_shortlist", its_expert)],
        ),
        # What an officer decided by mistake, and of which no letter has left (`undo_decision`).
        "uninvite": Transition(
            {InterestStatus.INVITED},
            InterestStatus.UNDONE,
            by_officer,
            past=_("The invitation was taken back before it left"),
        ),
        "unscreen": Transition(
            {InterestStatus.SCREENED, InterestStatus.DECLINED},
            InterestStatus.SUBMITTED,
            by_officer,
            past=_("Back to be checked: the decision was undone"),
        ),
        "restore": Transition(
            {InterestStatus.SHORTLISTED, InterestStatus.RESERVE, InterestStatus.DECLINED},
            InterestStatus.SCREENED,
            by_officer,
            past=_("Back among those checked: the decision was undone"),
            missing=missing_free_answer,
        ),
        "restore_shortlisted": Transition(
            {InterestStatus.RESERVE, InterestStatus.DECLINED},
            InterestStatus.SHORTLISTED,
            by_officer,
            past=_("Back on the shortlist: the decision was undone"),
            missing=missing_free_answer,
        ),
        "restore_reserve": Transition(
            {InterestStatus.SHORTLISTED, InterestStatus.DECLINED},
            InterestStatus.RESERVE,
            by_officer,
            past=_("Back in reserve: the decision was undone"),
            missing=missing_free_answer,
        ),
        "choose": Transition(
            {InterestStatus.SHORTLISTED}, InterestStatus.CHOSEN, by_clock, past=_("Chosen")
        ),
        "keep_in_reserve": Transition(
            {InterestStatus.SCREENED, InterestStatus.SHORTLISTED},
            InterestStatus.RESERVE,
            by_officer_or_clock,
            label=_("Keep in reserve"),
            past=_("Kept in reserve"),
            missing=missing_free_answer,
            notifies=[Notice("interest_keep_in_reserve", its_expert)],
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
        ),
        "withdraw": Transition(
            OPEN,
            InterestStatus.WITHDRAWN,
            by_its_expert,
            label=_("Withdraw"),
            past=_("Withdrawn"),
            missing=missing_free_answer,
        ),
        "expire": Transition(
            {*OPEN, InterestStatus.CHOSEN},
            InterestStatus.EXPIRED,
            by_clock,
            past=_("Expired"),
            missing=missing_free_answer,
            notifies=[Notice("interest_expire", its_expert)],
        ),
    },
    events={"invite": EventType(_("Invited"), is_note_internal=True)},
    effect=follow_interest,
    notify=post_notice,
)


def agreed_this_year(offer: Offer, now: datetime) -> int:
    """Count the agreed matches of this year (Brussels time) that use an offer's capacity."""
    year = localdate(now).year
    return Match.objects.filter(
        status=MatchStatus.AGREED, interests__offer=offer, status_since__year=year
    ).count()


def without_capacity(match: Match, details: Details, now: datetime) -> Lacking:
    """Names of experts whose year is full; their offers are locked, so the last seat goes once."""
    ids = match.interests.exclude(offer=None).values_list("offer", flat=True)
    offers = Offer.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return [
        _("a free place: %(expert)s has all the exchanges of this year") % {"expert": offer.expert}
        for offer in offers
        if agreed_this_year(offer, now) >= offer.capacity
    ]


def missing_consents(match: Match, details: Details, now: datetime) -> Lacking:
    waiting = match.consents.exclude(answer="yes").count()
    return [_("every side's agreement")] if waiting else without_capacity(match, details, now)


def follow_match(match: Match, event: Event) -> None:
    cancel_letters(f"match:{match.pk}:asked")


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
        Notice(template, all_officers, page=desk_page, facts=facts, only_if=only_if),
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
            past=_("Lapsed without an answer"),
            notifies=failure_notice("match_lapsed", who_is_next, only_if=still_seeks),
        ),
        "undo": Transition(
            {MatchStatus.AGREED}, MatchStatus.UNDONE, by_officer_or_clock, past=_("Undone")
        ),
        # See `withdrawals`: without a word while nobody was asked yet, with a letter to all after.
        "unpropose": Transition(
            {MatchStatus.PROPOSED},
            MatchStatus.TAKEN_BACK,
            by_officer,
            past=_("Taken back before anybody was asked"),
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
        "propose": EventType(_("Proposed")),
        "accept": EventType(_("A side agreed")),
        "decline": EventType(_("Declined")),
        "leave": EventType(_("No longer works for their authority")),
        "close_account": EventType(_("Is closing their account")),
        "keep_account": EventType(_("Keeps their account after all")),
    },
    effect=follow_match,
    notify=post_match_notice,
)
