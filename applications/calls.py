"""Calls: who may apply, shown before any form, and who is notified of another last day."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import UNSENT, MeetingStatus
from applications.models import Dossier, Meeting
from applications.people import applicants
from connect.dates import hour_words
from notifications.bursts import MINUTES
from notifications.outbox import cancel_letters, find_letters, post_letter
from notifications.recounts import recounts
from registry.enums import Tier

PUBLIC = {*Tier.values, "association"} - {Tier.COMPANY}


def eligibility_obstacles(answers):
    """List what makes an authority ineligible for any call: [] for one that may apply.

    answers: kind, competent, paid and empowered, as EligibilityForm reads them. The same points
    as an officer's checklist (enums.Check), asked of the one who knows them best.
    """
    obstacles = []
    if answers["kind"] not in PUBLIC:
        obstacles.append(
            _(
                "Applications come from public local and regional authorities and "
                "their associations. Ask your municipality to apply, and take part "
                "as a partner."
            )
        )
    if answers["competent"] == "no":
        obstacles.append(
            _(
                "The problem must be one that your authority decides about. If another authority "
                "does, apply together with it."
            )
        )
    if answers["paid"] == "yes":
        obstacles.append(
            _("The same exchange cannot be paid twice. Ask for a part that nobody pays for yet.")
        )
    if answers["empowered"] == "no":
        obstacles.append(
            _(
                "Somebody empowered has to sign: the mayor, the president or the secretary "
                "general. They can do so by a link, without an account."
            )
        )
    return obstacles


def moved_key(call):
    """Return with what the keys begin of the letters that tell of another last day."""
    return f"call:{call.pk}:moved"


@transaction.atomic
def notify_of_last_day(call, before, now=None):
    """Notify the writers of drafts in a call whose deadline moved from `before`, either way.

    What is moved again within minutes is told once: the newest cancels what has not left, and is
    told against the last day that they know. Returns how many are told, and what.
    """
    now = now or timezone.now()
    if is_same_minute(call.closes_at, before):
        return 0, ""
    key = moved_key(call)
    if unsent := find_letters(key).unsent().order_by("pk").first():
        before = datetime.fromisoformat(unsent.key.removeprefix(f"{key}:").partition(" ")[0])
        cancel_letters(key, now=now)
    news = compare_ends(call.closes_at, before, now)
    if not news:
        return 0, ""
    drafts = Dossier.objects.filter(call=call, status__in=UNSENT).select_related("authority")
    notified = sum(
        post_letter(
            "call_extended" if news in LONGER else "call_closes_earlier",
            # Each time that it is moved: it may come back to a day of before.
            key=f"{key}:{before.isoformat()} {now:%Y%m%d%H%M%S%f}:{draft.pk}",
            concerns=draft,
            to=applicants(draft),
            path=draft.path,
            not_before=now if call.closes_at <= now + MINUTES else now + MINUTES,
            known={
                "reference": draft.reference,
                "title": draft.heading,
                "call": lambda: str(call),
                "closes_on": call.last_day.isoformat(),
                "closing": partial(closing_words, call),
                "is_over": news == "closed",
                "is_reopened": news == "reopened",
            },
        )
        for draft in drafts.order_by("pk")
        if news != "closed" or not draft.is_in_time(now)  # staff still submit it
    )
    return notified, news


LONGER = {"longer", "reopened"}


def compare_ends(closes_at, before, now):
    """Name what the end of a call is to whoever knows that of before; "" where it is no news.

    Of a call that was over and is over, none: when it ended does not matter to a draft.
    """
    if is_same_minute(closes_at, before) or max(closes_at, before) <= now:
        return ""
    if closes_at <= now:
        return "closed"
    if before <= now:
        return "reopened"
    return "longer" if closes_at > before else "earlier"


@recounts("call_extended")
@recounts("call_closes_earlier")
def recount_moved_end(draft, letter, now):
    call, is_over = draft.call, draft.call.closes_at <= now
    is_longer = letter.template == "call_extended"
    if draft.status not in UNSENT or (is_over and (is_longer or draft.is_in_time(now))):
        return None
    with translation.override(letter.language):
        facts = {"closing": closing_words(call)}
    if is_longer:
        return facts
    return facts | {"closes_on": call.last_day.isoformat(), "is_over": is_over}


def is_same_minute(one, other):
    """Return whether a form, which shows no seconds, shows two moments as the same."""
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def describe_moved_end(count, news, leaves_at):
    """Return how many writers of drafts are told that a call closes at another time."""
    if leaves_at is None:
        words = {
            "closed": ngettext(
                "%d person with a draft is told that the call has closed.",
                "%d people with a draft are told that the call has closed.",
                count,
            ),
            "reopened": ngettext(
                "%d person with a draft is told that the call is open again.",
                "%d people with a draft are told that the call is open again.",
                count,
            ),
            "longer": ngettext(
                "%d person with a draft is told that the call stays open longer.",
                "%d people with a draft are told that the call stays open longer.",
                count,
            ),
            "earlier": ngettext(
                "%d person with a draft is told that the call closes earlier.",
                "%d people with a draft are told that the call closes earlier.",
                count,
            ),
        }
        return words[news] % count
    words = {
        "closed": ngettext(
            "%(count)d person with a draft will be told at %(time)s that the call has closed.",
            "%(count)d people with a draft will be told at %(time)s that the call has closed.",
            count,
        ),
        "reopened": ngettext(
            "%(count)d person with a draft will be told at %(time)s that the call is open again.",
            "%(count)d people with a draft will be told at %(time)s that the call is open again.",
            count,
        ),
        "longer": ngettext(
            "%(count)d person with a draft will be told at %(time)s that the call stays open "
            "longer.",
            "%(count)d people with a draft will be told at %(time)s that the call stays open "
            "longer.",
            count,
        ),
        "earlier": ngettext(
            "%(count)d person with a draft will be told at %(time)s that the call closes earlier.",
            "%(count)d people with a draft will be told at %(time)s that the call closes earlier.",
            count,
        ),
    }
    return words[news] % {"count": count, "time": hour_words(leaves_at)}


def doubt_meeting(call, closes_at):
    """Return what is unlikely about another last day: a meeting is planned before it; else ""."""
    planned = Meeting.objects.filter(call=call, status=MeetingStatus.PLANNED)
    first = planned.filter(starts_at__lt=closes_at).order_by("starts_at").first()
    meets_on = first.day if first else call.meeting_on
    if not meets_on or (first is None and meets_on >= timezone.localdate(closes_at)):
        return ""
    words = _("The committee meets on %s, while applications can still be sent.")
    return words % date_format(meets_on)


def doubt_closing(call, closes_at, now):
    """Return what is unlikely about a last moment that is over already; else ""."""
    if not closes_at <= now < call.closes_at:
        return ""
    drafts = Dossier.objects.filter(call=call, status__in=UNSENT).count()
    return _("The call closes at once. Drafts that can no longer be sent: %d.") % drafts


def closing_words(call):
    """Describe the last day of a call with its hour, in Brussels time."""
    return date_format(timezone.localtime(call.closes_at), "DATETIME_FORMAT")
