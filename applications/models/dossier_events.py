"""The timeline of a dossier: its events, and what they say beside their sentence."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.dossier import Dossier
from connect.dates import day_words
from connect.transitions import Event

# What stands twice on a timeline says what is new in the second.
AGAIN = {
    "ask_signature": _("Signature requested again from the legal representative"),
    "sign": _("Signed again by the legal representative, after the text had changed"),
    "decline_signature": _("Signature declined again by the legal representative"),
    "opine": _("Opinion of the association changed"),
}


class DossierEvent(Event):
    """One line of a dossier's timeline."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="events")

    @property
    def past(self):
        """The sentence that says what happened; of what was done before, that it changed."""
        return AGAIN.get(self.verb, super().past) if self.details.get("again") else super().past

    @property
    def changes(self):
        """Of a last day that was changed: from which to which; of a pause, until when; of what was
        entered late, when it arrived."""
        if arrived := self.details.get("arrived_on"):
            return [_("arrived on %(day)s") % {"day": day_words(date.fromisoformat(arrived))}]
        if until := self.details.get("paused_until"):
            return [_("until %(day)s") % {"day": day_words(date.fromisoformat(until))}]
        days = (
            self.details.get("former_day"),
            self.details.get("due_on", self.details.get("closes_on")),
        )
        if not all(days):
            return []
        former, new = (day_words(date.fromisoformat(day)) for day in days)
        return [_("was %(former)s, now %(new)s") % {"former": former, "new": new}]
