"""The agenda by its link: a page and a calendar to follow, and whom to call on the way."""

from dataclasses import dataclass
from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Event

from accounts.models import User
from connect import links
from connect.calendars import add_organizer, calendar_to_bytes, new_calendar
from connect.dates import day_after
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange, Participant, Session
from exchanges.permissions import EXCHANGES, INVITED_IN
from notifications import limits

FEED, PAGE = "exchanges.moves", "/exchanges/agenda/{}/"
links.WORDS[FEED] = gettext_lazy("the calendar of an exchange")


@dataclass(frozen=True)
class Contact:
    """A person to call or write to on the journey."""

    name: str
    function: str
    phone: str
    email: str


CONTACTS_UNTIL = timedelta(days=7)  # after the last day


def agenda_contacts(exchange, now):
    """Return the contacts of both sides for those who are invited; none long after the end."""
    last = exchange.last_day
    is_over = last and timezone.localdate(now) > day_after(last, CONTACTS_UNTIL)
    if is_over or exchange.status not in INVITED_IN | {ExchangeStatus.INTERRUPTED}:
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


# Calendars


@transaction.atomic
def create_feed(exchange, user, now=None):
    """Create a calendar address of the agenda for an account; the one before no longer works."""
    now = now or timezone.now()
    limits.count_message("follow", actor=user, now=now)
    end = Participant(exchange=exchange).link_end(now)
    return links.create_link(FEED, exchange.pk, user, expires_at=end, now=now)


def extend_feeds(exchange, now):
    """Let the calendars that are followed work until the days set now are over."""
    end = Participant(exchange=exchange).link_end(now)
    feeds = links.Link.objects.not_withdrawn().filter(purpose=FEED, about=str(exchange.pk))
    feeds.filter(expires_at__gt=now, expires_at__lt=end).update(expires_at=end)


def find_feed(exchange, user, now):
    """Return the link by which somebody follows the agenda; None where there is none."""
    return links.find_standing_link(FEED, exchange.pk, user, now)


@dataclass(frozen=True)
class AgendaReader:
    """Who opens an agenda by its address: of which exchange, and what else they see of it.

    own_page: the address of their own page, of whoever takes part without an account.
    """

    exchange: Exchange
    sees_contacts: bool
    own_page: str = ""


def find_reader_by_key(key, now):
    """Return the reader of an agenda's address; None where it never was, or works no more.

    A calendar goes on with the address that it has after its holder was sent another link.
    """
    link = links.find_link(key, Participant.PURPOSE, FEED)
    if link is not None and link.purpose == Participant.PURPOSE:
        link = links.find_replacement(link)
    if link is None or not link.is_valid(now):
        return None
    if link.purpose == Participant.PURPOSE:
        person = link.target
        if not isinstance(person, Participant):
            return None
        return AgendaReader(person.exchange, True, reverse("exchange-part", args=[key]))
    reader = User.objects.filter(email__iexact=link.address, is_active=True).first()
    if reader is None:
        return None
    exchange = Exchange.objects.for_user(reader).filter(pk=link.about).first()
    if exchange is None:
        return None
    # Who only reads, as an association does, sees nobody's telephone and address here either.
    return AgendaReader(exchange, EXCHANGES.allows(reader, "meet", exchange))


def make_calendar(sessions, name, method="PUBLISH"):
    """Return the bytes of a calendar (RFC 5545, 5546) of sessions with their exchange.

    Times are written in UTC: the rules of a zone that a file can hold know neither Ramadan in
    Morocco nor next year's law. What the clock of the place says stands in words.
    """
    calendar = new_calendar(name, method)
    for session in sessions:
        event = Event()
        event.add("uid", f"{session.uid}@connect")
        event.add("sequence", session.sequence)
        event.add("dtstamp", session.changed_at)
        event.add("last-modified", session.changed_at)
        event.add("dtstart", session.starts_at.astimezone(UTC))
        event.add("dtend", session.ends_at.astimezone(UTC))
        event.add("summary", session.title)
        event.add("status", "CANCELLED" if session.is_called_off else "CONFIRMED")
        add_organizer(event)
        if session.place:
            event.add("location", session.place)
        if session.link:
            event.add("url", "".join(session.link.split()))
        led = _("Led by %s") % session.speakers if session.speakers else ""
        hours = f"{session.starts_words}–{session.ends_words} ({session.zone_words})"
        parts = (words.rstrip(" .") for words in (session.theme, led, hours))
        event.add("description", ". ".join(filter(None, parts)))
        calendar.add_component(event)
    return calendar_to_bytes(calendar)


def open_events(now):
    """Return the public items of the agenda that are still to come, with what a page shows."""
    return (
        Session.objects.not_cancelled()
        .filter(is_public=True, ends_at__gt=now, exchange__status__in=INVITED_IN)
        .select_related("exchange__dossier__authority", "exchange__match")
        .prefetch_related("exchange__match__interests__authority")
    )


def calendar_address(key):
    return reverse("agenda-calendar", args=[key])
