"""What is written and shown while an exchange is held: an intern's diary, pictures."""

import uuid
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from connect.pictures import DescribedPicture
from exchanges.models.exchanges import Exchange
from exchanges.models.people import Participant


class DiaryEntry(models.Model):
    """A day of an internship in the intern's own words, and what the colleagues there remark."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="diary")
    day = models.DateField(_("day"))
    did = models.TextField(_("what you did"), max_length=1500)
    learnt = models.TextField(_("what you have learnt"), max_length=1500)
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

    @property
    def remark_digest(self):
        """What changes with the remark: a page says with it which one it showed."""
        return sha256(self.remark.encode()).hexdigest()[:10]


def picture_path(picture, filename):
    """A name of ours: the sender's file name is data, never a path."""
    return f"exchanges/{uuid.uuid4()}.jpg"


class PictureQuerySet(models.QuerySet["Picture"]):
    def for_public(self) -> "PictureQuerySet":
        """Filter those that the public may see: whoever can be recognised has agreed, in person."""
        waiting = PicturePerson.objects.filter(picture=OuterRef("pk")).exclude(agrees=True)
        return self.filter(~Exists(waiting), has_consent=True)


class Picture(DescribedPicture):
    """A picture of an exchange; the public sees it only where everybody in it agreed.

    Whoever is known by name says so themselves (`people`); for others who can be recognised the
    one who adds it vouches.
    """

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="pictures")
    file = models.FileField(upload_to=picture_path)
    has_consent = models.BooleanField(
        _("whoever else can be recognised agreed to be shown in public")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    @property
    def is_public(self):
        return self.has_consent and all(one.agrees for one in self.people.all())


class PicturePerson(models.Model):
    """Somebody who can be recognised on a picture, and whether they agree that the public sees it.

    They say so by their own link, and may think again at any time. Who was taken out, or erased,
    has agreed to nothing.
    """

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="people")
    participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, related_name="pictured"
    )
    agrees = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["picture", "participant"], name="a_person_once_a_picture"
            )
        ]

    def __str__(self):
        return f"{self.picture_id}: {self.participant}"
