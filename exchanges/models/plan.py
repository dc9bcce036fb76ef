"""What a town does afterwards: its action plan, the measures, and what it reports on them."""

import hashlib
import json
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.dates import day_after, end_of_days
from connect.links import HasLink
from connect.statuses import Kind, StatusField, StatusWords
from exchanges.enums import ExchangeStatus, LearningLevel, MeasureStatus
from exchanges.models.exchanges import Exchange
from registry.models import Theme


def evidence_path(report, filename):
    """A name of ours: the sender's file name is data, never a path."""
    return f"evidence/{uuid.uuid4()}"


class ActionPlan(HasLink, models.Model):
    """The plan of one exchange; the legal representative approves it by link.

    What is approved is named by a digest of its measures, so that a later change shows;
    `last_approved` keeps what was approved last, when and by whom: {"at", "name", "measures"}.
    """

    PURPOSE, PAGE = "exchanges.plan", "/exchanges/plan/{}/"
    LINK_WORDS = _("an action plan to approve")
    OPEN_FOR = timedelta(days=60)

    exchange = models.OneToOneField(Exchange, models.PROTECT, related_name="plan")
    asked_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_name = models.CharField(max_length=150, blank=True)
    last_approved = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    declined_at = models.DateTimeField(null=True, blank=True)  # until they are asked again
    declined_why = models.CharField(max_length=1000, blank=True, db_default="")

    def __str__(self):
        return self.exchange.reference

    @property
    def last_approved_at(self):
        return datetime.fromisoformat(self.last_approved["at"]) if self.last_approved else None

    @property
    def link_holder(self):
        representative = self.exchange.dossier.representative
        return representative if representative.address else None

    def link_end(self, now):
        return end_of_days(now, self.OPEN_FOR)

    def may_withdraw_link(self, user):
        return Exchange.objects.filter_allowed(user, "follow").filter(pk=self.exchange_id).exists()

    @property
    def approval_status(self):
        """What the legal representative says to it, or whether somebody waits for that."""
        if self.approved_at:
            return StatusWords(Kind.DONE, pgettext_lazy("an action plan", "approved"))
        if self.declined_at:
            return StatusWords(Kind.STOPPED, pgettext_lazy("an action plan", "not approved"))
        if self.asked_at and self.valid_link:
            return StatusWords(Kind.WAITING, _("waiting for the legal representative"))
        return StatusWords(Kind.STOPPED, _("nobody is being asked now"))

    @property
    def digest(self):
        """The digest of all that the measures say, without their reports."""
        rows = list(self.measures.order_by("pk").values_list(*Measure.APPROVED_COLUMNS))
        return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


class MeasureQuerySet(models.QuerySet["Measure"]):
    def of_exchange(self, exchange) -> "MeasureQuerySet":
        """The measures of one exchange, with what was reported on each."""
        return self.filter(plan__exchange=exchange).with_reports()

    def with_reports(self) -> "MeasureQuerySet":
        return self.select_related("topic").prefetch_related("reports__by")


class Measure(models.Model):
    """One thing that the town does; its status and progress are those of its last report."""

    APPROVED_COLUMNS = (
        *("title", "description", "topic_id", "level", "indicator", "unit", "baseline", "target"),
        *("due_on", "responsible", "cost", "currency", "money"),
    )

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="measures")
    title = models.CharField(_("title"), max_length=150, validators=[MinLengthValidator(10)])
    description = models.TextField(
        _("description of the measure"), max_length=1000, validators=[MinLengthValidator(50)]
    )
    topic = models.ForeignKey(Theme, models.PROTECT, verbose_name=_("topic"), related_name="+")
    level = models.CharField(_("level of change"), max_length=14, choices=LearningLevel)
    indicator = models.CharField(_("indicator"), max_length=150)
    unit = models.CharField(_("unit"), max_length=40)
    baseline = models.DecimalField(
        _("baseline"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2)
    due_on = models.DateField(_("target date"))
    responsible = models.CharField(_("who is in charge: name and function"), max_length=150)
    cost = models.DecimalField(
        _("estimated cost"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    money = models.CharField(_("source of funds"), max_length=150, blank=True)
    status = StatusField(
        _("status"), max_length=7, choices=MeasureStatus, default=MeasureStatus.PLANNED
    )
    progress = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="measure_progress_in_percent"
            )
        ]

    def __str__(self):
        return self.title


class FollowUp(models.Model):
    """A report that a town is asked for six or twelve months after an exchange, answered once."""

    AHEAD = timedelta(days=14)  # from when on it is asked for

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="follow_ups")
    month = models.PositiveSmallIntegerField()  # 6 or 12
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    given_up_on = models.DateField(null=True, blank=True)  # nobody answered: never a success
    unexpected = models.TextField(
        _("were there any unexpected effects?"), max_length=1500, blank=True
    )
    help_wanted = models.TextField(_("what help would you like?"), max_length=1500, blank=True)
    in_contact = models.BooleanField(
        _("are you still in contact with your peers?"), null=True, blank=True
    )

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["exchange", "month"], name="a_follow_up_once_a_month"),
            models.CheckConstraint(condition=Q(month__in=[6, 12]), name="follow_up_at_6_or_12"),
        ]

    def __str__(self):
        return f"{self.exchange.reference}, {self.month}"

    @property
    def opens_on(self):
        """The day from which it can be sent: what is true then is asked, not what is foreseen."""
        return day_after(self.due_on, -self.AHEAD)

    def early_words(self, today):
        """Describe why it cannot be sent yet; "" once it can: in time, and after the one before."""
        if today < self.opens_on:
            day = date_format(self.opens_on, "DATE_FORMAT")
            return _("This report can be sent from %s on.") % day
        waiting = FollowUp.objects.filter(exchange=self.exchange_id, month__lt=self.month)
        before = waiting.filter(answered_at=None, given_up_on=None).first()
        if before:
            return _("First send the report after %d months.") % before.month
        return ""

    @property
    def is_expected_no_more(self):
        """True where it was given up before its day came."""
        return bool(self.given_up_on and self.given_up_on <= self.due_on)

    @property
    def report_status(self):
        """Whether the report came; None while it may still come."""
        if self.answered_at:
            return StatusWords(Kind.DONE, pgettext_lazy("a report", "sent"))
        if self.given_up_on or self.exchange.status == ExchangeStatus.CLOSED:
            return StatusWords(Kind.STOPPED, self.no_report_words)
        return None

    @property
    def no_report_words(self):
        """Describe that no report came, or that none is expected any more."""
        if self.is_expected_no_more:
            return _("no longer expected")
        return _("never received")


class MeasureReport(models.Model):
    """A report of a measure on one day: appended, never changed."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="reports")
    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    status = StatusField(max_length=7, choices=MeasureStatus)
    progress = models.PositiveSmallIntegerField()
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    evidence = models.FileField(upload_to=evidence_path, blank=True)
    evidence_name = models.CharField(max_length=150, blank=True)
    evidence_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{timezone.localtime(self.at):%Y-%m-%d}: {self.status}"
