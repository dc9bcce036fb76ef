"""Bringing both sides to agree: proposed, answered by each, agreed once.

Expert, employer and applicant each answer within ten days. The last yes makes the match
agreed, in the same transaction; a no or silence brings it back to the desk.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Dossier
from applications.transitions import dossier_machine
from connect.languages import join_parts
from connect.references import next_reference
from connect.schedule import process_one_by_one
from connect.statuses import for_each_status
from connect.transitions import record_event
from matching.enums import ENDED_INTERESTS, Answer, InterestStatus, MatchStatus, Side
from matching.models import Consent, Match
from matching.people import asked_people, officers_of, write_to_people
from matching.requirements import agreed_this_year, is_still_there, missing_capacity
from matching.runs import desk_path
from matching.transitions import cancel_earlier_letters, interest_machine, match_machine
from notifications.outbox import cancel_letters, post_letter
from notifications.recounts import recounts
from notifications.reminder_pauses import belongs_to
from registry.models import Offer

DAYS_TO_ANSWER = 10
REMIND_AFTER = {"first": 5, "second": 9}  # the step, by which it is known: days

belongs_to("match__dossier", Consent)


@transaction.atomic
def propose_match(dossier, interest_ids, *, actor, note="", form="", now=None):
    """Propose a match of one to three shortlisted interests and ask every side; return it.

    form: the one form of exchange to which every side says yes, of those that are asked for; else
    `nearest_form`. Raises PermissionDenied for anybody but an officer, ValidationError where an
    interest is not shortlisted, its expert names no superior, their year is full, or no reason is
    given.
    """
    now = now or timezone.now()
    if not note.strip():
        message = _("Give the reason for the choice: every side reads it.")
        raise ValidationError(message, code="why")
    dossier = dossier_machine.advance(dossier, "ask_consent", actor=actor, now=now)
    interests = list(  # locked: what is proposed moves no more by itself
        dossier.interests.select_for_update(of=("self",))
        .filter(pk__in=interest_ids, status=InterestStatus.SHORTLISTED)
        .select_related("expert__user", "expert__authority", "authority", "offer")
        .order_by("position", "pk")
    )
    if not 1 <= len(interests) <= 3 or len(interests) != len(set(interest_ids)):
        raise ValidationError(_("Choose one to three answers from the shortlist."), code="choice")
    if form and form not in dossier.forms:
        raise ValidationError(_("Choose a form of exchange that was requested."), code="form")
    for interest in interests:
        check_employer(interest)
    match = Match.objects.create(
        reference=next_reference("MA", now),
        dossier=dossier,
        status_since=now,
        answer_by=timezone.localdate(now) + timedelta(days=DAYS_TO_ANSWER),
        note=note,
        form=form or nearest_form(dossier, interests),
    )
    match.interests.set(interests)
    if full := missing_capacity(match, {}, now):
        raise ValidationError(_("Still needed: %s") % join_parts(full), code="capacity")
    record_event(match, "propose", actor=actor, now=now)
    create_consents(match, interests)
    for interest in interests:
        cancel_earlier_letters(interest, now)
    for consent in match.consents.all():
        ask_consent(
            consent, "asked", not_before=now + settings.UNDO_FOR
        )  # it can be undone until then
    return match


def nearest_form(dossier, interests):
    """Return the first form asked for that every one of these experts offers; else the first."""
    offered = [interest.offer.forms for interest in interests if interest.offer]
    shared = [form for form in dossier.forms if all(form in forms for forms in offered)]
    return (shared or dossier.forms)[0]


def check_employer(interest):
    """Raise ValidationError where nobody could agree for an expert's employer."""
    if not interest.expert.employer_email:
        raise ValidationError(
            _("%s names no superior to ask: the profile needs one first.") % interest.expert,
            code="no_employer",
        )
    if not is_still_there(interest):
        raise ValidationError(
            _("%(expert)s no longer works for %(authority)s: choose another answer.")
            % {"expert": interest.expert, "authority": interest.authority.name},
            code="left",
        )


def create_consents(match, interests):
    """Create the consents: of the applicant, each expert, and each expert's superior."""
    match.consents.create(side=Side.APPLICANT, name=match.dossier.authority.name)
    for interest in interests:
        expert = interest.expert
        match.consents.create(
            side=Side.EXPERT,
            interest=interest,
            name=expert.user.name,
            address=expert.user.email,
            language=expert.user.language,
            authority=interest.authority,
            function_title=interest.function_title,
        )
        match.consents.create(
            side=Side.EMPLOYER,
            interest=interest,
            name=expert.employer_name,
            address=expert.employer_email,
            language=expert.superior.language,
        )


def ask_consent(consent, stage, not_before=None):
    """Post the letter that asks for consent, once a stage; return how many are new."""
    match = consent.match
    dossier = match.dossier
    is_by_link = consent.side == Side.EMPLOYER
    return post_letter(
        f"consent_{consent.side}",
        key=f"match:{match.pk}:asked:{consent.pk}:{stage}",
        concerns=consent,
        to=asked_people(consent),
        path=consent.PAGE if is_by_link else match.path,
        opens=consent if is_by_link else None,
        not_before=not_before,
        reminds=stage != "asked",
        known={
            "authority": dossier.authority.name,
            "country": lambda: dossier.authority.country.name,
            "expert": str(consent.interest.expert) if consent.interest else "",
            "experts": lambda: match.expert_words,
            "form": match.form_words,
            "hosts": match.is_at_experts,
            "dates": lambda: dossier.days_words,
            "group": lambda: match.group_words,
        },
        title=dossier.title,
        answer_by=match.answer_by.isoformat(),
        again=stage != "asked",
    )


@recounts("consent_applicant")
@recounts("consent_expert")
@recounts("consent_employer")
def recount_consent(consent, _letter, _now):
    is_open = consent.answer == Answer.WAITING and consent.match.status == MatchStatus.PROPOSED
    return {"answer_by": consent.match.answer_by.isoformat()} if is_open else None


def may_answer(user, consent):
    """True if this signed-in person may answer for this side."""
    if user is None or not user.is_active:
        return False
    if consent.side == Side.APPLICANT:
        return consent.match.dossier.authority.has_author(user)
    return consent.side == Side.EXPERT and consent.interest.expert.user_id == user.pk


def lock_match(match):
    """Read a match again under lock, its dossier first."""
    Dossier.objects.select_for_update(of=("self",)).get(pk=match.dossier_id)
    return Match.objects.select_for_update(of=("self",)).get(pk=match.pk)


@transaction.atomic
def answer_consent(consent, *, accept, reason="", actor=None, by_link=False, now=None):
    """Save one side's answer; the last yes agrees the match, a no refuses it. Return the match.

    Raises PermissionDenied for somebody who may not answer, ValidationError once this side
    has answered or the match is over, and for the yes of an expert who has left their authority.
    """
    now = now or timezone.now()
    if by_link != (consent.side == Side.EMPLOYER) or not (by_link or may_answer(actor, consent)):
        raise PermissionDenied
    match = lock_match(consent.match)  # however many answer at once, one is the last
    consent = match.consents.select_related("interest").get(pk=consent.pk)
    if consent.answer != Answer.WAITING:
        raise ValidationError(_("This answer has already been given."), code="answered")
    if match.status != MatchStatus.PROPOSED:
        raise ValidationError(
            _("This proposal has ended: “%s”.") % match.get_status_display(), code="over"
        )
    if accept and consent.side == Side.EXPERT and not is_still_there(consent.interest):
        raise ValidationError(
            _(
                "You have left %s, and can no longer agree to an exchange as its "
                "expert. Decline, or write here to the programme team, which knows "
                "that you left."
            )
            % consent.interest.authority.name,
            code="left",
        )
    consent.answer = Answer.YES if accept else Answer.NO
    consent.reason, consent.answered_at, consent.answered_by = reason[:500], now, actor
    consent.save(update_fields=["answer", "reason", "answered_at", "answered_by"])
    # Who has answered is asked no more, and reads on by the link by which they did.
    cancel_letters(consent, keeps_links=by_link)
    record_event(
        match,
        "accept" if accept else "decline",
        source=match.status,
        actor=actor,
        now=now,
        details={"side": consent.side, "name": consent.name},
    )
    if not accept:
        return fail_match(match, "refuse", now, refused_by=consent)
    if match.consents.exclude(answer=Answer.YES).exists():
        return match
    return agree_match(match, now)


# What becomes of the other answers once somebody is chosen.
ONCE_AGREED = for_each_status(
    InterestStatus,
    {
        InterestStatus.SHORTLISTED: "keep_in_reserve",
        InterestStatus.SCREENED: "keep_in_reserve",
        InterestStatus.SUBMITTED: "decline",
        InterestStatus.INVITED: "expire",
        InterestStatus.DRAFT: "expire",
        InterestStatus.RESERVE: None,
        **dict.fromkeys([InterestStatus.CHOSEN, *ENDED_INTERESTS]),
    },
)


def agree_match(match, now):
    """Agree a match after the last yes: interests are chosen, the dossier matched, all notified."""
    match = match_machine.advance(match, "agree", actor=None, now=now)
    chosen = list(match.interests.order_by("pk"))
    for interest in chosen:
        interest_machine.advance(interest, "choose", actor=None, now=now)
    for other in match.dossier.interests.open().exclude(pk__in=[i.pk for i in chosen]):
        if verb := ONCE_AGREED[other.status]:
            interest_machine.advance(other, verb, actor=None, now=now)
    dossier_machine.advance(match.dossier, "match", actor=None, now=now)
    warn_of_full(match, now)
    return match


def warn_of_full(match, now):
    """Notify staff of other proposals to which an expert whose year is full cannot agree."""
    for offer in Offer.objects.filter(pk__in=match.interests.values("offer")).order_by("pk"):
        if agreed_this_year(offer, now) < offer.capacity:
            continue
        for other in Match.objects.proposed().filter(interests__offer=offer).order_by("pk"):
            facts = {"apart": offer.pk, "expert": str(offer.expert)}
            page = desk_path(other.dossier)
            write_to_people(other, "match_full", officers_of(other), path=page, **facts)


def fail_match(match, verb, now, refused_by=None, leaves=None):
    """End a match after a no or silence: the dossier goes back to the desk; notify staff.

    leaves: the expert who withdraws their whole answer, rather than declining the proposal.
    """
    match = match_machine.advance(match, verb, actor=None, now=now)
    if leaves is not None:
        interest_machine.advance(refused_by.interest, "withdraw", actor=leaves, now=now)
    elif refused_by is not None and refused_by.interest is not None:
        interest_machine.advance(refused_by.interest, "decline", actor=None, now=now)
    elif verb == "refuse":
        for interest in match.interests.order_by("pk"):
            interest_machine.advance(interest, "decline", actor=None, now=now)
    dossier_machine.advance(match.dossier, "consent_failed", actor=None, now=now)
    match.interests.undecided().update_employers()  # it held them until now
    return match


def reminder_stage(asked_on, today):
    """Name the reminder that an open consent calls for today ("first", "second"), or None."""
    waited = (today - asked_on).days
    due = [step for step, days in REMIND_AFTER.items() if waited >= days]
    return due[-1] if due and waited <= DAYS_TO_ANSWER else None


def remind_waiting(today):
    """Post the reminders due today, each once; return how many are new."""

    def remind(consent):
        stage = reminder_stage(consent.match.answer_by - timedelta(days=DAYS_TO_ANSWER), today)
        return ask_consent(consent, stage) if stage else 0

    waiting = Consent.objects.filter(answer=Answer.WAITING, match__status=MatchStatus.PROPOSED)
    details = ("match__dossier__authority", "interest__expert__user")
    return sum(process_one_by_one(remind, waiting.select_related(*details)))


def lapse_overdue(now):
    """End the proposals after their ten days; return how many."""

    def lapse(match):
        match = lock_match(match)
        if match.status != MatchStatus.PROPOSED:  # somebody answered meanwhile
            return 0
        fail_match(match, "lapse", now)
        return 1

    overdue = Match.objects.proposed().filter(answer_by__lt=timezone.localdate(now))
    return sum(process_one_by_one(lapse, overdue.order_by("pk")))
