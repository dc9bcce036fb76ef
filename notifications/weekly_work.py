"""What waits for somebody, in one e-mail a week: for whoever asked for it, on Monday mornings."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connect.languages import label_with_value
from connect.my_work import list_tasks
from connect.schedule import every, process_one_by_one
from notifications import pauses
from notifications.hours import FIRST
from notifications.models import WeeklyWork
from notifications.outbox import post_letter, recipient_zone
from notifications.recounts import recounts

KIND = pauses.KIND_OF_LETTER["weekly_work"]
MONDAY = 0
MOST_NAMED = 20  # tasks named in an e-mail


def receives_weekly_work(user, now):
    return WeeklyWork.objects.filter(user=user).exists() and not pauses.is_paused(
        user.email, KIND, now
    )


def begin_weekly_work(user, now):
    """Send this person the e-mail from next Monday on."""
    WeeklyWork.objects.get_or_create(
        user=user, defaults={"asked_at": now, "sent_for": find_monday(user, now)}
    )
    pauses.resume_kind(user.email, KIND)


def end_weekly_work(user, now):
    """Send it no more, and cancel one that waits."""
    WeeklyWork.objects.filter(user=user).delete()
    pauses.cancel_kind(user.email, KIND, now)
    pauses.resume_kind(user.email, KIND)  # what nobody asks for any more is not paused either


def find_monday(user, now):
    """Return the day of a Monday morning that has begun where somebody is; None on other days."""
    here: datetime = now.astimezone(ZoneInfo(recipient_zone(user)))
    return here.date() if here.weekday() == MONDAY and here.hour >= FIRST else None


@every(minutes=10)
def send_weekly_work(now):
    """Send what waits to those whose Monday morning has come, once a week; count the e-mails."""
    asked = WeeklyWork.objects.filter(user__is_active=True).select_related("user").order_by("pk")
    due = {
        row: monday
        for row in asked
        if (monday := find_monday(row.user, now)) and row.sent_for != monday
    }

    def send(row):
        monday = due[row]
        # Whoever is first takes the week: a second worker waits here, and finds it taken.
        fresh = WeeklyWork.objects.filter(pk=row.pk).exclude(sent_for=monday)
        return post_weekly_work(row.user, monday, now) if fresh.update(sent_for=monday) else 0

    return sum(process_one_by_one(send, due))


def post_weekly_work(user, monday, now):
    """Post what waits for a person; nothing where nothing does."""
    facts = work_facts(user, now)
    if facts is None:
        return 0
    return post_letter(
        "weekly_work",
        key=f"work:{user.pk}:{monday.isoformat()}",
        concerns=user,
        to=[user],
        path="/my/",
        reminds=True,
        now=now,
        **facts,
    )


def work_facts(user, now):
    """Return what the e-mail says of what waits for a person; None where nothing does."""
    with translation.override(user.language):
        tasks = [task for task in list_tasks(user, now) if task.asks]
        lines = [describe_task(task) for task in tasks[:MOST_NAMED]]
    return {"number": len(tasks), "tasks": lines} if tasks else None


@recounts("weekly_work")
def recount_work(user, _letter, now):
    return work_facts(user, now)


def describe_task(task):
    """Describe a task in one line, as the page lists it; what somebody typed stands in marks."""
    about = _("“%s”") % task.about
    words = f"{label_with_value(task.what, about)} · {task.place}"
    if task.until is None:
        return words
    until = _("until %(day)s") % {"day": date_format(task.until, "DATE_FORMAT")}
    return f"{words} · {until}"
