"""The matching desk's verbs: invite, answer an opportunity, begin and end the choosing."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import Status
from applications.models import Dossier
from applications.transitions import life as dossier_life
from applications.transitions import officers
from connect.transitions import by_officer, record_event
from matching.enums import InterestStatus, MatchStatus, RunState
from matching.models import Interest, Match, Opportunity
from matching.transitions import interest_life, match_life
from notifications.outbox import post
from registry import search
from registry.models import Offer, SearchEntry


def latest_run(dossier):
    return dossier.runs.filter(state=RunState.DONE).first()


def new_interest(dossier, expert, status, *, verb, actor, now, offer=None):
    """Write an interest and the first line of its life.

    Raises ValidationError where this expert already has one for this dossier, or belongs to it.
    """
    if expert.authority_id == dossier.authority_id:
        raise ValidationError(_("An expert cannot help their own authority."), code="own")
    try:
        with transaction.atomic():
            interest = Interest.objects.create(
                dossier=dossier,
                expert=expert,
                offer=offer,
                authority=expert.authority,
                status=status,
                status_since=now,
            )
    except IntegrityError:
        raise ValidationError(
            _("%s is already among the candidates of this dossier.") % expert, code="twice"
        ) from None
    record_event(interest, verb, actor=actor, now=now)
    return interest


def locked_published(pk):
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("authority").get(pk=pk)
    if dossier.status != Status.PUBLISHED:
        raise ValidationError(_("This request is not open to answers now."), code="closed")
    return dossier


@transaction.atomic
def invite(dossier, offer_id, *, actor, now=None):
    """Invite the expert of a registry's offer to answer the published request.

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
    interest = new_interest(
        dossier,
        offer.expert,
        InterestStatus.INVITED,
        verb="invite",
        actor=actor,
        now=now,
        offer=offer,
    )
    post(
        "interest_invited",
        key=f"interest:{interest.pk}:invited",
        to=[offer.expert.user],
        path=interest.path,
        title=dossier.title,
        authority=dossier.authority.name,
        country=dossier.authority.country.name,
        closes_on=dossier.opportunity.closes_on.isoformat(),
    )
    return interest


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
