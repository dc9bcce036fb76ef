"""When an expert is free, as a calendar that other calendars follow (RFC 5545)."""

from datetime import timedelta

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from connect.calendars import as_bytes
from registry.enums import OfferStatus
from registry.models import Expert, OfferWindow

SALT = "registry.availability"


def path_of(expert):
    """The address of an expert's calendar: long, and known to those who were given it."""
    return reverse("availability", args=[signing.Signer(salt=SALT).sign_object(expert.pk)])


def expert_of(token):
    """Return the expert of an address; None for one that never was."""
    try:
        pk = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    return Expert.objects.filter(pk=pk, user__is_active=True).select_related("user").first()


def calendar_of(expert):
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
        event.add("dtend", window.ends_on + timedelta(days=1))  # the day after, as the norm counts
        event.add("summary", _("Free: %s") % window.offer.title)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return as_bytes(calendar)
