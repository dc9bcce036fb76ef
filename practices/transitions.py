"""The state machine of a good practice (domain.md 11)."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from connect.languages import join_names, label_with_value
from connect.schedule import nudge_worker
from connect.transitions import (
    Details,
    Event,
    EventType,
    Lacking,
    Notice,
    StateMachine,
    Transition,
    by_officer,
    missing_note,
)
from connect.types import Actor
from exchanges.people import planners
from notifications.outbox import post_letter
from practices.enums import Party, PracticeStatus
from practices.listing import index_practices, relate_practices
from practices.models import Practice
from practices.permissions import HELPED, TOWN_AUTHOR
from practices.writing import delete_photo, missing_from_practice, parties_of


def by_either_side(actor: Actor, practice: Practice) -> bool:
    return TOWN_AUTHOR.holds(actor, practice) or HELPED.holds(actor, practice)


def by_anyone_of_it(actor: Actor, practice: Practice) -> bool:
    return by_officer(actor, practice) or by_either_side(actor, practice)


def by_whoever_began(actor: Actor, practice: Practice) -> bool:
    """True for staff and, while one of either side, whoever pressed the button that began it."""
    if by_officer(actor, practice):
        return True
    began = practice.events.filter(verb="begin", actor=actor)
    return by_either_side(actor, practice) and began.exists()


def missing_text(practice: Practice, details: Details, now: datetime) -> Lacking:
    return missing_from_practice(practice)


def missing_agreements(practice: Practice, details: Details, now: datetime) -> Lacking:
    agreed = practice.parties
    return [
        label_with_value(_("the agreement of %s") % party.label, who)
        for party, who in who_agrees(practice).items()
        if party not in agreed
    ]


def who_agrees(practice: Practice) -> dict[Party, str]:
    """Name those whose agreement a publication needs."""
    interests = practice.exchange.match.interests.select_related("expert__user")
    experts = join_names(str(interest.expert) for interest in interests)
    return {Party.TOWN: practice.authority.place, Party.COLLEAGUES: experts}


def delete_agreements(practice: Practice, event: Event) -> None:
    practice.agreements.all().delete()


def end_agreement_of_actor(practice: Practice, event: Event) -> None:
    """A side that takes it off agrees anew before it is published again."""
    practice.agreements.filter(party__in=parties_of(event.actor, practice)).delete()


def delete_content(practice: Practice, event: Event) -> None:
    """Delete what was written and its pictures; the timeline stays."""
    practice.agreements.all().delete()
    for photo in practice.photos.all():
        delete_photo(photo)
    practice.texts.all().delete()


def publish_practice(practice: Practice, event: Event) -> None:
    practice.published_at = practice.published_at or event.at
    practice.reviewed_on = localdate(event.at)
    practice.save(update_fields=["published_at", "reviewed_on"])
    nudge_worker(relate_practices)


def index_practice(practice: Practice, event: Event) -> None:
    index_practices([practice.pk])


def both_sides(practice: Practice) -> list[Any]:
    return planners(practice.exchange)


def was_to_read(practice: Practice, event: Event) -> bool:
    """True of a practice that both sides were asked to read."""
    return practice.events.filter(verb="submit_practice").exists()


def practices_page(practice: Practice) -> str:
    return f"/practices/of/{practice.exchange.reference}/"


def post_notice(practice: Practice, event: Event, notice: Notice) -> None:
    """Notify people of a step; whoever has the letter already gets no second."""
    post_letter(
        notice.template,
        key=f"practice-event:{event.pk}",
        concerns=event,
        to=notice.recipients(practice),
        path=notice.page(practice),
        public=practice.status == PracticeStatus.PUBLISHED,
        known={
            "title": str(practice),
            "reference": practice.exchange.reference,
            "note": event.details.get("note", ""),
        },
        **notice.facts(practice, event),
    )


practice_machine = StateMachine(
    Practice,
    {
        "submit_practice": Transition(
            {PracticeStatus.DRAFT},
            PracticeStatus.REVIEW,
            by_anyone_of_it,
            label=_("Send to both sides for review"),
            past=_("Sent to both sides for review"),
            missing=missing_text,
            ahead=_("Both sides are asked to read it and to agree to its publication."),
            notifies=[Notice("practice_to_read", both_sides)],
        ),
        "send_back": Transition(
            {PracticeStatus.REVIEW, PracticeStatus.APPROVED},
            PracticeStatus.DRAFT,
            by_officer,
            label=_("Return to its authors"),
            past=_("Returned to its authors"),
            missing=missing_note,
            notifies=[Notice("practice_sent_back", both_sides)],
            effect=delete_agreements,
        ),
        "approve_practice": Transition(
            {PracticeStatus.REVIEW},
            PracticeStatus.APPROVED,
            by_officer,
            label=_("Approve"),
            past=_("Approved"),
            missing=missing_agreements,
            ahead=_(
                "Both sides see that it can be published. You can still return it to its authors."
            ),
        ),
        "publish_practice": Transition(
            {PracticeStatus.APPROVED, PracticeStatus.ARCHIVED},
            PracticeStatus.PUBLISHED,
            by_officer,
            label=_("Publish"),
            past=_("Published"),
            missing=missing_agreements,
            ahead=_("Everybody can find and read it. You can unpublish it later."),
            notifies=[Notice("practice_published", both_sides)],
            effect=publish_practice,
        ),
        # Either side may ask for removal, and has it at once.
        "archive": Transition(
            {PracticeStatus.PUBLISHED},
            PracticeStatus.ARCHIVED,
            by_anyone_of_it,
            label=_("Unpublish"),
            past=_("Unpublished"),
            missing=missing_note,
            notifies=[Notice("practice_archived", both_sides)],
            effect=end_agreement_of_actor,
        ),
        "remove_draft": Transition(
            {PracticeStatus.DRAFT},
            PracticeStatus.REMOVED,
            by_whoever_began,
            label=_("Delete this draft"),
            past=_("The draft has been deleted"),
            done=_("The draft has been deleted."),
            notifies=[
                Notice("practice_removed", both_sides, page=practices_page, only_if=was_to_read)
            ],
            effect=delete_content,
        ),
    },
    events={
        "begin": EventType(_("Started")),
        "agree_practice": EventType(_("Publication agreed")),
        "take_back_agree": EventType(_("The agreement to its publication was taken back")),
        "reword_practice": EventType(_("Changed after an agreement: a new agreement is needed")),
        "accept_use": EventType(_("Shown: another authority did the same")),
        "remove_use": EventType(_("Hidden: what another authority wrote")),
        "withdraw_file": EventType(_("A picture was removed"), is_note_internal=True),
        "lose_photo": EventType(_("The programme team removed a picture of the exchange")),
    },
    effect=index_practice,
    notify=post_notice,
)
