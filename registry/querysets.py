"""Named questions about authorities, memberships, experts and offers."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, When

from connect.permissions import is_officer
from registry.enums import AUTHOR_ROLES, AuthorityStatus, MembershipStatus, OfferStatus
from registry.permissions import AUTHORITIES, EXPERTS, MEMBERSHIPS, OFFERS, former_member

SHOWN_FOR = timedelta(days=90)  # a refusal, where its reader works

if TYPE_CHECKING:
    from registry.models import Authority, Expert, Membership, Offer, SearchEntry


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(status=MembershipStatus.ACTIVE)

    def pending(self) -> "MembershipQuerySet":
        return self.filter(status=MembershipStatus.ASKED)

    def active_at(self, user, authority, association) -> "MembershipQuerySet":
        """This person's membership of an authority, or of an association."""
        return self.active().filter(user=user, authority=authority, association=association)

    def lacking(self, user, *roles) -> "MembershipQuerySet":
        """This person's memberships of authorities where they have none of some roles."""
        own = self.active().filter(user=user).exclude(authority=None)
        return own.exclude(roles__overlap=list(roles)).select_related("authority")

    def without_replaced(self) -> "MembershipQuerySet":
        """All but those that ended where the same person is a member again."""
        same = Q(authority=OuterRef("authority")) | Q(association=OuterRef("association"))
        again = self.model._default_manager.filter(same, user=OuterRef("user"))
        active = again.filter(status=MembershipStatus.ACTIVE)
        return self.exclude(Exists(active), status=MembershipStatus.ENDED)

    def refused_lately(self, now) -> "MembershipQuerySet":
        """Those refused in the last ninety days, and not asked for anew since.

        Whoever asks after the refusal has read it, also where they propose their authority again.
        """
        same = Q(authority=OuterRef("authority")) | Q(association=OuterRef("association"))
        later = same & Q(asked_at__gt=OuterRef("asked_at"))
        anew = self.model._default_manager.filter(
            later | Q(asked_at__gt=OuterRef("decided_at")), user=OuterRef("user")
        )
        lately = {"status": MembershipStatus.REFUSED, "decided_at__gt": now - SHOWN_FOR}
        return self.filter(**lately).exclude(Exists(anew))

    def with_role(self, *roles) -> "MembershipQuerySet":
        return self.filter(roles__overlap=list(roles))

    def of_authors(self) -> "MembershipQuerySet":
        return self.with_role(*AUTHOR_ROLES)

    def decidable_by(self, user) -> "MembershipQuerySet":
        """Requests that this person may answer: see MEMBERSHIPS."""
        return MEMBERSHIPS.filter_allowed(self, "decide", user)


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def verified(self) -> "AuthorityQuerySet":
        return self.filter(status=AuthorityStatus.VERIFIED)

    def for_user(self, user) -> "AuthorityQuerySet":
        return AUTHORITIES.filter_allowed(self, "read", user)

    def of_member(self, user, *roles) -> "AuthorityQuerySet":
        """Authorities that exist, where this person is an active member (with such a role)."""
        return self.with_place(user, roles, [MembershipStatus.ACTIVE])

    def of_author(self, user) -> "AuthorityQuerySet":
        """Authorities that exist, for which this person writes or signs."""
        return self.of_member(user, *AUTHOR_ROLES)

    def of_future_author(self, user) -> "AuthorityQuerySet":
        """Authorities that exist, for which this person has asked to write or sign."""
        return self.with_place(user, AUTHOR_ROLES, [MembershipStatus.ASKED])

    def with_place(self, user, roles, statuses) -> "AuthorityQuerySet":
        model = self.model.memberships.rel.related_model
        memberships = model.objects.filter(  # type: ignore[attr-defined]  # models come after
            user=user, authority=OuterRef("pk"), status__in=statuses
        )
        if roles:
            memberships = memberships.with_role(*roles)
        return self.exclude(status=AuthorityStatus.MERGED).filter(Exists(memberships))


class ExpertQuerySet(models.QuerySet["Expert"]):
    def for_user(self, user) -> "ExpertQuerySet":
        return EXPERTS.filter_allowed(self, "read", user)

    def former_members(self) -> "ExpertQuerySet":
        """Filter those who have left the authority of their profile."""
        return self.filter(former_member("user", "authority"))

    def with_list_details(self) -> "ExpertQuerySet":
        return self.select_related("user", "authority").prefetch_related("topics__theme")


class OfferQuerySet(models.QuerySet["Offer"]):
    def published(self) -> "OfferQuerySet":
        return self.filter(status=OfferStatus.PUBLISHED, expert__user__is_active=True)

    def editable_by(self, user) -> "OfferQuerySet":
        return OFFERS.filter_allowed(self, "write", user)

    def for_user(self, user) -> "OfferQuerySet":
        return OFFERS.filter_allowed(self, "read", user)

    def nearest_first(self, themes, languages) -> "OfferQuerySet":
        """Sort those about these topics first, then those in one of these languages."""
        about = Count("topics", filter=Q(topics__theme__in=themes), distinct=True)
        akin = [theme.parent_id for theme in themes]
        near = Count("topics", filter=Q(topics__theme__parent__in=akin), distinct=True)
        is_read = Case(When(language__in=languages, then=0), default=1)
        return self.annotate(about=about, near=near).order_by("-about", "-near", is_read, "pk")

    def with_candidate_details(self) -> "OfferQuerySet":
        """Fetch all that a candidate's line shows of an offer, in a fixed number of queries."""
        return self.select_related("expert__user", "expert__authority").prefetch_related(
            "topics__theme", "windows"
        )


class SearchEntryQuerySet(models.QuerySet["SearchEntry"]):
    def findable_by(self, kind, user) -> "SearchEntryQuerySet":
        """Entries of a kind that this person may find: staff all, others what is public."""
        rows = self.filter(kind=kind)
        return rows if is_officer(user) else rows.filter(is_public=True)
