"""A dossier: what was valid of it, its topics, and its timeline."""

import hashlib
import json

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.enums import (
    FINAL,
    AttachmentKind,
    InterpretationPayer,
    LanguageFrom,
    Marker,
    RoleWanted,
    SizeBand,
    Status,
)
from applications.models.call_end import EndsWithItsCall
from applications.models.calls import Call
from applications.models.columns import EMPTY, NONE
from applications.querysets import DossierQuerySet
from connect.dates import day_words
from connect.letter_language import guess_language, letter_language_column
from connect.mail import Recipient
from connect.plain_text import Plain
from connect.statuses import StatusField
from notifications.reminder_pauses import Pausable
from registry.enums import FunctionFamily, Geography
from registry.exchange_forms import exchange_form_choices
from registry.models import Association, Authority, Theme


class Dossier(EndsWithItsCall, Pausable):
    """A request for know-how: owned by the authority, written by its people.

    Columns hold what was valid when it was saved; what was typed is in `drafts`.
    """

    reference = models.CharField(_("reference"), max_length=15, unique=True)
    call = models.ForeignKey(Call, models.PROTECT, verbose_name=_("call"), related_name="dossiers")
    authority = models.ForeignKey(
        Authority, models.PROTECT, verbose_name=_("authority"), related_name="dossiers"
    )
    partners = models.ManyToManyField(Authority, related_name="joint_dossiers", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    typed_by = models.ForeignKey(  # the officer who types it in on the town's behalf
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When what they type in after the call has closed came in; else it came while it was open.
    arrived_on = models.DateField(null=True, blank=True)
    # Whose exchange it goes on from, where a town asks for another with what it learnt.
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    # Of which ended one it took the answers; an appeal may reopen that one beside it.
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
    status = StatusField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    case_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("case officer"),
        null=True,
        blank=True,
        related_name="cases",
    )
    checklist = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    language = models.CharField(max_length=5, default="en")  # the one it is written in
    # Who told it; until then it is that of the pages on which it was begun.
    language_from = models.CharField(max_length=6, choices=LanguageFrom, **EMPTY)

    # Contact
    focal_name = models.CharField(max_length=150, blank=True)
    focal_function = models.CharField(max_length=120, blank=True)
    focal_email = models.EmailField(blank=True)
    focal_phone = models.CharField(max_length=20, blank=True)
    focal_language = models.CharField(max_length=5, **EMPTY)
    legal_name = models.CharField(max_length=150, blank=True)
    legal_function = models.CharField(max_length=120, blank=True)
    legal_email = models.EmailField(blank=True)
    legal_language = letter_language_column()
    association = models.ForeignKey(
        Association, models.PROTECT, null=True, blank=True, related_name="supported"
    )
    association_none = models.CharField(max_length=300, **EMPTY)
    # The need
    title = models.CharField(max_length=120, blank=True)
    summary = models.TextField(blank=True)
    context = models.TextField(**EMPTY)
    problem = models.TextField(blank=True)
    objective = models.TextField(blank=True)
    specific_objectives = models.JSONField(default=list, blank=True)
    results = models.JSONField(**NONE)  # [{result, indicator, unit, target, by}]
    target_groups = models.JSONField(**NONE)  # [{group, group_size}]
    # The colleague
    function = models.CharField(max_length=20, choices=FunctionFamily, blank=True)
    role_wanted = models.CharField(max_length=10, choices=RoleWanted, blank=True)
    geography = ArrayField(
        models.CharField(max_length=20, choices=Geography), default=list, blank=True
    )
    sizes = ArrayField(models.CharField(max_length=10, choices=SizeBand), **NONE)
    preferred_countries = ArrayField(models.CharField(max_length=2), **NONE)
    excluded_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    exclusion_reason = models.CharField(max_length=500, blank=True)
    # The exchange
    forms = ArrayField(models.CharField(max_length=20, choices=exchange_form_choices), default=list)
    languages = models.JSONField(default=dict, blank=True)  # {"fr": "B2"}: lowest level accepted
    interpretation = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    experts = models.PositiveSmallIntegerField(default=1)
    interpretation_payer = models.CharField(max_length=10, choices=InterpretationPayer, **EMPTY)
    blackouts = models.JSONField(**NONE)  # [{closed_from, closed_until, why}]
    # Who takes part, as planned
    travellers = models.PositiveIntegerField(null=True, blank=True)
    local_participants = models.PositiveIntegerField(null=True, blank=True)
    women = models.PositiveIntegerField(null=True, blank=True)
    men = models.PositiveIntegerField(null=True, blank=True)
    other_gender = models.PositiveIntegerField(null=True, blank=True)
    undisclosed_gender = models.PositiveIntegerField(null=True, blank=True)
    elected_members = models.PositiveIntegerField(null=True, blank=True)
    technical_staff = models.PositiveIntegerField(null=True, blank=True)
    other_posts = models.PositiveIntegerField(null=True, blank=True)
    elected_travel = models.TextField(**EMPTY)
    working_with = models.TextField(**EMPTY)
    placed = models.TextField(**EMPTY)
    at_the_table = models.TextField(**EMPTY)
    group_leader = models.TextField(**EMPTY)
    resources = models.JSONField(**NONE)  # [{resource, worth, currency}]
    # What makes it last
    follow_up = models.TextField(**EMPTY)
    follow_up_person = models.CharField(max_length=150, **EMPTY)
    dissemination = models.TextField(**EMPTY)
    gender = models.CharField(max_length=1, choices=Marker, **EMPTY)
    gender_text = models.TextField(**EMPTY)
    climate = models.CharField(max_length=1, choices=Marker, **EMPTY)
    climate_text = models.TextField(**EMPTY)
    disability = models.CharField(max_length=1, choices=Marker, **EMPTY)
    disability_text = models.TextField(**EMPTY)
    risks = models.JSONField(**NONE)  # [{risk, mitigation}]
    children = models.CharField(max_length=3, **EMPTY)  # yes, no
    security = models.TextField(**EMPTY)
    other_donors = models.TextField(**EMPTY)
    earlier = models.CharField(max_length=3, **EMPTY)  # yes, no
    earlier_reference = models.CharField(max_length=80, **EMPTY)
    # Commitment
    commitment = models.TextField(blank=True)
    letter_to_follow = models.BooleanField(default=False)
    declared_truth = models.BooleanField(default=False)
    declared_funding = models.BooleanField(default=False)
    declared_notice = models.BooleanField(default=False)
    declared_mandate = models.BooleanField(default=False)
    # Where it was decided
    summary_approved_at = models.DateTimeField(null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("application"), _("applications")
        ordering = ["-status_since", "-pk"]
        indexes = [
            GinIndex(
                OpClass(
                    Plain("reference", "title", "focal_name", "focal_email"), name="gin_trgm_ops"
                ),
                name="application_letters",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="dossier_window_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.title}".strip()

    def get_absolute_url(self):
        return reverse("dossier", args=[self.reference])

    @property
    def goes_on_twice(self):
        """True for a copy whose original goes on too, as after an appeal."""
        original = self.copied_from
        if original is None or {self.status, original.status} & (FINAL | {Status.PRIVATE}):
            return False
        return not original.is_past_its_call

    @property
    def path(self):
        """The address without the language, for letters."""
        return f"/dossiers/{self.reference}/"

    @property
    def desk_path(self):
        """Where staff decide about it, for letters to them."""
        return f"/admin/applications/dossier/{self.pk}/change/"

    def get_desk_url(self):
        """Where staff find it: what they type in has no file before it is sent."""
        if self.status == Status.DRAFT:
            return self.get_absolute_url()
        return reverse("admin:applications_dossier_change", args=[self.pk])

    @property
    def heading(self):
        return self.title or _("Untitled application")

    @property
    def acting_officer(self):
        """Its case officer, unless they no longer are one: then it is the team's."""
        officer = self.case_officer
        return officer if officer and officer.is_active and officer.is_officer else None

    @property
    def active_officer(self):
        """Its case officer while their account is open: for lists, it asks for nothing more."""
        officer = self.case_officer
        return officer if officer and officer.is_active else None

    @property
    def contact_name(self):
        """The person who leads it: the contact that it names, else who began it."""
        return self.focal_name or (self.created_by.name if self.created_by else "")

    @property
    def text_language(self):
        """The language of its text; "" where it was read, and is in none that we know."""
        return "" if self.language_from == LanguageFrom.UNTOLD else self.language

    @property
    def contact(self):
        """Whom it names as its contact, to be written to."""
        language = self.focal_language or guess_language(str(self.authority.country))
        return Recipient(self.focal_email, self.focal_name, language)

    @property
    def representative(self):
        """The legal representative, to be written to."""
        language = self.legal_language or guess_language(str(self.authority.country))
        return Recipient(self.legal_email, self.legal_name, language)

    @property
    def days_words(self):
        """How many days are asked for, and between which; "" while nobody has said."""
        first, last = self.starts_on, self.ends_on
        if first and first == last:
            return day_words(first)
        if not (first and last and self.days):
            return ""
        words = ngettext(
            "%(days)s day between %(first)s and %(last)s",
            "%(days)s days between %(first)s and %(last)s",
            self.days,
        )
        return words % {"days": self.days, "first": day_words(first), "last": day_words(last)}

    def refuse_if_private(self):
        """Raise ValidationError where others would be written to about its writer's own draft."""
        if self.status == Status.PRIVATE:
            message = _("Nobody receives an e-mail before your membership of %s is confirmed.")
            raise ValidationError(message % self.authority, code="private")

    def place_of_writer(self):
        """Return the newest membership by which its writer writes; None where none is."""
        return self.authority.memberships.filter(user=self.created_by_id).first()

    def partner_names(self):
        """List who asks with the applicant: confirmed, or outside the registry and in by itself."""
        joined = self.co_applicants.filter(takes_part=True, authority=None)
        partners = self.partners.values_list("name", flat=True)
        return [*partners, *joined.values_list("name", flat=True)]

    def closed_periods(self):
        """List (first, last) of the days that do not suit; a row half filled in says nothing."""
        names = "closed_from", "closed_until"
        rows = [[parse_date(row.get(name) or "") for name in names] for row in self.blackouts]
        return [(first, last) for first, last in rows if first and last and first <= last]

    def is_asked_by_any(self, towns):
        """True if one of these authorities asks for it, alone or together with others."""
        asking = Q(pk=self.authority_id) | Q(joint_dossiers=self.pk)
        return Authority.objects.filter(asking, pk__in=towns).exists()

    def commitment_letter(self):
        return self.attachments.current().filter(kind=AttachmentKind.LETTER).first()

    def raw_answers(self):
        """Return every answer of every section as it was typed: {section: {field: [value]}}."""
        return {draft.section: draft.raw for draft in self.drafts.all()}

    def digest(self):
        """Return the digest of the current text."""
        return digest_of(self.raw_answers())

    def is_signed(self):
        """True if the legal representative signed the text as it stands, by link."""
        signed = set(self.signatures.signed().values_list("digest", flat=True))
        return bool(signed) and self.digest() in signed

    def has_commitment(self):
        """True with a letter, or a signature of this very text or of one that was sent."""
        return bool(self.commitment_letter()) or self.is_signed() or self.is_signed_as_sent()

    def is_signed_as_sent(self):
        """True if the legal representative signed a text that was sent, by link."""
        signed = {one.digest for one in self.signatures.all() if one.signed_at}
        return bool(signed) and any(one.digest in signed for one in self.versions.all())

    def open_correction(self):
        return self.corrections.unanswered().first()


def digest_of(raws):
    """Return the digest of a text: every answer of every section."""
    return hashlib.sha256(json.dumps(raws, sort_keys=True).encode()).hexdigest()


class DossierNeed(models.Model):
    """A topic that the dossier asks about; the first is the main one."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="needs")
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="+")
    importance = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    text = models.CharField(max_length=500, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "theme"], name="a_topic_once_a_dossier")
        ]

    def __str__(self):
        return str(self.theme)
