"""Authorities, their associations, and who belongs to them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.countries import CountryField
from connect.languages import isolate, join_names, join_parts
from connect.pasted_values import LONGEST_ADDRESS
from connect.statuses import StatusField
from registry.addresses import domain_of, is_for_anybody
from registry.enums import (
    AUTHOR_ROLES,
    ROLE_TASKS,
    Admission,
    AuthorityStatus,
    Geography,
    MembershipStatus,
    Role,
    Scope,
    Tier,
)
from registry.querysets import AuthorityQuerySet, MembershipQuerySet


class Association(models.Model):
    """An association of local and regional authorities."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    country = CountryField(_("country"))
    domain = models.CharField(_("web domain"), max_length=100, blank=True)
    scope = models.CharField(_("scope"), max_length=20, choices=Scope)

    class Meta:
        verbose_name, verbose_name_plural = _("association"), _("associations")
        ordering = ["country", "name"]

    def __str__(self):
        return self.acronym or self.name


class Authority(models.Model):
    """A local or regional authority, an inter-municipal body or a municipal company."""

    slug = models.SlugField(_("address on this site"), max_length=120, unique=True)
    name = models.CharField(_("official name"), max_length=200)
    country = CountryField(_("country"))
    tier = models.CharField(_("tier"), max_length=20, choices=Tier, default=Tier.MUNICIPALITY)
    population = models.PositiveIntegerField(
        _("population"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(500_000_000)],
    )
    population_year = models.PositiveSmallIntegerField(
        _("year of the count"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    geography = ArrayField(
        models.CharField(max_length=20, choices=Geography),
        verbose_name=_("geography"),
        default=list,
        blank=True,
    )
    latitude = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    geonames_id = models.PositiveIntegerField(
        _("number in GeoNames"), null=True, blank=True, unique=True
    )
    wikidata_id = models.CharField(
        _("number in Wikidata"),
        max_length=20,
        null=True,
        blank=True,
        unique=True,
        validators=[
            RegexValidator(
                r"^Q[1-9]\d*$", _("Write the letter Q and the digits after it, for example Q1761.")
            )
        ],
    )
    website = models.URLField(_("website"), max_length=LONGEST_ADDRESS, blank=True)
    email_domains = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("registered e-mail domains"),
        help_text=_(
            "The authority's own, checked by us: anyone with such an address can be "
            "admitted as a colleague. Without @, separated by commas."
        ),
        default=list,
        blank=True,
    )
    status = StatusField(_("status"), max_length=10, choices=AuthorityStatus, default="proposed")
    # Since when it waits to be verified; unknown of some that were imported long ago.
    created_at = models.DateTimeField(
        _("entered on"), default=timezone.now, null=True, blank=True, editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("merged into"), null=True, blank=True
    )
    merged_on = models.DateField(_("merged on"), null=True, blank=True)
    associations = models.ManyToManyField(
        Association, verbose_name=_("associations"), related_name="members", blank=True
    )
    former_names = ArrayField(
        models.CharField(max_length=200),
        verbose_name=_("former names"),
        help_text=_("Its own, and those of the authorities that were merged into it."),
        default=list,
        db_default=[],
        blank=True,
    )

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
        return join_names([isolate(self.name), self.country.name])

    @property
    def typed_place(self):
        """Its place as somebody would type it: to be saved, or to stand in a field."""
        return join_names([self.name, self.country.name])

    @property
    def place_spellings(self):
        """Its place in every language of the site, by its present and former names."""
        spellings = set()
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                country = self.country.name
                for name in self.names:
                    spellings |= {join_names([isolate(name), country]), f"{name}, {country}"}
                    spellings.add(join_names([name, country]))
        return spellings

    @property
    def place_with_former_names(self):
        """Its place with its former names, for who knows it by one."""
        if not self.former_names:
            return self.place
        return gettext("%(place)s (formerly: %(names)s)") % {
            "place": self.place,
            "names": join_names(map(isolate, self.former_names)),
        }

    @property
    def names(self):
        """Its present and former names."""
        return [self.name, *self.former_names]

    def add_former_names(self, names):
        """Add a former name, its own or that of one merged into it."""
        kept = dict.fromkeys([*self.former_names, *names])
        self.former_names = [name for name in kept if name != self.name]

    def owns_domain_of(self, address):
        """True for an address at a domain that staff registered as this authority's own."""
        domain = domain_of(address)
        return domain in self.email_domains and not is_for_anybody(domain)

    def has_member(self, user, *roles):
        """True if this person is an active member here (with one of these roles)."""
        if user is None or not user.is_active:
            return False
        memberships = self.memberships.active().filter(user=user)
        return (memberships.with_role(*roles) if roles else memberships).exists()

    def has_author(self, user):
        """True if this person writes or signs for it."""
        return self.has_member(user, *AUTHOR_ROLES)


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
    roles = ArrayField(
        models.CharField(max_length=30, choices=Role),
        verbose_name=_("roles"),
        default=list,
        blank=True,
    )
    function = models.CharField(_("function"), max_length=120, blank=True)
    status = StatusField(_("status"), max_length=10, choices=MembershipStatus, default="asked")
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User",
        models.SET_NULL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        related_name="+",
    )
    grounds = models.CharField(_("why it was verified"), max_length=300, blank=True)
    told = models.CharField(
        _("what the person was told"), max_length=300, blank=True, db_default=""
    )
    proof = models.TextField(_("what shows it"), blank=True, db_default="")
    opens_at = models.DateTimeField(
        _("accepted on this day, unless somebody objects"), null=True, blank=True
    )
    admission = models.CharField(
        _("how they were admitted"), max_length=12, choices=Admission, blank=True, db_default=""
    )

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
                # A member may ask for more roles: the request stands beside the membership.
                fields=["user", "authority", "status"],
                condition=Q(status__in=["asked", "active"]),
                name="one_membership_an_authority",
            ),
            models.UniqueConstraint(
                fields=["user", "association", "status"],
                condition=Q(status__in=["asked", "active"]),
                name="one_membership_an_association",
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.organisation}"

    @property
    def tasks(self):
        """The roles that this person asks for, in words."""
        return join_parts(ROLE_TASKS[role] for role in ROLE_TASKS if role in self.roles)

    @property
    def other_tasks(self):
        """The roles that a member of an authority does not have: [(role, words)]."""
        every = (*AUTHOR_ROLES, Role.EXPERT)
        return [(role, ROLE_TASKS[role]) for role in every if role not in self.roles]

    @property
    def lacking_roles(self):
        """What a member of an authority can still ask to do there: [(role, words of the link)]."""
        if not self.authority_id or self.status != MembershipStatus.ACTIVE:
            return []
        offered = [] if self.may_write else [(Role.EDITOR, _("Also ask to write applications"))]
        if Role.EXPERT not in self.roles:
            offered.append((Role.EXPERT, _("Also ask to help as an expert")))
        return offered

    @property
    def may_write(self):
        """True if one of its roles writes or signs applications."""
        return bool(set(self.roles) & set(AUTHOR_ROLES))

    @property
    def days_waiting(self):
        return (timezone.now() - self.asked_at).days

    @property
    def organisation(self):
        return self.authority or self.association
