"""Joining an organisation: asked by a person, answered by staff or by a colleague who may."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.languages import join_names
from connect.schedule import every, process_one_by_one
from notifications import limits
from notifications.outbox import post_letter
from registry import search, search_index
from registry.confirmation import hide_profile
from registry.enums import Admission, AuthorityStatus, MembershipStatus, Role
from registry.models import Authority, Expert, Membership, SearchEntry
from registry.people import authors_of, officers
from registry.spellings import same_town

OBJECTION = timedelta(days=5)
MOST_CHARACTERS = 300  # characters of either text of a decision

LEFT_BEHIND = gettext_lazy(
    "Nobody else writes for %(authority)s. Not submitted yet: %(references)s. That stays with the "
    "authority, and nobody there can open it until the programme team admits you or a colleague: "
    "it is there again then."
)
DRAFTS: list[Callable] = []  # functions of authorities' keys: what these have begun


def finds_drafts(find):
    """Decorate what returns {authority's key: [numbers]} of what its writers have not sent yet."""
    DRAFTS.append(find)
    return find


# Sent inside the transaction, from Membership: membership, verb (asked, withdrew, joined, left or
# moved), now.
belonging_changed = Signal()
# Likewise, of who no longer works for an authority: user, authority, roles (there), now.
authority_left = Signal()
# Likewise, of experts who may work elsewhere now, or as something else: experts (their keys).
employer_changed = Signal()


def may_decide(user, membership):
    return Membership.objects.decidable_by(user).filter(pk=membership.pk).exists()


def list_deciders(membership):
    """Return the people who may decide: colleagues first, staff where there is none yet."""
    if membership.authority_id:
        authors = authors_of(membership.authority)
        return [one for one in authors if one.pk != membership.user_id] or officers()
    return officers()


def acceptance_time(user, authority, roles, now):
    """Return when a request is accepted unless somebody objects; None if it must be decided.

    For whoever has a verified address at a domain that staff registered as the authority's own:
    that a member uses a domain says nothing. Never to sign for the authority, and never the first.
    """
    verified = user.emailaddress_set.filter(email__iexact=user.email, verified=True).exists()
    if (
        not verified
        or not authority.owns_domain_of(user.email)
        or Role.LEGAL_REPRESENTATIVE in roles
    ):
        return None
    has_authors = authority.memberships.active().of_authors().exists()
    return now + OBJECTION if has_authors else None


@every(minutes=10)
def accept_unopposed_members(now):
    """Accept the requests whose days to object are over; return how many."""
    due = Membership.objects.pending().filter(opens_at__lte=now)

    def accept(membership):
        locked = due.select_for_update(of=("self",), skip_locked=True)
        membership = locked.select_related("user", "authority").filter(pk=membership.pk).first()
        if membership is None:  # somebody decided meanwhile
            return 0
        # Looked at again: the address or the registered domains may have changed meanwhile.
        if not acceptance_time(membership.user, membership.authority, membership.roles, now):
            membership.opens_at = None
            membership.save(update_fields=["opens_at"])
            return 0
        save_decision(
            membership,
            accept=True,
            actor=None,
            admission=Admission.DOMAIN,
            grounds=_("Nobody objected."),
            reply="",
            now=now,
        )
        return 1

    return sum(process_one_by_one(accept, due.order_by("pk")))


def similar_authorities(name, country):
    """Return the authorities that somebody may mean by this name, the nearest first."""
    entries = SearchEntry.objects.filter(kind=SearchEntry.AUTHORITY, is_public=True)
    asked = search.TownSearch(q=name[: search.LONGEST], country=country)
    keys = search.search_entries(entries, asked, facets=[]).keys[:5]
    return search.rows_in_order(Authority.objects.verified(), keys)


def pending_proposals(user, country):
    """Return the requests with which this person proposed an authority of a country, and waits."""
    proposed = {"authority__status": AuthorityStatus.PROPOSED, "authority__country": country}
    return user.memberships.pending().filter(**proposed).select_related("authority")


@transaction.atomic
def propose_authority(user, *, name, country, website, proof, roles, function, now=None):
    """Propose a new authority to staff, and ask to join it.

    Nobody else sees it until an officer accepts the request. Raises ValidationError as
    `ask_to_join`, and for one that this person has proposed already.
    """
    get_user_model().objects.select_for_update().get(
        pk=user.pk
    )  # two proposals wait for each other
    for asked in pending_proposals(user, country):
        if same_town(asked.authority.name, name):
            message = _(
                "You have already proposed this local authority, on %s: your request "
                "is waiting, and you can start an application in the meantime."
            )
            day = date_format(timezone.localtime(asked.asked_at), "DATE_FORMAT")
            raise ValidationError(message % day, code="proposed")
    base = slugify(f"{country}-{name}")[:100].strip("-") or "authority"
    typed = {"name": name, "country": country, "website": website}
    try:
        with transaction.atomic():
            authority = Authority.objects.create(slug=base, **typed)
    except IntegrityError:  # the address is taken, maybe at this moment
        slug = f"{base}-{get_random_string(6).lower()}"
        authority = Authority.objects.create(slug=slug, **typed)
    search_index.index_authorities([authority.pk])
    return ask_to_join(
        user, authority=authority, roles=roles, function=function, proof=proof, now=now
    )


@transaction.atomic
def ask_to_join(user, *, authority=None, association=None, roles, function, proof="", now=None):
    """Request a membership, or more roles in one, and notify those who may decide; return it.

    Raises ValidationError where this person has these roles there already or has already asked.
    """
    now = now or timezone.now()
    held = Membership.objects.active_at(user, authority, association).first()
    roles = set(roles) - set(held.roles if held else [])
    if not roles:
        message = _("You are already a member of this organisation, with these roles.")
        raise ValidationError(message, code="member")
    opens_at = acceptance_time(user, authority, roles, now) if authority else None
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user,
                authority=authority,
                association=association,
                roles=sorted(roles),
                function=function,
                proof=proof,
                asked_at=now,
                opens_at=opens_at,
            )
    except IntegrityError:
        message = _("You have already asked this organisation: your request is waiting.")
        raise ValidationError(message, code="already_asked") from None
    organisation = membership.organisation
    again = f"{user.pk}:{limits.limit_key(organisation)}"
    limits.count_message("join_again", about=again, now=now)
    limits.count_message("join", actor=user, about=membership.organisation, now=now)
    post_letter(
        "membership_asked",
        key=f"membership:{membership.pk}:asked",
        concerns=membership,
        to=list_deciders(membership),
        path="/account/memberships/",
        person=user.name,
        organisation=str(membership.organisation),
        opens_on=timezone.localdate(opens_at).isoformat() if opens_at else "",
        is_new=bool(authority and authority.status == AuthorityStatus.PROPOSED),
    )
    belonging_changed.send(Membership, membership=membership, verb="asked", now=now)
    return membership


def find_first(memberships):
    """Return the keys of those where nobody in the organisation vouches for the person.

    Whoever accepts them does then. Of a local authority those vouch who write or sign for it.
    """
    there = Membership.objects.active().filter(user__is_active=True)
    towns = {one.authority_id for one in memberships}
    known = set(there.of_authors().filter(authority__in=towns).values_list("authority", flat=True))
    bodies = {one.association_id for one in memberships}
    met = set(there.filter(association__in=bodies).values_list("association", flat=True))
    return {
        one.pk
        for one in memberships
        if (one.authority_id not in known if one.authority_id else one.association_id not in met)
    }


def lacks_colleagues(membership):
    return bool(find_first([membership]))


@transaction.atomic
def decide_membership(membership, *, actor, accept, grounds="", reply="", now=None):
    """Accept or refuse a request; the person reads `reply`, the `grounds` are for the file.

    Raises PermissionDenied if this person may not answer it, or if it was answered already, and
    ValidationError for a refusal that does not say why, or for letting in the first colleague of
    an organisation without saying how one knows them.
    """
    if not accept and not reply.strip():
        message = _("Give the reason for the refusal: the person reads it.")
        raise ValidationError(message, code="reason")
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("user", "authority", "association")
        .get(pk=membership.pk)
    )
    if not may_decide(actor, membership):
        raise PermissionDenied
    if accept and not grounds.strip() and lacks_colleagues(membership):
        message = _(
            "Nobody writes or signs for %(organisation)s yet, so no colleague can confirm who this "
            "person is. Write how you know that they work there: it is recorded in the file."
        )
        raise ValidationError(message % {"organisation": membership.organisation}, code="grounds")
    admission = Admission.STAFF if actor.is_officer else Admission.COLLEAGUE
    if accept and actor.is_officer and membership.authority:
        verify_authority(membership.authority)
    return save_decision(
        membership,
        accept=accept,
        actor=actor,
        admission=admission,
        grounds=grounds,
        reply=reply,
        now=now,
    )


def verify_authority(authority):
    """Verify a proposed authority, which then belongs to the registry."""
    proposed = Authority.objects.filter(pk=authority.pk, status=AuthorityStatus.PROPOSED)
    if proposed.update(status=AuthorityStatus.VERIFIED):
        search_index.index_authorities([authority.pk])


def refuse_unasked_proposal(authority):
    """Refuse a proposed authority that nobody asks to join any more: it waits for nobody."""
    is_asked = Membership.objects.filter(
        authority=OuterRef("pk"), status__in=[MembershipStatus.ASKED, MembershipStatus.ACTIVE]
    )
    proposed = Authority.objects.filter(pk=authority.pk, status=AuthorityStatus.PROPOSED)
    proposed.filter(~Exists(is_asked)).update(status=AuthorityStatus.REFUSED)


def replace_membership(membership, actor, now):
    """End the membership to which an accepted request adds roles: the request has all of them."""
    place = membership.user, membership.authority, membership.association
    for held in Membership.objects.active_at(*place).select_for_update():
        membership.roles = [role for role in Role if role in {*held.roles, *membership.roles}]
        held.status, held.decided_at, held.decided_by = MembershipStatus.ENDED, now, actor
        held.save(update_fields=["status", "decided_at", "decided_by"])


def save_decision(membership, *, accept, actor, admission, grounds, reply, now):
    now = now or timezone.now()
    if accept:
        replace_membership(membership, actor, now)
    membership.status = MembershipStatus.ACTIVE if accept else MembershipStatus.REFUSED
    membership.admission = admission if accept else ""
    membership.decided_at, membership.decided_by = now, actor
    membership.grounds, membership.told = grounds, reply
    columns = ["status", "roles", "admission", "decided_at", "decided_by", "grounds", "told"]
    membership.save(update_fields=columns)
    is_expert = accept and Role.EXPERT in membership.roles
    begins_profile = is_expert and not Expert.objects.filter(user=membership.user).exists()
    post_letter(
        "membership_decided",
        key=f"membership:{membership.pk}:decided",
        concerns=membership,
        to=[membership.user],
        path="/account/expert/" if begins_profile else "/account/memberships/",
        organisation=str(membership.organisation),
        accepted=accept,
        begins_profile=begins_profile,
        told=reply,
    )
    if accept:
        belonging_changed.send(Membership, membership=membership, verb="joined", now=now)
    elif membership.authority:
        refuse_unasked_proposal(membership.authority)
    return membership


def find_left_behind(user, memberships):
    """Return {membership's key: words} of drafts that nobody can open once this person has left."""
    active = [one for one in memberships if one.status == MembershipStatus.ACTIVE]
    own = {one.authority_id: one for one in active if one.authority_id and one.may_write}
    others = Membership.objects.active().of_authors().filter(authority__in=own).exclude(user=user)
    alone = own.keys() - set(others.values_list("authority", flat=True))
    results = [find(sorted(alone)) for find in DRAFTS] if alone else []
    return {
        own[key].pk: LEFT_BEHIND
        % {"authority": own[key].organisation, "references": join_names(numbers)}
        for drafts in results
        for key, numbers in drafts.items()
    }


@transaction.atomic
def end_membership(membership, *, actor, now=None):
    """End a membership, or withdraw a request for one: one's own, or any as staff.

    Rights go with the next request. An expert who left the town of their profile is shown and
    proposed no more until they say where they work now.
    """
    if not (actor.is_officer or membership.user_id == actor.pk):
        raise PermissionDenied
    now = now or timezone.now()
    decided = {"decided_at": now, "decided_by": actor}
    mine = Membership.objects.filter(pk=membership.pk)
    if mine.pending().update(status=MembershipStatus.WITHDRAWN, **decided):
        belonging_changed.send(Membership, membership=membership, verb="withdrew", now=now)
        if membership.authority:
            refuse_unasked_proposal(membership.authority)
        return 1
    if not mine.active().update(status=MembershipStatus.ENDED, **decided):
        return 0
    expert = Expert.objects.filter(user=membership.user_id, authority=membership.authority_id)
    if profile := expert.first():
        hide_profile(profile, now)
        post_letter(
            "profile_left",
            key=f"profile:{profile.pk}:left:{membership.pk}",
            concerns=profile,
            to=[profile.user],
            path="/account/expert/",
            organisation=str(membership.organisation),
        )
    belonging_changed.send(Membership, membership=membership, verb="left", now=now)
    if town := membership.authority:
        authority_left.send(
            Membership, user=membership.user, authority=town, roles=membership.roles, now=now
        )
    return 1
