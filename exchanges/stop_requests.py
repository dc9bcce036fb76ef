"""A side asks to have its exchange postponed or cancelled; staff do so, or say that it goes on.

One request at a time stands in the exchange; why it is asked stands on the timeline.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.people import staff_of
from connect.transitions import by_officer, record_event
from exchanges.enums import ExchangeStatus, Side, StopKind
from exchanges.locking import lock_exchange
from exchanges.people import signatories
from exchanges.permissions import BEFORE_COMPLETED
from exchanges.terms import signing_side
from notifications import limits
from notifications.outbox import cancel_letters, find_letters, post_letter

POSTPONED_FROM = {
    ExchangeStatus.AGREED,
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.RUNNING,
}
EVENTS = {StopKind.POSTPONE: "ask_postpone", StopKind.CANCEL: "ask_cancel"}
NO_REQUEST = {
    "stop_asked": "",
    "stop_side": "",
    "stop_asked_at": None,
    "stop_possible_from": None,
}


def list_stop_kinds(exchange):
    """List what a side may ask for in the present status."""
    if exchange.status not in BEFORE_COMPLETED:
        return []
    is_postponable = exchange.status in POSTPONED_FROM
    return [StopKind.POSTPONE, StopKind.CANCEL] if is_postponable else [StopKind.CANCEL]


def may_ask_to_stop(exchange, user):
    """True for both sides while nobody has asked yet."""
    is_open = bool(list_stop_kinds(exchange)) and not exchange.stop_asked
    return is_open and signing_side(exchange, user) is not None


def last_stop_event(exchange):
    """Return the event of the timeline that says why it was asked last."""
    return exchange.events.filter(verb__in=EVENTS.values()).select_related("actor").last()


@transaction.atomic
def ask_to_stop(exchange, kind, note, *, actor, possible_from=None, now=None):
    """Ask staff to postpone or cancel an exchange; the other side is told too.

    possible_from: the first day on which it would be possible, where it is known. Raises
    PermissionDenied for whoever is on neither side, ValidationError where somebody has asked
    already, or this can no longer be asked.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    side = signing_side(exchange, actor)
    if side is None:
        raise PermissionDenied
    if exchange.stop_asked:
        words = _("Somebody has asked in the meantime: the programme team answers that request.")
        raise ValidationError(words, code="asked")
    if kind not in list_stop_kinds(exchange):
        raise ValidationError(_("It is postponed already."), code="status")
    limits.count_message("days", actor=actor, about=exchange, now=now)
    day = possible_from if kind == StopKind.POSTPONE else None
    save_request(exchange, stop_asked=kind, stop_side=side, stop_asked_at=now, day=day)
    event = record_event(exchange, EVENTS[kind], actor=actor, now=now, details={"note": note})
    notify_of_request(exchange, event, "stop_asked", of_other_side(exchange, side), actor)
    return exchange


@transaction.atomic
def withdraw_stop(exchange, *, actor, now=None):
    """Take back what one's own side asks; PermissionDenied for others.

    ValidationError where staff have answered meanwhile.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    refuse_answered(exchange)
    side = signing_side(exchange, actor)
    if side != exchange.stop_side:
        raise PermissionDenied
    asked = last_stop_event(exchange)
    cancel_letters(asked, "stop_asked", now=now)
    sent = find_letters(asked, "stop_asked").exclude(sent_at=None)
    addresses = set(sent.values_list("address", flat=True))
    event = record_event(exchange, "withdraw_stop", actor=actor, now=now)
    readers = of_other_side(exchange, side)
    notify_of_request(exchange, event, "stop_withdrawn", readers, actor, only=addresses)
    close_stop_request(exchange)
    return exchange


@transaction.atomic
def answer_stop(exchange, note, *, actor, now=None):
    """Say that an exchange goes on although a side asked to stop it; both sides are told why.

    PermissionDenied for all but officers, ValidationError without that text, or where the request
    was answered or withdrawn meanwhile.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    if not by_officer(actor, exchange):
        raise PermissionDenied
    refuse_answered(exchange)
    if not note.strip():
        raise ValidationError(_("Say why the exchange goes on."), code="silent")
    cancel_letters(last_stop_event(exchange), "stop_asked", now=now)
    event = record_event(
        exchange, "answer_stop", actor=actor, now=now, details={"note": note.strip()}
    )
    notify_of_request(exchange, event, "stop_answered", signatories(exchange), actor)
    close_stop_request(exchange)
    return exchange


def refuse_answered(exchange):
    if not exchange.stop_asked:
        words = _("This request has been answered or withdrawn in the meantime.")
        raise ValidationError(words, code="answered")


def close_stop_request(exchange):
    """Forget what was asked: it was answered, by words or by a step, or taken back."""
    if exchange.stop_asked:
        save_request(exchange)


def save_request(exchange, day=None, **values):
    for name, value in (NO_REQUEST | values | {"stop_possible_from": day}).items():
        setattr(exchange, name, value)
    exchange.save(update_fields=list(NO_REQUEST))


def of_other_side(exchange, side):
    return [one for one in signatories(exchange) if signing_side(exchange, one) != side]


def notify_of_request(exchange, event, template, people, actor, only=None):
    """Write to people of the sides, and, but for their own answer, to staff; never who acted.

    only: the addresses of those who have been told of the request, where nobody else is.
    """
    day = exchange.stop_possible_from
    to_staff = [] if by_officer(actor, exchange) else staff_of(exchange.dossier)
    for readers, path in ((people, f"{exchange.path}stop/"), (to_staff, exchange.desk_path)):
        post_letter(
            template,
            key=f"exchange-event:{event.pk}",
            concerns=event,
            to=[
                person
                for person in readers
                if person != actor and (only is None or person.address.lower() in only)
            ],
            path=path,
            reference=exchange.reference,
            title=exchange.dossier.title,
            known={
                "by_town": exchange.stop_side == Side.REQUESTING,
                "is_cancel": exchange.stop_asked == StopKind.CANCEL,
                "possible_on": day.isoformat() if day else "",
                "note": event.details.get("note", ""),
            },
        )
