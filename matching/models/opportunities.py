"""Published requests, who answers them, and who wants to be told of them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from connect.statuses import StatusField
from connect.transitions import Event
from matching.enums import InterestStatus
from matching.querysets import InterestQuerySet, OpportunityQuerySet
from registry.models import Authority, Expert, Offer


class Opportunity(models.Model):
    """A validated dossier published to seek expertise."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="opportunity")
    published_at = models.DateTimeField()
    closes_on = models.DateField()
    extended_at = models.DateTimeField(null=True, blank=True)  # it may be extended once

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("request"), _("requests")
        ordering = ["closes_on", "pk"]

    def __str__(self):
        return self.dossier.title

    def get_absolute_url(self):
        return reverse("opportunity", args=[self.dossier.reference])

    @property
    def path(self):
        return f"/opportunities/{self.dossier.reference}/"


class Alert(models.Model):
    """A saved search of the board: its person is notified of new requests, at once or weekly."""

    AT_ONCE, WEEKLY = "at_once", "weekly"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    asked = models.JSONField()  # what `registry.search.Search` holds
    every = models.CharField(
        max_length=10,
        choices=[(AT_ONCE, _("at once")), (WEEKLY, _("once a week"))],
        default=AT_ONCE,
    )
    made_at = models.DateTimeField()
    told_at = models.DateTimeField()  # what was published until then is known

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "asked"], name="an_alert_once_a_search")
        ]

    def __str__(self):
        return f"{self.user_id}: {self.asked}"

    @property
    def address(self):
        """The address of the search, with what is asked."""
        return f"{reverse('opportunities')}?{urlencode(self.asked)}"

    @property
    def path(self):
        return f"/opportunities/?{urlencode(self.asked)}"


class Interest(models.Model):
    """An expert's answer to a dossier: spontaneous, or after an invitation.

    `authority` and `function_title` are where its expert works, and as what; once it is decided,
    or while a proposal holds it, where they worked then.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="interests")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="interests")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="interests")
    function_title = models.CharField(max_length=120, blank=True, db_default="")
    status = StatusField(max_length=12, choices=InterestStatus)
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    motivation = models.TextField(max_length=2000, blank=True)
    comparable_case = models.TextField(max_length=2000, blank=True)
    approach = models.TextField(max_length=2000, blank=True)
    days_possible = models.CharField(max_length=300, blank=True, db_default="")
    town_gives = models.CharField(max_length=600, blank=True, db_default="")
    references = models.CharField(max_length=600, blank=True, db_default="")
    cv = models.FileField(upload_to="interests/", blank=True, db_default="")
    cv_name = models.CharField(max_length=150, blank=True, db_default="")
    partnership = models.BooleanField(default=False)
    partnership_text = models.CharField(max_length=500, blank=True)
    conflict = models.BooleanField(default=False)
    conflict_text = models.CharField(max_length=500, blank=True, db_default="")
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # on the shortlist
    # The rules that said no when staff invited all the same; why stands with the event.
    excepted = ArrayField(
        models.CharField(max_length=20), default=list, db_default=Value([]), blank=True
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("answer to a request"), _("answers to requests")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "expert"],
                condition=~Q(status__in=["withdrawn", "expired", "undone"]),
                name="one_open_interest_an_expert",
            )
        ]

    def __str__(self):
        return f"{self.expert} · {self.authority}"

    def get_absolute_url(self):
        return reverse("interest", args=[self.dossier.reference, self.pk])

    @property
    def path(self):
        return f"/opportunities/{self.dossier.reference}/interests/{self.pk}/"

    @property
    def invitation_key(self):
        """The key of the letter that invites its expert."""
        return f"interest:{self.pk}:invited"

    @property
    def exception(self):
        """Why staff invited against a rule; empty where none was broken."""
        invited = next((event for event in self.events.all() if event.verb == "invite"), None)
        return invited.details.get("note", "") if invited else ""

    @property
    def waiver(self):
        """Why staff shortlisted it against a rule; empty where none was broken."""
        reasons = (event.details for event in self.events.all() if event.verb == "shortlist")
        return next((one["internal"] for one in reasons if one.get("excepted")), "")


class InterestEvent(Event):
    interest = models.ForeignKey(Interest, models.PROTECT, related_name="events")
