"""What went wrong in an exchange. Staff read it; harm to people only those named for it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.dates import day_words
from connect.permissions import is_officer
from connect.restricted import RestrictedField
from exchanges.enums import IncidentKind, Severity
from exchanges.models.exchanges import Exchange

# A breach of personal data is told to the authority within 72 hours (GDPR, article 33).
TOLD_WITHIN = timedelta(hours=72)


READ_SAFEGUARDING = "exchanges.read_safeguarding"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def for_user(self, user) -> "IncidentQuerySet":
        """Officers read incidents; those of safeguarding, only who has the permission for it."""
        if not (user.is_active and is_officer(user)):
            return self.none()
        if user.has_perm(READ_SAFEGUARDING):
            return self
        return self.exclude(kind=IncidentKind.SAFEGUARDING)


class Incident(models.Model):
    exchange = models.ForeignKey(
        Exchange, models.PROTECT, verbose_name=_("exchange"), related_name="incidents"
    )
    happened_on = models.DateField(_("date of the incident"))
    kind = models.CharField(_("type of incident"), max_length=13, choices=IncidentKind)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    account = RestrictedField(_("what happened, and to whom"), max_length=3000)
    done = RestrictedField(_("action taken"), max_length=3000, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    closed_at = models.DateTimeField(pgettext_lazy("an incident", "closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("incident"), _("incidents")
        ordering = ["-reported_at", "-pk"]
        permissions = [("read_safeguarding", "Reads what harmed people")]

    def __str__(self):
        return f"{self.exchange.reference}, {day_words(self.happened_on)}"

    @property
    def desk_path(self):
        return reverse("admin:exchanges_incident_change", args=[self.pk])

    @property
    def report_deadline(self):
        """Until when a breach of personal data must be reported; None for anything else."""
        is_breach = self.kind == IncidentKind.DATA_BREACH
        return self.reported_at + TOLD_WITHIN if is_breach else None
