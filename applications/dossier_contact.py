"""What changes after a dossier was sent: its summary approved, its contact, who represents it."""

from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from applications.locking import lock_dossier
from applications.models import Dossier
from applications.people import link_reader, staff_of
from applications.signature import ask_representative_anew
from connect.languages import current_language
from connect.letter_language import guess_language
from connect.transitions import record_event
from notifications import limits
from notifications.outbox import is_unreachable, post_letter


@transaction.atomic
def approve_summary(dossier, *, actor, now=None):
    """Approve the publication of the public summary, for the applicant."""
    mine = Dossier.objects.filter_allowed(actor, "approve")
    changed = mine.filter(pk=dossier.pk, summary_approved_at=None)
    if not changed.update(summary_approved_at=now or timezone.now()):
        raise PermissionDenied


@transaction.atomic
def become_contact(dossier, *, actor, now=None):
    """Make this person the contact for a dossier's letters and notify the one before.

    For a dossier that was sent, when somebody leaves. Raises PermissionDenied for whoever does
    not write for the authority, and once the dossier has ended.
    """
    now = now or timezone.now()
    dossier = lock_dossier(dossier, "become contact", actor)
    if dossier.focal_email.lower() == actor.email:
        return dossier
    before = link_reader(dossier, dossier.contact)
    place = dossier.authority.memberships.active().filter(user=actor).first()
    dossier.focal_name, dossier.focal_email = actor.name, actor.email
    dossier.focal_function, dossier.focal_language = place.function, actor.language
    dossier.focal_phone = actor.phone
    dossier.save(
        update_fields=[
            "focal_name",
            "focal_email",
            "focal_function",
            "focal_language",
            "focal_phone",
        ]
    )
    limits.count_message(
        "take_contact", actor=actor, address=before.address, about=dossier, now=now
    )
    event = record_event(dossier, "take_contact", actor=actor, now=now)
    post_letter(
        "dossier_take_contact",
        key=f"dossier-event:{event.pk}",
        concerns=event,
        to=[before] if before.address else [],
        path=dossier.path,
        reference=dossier.reference,
        title=dossier.heading,
        person=actor.name,
    )
    return dossier


@transaction.atomic
def change_representative(dossier, *, name, function, address, actor, language="", now=None):
    """Record who represents the authority legally from now on; tell both, the contact and staff.

    language: of e-mails to them; one of their country's where nobody chose it.

    Links of the one before end: what is yet to be signed or approved is asked of the new one.
    What was signed stays. Raises PermissionDenied for whoever may not, and before it is sent.
    """
    now = now or timezone.now()
    dossier = lock_dossier(dossier, "change representative", actor)
    former = dossier.representative
    language = language or guess_language(str(dossier.authority.country), current_language())
    columns = "legal_name", "legal_function", "legal_email", "legal_language"
    now_named = (name, function, address, language)
    if attrgetter(*columns)(dossier) == now_named:
        return dossier
    limits.count_message(
        "name_representative", actor=actor, address=address, about=dossier, now=now
    )
    for column, value in zip(columns, now_named, strict=True):
        setattr(dossier, column, value)
    dossier.save(update_fields=columns)
    event = record_event(dossier, "name_representative", actor=actor, now=now)
    ask_representative_anew(dossier, now=now)
    readers = [
        link_reader(dossier, one) for one in (dossier.representative, former, dossier.contact)
    ]
    named = [reader for reader in readers if reader.address.lower() == address.lower()]
    about = {
        "reference": dossier.reference,
        "title": dossier.heading,
        "person": name,
        "function": function,
        "authority": dossier.authority.name,
        "asked_by": actor.name,
    }
    template, key = "dossier_change_representative", f"dossier-event:{event.pk}"
    reachable = [reader for reader in readers if not is_unreachable(reader)]
    for is_named in (True, False):
        people = [reader for reader in reachable if (reader in named) is is_named]
        post_letter(
            template,
            key=key,
            concerns=event,
            to=people,
            path=dossier.path,
            is_named=is_named,
            **about,
        )
    if not actor.is_officer:  # they approve plans from now on: staff look whether it can be
        post_letter(
            template,
            key=key,
            concerns=event,
            to=staff_of(dossier),
            path=dossier.desk_path,
            for_staff=True,
            **about,
        )
    return dossier
