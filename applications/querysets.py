"""Named questions about dossiers, chainable in any order.

`for_user` alone decides who sees which dossier, `editable_by` who writes in it, and
`for_committee` what a member of the committee may score: all three by the table of
`applications.permissions`.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Avg, Count, Exists, OuterRef, Subquery

from applications.enums import UNSENT, Status
from applications.permissions import (
    AUTHOR,
    COLLEAGUE,
    DOSSIERS,
    NEUTRAL,
    PRIVATE,
    WRITER,
    without_conflict,
)
from connect.permissions import is_officer
from registry.enums import AUTHOR_ROLES
from registry.permissions import own_memberships

if TYPE_CHECKING:
    from applications.models import Call, CoApplicant, Dossier, Signature


LATE_ENTRY = timedelta(days=60)  # after a call has closed, for what arrived while it was open


class CallQuerySet(models.QuerySet["Call"]):
    def open_at(self, now) -> "CallQuerySet":
        return self.filter(opens_at__lte=now, closes_at__gt=now)

    def entered_at(self, now) -> "CallQuerySet":
        """Calls for which staff enter what comes on paper: open ones, and those just closed."""
        return self.filter(opens_at__lte=now, closes_at__gt=now - LATE_ENTRY)

    def readable_by(self, user, now) -> "CallQuerySet":
        """Calls that have opened; officers read the others before."""
        return self if is_officer(user) else self.filter(opens_at__lte=now)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def signed(self) -> "SignatureQuerySet":
        return self.exclude(signed_at=None)


class CoApplicantQuerySet(models.QuerySet["CoApplicant"]):
    def answerable_by(self, user) -> "CoApplicantQuerySet":
        """Filter those of an authority for which this person writes or signs."""
        own = own_memberships(user, *AUTHOR_ROLES)
        return self.filter(Exists(own.filter(authority=OuterRef("authority"))))


class DossierQuerySet(models.QuerySet["Dossier"]):
    # Who sees, and who writes

    def for_user(self, user) -> "DossierQuerySet":
        return DOSSIERS.filter_allowed(self, "read", user)

    def editable_by(self, user) -> "DossierQuerySet":
        return DOSSIERS.filter_allowed(self, "write", user)

    def fillable_by(self, user) -> "DossierQuerySet":
        return DOSSIERS.filter_allowed(self, "fill in", user)

    def for_committee(self, user) -> "DossierQuerySet":
        return DOSSIERS.filter_allowed(self, "judge", user)

    def filter_allowed(self, user, verb) -> "DossierQuerySet":
        """Dossiers with which this person may do what the table of permissions calls so."""
        return DOSSIERS.filter_allowed(self, verb, user)

    def of_member(self, user) -> "DossierQuerySet":
        """Filter those of this person's authorities, and the drafts that are theirs alone."""
        of_authority, of_writer = COLLEAGUE.rows(user), WRITER.rows(user)
        if of_authority is None or of_writer is None:  # of a visitor
            return self.none()
        own = models.Q(status__in=PRIVATE)
        return self.filter(of_authority & ~own | of_writer & own)

    def of_author(self, user) -> "DossierQuerySet":
        """Filter those for whose authority this person writes, and the drafts that are theirs."""
        of_authority, of_writer = AUTHOR.rows(user), WRITER.rows(user)
        if of_authority is None or of_writer is None:  # of a visitor
            return self.none()
        own = models.Q(status__in=PRIVATE)
        return self.filter(of_authority & ~own | of_writer & own)

    def without_conflict_of(self, user) -> "DossierQuerySet":
        return self.filter(without_conflict(user))

    def for_officer(self, user) -> "DossierQuerySet":
        """What an officer may work on: nothing that a conflict of interest ties them to."""
        condition = NEUTRAL.rows(user)
        return self.none() if condition is None else self.filter(condition)

    def on_desk_of(self, user) -> "DossierQuerySet":
        """What an officer finds on the desk: what was sent, and the drafts that staff type in."""
        is_typed = models.Q(status=Status.DRAFT, typed_by__isnull=False)
        return self.for_officer(user).filter(~models.Q(status__in=UNSENT) | is_typed)

    # What a page needs beside the dossier itself

    def with_list_details(self) -> "DossierQuerySet":
        return self.select_related("authority", "call")

    def with_scores(self) -> "DossierQuerySet":
        model = self.model.scores.rel.related_model
        scores = model.objects.filter(  # type: ignore[attr-defined]  # models come after
            dossier=OuterRef("pk")
        )
        scores = scores.order_by().values("dossier")
        return self.annotate(
            score_count=Subquery(scores.annotate(n=Count("pk")).values("n")),
            score_mean=Subquery(scores.annotate(m=Avg("total")).values("m")),
        )
