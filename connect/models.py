"""The tables of the project itself."""

from contextlib import suppress

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone, translation
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.append_only import AppendOnly
from connect.links import Link
from connect.references import Counter
from connect.statuses import Kind, StatusChoices, StatusField

__all__ = [
    "AcceptedPost",
    "Archived",
    "AuditCheck",
    "Counter",
    "Export",
    "Link",
    "Reading",
    "SavedFilter",
    "Seal",
    "Translation",
    "Try",
    "Unsealed",
]


class ExportState(StatusChoices):
    WAITING = "waiting", Kind.WAITING, _("being written")
    DONE = "done", Kind.DONE, _("ready")
    FAILED = "failed", Kind.STOPPED, _("failed")


class WrittenFile(models.Model):
    """A file that somebody requests and a worker writes (see `exports`)."""

    asked_at = models.DateTimeField()
    language = models.CharField(max_length=5)
    state = StatusField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class Export(WrittenFile):
    """An officer's export of a list: which rows, in which order, for whom."""

    class Format(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    model = models.CharField(max_length=60)  # "registry.authority": whose admin names the columns
    rows = ArrayField(models.BigIntegerField())  # the keys, as the list was filtered and sorted
    format = models.CharField(max_length=4, choices=Format)
    file = models.FileField(upload_to="exports/", blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="export_waiting")]

    def __str__(self) -> str:
        return f"{capfirst(self.words)}: {self.error or self.get_state_display()}"

    @property
    def words(self) -> str:
        """What the list holds, in words."""
        return str(apps.get_model(self.model)._meta.verbose_name_plural)

    @property
    def name(self) -> str:
        """The name of its file: that of the list in English, which every machine can write."""
        day = timezone.localdate(self.asked_at)
        with translation.override("en"):
            listed = slugify(apps.get_model(self.model)._meta.verbose_name_plural)
        return f"{listed}-{day:%Y-%m-%d}.{self.format}"


class AcceptedPost(models.Model):
    """An accepted post of a form that adds something: from which page, and where it led.

    It names nobody: see `double_posts`. Deleted after ten minutes.
    """

    key = models.CharField(max_length=64, unique=True)
    page = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    location = models.CharField(max_length=2000)

    def __str__(self) -> str:
        return self.key


class Try(models.Model):
    """A count of tries while Redis is away (see `cache`): the table of a cache of Django's."""

    cache_key = models.CharField(max_length=300, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class Reading(AppendOnly):
    """A record that somebody read a restricted column or a file: who, when, what, on which page.

    Shown to auditors. `part` names the columns or the file; what they say is not kept here.
    """

    at = models.DateTimeField(_("read"))
    reader = models.ForeignKey(  # none: whoever had the link of a letter
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("reader"),
        related_name="+",
    )
    model = models.CharField(_("what it is about"), max_length=60)  # "exchanges.incident"
    row = models.BigIntegerField(_("row"))
    part = models.CharField(_("what was read"), max_length=100)
    page = models.CharField(_("page"), max_length=200)  # the address's name: no link is kept

    class Meta:
        verbose_name, verbose_name_plural = _("reading"), _("readings")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["model", "row"], name="reading_of_row")]

    def __str__(self) -> str:
        return (
            f"{self.model_name} {self.row}"
            if self.row
            else gettext("an address without an account")
        )

    @property
    def read_model(self) -> type[models.Model] | None:
        """The model of what was read; None once there is no such model."""
        with suppress(LookupError, ValueError):
            return apps.get_model(self.model)
        return None

    @property
    def model_name(self) -> str:
        model = self.read_model
        return capfirst(str(model._meta.verbose_name)) if model else self.model


class Unsealed(models.Model):
    """A row that waits for a worker to seal it; the database's triggers add it."""

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["table_name", "row_id"], name="unsealed_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class Seal(models.Model):
    """Some rows, in the order in which they were sealed, tied to all that were sealed before.

    `lines` says of each row its table, its number and the digest of what it says: of every
    column but the typed texts, which have digests of their own, and leaving out what is empty, so
    that a nullable column may come later. The arithmetic is that of connect/chain.py.
    """

    number = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("sealed"))
    previous = models.CharField(_("digest of the seal before"), max_length=64)
    lines = models.TextField()
    count = models.PositiveIntegerField(_("rows"))
    digest = models.CharField(_("digest"), max_length=64)
    # The public one, by which the signature is checked.
    key = models.CharField(_("public key"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)

    class Meta:
        verbose_name, verbose_name_plural = _("seal"), _("seals")
        ordering = ["number"]
        permissions = [("export_audit", "Takes out timelines and readings for the auditor")]

    def __str__(self) -> str:
        return str(self.number)


class AuditCheck(models.Model):
    """What a day's check of the audit trail found (`seals.check_trail_daily`). Kept for a year."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    seal = models.TextField(blank=True)  # the newest, which the next check looks for
    count = models.PositiveIntegerField()
    findings = models.TextField(blank=True)  # the first of them, a line each

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class Archived(AppendOnly):
    """A record that the rows of some seals were archived and deleted; the seals stay."""

    at = models.DateTimeField()
    first_seal = models.BigIntegerField()
    last_seal = models.BigIntegerField()
    count = models.PositiveIntegerField()
    file_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.first_seal}–{self.last_seal}"


class SavedFilter(models.Model):
    """What an officer filters a list of the desk by, under a name of theirs."""

    MOST = 20  # of one list

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    model = models.CharField(max_length=60)  # "applications.dossier": whose list
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)  # as the address of the list has it

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "model", "name"], name="one_saved_filter_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TranslationState(StatusChoices):
    WAITING = "waiting", Kind.WAITING, _("waiting")
    SENT = "sent", Kind.IN_PROGRESS, _("being translated")
    DONE = "done", Kind.DONE, _("translated")
    SAME = "same", Kind.WAIVED, _("already in this language")
    FAILED = "failed", Kind.STOPPED, _("failed")


class Translation(models.Model):
    """A machine's draft of one text in another language, by the text's digest (`reading_help`).

    The text itself is not kept here: a worker reads it again where `kind` and `row` say, as
    whoever asked may read it then.
    """

    digest = models.CharField(max_length=64)
    target = models.CharField(max_length=5)
    source = models.CharField(max_length=5, blank=True)  # what is known of it; "": nothing
    kind = models.CharField(max_length=20)
    row = models.BigIntegerField()
    characters = models.PositiveIntegerField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    state = StatusField(max_length=7, choices=TranslationState, default=TranslationState.WAITING)
    text = models.TextField(blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest", "target"], name="one_translation_of_a_text")
        ]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="translation_waiting"),
            models.Index(fields=["asked_by", "asked_at"], name="translation_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row} ({self.target}): {self.error or self.get_state_display()}"
