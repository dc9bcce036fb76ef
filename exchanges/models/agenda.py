"""The agenda of an exchange: what happens when and where, and which associations observe it."""

import uuid
import zoneinfo
from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.pasted_values import LONGEST_ADDRESS
from connect.statuses import StatusField
from connect.time_zones import canonical_zone, time_zone_place
from exchanges.enums import ExchangeStatus, ObserverAnswer, SessionKind
from exchanges.models.exchanges import Exchange
from registry.models import Association

OFF = {ExchangeStatus.POSTPONED, ExchangeStatus.CANCELLED}


class SessionQuerySet(models.QuerySet["Session"]):
    def not_cancelled(self) -> "SessionQuerySet":
        """Filter those that are not cancelled."""
        return self.filter(cancelled_at=None)

    def held_in(self, exchange: Exchange, now: datetime) -> list["Session"]:
        """Those of an exchange that took place: over, and not planned for days it did not have."""
        first, last = exchange.actual_start, exchange.actual_end
        from_day, until_day = exchange.planned_start, exchange.planned_end
        return [
            session
            for session in self.filter(exchange=exchange, ends_at__lte=now).not_cancelled()
            if not (from_day and until_day and first and last)
            or first <= session.day <= last
            or not from_day <= session.day <= until_day
        ]


class Session(models.Model):
    """One item of the agenda. Its uid stays, its sequence rises with each change (RFC 5545)."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="sessions")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    kind = models.CharField(
        _("description"),
        max_length=11,
        choices=SessionKind,
        default=SessionKind.WORK,
        db_default=SessionKind.WORK,
    )
    title = models.CharField(_("title"), max_length=150)
    theme = models.CharField(_("learning aim"), max_length=150, blank=True, db_default="")
    time_zone = models.CharField(_("time zone of the place"), max_length=50)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("link to join online"), max_length=LONGEST_ADDRESS, blank=True)
    speakers = models.CharField(_("who leads it"), max_length=300, blank=True)
    is_public = models.BooleanField(_("open to everybody: shown on the public page"), default=False)
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_it_starts",
                violation_error_message=_("It must end after it begins."),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_called_off(self):
        """True if it does not take place as written: calendars drop it."""
        if self.cancelled_at is not None:
            return True
        return self.exchange.status in OFF and not self.took_place_before

    @property
    def took_place_before(self):
        """True if it was over when its exchange, which had begun, was postponed or cancelled."""
        until = self.exchange.took_place_until
        return until is not None and self.ends_at <= until

    @property
    def zone_name(self):
        """The time zone of its hours; that of the exchange's place where it holds no place's."""
        return canonical_zone(self.time_zone) or self.exchange.zone_name

    @property
    def zone_words(self):
        return time_zone_place(self.zone_name)

    @property
    def zone(self):
        return zoneinfo.ZoneInfo(self.zone_name)

    @property
    def local_start(self):
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self):
        return self.ends_at.astimezone(self.zone)

    @property
    def day(self):
        """The day on which it begins where the exchange takes place, whatever zone its hours have.

        Under this day it stands in the agenda, and of this day it fills a part.
        """
        return self.start_there.date()

    @property
    def is_outside(self):
        """True if the exchange has days, and this one is none of them."""
        first, last = self.exchange.first_day, self.exchange.last_day
        return bool(first and last) and not first <= self.day <= last

    @property
    def start_there(self):
        return self.starts_at.astimezone(zoneinfo.ZoneInfo(self.exchange.zone_name))

    @property
    def end_there(self):
        return self.ends_at.astimezone(zoneinfo.ZoneInfo(self.exchange.zone_name))

    # In its own zone: a template's own filters would bring it back to Brussels.

    @property
    def local_day(self):
        return self.local_start.date()

    @property
    def starts_words(self):
        return f"{self.local_start:%H:%M}"

    @property
    def ends_next_day(self):
        return self.local_end.date() > self.local_day

    @property
    def ends_words(self):
        return end_in_words(self.local_start, self.local_end)

    @property
    def hours_words(self):
        """Its hours with their zone; those of the exchange's place too, where they differ."""
        hours = f"{self.starts_words}–{self.ends_words} ({self.zone_words})"
        if self.start_there.utcoffset() == self.local_start.utcoffset():
            return hours
        zone = time_zone_place(self.exchange.zone_name)
        ends = end_in_words(self.start_there, self.end_there)
        there = f"{self.start_there:%H:%M}–{ends} ({zone})"
        if self.local_day == self.day:
            return f"{there} · {hours}"
        return f"{there} · {date_format(self.local_day, 'MONTH_DAY_FORMAT')}, {hours}"


def end_in_words(start, end):
    """Return the hour at which an item ends, after midnight with its day; both in one zone."""
    hour = f"{end:%H:%M}"
    return gettext("%s the next day") % hour if end.date() > start.date() else hour


class ObservationQuerySet(models.QuerySet["Observation"]):
    def notified(self) -> "ObservationQuerySet":
        """Filter those of which somebody was notified: an invitation without a reader is none."""
        return self.exclude(told_at=None)


class Observation(models.Model):
    """An association invited to observe an item of the agenda, and what it answered."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="observations")
    association = models.ForeignKey(Association, models.PROTECT, related_name="observations")
    answer = StatusField(max_length=8, choices=ObserverAnswer, default=ObserverAnswer.WAITING)
    asked_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)  # somebody there was written to
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "association"], name="an_association_once_a_session"
            )
        ]

    def __str__(self):
        return f"{self.association}: {self.get_answer_display()}"
