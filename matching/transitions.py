"""The lives of an interest and of a match (domain.md 4)."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from connect.lengths import lacking
from connect.transitions import Life, Step, by_clock, by_officer, by_officer_or_clock
from matching.enums import InterestStatus as I
from matching.enums import MatchStatus as M
from matching.models import Interest, Match
from notifications.outbox import post, take_back
from registry.models import Offer

LEAST = 100  # characters of each text that an answer needs


def by_its_expert(actor, interest):
    return actor is not None and actor.is_active and interest.expert.user_id == actor.pk


def unfinished(interest, details, now):
    texts = (
        lacking(_("why you would like to help"), interest.motivation, LEAST),
        lacking(_("a comparable case that you solved"), interest.comparable_case, LEAST),
        lacking(_("how you would go about it"), interest.approach, LEAST),
    )
    return [words for words in texts if words] + [
        words
        for words, is_there in (
            (_("your CV, as a PDF"), bool(interest.cv)),
            (_("a request that is still open"), interest.dossier.status == "published"),
        )
        if not is_there
    ]


def conflicted(interest, details, now):
    return [_("an interest without a conflict of interest")] if interest.conflict else []


def interest_followed(interest, event):
    if event.verb in ("decline", "expire", "uninvite") and event.source in (I.INVITED, I.DRAFT):
        take_back(f"interest:{interest.pk}:invited")
    if event.verb in ("decline", "expire", "shortlist", "keep_in_reserve"):
        post(
            f"interest_{event.verb}",
            key=f"interest-event:{event.pk}",
            to=[interest.expert.user],
            path=interest.path,
            # An officer may still think better of it: see `decisions.undo`.
            not_before=event.at + settings.UNDO_FOR if event.actor_id else None,
            reference=interest.dossier.reference,
            title=interest.dossier.title,
            authority=interest.dossier.authority.name,
            note=event.details.get("note", ""),
        )


OPEN = {I.INVITED, I.DRAFT, I.SUBMITTED, I.SCREENED, I.SHORTLISTED, I.RESERVE}

interest_life = Life(
    Interest,
    {
        "begin": Step({I.INVITED}, I.DRAFT, by_its_expert, _("Answer the invitation")),
        "submit": Step(
            {I.INVITED, I.DRAFT}, I.SUBMITTED, by_its_expert, _("Send my answer"), unfinished
        ),
        "screen": Step({I.SUBMITTED}, I.SCREENED, by_officer, _("Admissible"), conflicted),
        "shortlist": Step(
            {I.SCREENED, I.RESERVE}, I.SHORTLISTED, by_officer, _("Put on the shortlist")
        ),
        # What an officer decided by mistake, and of which no letter has left: see `decisions.undo`.
        "uninvite": Step({I.INVITED}, I.EXPIRED, by_officer),
        "unscreen": Step({I.SCREENED, I.DECLINED}, I.SUBMITTED, by_officer),
        "restore": Step({I.SHORTLISTED, I.RESERVE, I.DECLINED}, I.SCREENED, by_officer),
        "choose": Step({I.SHORTLISTED}, I.CHOSEN, by_clock),
        "keep_in_reserve": Step(
            {I.SCREENED, I.SHORTLISTED}, I.RESERVE, by_officer_or_clock, _("Keep in reserve")
        ),
        "decline": Step(
            {I.SUBMITTED, I.SCREENED, I.SHORTLISTED, I.RESERVE},
            I.DECLINED,
            by_officer_or_clock,
            _("Decline"),
        ),
        "withdraw": Step(OPEN, I.WITHDRAWN, by_its_expert, _("Withdraw")),
        "expire": Step({*OPEN, I.CHOSEN}, I.EXPIRED, by_clock),
    },
    interest_followed,
)


def agreed_this_year(offer, year):
    """Count the agreed matches of a year that take a place of this offer."""
    return Match.objects.filter(
        status=M.AGREED, interests__offer=offer, status_since__year=year
    ).count()


def without_capacity(match, details, now):
    """Names of experts whose year is full; their offers are locked, so the last seat goes once."""
    ids = match.interests.exclude(offer=None).values_list("offer", flat=True)
    offers = Offer.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return [
        _("a free place: %(expert)s has all the exchanges of this year") % {"expert": offer.expert}
        for offer in offers
        if agreed_this_year(offer, now.year) >= offer.capacity
    ]


def unanswered(match, details, now):
    waiting = match.consents.exclude(answer="yes").count()
    return [_("every side's agreement")] if waiting else without_capacity(match, details, now)


def match_followed(match, event):
    take_back(f"match:{match.pk}:asked")


match_life = Life(
    Match,
    {
        "agree": Step({M.PROPOSED}, M.AGREED, by_clock, missing=unanswered),
        "refuse": Step({M.PROPOSED}, M.REFUSED, by_clock),
        "lapse": Step({M.PROPOSED}, M.LAPSED, by_clock),
        "undo": Step({M.AGREED}, M.UNDONE, by_officer_or_clock),
    },
    match_followed,
)
