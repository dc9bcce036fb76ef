"""Closing one's account, or having an address erased: ten days to change one's mind.

An account is inactive meanwhile: nobody signs in or acts with it. The link in both letters keeps
it.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.erasure import erase_person
from accounts.holdings import Person
from accounts.models import Closing, ErasureReason, User
from accounts.sessions import end_sessions_of
from accounts.team import is_only_administrator
from accounts.unused import is_account_needed
from connect.languages import current_language
from connect.links import find_link
from connect.mail import Recipient
from connect.schedule import every, process_one_by_one
from notifications.models import Letter
from notifications.outbox import post_letter

REGRET = timedelta(days=10)
AGAIN = timedelta(days=3)  # before the end, the second letter
NOTICE = timedelta(days=2)  # between the second letter and the end, whenever the clock ran

# Sent inside the transaction, from Closing: closing, person, now.
account_closing = Signal()
# Likewise, before the row goes, of one that is kept after all: closing, now.
account_kept = Signal()


@transaction.atomic
def begin_closing(person, *, why=ErasureReason.ASKED, actor=None, language="", now=None):
    """Begin to close an account and write how long it can be kept; return the Closing.

    actor: the officer who does it for them. Asked twice, the first stands. Raises PermissionDenied
    for an actor who is no officer, ValidationError for the last administrator, and where the actor
    may not decide about this person.
    """
    if actor is not None:
        check_actor(actor, person.user)
    now, user = now or timezone.now(), None
    if person.user:
        if person.user.is_superuser and is_only_administrator(person.user):
            message = _("You are the only administrator: make somebody else one first.")
            raise ValidationError(message, code="last_administrator")
        user = User.objects.select_for_update(of=("self",)).get(pk=person.user.pk)
    address = user.email if user else min(person.addresses)
    closing, is_new = Closing.objects.get_or_create(
        address=address,
        defaults={
            "user": user,
            "name": user.name if user else next(iter(sorted(person.marks.names)), ""),
            "language": user.language if user else language or current_language(),
            "asked_at": now,
            "goes_at": now + REGRET,
            "why": why,
            "asked_by": actor,
            "was_active": bool(user and user.is_active),
        },
    )
    if not is_new:
        return closing
    write_closing_letter(closing, "begun")
    if user:
        if is_account_needed(user):
            notify_staff_of_closing(user)
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions_of(user)
    account_closing.send(Closing, closing=closing, person=person, now=now)
    return closing


def check_actor(actor, user):
    """Refuse an actor who is no officer, or who decides about staff and is no administrator."""
    if not (actor.is_active and actor.is_officer):
        raise PermissionDenied
    if user and (user.is_staff or user.is_superuser) and not actor.is_superuser:
        message = _("Only an administrator decides about an account of the programme team.")
        raise ValidationError(message, code="of_staff")


def write_closing_letter(closing, stage):
    """Send the closing letter of a stage, with the day and the link to keep the account, if any."""
    way_back = {"path": closing.PAGE, "opens": closing} if closing.can_be_kept else {}
    return post_letter(
        "closing",
        key=f"closing:{closing.pk}:{closing.goes_at.timestamp():.0f}:{stage}",
        concerns=closing,
        to=[Recipient(closing.address, closing.name, closing.language)],
        goes_on=timezone.localdate(closing.goes_at).isoformat(),
        has_account=closing.user_id is not None,
        asked_by_staff=closing.asked_by_id is not None,
        **way_back,
    )


def notify_staff_of_closing(user):
    """Notify staff that a person with open work is leaving, so that it can be handed over."""
    post_letter(
        "closing_open",
        key=f"closing-open:{user.pk}:{timezone.localdate()}",
        concerns=user,
        to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
        account=user.pk,
        held=settings.SITE_URL + reverse("admin:accounts_user_held", args=[user.pk]),
    )


@transaction.atomic
def cancel_closing(closing, *, actor=None, now=None):
    """Cancel the closing of an account; return False if it is too late.

    actor: the officer who does it; ValidationError for what its owner asked for.
    """
    closing = Closing.objects.select_for_update(of=("self",)).filter(pk=closing.pk).first()
    if closing is None:
        return False
    if actor is not None:
        check_actor(actor, closing.user)
        if closing.asked_by_id is None:
            message = _("Its owner asked for it: only they can keep it, by the link in our e-mail.")
            raise ValidationError(message, code="of_owner")
    if closing.user_id and closing.was_active:
        closing.user.is_active = True
        closing.user.save(update_fields=["is_active"])
    account_kept.send(Closing, closing=closing, now=now or timezone.now())
    closing.delete()
    return True


def find_kept(key):
    """Return the link of a closing that was cancelled; None where one goes on, or all was erased.

    Erasing somebody deletes their links: of one whose closing is gone, all was kept.
    """
    link = find_link(key, Closing.PURPOSE)
    if link is None:
        return None
    goes_on = Q(pk=link.row_pk) | Q(address__iexact=link.address)
    return None if Closing.objects.filter(goes_on).exists() else link


def record_suspension(user):
    """Record that staff deactivated an account that is closing: keeping it does not reopen it."""
    return Closing.objects.filter(user=user, was_active=True).update(was_active=False) == 1


@every(minutes=10, is_foreseen=False)
def follow_closings(now):
    """Send the reminders three days before the end, then erase; return how many of each.

    Each by themselves: one that fails holds back nobody else.
    """

    def follow(closing):
        written = write_closing_reminder(closing, now)
        is_over = not written and now >= closing.goes_at
        return written, finish_closing(closing, now) if is_over else 0

    due = Closing.objects.filter(goes_at__lte=now + AGAIN).order_by("pk")
    results = process_one_by_one(follow, due)
    return sum(written for written, _erased in results), sum(erased for _w, erased in results)


def write_closing_reminder(closing, now):
    """Post the second letter; after downtime the end moves, so that notice is always given.

    Where nothing could be written the end stays: moved every hour, it would never come.
    """
    if was_reminded(closing):
        return 0
    day = closing.goes_at
    closing.goes_at = max(day, now + NOTICE)
    written = write_closing_letter(closing, "again")
    if not written:
        closing.goes_at = day
    elif closing.goes_at != day:
        closing.save(update_fields=["goes_at"])
    return written


def was_reminded(closing):
    key = f"closing:{closing.pk}:{closing.goes_at.timestamp():.0f}:again:"
    return Letter.objects.filter(key__startswith=key).exists()


@transaction.atomic
def finish_closing(closing, now):
    """Erase the person, unless they cancelled the closing this very second."""
    closing = Closing.objects.select_for_update(of=("self",)).filter(pk=closing.pk).first()
    if closing is None:
        return 0
    person = (
        Person.from_user(closing.user) if closing.user else Person.from_address(closing.address)
    )
    erase_person(person, why=closing.why, actor=closing.asked_by, now=now)
    return 1
