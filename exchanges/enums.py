"""The vocabulary of exchanges (domain.md 4 and 8)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExchangeStatus(TextChoices):
    AGREED = "agreed", _("agreed, to be planned")
    PLANNED = "planned", _("planned")
    READY = "ready", _("ready to start")
    RUNNING = "running", _("under way")
    COMPLETED = "completed", _("completed")
    EVALUATED = "evaluated", _("evaluated")
    FOLLOW_UP_6M = "follow_up_6m", _("followed up at 6 months")
    FOLLOW_UP_12M = "follow_up_12m", _("followed up at 12 months")
    CLOSED = "closed", _("closed")
    POSTPONED = "postponed", _("postponed")
    INTERRUPTED = "interrupted", _("interrupted")
    CANCELLED = "cancelled", _("cancelled")


class Readiness(TextChoices):
    """What must be there before an exchange may start."""

    TERMS = "terms", _("Terms of reference signed by both sides")
    EMPLOYER = "employer", _("The employer's consent")
    INSURANCE = "insurance", _("Insurance")
    VISA = "visa", _("Visas checked")
    BUDGET = "budget", _("Budget approved")
    BRIEFING = "briefing", _("Briefing held")
    ASSOCIATION = "association", _("Association of authorities invited")
    CONTACTS = "contacts", _("Emergency contacts")
    CONDUCT = "conduct", _("Code of conduct signed")
