"""Meetings of a call's committee: who is invited, which cases in which order, what was decided."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import MeetingStatus, Outcome
from applications.models.calls import Call
from applications.models.dossier import Dossier
from applications.models.dossier_events import DossierEvent
from applications.permissions import MEETINGS
from connect.pasted_values import LONGEST_ADDRESS
from connect.statuses import StatusField
from connect.transitions import Event


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def for_user(self, user) -> "MeetingQuerySet":
        return MEETINGS.filter_allowed(self, "read", user)

    def planned(self) -> "MeetingQuerySet":
        return self.filter(status=MeetingStatus.PLANNED)

    def lacking_people(self) -> "MeetingQuerySet":
        """Filter the planned ones whose chair does not come, or so few that there is no quorum.

        Each with `is_chair_away`, and `coming`: how many have not declined. Who has no account
        any more does not come.
        """
        members = MeetingMember.objects.filter(meeting=OuterRef("pk"))
        declined = members.filter(Q(comes=False) | Q(member__is_active=False))
        is_coming = Q(members__comes=None) | Q(members__comes=True)
        coming = Count("members", filter=is_coming & Q(members__member__is_active=True))
        asked = self.planned().annotate(
            is_chair_away=Exists(declined.filter(member=OuterRef("chair"))), coming=coming
        )
        too_few = Q(Exists(declined), coming__lt=F("call__quorum"))
        return asked.filter(Q(is_chair_away=True) | too_few)

    def filter_allowed(self, user, verb) -> "MeetingQuerySet":
        """Meetings with which this person may do what the table of permissions calls so."""
        return MEETINGS.filter_allowed(self, verb, user)


class Meeting(models.Model):
    """A meeting of a call's committee. Its uid stays, its sequence rises with each change.

    `opening` and `closing` are what its minutes say beside its cases; once signed, they stand.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="meetings")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    status = StatusField(
        gettext_lazy("status"),
        max_length=10,
        choices=MeetingStatus,
        default=MeetingStatus.PLANNED,
    )
    status_since = models.DateTimeField()
    changed_at = models.DateTimeField()
    starts_at = models.DateTimeField(gettext_lazy("starts at"))
    ends_at = models.DateTimeField(gettext_lazy("ends at"))
    place = models.CharField(gettext_lazy("place"), max_length=200, blank=True)
    link = models.URLField(
        gettext_lazy("link to join online"), max_length=LONGEST_ADDRESS, blank=True
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=gettext_lazy("chair"),
        related_name="+",
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=gettext_lazy("signs for the cases that the chair left"),
        related_name="+",
    )
    opening = models.TextField(gettext_lazy("before the cases"), max_length=10000, blank=True)
    closing = models.TextField(gettext_lazy("after the cases"), max_length=10000, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message=gettext_lazy("It must end after it begins."),
            )
        ]

    def __str__(self):
        return _("Committee meeting of %s") % date_format(self.day, "DATE_FORMAT")

    @property
    def reference(self):
        return str(self)

    @property
    def day(self):
        return timezone.localdate(self.starts_at)

    @property
    def path(self):
        return f"/committee/meetings/{self.pk}/"

    @property
    def desk_path(self):
        return f"/admin/applications/call/{self.call_id}/meetings/{self.pk}/"

    def has_begun(self, now):
        """True from the morning of its day: a committee may begin before the hour."""
        return self.day <= timezone.localdate(now)


class MeetingMember(models.Model):
    """A member who is invited to a meeting: whether they mean to come, and whether they came."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="members")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="meetings")
    comes = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_present = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["member__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="a_member_once_a_meeting")
        ]

    def __str__(self):
        return f"{self.meeting_id}/{self.member_id}"


class MeetingCase(models.Model):
    """A dossier on the agenda of a meeting: what was proposed, how it was voted, what came of it.

    `decision` is the event that moved the dossier; without one it was postponed, or is still open.
    `minutes` is what the minutes say of it.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="cases")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="cases")
    position = models.PositiveSmallIntegerField()
    proposal = models.CharField(max_length=10, choices=Outcome, blank=True)
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    reason = models.CharField(max_length=2000, blank=True)
    decision = models.ForeignKey(
        DossierEvent, models.PROTECT, null=True, blank=True, related_name="+"
    )
    minutes = models.TextField(max_length=10000, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "dossier"], name="a_case_once_a_meeting")
        ]

    def __str__(self):
        return f"{self.meeting_id}/{self.dossier_id}"

    @property
    def outcome_words(self):
        """What was decided, or that it was postponed; "" while it is open."""
        if self.decision:
            return str(self.decision.past)
        return _("Postponed to another meeting") if self.outcome else ""

    @property
    def was_voted(self):
        return self.votes_for is not None

    @property
    def was_agreed(self):
        """True of a decision without votes that the meeting took; the file may have another."""
        return self.decision is not None and "case" in self.decision.details


class MeetingEvent(Event):
    """One line of a meeting's history."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="events")
