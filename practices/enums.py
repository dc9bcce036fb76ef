"""The vocabulary of good practices (domain.md 11)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PracticeStatus(TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("read by both sides")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


class Party(TextChoices):
    """On whose behalf somebody agrees to publication."""

    TOWN = "town", _("the town that did it")
    COLLEAGUES = "colleagues", _("the colleagues who helped")
