"""People: whoever signs in, by e-mail address."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

OFFICERS, COMMITTEE = "officers", "committee"


class UserManager(BaseUserManager):
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
        _("language of letters"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"), max_length=40, default=settings.TIME_ZONE, db_default=settings.TIME_ZONE
    )
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    gathers_news = models.BooleanField(
        _("one letter a day with my news"),
        default=False,
        db_default=False,
        help_text=_("New answers, dossiers and offers come together in the morning."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("programme officer"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_an_address",
                violation_error_message=_("This address already has an account."),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def address(self):
        return self.email

    @property
    def is_officer(self):
        return self.is_staff

    @property
    def group_names(self):
        if not hasattr(self, "_group_names"):
            self._group_names = set(self.groups.values_list("name", flat=True))
        return self._group_names

    @property
    def is_committee_member(self):
        return self.is_active and COMMITTEE in self.group_names
