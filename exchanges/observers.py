"""The associations that are invited to observe items of an agenda."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from applications.people import staff_of
from connect.transitions import record_event
from exchanges.agenda import write_session_letter
from exchanges.enums import ObserverAnswer
from exchanges.locking import lock_exchange
from exchanges.models import Observation
from exchanges.models.agenda import OFF
from notifications.models import DeadAddress
from notifications.outbox import post_letter
from registry.people import association_officers, associations_of_officer

# Associations observe at least one item of every exchange (domain.md 8).


@transaction.atomic
def invite_associations(session, *, actor, now=None):
    """Invite the associations of the town to observe an item; return how many are new."""
    now = now or timezone.now()
    exchange, made, reached = lock_exchange(session.exchange, "plan", actor), 0, 0
    for association in exchange.dossier.authority.associations.order_by("pk"):
        observation, is_new = Observation.objects.get_or_create(
            session=session, association=association, defaults={"asked_at": now}
        )
        is_reached = ask_to_observe(observation, now)
        if is_new and not is_reached:
            notify_staff_of_unreachable(observation, exchange)
        made += is_new
        reached += is_new and is_reached
    if reached:  # else nobody was invited: the view says so, and staff are told
        record_event(exchange, "invite_association", actor=actor, now=now)
    return made


def ask_to_observe(observation, now):
    """Invite those who speak for an association, once; return whether a letter reaches somebody."""
    if observation.told_at:
        return True
    people = association_officers([observation.association_id])
    dead = DeadAddress.objects.failing(now).filter(
        address__in=[one.email.lower() for one in people]
    )
    unreached = set(dead.values_list("address", flat=True))
    people = [one for one in people if one.email.lower() not in unreached]
    if not people:
        return False
    session = observation.session
    write_session_letter(
        session,
        "observation_asked",
        people,
        association=observation.association.name,
        authority=session.exchange.dossier.authority.name,
    )
    observation.told_at = now
    observation.save(update_fields=["told_at"])
    return True


def notify_staff_of_unreachable(observation, exchange):
    """Notify staff that nobody of an invited association can be written to."""
    return post_letter(
        "observer_unreached",
        key=f"observation:{observation.pk}:unreached",
        concerns=observation,
        to=staff_of(exchange.dossier),
        path=exchange.desk_path,
        reference=exchange.reference,
        title=exchange.dossier.title,
        association=observation.association.name,
    )


def invite_waiting_association(association, now):
    """Invite an association that now has an officer to what it could not be told of."""
    waiting = Observation.objects.filter(
        association=association,
        told_at=None,
        session__cancelled_at=None,
        session__ends_at__gt=now,
    ).exclude(session__exchange__status__in=OFF)
    for observation in waiting.select_related("session__exchange__dossier__authority"):
        ask_to_observe(observation, now)


@transaction.atomic
def answer_invitation(observation, *, comes, actor, now=None):
    """Save an association's answer; it may change until the item is over."""
    now = now or timezone.now()
    exchange = lock_exchange(observation.session.exchange, "observe", actor)
    speaks = associations_of_officer(actor).filter(pk=observation.association_id)
    if not speaks.exists() or observation.session.ends_at < now:
        raise PermissionDenied
    observation.answer = ObserverAnswer.ACCEPTED if comes else ObserverAnswer.DECLINED
    observation.answered_at, observation.told_at = now, observation.told_at or now
    observation.save(update_fields=["answer", "answered_at", "told_at"])
    record_event(
        exchange,
        "observe" if comes else "observe_not",
        actor=actor,
        now=now,
        details={"name": observation.association.name},
    )
    return observation
