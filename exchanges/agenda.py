"""The agenda: what happens when, told to those who take part, observed by the associations."""

from datetime import UTC, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.formats import date_format

from connect.fields import refresh_unwritten
from connect.schedule import after, process_one_by_one
from exchanges.agenda_link import PAGE, make_calendar
from exchanges.enums import ExchangeStatus
from exchanges.locking import lock_exchange
from exchanges.models import Exchange, ExchangeEvent, Session
from exchanges.people import reachable_participants, session_observers
from exchanges.permissions import INVITED_IN
from notifications import bursts, limits, reminder_pauses
from notifications.models import Letter
from notifications.outbox import cancel_letters, find_letters, post_letter
from notifications.recounts import recounts

SOON = timedelta(days=2)
# What a calendar shows of a session: a change of these reaches those who take part.
NOTIFIED_COLUMNS = (
    "title",
    "theme",
    "starts_at",
    "ends_at",
    "time_zone",
    "place",
    "link",
    "speakers",
)


@transaction.atomic
def save_session(form, exchange, *, actor, now=None):
    """Save an agenda item from a valid SessionForm and notify those who take part; return it."""
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    session = form.save(commit=False)
    if session.pk and session.exchange_id != exchange.pk:
        raise PermissionDenied
    refresh_unwritten(form, "starts_at", "ends_at")
    before = Session.objects.filter(pk=session.pk).values(*NOTIFIED_COLUMNS).first()
    is_same = before == {name: getattr(session, name) for name in NOTIFIED_COLUMNS}
    if before and not is_same:
        session.sequence += 1
    session.exchange, session.changed_at = exchange, now
    session.save()
    if not is_same:
        limits.count_message("agenda", actor=actor, about=exchange, now=now)
        notify_of_session(session, "session_changed" if before else "session_invited")
    return session


@transaction.atomic
def cancel_session(session, *, actor, now=None):
    """Cancel an agenda item: it stays, struck through, and calendars that follow it drop it."""
    now = now or timezone.now()
    lock_exchange(session.exchange, "plan", actor)
    session = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.cancelled_at is None:
        mark_cancelled(session, now)
        notify_of_session(session, "session_cancelled")
    return session


def mark_cancelled(session, now):
    session.cancelled_at = session.changed_at = now
    session.sequence += 1
    session.save(update_fields=["cancelled_at", "changed_at", "sequence"])


def cancel_rest(exchange, now):
    """Cancel what is still to come of an exchange that ended early; tell those who know of it."""
    rest = exchange.sessions.not_cancelled().filter(starts_at__gt=now)
    for session in rest.select_for_update(of=("self",)).order_by("pk"):
        mark_cancelled(session, now)
        write_to_all(session, "session_cancelled")


def withdraw_sessions(exchange, now):
    """Cancel the agenda of a postponed or cancelled exchange in calendars.

    Its items stay as they are: planned anew, the same ones come back. The exchange's own letter
    tells why; what was still to be sent of them, changes and reminders, is not sent.
    """
    waiting = ("session_invited", "session_changed", "session_cancelled", "session_soon")
    cancel_letters(exchange.sessions.all(), *waiting, now=now)
    exchange.sessions.not_cancelled().filter(ends_at__gt=now).update(
        changed_at=now, sequence=F("sequence") + 1
    )


@transaction.atomic
def move_agenda(exchange, days, *, actor, now=None):
    """Move the agenda by some days, at the same local hours; return how many items moved.

    What took place before an exchange was postponed stays on its day.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    sessions = [one for one in exchange.sessions.not_cancelled() if not one.took_place_before]
    for session in sessions:
        for name in ("starts_at", "ends_at"):
            there = getattr(session, name).astimezone(session.zone).replace(tzinfo=None)
            moved = (there + timedelta(days=days)).replace(tzinfo=session.zone)
            setattr(session, name, moved.astimezone(UTC))
        session.sequence += 1
        session.changed_at = now
        session.save(update_fields=["starts_at", "ends_at", "sequence", "changed_at"])
        notify_of_session(session, "session_changed")
    return len(sessions)


def notify_of_session(session, template):
    """Notify all who take part of a changed item; not while the exchange is unplanned, a draft."""
    exchange = session.exchange
    if exchange.status in INVITED_IN:
        write_to_all(session, template)


def send_agenda_to_all(exchange):
    """Send the agenda to all who take part: the exchange has just been planned, perhaps anew."""
    for session in exchange.sessions.not_cancelled():
        write_to_all(session, "session_invited")


def notify_of_changes(exchange, since, now):
    """Notify all who take part of what changed in the agenda while an exchange was interrupted."""
    for session in exchange.sessions.filter(changed_at__gt=since, ends_at__gt=now):
        is_known = Letter.objects.concerning(session).exists()
        if session.cancelled_at is None:
            write_to_all(session, "session_changed" if is_known else "session_invited")
        elif is_known:
            write_to_all(session, "session_cancelled")


def send_agenda_to(person, exchange, now):
    """Send the agenda to somebody who was named, or got an address, only now."""
    for session in exchange.sessions.not_cancelled().filter(ends_at__gt=now):
        path = f"{PAGE}?item={session.uid}"
        write_session_letter(
            session, "session_invited", [person.recipient], path=path, opens=person
        )


def write_to_all(session, template, **more):
    """Notify participants, each with a link of their own, and observers."""
    page = f"{PAGE}?item={session.uid}"
    written = sum(
        write_session_letter(session, template, [person.recipient], path=page, opens=person, **more)
        for person in reachable_participants(session.exchange)
    )
    return written + write_session_letter(session, template, session_observers(session), **more)


def write_session_letter(session, template, people, path="", opens=None, **more):
    exchange = session.exchange
    kind = {"session_soon": "soon", "observation_asked": "observe"}.get(template, "agenda")
    # Of when it starts all are reminded once, whatever else of it is corrected.
    number = f"{session.starts_at:%Y%m%d%H%M}" if kind == "soon" else session.sequence
    return post_letter(
        template,
        burst=f"{kind}:{exchange.pk}",
        key=f"session:{session.uid}:{number}:{template}",
        concerns=session,
        to=people,
        path=path or f"{exchange.path}agenda/",
        opens=opens,
        known={
            "reference": exchange.reference,
            "about": exchange.dossier.title,
            **session_facts(session),
            "zone": lambda: session.zone_words,  # in the language of each reader
        },
        **more,
    )


def session_facts(session):
    return {
        "title": session.title,
        "place": session.place,
        "day_on": session.local_day.isoformat(),
        "begins": session.starts_words,
        "ends": f"{session.local_end:%H:%M}",
        "next_day": session.ends_next_day,
        "zone": session.zone_words,
    }


@recounts("session_soon")
def recount_session(session, letter, now):
    is_invited = session.exchange.status in INVITED_IN
    if session.cancelled_at or not is_invited or not now < session.starts_at <= now + SOON:
        return None
    with translation.override(letter.language):
        facts = session_facts(session)
    return {fact: facts[fact] for fact in facts.keys() & letter.context.keys()}


def compose_agenda(exchange_pk, letters):
    """Return one letter for several changed items: the agenda, with a calendar.

    Nothing where the exchange was postponed or cancelled meanwhile: its own letter tells that. Of
    one that is over, no more than what was cancelled.
    """
    exchange = Exchange.objects.select_related("dossier").get(pk=exchange_pk)
    if exchange.status not in INVITED_IN | {ExchangeStatus.INTERRUPTED, ExchangeStatus.COMPLETED}:
        return None
    states: dict[str, str] = {}
    for letter in letters:
        uid = letter.key.split(":")[1]
        if states.get(uid) != "session_invited":
            states[uid] = letter.template
        elif letter.template == "session_cancelled":  # they never heard of it
            states[uid] = ""
    is_over = exchange.status == ExchangeStatus.COMPLETED
    if is_over:
        states = {uid: state for uid, state in states.items() if state == "session_cancelled"}
        if not states:
            return None
    sessions = list(exchange.sessions.select_related("exchange"))
    return {
        "template": "session_agenda",
        "path": PAGE if letters[-1].opens else letters[-1].path,  # none: their link was withdrawn
        "reference": exchange.reference,
        "about": exchange.dossier.title,
        "items": [
            {
                "day": date_format(session.local_day, "DATE_FORMAT"),
                "begins": session.starts_words,
                "ends": session.ends_words,
                "zone": session.zone_words,
                "title": session.title,
                "place": session.place,
                "state": states.get(str(session.uid), ""),
            }
            for session in sessions
            if states.get(str(session.uid)) or not (is_over or session.cancelled_at)
        ],
        "calendar": make_calendar(sessions, exchange.reference).decode(),
    }


def next_agenda_email_at(exchange):
    """Return when the e-mail with the last changes of the agenda leaves; None if none waits.

    None too while it is held: by what, only staff know.
    """
    if bursts.is_held(f"agenda:{exchange.pk}", timezone.now()):
        return None
    waiting = Letter.objects.unsent().filter(burst=f"agenda:{exchange.pk}", is_gathered=True)
    return waiting.order_by("not_before").values_list("not_before", flat=True).first()


# Until these have left, the agenda would tell days that nobody knows of.
TELL_DAYS = ("exchange_plan", "exchange_postpone", "exchange_interrupt", "exchange_resume")


def letters_of_days(exchange_pk, kinds=TELL_DAYS):
    """Return the letters that tell the days of an exchange, or that it does not go on."""
    steps = find_letters(ExchangeEvent.objects.filter(exchange=exchange_pk))
    return steps.filter(template__in=kinds)


bursts.KINDS["agenda"] = bursts.Kind(
    compose_agenda,
    waits=True,
    waits_for=letters_of_days,
    discarded_with=partial(letters_of_days, kinds=["exchange_plan"]),
)
bursts.KINDS["soon"] = bursts.Kind(waits=True)


reminder_pauses.belongs_to("exchange", Session)


@after("exchanges.moves.move_by_dates")
def remind_of_sessions(now):
    """Write within two days of an item to all who take part; count the letters."""
    due = Session.objects.not_cancelled().filter(
        starts_at__gt=now, starts_at__lte=now + SOON, exchange__status__in=INVITED_IN
    )
    due = due.select_related("exchange__dossier").order_by("pk")

    def remind(session):
        return write_to_all(session, "session_soon", now=now, reminds=True)

    return sum(process_one_by_one(remind, due))
