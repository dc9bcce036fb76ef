"""Good practices: one a page, written in one or more languages."""

import hashlib
import json
import uuid
from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from connect.dates import months_after
from connect.languages import current_language, join_parts, language_choices
from connect.pictures import DescribedPicture
from connect.statuses import StatusField
from connect.transitions import Event
from exchanges.models import Exchange, Picture
from matching.reasons import describe_grounds
from practices.enums import Party, PracticeStatus
from practices.permissions import AGREED_IN, PRACTICES
from registry.models import Authority, Theme

LICENCE = "CC BY 4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"


def photo_path(photo, filename):
    """A name of ours: the sender's file name is data, never a path."""
    return f"practices/{uuid.uuid4()}.jpg"


class PracticeQuerySet(models.QuerySet["Practice"]):
    def for_user(self, user) -> "PracticeQuerySet":
        return PRACTICES.filter_allowed(self, "read", user)

    def filter_allowed(self, user, verb) -> "PracticeQuerySet":
        return PRACTICES.filter_allowed(self, verb, user)

    def published(self) -> "PracticeQuerySet":
        return self.filter(status=PracticeStatus.PUBLISHED)

    def outdated(self, today: date) -> "PracticeQuerySet":
        """Filter what is published and was last confirmed two years ago or earlier."""
        return self.published().filter(reviewed_on__lte=months_after(today, -24))

    def with_list_details(self) -> "PracticeQuerySet":
        return self.select_related("exchange__dossier__authority").prefetch_related(
            "texts", "topics"
        )


class Practice(models.Model):
    """What a town did with what it learnt, so that others can do it too."""

    slug = models.SlugField(max_length=140, unique=True)
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="practices")
    status = StatusField(
        _("status"), max_length=9, choices=PracticeStatus, default=PracticeStatus.DRAFT
    )
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    language = models.CharField(_("written in"), max_length=5, choices=language_choices)
    topics = models.ManyToManyField(Theme, verbose_name=_("topics"), related_name="practices")
    year_from = models.PositiveSmallIntegerField(
        _("from (year)"), validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    year_to = models.PositiveSmallIntegerField(
        _("to (year)"), validators=[MinValueValidator(1990), MaxValueValidator(2100)]
    )
    published_at = models.DateTimeField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    views = models.PositiveIntegerField(_("times read"), default=0, db_default=0, editable=False)
    related = ArrayField(models.BigIntegerField(), default=list, blank=True)  # nearest first

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("good practice"), _("good practices")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_to__gte=F("year_from")),
                name="practice_ends_after_it_starts",
                violation_error_message=_("It cannot end before it begins."),
            )
        ]

    def __str__(self):
        return self.text.title if self.text else self.slug

    def get_absolute_url(self):
        return reverse("practice", args=[self.slug])

    @property
    def path(self):
        return f"/practices/{self.slug}/"

    @property
    def authority(self):
        return self.exchange.dossier.authority

    def in_language(self, code):
        """Return the text in a language, else as it was first written, else any."""
        texts = {text.language: text for text in self.texts.all()}
        return texts.get(code) or texts.get(self.language) or next(iter(texts.values()), None)

    @property
    def text(self):
        """The text for the reader of this page."""
        return self.in_language(current_language())

    @property
    def stale_languages(self):
        """The languages whose text is older than a change of the original."""
        original = self.in_language(self.language)
        others = [text for text in self.texts.all() if text is not original]
        return {text.language for text in others if text.checked_at < original.changed_at}

    @property
    def digest(self):
        """A digest of its texts as they last changed: of what somebody agrees to publish."""
        changes = sorted([one.language, one.changed_at.isoformat()] for one in self.texts.all())
        return hashlib.sha256(json.dumps(changes).encode()).hexdigest()[:20]

    @property
    def licence(self):
        return LICENCE

    @property
    def parties(self):
        """The parties that have agreed to publication."""
        return {agreement.party for agreement in self.agreements.all()}

    @property
    def is_left_unpublished(self):
        """True of one that was taken off, while no side has agreed to it anew."""
        anew = any(one.at > self.status_since for one in self.agreements.all())
        return self.status == PracticeStatus.ARCHIVED and not anew

    @property
    def waiting_words(self):
        """Describe for whom it waits while it is read; "" in any other status."""
        if self.status not in AGREED_IN:
            return ""
        missing = [str(party.label) for party in Party if party not in self.parties]
        if missing:
            return gettext("Waiting for the agreement of: %s") % join_parts(missing)
        return gettext("With the programme team: both sides have agreed.")


class PracticeText(models.Model):
    """A practice in one language; the first is the original, the others its translations."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=5, choices=language_choices)
    title = models.CharField(_("title"), max_length=120)
    summary = models.TextField(_("in short"), max_length=500)
    problem = models.TextField(_("the problem"), max_length=2000, blank=True)
    done = models.TextField(_("what was done"), max_length=3000, blank=True)
    result = models.TextField(_("the result, with numbers"), max_length=2000, blank=True)
    cost = models.TextField(_("what it cost, in money and staff"), max_length=1000, blank=True)
    failed = models.TextField(_("what did not work"), max_length=1500, blank=True)
    conditions = models.TextField(_("what you need to do the same"), max_length=1500, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, db_default=Now())
    checked_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "language"], name="a_text_once_a_language")
        ]

    def __str__(self):
        return self.title


class PhotoQuerySet(models.QuerySet["Photo"]):
    def with_consent(self) -> "PhotoQuerySet":
        """Filter those of which nobody who can be recognised has withdrawn their consent."""
        return self.filter(Q(picture=None) | Q(picture__in=Picture.objects.for_public()))


class Photo(DescribedPicture):
    """A picture of a practice, shown to whoever reads it while those on it agree."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="photos")
    picture = models.ForeignKey(  # of the exchange, where it was taken from there
        Picture, models.PROTECT, null=True, blank=True, related_name="+"
    )
    file = models.FileField(upload_to=photo_path)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]


class Agreement(models.Model):
    """One party's consent to publication; a change of the text ends it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="agreements")
    party = models.CharField(max_length=10, choices=Party)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "party"], name="a_party_agrees_once")
        ]

    def __str__(self):
        return self.name


class Use(models.Model):
    """A report of an authority that did the same, in its own words."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="uses")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    words = models.CharField(_("what it changed in your authority"), max_length=500)
    at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)  # before, its practice's own read it

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "authority"], name="a_use_once_a_town")
        ]

    def __str__(self):
        return f"{self.authority}: {self.words}"

    @property
    def version(self):
        """What changes with its words: a page says with it which ones it showed."""
        return self.at.isoformat()


class PracticeEvent(Event):
    practice = models.ForeignKey(Practice, models.PROTECT, related_name="events")

    @property
    def changes(self):
        """Of an agreement: on whose behalf it was given."""
        party = self.details.get("party")
        return [Party(party).label] if party else []


class NearestPractices(models.Model):
    """The practices nearest to a request, with why, as a worker found them last."""

    dossier = models.OneToOneField(
        Dossier, models.CASCADE, related_name="nearest_practices", primary_key=True
    )
    made_of = models.CharField(max_length=64)  # the digest of what was read
    entries = models.JSONField(default=list)  # of the engine, nearest first

    class Meta:
        ordering = ["dossier"]

    def __str__(self):
        return str(self.dossier)

    def describe(self):
        """List (practice, why in words) of those that are still published."""
        keys = [entry["offer_id"] for entry in self.entries]
        practices = Practice.objects.published().with_list_details().in_bulk(keys)
        return [
            (practices[key], whys)
            for key, whys in zip(keys, describe_grounds(self.entries))
            if key in practices
        ]
