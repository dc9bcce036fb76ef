"""Days on which one side proposes to hold an exchange, and what the other side says."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exchanges.enums import Side
from exchanges.models.exchanges import Exchange


class DaysProposal(models.Model):
    """First and last day that a side proposes; who typed it is on the timeline."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="proposed_days")
    side = models.CharField(max_length=11, choices=Side)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)  # agreed to, or replaced by another
    is_agreed = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="proposed_days_end_after_they_start",
                violation_error_message=_("An exchange cannot end before it starts."),
            ),
            models.UniqueConstraint(
                fields=["exchange"],
                condition=Q(closed_at=None),
                name="one_open_proposal_of_days",
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} – {self.ends_on}"
