"""The letters of a dossier's steps: their recipients and facts."""

from django.db.models import Q

from accounts.models import User
from applications import co_applicants
from applications.asked_files import describe_items
from applications.enums import LOOKING, IneligibleReason, Status
from applications.opinions import last_day
from applications.people import (
    applicants,
    associations_of,
    neutral_officers,
    notified_last_day,
)
from applications.requirements import appeal_by
from applications.signature import outdated_signature
from connect.transitions import Notice
from notifications import limits
from notifications.outbox import cancel_earlier_news, cancel_letters, post_letter


def was_sent(dossier, event):
    """True for a dossier that others than its writers know, since it was sent or typed in."""
    return event.source != Status.DRAFT or bool(dossier.submitted_at or dossier.typed_by_id)


def was_never_sent(dossier, event):
    return not was_sent(dossier, event)


def was_submitted(dossier, event):
    """True for a dossier that associations read: a draft that staff typed in is none of theirs."""
    return event.source != Status.DRAFT or bool(dossier.submitted_at)


def its_writers(dossier):
    """Return the applicants with an account: a contact that was typed in has asked for nothing."""
    return [one for one in applicants(dossier) if isinstance(one, User)]


def informed_applicants(dossier):
    """Return the applicants without whoever signed another text, and has a letter of its own."""
    outdated = outdated_signature(dossier)
    apart = outdated.address.lower() if outdated else ""
    return [one for one in applicants(dossier) if one.address.lower() != apart]


def confirmed_partners(dossier):
    """List who asks together, as they said and, if in the registry, as it confirmed.

    Whoever was only named has but the question, and an answer that nobody confirmed is a claim.
    """
    own_word = Q(authority=None) | Q(confirmed_at__isnull=False)
    return dossier.co_applicants.filter(own_word, takes_part=True)


def desk_page(dossier):
    """Return the page for the letter's button: for officers the desk, where they decide."""
    return dossier.desk_path


def desk_list(dossier):
    """Return the officers' list, for a letter about a draft that they do not read now."""
    return "/admin/applications/dossier/"


def list_for_associations(dossier):
    """Return the associations' list, for a letter about a draft that they do not read now."""
    return "/association/"


def its_status(dossier, event):
    return {"stands": dossier.get_status_display}


def is_first_submission(dossier, event):
    earlier = dossier.events.filter(verb="submit", pk__lt=event.pk)
    return {"is_first": not earlier.exists()}


def what_to_correct(dossier, event):
    correction = dossier.corrections.last()
    return new_last_day(dossier, event) | {
        "fields": [
            {"question": question, "comment": comment}
            for question, comment in describe_items(dossier, correction.fields)
        ],
    }


def new_last_day(dossier, event):
    return {"due_on": event.details["due_on"]}


def moved_last_day(dossier, event):
    return new_last_day(dossier, event) | {"former_on": notified_last_day(dossier, event)}


def is_another_day(dossier, event):
    """True for a last day other than the one that the applicants have read."""
    return notified_last_day(dossier, event) != event.details.get("due_on")


def why_ineligible(dossier, event):
    last = appeal_by(dossier)
    ground = IneligibleReason(event.details["reason"]).label
    return {"ground": ground, "appeal_by": last.isoformat() if last else ""}


def last_day_of_opinions(dossier, event):
    return {"answer_by": last_day(event.at).isoformat()}


TO_PARTNERS = Notice(
    "co_applicant_state",
    confirmed_partners,
    by_link=True,
    only_if=was_sent,
    facts=its_status,
    repeats=True,
)
TO_ASSOCIATIONS = Notice(
    "dossier_state_association",
    associations_of,
    only_if=was_submitted,
    facts=its_status,
    repeats=True,
)

OF_SUBMISSION = [
    TO_PARTNERS,
    Notice("dossier_submit", informed_applicants),
    Notice("dossier_submit_officer", neutral_officers, page=desk_page, facts=is_first_submission),
    Notice("dossier_submit_association", associations_of, facts=is_first_submission, repeats=True),
]
OF_EDITING = [
    TO_PARTNERS,
    Notice("dossier_take_back", applicants),
    Notice("dossier_take_back_officer", neutral_officers, page=desk_list),
    Notice(
        "dossier_take_back_association", associations_of, page=list_for_associations, repeats=True
    ),
]
OF_VALIDATION = [
    TO_PARTNERS,
    Notice("dossier_validate", applicants),
    Notice("dossier_validate_association", associations_of, repeats=True),
]
OF_CANCELLATION = [
    TO_PARTNERS,
    Notice("dossier_cancel", applicants, only_if=was_sent),
    Notice("dossier_cancel", its_writers, only_if=was_never_sent),
    Notice("dossier_cancel_association", associations_of, only_if=was_submitted, repeats=True),
]


# What whoever took the step has in writing; of others they read nothing of their own act.
RECEIPTS = {"dossier_submit", "dossier_withdraw"}


def call_group(dossier):
    """Return by what the letters of a call are held, if a rule says so."""
    return f"call:{dossier.call_id}"


def leave_out_limited(readers, event):
    """Leave out who has no account and was written to too often today of a step of applicants.

    One address may stand in many applications: a limit of theirs stops none. Each step is counted
    apart, so that who reads that it was sent reads that it was withdrawn.
    """
    if event.verb not in ("submit", "take_back", "withdraw"):
        return readers

    def is_within_limit(reader):
        address = f"{event.verb}:{reader.address}"
        return limits.try_count("submit", address=address, now=event.at)

    return [one for one in readers if isinstance(one, User) or is_within_limit(one)]


def post_notice(dossier, event, notice):
    """Notify people of a step: who is of two kinds gets one letter, and only the newest status."""
    facts, step = notice.facts(dossier, event), event.type
    readers = leave_out_limited(notice.recipients(dossier), event)
    held_by = {"group": call_group(dossier), "first_letters": step.first_letters(notice)}
    if notice.by_link:
        for one in readers:
            cancel_letters(one, notice.template, keeps_links=True, now=event.at)
            co_applicants.write_to_contact(
                notice.template, one, dossier, key=f"state:{event.pk}", **held_by, **facts
            )
        return
    post_letter(
        notice.template,
        is_news=not notice.asks,
        key=f"dossier-event:{event.pk}{':asks' if notice.asks else ''}",
        concerns=event,
        to=[one for one in readers if one != event.actor or notice.template in RECEIPTS],
        path=notice.page(dossier),
        **held_by,
        known={
            "reference": dossier.reference,
            "title": dossier.heading,
            "authority": dossier.authority.name,
            "note": event.details.get("note", ""),
            "was_public": event.source in LOOKING,
        },
        **facts,
    )
    cancel_earlier_news(event, dossier.events.all(), to=readers)
