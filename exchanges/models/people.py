"""Who takes part in an exchange."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from connect.dates import day_after, end_of_day, end_of_days
from connect.languages import language_choices
from connect.links import HasLink
from connect.mail import Recipient
from connect.restricted import RestrictedField
from exchanges.enums import Mode, Part, Post, Side, Visa
from exchanges.models.exchanges import MOST_DAYS, Exchange
from registry.enums import Gender
from registry.exchange_forms import DIARY_PARTS
from registry.spellings import same_town


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def not_absent(self) -> "ParticipantQuerySet":
        """All but those of whom it is known that they did not come."""
        return self.exclude(attended=False)

    def travelling(self) -> "ParticipantQuerySet":
        """Filter those who travel: nobody does to an exchange that is held online."""
        return self.filter(travels=True).exclude(exchange__mode=Mode.REMOTE)


class Participant(HasLink, models.Model):
    """A person in an exchange, with an account or without; gender and post serve figures alone.

    Their link opens what is asked of them, and the diary of who writes one. The emergency
    contact is deleted thirty days after the exchange.
    """

    PURPOSE, PAGE = "exchanges.part", "/exchanges/part/{}/"
    LINK_WORDS = _("a part in an exchange")
    OPEN_FOR = timedelta(days=60)  # after the last day
    AHEAD = timedelta(days=180)  # while no day is set

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=150)
    address = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(
        _("language of e-mails"), max_length=5, choices=language_choices, default="en"
    )
    function = models.CharField(_("function"), max_length=120, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    side = models.CharField(_("side"), max_length=11, choices=Side)
    part = models.CharField(_("role in the exchange"), max_length=12, choices=Part)
    gender = models.CharField(
        _("gender (for figures alone)"),
        max_length=12,
        choices=Gender,
        blank=True,  # nobody said it: no answer, as "prefer not to say" is one
        default="",
        db_default="",
    )
    post = models.CharField(
        _("elected or technical"), max_length=9, choices=Post, blank=True, default="", db_default=""
    )
    is_first_time = models.BooleanField(_("first CONNECT exchange"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days of taking part"), null=True, blank=True, validators=[MaxValueValidator(MOST_DAYS)]
    )
    travels = models.BooleanField(_("travels abroad for it"), default=False)
    arrives_on = models.DateField(_("arrives on"), null=True, blank=True)
    leaves_on = models.DateField(_("leaves on"), null=True, blank=True)
    visa = RestrictedField(_("visa"), choices=Visa, default=Visa.UNKNOWN)
    is_insured = models.BooleanField(_("is insured for the journey"), default=False)
    emergency_contact = RestrictedField(_("emergency contact"), max_length=200, blank=True)
    has_signed_conduct = models.BooleanField(_("has signed the code of conduct"), default=False)
    signed_conduct_at = models.DateTimeField(null=True, blank=True)  # by the link, in person
    follows_thread = models.BooleanField(default=False, db_default=False)
    attended = models.BooleanField(_("attended"), null=True, blank=True)
    # By the side that asked, or staff: what others answer counts in no mean and no rating.
    confirmed_at = models.DateTimeField(
        _("confirmed as having taken part"), null=True, blank=True, editable=False
    )

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ["side", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(has_signed_conduct=False) | Q(signed_conduct_at__isnull=False),
                name="the_code_of_conduct_is_signed_in_person",
            ),
            models.CheckConstraint(
                condition=Q(leaves_on=None)
                | Q(arrives_on=None)
                | Q(leaves_on__gte=F("arrives_on")),
                name="participant_leaves_after_arriving",
                violation_error_message=_("Nobody can leave before they arrive."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def email(self):
        """Where letters go: the account's address, else the one given."""
        return self.user.email if self.user else self.address

    @property
    def recipient(self):
        """Whom a letter is posted to."""
        return self.user or Recipient(self.address, self.name, self.language)

    @property
    def is_travelling(self):
        """True for who travels to it, where people meet: online nobody does, whatever was typed."""
        return self.travels and self.exchange.mode != Mode.REMOTE

    @property
    def is_guest(self):
        """True for who travels to the exchange: nobody is invited to their own place."""
        if not self.is_travelling:
            return False
        names = [name for host in self.exchange.hosts for name in host.names]
        is_host = not self.organisation.strip() or any(
            same_town(self.organisation, name) for name in names
        )
        return not (is_host and self.side == self.exchange.hosting_side)

    @property
    def link_holder(self):
        return self.recipient if self.email else None

    def link_end(self, now):
        last = self.exchange.last_day
        if last:
            return end_of_day(day_after(last, self.OPEN_FOR))
        return end_of_days(now, self.AHEAD)

    @property
    def writes_diary(self):
        return self.part in DIARY_PARTS

    @property
    def diary_path(self):
        """The address of their diary, without language; "" where no link of theirs works."""
        link = self.valid_link
        return f"{link.path}diary/" if link else ""

    def may_withdraw_link(self, user):
        return Exchange.objects.filter_allowed(user, "plan").filter(pk=self.exchange_id).exists()


class Listing(models.Model):
    """A person's wish to be found by others who took part; without it nobody is listed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="listing")
    at = models.DateTimeField()

    def __str__(self):
        return str(self.user_id)
