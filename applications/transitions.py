"""The life of a dossier: who may move it, from where to where, and what must hold.

A new step is a new line of the table with its test, not a new branch in the code.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.privacy import SINCE
from applications import co_applicants, section_answers
from applications.assignment import needed_of, unsettled
from applications.enums import (
    BEFORE_MATCHED,
    FINAL,
    LOOKING,
    AttachmentKind,
    CancelReason,
    Check,
    IneligibleReason,
)
from applications.enums import Status as S
from applications.models import Correction, Dossier, DossierVersion
from applications.opinions import OPEN_FOR
from applications.people import applicants, associations, staff_of
from applications.permissions import AUTHOR, NEUTRAL, TYPIST, WRITER
from applications.sections import QUESTIONS
from connect.templatetags.look import amount
from connect.transitions import (
    EventType,
    Notice,
    StateMachine,
    Transition,
    TransitionRefused,
    by_clock,
    by_officer,
    by_officer_or_clock,
)
from notifications import limits
from notifications.outbox import post, take_back
from registry.enums import MembershipStatus
from registry.people import officers

# Who


def by_applicant(actor, dossier):
    return AUTHOR.holds(actor, dossier)


def by_neutral_officer(actor, dossier):
    """An officer whom no conflict of interest ties to what is selected."""
    return by_officer(actor, dossier) and NEUTRAL.holds(actor, dossier)


def by_administrator(actor, dossier):
    """Who may overrule the committee, with a written reason that stays on the timeline."""
    return by_neutral_officer(actor, dossier) and actor.is_superuser


def by_writer_or_clock(actor, dossier):
    """Whoever wrote a draft that is theirs alone, or a rule once they are a member."""
    return by_clock(actor, dossier) or WRITER.holds(actor, dossier)


def by_applicant_or_typist(actor, dossier):
    """Its own people, or an officer who typed it in for them."""
    return TYPIST.holds(actor, dossier) or by_applicant(actor, dossier)


def by_another_officer(actor, dossier):
    """An appeal is heard by somebody who did not decide, once."""
    if not by_neutral_officer(actor, dossier):
        return False
    decision = dossier.events.filter(verb="find_ineligible").last()
    return decision is None or decision.actor_id != actor.pk


# What must hold


def unanswered(dossier, details, now):
    checked = section_answers.check(dossier, timezone.localdate(now))
    return [f"{label}: {message}" for _s, _f, label, message in section_answers.problems(checked)]


def not_of_authority(dossier, details, now):
    """A draft becomes its authority's with its writer, where nobody has begun another."""
    missing, place = [], dossier.place_of_writer()
    if place is None or place.status != MembershipStatus.ACTIVE:
        missing.append(_("your membership of %s, to be confirmed") % dossier.authority)
    other = Dossier.objects.filter(call=dossier.call, authority=dossier.authority, status=S.DRAFT)
    if other.exists():
        message = _("that the draft %s, which your authority has begun for this call, is submitted")
        missing.append(message % other.first().reference)
    return missing


def late(dossier, details, now):
    """A dossier that is sent must be complete, and its call open."""
    missing = unanswered(dossier, details, now)
    held = set(dossier.attachments.values_list("kind", flat=True))
    missing += [AttachmentKind(kind).label for kind in dossier.call.attachments if kind not in held]
    if not dossier.call.is_open(now):
        missing.append(_("an open call: this one has closed"))
    if dossier.typed_by_id and not dossier.is_signed():
        missing.append(_("the confirmation of the legal representative, by the link in our letter"))
    return missing


def closed_call(dossier, details, now):
    """What is taken back must be sent again before its call closes."""
    if dossier.call.is_open(now):
        return []
    return [_("an open call: this one has closed, and what you take back could not be sent again")]


def no_correction(dossier, details, now):
    asked = details.get("fields") or []
    if not asked or any(row["field"] not in QUESTIONS or not row["comment"] for row in asked):
        return [_("at least one field, each with a comment")]
    return [] if is_ahead(details.get("due_on"), now) else [_("a due date that is still to come")]


def is_ahead(typed, now):
    """True of a day, as a form sends it, that is today or later."""
    day = parse_date(typed or "")
    return day is not None and day >= timezone.localdate(now)


def no_reason(choices):
    def missing(dossier, details, now):
        lacking = [] if details.get("reason") in choices.values else [_("a reason")]
        return lacking if details.get("note", "").strip() else [*lacking, _("an explanation")]

    return missing


APPEAL = timedelta(days=15)


def appeal_by(dossier):
    """Say until when an authority may appeal against its ineligibility; None where it may not."""
    decision = dossier.events.filter(verb="find_ineligible").last()
    if dossier.status != S.INELIGIBLE or decision is None or reopened(dossier, {}, decision.at):
        return None
    return timezone.localdate(decision.at + APPEAL)


def reopened(dossier, details, now):
    return (
        [_("a first appeal: this dossier was reopened once already")]
        if dossier.events.filter(verb="reopen").exists()
        else []
    )


def not_ready_for_committee(dossier, details, now):
    lacking = [label for code, label in Check.choices if code not in dossier.checklist]
    wanted = _("the letter of commitment, or a signature by link")
    return lacking if dossier.has_commitment() else [*lacking, wanted]


def no_quorum(dossier, details, now):
    """Enough scores of those who may judge, and one more where two lie far apart."""
    needed = needed_of(dossier)
    if dossier.scores.count() >= needed:
        return []
    return [
        ngettext(
            "the score of %d member without a conflict",
            "scores of %d members without a conflict",
            needed,
        )
        % needed
    ]


def unexplained(dossier, details, now):
    """Scores, and where no further member can settle what lies far apart, a written reason."""
    lacking, apart = no_quorum(dossier, details, now), unsettled(dossier)
    if apart and not details.get("internal", "").strip():
        wanted = _("an explanation, or one more member: two scores lie %s points apart")
        lacking.append(wanted % amount(apart))
    return lacking


def below_threshold(dossier, details, now):
    lacking = unexplained(dossier, details, now)
    totals = list(dossier.scores.values_list("total", flat=True))
    if totals and sum(totals) / len(totals) < dossier.call.threshold:
        wanted = _("a mean of %d points: put it on the reserve list, or do not select it")
        lacking.append(wanted % dossier.call.threshold)
    return lacking


def no_decision_note(dossier, details, now):
    lacking = no_quorum(dossier, details, now)
    return lacking if details.get("note", "").strip() else [*lacking, _("an explanation")]


def not_publishable(dossier, details, now):
    lacking = [] if dossier.summary_approved_at else [_("the applicant's agreement to the summary")]
    return lacking + no_last_day(dossier, details, now)


def no_last_day(dossier, details, now):
    is_coming = is_ahead(details.get("closes_on"), now)
    return [] if is_coming else [_("a last day for interests that is still to come")]


def no_note(dossier, details, now):
    return [] if details.get("note", "").strip() else [_("an explanation")]


# What belongs to a step


def short_key(dossier):
    """Name the letters that too few can judge a dossier: they are taken back once it is decided."""
    return f"committee-short:{dossier.pk}"


def freeze(dossier, actor, now):
    number = dossier.versions.count() + 1
    DossierVersion.objects.create(
        dossier=dossier,
        number=number,
        answers=dossier.raw_answers(),
        at=now,
        by=actor,
        notice_of=SINCE if dossier.declared_notice else None,
    )
    dossier.drafts.update(past={})


def limit(dossier, actor, now):
    """Refuse to submit for the sixth time in a day: each writes to officers and colleagues.

    And to the addresses typed in it, of which one may stand in many applications.
    """
    guests = [one.address for one in applicants(dossier) if getattr(one, "is_guest", False)]
    guests += dossier.co_applicants.exclude(takes_part=False).values_list("address", flat=True)
    try:
        limits.count("submit", by=actor, about=dossier, now=now)
        for address in guests:
            limits.count("submit", to=address, now=now)
    except ValidationError as refusal:
        raise TransitionRefused(refusal.message) from None


def save_submission(dossier, event):
    limit(dossier, event.actor, event.at)
    freeze(dossier, event.actor, event.at)
    dossier.submitted_at = dossier.submitted_at or event.at
    dossier.save(update_fields=["submitted_at"])


def assign_officer(dossier, event):
    """Whoever opens a file, or hears its appeal, follows it from then on."""
    dossier.case_officer = event.actor
    dossier.save(update_fields=["case_officer"])


def save_correction(dossier, event):
    fields, due_on = event.details["fields"], event.details["due_on"]
    Correction.objects.create(dossier=dossier, fields=fields, due_on=due_on, asked_at=event.at)


def save_answer(dossier, event):
    freeze(dossier, event.actor, event.at)
    dossier.corrections.filter(answered_at=None).update(answered_at=event.at)


def forget_shortage(dossier, event):
    """Cancel the letters that too few can judge it: nothing is left to do about it."""
    take_back(short_key(dossier))


# Who is written to


def was_sent(dossier, event):
    """True of a dossier of which others than its own people know, since it was sent or typed in."""
    return event.source != S.DRAFT or bool(dossier.submitted_at or dossier.typed_by_id)


def was_never_sent(dossier, event):
    return not was_sent(dossier, event)


def its_writers(dossier):
    """Give the applicants who have an account: who was typed as a contact has asked for nothing."""
    return [one for one in applicants(dossier) if isinstance(one, User)]


def all_officers(dossier):
    return officers()


def partners(dossier):
    return dossier.co_applicants.exclude(takes_part=False)


def desk_page(dossier):
    """Officers are led to the desk, where what the letter asks is done."""
    return dossier.desk_path


def its_status(dossier, event):
    return {"stands": dossier.get_status_display}


def what_to_correct(dossier, event):
    return {
        "due_on": event.details["due_on"],
        "fields": [
            {"question": QUESTIONS[row["field"]][1], "comment": row["comment"]}
            for row in event.details["fields"]
        ],
    }


def why_ineligible(dossier, event):
    last = appeal_by(dossier)
    ground = IneligibleReason(event.details["reason"]).label
    return {"ground": ground, "appeal_by": last.isoformat() if last else ""}


def last_day_of_opinions(dossier, event):
    return {"answer_by": timezone.localdate(event.at + OPEN_FOR).isoformat()}


TO_PARTNERS = Notice(
    "co_applicant_state", partners, by_link=True, only_if=was_sent, facts=its_status
)


def post_notice(dossier, event, notice):
    """Write to people about a step: who is of two kinds has one letter of news."""
    facts = notice.facts(dossier, event)
    if notice.by_link:
        for one in notice.recipients(dossier):
            co_applicants.write_to_contact(
                notice.template, one, dossier, key=f"state:{event.pk}", **facts
            )
        return
    post(
        notice.template,
        is_news=not notice.asks,
        key=f"dossier-event:{event.pk}{':asks' if notice.asks else ''}",
        to=notice.recipients(dossier),
        path=notice.page(dossier),
        reference=dossier.reference,
        title=dossier.heading,
        authority=dossier.authority.name,
        note=event.details.get("note", ""),
        was_public=event.source in LOOKING,
        **facts,
    )


ANY_OPEN = set(S) - FINAL - {S.PRIVATE}

life = StateMachine(
    Dossier,
    {
        "hand_over": Transition(
            {S.PRIVATE},
            S.DRAFT,
            by_writer_or_clock,
            label=_("Make it your authority's draft"),
            past=_("Became the authority's draft: its writer is a member"),
            missing=not_of_authority,
        ),
        "submit": Transition(
            {S.DRAFT},
            S.SUBMITTED,
            by_applicant_or_typist,
            label=_("Send the dossier"),
            past=_("Sent"),
            missing=late,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_submit", applicants),
                Notice("dossier_submit_officer", all_officers, page=desk_page),
                Notice("dossier_submit_association", associations),
            ],
            effect=save_submission,
        ),
        "take_back": Transition(
            {S.SUBMITTED},
            S.DRAFT,
            by_applicant,
            label=_("Take it back to change it"),
            past=_("Taken back to be changed"),
            missing=closed_call,
        ),
        "open": Transition(
            {S.SUBMITTED},
            S.ELIGIBILITY_CHECK,
            by_neutral_officer,
            label=_("Open this file"),
            past=_("Opened by a case officer"),
            effect=assign_officer,
        ),
        "ask_correction": Transition(
            {S.ELIGIBILITY_CHECK},
            S.CORRECTION_ASKED,
            by_neutral_officer,
            label=_("Ask for a correction"),
            past=_("Correction asked"),
            missing=no_correction,
            notifies=[Notice("dossier_ask_correction", applicants, facts=what_to_correct)],
            effect=save_correction,
        ),
        "answer_correction": Transition(
            {S.CORRECTION_ASKED},
            S.ELIGIBILITY_CHECK,
            by_applicant,
            label=_("Send the corrected dossier"),
            past=_("Correction sent"),
            missing=unanswered,
            notifies=[Notice("dossier_answer_correction", staff_of, page=desk_page)],
            effect=save_answer,
        ),
        "lapse": Transition(
            {S.CORRECTION_ASKED},
            S.WITHDRAWN,
            by_clock,
            past=_("Lapsed without an answer"),
            notifies=[TO_PARTNERS, Notice("dossier_lapse", applicants)],
        ),
        "find_ineligible": Transition(
            {S.ELIGIBILITY_CHECK},
            S.INELIGIBLE,
            by_neutral_officer,
            label=_("Declare ineligible"),
            past=_("Declared ineligible"),
            missing=no_reason(IneligibleReason),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_find_ineligible", applicants, facts=why_ineligible),
            ],
        ),
        "reopen": Transition(
            {S.INELIGIBLE},
            S.ELIGIBILITY_CHECK,
            by_another_officer,
            label=_("Reopen on appeal"),
            past=_("Reopened on appeal"),
            missing=reopened,
            notifies=[TO_PARTNERS, Notice("dossier_reopen", applicants)],
            effect=assign_officer,
        ),
        "send_to_committee": Transition(
            {S.ELIGIBILITY_CHECK},
            S.UNDER_SELECTION,
            by_neutral_officer,
            label=_("Send to the committee"),
            past=_("Sent to the selection committee"),
            missing=not_ready_for_committee,
            notifies=[
                Notice("opinion_asked", associations, asks=True, facts=last_day_of_opinions),
                TO_PARTNERS,
                Notice("dossier_send_to_committee", applicants),
            ],
        ),
        "validate": Transition(
            {S.UNDER_SELECTION, S.RESERVE},
            S.VALIDATED,
            by_neutral_officer,
            label=_("Validate"),
            past=_("Validated"),
            missing=below_threshold,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_validate", applicants),
                Notice("dossier_validate_association", associations),
            ],
            effect=forget_shortage,
        ),
        "overrule": Transition(
            {S.UNDER_SELECTION, S.RESERVE},
            S.VALIDATED,
            by_administrator,
            label=_("Validate against or without the committee"),
            past=_("Validated by an administrator, against or without the committee"),
            missing=no_note,
            is_note_internal=True,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_validate", applicants),
                Notice("dossier_validate_association", associations),
            ],
            effect=forget_shortage,
        ),
        "reserve": Transition(
            {S.UNDER_SELECTION},
            S.RESERVE,
            by_neutral_officer,
            label=_("Put on the reserve list"),
            past=_("Put on the reserve list"),
            missing=unexplained,
            notifies=[TO_PARTNERS, Notice("dossier_reserve", applicants)],
            effect=forget_shortage,
        ),
        "not_select": Transition(
            {S.UNDER_SELECTION, S.RESERVE},
            S.NOT_SELECTED,
            by_neutral_officer,
            label=_("Not selected"),
            past=_("Not selected"),
            missing=no_decision_note,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_not_select", applicants),
                Notice("dossier_not_select_association", associations),
            ],
            effect=forget_shortage,
        ),
        "publish": Transition(
            {S.VALIDATED},
            S.PUBLISHED,
            by_officer,
            label=_("Publish the request"),
            past=_("Published"),
            missing=not_publishable,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_publish", applicants),
                Notice("dossier_publish_association", associations),
            ],
        ),
        "shortlist": Transition(
            {S.PUBLISHED}, S.SHORTLISTING, by_officer_or_clock, past=_("Put on the shortlist")
        ),
        "ask_consent": Transition(
            {S.SHORTLISTING}, S.CONSENT_PENDING, by_officer, past=_("Agreement of every side asked")
        ),
        "match": Transition({S.CONSENT_PENDING}, S.MATCHED, by_clock, past=_("Matched")),
        "consent_failed": Transition(
            {S.CONSENT_PENDING},
            S.SHORTLISTING,
            by_clock,
            past=_("Back to the desk: a side declined or did not answer"),
        ),
        "withdraw_proposal": Transition(
            {S.CONSENT_PENDING},
            S.SHORTLISTING,
            by_officer,
            past=_("Back to the desk: our staff took the proposal back"),
        ),
        "seek_again": Transition(
            {S.SHORTLISTING},
            S.PUBLISHED,
            by_officer,
            past=_("Open to new answers again"),
            missing=no_last_day,
        ),
        "rematch": Transition(
            {S.MATCHED}, S.SHORTLISTING, by_officer_or_clock, past=_("A new match is sought")
        ),
        "close": Transition({S.MATCHED}, S.CLOSED, by_clock, past=_("Closed")),
        "close_no_match": Transition(
            {S.PUBLISHED, S.SHORTLISTING},
            S.CLOSED_NO_MATCH,
            by_officer,
            label=_("Close without a match"),
            past=_("Closed without a match"),
            missing=no_note,
            notifies=[TO_PARTNERS, Notice("dossier_close_no_match", applicants)],
        ),
        "withdraw": Transition(
            BEFORE_MATCHED,
            S.WITHDRAWN,
            by_applicant,
            label=_("Withdraw the dossier"),
            past=_("Withdrawn"),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_withdraw", applicants, only_if=was_sent),
                Notice("dossier_withdraw_officer", all_officers, page=desk_page, only_if=was_sent),
            ],
        ),
        "cancel": Transition(
            ANY_OPEN,
            S.CANCELLED,
            by_officer,
            label=_("Cancel the dossier"),
            past=_("Cancelled"),
            missing=no_reason(CancelReason),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_cancel", applicants, only_if=was_sent),
                Notice("dossier_cancel", its_writers, only_if=was_never_sent),
                Notice("dossier_cancel_association", associations, only_if=was_sent),
            ],
        ),
    },
    events={
        "begin": EventType(_("Begun")),
        "type_in": EventType(_("Typed in by our staff, on the authority's behalf")),
        "ask_signature": EventType(_("Signature asked of the legal representative")),
        "sign": EventType(_("Signed by the legal representative")),
        "join": EventType(_("A co-applicant takes part")),
        "stay_out": EventType(_("A co-applicant declines")),
        "opine": EventType(_("Opinion of the association received")),
        "take_over": EventType(_("Followed by another officer")),
        "take_contact": EventType(_("A colleague became the contact")),
        "extend": EventType(_("Given more time for answers")),
        "keep": EventType(_("Kept longer")),
    },
    notify=post_notice,
)
