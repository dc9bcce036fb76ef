"""Private drafts of those who asked to join an authority: theirs until they are members.

Such a draft takes nothing of the authority's, writes to nobody and is not counted. With its
writer's membership it becomes the authority's; refused, it can be copied or deleted.
"""

from contextlib import suppress

from django.db import transaction

from applications.enums import Status
from applications.erasing import delete_drafts
from applications.locking import lock_dossier
from applications.models import Call, Dossier
from applications.transitions import dossier_machine
from connect.transitions import TransitionRefused
from registry.enums import MembershipStatus
from registry.models import Authority


@transaction.atomic
def give_drafts_to_authority(membership, now):
    """Make the drafts of a new member their authority's, where it has begun no other itself."""
    authority, writer = membership.authority, membership.user
    mine = Dossier.objects.filter(authority=authority, created_by=writer, status=Status.PRIVATE)
    if not mine.exists() or not authority.has_author(writer):
        return
    # The authority's row is the lock, as where a draft is begun.
    Authority.objects.select_for_update(of=("self",)).get(pk=authority.pk)
    for draft in mine.order_by("pk"):
        with suppress(TransitionRefused):  # it stays theirs alone, and its page says why
            dossier_machine.advance(draft, "hand_over", actor=None, now=now)


def move_drafts(membership, came_from):
    """Move the drafts of those who asked to join an authority to its successor.

    Of a call for which they have begun one there, the other stays: to be copied or deleted.
    """
    mine = Dossier.objects.filter(created_by=membership.user, status=Status.PRIVATE)
    there = mine.filter(authority=membership.authority).values("call")
    moving = mine.filter(authority=came_from).exclude(call__in=there)
    moving.update(authority=membership.authority)


@transaction.atomic
def delete_private_draft(dossier, *, actor):
    """Delete a draft that is this person's alone, with all that was typed in it and its files.

    Raises PermissionDenied for every other dossier: what an authority has begun stays.
    """
    dossier = lock_dossier(dossier, "delete", actor)
    delete_drafts(Dossier.objects.filter(pk=dossier.pk))


def places_for_copy(dossier, user, now):
    """List (call, authority) for which this person could copy one of their private drafts."""
    begun = set(
        Dossier.objects.filter(created_by=user, status=Status.PRIVATE).values_list(
            "call", "authority"
        )
    )
    member, newcomer = (
        list(places(user))
        for places in (Authority.objects.of_author, Authority.objects.of_future_author)
    )
    begun |= set(
        Dossier.objects.filter(authority__in=member, status=Status.DRAFT).values_list(
            "call", "authority"
        )
    )
    return [
        (call, authority)
        for call in Call.objects.open_at(now)
        for authority in [*member, *newcomer]
        if call.admits(authority) and (call.pk, authority.pk) not in begun
    ]


def private_draft_status(dossier):
    """Return the state of a private draft (waiting, apart or refused), with its membership."""
    place = dossier.place_of_writer()
    match place and place.status:
        case MembershipStatus.ASKED:
            return "waiting", place
        case MembershipStatus.ACTIVE:
            return "apart", place
    return "refused", place
