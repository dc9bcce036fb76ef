"""The vocabulary of calls and dossiers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    ELIGIBILITY_CHECK = "eligibility_check", _("eligibility check")
    CORRECTION_ASKED = "correction_asked", _("correction asked")
    INELIGIBLE = "ineligible", _("ineligible")
    UNDER_SELECTION = "under_selection", _("before the committee")
    NOT_SELECTED = "not_selected", _("not selected")
    RESERVE = "reserve", _("on the reserve list")
    VALIDATED = "validated", _("validated")
    PUBLISHED = "published", _("published, looking for a colleague")
    SHORTLISTING = "shortlisting", _("choosing among candidates")
    CONSENT_PENDING = "consent_pending", _("waiting for everybody's agreement")
    MATCHED = "matched", _("matched")
    CLOSED = "closed", _("closed")
    CLOSED_NO_MATCH = "closed_no_match", _("closed without a match")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CANCELLED = "cancelled", _("cancelled")


S = Status
FINAL = {S.INELIGIBLE, S.NOT_SELECTED, S.WITHDRAWN, S.CANCELLED, S.CLOSED, S.CLOSED_NO_MATCH}
BEFORE_MATCHED = {
    S.DRAFT,
    S.SUBMITTED,
    S.ELIGIBILITY_CHECK,
    S.CORRECTION_ASKED,
    S.UNDER_SELECTION,
    S.RESERVE,
    S.VALIDATED,
    S.PUBLISHED,
    S.SHORTLISTING,
    S.CONSENT_PENDING,
}


class Check(TextChoices):
    """What an officer ticks before a dossier goes to the committee."""

    PUBLIC_BODY = "public_body", _("A public local or regional authority, or its association")
    COUNTRY = "country", _("Its country is on the programme's list")
    COMPETENCE = "competence", _("The theme is within its legal competence")
    FORM = "form", _("The form of exchange is realistic")
    FUNDING = "funding", _("No double funding")
    RESTRICTIONS = "restrictions", _("Not under European Union restrictive measures")
    HONOUR = "honour", _("The declaration of honour is made")
    SIGNATURE = "signature", _("Signed by someone empowered")


class IneligibleReason(TextChoices):
    NOT_PUBLIC = "not_public", _("not a public local or regional authority")
    COUNTRY = "country", _("country not eligible")
    COMPETENCE = "competence", _("theme outside its competence")
    FORM = "form", _("form of exchange not realistic")
    FUNDING = "funding", _("already funded")
    INCOMPLETE = "incomplete", _("incomplete after a correction")


class CancelReason(TextChoices):
    SECURITY = "security", _("security")
    FORCE_MAJEURE = "force_majeure", _("force majeure")
    FUNDING = "funding", _("funding")
    FRAUD = "fraud", _("fraud or false statement")
    NO_RESPONSE = "no_response", _("no response")
    HEALTH = "health", _("health")


class AttachmentKind(TextChoices):
    LETTER = "letter", _("letter of commitment")
    OTHER = "other", _("other document")


class RoleWanted(TextChoices):
    ELECTED = "elected", _("an elected member")
    TECHNICAL = "technical", _("a technical officer")
    BOTH = "both", _("either")


# The selection grid of domain.md 4: code, what is judged, points at most.
GRID = {
    "relevance": (_("Relevance to the authority's mandate"), 25),
    "clarity": (_("Clarity of the problem and of the result"), 25),
    "feasibility": (_("Feasibility and resources"), 20),
    "commitment": (_("Commitment and ownership"), 20),
    "spread": (_("Spread of benefit, gender, climate"), 10),
}
THRESHOLD = 60
QUORUM = 3
