"""The last day for answers on the desk: its words, and the buttons that move it."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import Status
from applications.requirements import LONGEST_OPEN, doubt_last_day, doubt_period, takes_answers
from connect.posted_values import parse_day
from connect.unlikely_values import doubt_with_tick
from matching import opportunities

FIELDS = {"extend": "closes_on", "seek_again": "open_until"}  # {button: the name of its day}


def describe_last_day(request, dossier, verb, today):
    """Describe for the desk whether a request takes answers, and until when it may.

    verb: the button that was pressed and refused, "" where none was.
    """
    is_published = dossier.status == Status.PUBLISHED
    is_open = takes_answers(dossier, today)
    return {
        "takes_answers": is_open,
        "is_past_last_day": is_published and not is_open,
        "opens_until": (today + timedelta(days=1), today + LONGEST_OPEN),
        "more_time": opportunities.days_to_extend(dossier.opportunity, today)
        if is_published
        else None,
        "is_doubtful": verb in FIELDS and bool(find_doubt(request, dossier, verb, today)),
    }


def find_doubt(request, dossier, verb, today):
    """Describe what is unlikely about the day that was typed beside a button; "" if nothing."""
    day = parse_day(request.POST.get(FIELDS[verb], ""))
    if day is None or not today < day <= today + LONGEST_OPEN:
        return ""  # refused
    if takes_answers(dossier, today):  # experts have had their weeks, and now have more
        return doubt_period(dossier, day)
    return doubt_last_day(dossier, day, today)


def move_last_day(request, dossier, verb):
    """Extend a request, or open it again, until the day that was typed; return what was done."""
    doubt = find_doubt(request, dossier, verb, timezone.localdate())
    if doubt and "meant" not in request.POST:
        raise ValidationError(doubt_with_tick(doubt), code="doubt")
    day = parse_day(request.POST.get(FIELDS[verb], ""))
    if verb == "seek_again":
        opportunities.reopen_to_answers(dossier, day, actor=request.user)
        return _("The request is open to new answers again. Everyone concerned gets an e-mail.")
    opportunities.extend_deadline(dossier, day, actor=request.user)
    return _("The request stays open longer. Everyone concerned gets an e-mail.")
