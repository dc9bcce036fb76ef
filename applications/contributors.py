"""Colleagues invited by e-mail to write one draft: they join by a link, and end with the draft.

They read and write its sections. All else stays with the authority: they neither submit it nor ask
for a signature, see no file and no other application.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.actors import by_applicant
from applications.co_applicants import lock_for_writer
from applications.enums import Status
from applications.models import Contributor, Dossier
from connect.languages import current_language
from connect.letter_language import guess_language
from connect.transitions import record_event
from notifications import limits, pauses
from notifications.outbox import cancel_letters, post_letter
from registry.people import authors_of

MOST = 10  # at a time


def lock_draft(dossier, actor):
    """Lock a draft whose writer invites; PermissionDenied for anybody else, or once it was sent."""
    dossier = lock_for_writer(dossier, actor)
    if dossier.status != Status.DRAFT or not by_applicant(actor, dossier):
        raise PermissionDenied
    return dossier


@transaction.atomic
def invite_contributor(dossier, *, name, address, actor, language="", now=None):
    """Send somebody a link to write a draft with its authority; return the row.

    language: of our e-mails to them; one of the country's where nobody chose it.

    Raises PermissionDenied for whoever does not write for the authority, ValidationError for one
    who writes already, is invited already or wants no such e-mails, or one too many.
    """
    now, page = now or timezone.now(), current_language()
    dossier = lock_draft(dossier, actor)
    dossier.refuse_after_call()
    if any(one.email.lower() == address.lower() for one in authors_of(dossier.authority)):
        message = _("%s writes for your authority: they can open this application already.")
        raise ValidationError(message % name, code="writes")
    if pauses.is_paused(address, "together", now):
        message = _("%s does not receive these e-mails: enter another address.")
        raise ValidationError(message % name, code="unwilling")
    if dossier.contributors.filter(ended_at=None).count() >= MOST:
        raise ValidationError(_("Ten colleagues at a time at most: remove one first."), code="many")
    try:
        with transaction.atomic():
            made = Contributor.objects.create(
                dossier=dossier,
                name=name,
                address=address.lower(),
                language=language or guess_language(str(dossier.authority.country), page),
                asked_at=now,
                invited_by=actor,
            )
    except IntegrityError:
        message = _("%s has been invited already.")
        raise ValidationError(message % address, code="twice") from None
    limits.count_message("contributor", actor=actor, address=address, about=dossier, now=now)
    record_event(dossier, "invite_contributor", actor=actor, now=now)
    post_letter(
        "contributor_asked",
        key=f"contributor:{made.pk}",
        concerns=made,
        to=[made.link_holder],
        path=made.PAGE,
        opens=made,
        reference=dossier.reference,
        title=dossier.heading,
        authority=dossier.authority.name,
        person=actor.name,
    )
    return made


def lock_contributor(contributor):
    """Lock a contributor, and before it the dossier; return (dossier, contributor) as they are."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=contributor.dossier_id)
    kept = Contributor.objects.select_for_update(of=("self",)).get(pk=contributor.pk)
    kept.dossier = dossier
    return dossier, kept


@transaction.atomic
def join_as_contributor(contributor, *, actor, now=None):
    """Let the holder of the link write the draft, with the account they are signed in with.

    Raises ValidationError once the draft was sent, or the invitation ended.
    """
    now = now or timezone.now()
    dossier, kept = lock_contributor(contributor)
    if kept.is_over:
        raise ValidationError(_("This invitation has ended."), code="over")
    kept.dossier.refuse_after_call()
    if kept.user_id == actor.pk:  # one press of the button that came twice
        return kept
    if kept.user_id:
        raise ValidationError(_("Somebody has already joined by this link."), code="taken")
    kept.user, kept.joined_at = actor, now
    kept.save(update_fields=["user", "joined_at"])
    record_event(dossier, "contribute", actor=actor, now=now)
    return kept


@transaction.atomic
def remove_contributor(contributor, *, actor, now=None):
    """End what a contributor may do at once; by a writer of the authority, or by themselves."""
    now = now or timezone.now()
    dossier, kept = lock_contributor(contributor)
    if kept.user_id != actor.pk and not by_applicant(actor, dossier):
        raise PermissionDenied
    if kept.ended_at is None:
        end_contribution(kept, now)
        record_event(dossier, "remove_contributor", actor=actor, now=now)


def end_contributions(dossier, now):
    """End what all contributors of a dossier may do: it is no draft any more."""
    for one in dossier.contributors.filter(ended_at=None).order_by("pk"):
        end_contribution(one, now)


def resume_contributions(dossier, now):
    """Let those write again whose part ended as a dossier was sent: it is a draft once more."""
    sent = dossier.events.filter(verb="submit").last()
    ended = dossier.contributors.filter(ended_at=sent.at) if sent else ()
    for one in ended:
        one.ended_at = None
        one.save(update_fields=["ended_at"])
        post_letter(
            "contributor_again",
            key=f"contributor:{one.pk}:again:{now.timestamp():.0f}",
            concerns=one,
            to=[one.link_holder],
            path=one.PAGE,
            opens=one,
            now=now,
            reference=dossier.reference,
            title=dossier.heading,
            authority=dossier.authority.name,
            has_joined=one.joined_at is not None,
        )


def end_contribution(contributor, now):
    contributor.ended_at = now
    contributor.save(update_fields=["ended_at"])
    cancel_letters(contributor)
