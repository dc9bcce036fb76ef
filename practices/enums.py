"""The vocabulary of good practices (domain.md 11)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.statuses import Kind, StatusChoices


class PracticeStatus(StatusChoices):
    DRAFT = "draft", Kind.TO_DO, _("draft")
    REVIEW = "review", Kind.WAITING, _("under review by both sides")
    APPROVED = "approved", Kind.DONE, pgettext_lazy("a good practice", "approved")
    PUBLISHED = "published", Kind.DONE, _("published")
    ARCHIVED = "archived", Kind.STOPPED, _("unpublished")
    REMOVED = "removed", Kind.STOPPED, pgettext_lazy("a good practice", "deleted")


class Party(TextChoices):
    """On whose behalf somebody agrees to publication."""

    TOWN = "town", _("the local authority that did it")
    COLLEAGUES = "colleagues", _("the experts who helped")
