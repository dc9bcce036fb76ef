"""Municipal mergers: the old authority keeps its history, its people go on in the new one."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.languages import join_names
from connect.transitions import by_officer
from registry import search_index
from registry.enums import Admission, AuthorityStatus, MembershipStatus, Role
from registry.members import belonging_changed, employer_changed, save_decision
from registry.models import Authority, Expert, Membership


def move_requests(old, into, *, actor, now):
    """Move the requests to join a merged authority to its successor.

    Who belongs to the new one already, or asked there too, needs no second answer.
    """
    there = into.memberships.filter(status__in=[MembershipStatus.ACTIVE, MembershipStatus.ASKED])
    for place in old.memberships.pending().select_related("user").order_by("pk"):
        standing = there.filter(user=place.user).first()
        if standing:
            place.status, place.decided_at, place.decided_by = MembershipStatus.ENDED, now, actor
        place.authority = old if standing else into
        place.opens_at = None
        place.save(update_fields=["status", "decided_at", "decided_by", "authority", "opens_at"])
        belonging_changed.send(
            Membership, membership=standing or place, verb="moved", came_from=old, now=now
        )


def move_members(old, into, *, actor, now):
    """Make the members of a merged authority members of its successor, with their roles.

    Who asked there waits no longer: of what they asked beyond their roles, nobody has decided.
    """
    standing = into.memberships.filter(status__in=[MembershipStatus.ACTIVE, MembershipStatus.ASKED])
    there = {place.user_id: place for place in standing.select_related("user", "authority")}
    grounds, new = _("Merger with %s") % old.name, []
    for place in old.memberships.active().order_by("pk"):
        known = there.get(place.user_id)
        if known is None:
            new.append(
                Membership(
                    user_id=place.user_id,
                    authority=into,
                    roles=place.roles,
                    function=place.function,
                    status=MembershipStatus.ACTIVE,
                    asked_at=now,
                    decided_at=now,
                    decided_by=actor,
                    admission=Admission.MERGER,
                    grounds=grounds,
                )
            )
            continue
        asked = known.roles
        has_asked = known.status == MembershipStatus.ASKED
        known.roles = [role for role in Role if role in place.roles]
        if not has_asked:
            known.roles = [role for role in Role if role in {*asked, *place.roles}]
        known.opens_at = None
        known.save(update_fields=["roles", "opens_at"])
        if has_asked:
            with translation.override(known.user.language):  # it is kept as its reader has it
                reply = _("You have the roles that you had at %s. To have others, ask for them.")
            save_decision(
                known,
                accept=True,
                actor=actor,
                admission=Admission.MERGER,
                grounds=grounds,
                reply=reply % old.name if set(asked) - set(place.roles) else "",
                now=now,
            )
    Membership.objects.bulk_create(new)


def refuse_successor(into):
    """Raise ValidationError where nothing may be merged into an authority."""
    if into.status == AuthorityStatus.MERGED:
        raise ValidationError(_("Choose an authority that still exists."), code="merged")
    if into.status != AuthorityStatus.VERIFIED:
        words = _("%s is not verified: verify it first, so that everybody finds it.")
        raise ValidationError(words % into.place, code="unverified")


def why_it_stays_verified(authority):
    """Describe what was merged into an authority, which would lead nowhere; "" without any."""
    earlier = Authority.objects.filter(merged_into=authority).order_by("name", "pk")
    if not earlier:
        return ""
    words = _("It stays verified, for others were merged into it: %s.")
    return words % join_names(one.place for one in earlier)


@transaction.atomic
def merge_authority(old, into, *, actor, merged_on=None, now=None):
    """Merge an authority into another.

    Dossiers and exchanges stay under the name that asked for them, and their people still reach
    them; these also become members of the successor, its experts work there, and what the old one
    belonged to, the new one does. Raises PermissionDenied for all but officers, ValidationError
    where the two are one, the old one has a successor, or the new one is not verified: whoever
    follows the old address would find nothing.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    now = now or timezone.now()
    both = Authority.objects.select_for_update(of=("self",)).order_by("pk")
    locked = both.in_bulk([old.pk, into.pk])
    old, into = locked[old.pk], locked[into.pk]
    if old == into:
        raise ValidationError(_("An authority cannot be merged into itself."), code="same")
    refuse_successor(into)
    if old.merged_into:
        words = _("%(old)s was merged into %(new)s already.")
        facts = {"old": old.place, "new": old.merged_into.place}
        raise ValidationError(words, code="already", params=facts)
    old.status, old.merged_into = AuthorityStatus.MERGED, into
    old.merged_on = merged_on or timezone.localdate(now)
    old.save(update_fields=["status", "merged_into", "merged_on"])
    move_members(old, into, actor=actor, now=now)
    move_requests(old, into, actor=actor, now=now)
    moved = list(old.experts.values_list("pk", flat=True))
    old.experts.update(authority=into)
    employer_changed.send(Expert, experts=moved, now=now)
    into.associations.add(*old.associations.all())
    domains = dict.fromkeys([*into.email_domains, *old.email_domains])
    into.email_domains = list(domains)
    into.add_former_names(old.names)
    into.save(update_fields=["email_domains", "former_names"])
    Authority.objects.filter(merged_into=old).update(merged_into=into)
    search_index.index_authorities([old.pk, into.pk])
    search_index.index_by_town([old.pk, into.pk])
    return into
