"""The matching desk's verbs: invite, answer an opportunity, begin and end the choosing."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Func, IntegerField
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import Status
from applications.models import Dossier
from applications.transitions import applicants, associations, officers
from applications.transitions import life as dossier_life
from connect.transitions import by_officer, record_event
from matching import cv
from matching.enums import InterestStatus, MatchStatus, RunState
from matching.models import Interest, Match, Opportunity
from matching.transitions import interest_life, match_life
from matching.wording import NEVER_EXCEPTED
from notifications.outbox import post, recall
from registry import search
from registry.models import Offer, SearchEntry

GONE = [InterestStatus.WITHDRAWN, InterestStatus.EXPIRED]  # such an expert may be asked again
LONGEST = timedelta(weeks=8)  # that a request stays open from the day it is extended


def latest_run(dossier):
    """Give the last ranking made, with `offer_count`; the columns of every offer stay behind."""
    done = dossier.runs.filter(state=RunState.DONE)
    counted = Func(F("offer_ids"), function="cardinality", output_field=IntegerField())
    return done.defer("offer_ids", "matrix", "broken", "keys").annotate(offer_count=counted).first()


def following(dossier):
    """Give the next interest of the shortlist that no proposal has held yet; None without one."""
    shortlist = dossier.interests.filter(status=InterestStatus.SHORTLISTED)
    return shortlist.filter(matches=None).first()


def new_interest(dossier, expert, status, *, verb, actor, now, offer=None, excepted=(), note=""):
    """Write an interest and the first line of its life.

    Raises ValidationError where this expert already has one for this dossier, or belongs to it.
    """
    if expert.authority_id == dossier.authority_id:
        raise ValidationError(_("An expert cannot help their own authority."), code="own")
    before = cv.last_of(expert)
    try:
        with transaction.atomic():
            interest = Interest.objects.create(
                dossier=dossier,
                expert=expert,
                offer=offer,
                authority=expert.authority,
                status=status,
                status_since=now,
                excepted=list(excepted),
                comparable_case=offer.text if offer else "",  # a beginning, to be made one's own
                cv=before[0],
                cv_name=before[1],
            )
    except IntegrityError:
        raise ValidationError(
            _("%s is already among the candidates of this dossier.") % expert, code="twice"
        ) from None
    details = {"excepted": list(excepted), "note": note} if excepted else {}
    record_event(interest, verb, actor=actor, now=now, details=details)
    return interest


def locked_published(pk):
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("authority").get(pk=pk)
    if dossier.status != Status.PUBLISHED:
        raise ValidationError(_("This request is not open to answers now."), code="closed")
    return dossier


@transaction.atomic
def invite(dossier, offer_id, *, actor, exception="", now=None):
    """Invite the expert of a registry's offer to answer the published request.

    exception: why one rule that keeps the offer out is passed over; it stays with the interest.
    Raises PermissionDenied for anybody but an officer, ValidationError where it cannot be.
    """
    now = now or timezone.now()
    if not by_officer(actor, dossier):
        raise PermissionDenied
    dossier = locked_published(dossier.pk)
    offer = Offer.objects.published().select_related("expert__user", "expert__authority")
    offer = offer.filter(pk=offer_id).first()
    if offer is None:
        raise ValidationError(_("This offer is no longer published."), code="gone")
    excepted = rules_against(dossier, offer.pk)
    if set(excepted) & NEVER_EXCEPTED:
        raise ValidationError(_("There is no exception from this rule."), code="conflict")
    if excepted and not exception.strip():
        raise ValidationError(_("Say why this exception is made: it is kept."), code="exception")
    interest = new_interest(
        dossier,
        offer.expert,
        InterestStatus.INVITED,
        verb="invite",
        actor=actor,
        now=now,
        offer=offer,
        excepted=excepted,
        note=exception,
    )
    post(
        "interest_invited",
        key=f"interest:{interest.pk}:invited",
        to=[offer.expert.user],
        path=interest.path,
        not_before=now + settings.UNDO_FOR,
        title=dossier.title,
        authority=dossier.authority.name,
        country=dossier.authority.country.name,
        closes_on=dossier.opportunity.closes_on.isoformat(),
    )
    return interest


def rules_against(dossier, offer_id):
    """List the rules of the latest ranking that keep an offer out of a dossier."""
    run = latest_run(dossier)
    near = run.near_misses if run else []
    return next((entry["broken"] for entry in near if entry["offer_id"] == offer_id), [])


def way_back(interest):
    """Name the step that undoes an officer's last decision, and its letter's key; or None."""
    events = list(interest.events.all())  # read once for a whole list, where it was prefetched
    event = events[-1] if events else None
    if event is None or event.actor_id is None or event.target != interest.status:
        return None
    match event.verb, event.source:
        case "invite", _:
            return "uninvite", f"interest:{interest.pk}:invited"
        case ("screen", _) | ("decline", InterestStatus.SUBMITTED):
            return "unscreen", f"interest-event:{event.pk}"
        case (("shortlist" | "keep_in_reserve" | "decline"), _):
            return "restore", f"interest-event:{event.pk}"
    return None


def may_undo(interest, now):
    """True while a decision can be undone: at any time if no letter follows, else for a while."""
    back = way_back(interest)
    events = list(interest.events.all())
    return back is not None and (
        events[-1].verb == "screen" or now < events[-1].at + settings.UNDO_FOR
    )


@transaction.atomic
def undo(interest, *, actor, now=None):
    """Undo the last decision on an interest while no letter about it has left; return it.

    Raises PermissionDenied for anybody but an officer, ValidationError once it is too late.
    """
    now = now or timezone.now()
    if not by_officer(actor, interest):
        raise PermissionDenied
    interest = Interest.objects.select_for_update(of=("self",)).get(pk=interest.pk)
    back = way_back(interest)
    if back is None:
        raise ValidationError(_("There is no decision to undo."), code="nothing")
    verb, key = back
    if not recall(key, now):
        raise ValidationError(
            _("The letter about it has left: write to the person instead."), code="left"
        )
    return interest_life.advance(interest, verb, actor=actor, now=now)


@transaction.atomic
def put_aside(dossier, offer_id, *, reason, actor, now=None):
    """Say that an offer does not suit a dossier, with a reason; the list and learning heed it.

    Raises PermissionDenied for anybody but an officer, ValidationError without a reason.
    """
    if not by_officer(actor, dossier):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Say why it does not suit: it helps the next ranking."), code="why")
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise ValidationError(_("This offer is no longer there."), code="gone")
    made, _new = dossier.put_aside.get_or_create(
        offer=offer,
        undone_at=None,
        defaults={"reason": reason[:300], "at": now or timezone.now(), "by": actor},
    )
    return made


def take_up(dossier, offer_id, *, actor, now=None):
    """Bring an offer that was put aside back to the list; the word against it is kept, undone."""
    if not by_officer(actor, dossier):
        raise PermissionDenied
    aside = dossier.put_aside.filter(offer=offer_id, undone_at=None)
    return aside.update(undone_at=now or timezone.now())


@transaction.atomic
def extend(dossier, closes_on, *, actor, now=None):
    """Give a published request more time, once, and tell everybody concerned.

    Raises PermissionDenied for anybody but an officer, ValidationError for a second time, or a
    day that is not after the present one and within eight weeks.
    """
    now = now or timezone.now()
    if not by_officer(actor, dossier):
        raise PermissionDenied
    dossier = locked_published(dossier.pk)
    opportunity, today = dossier.opportunity, timezone.localdate(now)
    if opportunity.extended_at:
        raise ValidationError(_("This request was given more time already, once."), code="once")
    if closes_on is None or not opportunity.closes_on < closes_on <= today + LONGEST:
        raise ValidationError(
            _("Choose a day after the present one, within eight weeks from today."), code="day"
        )
    opportunity.closes_on, opportunity.extended_at = closes_on, now
    opportunity.save(update_fields=["closes_on", "extended_at"])
    details = {"closes_on": closes_on.isoformat()}
    record_event(dossier, "extend", source=dossier.status, actor=actor, now=now, details=details)
    answering = [interest.expert.user for interest in dossier.interests.open().with_details()]
    people = {p.address.lower(): p for p in [*applicants(dossier), *associations(dossier)]}
    people |= {person.address.lower(): person for person in answering}
    post(
        "opportunity_extended",
        key=f"dossier:{dossier.pk}:extended",
        to=people.values(),
        path=opportunity_path(dossier),
        reference=dossier.reference,
        title=dossier.title,
        authority=dossier.authority.name,
        closes_on=closes_on.isoformat(),
    )
    return opportunity


def opportunity_path(dossier):
    return f"/opportunities/{dossier.reference}/"


@transaction.atomic
def answer_opportunity(dossier, *, actor, now=None):
    """Give the open interest of this expert for a published request, or begin one."""
    now = now or timezone.now()
    expert = getattr(actor, "expert", None)
    if expert is None:
        raise PermissionDenied
    dossier = locked_published(dossier.pk)
    mine = Interest.objects.of_expert(actor).filter(dossier=dossier)
    existing = mine.exclude(status__in=["withdrawn", "expired"]).first()
    if existing:
        return existing
    offer = expert.offers.published().first()
    return new_interest(
        dossier,
        expert,
        InterestStatus.DRAFT,
        verb="begin",
        actor=actor,
        now=now,
        offer=offer,
    )


@transaction.atomic
def submit_interest(interest, *, actor, now=None):
    """Send the expert's answer, and tell the officers."""
    interest = interest_life.advance(interest, "submit", actor=actor, now=now)
    post(
        "interest_received",
        key=f"interest:{interest.pk}:received",
        to=officers(),
        path=interest.path,
        reference=interest.dossier.reference,
        expert=str(interest.expert),
        authority=interest.authority.name,
    )
    return interest


@transaction.atomic
def begin_shortlisting(dossier, *, actor, now=None):
    """Close the request to interests; needs one that is admissible."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if not dossier.interests.admissible().exists():
        raise ValidationError(
            _("No interest is admissible yet: check those that came in, or invite."),
            code="no_interest",
        )
    return dossier_life.advance(dossier, "shortlist", actor=actor, now=now)


def close_due(now):
    """Begin the choosing where the last day for interests has passed; return how many.

    A request without an admissible interest stays: staff extend it or close it.
    """
    today, closed = timezone.localdate(now), 0
    due = Dossier.objects.filter(status=Status.PUBLISHED, opportunity__closes_on__lt=today)
    for dossier in due.order_by("pk"):
        try:
            begin_shortlisting(dossier, actor=None, now=now)
        except ValidationError:
            continue  # nothing admissible yet, or staff were quicker
        closed += 1
    return closed


def end_interests(dossier_pk, now):
    """End what hangs on a dossier that is over: its living match, its open interests."""
    verbs = {MatchStatus.PROPOSED: "lapse", MatchStatus.AGREED: "undo"}
    for match in Match.objects.filter(dossier=dossier_pk, status__in=verbs):
        match_life.advance(match, verbs[match.status], actor=None, now=now)
    for interest in Interest.objects.filter(dossier=dossier_pk).open().order_by("pk"):
        interest_life.advance(interest, "expire", actor=None, now=now)


def open_opportunity(dossier_pk, now):
    """Publish: the last day for interests is in the step's event."""
    dossier = Dossier.objects.get(pk=dossier_pk)
    closes_on = dossier.events.filter(verb="publish").last().details["closes_on"]
    opportunity, _made = Opportunity.objects.update_or_create(
        dossier=dossier, defaults={"published_at": now, "closes_on": closes_on}
    )
    index_opportunities([opportunity.pk])


def index_opportunities(keys):
    """Make published requests found: by title, summary, town and topics, no more."""
    rows = Opportunity.objects.filter(pk__in=keys).with_list_details()
    found = []
    for opportunity in rows:
        dossier = opportunity.dossier
        topics = [need.theme for need in dossier.needs.all()]
        text = (dossier.language, f"{dossier.title}\n{dossier.summary}")
        found.append(
            search.Found(
                key=opportunity.pk,
                name=f"{dossier.title} {dossier.authority.name}"[:250],
                texts=[text, *search.names_of(topics)],
                is_public=True,
                country=str(dossier.authority.country),
                themes=search.with_parents(topics),
                forms=list(dossier.forms),
                languages=list(dossier.languages),
            )
        )
    search.write(SearchEntry.OPPORTUNITY, found)
