"""Named questions about dossiers, chainable in any order.

`for_user` alone decides who sees which dossier, `editable_by` who writes in it, and
`for_committee` what a member of the committee may score.
"""

from django.db import models
from django.db.models import Avg, Count, Exists, OuterRef, Q, Subquery

from applications.enums import Status
from registry.enums import Role
from registry.models import Membership


class CallQuerySet(models.QuerySet):
    def open_at(self, now):
        return self.filter(opens_at__lte=now, closes_at__gt=now)


class SignatureQuerySet(models.QuerySet):
    def signed(self):
        return self.exclude(signed_at=None)


class DossierQuerySet(models.QuerySet):
    # Who sees, and who writes

    def for_user(self, user):
        """Staff see all that was ever submitted, and what they type in for a town; others, the
        dossiers of their authorities.

        An association reads its members' dossiers once they are submitted, never drafts.
        """
        if not user.is_authenticated:
            return self.none()
        mine = Exists(
            Membership.objects.active().filter(user=user, authority=OuterRef("authority"))
        )
        if user.is_staff:
            return self.filter(~Q(status=Status.DRAFT) | Q(typed_by__isnull=False) | mine)
        association = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER)
        of_a_member = association.filter(user=user, association__members=OuterRef("authority"))
        return self.filter(Q(mine) | (Q(Exists(of_a_member)) & ~Q(status=Status.DRAFT)))

    def of_member(self, user, *roles):
        # Exists, not a join: a join would repeat rows and spoil later counts.
        mine = Membership.objects.active().filter(user=user, authority=OuterRef("authority"))
        if roles:
            mine = mine.with_role(*roles)
        return self.filter(Exists(mine))

    def editable_by(self, user):
        """The answers belong to the authority: staff ask for corrections, never rewrite.

        Unless they type a dossier in for a town that has hardly a line, until it is sent.
        """
        mine = Membership.objects.active().filter(user=user, authority=OuterRef("authority"))
        theirs = Q(Exists(mine.with_role(Role.EDITOR, Role.LEGAL_REPRESENTATIVE)))
        if user.is_staff:
            theirs |= Q(typed_by__isnull=False, status=Status.DRAFT)
        return self.filter(theirs, status__in=[Status.DRAFT, Status.CORRECTION_ASKED])

    def without_conflict_of(self, user):
        """Dossiers that are not of this person's own town or association, nor declared so."""
        own = Membership.objects.active().filter(user=user)
        conflict = self.model.conflicts.rel.related_model.objects.filter(
            dossier=OuterRef("pk"), member=user, has_conflict=True
        )
        return (
            self.exclude(Exists(own.filter(authority=OuterRef("authority"))))
            .exclude(Exists(own.filter(authority__joint_dossiers=OuterRef("pk"))))
            .exclude(Exists(own.filter(association__members=OuterRef("authority"))))
            .exclude(Exists(conflict))
        )

    def for_committee(self, user):
        """Dossiers before the committee that this member may see: a conflict leaves no trace.

        One that was shared out is seen by those who are to score it, any other by all members.
        """
        if not user.is_authenticated or not user.is_committee_member:
            return self.none()
        shared_out = self.model.assignments.rel.related_model.objects.filter(dossier=OuterRef("pk"))
        return (
            self.filter(status=Status.UNDER_SELECTION)
            .without_conflict_of(user)
            .filter(~Exists(shared_out) | Exists(shared_out.filter(member=user)))
        )

    # Where a dossier stands

    def open_to_interests(self):
        return self.filter(status=Status.PUBLISHED)

    # What a page needs beside the dossier itself

    def with_list_details(self):
        return self.select_related("authority", "call")

    def with_scores(self):
        scores = self.model.scores.rel.related_model.objects.filter(dossier=OuterRef("pk"))
        scores = scores.order_by().values("dossier")
        return self.annotate(
            score_count=Subquery(scores.annotate(n=Count("pk")).values("n")),
            score_mean=Subquery(scores.annotate(m=Avg("total")).values("m")),
        )
