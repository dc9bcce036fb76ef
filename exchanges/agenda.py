"""The agenda: what happens when, told to those who take part, observed by the associations."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accounts.models import User
from applications.people import staff_of
from connect import links
from connect.calendars import as_bytes
from connect.dates import end_of_day
from connect.schedule import after
from connect.transitions import record_event
from exchanges.enums import ExchangeStatus, ObserverAnswer
from exchanges.locking import locked
from exchanges.models import Exchange, Observation, Participant, Session
from exchanges.models.agenda import OFF
from notifications import bursts, limits
from notifications.models import DeadAddress, Letter
from notifications.outbox import post
from registry.people import association_officers, associations_of_officer

FEED, PAGE = "exchanges.calendar", "/exchanges/agenda/{}/"
SOON = timedelta(days=2)
TOLD = {ExchangeStatus.PLANNED, ExchangeStatus.READY, ExchangeStatus.RUNNING}
# What a calendar shows of a session: a change of these reaches those who take part.
SHOWN = ("title", "theme", "starts_at", "ends_at", "time_zone", "place", "link", "speakers")


@transaction.atomic
def save(form, exchange, *, actor, now=None):
    """Keep an item of the agenda from a valid SessionForm and tell of it; return it."""
    now = now or timezone.now()
    exchange = locked(exchange, "plan", actor)
    session = form.save(commit=False)
    if session.pk and session.exchange_id != exchange.pk:
        raise PermissionDenied
    before = Session.objects.filter(pk=session.pk).values(*SHOWN).first()
    is_same = before == {name: getattr(session, name) for name in SHOWN}
    if before and not is_same:
        session.sequence += 1
    session.exchange, session.changed_at = exchange, now
    session.save()
    if not is_same:
        limits.count("agenda", by=actor, about=exchange, now=now)
        tell(session, "session_changed" if before else "session_invited")
    return session


@transaction.atomic
def cancel(session, *, actor, now=None):
    """Cancel an item: it stays, struck through, and calendars that follow it take it out."""
    now = now or timezone.now()
    locked(session.exchange, "plan", actor)
    session = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if session.cancelled_at is None:
        session.cancelled_at = session.changed_at = now
        session.sequence += 1
        session.save(update_fields=["cancelled_at", "changed_at", "sequence"])
        tell(session, "session_cancelled")
    return session


def withdraw_all(exchange, now):
    """Take the agenda of an exchange that is postponed or cancelled out of calendars.

    Its items stay as they are: planned anew, the same ones come back. The exchange's own letter
    tells why.
    """
    exchange.sessions.held().filter(ends_at__gt=now).update(
        changed_at=now, sequence=F("sequence") + 1
    )


@transaction.atomic
def move_along(exchange, days, *, actor, now=None):
    """Move the agenda by some days, at the same hours of the place; return how many items moved."""
    now = now or timezone.now()
    exchange = locked(exchange, "plan", actor)
    sessions = list(exchange.sessions.held())
    for session in sessions:
        for name in ("starts_at", "ends_at"):
            there = getattr(session, name).astimezone(session.zone).replace(tzinfo=None)
            moved = (there + timedelta(days=days)).replace(tzinfo=session.zone)
            setattr(session, name, moved.astimezone(UTC))
        session.sequence += 1
        session.changed_at = now
        session.save(update_fields=["starts_at", "ends_at", "sequence", "changed_at"])
        tell(session, "session_changed")
    return len(sessions)


def tell(session, template):
    """Write to all who take part, once the exchange is planned: before, an agenda is a draft."""
    exchange = session.exchange
    if exchange.status in TOLD:
        write_to_all(session, template)


def invite_all(exchange):
    """Send the agenda to all who take part: the exchange has just been planned, perhaps anew."""
    for session in exchange.sessions.held():
        write_to_all(session, "session_invited")


def tell_changed(exchange, since, now):
    """Tell all who take part what changed in the agenda while an exchange was interrupted."""
    for session in exchange.sessions.filter(changed_at__gt=since, ends_at__gt=now):
        is_known = Letter.objects.filter(key__startswith=f"session:{session.uid}:").exists()
        if session.cancelled_at is None:
            write_to_all(session, "session_changed" if is_known else "session_invited")
        elif is_known:
            write_to_all(session, "session_cancelled")


def invite(person, exchange, now):
    """Send somebody the agenda from now on: they are named, or got an address, only now."""
    for session in exchange.sessions.held().filter(ends_at__gt=now):
        path = f"{PAGE}?item={session.uid}"
        write(session, "session_invited", [person.recipient], path=path, opens=person)


def write_to_all(session, template, **more):
    """Write to those who take part, each with a link of their own, and to who observes."""
    page = f"{PAGE}?item={session.uid}"
    written = sum(
        write(session, template, [person.recipient], path=page, opens=person, **more)
        for person in taking_part(session.exchange)
    )
    return written + write(session, template, observers(session), **more)


def write(session, template, people, path="", opens=None, **more):
    exchange = session.exchange
    kind = {"session_soon": "soon", "observation_asked": "observe"}.get(template, "agenda")
    return post(
        template,
        burst=f"{kind}:{exchange.pk}",
        key=f"session:{session.uid}:{session.sequence}:{template}",
        to=people,
        path=path or f"{exchange.path}agenda/",
        opens=opens,
        reference=exchange.reference,
        about=exchange.dossier.title,
        title=session.title,
        place=session.place,
        day_on=session.day.isoformat(),
        begins=session.starts_words,
        ends=f"{session.local_end:%H:%M}",
        next_day=session.ends_next_day,
        zone=session.time_zone,
        **more,
    )


def compose_agenda(exchange_pk, letters):
    """Give the letter in place of one for each item that changed: the agenda, and a calendar.

    Nothing where the exchange was postponed or cancelled meanwhile: its own letter tells that.
    """
    exchange = Exchange.objects.select_related("dossier").get(pk=exchange_pk)
    if exchange.status not in TOLD | {ExchangeStatus.INTERRUPTED}:
        return None
    states: dict[str, str] = {}
    for letter in letters:
        uid = letter.key.split(":")[1]
        if states.get(uid) != "session_invited":
            states[uid] = letter.template
        elif letter.template == "session_cancelled":  # they never heard of it
            states[uid] = ""
    sessions = list(exchange.sessions.select_related("exchange"))
    return {
        "template": "session_agenda",
        "path": PAGE if letters[-1].opens else letters[-1].path,  # none: their link was withdrawn
        "reference": exchange.reference,
        "about": exchange.dossier.title,
        "items": [
            {
                "day": date_format(session.day, "DATE_FORMAT"),
                "begins": session.starts_words,
                "ends": session.ends_words,
                "zone": session.time_zone,
                "title": session.title,
                "place": session.place,
                "state": states.get(str(session.uid), ""),
            }
            for session in sessions
            if session.cancelled_at is None or states.get(str(session.uid))
        ],
        "calendar": calendar_of(sessions, exchange.reference).decode(),
    }


bursts.KINDS["agenda"] = bursts.Kind(compose_agenda, waits=True)
bursts.KINDS["soon"] = bursts.Kind(waits=True)


def taking_part(exchange):
    """Give those of the participants whom a letter reaches."""
    people = exchange.participants.select_related("user")
    return [person for person in people if person.email]


def observers(session):
    """Give the officers of the associations that are invited and did not decline."""
    invited = session.observations.exclude(answer=ObserverAnswer.DECLINED)
    return association_officers(invited.values("association"))


def observing(exchange):
    """Give the officers of the associations that are invited to any item and did not decline."""
    invited = Observation.objects.filter(session__exchange=exchange, session__cancelled_at=None)
    return association_officers(
        invited.exclude(answer=ObserverAnswer.DECLINED).values("association")
    )


@dataclass(frozen=True)
class Contact:
    """Whom to call or write to on the way."""

    name: str
    function: str
    phone: str
    email: str


CONTACTS_UNTIL = timedelta(days=7)  # after the last day


def contacts(exchange, now):
    """Give the contacts of both sides for those who are invited; none once it is long over."""
    last = exchange.last_day
    is_over = last and timezone.localdate(now) > last + CONTACTS_UNTIL
    if is_over or exchange.status not in TOLD | {ExchangeStatus.INTERRUPTED}:
        return []
    dossier = exchange.dossier
    town = Contact(
        dossier.focal_name, dossier.authority.place, dossier.focal_phone, dossier.focal_email
    )
    interests = exchange.match.interests.select_related("expert__user", "authority")
    experts = [
        Contact(
            one.expert.user.name,
            one.authority.place,
            one.expert.user.phone,
            one.expert.user.email,
        )
        for one in interests
    ]
    programme = Contact("CONNECT", "", "", settings.CONTACT_EMAIL)
    return [one for one in (town, *experts, programme) if one.name]


# Associations observe at least one item of every exchange (domain.md 8).


@transaction.atomic
def invite_associations(session, *, actor, now=None):
    """Invite the associations of the town to observe an item; return how many are new."""
    now = now or timezone.now()
    exchange, made = locked(session.exchange, "plan", actor), 0
    for association in exchange.dossier.authority.associations.order_by("pk"):
        observation, is_new = Observation.objects.get_or_create(
            session=session, association=association, defaults={"asked_at": now}
        )
        is_reached = ask_to_observe(observation, now)
        if is_new and not is_reached:
            tell_of_nobody(observation, exchange)
        made += is_new
    if made:
        record_event(exchange, "invite_association", actor=actor, now=now)
    return made


def ask_to_observe(observation, now):
    """Write to those who speak for an association, once; say whether somebody there is reached."""
    if observation.told_at:
        return True
    people = association_officers([observation.association_id])
    dead = DeadAddress.objects.filter(address__in=[one.email.lower() for one in people])
    dead = set(dead.values_list("address", flat=True))
    people = [one for one in people if one.email.lower() not in dead]
    if not people:
        return False
    session = observation.session
    write(
        session,
        "observation_asked",
        people,
        association=observation.association.name,
        authority=session.exchange.dossier.authority.name,
    )
    observation.told_at = now
    observation.save(update_fields=["told_at"])
    return True


def tell_of_nobody(observation, exchange):
    """Tell staff that an association is invited of which nobody can be written to."""
    return post(
        "observer_unreached",
        key=f"observation:{observation.pk}:unreached",
        to=staff_of(exchange.dossier),
        path=exchange.desk_path,
        reference=exchange.reference,
        title=exchange.dossier.title,
        association=observation.association.name,
    )


def ask_waiting(association, now):
    """Invite an association that somebody speaks for now to what it could not be told of."""
    waiting = Observation.objects.filter(
        association=association,
        told_at=None,
        session__cancelled_at=None,
        session__ends_at__gt=now,
    ).exclude(session__exchange__status__in=OFF)
    for observation in waiting.select_related("session__exchange__dossier__authority"):
        ask_to_observe(observation, now)


@transaction.atomic
def answer(observation, *, comes, actor, now=None):
    """Keep what an association answers; it may think again until the item is over."""
    now = now or timezone.now()
    exchange = locked(observation.session.exchange, "observe", actor)
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


@after("exchanges.calendar.move_by_dates")
def remind_of_sessions(now):
    """Write two days before an item to all who take part; count the letters."""
    due = Session.objects.held().filter(
        starts_at__gt=now, starts_at__lte=now + SOON, exchange__status__in=TOLD
    )
    due = due.select_related("exchange__dossier").order_by("pk")
    return sum(write_to_all(session, "session_soon", now=now) for session in due)


# Calendars


@transaction.atomic
def give_feed(exchange, user, now=None):
    """Give somebody with an account an address to follow the agenda; the one before is over."""
    now = now or timezone.now()
    limits.count("follow", by=user, now=now)
    last = exchange.last_day
    end = end_of_day(last + Participant.OPEN_FOR) if last else now + Participant.AHEAD
    return links.give(FEED, exchange.pk, user, expires_at=end, now=now)


def feed_of(exchange, user, now):
    """Return the link by which somebody follows the agenda; None where there is none."""
    standing = links.Link.objects.standing().to(FEED, exchange.pk, user.email)
    return standing.filter(expires_at__gt=now).first()


def exchange_of(key, now, verb="read"):
    """Return the exchange of an agenda's address, for who takes part or may do so with it.

    None for an address that never was, or works no more.
    """
    link = links.find(key, Participant.PURPOSE, FEED)
    if link is None or not link.works(now):
        return None
    if link.purpose == Participant.PURPOSE:
        return link.opened.exchange
    reader = User.objects.filter(email__iexact=link.address, is_active=True).first()
    return reader and Exchange.objects.allowing(reader, verb).filter(pk=link.about).first()


def calendar_of(sessions, name, method="PUBLISH"):
    """Return the bytes of a calendar (RFC 5545, 5546) of sessions with their exchange.

    Times are written in UTC: the rules of a zone that a file can hold know neither Ramadan in
    Morocco nor next year's law. What the clock of the place says stands in words.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//CONNECT//agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", " ".join(name.split()))
    for session in sessions:
        event = Event()
        event.add("uid", f"{session.uid}@connect")
        event.add("sequence", session.sequence)
        event.add("dtstamp", session.changed_at)
        event.add("last-modified", session.changed_at)
        event.add("dtstart", session.starts_at.astimezone(UTC))
        event.add("dtend", session.ends_at.astimezone(UTC))
        event.add("summary", session.title)
        event.add("status", "CANCELLED" if session.is_off else "CONFIRMED")
        organizer = vCalAddress(f"mailto:{settings.CONTACT_EMAIL}")
        organizer.params["cn"] = "CONNECT"
        event.add("organizer", organizer)
        if session.place:
            event.add("location", session.place)
        if session.link:
            event.add("url", "".join(session.link.split()))
        led = _("Led by %s") % session.speakers if session.speakers else ""
        hours = f"{session.starts_words}–{session.ends_words} ({session.time_zone})"
        event.add("description", ". ".join(filter(None, (session.theme, led, hours))))
        calendar.add_component(event)
    return as_bytes(calendar)


def open_events(now):
    """Give the public items of the agenda that are still to come, with what a page shows."""
    return (
        Session.objects.held()
        .filter(is_public=True, ends_at__gt=now, exchange__status__in=TOLD)
        .select_related("exchange__dossier__authority", "exchange__match")
        .prefetch_related("exchange__match__interests__authority")
    )


def calendar_address(key):
    return reverse("agenda-calendar", args=[key])
