"""Named questions about opportunities, interests and matches."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from applications.enums import Status
from matching.enums import InterestStatus, MatchStatus
from registry.models import Membership


class OpportunityQuerySet(models.QuerySet):
    def open(self, today):
        """Published and still waiting for interests: anybody may read these."""
        return self.filter(dossier__status=Status.PUBLISHED, closes_on__gte=today)

    def with_list_details(self):
        return self.select_related("dossier__authority").prefetch_related("dossier__needs__theme")


class InterestQuerySet(models.QuerySet):
    def for_user(self, user):
        """One's own as its expert, all to staff; the applicant sees those shortlisted."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self.all()
        applicant = Membership.objects.active().filter(
            user=user, authority=OuterRef("dossier__authority")
        )
        shown = [InterestStatus.SHORTLISTED, InterestStatus.CHOSEN, InterestStatus.RESERVE]
        return self.filter(Q(expert__user=user) | (Q(Exists(applicant)) & Q(status__in=shown)))

    def of_expert(self, user):
        return self.filter(expert__user=user)

    def open(self):
        """Those that a withdrawn or closed dossier ends."""
        over = [InterestStatus.DECLINED, InterestStatus.WITHDRAWN, InterestStatus.EXPIRED]
        return self.exclude(status__in=over)

    def admissible(self):
        return self.filter(status__in=[InterestStatus.SCREENED, InterestStatus.SHORTLISTED])

    def with_details(self):
        return self.select_related(
            "authority", "expert__user", "expert__authority", "offer", "dossier__authority"
        )


class MatchQuerySet(models.QuerySet):
    def for_user(self, user):
        """The applicant's people, the experts of its interests, and staff."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self.all()
        applicant = Membership.objects.active().filter(
            user=user, authority=OuterRef("dossier__authority")
        )
        expert = self.model.interests.through.objects.filter(
            match=OuterRef("pk"), interest__expert__user=user
        )
        return self.filter(Exists(applicant) | Exists(expert))

    def proposed(self):
        return self.filter(status=MatchStatus.PROPOSED)

    def with_list_details(self):
        return self.select_related("dossier__authority").prefetch_related(
            "interests__expert__user", "interests__expert__authority"
        )
