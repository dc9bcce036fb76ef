"""Experts: their profile, missions and topics."""

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.anonymity import FEW
from connect.countries import CountryField
from connect.dates import end_of_days
from connect.languages import label_with_value
from connect.letter_language import guess_language, letter_language_column
from connect.links import HasLink
from connect.mail import Recipient
from connect.names import check_function, check_name
from registry.enums import (
    FunctionFamily,
    Gender,
    Mastery,
    RoleType,
    Visibility,
)
from registry.exchange_forms import exchange_form_choices
from registry.models.authorities import Authority
from registry.models.themes import Theme
from registry.querysets import (
    ExpertQuerySet,
)


def photo_path(expert, filename):
    """A name of ours: the person's own file name is data, never a path."""
    return f"experts/{uuid.uuid4()}.jpg"


class Expert(HasLink, models.Model):
    """A person who offers know-how, as their profile page says it.

    Seen by staff, and by others as `visibility` says; gender serves statistics alone.
    A link lets the employer say whether it agrees in principle.
    """

    PURPOSE, PAGE = "registry.employer", "/experts/agree/{}/"
    LINK_WORDS = _("an employer's agreement in principle")
    ENDS_WITH = ("authority_id",)  # another town: another link, as for another superior
    ASKED_FOR = timedelta(days=60)

    user = models.OneToOneField(
        "accounts.User", models.CASCADE, verbose_name=_("person"), related_name="expert"
    )
    slug = models.SlugField(max_length=120, unique=True)
    authority = models.ForeignKey(
        Authority, models.PROTECT, verbose_name=_("authority"), related_name="experts"
    )
    role_type = models.CharField(_("elected or technical"), max_length=10, choices=RoleType)
    function_title = models.CharField(_("function"), max_length=120, validators=[check_function])
    function = models.CharField(_("field of the function"), max_length=20, choices=FunctionFamily)
    years = models.PositiveSmallIntegerField(
        _("years in this function"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    local_years = models.PositiveSmallIntegerField(
        _("years in local government"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    mandate_ends_on = models.DateField(_("end of the mandate, if elected"), null=True, blank=True)
    missions = models.PositiveSmallIntegerField(
        _("missions abroad so far"), null=True, blank=True, validators=[MaxValueValidator(1000)]
    )
    max_days = models.PositiveSmallIntegerField(
        _("maximum days away"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    notice_weeks = models.PositiveSmallIntegerField(
        _("weeks of notice needed"), null=True, blank=True, validators=[MaxValueValidator(52)]
    )
    photo = models.FileField(_("photograph"), upload_to=photo_path, blank=True, db_default="")
    gender = models.CharField(
        _("gender (for figures alone)"), max_length=12, choices=Gender, blank=True, db_default=""
    )
    languages = models.JSONField(_("languages"), default=dict)  # {"fr": "B2", "nl": "native"}
    travel_excluded = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    employer_name = models.CharField(
        _("superior's name"), max_length=150, blank=True, validators=[check_name]
    )
    employer_email = models.EmailField(_("superior's e-mail"), blank=True)
    employer_language = letter_language_column()
    employer_asked_at = models.DateTimeField(_("superior asked"), null=True, blank=True)
    employer_agrees = models.BooleanField(_("superior agrees"), null=True, blank=True)
    employer_answered_at = models.DateTimeField(_("superior answered"), null=True, blank=True)
    visibility = models.CharField(
        _("who may see this profile"), max_length=10, choices=Visibility, default="staff"
    )
    consent_at = models.DateTimeField(_("agreed to be public"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed"), default=timezone.localdate)
    is_hidden = models.BooleanField(default=False, db_default=False)  # not confirmed for a year
    # What towns they helped answered when asked how satisfied they are, 1 to 5: how many, the mean.
    rating_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rating_mean = models.FloatField(null=True, blank=True, editable=False)

    # Whether they left the authority of their profile, where that was asked of many at once.
    has_left: bool | None = None

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("expert"), _("experts")
        ordering = ["user__name", "pk"]

    def __str__(self):
        return self.user.name

    def get_absolute_url(self):
        return reverse("expert", args=[self.slug])

    @property
    def is_rated(self):
        """True once enough people have rated their help for a mean that names none of them."""
        return self.rating_count >= FEW

    @property
    def superior(self):
        """Who agrees before each exchange, to be written to."""
        language = self.employer_language or guess_language(str(self.authority.country))
        return Recipient(self.employer_email, self.employer_name, language)

    @property
    def link_holder(self):
        has_left = self.has_left
        if has_left is None:
            has_left = Expert.objects.former_members().filter(pk=self.pk).exists()
        if not self.employer_email or has_left:
            return None
        return self.superior

    def link_end(self, now):
        return end_of_days(now, self.ASKED_FOR)

    def may_withdraw_link(self, user):
        return self.user_id == user.pk


class Mission(models.Model):
    """Something an expert did abroad: where, when, on what, and what came of it."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="past_missions")
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1970), MaxValueValidator(2100)]
    )
    country = CountryField()
    form = models.CharField(max_length=20, choices=exchange_form_choices)
    result = models.CharField(max_length=500)

    class Meta:
        ordering = ["-year", "pk"]

    def __str__(self):
        return f"{self.year}, {self.country.name}"


class Competence(models.Model):
    """A topic that an expert masters, how well, and what shows it."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="topics")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-level", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "theme"], name="a_topic_once_an_expert")
        ]

    def __str__(self):
        return label_with_value(self.theme, self.get_level_display())

    def get_level_display(self):
        return Mastery(str(self.level)).label
