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
from registry.enums import Role
from registry.models import Membership
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
    session = observation.session
    letters = write_session_letter(
        session,
        "observation_asked",
        list_reachable_officers(observation.association_id, now),
        association=observation.association.name,
        authority=session.exchange.dossier.authority.name,
    )
    if not letters:
        return False
    observation.told_at = now
    observation.save(update_fields=["told_at"])
    return True


def list_reachable_officers(association_pk, now):
    """List those who speak for an association and whose e-mails do not come back."""
    people = association_officers([association_pk])
    dead = DeadAddress.objects.failing(now).filter(
        address__in=[one.email.lower() for one in people]
    )
    unreached = set(dead.values_list("address", flat=True))
    return [one for one in people if one.email.lower() not in unreached]


def forget_unread_invitations(address, now):
    """Forget that associations were told of items to come where the only reader's address died.

    Staff are told of each; who speaks for the association later is invited.
    """
    speaking = Membership.objects.active().with_role(Role.ASSOCIATION_OFFICER)
    spoken_for = speaking.filter(user__email=address).values("association")
    unanswered = waiting_for_item(spoken_for, now).notified()
    for one in unanswered.filter(answer=ObserverAnswer.WAITING).order_by("pk"):
        if not list_reachable_officers(one.association_id, now):
            one.told_at = None
            one.save(update_fields=["told_at"])
            notify_staff_of_unreachable(one, one.session.exchange, since=now)


def notify_staff_of_unreachable(observation, exchange, since=None):
    """Notify staff that nobody of an invited association can be written to.

    since: when its e-mails came back, of one that was written to.
    """
    return post_letter(
        "observer_unreached",
        key=f"observation:{observation.pk}:unreached{since and f':{since:%Y%m%d%H%M}' or ''}",
        concerns=observation,
        to=staff_of(exchange.dossier),
        path=exchange.desk_path,
        reference=exchange.reference,
        title=exchange.dossier.title,
        association=observation.association.name,
    )


def invite_waiting_association(association, now):
    """Invite an association that now has an officer to what it could not be told of."""
    for observation in waiting_for_item([association], now).filter(told_at=None):
        ask_to_observe(observation, now)


def waiting_for_item(associations, now):
    """Return the invitations of associations to items that are still to come."""
    ahead = Observation.objects.filter(
        association__in=associations, session__cancelled_at=None, session__ends_at__gt=now
    )
    ahead = ahead.exclude(session__exchange__status__in=OFF)
    return ahead.select_related("association", "session__exchange__dossier__authority")


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
