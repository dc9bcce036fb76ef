"""People: whoever signs in, by e-mail address."""

import uuid
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.dates import day_words
from connect.languages import language_choices
from connect.links import HasLink
from connect.mail import Recipient
from connect.models import WrittenFile
from connect.plain_text import Plain

OFFICERS, COMMITTEE = "officers", "committee"
NAME_STANDS_AFTER = timedelta(days=30)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. What they may do comes from memberships and groups.

    `is_staff` is programme officers only. Personal data: shown to staff and to colleagues
    of the same organisation; to others only after mutual consent.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(
        _("language of e-mails"), max_length=5, choices=language_choices, default="en"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, blank=True, default="", db_default=""
    )  # none: never chosen, and no browser told; then Brussels' like our deadlines
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    # When this name was chosen in place of another, and the one that had stood until then: in what
    # others wrote a person is looked for by a name that they did not choose to that end.
    renamed_at = models.DateTimeField(null=True, blank=True, editable=False)
    former_name = models.CharField(
        _("earlier name"), max_length=150, blank=True, default="", db_default="", editable=False
    )
    gathers_news = models.BooleanField(
        _("one e-mail a day with my news"),
        default=False,
        db_default=False,
        help_text=_("New answers, applications and offers come together in the morning."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("programme officer"), default=False)
    is_superuser = models.BooleanField(_("administrator"), default=False)
    # When a link to a new password was last asked for: it ends the links before (`passwords`).
    reset_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        ordering = ["name", "pk"]
        indexes = [
            GinIndex(OpClass(Plain("name", "email"), name="gin_trgm_ops"), name="person_letters")
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_address",
                violation_error_message=_("This address already has an account."),
            )
        ]

    def get_short_name(self):
        return self.name

    def __str__(self):
        return self.name

    @property
    def address(self):
        return self.email

    def established_name(self, now):
        """Return the name that has stood for long enough to be known by others."""
        is_new = self.renamed_at is not None and now - self.renamed_at < NAME_STANDS_AFTER
        return self.former_name if is_new else self.name

    def rename(self, name, now):
        """Change the name and remember the former one; the caller locked the row and saves it."""
        if name != self.name:
            self.former_name, self.renamed_at = self.established_name(now), now
            self.name = name

    @property
    def is_officer(self):
        return self.is_staff

    @property
    def group_names(self):
        if not hasattr(self, "_group_names"):
            self._group_names = {group.name for group in self.groups.all()}
        return self._group_names

    @property
    def is_committee_member(self):
        return self.is_active and COMMITTEE in self.group_names


class ErasureReason(models.TextChoices):
    """Why somebody is erased."""

    ASKED = "asked", _("asked for it here")
    WROTE = "wrote", _("asked the programme team for it")
    UNUSED = "unused", _("did not use the account for two years")
    OBJECTED = "objected", _("objected to being named")
    UNLAWFUL = "unlawful", _("should never have been recorded")


class Erasure(models.Model):
    """A line of the journal of erasures (`journal`); without its key it identifies nobody."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # A digest of nothing secret with the key of its day; none on a line that is older than proofs.
    proof = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    keys = ArrayField(models.CharField(max_length=64))
    until = models.JSONField(default=dict)  # {table: the last row that may hold the person}
    at = models.DateTimeField(_("erased"))
    why = models.CharField(_("why"), max_length=10, choices=ErasureReason)
    by = models.ForeignKey(
        User, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("erasure"), _("journal of erasures")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{day_words(self.at)}: {self.get_why_display()}"


class Closing(HasLink, models.Model):
    """A person's coming erasure, on a day, unless they cancel it before.

    Its link lets them keep their account; it dies with the row, on that day at the latest. Of what
    should never have been recorded there is none. An account is inactive meanwhile; `was_active`
    says whether keeping it opens it again.
    """

    PURPOSE, PAGE, STAYS = "accounts.closing", "/data/keep/{}/", True
    LINK_WORDS = _("a way to keep one's data")

    user = models.OneToOneField(User, models.CASCADE, null=True, related_name="closing")
    address = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=5, choices=language_choices, default="en")
    asked_at = models.DateTimeField(_("asked for"))
    goes_at = models.DateTimeField(_("is erased"))
    why = models.CharField(_("why"), max_length=10, choices=ErasureReason)
    asked_by = models.ForeignKey(  # the officer who does it for them; none: themselves
        User, models.SET_NULL, verbose_name=_("asked by"), null=True, blank=True, related_name="+"
    )
    was_active = models.BooleanField(default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("account being closed"), _("accounts being closed")
        ordering = ["goes_at", "pk"]

    def __str__(self):
        return gettext("erased on %s") % date_format(
            timezone.localtime(self.goes_at), "DATE_FORMAT"
        )

    @property
    def can_be_kept(self):
        """True if the person may cancel it; staff decide where the reason is unlawful content."""
        return self.why != ErasureReason.UNLAWFUL

    @property
    def link_holder(self):
        return Recipient(self.address, self.name, self.language) if self.can_be_kept else None

    def link_end(self, now):
        return self.goes_at


class DataRequest(HasLink, models.Model):
    """A request by somebody without an account for their data; answered by letter.

    Its link opens once, within a day, and a newer one ends it. Deleted after a day.
    """

    PURPOSE, PAGE, ENDS_WITH = "accounts.data", "/data/open/{}/", ("opened_at",)
    LINK_WORDS = _("what is held of a person")
    OPEN_FOR = timedelta(days=1)

    address = models.EmailField()
    language = models.CharField(max_length=5, choices=language_choices, default="en")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["address", "asked_at"], name="data_request_of_address")]

    def __str__(self):
        return str(self.pk)

    @property
    def link_holder(self):
        return Recipient(self.address, "", self.language)

    def link_end(self, now):
        return self.asked_at + self.OPEN_FOR


def copy_path(copy, filename):
    """Return a file name that cannot be guessed."""
    return f"copies/{uuid.uuid4()}.zip"


class DataCopy(WrittenFile):
    """All that is held of a person, in one file for them alone; deleted a day after."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="copies")
    address = models.EmailField()
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    file = models.FileField(upload_to=copy_path, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="copy_waiting")]

    def __str__(self):
        return f"{day_words(self.asked_at)}: {self.error or self.get_state_display()}"

    @property
    def name(self):
        return f"connect-data-{timezone.localtime(self.asked_at):%Y-%m-%d}.zip"


class LostFactor(models.Model):
    """A lost second factor, and the two administrators who removed it.

    Staff read it; it changes through `lost_factors` alone.
    """

    person = models.ForeignKey(
        User, models.CASCADE, verbose_name=_("person"), related_name="lost_factors"
    )
    why = models.CharField(
        _("how do you know that it is them?"),
        max_length=200,
        help_text=_("Example: I know their voice, and called the number that we have."),
    )
    asked_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("asked by"), related_name="+", editable=False
    )
    asked_at = models.DateTimeField(_("asked"), editable=False)
    confirmed_by = models.ForeignKey(
        User,
        models.PROTECT,
        verbose_name=_("confirmed by"),
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("lost second factor"), _("lost second factors")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("person"))
                & ~models.Q(confirmed_by=models.F("person"))
                & ~models.Q(confirmed_by=models.F("asked_by")),
                name="two_others_remove_a_factor",
            )
        ]

    def __str__(self):
        return f"{self.person}, {day_words(self.asked_at)}"
