"""A profile is confirmed once a year; one that is not is hidden, and its offers expire."""

from collections import Counter
from datetime import timedelta

from django.utils import timezone

from connect.dates import whole_months_between
from connect.schedule import every, process_one_by_one
from notifications.outbox import post_letter
from notifications.recounts import recounts
from notifications.reminder_pauses import belongs_to
from registry.enums import OfferStatus
from registry.models import Expert
from registry.search_index import index_experts
from registry.transitions import offer_machine


def confirmation_stage(confirmed_on, today):
    """Return the stage for a profile's age: a reminder after 11 months, hiding after 12.

    >>> from datetime import date
    >>> first = date(2026, 1, 10)
    >>> confirmation_stage(first, date(2026, 12, 9)), confirmation_stage(first, date(2026, 12, 10))
    (None, 'remind')
    >>> confirmation_stage(first, date(2027, 1, 10))
    'hide'
    """
    months = whole_months_between(confirmed_on, today)
    if months >= 12:
        return "hide"
    return "remind" if months >= 11 else None


belongs_to(None, Expert)


@every(hours=1)
def follow_profiles(now):
    """Remind experts to confirm their profile; hide those who did not; count both."""
    today = timezone.localdate(now)

    def follow(expert):
        stage = confirmation_stage(expert.confirmed_on, today)
        if stage is None:
            return Counter()
        posted = post_letter(
            "profile_confirm" if stage == "remind" else "profile_hidden",
            reminds=True,
            key=f"profile:{expert.pk}:{stage}:{expert.confirmed_on}",
            concerns=expert,
            to=[expert.user],
            path=f"/experts/{expert.slug}/",
        )
        hides = stage == "hide" and not expert.is_hidden
        if hides:
            hide_profile(expert, now)
        return Counter(reminded=posted, hidden=hides)

    old = Expert.objects.filter(confirmed_on__lte=today - timedelta(days=330))
    old = old.select_related("user", "authority").order_by("pk")
    results: list[Counter[str]] = process_one_by_one(follow, old)
    total = sum(results, Counter())
    return {"reminded": total["reminded"], "hidden": total["hidden"]}


@recounts("profile_confirm")
@recounts("profile_hidden")
def recount_profile(expert, letter, now):
    stage = confirmation_stage(expert.confirmed_on, timezone.localdate(now))
    templates = {"remind": "profile_confirm", "hide": "profile_hidden"}
    return {} if templates.get(stage) == letter.template else None


def hide_profile(expert, now):
    """Hide a profile from all but staff and its owner, and end its offers, until confirmed."""
    expert.is_hidden = True
    expert.save(update_fields=["is_hidden"])
    index_experts([expert.pk])
    for offer in expert.offers.filter(status=OfferStatus.PUBLISHED).order_by("pk"):
        offer_machine.advance(offer, "expire", actor=None, now=now)
