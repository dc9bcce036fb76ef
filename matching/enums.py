"""The vocabulary of interests, matches and consents (domain.md 4)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class InterestStatus(TextChoices):
    INVITED = "invited", _("invited")
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("sent")
    SCREENED = "screened", _("checked by staff")
    SHORTLISTED = "shortlisted", _("on the shortlist")
    CHOSEN = "chosen", _("chosen")
    RESERVE = "reserve", _("on the reserve list")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    UNDONE = "undone", _("invitation undone")  # before its letter left: staff alone know of it


S = InterestStatus
OVER = {S.DECLINED, S.WITHDRAWN, S.EXPIRED, S.UNDONE}
GONE = OVER - {S.DECLINED}  # such an expert may be asked again
UNSENT = GONE | {S.INVITED, S.DRAFT}  # or taken out of staff's hands since


class MatchStatus(TextChoices):
    PROPOSED = "proposed", _("waiting for everybody's agreement")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", _("refused")
    LAPSED = "lapsed", _("lapsed without an answer")
    UNDONE = "undone", _("undone")
    WITHDRAWN = "withdrawn", _("withdrawn by our staff")
    TAKEN_BACK = "taken_back", _("undone before anybody was asked")  # staff alone know of it


class Side(TextChoices):
    APPLICANT = "applicant", _("the applicant")
    EXPERT = "expert", _("the expert")
    EMPLOYER = "employer", _("the expert's employer")


class Answer(TextChoices):
    WAITING = "waiting", _("no answer yet")
    YES = "yes", _("agrees")
    NO = "no", _("declines")


class RunState(TextChoices):
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
