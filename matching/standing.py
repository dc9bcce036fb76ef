"""Where a match or an expert's answer stands: who acts now, the next step and its day."""

from datetime import datetime

from django.conf import settings
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import Status
from applications.requirements import takes_answers
from connect.dates import hour_words
from connect.standing import Standing
from connect.statuses import for_each_status
from connect.types import Words
from matching.enums import InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.withdrawals import may_undo_proposal

READ = gettext_lazy("With the programme team: it reads the answer.")
CHOOSES = gettext_lazy("The programme team chooses among those who answered")
MEET = gettext_lazy("Both sides meet")
# What an answer waits for, and what comes next, once it was sent.
ANSWERS: dict[str, tuple[Words, Words] | None] = for_each_status(
    InterestStatus,
    {
        InterestStatus.SUBMITTED: (READ, CHOOSES),
        InterestStatus.SCREENED: (READ, CHOOSES),
        InterestStatus.SHORTLISTED: (
            gettext_lazy("With the programme team: it chooses among those on the shortlist."),
            gettext_lazy("A match is proposed to every side, or another expert is chosen"),
        ),
        InterestStatus.RESERVE: (
            gettext_lazy("On the reserve list: it counts if the expert chosen first cannot come."),
            gettext_lazy("The programme team writes in any case"),
        ),
        InterestStatus.CHOSEN: (gettext_lazy("Chosen."), MEET),
        InterestStatus.INVITED: None,
        InterestStatus.DRAFT: None,
        InterestStatus.DECLINED: None,
        InterestStatus.WITHDRAWN: None,
        InterestStatus.EXPIRED: None,
        InterestStatus.UNDONE: None,
    },
)


def untold_standing(match: Match, now: datetime) -> Standing | None:
    """Return where a proposal stands that may still be undone, for officers: others see none."""
    if not may_undo_proposal(match, now):
        return None
    time = hour_words(match.status_since + settings.UNDO_FOR)
    words = _("The e-mails are sent at %(time)s: until then, only the programme team knows of it.")
    return Standing(words % {"time": time})


def match_standing(match: Match, waits_for: str) -> Standing:
    """waits_for: who has not answered yet, in words."""
    if match.status == MatchStatus.PROPOSED:
        who = _("Waiting for: %(names)s") % {"names": waits_for}
        return Standing(who, _("The exchange is created once every side agrees"), match.answer_by)
    if match.status == MatchStatus.AGREED:
        ahead = _("Both sides plan the exchange") if is_planned(match) else ""
        return Standing(_("Every side has agreed."), ahead)
    return Standing(_("This proposal has ended."))


def is_planned(match: Match) -> bool:
    """Return whether the exchange of an agreed match has yet to begin."""
    exchange = getattr(match, "exchange", None)
    has_begun = exchange is not None and exchange.actual_start is not None
    return match.dossier.status == Status.MATCHED and not has_begun


def interest_standing(interest: Interest, *, is_own: bool) -> Standing:
    # An exchange of earlier years was never published.
    opportunity = getattr(interest.dossier, "opportunity", None)
    closes_on = opportunity and opportunity.closes_on
    if interest.status in (InterestStatus.INVITED, InterestStatus.DRAFT):
        if not takes_answers(interest.dossier, localdate()):
            return Standing(_("The request is closed: it takes no answers now."))
        who = _("With you: write your answer and send it.") if is_own else _("With the expert.")
        return Standing(who, _("You send it") if is_own else _("The expert sends it"), closes_on)
    waits = ANSWERS[interest.status]
    if waits is None:
        return Standing()
    holder, ahead = waits
    if ahead is MEET and not any(
        map(is_planned, interest.matches.filter(status=MatchStatus.AGREED))
    ):
        return Standing(holder)
    return Standing(holder, ahead)
