"""Authorities, associations, people's memberships, themes, experts and their offers."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from connect.links import HasLink
from connect.transitions import Event
from registry.enums import (
    AuthorityStatus,
    ExchangeForm,
    FunctionFamily,
    Gender,
    Geography,
    IncomeLevel,
    Mastery,
    MembershipStatus,
    OfferStatus,
    Role,
    RoleType,
    Tier,
    Visibility,
)
from registry.querysets import (
    AuthorityQuerySet,
    ExpertQuerySet,
    MembershipQuerySet,
    OfferQuerySet,
    SearchEntryQuerySet,
)


class Theme(models.Model):
    """A theme, or a topic below one. Loaded from `registry/data/themes.csv`."""

    code = models.CharField(max_length=80, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="topics")
    names = models.JSONField()  # {language: name} in English, French, Spanish, Portuguese, Dutch
    synonyms = models.JSONField()  # {language: [words]}
    dac_code = models.CharField(max_length=5)
    sdg = models.CharField(max_length=5)  # text: 16.10 is not 16.1

    class Meta:
        verbose_name, verbose_name_plural = _("theme"), _("themes")
        ordering = ["code"]

    def __str__(self):
        return self.names.get(get_language() or "en") or self.names["en"]


class Income(models.Model):
    """The income group of a country, from a dated table."""

    country = CountryField(unique=True)
    level = models.CharField(max_length=2, choices=IncomeLevel)
    fiscal_year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["country"]

    def __str__(self):
        return f"{self.country.name}: {self.get_level_display()}"


class Association(models.Model):
    """An association of local and regional authorities."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    country = CountryField(_("country"))
    domain = models.CharField(_("web domain"), max_length=100, blank=True)
    scope = models.CharField(_("scope"), max_length=20)

    class Meta:
        verbose_name, verbose_name_plural = _("association"), _("associations")
        ordering = ["country", "name"]

    def __str__(self):
        return self.acronym or self.name


class Authority(models.Model):
    """A local or regional authority, an inter-municipal body or a municipal company."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(_("official name"), max_length=200)
    country = CountryField(_("country"))
    tier = models.CharField(_("tier"), max_length=20, choices=Tier, default=Tier.MUNICIPALITY)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(
        _("year of the count"), null=True, blank=True
    )
    geography = ArrayField(
        models.CharField(max_length=20, choices=Geography),
        verbose_name=_("geography"),
        default=list,
        blank=True,
    )
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    geonames_id = models.PositiveIntegerField(null=True, blank=True, unique=True)
    wikidata_id = models.CharField(
        max_length=20,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^Q[1-9]\d*$")],
    )
    website = models.URLField(_("web site"), blank=True)
    email_domains = ArrayField(
        models.CharField(max_length=100), verbose_name=_("e-mail domains"), default=list, blank=True
    )
    status = models.CharField(
        _("status"), max_length=10, choices=AuthorityStatus, default="proposed"
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("merged into"), null=True, blank=True
    )
    merged_on = models.DateField(_("merged on"), null=True, blank=True)
    associations = models.ManyToManyField(Association, related_name="members", blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("authority"), _("authorities")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(status=AuthorityStatus.MERGED),
                name="only_a_merged_authority_has_a_successor",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("authority", args=[self.slug])

    @property
    def place(self):
        return f"{self.name}, {self.country.name}"

    def has_member(self, user, *roles):
        """True if this person is an active member here (with one of these roles)."""
        if user is None or not user.is_active:
            return False
        memberships = self.memberships.active().filter(user=user)
        return (memberships.with_role(*roles) if roles else memberships).exists()


class Membership(models.Model):
    """A person's place in an authority or an association, asked for and then decided."""

    user = models.ForeignKey(
        "accounts.User", models.CASCADE, verbose_name=_("person"), related_name="memberships"
    )
    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        verbose_name=_("authority"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    association = models.ForeignKey(
        Association,
        models.PROTECT,
        verbose_name=_("association"),
        null=True,
        blank=True,
        related_name="memberships",
    )
    roles = ArrayField(models.CharField(max_length=30, choices=Role), default=list, blank=True)
    function = models.CharField(_("function"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=MembershipStatus, default="asked")
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    grounds = models.CharField(_("why it was verified"), max_length=300, blank=True)
    opens_at = models.DateTimeField(null=True, blank=True)  # accepted then, if nobody objects

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("membership"), _("memberships")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(authority=None) ^ Q(association=None),
                name="membership_of_one_organisation",
            ),
            models.UniqueConstraint(
                fields=["user", "authority"],
                condition=Q(status__in=["asked", "active"]),
                name="one_membership_an_authority",
            ),
            models.UniqueConstraint(
                fields=["user", "association"],
                condition=Q(status__in=["asked", "active"]),
                name="one_membership_an_association",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.organisation}"

    @property
    def organisation(self):
        return self.authority or self.association


def photo_path(expert, filename):
    """A name of ours: the person's own file name is data, never a path."""
    return f"experts/{uuid.uuid4()}.jpg"


class Expert(HasLink, models.Model):
    """A person who offers know-how, as their profile page says it.

    Seen by staff, and by others as `visibility` says; gender serves statistics alone.
    A link lets the employer say whether it agrees in principle.
    """

    SALT, PAGE = "registry.employer", "/experts/agree/{}/"

    user = models.OneToOneField(
        "accounts.User", models.CASCADE, verbose_name=_("person"), related_name="expert"
    )
    slug = models.SlugField(max_length=120, unique=True)
    authority = models.ForeignKey(
        Authority, models.PROTECT, verbose_name=_("authority"), related_name="experts"
    )
    role_type = models.CharField(_("elected or technical"), max_length=10, choices=RoleType)
    function_title = models.CharField(_("function"), max_length=120)
    function = models.CharField(_("field of the function"), max_length=20, choices=FunctionFamily)
    years = models.PositiveSmallIntegerField(
        _("years in this function"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    local_years = models.PositiveSmallIntegerField(
        _("years in local government"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    mandate_ends_on = models.DateField(_("end of the mandate, if elected"), null=True, blank=True)
    missions = models.PositiveSmallIntegerField(_("missions abroad so far"), null=True, blank=True)
    max_days = models.PositiveSmallIntegerField(
        _("days away at most"), null=True, blank=True, validators=[MaxValueValidator(60)]
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
    employer_name = models.CharField(_("superior's name"), max_length=150, blank=True)
    employer_email = models.EmailField(_("superior's e-mail"), blank=True)
    employer_language = models.CharField(max_length=5, default="en")
    employer_asked_at = models.DateTimeField(null=True, blank=True)
    employer_agrees = models.BooleanField(null=True, blank=True)
    employer_answered_at = models.DateTimeField(null=True, blank=True)
    visibility = models.CharField(
        _("who may see this profile"), max_length=10, choices=Visibility, default="staff"
    )
    consent_at = models.DateTimeField(null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed"), default=timezone.localdate)
    is_hidden = models.BooleanField(default=False, db_default=False)  # not confirmed for a year

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("expert"), _("experts")
        ordering = ["user__name", "pk"]

    def __str__(self):
        return self.user.name

    def get_absolute_url(self):
        return reverse("expert", args=[self.slug])


class Mission(models.Model):
    """Something an expert did abroad: where, when, on what, and what came of it."""

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="past_missions")
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1970), MaxValueValidator(2100)]
    )
    country = CountryField()
    form = models.CharField(max_length=20, choices=ExchangeForm)
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
        return f"{self.theme}: {self.get_level_display()}"

    def get_level_display(self):
        return Mastery(str(self.level)).label


class Offer(models.Model):
    """An expert's standing know-how, that requests are matched with."""

    expert = models.ForeignKey(
        Expert, models.CASCADE, verbose_name=_("expert"), related_name="offers"
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what I can help with"), max_length=2000)
    language = models.CharField(_("written in"), max_length=5)
    forms = ArrayField(models.CharField(max_length=20, choices=ExchangeForm), default=list)
    capacity = models.PositiveSmallIntegerField(_("exchanges a year at most"), default=2)
    remote = models.BooleanField(_("can also help at a distance"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=OfferStatus, default="draft")
    status_since = models.DateTimeField(_("since"), default=timezone.now)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("offer"), _("offers")
        ordering = ["pk"]

    def __str__(self):
        return self.title


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
        return f"{self.theme}: {Mastery(str(self.level)).label}"

    def get_level_display(self):
        return Mastery(str(self.level)).label


class OfferWindow(models.Model):
    """Days, both included, on which an expert is free."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="windows")
    starts_on = models.DateField(_("free from"))
    ends_on = models.DateField(_("free until"))

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

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="events")


class SearchEntry(models.Model):
    """What is found of an expert, an authority or an opportunity, and by which words (`search.py`).

    A copy that may be written anew at any time; who may read the thing itself, `for_user` decides.
    """

    EXPERT, AUTHORITY, OPPORTUNITY = "expert", "authority", "opportunity"

    kind = models.CharField(max_length=12)
    key = models.BigIntegerField()
    name = models.CharField(max_length=250)  # lower case, without accents
    words = SearchVectorField()
    is_public = models.BooleanField()
    country = models.CharField(max_length=2)
    themes = ArrayField(models.CharField(max_length=80), default=list)
    forms = ArrayField(models.CharField(max_length=20), default=list)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    at = models.DateTimeField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_search_entry_a_thing")
        ]
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["name"], name="search_letters", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["themes"], name="search_themes"),
            models.Index(fields=["kind", "is_public", "name", "key"], name="search_names"),
            models.Index(fields=["kind", "country"], name="search_countries"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"
