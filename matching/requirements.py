"""What an answer, or a match, still lacks before one of its transitions (domain.md 4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.enums import LOOKING
from applications.requirements import takes_answers
from connect.lengths import missing_length
from connect.transitions import Details, Lacking
from matching.enums import TEXTS, InterestStatus, MatchStatus
from matching.models import Interest, Match
from registry.models import Offer

LEAST = 100  # characters of each text that an answer needs


def is_still_there(interest: Interest) -> bool:
    """True while the expert works for the authority in whose name the answer is given."""
    return Interest.objects.still_employed().filter(pk=interest.pk).exists()


def missing_from_answer(interest: Interest, details: Details, now: datetime) -> Lacking:
    texts = (
        missing_length(_("why you would like to help"), interest.motivation, LEAST),
        missing_length(_("a comparable case that you solved"), interest.comparable_case, LEAST),
        missing_length(_("how you would go about it"), interest.approach, LEAST),
    )
    boxes = [BOX_REQUIREMENTS[name] for name in contradicting_boxes(vars(interest))]
    return [*filter(None, texts), *boxes, *missing_beside_texts(interest, now)]


# {field of an answer that is missing beside another: what it is called}
BOX_REQUIREMENTS = {
    "partnership_text": _("what your earlier partnership is"),
    "conflict_text": _("what your conflict of interest is"),
    "partnership": _("a tick at the earlier partnership that you describe"),
    "conflict": _("a tick at the conflict of interest that you describe"),
}


def contradicting_boxes(answers: Mapping[str, Any]) -> list[str]:
    """List the fields that are missing: a text of a ticked box, the tick of a text.

    >>> contradicting_boxes({"partnership": True, "conflict_text": "My brother works there."})
    ['partnership_text', 'conflict']
    """
    missing = []
    for name in ("partnership", "conflict"):
        is_ticked = bool(answers.get(name))
        is_explained = bool((answers.get(f"{name}_text") or "").strip())
        if is_ticked != is_explained:
            missing.append(f"{name}_text" if is_ticked else name)
    return missing


def missing_beside_texts(interest: Interest, now: datetime) -> Lacking:
    """Describe what keeps an answer from being sent that no text of it can mend."""
    is_open = takes_answers(interest.dossier, localdate(now))
    return [
        words
        for words, is_there in (
            (_("your CV, as a PDF"), bool(interest.cv)),
            (_("a request that is still open"), is_open),
            (_("a profile that says where you work now"), is_still_there(interest)),
        )
        if not is_there
    ]


def missing_neutrality(interest: Interest, details: Details, now: datetime) -> Lacking:
    return [_("an answer without a conflict of interest")] if interest.conflict else []


def missing_free_answer(interest: Interest, details: Details, now: datetime) -> Lacking:
    """List what prevents a step of an answer in an open proposal: that is ended first."""
    match = interest.matches.filter(status=MatchStatus.PROPOSED).first()
    if match is None:
        return []
    return [_("the end of the proposal %s, which holds this answer: withdraw it first") % match]


def missing_unread_draft(interest: Interest, details: Details, now: datetime) -> Lacking:
    """List why a draft is not simply deleted: it was sent before, or answers an invitation."""
    is_known = interest.events.filter(verb__in=("submit", "invite")).exists()
    return [_("a draft that nobody else knows of: withdraw the answer instead")] if is_known else []


def missing_chance_to_correct(interest: Interest, details: Details, now: datetime) -> Lacking:
    if not takes_answers(interest.dossier, localdate(now)):
        return [_("a request that is still open")]
    return missing_free_answer(interest, details, now)


def missing_open_request(interest: Interest, details: Details, now: datetime) -> Lacking:
    looks = interest.dossier.status in LOOKING
    return [] if looks else [_("a request that is still open to experts")]


def missing_admission(interest: Interest, details: Details, now: datetime) -> Lacking:
    lacking = missing_neutrality(interest, details, now)
    if not interest.expert.user.is_active:
        lacking = [*lacking, _("an expert whose account is active")]
    was_emptied = not any(getattr(interest, name) for name in TEXTS)
    if interest.status == InterestStatus.DECLINED and was_emptied:  # by `retention`
        lacking = [*lacking, _("an answer whose texts have not been deleted")]
    return [*lacking, *missing_open_request(interest, details, now)]


def agreed_this_year(offer: Offer, now: datetime) -> int:
    """Count the agreed matches of this year (Brussels time) that use an offer's capacity."""
    year = localdate(now).year
    return Match.objects.filter(
        status=MatchStatus.AGREED, interests__offer=offer, status_since__year=year
    ).count()


def missing_capacity(match: Match, details: Details, now: datetime) -> Lacking:
    """Names of experts whose year is full; their offers are locked, so the last seat goes once."""
    ids = match.interests.exclude(offer=None).values_list("offer", flat=True)
    offers = Offer.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    return [
        _("an exchange left: %(expert)s has used all exchanges of this year")
        % {"expert": offer.expert}
        for offer in offers
        if agreed_this_year(offer, now) >= offer.capacity
    ]


def missing_consents(match: Match, details: Details, now: datetime) -> Lacking:
    waiting = match.consents.exclude(answer="yes").count()
    return [_("every side's agreement")] if waiting else missing_capacity(match, details, now)
