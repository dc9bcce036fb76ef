"""What exchanges does when a match or a dossier moves, and what an exchange's end does to them."""

from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import Status
from applications.models import Dossier, DossierEvent
from applications.transitions import dossier_machine
from connect.references import next_reference
from connect.transitions import TransitionRefused, moved, record_event
from exchanges.enums import ExchangeStatus
from exchanges.evaluation import create_questionnaires
from exchanges.measures import plan_follow_ups
from exchanges.models import Exchange
from exchanges.observers import forget_unread_invitations, invite_waiting_association
from exchanges.participants import add_first_participants
from exchanges.permissions import BEFORE_COMPLETED
from exchanges.transitions import exchange_machine
from matching.enums import InterestStatus, MatchStatus
from matching.models import Match
from matching.transitions import interest_machine, match_machine
from notifications.models import DeadAddress
from notifications.returned import address_died
from registry.enums import Role
from registry.members import belonging_changed
from registry.models import Membership


@receiver(moved, sender=Match)
def create_exchange(pk, target, actor, now, **rest):
    """Create the exchange of an agreed match: one, since the key is unique and the match locked."""
    if target != MatchStatus.AGREED:
        return
    match = Match.objects.select_related("dossier").get(pk=pk)
    asked = match.dossier.languages
    spoken = {
        code
        for interest in match.interests.select_related("expert")
        for code in interest.expert.languages
    }
    exchange = Exchange(
        reference=next_reference("EX", now),
        match=match,
        dossier=match.dossier,
        form=match.agreed_form,
        status_since=now,
        languages=[code for code in asked if code in spoken] or list(asked),
        needs_interpreter=bool(asked) and not spoken & asked.keys(),
    )
    exchange.place = exchange.hosts[0].typed_place
    exchange.save()
    record_event(exchange, "create", actor=actor, now=now)
    add_first_participants(exchange)


@receiver(belonging_changed, sender=Membership)
def notify_new_officer(membership, verb, now, **_):
    """Notify a new officer of an association of what it could not be told of."""
    if verb == "joined" and membership.association and Role.ASSOCIATION_OFFICER in membership.roles:
        invite_waiting_association(membership.association, now)


@receiver(address_died, sender=DeadAddress)
def follow_dead_address(address, now, **_):
    forget_unread_invitations(address, now)


@receiver(moved, sender=Dossier)
def cancel_with_dossier(pk, target, now, **rest):
    """Cancel an exchange with its dossier, for the same reason; one that took place stands."""
    if target != Status.CANCELLED:
        return
    exchanges = Exchange.objects.filter(dossier=pk).exclude(status=ExchangeStatus.CANCELLED)
    if held := exchanges.exclude(status__in=BEFORE_COMPLETED).first():
        message = _(
            "%s has taken place: it continues with its follow-up, and closes the "
            "application itself."
        )
        raise TransitionRefused(message % held.reference, code="held")
    cancelled = DossierEvent.objects.filter(dossier=pk, verb="cancel").last()
    details = cancelled.details if cancelled else {}
    for exchange in exchanges:
        exchange_machine.advance(
            exchange, "cancel", actor=None, now=now, reason=details["reason"], note=details["note"]
        )


@receiver(moved, sender=Exchange)
def follow_exchange(pk, source, target, now, **rest):
    exchange = Exchange.objects.select_related("match", "dossier").get(pk=pk)
    if target == ExchangeStatus.COMPLETED:
        plan_follow_ups(exchange)
        create_questionnaires(exchange, timezone.localdate(now))
    match, dossier = exchange.match, exchange.dossier
    if dossier.status != Status.MATCHED:
        return
    if target == ExchangeStatus.CLOSED:
        dossier_machine.advance(dossier, "close", actor=None, now=now)
    elif target == ExchangeStatus.CANCELLED:
        match_machine.advance(match, "undo", actor=None, now=now)
        for interest in match.interests.filter(status=InterestStatus.CHOSEN).order_by("pk"):
            interest_machine.advance(interest, "end_with_exchange", actor=None, now=now)
        began = source in (ExchangeStatus.RUNNING, ExchangeStatus.INTERRUPTED)
        dossier_machine.advance(dossier, "close" if began else "rematch", actor=None, now=now)
