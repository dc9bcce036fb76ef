"""Unused accounts: two letters with the exact day, then the person is erased.

Signing in on any day before is enough to stay. What hangs on the account keeps its figures:
an exchange counts as many participants as before.
"""

from datetime import timedelta

from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone

from accounts.erasure import erase_person
from accounts.holdings import Person
from accounts.models import ErasureReason, User
from connect.schedule import every, process_one_by_one
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.recounts import recounts
from notifications.reminder_pauses import belongs_to

NOTICES_AFTER = [timedelta(days=700), timedelta(days=730)]  # 23 and 24 months without signing in
GOES_AFTER = timedelta(days=745)
NOTICE = timedelta(days=14)  # between the last letter and the end, whenever the clock ran

# Sent with `user` before anything is told or erased: an answer that is true keeps the account.
still_needed = Signal()


def idle_users():
    """Return the people, not our staff, with when each signed in last, as `used_at`."""
    people = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    return people.annotate(used_at=Coalesce("last_login", "date_joined"))


def is_account_needed(user):
    return any(answer for _receiver, answer in still_needed.send(User, user=user))


belongs_to(None, User)  # and what gathers many files for one reader


@every(hours=1, is_foreseen=False)
def follow_unused(now):
    """Warn those who do not use their account, and erase those who were warned twice in vain.

    Returns how many were written to, and how many erased. Each by themselves: one that fails holds
    back nobody else.
    """
    unused = idle_users().filter(used_at__lte=now - NOTICES_AFTER[0]).order_by("pk")

    def follow(user):
        # Who signed in while the run was at those before them is no longer among them.
        still = unused.select_for_update(of=("self",)).filter(pk=user.pk).first()
        return follow_account(still, now) if still else (0, 0)

    results = process_one_by_one(follow, unused)
    return sum(written for written, _erased in results), sum(erased for _w, erased in results)


def follow_account(user, now):
    """Warn or erase one person; return how many letters, and how many people."""
    if is_account_needed(user):
        return 0, 0
    stage = sum(now - user.used_at >= after for after in NOTICES_AFTER)
    key = f"account:{user.pk}:unused:{user.used_at.date()}"
    last = Letter.objects.filter(key__startswith=f"{key}:{len(NOTICES_AFTER)}:").first()
    if last and now >= max(user.used_at + GOES_AFTER, last.created_at + NOTICE):
        erase_person(Person.from_user(user), why=ErasureReason.UNUSED, now=now)
        return 0, 1
    # If the warning was late, the account is kept for the whole notice period.
    goes_at = max(user.used_at + GOES_AFTER, now + NOTICE)
    written = post_letter(
        "account_unused",
        key=f"{key}:{stage}",
        concerns=user,
        to=[user],
        path="/account/login/",
        reminds=True,
        goes_on=timezone.localdate(goes_at).isoformat(),
    )
    return written, 0


@recounts("account_unused")
def recount_unused(user, letter, now):
    """Return nothing new; None for who has signed in since, or whose account is needed now."""
    is_unused = idle_users().filter(pk=user.pk, used_at__lte=now - NOTICES_AFTER[0]).exists()
    return {} if is_unused and not is_account_needed(user) else None
