"""The committee's part of a dossier: conflicts, who is to score it, and the scores."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models

from applications.models.dossier import Dossier


class ConflictDeclaration(models.Model):
    """What a committee member declared before anything of the file was seen.

    `earlier`: what they had declared before, if they corrected it, the oldest first.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="conflicts")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    has_conflict = models.BooleanField()
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    earlier = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="one_declaration_a_member")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}"

    def with_itself(self):
        """Return what is kept as `earlier` once it is corrected."""
        declaration = {
            "has_conflict": self.has_conflict,
            "text": self.text,
            "at": self.at.isoformat(),
        }
        return [*(self.earlier or []), declaration]

    @property
    def all_declared(self):
        """List (whether there is a conflict, in which words, when) of all that was declared."""
        return [
            (one["has_conflict"], one["text"], datetime.fromisoformat(one["at"]))
            for one in self.with_itself()
        ]


class Assignment(models.Model):
    """A committee member who is to score a dossier. One without any is open to all members."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="assignments")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="a_member_once_a_dossier")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}"


class Score(models.Model):
    """A committee member's points, one a criterion of the grid, and their sum."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="scores")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    points = models.JSONField()
    total = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    comment = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()
    # When all scores that were needed were in and members read each other's: it stands from then.
    shown_at = models.DateTimeField(null=True, blank=True)
    first_points = models.JSONField(null=True, blank=True)  # as first given, once it was changed

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="one_score_a_member")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}: {self.total}"

    @property
    def first_total(self):
        return sum(self.first_points.values()) if self.first_points else None

    def points_by_grid(self, grid):
        """Return the points in the order of a grid; the database keeps them in one of its own."""
        return [self.points.get(code) for code in grid]
