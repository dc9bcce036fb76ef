"""What is written and shown while an exchange is held: an intern's diary, pictures."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.pictures import Described
from exchanges.models.exchanges import Exchange
from exchanges.models.people import Participant


class DiaryEntry(models.Model):
    """A day of an internship in the intern's own words, and what the colleagues there remark."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="diary")
    day = models.DateField(_("day"))
    did = models.TextField(_("what you did"), max_length=1500)
    learnt = models.TextField(_("what you learnt"), max_length=1500)
    takes_home = models.TextField(_("what you will try at home"), max_length=1500, blank=True)
    remark = models.TextField(_("remark"), max_length=1000, blank=True)
    remark_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "day"], name="one_diary_entry_a_day")
        ]

    def __str__(self):
        return f"{self.participant}, {self.day}"


def picture_path(picture, filename):
    """A name of ours: the sender's file name is data, never a path."""
    return f"exchanges/{uuid.uuid4()}.jpg"


class Picture(Described):
    """A picture of an exchange; the public sees it only where everybody in it agreed."""

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="pictures")
    file = models.FileField(upload_to=picture_path)
    has_consent = models.BooleanField(_("whoever can be recognised agreed to be shown in public"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
