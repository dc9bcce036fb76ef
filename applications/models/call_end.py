"""What the end of its call means for an application."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.enums import BEFORE_COMMITTEE, UNSENT


class EndsWithItsCall:
    """A dossier, which can be submitted until its call closes."""

    call: Any
    status: Any
    typed_by_id: Any
    arrived_on: Any
    created_at: Any

    def is_in_time(self, now):
        """True while its call is open; of what staff type in, where it arrived while it was."""
        if self.call.is_open(now) or not self.typed_by_id:
            return self.call.is_open(now)
        if self.arrived_on:
            return self.call.first_day <= self.arrived_on <= self.call.last_day
        return self.created_at < self.call.closes_at

    @property
    def is_past_its_call(self):
        """True of a draft that can no longer be submitted, unless its call is opened again."""
        now = timezone.now()
        return self.status in UNSENT and self.call.closes_at <= now and not self.is_in_time(now)

    @property
    def asks_others(self):
        """True while co-applicants and the legal representative may still answer."""
        return self.status in BEFORE_COMMITTEE and not self.is_past_its_call

    def refuse_after_call(self):
        """Raise ValidationError where others would be asked about a draft that came too late."""
        if self.is_past_its_call:
            raise ValidationError(self.describe_call_end(), code="closed")

    def describe_call_end(self):
        words = _("The call closed on %s (Brussels time): this can no longer be submitted.")
        return words % date_format(timezone.localtime(self.call.closes_at), "DATETIME_FORMAT")
