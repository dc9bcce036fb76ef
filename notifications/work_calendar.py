"""What waits for somebody, as a calendar to subscribe to: its address is theirs alone.

It tells no more than the page does, and no link of it answers for anybody: a calendar is read by
programs of others.
"""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from connect import links
from connect.calendars import calendar_to_bytes
from connect.dates import end_of_days
from connect.languages import label_with_value
from connect.my_work import list_tasks
from notifications import limits

PURPOSE = "notifications.work"
links.WORDS[PURPOSE] = gettext_lazy("the calendar of what waits for you")
OPEN_FOR = timedelta(days=366)


@transaction.atomic
def create_work_calendar(user, now=None):
    """Create a person's calendar address; the one before no longer works."""
    now = now or timezone.now()
    limits.count_message("follow", actor=user, now=now)
    return links.create_link(PURPOSE, user.pk, user, expires_at=end_of_days(now, OPEN_FOR), now=now)


def find_work_calendar(user, now):
    """Return the link by which a person's calendar is read; None where there is none."""
    return links.find_standing_link(PURPOSE, user.pk, user, now)


def find_owner_by_key(key, now):
    """Return whose calendar an address opens; None where it never was, or works no more."""
    link = links.find_link(key, PURPOSE)
    if link is None or not link.is_valid(now):
        return None
    owners = get_user_model().objects.filter(is_active=True, email__iexact=link.address)
    return owners.filter(pk=link.about).first()


def make_work_calendar(user, now):
    """Return the bytes of a calendar (RFC 5545): each task with a last day is an event of it."""
    with translation.override(user.language):
        calendar = Calendar()
        calendar.add("prodid", "-//CONNECT//my work//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("CONNECT: my work"))
        for task in list_tasks(user, now):
            if task.asks and task.until:
                calendar.add_component(make_event(task, user, now))
        return calendar_to_bytes(calendar)


def make_event(task, user, now):
    event = Event()
    # The page of a task may hold a key that answers: neither it nor its address is told.
    name = hashlib.sha256(f"{user.pk}:{task.path}".encode()).hexdigest()[:32]
    event.add("uid", f"{name}@connect")
    event.add("dtstamp", now)
    event.add("dtstart", task.until)
    event.add("dtend", task.until + timedelta(days=1))
    event.add("summary", label_with_value(task.what, task.about))
    event.add("description", str(task.place))
    event.add("url", f"{settings.SITE_URL}/{user.language}/my/")
    event.add("transp", "TRANSPARENT")
    return event


def work_calendar_address(key):
    return reverse("work-calendar", args=[key])
