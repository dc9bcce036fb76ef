"""Letters that stand in the place of several: the day's news, and what came within minutes.

What is in them counts as sent.
"""

from typing import Any

from django.utils import translation

from connect.mail import Recipient
from connect.schedule import every, process_one_by_one
from notifications.bursts import burst_kind, is_held
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.sending import has_lost_link, recount_letter


@every(minutes=10)
def gather_news(now):
    """Send each reader one letter of news that waits since before their morning; count letters."""
    waiting = Letter.objects.unsent().filter(is_gathered=True, burst="", not_before__lte=now)

    def write(letter):
        return write_digest(letter.address, waiting, now)

    first_of_each = waiting.order_by("address", "pk").distinct("address")
    return sum(process_one_by_one(write, first_of_each))


def write_digest(address, waiting, now):
    letters = list(waiting.filter(address=address).order_by("pk").select_for_update())
    if not letters:  # another job was first
        return 0
    count_as_sent(letters, now)
    last = letters[-1]
    return post_letter(
        "news",
        key=f"news:{last.pk}",
        concerns=last,
        to=[Recipient(address, last.name, last.language)],
        path="/account/letters/",
        number=len(letters),
        news=[[one.subject, one.masked_link] for one in letters],
    )


def count_as_sent(letters, now):
    for letter in letters:
        letter.subject, letter.body = compose_letter(letter)
        letter.sent_at = now
    Letter.objects.bulk_update(letters, ["subject", "body", "sent_at"])


@every(seconds=30)
def gather_bursts(now):
    """Send one letter for each burst whose minutes are over; count the letters."""
    waiting = Letter.objects.unsent().filter(is_gathered=True).exclude(burst="")

    def gather(letter):
        return gather_burst(letter.burst, letter.address, waiting, now)

    due = waiting.filter(not_before__lte=now).order_by("burst", "address", "pk")
    return sum(process_one_by_one(gather, due.distinct("burst", "address")))


def gather_burst(burst, address, waiting, now):
    rows = waiting.filter(burst=burst, address=address).select_for_update(of=("self",))
    letters = list(rows.select_related("opens").order_by("pk"))
    obsolete = [letter.pk for letter in letters if has_lost_link(letter, now)]
    Letter.objects.filter(pk__in=obsolete).cancel(now)
    letters = [letter for letter in letters if letter.pk not in obsolete]
    if not letters or is_held(burst, now):  # or another job was first
        return 0
    letters = [letter for letter in letters if recount_letter(letter, now)]
    if not letters:
        return 0
    (kind, about), last = burst_kind(burst), letters[-1]
    if len(letters) == 1 and not (kind.compose and kind.waits):
        last.is_gathered, last.not_before = False, now
        last.save(update_fields=["is_gathered", "not_before"])
        return 1
    facts: dict[str, Any] | None = {"template": "several"}
    if kind.compose:
        with translation.override(last.language):
            facts = kind.compose(about, letters)
    if facts is None:
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).cancel(now)
        return 0
    count_as_sent(letters, now)
    path, link = facts.pop("path", last.path), last.opens
    if link and not link.is_valid(
        now
    ):  # withdrawn: what they tell by themselves is told without it
        path, link = "", None
    if kind.compose is None:
        subjects = list(dict.fromkeys(letter.subject for letter in letters))
        facts |= {"first": subjects[0], "more": len(letters) - 1, "subjects": subjects}
    return post_letter(
        facts.pop("template"),
        key=f"burst:{last.pk}",
        concerns=last,
        to=[Recipient(address, last.name, last.language, "is_informed" in last.context)],
        path=path,
        opens=link.target if link else None,
        now=now,
        **facts,
    )
