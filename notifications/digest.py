"""One letter a day for staff who want their news together; what is in it counts as sent."""

from django.db import transaction

from connect.clockwork import by_the_clock
from notifications.models import Letter
from notifications.outbox import Recipient, post, write


@by_the_clock
def gather_news(now):
    """Write to each reader for whom news waits since before their morning; count the letters."""
    waiting = Letter.objects.unsent().filter(is_gathered=True, not_before__lte=now)
    addresses = waiting.order_by("address").values_list("address", flat=True).distinct()
    return sum(gather(address, waiting, now) for address in list(addresses))


@transaction.atomic
def gather(address, waiting, now):
    letters = list(waiting.filter(address=address).order_by("pk").select_for_update())
    if not letters:  # another job was first
        return 0
    for letter in letters:
        letter.subject, letter.body = write(letter)
        letter.sent_at = now
    Letter.objects.bulk_update(letters, ["subject", "body", "sent_at"])
    last = letters[-1]
    return post(
        "news",
        key=f"news:{last.pk}",
        to=[Recipient(address, last.name, last.language)],
        path="/account/letters/",
        number=len(letters),
        news=[[one.subject, one.shown_link] for one in letters],
    )
