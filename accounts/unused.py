"""Accounts that nobody uses: two letters with the exact day, then the person is made nameless.

Signing in on any day before is enough to stay. What hangs on the account keeps its figures:
an exchange counts as many participants as before.
"""

import json
import re
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import CharField, JSONField, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from connect.append_only import SaysSomething, erase_text
from connect.clockwork import by_the_clock
from notifications.models import DeadAddress, Letter, Pause
from notifications.outbox import post

TOLD_AFTER = [timedelta(days=700), timedelta(days=730)]  # 23 and 24 months without signing in
GOES_AFTER = timedelta(days=745)
NOTICE = timedelta(days=14)  # between the last letter and the end, whenever the clock ran
NAMELESS = "Erased person"

# Sent with `user` before anything is told or erased: an answer that is true keeps the account.
still_needed = Signal()
# Sent with `user`, and the `name` and `address` they had, inside the transaction: each app blanks
# its own.
erased = Signal()


def unused_since(instant):
    """Give the people, not our staff, who have not signed in since an instant."""
    used = Coalesce("last_login", "date_joined")
    idle = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    return idle.annotate(used_at=used).filter(used_at__lte=instant).order_by("pk")


def is_needed(user):
    return any(answer for _receiver, answer in still_needed.send(User, user=user))


@by_the_clock
def follow_unused(now):
    """Write to those who do not use their account, and erase those who were told twice in vain.

    Returns how many were written to, and how many erased.
    """
    told = gone = 0
    for user in unused_since(now - TOLD_AFTER[0]):
        if is_needed(user):
            continue
        stage = sum(now - user.used_at >= after for after in TOLD_AFTER)
        key = f"account:{user.pk}:unused:{user.used_at.date()}"
        last = Letter.objects.filter(key__startswith=f"{key}:{len(TOLD_AFTER)}:").first()
        if last and now >= max(user.used_at + GOES_AFTER, last.created_at + NOTICE):
            erase(user)
            gone += 1
        else:
            # Told late, it stays for the notice all the same.
            goes_at = max(user.used_at + GOES_AFTER, now + NOTICE)
            told += post(
                "account_unused",
                key=f"{key}:{stage}",
                to=[user],
                path="/account/login/",
                reminds=True,
                goes_on=timezone.localdate(goes_at).isoformat(),
            )
    return told, gone


@transaction.atomic
def erase(user):
    """Take a person's name, addresses and words out, here and wherever `erased` is heard.

    Rows stay, nameless, so that what is counted stays true.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    address, name, pk = user.email, user.name, Cast("pk", CharField())
    Pause.objects.filter(address__iexact=address).delete()
    DeadAddress.objects.filter(address__iexact=address).delete()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    user.groups.clear()
    user.email, user.name, user.phone = f"erased-{user.pk}@erased.invalid", NAMELESS, ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    letters = Letter.objects.filter(address__iexact=address)
    letters.cancel(timezone.now())
    letters.update(
        key=Concat(Value("erased:"), pk),
        address=user.email,
        name="",
        path="",
        subject="",
        body="",
        context={},
    )
    if name:
        blank_name(name)
    erased.send(User, user=user, name=name, address=address)


def take_out(rows, user, name, address, numbers=()):
    """Take the name and the address that an erased person had out of all typed in these rows.

    A name of a single word goes only where it is the whole answer: May is a month as well. The
    address becomes the account's nameless one, by which the row is found again; telephone numbers
    go.
    """
    whole = {number.casefold(): "" for number in numbers}
    whole |= {name.casefold(): NAMELESS, address.casefold(): user.email}
    whole.pop("", None)  # who never gave a name is not every empty answer
    inside = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if " " in name else None
    mail = re.compile(re.escape(address), re.IGNORECASE)

    def without(value):
        if isinstance(value, dict):
            return {key: without(one) for key, one in value.items()}
        if isinstance(value, list):
            return [without(one) for one in value]
        if not isinstance(value, str):
            return value
        if (key := value.strip().casefold()) in whole:
            return whole[key]
        value = mail.sub(user.email, value)
        return inside.sub(NAMELESS, value) if inside else value

    typed = CharField, TextField, JSONField
    if issubclass(rows.model, SaysSomething):  # where a text may go, and no other take its place
        erase_text(rows, lambda text: without(text) != text)
        return
    fields = [one.attname for one in rows.model._meta.concrete_fields if isinstance(one, typed)]
    for row in rows.order_by("pk"):
        before = {field: getattr(row, field) for field in fields}
        after = {field: without(value) for field, value in before.items()}
        if after != before:
            rows.model._base_manager.filter(pk=row.pk).update(**after)


def blank_name(name):
    """Take a name out of what was written to others; the letters stay, as they count."""
    spoken_of = Letter.objects.annotate(held=Cast("context", TextField())).filter(
        Q(held__contains=name) | Q(subject__contains=name) | Q(body__contains=name)
    )
    for letter in spoken_of.order_by("pk"):
        context = json.dumps(letter.context, ensure_ascii=False)
        letter.context = json.loads(context.replace(name, NAMELESS))
        letter.subject = letter.subject.replace(name, NAMELESS)
        letter.body = letter.body.replace(name, NAMELESS)
        letter.save(update_fields=["context", "subject", "body"])
