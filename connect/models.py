"""The tables of the project itself."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.references import Counter

__all__ = ["Counter", "Export"]


class ExportState(models.TextChoices):
    WAITING = "waiting", _("being written")
    DONE = "done", _("ready")
    FAILED = "failed", _("failed")


class Export(models.Model):
    """A list that an officer takes out as a table: which rows, in which order, for whom."""

    class Format(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    model = models.CharField(max_length=60)  # "registry.authority": whose admin names the columns
    rows = ArrayField(models.BigIntegerField())  # the keys, as the list was filtered and sorted
    format = models.CharField(max_length=4, choices=Format)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    error = models.CharField(max_length=300, blank=True)
    file = models.FileField(upload_to="exports/", blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="export_waiting")]

    def __str__(self):
        return f"{self.model}: {self.error or self.state}"

    @property
    def name(self):
        return f"{self.model.partition('.')[2]}-{self.asked_at:%Y-%m-%d}.{self.format}"
