"""The vocabulary of interests, matches and consents (domain.md 4)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.statuses import Kind, StatusChoices


class InterestStatus(StatusChoices):
    INVITED = "invited", Kind.TO_DO, _("invited")
    DRAFT = "draft", Kind.TO_DO, _("draft")
    SUBMITTED = "submitted", Kind.WAITING, _("sent")
    SCREENED = "screened", Kind.IN_PROGRESS, _("eligible")
    SHORTLISTED = "shortlisted", Kind.IN_PROGRESS, _("shortlisted")
    CHOSEN = "chosen", Kind.DONE, _("chosen")
    RESERVE = "reserve", Kind.WAITING, _("on the reserve list")
    DECLINED = "declined", Kind.STOPPED, _("declined")
    WITHDRAWN = "withdrawn", Kind.STOPPED, pgettext_lazy("an answer to a request", "withdrawn")
    EXPIRED = "expired", Kind.STOPPED, pgettext_lazy("an answer to a request", "ended")
    # An invitation before its letter left, or a draft: nobody else knows of it.
    UNDONE = "undone", Kind.STOPPED, _("undone before it was sent")


# What the applicant reads, too.
CHOICE = {InterestStatus.SHORTLISTED, InterestStatus.CHOSEN, InterestStatus.RESERVE}
ENDED_INTERESTS = {
    InterestStatus.DECLINED,
    InterestStatus.WITHDRAWN,
    InterestStatus.EXPIRED,
    InterestStatus.UNDONE,
}
GONE = ENDED_INTERESTS - {InterestStatus.DECLINED}  # such an expert may be asked again
UNSENT = GONE | {
    InterestStatus.INVITED,
    InterestStatus.DRAFT,
}  # or taken out of staff's hands since


# What an expert writes in an answer; of it the texts, which go with the person.
WORDS = (
    *("motivation", "comparable_case", "approach", "days_possible", "town_gives", "references"),
    *("partnership", "partnership_text", "conflict", "conflict_text"),
)
TEXTS = tuple(name for name in WORDS if name not in ("partnership", "conflict"))


class MatchStatus(StatusChoices):
    PROPOSED = "proposed", Kind.WAITING, _("waiting for everyone's agreement")
    AGREED = "agreed", Kind.DONE, _("agreed")
    REFUSED = "refused", Kind.STOPPED, pgettext_lazy("a match", "refused")
    LAPSED = "lapsed", Kind.STOPPED, _("expired without an answer")
    DISSOLVED = "undone", Kind.STOPPED, _("undone")
    WITHDRAWN = "withdrawn", Kind.STOPPED, _("withdrawn by the programme team")
    # While nobody was told: staff alone know of it.
    UNDONE = "taken_back", Kind.STOPPED, _("undone before anybody was asked")


class Side(TextChoices):
    APPLICANT = "applicant", _("the applicant")
    EXPERT = "expert", _("the expert")
    EMPLOYER = "employer", _("the expert's employer")


class Answer(StatusChoices):
    WAITING = "waiting", Kind.WAITING, _("no answer yet")
    YES = "yes", Kind.DONE, _("agrees")
    NO = "no", Kind.STOPPED, _("declined")


class RunState(StatusChoices):
    WAITING = "waiting", Kind.WAITING, _("waiting")
    DONE = "done", Kind.DONE, _("done")
    FAILED = "failed", Kind.STOPPED, _("failed")


class NotForMe(TextChoices):
    """Why a request is not for an expert to whom it was shown as fitting."""

    FIELD = "field", _("not my field of work")
    LANGUAGE = "language", _("the language")
    DATES = "dates", _("the dates")
    FAR = "far", _("too far away")
    OTHER = "other", _("another reason")
