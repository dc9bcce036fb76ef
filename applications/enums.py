"""The vocabulary of calls and dossiers."""

from typing import Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.statuses import Kind, StatusChoices
from connect.types import Words


class Status(StatusChoices):
    # Of whoever only asked to join the authority: their own, until they are a member.
    PRIVATE = "private", Kind.TO_DO, _("private draft")
    DRAFT = "draft", Kind.TO_DO, _("draft")
    SUBMITTED = "submitted", Kind.WAITING, _("submitted")
    ELIGIBILITY_CHECK = "eligibility_check", Kind.IN_PROGRESS, _("eligibility check")
    CORRECTION_ASKED = "correction_asked", Kind.WAITING, _("correction requested")
    INELIGIBLE = "ineligible", Kind.STOPPED, _("ineligible")
    UNDER_SELECTION = "under_selection", Kind.IN_PROGRESS, _("with the selection committee")
    NOT_SELECTED = "not_selected", Kind.STOPPED, _("not selected")
    RESERVE = "reserve", Kind.WAITING, _("on the reserve list")
    VALIDATED = "validated", Kind.DONE, _("validated")
    PUBLISHED = "published", Kind.WAITING, _("open to answers")
    SHORTLISTING = "shortlisting", Kind.IN_PROGRESS, _("selecting an expert")
    CONSENT_PENDING = "consent_pending", Kind.WAITING, _("waiting for everyone's agreement")
    MATCHED = "matched", Kind.DONE, _("matched")
    CLOSED = "closed", Kind.DONE, _("closed")
    CLOSED_NO_MATCH = "closed_no_match", Kind.STOPPED, _("closed without a match")
    WITHDRAWN = "withdrawn", Kind.STOPPED, pgettext_lazy("an application", "withdrawn")
    CANCELLED = "cancelled", Kind.STOPPED, _("cancelled")


class MeetingStatus(StatusChoices):
    """Of a meeting of the committee, until its minutes are signed."""

    PLANNED = "planned", Kind.WAITING, pgettext_lazy("a committee meeting", "planned")
    HELD = "held", Kind.IN_PROGRESS, _("held: the minutes are being written")
    TO_SIGN = "to_sign", Kind.WAITING, _("minutes to be signed")
    SIGNED = "signed", Kind.DONE, _("minutes signed")
    CANCELLED = "cancelled", Kind.STOPPED, pgettext_lazy("a committee meeting", "cancelled")


class Outcome(TextChoices):
    """What a committee may propose and decide of a case; all but the last are steps of it."""

    VALIDATE = "validate", _("Validate")
    RESERVE = "reserve", _("Put on the reserve list")
    NOT_SELECT = "not_select", _("Do not select")
    POSTPONE = "postpone", _("Postpone to another meeting")


UNDECIDED = ("", Outcome.POSTPONE)


UNSENT = {Status.PRIVATE, Status.DRAFT}
FINAL = {
    Status.INELIGIBLE,
    Status.NOT_SELECTED,
    Status.WITHDRAWN,
    Status.CANCELLED,
    Status.CLOSED,
    Status.CLOSED_NO_MATCH,
}
RANKED_IN = {Status.VALIDATED, Status.PUBLISHED, Status.SHORTLISTING}  # nobody is proposed yet
LOOKING = {
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
}  # others may offer their help
BEFORE_COMMITTEE = {
    Status.DRAFT,
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
}
BEFORE_MATCHED = {
    Status.DRAFT,
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.RESERVE,
    Status.VALIDATED,
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
}


class Check(TextChoices):
    """What an officer ticks before a dossier goes to the committee, each with what it is if not."""

    reason: Words

    PUBLIC_BODY = (
        "public_body",
        _("not a public local or regional authority"),
        _("A public local or regional authority, or its association"),
    )
    COUNTRY = "country", _("country not eligible"), _("Its country is on the programme's list")
    COMPETENCE = (
        "competence",
        _("theme outside its competence"),
        _("The theme is within its legal competence"),
    )
    FORM = "form", _("form of exchange not realistic"), _("The form of exchange is realistic")
    FUNDING = "funding", _("already funded"), _("No double funding")
    RESTRICTIONS = (
        "restrictions",
        _("under European Union restrictive measures"),
        _("Not under European Union restrictive measures"),
    )
    HONOUR = "honour", _("declarations not made"), _("The declarations are made")
    SIGNATURE = (
        "signature",
        _("not signed by someone empowered"),
        _("Signed by someone empowered"),
    )

    def __new__(cls, value: str, reason: Words = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.reason = reason
        return member


# The reasons of ineligibility: each line of the checklist that does not hold, and one more.
# As timelines have them: the first by another code than its line.
CODES = {Check.PUBLIC_BODY: "not_public"}
IneligibleReason = TextChoices(  # type: ignore[call-overload]  # it knows no labels
    "IneligibleReason",
    [
        *(
            (CODES.get(one, one.value).upper(), (CODES.get(one, one.value), one.reason))
            for one in Check
        ),
        ("INCOMPLETE", ("incomplete", _("incomplete after a correction"))),
    ],
)


class CancelReason(TextChoices):
    SECURITY = "security", _("security")
    FORCE_MAJEURE = "force_majeure", _("force majeure")
    FUNDING = "funding", _("funding")
    FRAUD = "fraud", _("fraud or false statement")
    NO_RESPONSE = "no_response", _("no response")
    HEALTH = "health", _("health")


class Verdict(TextChoices):
    """An association's opinion; silence is no objection."""

    SUPPORTS = "supports", _("we support it")
    NO_OBJECTION = "no_objection", _("no objection")
    OBJECTS = "objects", _("we object")


class AttachmentKind(TextChoices):
    LETTER = "letter", _("letter of commitment")
    DECISION = "decision", _("decision of the council")
    LEGAL_ACT = "legal_act", _("legal act of the authority")
    CHART = "chart", _("organisation chart")
    PHOTO = "photo", _("photograph")
    PLAN = "plan", _("plan or map")
    OTHER = "other", _("other document")


class RoleWanted(TextChoices):
    ELECTED = "elected", _("an elected member")
    TECHNICAL = "technical", _("a technical officer")
    BOTH = "both", _("either")


class SizeBand(TextChoices):
    """Inhabitants of an authority, as domain.md 6 bands them."""

    VILLAGE = "0-5k", _("under 5,000 inhabitants")
    SMALL = "5-20k", _("5,000 to 20,000")
    TOWN = "20-50k", _("20,000 to 50,000")
    MIDDLE = "50-100k", _("50,000 to 100,000")
    CITY = "100-500k", _("100,000 to 500,000")
    LARGE = "500k+", _("more than 500,000")

    @property
    def bounds(self):
        """Return (least, below which or None), as the value tells them.

        >>> SizeBand.SMALL.bounds, SizeBand.LARGE.bounds
        ((5000, 20000), (500000, None))
        """
        least, _dash, most = self.value.removesuffix("k").removesuffix("k+").partition("-")
        return int(least) * 1000, int(most) * 1000 if most else None


class TargetGroup(TextChoices):
    INFORMAL = "informal", _("inhabitants of informal areas")
    WOMEN = "women", _("women")
    YOUTH = "youth", _("youth")
    DISABILITIES = "disabilities", _("persons with disabilities")
    OLDER = "older", _("older people")
    MIGRANTS = "migrants", _("migrants and refugees")
    FARMERS = "farmers", _("farmers")
    FIRMS = "firms", _("small firms")
    STAFF = "staff", _("staff of the authority")
    ELECTED = "elected", _("elected members")
    INHABITANTS = "inhabitants", _("all inhabitants")
    OTHER = "other", _("others")


class LanguageFrom(TextChoices):
    """How it is known in which language an application is written."""

    PERSON = "person"
    TEXT = "text"
    UNTOLD = "untold"  # its text was read, and is in no language that we know


class InterpretationPayer(TextChoices):
    APPLICANT = "applicant", _("we would")
    PROGRAMME = "programme", _("we ask the programme to")
    SHARED = "shared", _("both, in parts")


class Resource(TextChoices):
    STAFF = "staff", _("staff days")
    ROOM = "room", _("a meeting room")
    TRANSPORT = "transport", _("local transport")
    INTERPRETER = "interpreter", _("an interpreter")
    LODGING = "lodging", _("lodging or meals")
    CASH = "cash", _("money")
    OTHER = "other", _("something else")


class Marker(TextChoices):
    """How far a request is about something: the logic of the OECD DAC's policy markers."""

    NOT_TARGETED = "0", _("not targeted")
    SIGNIFICANT = "1", _("one aim among others")
    PRINCIPAL = "2", _("the main aim")


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
GAP = 25  # points between two scores from which a further member is asked


class Confirmation(TextChoices):
    """Who of an authority said that it is the one named as a co-applicant."""

    MEMBER = "member", _("confirmed by a member of the authority")
    DOMAIN = "domain", _("answered from the registered domain of the authority")
    STAFF = "staff", _("confirmed by the programme team")
    EARLIER = "earlier", _("took part before confirmations were asked for")
    NOT_THEM = (
        "not_them",
        _("confirmed by the programme team's enquiry: the authority did not answer itself"),
    )
