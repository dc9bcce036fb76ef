"""What was typed and sent of a dossier: drafts, versions, files, corrections."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from applications.enums import (
    AttachmentKind,
)
from applications.models.dossier import Dossier, digest_of
from connect.characters import clean_texts


class SectionDraft(models.Model):
    """What was typed in a section, as it was typed: {field: [values]}, and how often saved.

    past {field: [[version, values until then]]} tells what of two texts was touched by whom; it is
    forgotten once the dossier is sent.
    """

    REMEMBERED = 50  # changes of a field

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=20)
    raw = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    past = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
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

    def remember(self, raw):
        """Remember the earlier answers that this text changes."""
        names = self.raw.keys() | raw.keys()
        changed = [
            name for name in names if filled_values(self.raw, name) != filled_values(raw, name)
        ]
        for name in changed or names:  # a version that changes nothing is remembered, too
            changes = [*self.past.get(name, []), [self.version, self.raw.get(name, [])]]
            self.past[name] = changes[-self.REMEMBERED :]

    def answers_at(self, version):
        """Return the answers as they were at a version, without those changed too often since.

        None for a version from before the first that is remembered, or that is still to come:
        nobody knows what was changed.
        """
        remembered = [until for changes in self.past.values() for until, _values in changes]
        if not min(remembered, default=self.version) <= version <= self.version:
            return None
        answers = dict(self.raw)
        for name, changes in self.past.items():
            later = [values for until, values in changes if until >= version]
            if len(later) == self.REMEMBERED:
                answers.pop(name, None)
            elif later:
                answers[name] = later[0]
        return answers


def filled_values(raw, name):
    """Return what was typed in a field, without what is empty."""
    return [value for value in raw.get(name, []) if value]


class SectionAside(models.Model):
    """What somebody typed while a colleague changed the same section: saved beside it."""

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

    @property
    def digest(self):
        """The digest of its text, as a signature has it.

        A version may be older than the normal form of texts, a signature is of that form.
        """
        return digest_of(clean_texts(self.answers))


def attachment_path(attachment, filename):
    """A name of ours: the person's own file name is data, never a path."""
    return f"dossiers/{attachment.dossier.reference}/{attachment.token}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def current(self):
        """Filter those in whose place no other stands."""
        return self.filter(replaced_by=None)

    def of_version(self, version):
        """Filter those that stood when a version was sent."""
        stood = Q(replaced_by=None) | Q(replaced_by__uploaded_at__gt=version.at)
        return self.filter(stood, uploaded_at__lte=version.at)

    def replaced(self):
        return self.exclude(replaced_by=None)


class Attachment(models.Model):
    """A file of a dossier, read by whoever may read the dossier.

    One that a correction asked to replace stays, as it was sent: `replaces` is in the newer one.
    """

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
    replaces = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["uploaded_at", "pk"]

    def __str__(self):
        return self.name


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def unanswered(self):
        """Filter those that still ask for something."""
        return self.filter(answered_at=None)


class Correction(models.Model):
    """What an officer asked to correct, [{field, comment}] with the key of a question; by when.

    It is open until `answered_at`; one that was withdrawn has the same moment in both columns.
    `moves` counts how often its last day was changed.
    """

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="corrections")
    fields = models.JSONField()
    due_on = models.DateField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    moves = models.PositiveSmallIntegerField(default=0, db_default=0)

    objects = CorrectionQuerySet.as_manager()

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
