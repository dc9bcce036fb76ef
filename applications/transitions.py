"""The state machine of a dossier: who moves it, from where to where, and what comes of it.

A new step is a new line of the table with its test, not a new branch in the code.
"""

from typing import TypeGuard

from django.utils.translation import gettext_lazy as _

from applications.effects import (
    assign_officer,
    cancel_shortage_letters,
    save_corrected_version,
    save_correction,
    save_submission,
)
from applications.enums import BEFORE_MATCHED, FINAL, CancelReason, IneligibleReason, Status
from applications.models import Dossier
from applications.notices import (
    TO_ASSOCIATIONS,
    TO_PARTNERS,
    desk_list,
    desk_page,
    informed_applicants,
    its_writers,
    last_day_of_opinions,
    list_for_associations,
    post_notice,
    was_never_sent,
    was_sent,
    was_submitted,
    what_to_correct,
    why_ineligible,
)
from applications.people import applicants, associations_of, staff_of
from applications.permissions import AUTHOR, NEUTRAL, TYPIST, WRITER
from applications.requirements import (
    below_threshold,
    missing_answers,
    missing_explanation,
    missing_first_appeal,
    missing_for_submission,
    missing_open_call,
    no_correction,
    no_decision_note,
    no_last_day,
    not_of_authority,
    not_publishable,
    not_ready_for_committee,
)
from connect.transitions import (
    EventType,
    Notice,
    StateMachine,
    Transition,
    by_clock,
    by_officer,
    by_officer_or_clock,
    missing_note,
    missing_reason,
)
from connect.types import Actor, User
from registry.people import all_officers


def by_applicant(actor: Actor, dossier: Dossier) -> bool:
    return AUTHOR.holds(actor, dossier)


def by_neutral_officer(actor: Actor, dossier: Dossier) -> TypeGuard[User]:
    """An officer whom no conflict of interest ties to what is selected."""
    return by_officer(actor, dossier) and NEUTRAL.holds(actor, dossier)


def by_administrator(actor: Actor, dossier: Dossier) -> bool:
    """An administrator: overrules the committee with a written reason on the timeline."""
    return by_neutral_officer(actor, dossier) and actor.is_superuser


def by_writer_or_clock(actor: Actor, dossier: Dossier) -> bool:
    """The writer of a private draft, or the clock once they are a member."""
    return by_clock(actor, dossier) or WRITER.holds(actor, dossier)


def by_applicant_or_typist(actor: Actor, dossier: Dossier) -> bool:
    """The applicant's people, or the officer who types it in for them."""
    return TYPIST.holds(actor, dossier) or by_applicant(actor, dossier)


def by_another_officer(actor: Actor, dossier: Dossier) -> bool:
    """Another officer than the one who decided."""
    if not by_neutral_officer(actor, dossier):
        return False
    decision = dossier.events.filter(verb="find_ineligible").last()
    return decision is None or decision.actor_id != actor.pk


ANY_OPEN = set(Status) - FINAL - {Status.PRIVATE}

OF_VALIDATION = [
    TO_PARTNERS,
    Notice("dossier_validate", applicants),
    Notice("dossier_validate_association", associations_of),
]

dossier_machine = StateMachine(
    Dossier,
    {
        "hand_over": Transition(
            {Status.PRIVATE},
            Status.DRAFT,
            by_writer_or_clock,
            label=_("Make it your authority's draft"),
            past=_("Became the authority's draft: its author is a member"),
            missing=not_of_authority,
        ),
        "submit": Transition(
            {Status.DRAFT},
            Status.SUBMITTED,
            by_applicant_or_typist,
            label=_("Submit the application"),
            past=_("Submitted"),
            missing=missing_for_submission,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_submit", informed_applicants),
                Notice("dossier_submit_officer", all_officers, page=desk_page),
                Notice("dossier_submit_association", associations_of),
            ],
            effect=save_submission,
        ),
        "take_back": Transition(
            {Status.SUBMITTED},
            Status.DRAFT,
            by_applicant,
            label=_("Edit again"),
            past=_("Reopened for editing"),
            missing=missing_open_call,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_take_back", applicants),
                Notice("dossier_take_back_officer", all_officers, page=desk_list),
                Notice(
                    "dossier_take_back_association", associations_of, page=list_for_associations
                ),
            ],
        ),
        "open": Transition(
            {Status.SUBMITTED},
            Status.ELIGIBILITY_CHECK,
            by_neutral_officer,
            label=_("Open this file"),
            past=_("Opened by a programme officer"),
            effect=assign_officer,
        ),
        "ask_correction": Transition(
            {Status.ELIGIBILITY_CHECK},
            Status.CORRECTION_ASKED,
            by_neutral_officer,
            label=_("Request a correction"),
            past=_("Correction requested"),
            missing=no_correction,
            notifies=[Notice("dossier_ask_correction", applicants, facts=what_to_correct)],
            effect=save_correction,
        ),
        "answer_correction": Transition(
            {Status.CORRECTION_ASKED},
            Status.ELIGIBILITY_CHECK,
            by_applicant,
            label=_("Resubmit"),
            past=_("Correction sent"),
            missing=missing_answers,
            notifies=[Notice("dossier_answer_correction", staff_of, page=desk_page)],
            effect=save_corrected_version,
        ),
        "lapse": Transition(
            {Status.CORRECTION_ASKED},
            Status.WITHDRAWN,
            by_clock,
            past=_("Expired without an answer"),
            notifies=[TO_PARTNERS, Notice("dossier_lapse", applicants), TO_ASSOCIATIONS],
        ),
        "find_ineligible": Transition(
            {Status.ELIGIBILITY_CHECK},
            Status.INELIGIBLE,
            by_neutral_officer,
            label=_("Declare ineligible"),
            past=_("Declared ineligible"),
            missing=missing_reason(IneligibleReason),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_find_ineligible", applicants, facts=why_ineligible),
                TO_ASSOCIATIONS,
            ],
        ),
        "reopen": Transition(
            {Status.INELIGIBLE},
            Status.ELIGIBILITY_CHECK,
            by_another_officer,
            label=_("Reopen on appeal"),
            past=_("Reopened on appeal"),
            missing=missing_first_appeal,
            notifies=[TO_PARTNERS, Notice("dossier_reopen", applicants), TO_ASSOCIATIONS],
            effect=assign_officer,
        ),
        "send_to_committee": Transition(
            {Status.ELIGIBILITY_CHECK},
            Status.UNDER_SELECTION,
            by_neutral_officer,
            label=_("Send to the committee"),
            past=_("Sent to the selection committee"),
            missing=not_ready_for_committee,
            notifies=[
                Notice("opinion_asked", associations_of, asks=True, facts=last_day_of_opinions),
                TO_PARTNERS,
                Notice("dossier_send_to_committee", applicants),
            ],
        ),
        "validate": Transition(
            {Status.UNDER_SELECTION, Status.RESERVE},
            Status.VALIDATED,
            by_neutral_officer,
            label=_("Validate"),
            past=_("Validated"),
            missing=below_threshold,
            notifies=OF_VALIDATION,
            effect=cancel_shortage_letters,
        ),
        "overrule": Transition(
            {Status.UNDER_SELECTION, Status.RESERVE},
            Status.VALIDATED,
            by_administrator,
            label=_("Validate against the committee, or without it"),
            past=_("Validated by an administrator, against the committee or without it"),
            missing=missing_note,
            is_note_internal=True,
            notifies=OF_VALIDATION,
            effect=cancel_shortage_letters,
        ),
        "reserve": Transition(
            {Status.UNDER_SELECTION},
            Status.RESERVE,
            by_neutral_officer,
            label=_("Put on the reserve list"),
            past=_("Put on the reserve list"),
            missing=missing_explanation,
            notifies=[TO_PARTNERS, Notice("dossier_reserve", applicants)],
            effect=cancel_shortage_letters,
        ),
        "not_select": Transition(
            {Status.UNDER_SELECTION, Status.RESERVE},
            Status.NOT_SELECTED,
            by_neutral_officer,
            label=_("Not selected"),
            past=_("Not selected"),
            missing=no_decision_note,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_not_select", applicants),
                Notice("dossier_not_select_association", associations_of),
            ],
            effect=cancel_shortage_letters,
        ),
        "publish": Transition(
            {Status.VALIDATED},
            Status.PUBLISHED,
            by_officer,
            label=_("Publish the request"),
            past=_("Published"),
            missing=not_publishable,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_publish", applicants),
                Notice("dossier_publish_association", associations_of),
            ],
        ),
        "shortlist": Transition(
            {Status.PUBLISHED},
            Status.SHORTLISTING,
            by_officer_or_clock,
            past=_("Shortlisted"),
        ),
        "ask_consent": Transition(
            {Status.SHORTLISTING},
            Status.CONSENT_PENDING,
            by_officer,
            past=_("Everyone's agreement requested"),
        ),
        "match": Transition({Status.CONSENT_PENDING}, Status.MATCHED, by_clock, past=_("Matched")),
        "consent_failed": Transition(
            {Status.CONSENT_PENDING},
            Status.SHORTLISTING,
            by_clock,
            past=_("Back to matching: a side declined or did not answer"),
        ),
        "withdraw_proposal": Transition(
            {Status.CONSENT_PENDING},
            Status.SHORTLISTING,
            by_officer,
            past=_("Back to matching: the programme team withdrew the proposal"),
        ),
        "seek_again": Transition(
            {Status.SHORTLISTING},
            Status.PUBLISHED,
            by_officer,
            past=_("Open to new answers again"),
            missing=no_last_day,
        ),
        "rematch": Transition(
            {Status.MATCHED},
            Status.SHORTLISTING,
            by_officer_or_clock,
            past=_("A new match is sought"),
        ),
        "close": Transition({Status.MATCHED}, Status.CLOSED, by_clock, past=_("Closed")),
        "close_no_match": Transition(
            {Status.PUBLISHED, Status.SHORTLISTING},
            Status.CLOSED_NO_MATCH,
            by_officer,
            label=_("Close without a match"),
            past=_("Closed without a match"),
            missing=missing_note,
            notifies=[
                TO_PARTNERS,
                Notice("dossier_close_no_match", applicants),
                TO_ASSOCIATIONS,
            ],
        ),
        "withdraw": Transition(
            BEFORE_MATCHED,
            Status.WITHDRAWN,
            by_applicant,
            label=_("Withdraw the application"),
            past=_("Withdrawn"),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_withdraw", applicants, only_if=was_sent),
                Notice("dossier_withdraw_officer", all_officers, page=desk_page, only_if=was_sent),
                TO_ASSOCIATIONS,
            ],
        ),
        "cancel": Transition(
            ANY_OPEN,
            Status.CANCELLED,
            by_officer,
            label=_("Cancel the application"),
            past=_("Cancelled"),
            missing=missing_reason(CancelReason),
            notifies=[
                TO_PARTNERS,
                Notice("dossier_cancel", applicants, only_if=was_sent),
                Notice("dossier_cancel", its_writers, only_if=was_never_sent),
                Notice("dossier_cancel_association", associations_of, only_if=was_submitted),
            ],
        ),
    },
    events={
        "begin": EventType(_("Started")),
        "type_in": EventType(_("Entered by the programme team, on the authority's behalf")),
        "ask_signature": EventType(_("Signature requested from the legal representative")),
        "sign": EventType(_("Signed by the legal representative")),
        "decline_signature": EventType(_("Not signed by the legal representative")),
        "join": EventType(_("A co-applicant takes part")),
        "stay_out": EventType(_("A co-applicant declined")),
        "opine": EventType(_("Opinion of the association received")),
        "withdraw_file": EventType(_("A file was removed"), is_note_internal=True),
        "take_over": EventType(_("Taken over by another programme officer")),
        "take_contact": EventType(_("A colleague became the contact")),
        "extend": EventType(_("Closing date for answers extended")),
        "keep": EventType(_("Retention extended")),
    },
    notify=post_notice,
)
