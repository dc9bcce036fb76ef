"""The open requests that fit an expert, and those that they said are not for them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from matching.enums import NotForMe
from matching.querysets import FittingRequestsQuerySet, HiddenRequestQuerySet
from registry.models import Expert


class FittingRequests(models.Model):
    """The open requests that fit an expert's published offers, as a worker ranked them last.

    entries: of the engine, best first, with no more of a request than its expert may be told.
    """

    expert = models.OneToOneField(
        Expert, models.CASCADE, related_name="fitting_requests", primary_key=True
    )
    made_of = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    entries = models.JSONField(default=list)

    objects = FittingRequestsQuerySet.as_manager()

    class Meta:
        ordering = ["expert"]

    def __str__(self):
        return f"{self.expert_id}: {len(self.entries)}"


class HiddenRequest(models.Model):
    """A request that an expert hid as not for them, and why; showing it again deletes the row."""

    # The constraint's index leads with it.
    expert = models.ForeignKey(
        Expert, models.CASCADE, related_name="hidden_requests", db_index=False
    )
    dossier = models.ForeignKey(
        Dossier, models.CASCADE, verbose_name=_("request"), related_name="hidden_by"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=NotForMe)
    at = models.DateTimeField()

    objects = HiddenRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "dossier"], name="hidden_once_an_expert")
        ]

    def __str__(self):
        return f"{self.expert_id}: {self.dossier_id} {self.reason}"
