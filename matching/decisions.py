"""What an officer decides on a candidate and may think better of: undo, put aside, take up."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import FINAL
from connect.dates import hour_words
from connect.transitions import by_officer
from connect.undo_period import is_untold
from matching.desk import check_exception, latest_run
from matching.enums import InterestStatus
from matching.models import Interest
from matching.transitions import interest_machine
from notifications.models import Letter
from notifications.outbox import recall_letters
from registry.models import Offer

# The steps that lead back to where a decision found an answer; to “checked” from elsewhere.
BACK_TO = {
    InterestStatus.SHORTLISTED: "restore_shortlisted",
    InterestStatus.RESERVE: "restore_reserve",
}


def find_undo(interest):
    """Return the step that undoes an officer's last decision, and by what its letter is found.

    None without one.
    """
    events = list(interest.events.all())  # read once for a whole list, where it was prefetched
    event = events[-1] if events else None
    if event is None or event.actor_id is None or event.target != interest.status:
        return None
    if interest.dossier.status in FINAL:
        return None  # nothing is open in an application that has ended
    match event.verb, event.source:
        case "invite", _:
            return "uninvite", interest.invitation_key
        case ("screen", _) | ("decline", InterestStatus.SUBMITTED):
            return "unscreen", event
        case "shortlist", InterestStatus.DECLINED:
            return None  # it is declined again
        case (("shortlist" | "keep_in_reserve" | "decline"), source):
            return BACK_TO.get(source, "restore"), event
    return None


def resend_earlier_news(interest, undone_at):
    """Restore the letter about the status to which an undo leads back, if the step cancelled it.

    undone_at: when that step was taken; what an officer had discarded before stays so.
    """
    news = interest.events.filter(verb__in=("shortlist", "keep_in_reserve"))
    event = news.filter(target=interest.status).last()
    if event is not None:
        Letter.objects.concerning(event).filter(cancelled_at=undone_at).restore()


def may_undo_decision(interest, now):
    """True while a decision can be undone: at any time if no letter follows, else for a while."""
    if find_undo(interest) is None:
        return False
    events = list(interest.events.all())
    return events[-1].verb == "screen" or is_untold(events[-1], now)


def is_untold_decision(interest, now):
    """True while the expert is not told yet of the last decision."""
    events = list(interest.events.all())
    return bool(events) and is_untold(events[-1], now)


def rules_against_answer(interest):
    """List the rules of the latest ranking that exclude an answer, but those waived for it."""
    run = latest_run(interest.dossier)
    entries = run.answers if run else []
    broken: list[str] = next(
        (one["broken"] for one in entries if one["offer_id"] == -interest.pk), []
    )
    return [rule for rule in broken if rule not in interest.excepted]


@transaction.atomic
def shortlist_answer(interest, *, actor, exception="", now=None):
    """Put an answer on the shortlist; one that a rule excludes by way of exception alone.

    exception: why the rule is waived; it stays with the answer, and staff alone read it. Raises
    PermissionDenied for anybody but an officer, ValidationError where it cannot be.
    """
    if not by_officer(actor, interest):
        raise PermissionDenied
    broken, reason = rules_against_answer(interest), exception.strip()
    check_exception(broken, reason)
    details = {"excepted": broken, "internal": reason} if broken else {}
    interest = interest_machine.advance(interest, "shortlist", actor=actor, now=now, **details)
    if broken:
        interest.excepted = [*interest.excepted, *broken]
        interest.save(update_fields=["excepted"])
    return interest


@transaction.atomic
def undo_decision(interest, *, actor, now=None):
    """Undo the last decision on an interest while no letter about it has left; return it.

    Raises PermissionDenied for anybody but an officer, ValidationError once it is too late.
    """
    now = now or timezone.now()
    if not by_officer(actor, interest):
        raise PermissionDenied
    interest = Interest.objects.select_for_update(of=("self",)).get(pk=interest.pk)
    back = find_undo(interest)
    if back is None:
        raise ValidationError(_("There is no decision to undo."), code="nothing")
    (verb, what), undone_at = back, list(interest.events.all())[-1].at
    if not recall_letters(what, now):
        raise ValidationError(
            _("The e-mail about it has been sent: write to the person instead."), code="left"
        )
    interest = interest_machine.advance(interest, verb, actor=actor, now=now)
    resend_earlier_news(interest, undone_at)
    return interest


@transaction.atomic
def put_offer_aside(dossier, offer_id, *, reason, actor, now=None):
    """Put an offer aside for a dossier, with a reason; the list and learning use it.

    Raises PermissionDenied for anybody but an officer, ValidationError without a reason.
    """
    if not by_officer(actor, dossier):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(
            _("Give the reason for dismissing it: it improves the next ranking."), code="why"
        )
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise ValidationError(_("This offer no longer exists."), code="gone")
    made, _new = dossier.put_aside.get_or_create(
        offer=offer,
        undone_at=None,
        defaults={"reason": reason[:300], "at": now or timezone.now(), "by": actor},
    )
    return made


def restore_offer(dossier, offer_id, *, actor, now=None):
    """Restore an offer that was put aside to the list; the record of it is kept as undone."""
    if not by_officer(actor, dossier):
        raise PermissionDenied
    aside = dossier.put_aside.filter(offer=offer_id, undone_at=None)
    return aside.update(undone_at=now or timezone.now())


def undo_ends_at():
    """Return the hour of today until which what was done just now can be undone."""
    return hour_words(timezone.now() + settings.UNDO_FOR)
