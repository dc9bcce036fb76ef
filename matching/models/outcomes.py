"""What came of rankings, a report a month."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutcomeReport(models.Model):
    """The figures of the twelve months that end with a month, as `matching/outcomes.py` made them.

    Figures of groups alone, and of few none: nobody is named.
    """

    month = models.DateField(_("month"), unique=True)  # its first day
    made_at = models.DateTimeField(_("made"))
    figures = models.JSONField()

    class Meta:
        verbose_name, verbose_name_plural = _("outcomes of rankings"), _("outcomes of rankings")
        ordering = ["-month"]

    def __str__(self):
        return f"{self.month:%Y-%m}"
