"""Offers: the standing know-how of experts, that requests are matched with."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.languages import label_with_value
from connect.pasted_values import check_no_contact
from connect.statuses import StatusField
from connect.transitions import Event
from registry.enums import (
    Mastery,
    OfferStatus,
)
from registry.exchange_forms import exchange_form_choices
from registry.models.experts import Expert
from registry.models.themes import Theme
from registry.querysets import (
    OfferQuerySet,
)


class Offer(models.Model):
    """What an expert offers to help with, which requests are matched with."""

    expert = models.ForeignKey(
        Expert, models.CASCADE, verbose_name=_("expert"), related_name="offers"
    )
    title = models.CharField(_("title"), max_length=120, validators=[check_no_contact])
    text = models.TextField(
        _("what I can help with"), max_length=2000, validators=[check_no_contact]
    )
    language = models.CharField(_("written in"), max_length=5)
    forms = ArrayField(models.CharField(max_length=20, choices=exchange_form_choices), default=list)
    capacity = models.PositiveSmallIntegerField(
        _("exchanges per year at most"), default=2, validators=[MaxValueValidator(52)]
    )
    remote = models.BooleanField(_("can also help at a distance"), null=True, blank=True)
    status = StatusField(_("status"), max_length=10, choices=OfferStatus, default="draft")
    status_since = models.DateTimeField(_("since"), default=timezone.now)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("offer"), _("offers")
        ordering = ["pk"]

    def __str__(self):
        return self.title

    @property
    def windows_to_come(self):
        """The free periods that are not over."""
        return [one for one in self.windows.all() if one.ends_on >= timezone.localdate()]


class OfferTopic(models.Model):
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="topics")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)]
    )

    class Meta:
        ordering = ["-level", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "theme"], name="a_topic_once_an_offer")
        ]

    def __str__(self):
        return label_with_value(self.theme, Mastery(str(self.level)).label)

    def get_level_display(self):
        return Mastery(str(self.level)).label


class OfferWindow(models.Model):
    """A period, both days included, in which an expert is free."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="windows")
    starts_on = models.DateField(_("available from"))
    ends_on = models.DateField(_("available until"))

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="window_ends_after_it_starts"
            )
        ]

    def __str__(self):
        return f"{self.starts_on} – {self.ends_on}"


class OfferEvent(Event):
    """One line of an offer's life."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="events")
