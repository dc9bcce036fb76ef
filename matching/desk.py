"""The matching desk's verbs: invite, answer an opportunity, begin and end the choosing."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Func, IntegerField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import Status
from applications.models import Dossier
from applications.people import neutral_officers
from applications.requirements import takes_answers
from applications.transitions import dossier_machine
from connect.dates import day_words
from connect.fields import refresh_unwritten
from connect.transitions import by_officer, record_event
from matching import cv
from matching.enums import ENDED_INTERESTS, GONE, WORDS, InterestStatus, RunState
from matching.models import Interest
from matching.needs import is_on_topic, nearest_offer
from matching.permissions import INTERESTS
from matching.reasons import NEVER_EXCEPTED
from matching.runs import desk_path, request_run
from matching.transitions import interest_machine
from notifications.outbox import post_letter
from registry.models import Offer
from registry.permissions import tied_towns
from registry.profiles import refuse_if_left

CLOSED = gettext_lazy("This request is not open to answers at the moment.")
UNANSWERED = {InterestStatus.INVITED, InterestStatus.DRAFT}
# From which experts are chosen.
CHOOSABLE = set(InterestStatus) - ENDED_INTERESTS - UNANSWERED - {InterestStatus.CHOSEN}


def latest_run(dossier):
    """Return the last ranking made, with `offer_count`; the columns of every offer stay behind."""
    done = dossier.runs.filter(state=RunState.DONE)
    counted = Func(F("offer_ids"), function="cardinality", output_field=IntegerField())
    return done.defer("offer_ids", "matrix", "broken", "keys").annotate(offer_count=counted).first()


def create_interest(dossier, expert, status, *, verb, actor, now, offer=None, excepted=(), note=""):
    """Create an interest and the first event of its timeline.

    Raises ValidationError where this expert already has one for this dossier, or belongs to it,
    or did in the last two years.
    """
    towns = tied_towns(expert.user, now)
    if expert.authority_id == dossier.authority_id or dossier.is_asked_by_any(towns):
        message = _(
            "An expert cannot help an authority that they belong to, or belonged to in the last "
            "two years."
        )
        raise ValidationError(message, code="own")
    before = cv.last_cv(expert)
    try:
        with transaction.atomic():
            interest = Interest.objects.create(
                dossier=dossier,
                expert=expert,
                offer=offer,
                authority=expert.authority,
                function_title=expert.function_title,
                status=status,
                status_since=now,
                excepted=list(excepted),
                # A beginning, to be made one's own; of another subject it would be none.
                comparable_case=offer.text if offer and is_on_topic(offer, dossier) else "",
                cv=before[0],
                cv_name=before[1],
            )
            bring_words_back(interest)
    except IntegrityError:
        raise ValidationError(
            _("%s is already a candidate for this file.") % expert, code="twice"
        ) from None
    details = {"excepted": list(excepted), "note": note} if excepted else {}
    record_event(interest, verb, actor=actor, now=now, details=details)
    return interest


def bring_words_back(interest):
    """Bring back what its expert wrote in the answer that they withdrew, or that ended unused."""
    ended = [InterestStatus.WITHDRAWN, InterestStatus.EXPIRED]
    earlier = interest.expert.interests.filter(dossier=interest.dossier_id, status__in=ended)
    if before := earlier.order_by("pk").last():
        for name in WORDS:
            setattr(interest, name, getattr(before, name) or getattr(interest, name))
        interest.save(update_fields=WORDS)


def lock_published(pk):
    """Lock a published request, whether its last day is over or not."""
    dossier = Dossier.objects.select_for_update(of=("self",)).select_related("authority").get(pk=pk)
    if dossier.status != Status.PUBLISHED:
        raise ValidationError(CLOSED, code="closed")
    return dossier


def lock_open(pk, now):
    """Lock a request that takes answers; ValidationError where its last day is over, too."""
    dossier = lock_published(pk)
    if not takes_answers(dossier, timezone.localdate(now)):
        raise ValidationError(CLOSED, code="closed")
    return dossier


@transaction.atomic
def invite_expert(dossier, offer_id, *, actor, exception="", again=False, now=None):
    """Invite the expert of a registry's offer to answer the published request.

    exception: why one rule that keeps the offer out is passed over; it stays with the interest.
    again: to invite one who has withdrawn from this request, too.
    Raises PermissionDenied for anybody but an officer, ValidationError where it cannot be.
    """
    now = now or timezone.now()
    if not by_officer(actor, dossier):
        raise PermissionDenied
    dossier = lock_published(dossier.pk)
    if not takes_answers(dossier, timezone.localdate(now)):
        message = _(
            "The last day for answers to this request is over: give it a new one first, then "
            "invite."
        )
        raise ValidationError(message, code="over")
    published = Offer.objects.published().select_related("expert__user", "expert__authority")
    offer = published.filter(pk=offer_id).first()
    if offer is None:
        raise ValidationError(_("This offer is no longer published."), code="gone")
    if not again:
        refuse_withdrawn(dossier, offer.expert)
    excepted = rules_against(dossier, offer.pk)
    check_exception(excepted, exception)
    interest = create_interest(
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
    post_letter(
        "interest_invited",
        key=interest.invitation_key,
        concerns=interest,
        to=[offer.expert.user],
        path=interest.path,
        not_before=now + settings.UNDO_FOR,
        title=dossier.title,
        authority=dossier.authority.name,
        country=lambda: dossier.authority.country.name,
        closes_on=dossier.opportunity.closes_on.isoformat(),
    )
    return interest


def list_newest(interests):
    """List answers without those that are over and whose expert has a newer one here."""
    newest = {one.expert_id: one.pk for one in sorted(interests, key=lambda one: one.pk)}
    return [one for one in interests if one.status not in GONE or one.pk == newest[one.expert_id]]


def list_withdrawals(interests):
    """Return {expert: when} of those who have withdrawn their answer."""
    gone = (one for one in interests if one.status == InterestStatus.WITHDRAWN)
    return {one.expert_id: one.status_since for one in gone}


def refuse_withdrawn(dossier, expert):
    """Raise ValidationError for an expert who has withdrawn their answer to this request."""
    own = expert.interests.filter(dossier=dossier, status=InterestStatus.WITHDRAWN)
    withdrawn = own.order_by("pk").last()
    if withdrawn:
        message = _("%(name)s withdrew on %(day)s. To invite them again, confirm it in their row.")
        words = {"name": expert, "day": day_words(withdrawn.status_since)}
        raise ValidationError(message % words, code="withdrew")


def check_exception(broken, reason):
    """Raise ValidationError where broken rules cannot be waived, or without a reason."""
    if set(broken) & NEVER_EXCEPTED:
        raise ValidationError(_("There is no exception from this rule."), code="conflict")
    if broken and not reason.strip():
        raise ValidationError(
            _("Give a reason for this exception: it is recorded."), code="exception"
        )


def rules_against(dossier, offer_id):
    """List the rules of the latest ranking that keep an offer out of a dossier."""
    run = latest_run(dossier)
    near = run.near_misses if run else []
    return next((entry["broken"] for entry in near if entry["offer_id"] == offer_id), [])


@transaction.atomic
def answer_opportunity(dossier, *, actor, now=None):
    """Return the open interest of this expert for a published request, or begin one."""
    now = now or timezone.now()
    expert = getattr(actor, "expert", None)
    if expert is None:
        raise PermissionDenied
    refuse_if_left(expert)
    dossier = lock_open(dossier.pk, now)
    mine = Interest.objects.filter(expert=expert, dossier=dossier)
    existing = mine.exclude(status__in=GONE).first()
    if existing:
        if not Interest.objects.of_expert(actor).filter(pk=existing.pk).exists():
            # They are invited, and do not know it yet: what they begin is undone no more.
            return interest_machine.advance(existing, "begin", actor=actor, now=now)
        return existing
    offer = nearest_offer(expert, dossier)
    return create_interest(
        dossier,
        expert,
        InterestStatus.DRAFT,
        verb="begin",
        actor=actor,
        now=now,
        offer=offer,
    )


@transaction.atomic
def correct_interest(interest, *, actor, now=None):
    """Bring an expert's answer back to be mended and sent again; return it."""
    now = now or timezone.now()
    lock_open(interest.dossier_id, now)
    interest = interest_machine.advance(interest, "correct", actor=actor, now=now)
    request_run(interest.dossier_id, now)
    return interest


@transaction.atomic
def save_interest(form, *, actor):
    """Save what an expert wrote of an answer that is not sent, from a valid InterestForm.

    Raises PermissionDenied for anybody else, and once it was sent: a second button, too, pressed
    at the same moment as the first.
    """
    interest = form.save(commit=False)
    INTERESTS.get_locked(Interest.objects.all(), interest, "write", actor)
    refresh_unwritten(form)
    interest.save()
    return interest


@transaction.atomic
def submit_interest(interest, *, actor, now=None):
    """Send the expert's answer, and tell the officers."""
    interest = interest_machine.advance(interest, "submit", actor=actor, now=now)
    corrected = interest.events.filter(verb="correct").count()
    post_letter(
        "interest_received",
        is_news=True,
        key=f"interest:{interest.pk}:received{corrected and f':{corrected}' or ''}",
        concerns=interest,
        to=neutral_officers(interest.dossier),
        path=desk_path(interest.dossier),
        reference=interest.dossier.reference,
        expert=str(interest.expert),
        authority=interest.authority.name,
    )
    request_run(interest.dossier_id, now)
    return interest


@transaction.atomic
def begin_shortlisting(dossier, *, actor, now=None):
    """Close the request to interests; needs one that is admissible."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if not dossier.interests.admissible().exists():
        raise ValidationError(
            _("No answer is eligible yet: check those received, or invite."),
            code="no_interest",
        )
    return dossier_machine.advance(dossier, "shortlist", actor=actor, now=now)
