"""Others than the applicant: who signs, who asks together, who gives an opinion."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.naming import is_other_name
from applications.enums import BEFORE_COMMITTEE, Confirmation, Verdict
from applications.models.dossier import Dossier
from applications.permissions import DOSSIERS
from applications.querysets import CoApplicantQuerySet, SignatureQuerySet
from connect.countries import CountryField
from connect.dates import end_of_days, last_day_before
from connect.languages import join_names, label_with_value
from connect.letter_language import letter_language_column
from connect.links import HasLink
from connect.mail import Recipient
from connect.statuses import Kind
from registry.models import Association, Authority


class Signature(HasLink, models.Model):
    """The legal representative's signature by link, asked for or given; of a text by its digest."""

    PURPOSE, PAGE = "applications.signature", "/dossiers/sign/{}/"
    LINK_WORDS = _("a signature")
    OPEN_FOR = timedelta(days=14)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="signatures")
    name = models.CharField(max_length=150)
    function = models.CharField(max_length=120, blank=True)
    address = models.EmailField()
    language = letter_language_column()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=150, blank=True)  # as they typed it
    digest = models.CharField(max_length=64, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)  # once they say no to a text
    declined_why = models.CharField(max_length=1000, blank=True, db_default="")
    declined_digest = models.CharField(max_length=64, blank=True, db_default="")  # of that text

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(signed_at=None), name="one_open_signature_a_dossier"
            )
        ]

    def __str__(self):
        return f"{self.dossier_id}: {self.name}"

    @property
    def current(self):
        """The last signature of the same person of the text as it stands; None if there is none."""
        address = self.address.lower()
        signed = [one for one in self.dossier.signatures.all() if one.signed_at]
        theirs = [one for one in signed if one.address.lower() == address]
        digest = self.dossier.digest() if theirs else ""
        return next((one for one in theirs if one.digest == digest), None)

    @property
    def has_declined(self):
        """True if they have said no, and have not signed since."""
        if self.declined_at is None:
            return False
        return self.signed_at is None or self.signed_at < self.declined_at

    @property
    def declines_text(self):
        """True if what they said no to is the text as it stands."""
        # Which text was declined is not known of those of before.
        return self.has_declined and self.declined_digest in ("", self.dossier.digest())

    @property
    def newest(self):
        """The last that the same person was asked for, or gave."""
        return self.dossier.signatures.filter(address__iexact=self.address).first()

    @property
    def last_day(self):
        """The last day on which it can be given."""
        return last_day_before(self.expires_at)

    @property
    def is_other_name(self):
        """True if who signed wrote a name that has no word of the one who was asked."""
        return bool(self.signed_at) and is_other_name(self.signed_name, self.name)

    @property
    def link_holder(self):
        return Recipient(self.address, self.name, self.language)

    def link_end(self, now):
        dossier = self.dossier
        is_settled = self.signed_at and dossier.is_signed()
        if self.expires_at > now or is_settled or dossier.status not in BEFORE_COMMITTEE:
            return self.expires_at
        return end_of_days(now, self.OPEN_FOR)  # who could not sign in time asks for another link

    def save_link_expiry(self, link):
        if self.expires_at != link.expires_at:
            self.expires_at = link.expires_at
            self.save(update_fields=["expires_at"])

    def may_withdraw_link(self, user):
        return DOSSIERS.allows(user, "write", self.dossier)


class CoApplicant(HasLink, models.Model):
    """An authority that asks together with the applicant; its contact says so by link.

    Name and country are as the applicant typed them. `authority` is the one of the registry that
    they name, if it has one: no more than a claim until somebody of it, or staff, confirms. Only
    then is it among the dossier's `partners`.
    """

    PURPOSE, PAGE = "applications.co_applicant", "/dossiers/together/{}/"
    LINK_WORDS = _("an answer as co-applicant")
    OPEN_FOR = timedelta(days=60)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="co_applicants")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name of the authority"), max_length=200)
    country = CountryField(_("country"))
    contact = models.CharField(_("name of the contact person"), max_length=150)
    address = models.EmailField(_("their e-mail address"))
    language = letter_language_column()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    takes_part = models.BooleanField(null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmation = models.CharField(
        _("who confirmed it"), max_length=8, choices=Confirmation, blank=True, db_default=""
    )

    objects = CoApplicantQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(authority__isnull=False),
                name="a_confirmed_co_applicant_is_in_the_registry",
            ),
            models.UniqueConstraint(
                fields=["dossier", "name", "country"], name="a_co_applicant_once_a_dossier"
            ),
        ]

    def __str__(self):
        return join_names([self.name, self.country.name])

    @property
    def link_holder(self):
        return Recipient(self.address, self.contact, self.language)

    def link_end(self, now):
        if self.dossier.status in BEFORE_COMMITTEE or self.takes_part:
            return end_of_days(now, self.OPEN_FOR)  # whoever takes part reads on where it stands
        return now

    def may_withdraw_link(self, user):
        return DOSSIERS.allows(user, "write", self.dossier)

    @property
    def path(self):
        """Where a member of the authority answers, without the language, for letters."""
        return f"/dossiers/{self.dossier.reference}/together/{self.pk}/authority/"

    @property
    def is_claim(self):
        """True while nobody of the authority that it names has confirmed that it takes part."""
        return self.authority_id is not None and self.confirmed_at is None

    @property
    def is_written_elsewhere(self):
        """True if the address that is written to is neither a member's nor of its domain."""
        if self.authority is None or self.authority.owns_domain_of(self.address):
            return False
        there = self.authority.memberships.active().filter(user__is_active=True)
        return not there.filter(user__email__iexact=self.address).exists()

    @property
    def answered_in_person(self):
        """True once a member of the authority, or staff in its place, answered: no link does."""
        return self.confirmation in (Confirmation.MEMBER, Confirmation.NOT_THEM)

    @property
    def kind(self):
        if self.takes_part and self.is_claim:
            return Kind.WAITING
        return {None: Kind.WAITING, True: Kind.DONE, False: Kind.STOPPED}[self.takes_part]

    @property
    def status_words(self):
        if self.takes_part and self.is_claim:
            return _("takes part, according to the contact; the authority has not confirmed it yet")
        words = {None: _("has not answered yet"), True: _("takes part"), False: _("has declined")}
        return words[self.takes_part]


class Opinion(models.Model):
    """What an association thinks of its member's dossier; read by staff and the committee."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="opinions")
    association = models.ForeignKey(Association, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12, choices=Verdict)
    text = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "association"], name="one_opinion_an_association"
            )
        ]

    def __str__(self):
        return label_with_value(self.association, self.get_verdict_display())
