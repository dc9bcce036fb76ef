"""Terms of reference: what both sides agree to do, version by version."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchanges.enums import Side
from exchanges.models.exchanges import Exchange


class Terms(models.Model):
    """A version of the terms of reference. A change makes the next one."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField()
    purpose = models.TextField(_("What should have changed at the end?"), max_length=2000)
    tasks = models.TextField(_("What will be done, and by whom?"), max_length=3000)
    outputs = models.TextField(_("What will be handed over at the end?"), max_length=2000)
    means = models.TextField(
        _("Who provides what: rooms, transport, interpreter?"), max_length=2000
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "number"], name="terms_numbered_once")
        ]

    def __str__(self):
        return f"{self.exchange.reference}, {self.number}"

    @property
    def is_agreed(self):
        """True once both sides signed this version."""
        signed = {signature.side for signature in self.signatures.all()}
        return {Side.REQUESTING, Side.OFFERING} <= signed


class TermsSignature(models.Model):
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=11, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["terms", "user"], name="terms_signed_once_a_person")
        ]

    def __str__(self):
        return self.name
