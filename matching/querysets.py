"""Named questions about opportunities, interests and matches."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery

from applications.enums import Status
from matching.enums import ENDED_INTERESTS, InterestStatus, MatchStatus
from matching.permissions import (
    INTERESTS,
    MATCHES,
    is_untold_invitation,
    is_untold_proposal,
)
from registry.models import Expert
from registry.permissions import former_member

if TYPE_CHECKING:
    from matching.models import FittingRequests, HiddenRequest, Interest, Match, Opportunity


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def open(self, today) -> "OpportunityQuerySet":
        """Published and still waiting for interests: anybody may read these."""
        return self.filter(dossier__status=Status.PUBLISHED, closes_on__gte=today)

    def with_list_details(self) -> "OpportunityQuerySet":
        return self.select_related("dossier__authority").prefetch_related("dossier__needs__theme")


class InterestQuerySet(models.QuerySet["Interest"]):
    def for_user(self, user) -> "InterestQuerySet":
        return INTERESTS.filter_allowed(self, "read", user)

    def editable_by(self, user) -> "InterestQuerySet":
        return INTERESTS.filter_allowed(self, "write", user)

    def of_expert(self, user) -> "InterestQuerySet":
        """Filter an expert's own interests, without invitations that are or may be undone."""
        mine = self.filter(expert__user=user).exclude(status=InterestStatus.UNDONE)
        return mine.exclude(is_untold_invitation())

    def latest_of_each(self) -> "InterestQuerySet":
        """Filter the last answer of each expert to each request: an earlier one was given up."""
        later = self.model.objects.filter(
            dossier=OuterRef("dossier"), expert=OuterRef("expert"), pk__gt=OuterRef("pk")
        ).exclude(Q(status=InterestStatus.UNDONE) | is_untold_invitation())
        return self.exclude(Exists(later))

    def still_employed(self) -> "InterestQuerySet":
        """Filter those of experts who still work for the authority of then or its successor."""
        place = F("expert__authority")
        here = Q(authority=place) | Q(authority__merged_into=place)
        return self.filter(here & ~former_member("expert__user", "expert__authority"))

    def open(self) -> "InterestQuerySet":
        """Filter those that a withdrawn or closed dossier ends."""
        return self.exclude(status__in=ENDED_INTERESTS)

    def undecided(self) -> "InterestQuerySet":
        """Filter those that may still be chosen and are in no open proposal."""
        open_ = self.open().exclude(status=InterestStatus.CHOSEN)
        held = self.model.matches.through.objects.filter(match__status=MatchStatus.PROPOSED)
        return open_.exclude(pk__in=held.values("interest"))

    def update_employers(self) -> int:
        """Update the authority and function of each expert to those of now."""
        expert = Expert.objects.filter(pk=OuterRef("expert"))
        return self.update(
            authority=Subquery(expert.values("authority")),
            function_title=Subquery(expert.values("function_title")),
        )

    def uninvited(self) -> "InterestQuerySet":
        """Filter those that were sent, and that no invitation had asked for."""
        return self.filter(events__verb="submit").exclude(events__verb="invite").distinct()

    def admissible(self) -> "InterestQuerySet":
        return self.filter(status__in=[InterestStatus.SCREENED, InterestStatus.SHORTLISTED])

    def with_details(self) -> "InterestQuerySet":
        return self.select_related(
            "authority", "expert__user", "expert__authority", "offer", "dossier__authority"
        )


class MatchQuerySet(models.QuerySet["Match"]):
    def for_user(self, user) -> "MatchQuerySet":
        return MATCHES.filter_allowed(self, "read", user)

    def proposed(self) -> "MatchQuerySet":
        return self.filter(status=MatchStatus.PROPOSED)

    def untold(self) -> "MatchQuerySet":
        """Filter the proposals of which the sides do not know yet: they may still be undone."""
        return self.filter(is_untold_proposal())

    def count_agreed(self, path, **when) -> dict[Any, int]:
        """Count agreed matches an offer, or an expert, whichever of their offers it was about.

        path: the column of an interest; {its value: number}.
        """
        column = f"interests__{path}"
        agreed = self.filter(status=MatchStatus.AGREED, **when).exclude(**{column: None})
        counted = agreed.order_by().values_list(column).annotate(number=Count("pk", distinct=True))
        return dict(counted)

    def with_list_details(self) -> "MatchQuerySet":
        return self.select_related("dossier__authority").prefetch_related(
            "interests__expert__user", "interests__expert__authority", "consents"
        )


class FittingRequestsQuerySet(models.QuerySet["FittingRequests"]):
    def for_user(self, user) -> "FittingRequestsQuerySet":
        return self.filter(expert__user=user) if user.is_authenticated else self.none()


class HiddenRequestQuerySet(models.QuerySet["HiddenRequest"]):
    def for_user(self, user) -> "HiddenRequestQuerySet":
        return self.filter(expert__user=user) if user.is_authenticated else self.none()
