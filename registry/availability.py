"""When an expert is free, as a calendar that other calendars follow (RFC 5545)."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from connect import links
from connect.calendars import calendar_to_bytes
from connect.dates import day_after, end_of_days
from registry.enums import OfferStatus
from registry.models import Expert, OfferWindow

PURPOSE, OPEN_FOR = "registry.availability", timedelta(days=366)
links.WORDS[PURPOSE] = gettext_lazy("the calendar of an expert's free days")


def create_calendar_link(expert, now=None):
    """Create the calendar address of an expert; the one before no longer works."""
    now = now or timezone.now()
    return links.create_link(
        PURPOSE, expert.pk, expert.user, expires_at=end_of_days(now, OPEN_FOR), now=now
    )


def calendar_link(expert, now):
    """Return the link of an expert's calendar that works; None where there is none."""
    return links.find_standing_link(PURPOSE, expert.pk, expert.user, now)


def calendar_path(link):
    """Return the address of a calendar: long, and known only to those who were given it."""
    return reverse("availability", args=[link.key])


def find_expert_by_key(key, now):
    """Return the expert of an address; None for one that never was, or is over."""
    link = links.find_link(key, PURPOSE)
    if link is None or not link.is_valid(now):
        return None
    open_to = Expert.objects.filter(user__is_active=True, user__email__iexact=link.address)
    return open_to.filter(pk=link.about).select_related("user").first()


def availability_calendar(expert):
    """Return the bytes of a calendar of the free days of an expert's published offers."""
    calendar = Calendar()
    calendar.add("prodid", "-//CONNECT//availability//EN")
    calendar.add("version", "2.0")
    name = " ".join(expert.user.name.split())
    calendar.add("x-wr-calname", _("%s: free for exchanges") % name)
    windows = OfferWindow.objects.filter(offer__expert=expert, offer__status=OfferStatus.PUBLISHED)
    for window in windows.select_related("offer"):
        event = Event()
        event.add("uid", f"free-{window.offer_id}-{window.starts_on}@connect")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", window.starts_on)
        event.add("dtend", day_after(window.ends_on))  # the day after, as the norm counts
        event.add("summary", _("Free: %s") % window.offer.title)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar_to_bytes(calendar)
