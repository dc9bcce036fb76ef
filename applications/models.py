"""Calls, dossiers, their raw drafts and versions, attachments, corrections and scores."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from applications.enums import (
    GAP,
    GRID,
    QUORUM,
    THRESHOLD,
    AttachmentKind,
    InterpretationPayer,
    Marker,
    RoleWanted,
    SizeBand,
    Status,
    Verdict,
)
from applications.querysets import CallQuerySet, DossierQuerySet, SignatureQuerySet
from connect.links import HasLink
from connect.transitions import Event
from registry.enums import ExchangeForm, FunctionFamily, Geography
from registry.models import Association, Authority, Theme

# Columns added to tables that serve: whoever writes without knowing them leaves nothing out.
EMPTY: dict[str, Any] = {"blank": True, "default": "", "db_default": ""}
NONE: dict[str, Any] = {"blank": True, "default": list, "db_default": []}


class Call(models.Model):
    """An invitation to send requests: a round, with its dates, countries and forms."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what it is for"), blank=True)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    forms = ArrayField(
        models.CharField(max_length=20, choices=ExchangeForm), verbose_name=_("forms of exchange")
    )
    # Long enough for all countries but one; a call for all of them names none.
    countries = CountryField(_("eligible countries"), multiple=True, blank=True, max_length=746)
    waived = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("sections that may be left empty"),
        **NONE,
    )
    co_applicants_most = models.PositiveSmallIntegerField(
        _("co-applicants of a dossier at most"), default=11, db_default=11
    )
    attachments = ArrayField(
        models.CharField(max_length=10, choices=AttachmentKind),
        verbose_name=_("documents that must be added"),
        **NONE,
    )
    budget = models.DecimalField(
        _("budget of the call, in euros"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    points = models.JSONField(null=True, blank=True)  # {criterion: points at most}; None: the usual
    criteria = ArrayField(
        models.CharField(max_length=100), verbose_name=_("criteria of this call alone"), **NONE
    )
    threshold = models.PositiveSmallIntegerField(
        _("points from which a dossier may be validated"), default=THRESHOLD, db_default=THRESHOLD
    )
    quorum = models.PositiveSmallIntegerField(
        _("scores that a dossier needs"), default=QUORUM, db_default=QUORUM
    )
    gap = models.PositiveSmallIntegerField(
        _("points between two scores from which one more member is asked"),
        default=GAP,
        db_default=GAP,
    )
    meeting_on = models.DateField(_("meeting of the committee"), null=True, blank=True)
    justify_elected = models.BooleanField(
        _("ask why elected members should travel"), default=False, db_default=False
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("call"), _("calls")
        ordering = ["-closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("A call cannot close before it opens."),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("call", args=[self.slug])

    @property
    def path(self):
        return f"/apply/{self.slug}/"

    def is_open(self, now):
        return self.opens_at <= now < self.closes_at

    def admits(self, authority):
        """True if this authority's country may apply; a call without a list admits all."""
        return self.admits_country(authority.country)

    def admits_country(self, country):
        return not self.countries or country in self.countries

    @property
    def grid(self):
        """The selection grid: {criterion: (what is judged, points at most)}, 100 in all."""
        own = {f"own_{number}": (words, 0) for number, words in enumerate(self.criteria, 1)}
        points, every = self.points or {}, GRID | own
        asked = {code: (words, points.get(code, most)) for code, (words, most) in every.items()}
        return {code: line for code, line in asked.items() if line[1]}

    def waives(self, section):
        """True if a dossier of this call may leave that section empty."""
        return section in self.waived


class Dossier(models.Model):
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
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
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

    # Contact
    focal_name = models.CharField(max_length=150, blank=True)
    focal_function = models.CharField(max_length=120, blank=True)
    focal_email = models.EmailField(blank=True)
    focal_phone = models.CharField(max_length=20, blank=True)
    focal_language = models.CharField(max_length=5, **EMPTY)
    legal_name = models.CharField(max_length=150, blank=True)
    legal_function = models.CharField(max_length=120, blank=True)
    legal_email = models.EmailField(blank=True)
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
    forms = ArrayField(models.CharField(max_length=20, choices=ExchangeForm), default=list)
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
        verbose_name, verbose_name_plural = _("dossier"), _("dossiers")
        ordering = ["-status_since", "-pk"]
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
    def path(self):
        """The address without the language, for letters."""
        return f"/dossiers/{self.reference}/"

    @property
    def heading(self):
        return self.title or _("Untitled dossier")

    def letter(self):
        return self.attachments.filter(kind=AttachmentKind.LETTER).first()

    def digest(self):
        """Name the text as it stands: every answer of every section."""
        raws = {draft.section: draft.raw for draft in self.drafts.all()}
        return hashlib.sha256(json.dumps(raws, sort_keys=True).encode()).hexdigest()

    def is_signed(self):
        """True if the legal representative signed the text as it stands, by link."""
        return self.signatures.signed().filter(digest=self.digest()).exists()

    def has_commitment(self):
        """True with a letter, or a signature: of this very text as long as it was never sent."""
        if self.letter():
            return True
        return (
            self.is_signed() if self.status == Status.DRAFT else self.signatures.signed().exists()
        )

    def open_correction(self):
        return self.corrections.filter(answered_at=None).first()


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


class SectionDraft(models.Model):
    """What was typed in a section, as it was typed: {field: [values]}, and how often saved."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=20)
    raw = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "section"], name="one_draft_a_section")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.section} v{self.version}"


class SectionAside(models.Model):
    """What somebody typed over a version that a colleague had changed meanwhile: kept beside."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="asides")
    section = models.CharField(max_length=20)
    raw = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-saved_at", "-pk"]

    def __str__(self):
        return f"{self.dossier_id}/{self.section}"


class DossierVersion(models.Model):
    """The dossier as it was submitted, frozen: {section: {field: [values]}}."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # The version of the privacy notice that was declared to have been read.
    notice_of = models.DateField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="one_version_a_number")
        ]

    def __str__(self):
        return f"{self.dossier_id} v{self.number}"


def attachment_path(attachment, filename):
    """A name of ours: the person's own file name is data, never a path."""
    return f"dossiers/{attachment.dossier.reference}/{attachment.token}"


class Attachment(models.Model):
    """A file of a dossier, read by whoever may read the dossier."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind)
    token = models.UUIDField(unique=True)
    file = models.FileField(upload_to=attachment_path)
    name = models.CharField(max_length=150)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["uploaded_at", "pk"]

    def __str__(self):
        return self.name


class Signature(HasLink, models.Model):
    """The legal representative's signature by link, asked for or given; of a text by its digest."""

    SALT, PAGE = "applications.signature", "/dossiers/sign/{}/"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="signatures")
    name = models.CharField(max_length=150)
    function = models.CharField(max_length=120, blank=True)
    address = models.EmailField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField(max_length=150, blank=True)  # as they typed it
    digest = models.CharField(max_length=64, blank=True)

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


class CoApplicant(HasLink, models.Model):
    """An authority that asks together with the applicant; its contact says so by link.

    Name and country are as the applicant typed them; `authority` is the one of the registry that
    they name, if it has one.
    """

    SALT, PAGE = "applications.co_applicant", "/dossiers/together/{}/"

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="co_applicants")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("name of the authority"), max_length=200)
    country = CountryField(_("country"))
    contact = models.CharField(_("name of the person we write to"), max_length=150)
    address = models.EmailField(_("their e-mail address"))
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    takes_part = models.BooleanField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "name", "country"], name="a_co_applicant_once_a_dossier"
            )
        ]

    def __str__(self):
        return f"{self.name}, {self.country.name}"

    @property
    def state(self):
        return {None: "waiting", True: "yes", False: "no"}[self.takes_part]

    @property
    def state_words(self):
        words = {None: _("has not answered yet"), True: _("takes part"), False: _("declines")}
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
        return f"{self.association}: {self.get_verdict_display()}"


class Correction(models.Model):
    """What an officer asked to correct, [{field, comment}] with the key of a question; by when."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="corrections")
    fields = models.JSONField()
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(answered_at=None),
                name="one_open_correction_a_dossier",
            )
        ]

    def __str__(self):
        return f"{self.dossier_id} → {self.due_on}"


class ConflictDeclaration(models.Model):
    """What a committee member declared before anything of the file was seen."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="conflicts")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    has_conflict = models.BooleanField()
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="one_declaration_a_member")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}"


class Assignment(models.Model):
    """A committee member who is to score a dossier. One without any is open to all members."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="assignments")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="a_member_once_a_dossier")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}"


class Score(models.Model):
    """A committee member's points, one a criterion of the grid, and their sum."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="scores")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    points = models.JSONField()
    total = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    comment = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "member"], name="one_score_a_member")
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.member_id}: {self.total}"

    def in_order(self, grid):
        """Give the points in the order of a grid; the database keeps them in one of its own."""
        return [self.points.get(code) for code in grid]


class DossierEvent(Event):
    """One line of a dossier's timeline."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="events")
