"""Letters are written in the transaction that causes them and sent after it commits (`sending`).

A letter has a unique key that says why it exists ("follow-up:12:late"). Posting the same
reason twice leaves one letter, so any caller may be run again without harm. Its text is
frozen when it is first sent: what was said can be shown years later.

A recipient has `address`, `name` and `language`; a mayor asked to sign by link has no account.
Where the time of a letter's link is over, or it was withdrawn, the letter leads nowhere, and is not
written at all unless it tells something by itself. A guest, who has no account there, is led to a
page only by a link of their own, or where it is `public`: else the letter is for their information.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise

from connect.links import HasLink, Link
from connect.transitions import Event, machine_of
from connect.types import Reader
from notifications import bursts, pauses, reminder_pauses
from notifications.hold_rules import hold_columns
from notifications.hours import next_morning, next_waking_hour
from notifications.models import HIDDEN, Letter, LetterQuerySet, Priority, row_kind
from notifications.texts import check_facts, letter_facts, letter_names

# What such a letter says is known without its link too.
TELLS_BY_ITSELF = (
    *("session_", "exchange_", "match_agreed", "match_lapsed", "match_refused"),
    "co_applicant_state",
)
NOWHERE = "erased.invalid"  # the domain of addresses that are nobody's any more


def post_letter(
    template: str,
    *,
    key: str,
    to: Iterable[Reader],
    concerns: Model | None = None,
    path: str = "",
    not_before: datetime | None = None,
    optional: str = "",
    reminds: bool = False,
    by_day: bool = False,
    is_news: bool = False,
    opens: HasLink | None = None,
    anew: bool = False,
    is_urgent: bool = False,
    public: bool = False,
    burst: str = "",
    group: str = "",
    first_letters: Collection[str] = (),
    now: datetime | None = None,
    known: dict[str, Any] | None = None,
    **context: Any,
) -> int:
    """Post one letter for each recipient in the outbox; return how many are new.

    `concerns` is the row by which it is found, to be cancelled or erased. `path` is the page it
    links to, without language; `opens` the row (see `HasLink`) whose link stands for its {}, `anew`
    in place of the reader's. `optional`: a kind that its reader may pause, if the letter has none
    by itself (`pauses`). `by_day`: it waits for the reader's morning, as all that `reminds` (see
    `reminder_pauses`); `is_news`: a reader who `gathers_news` has it in one letter a day;
    `is_urgent`: somebody waits. `burst`: see `bursts`; `group`, `first_letters`: `hold_rules`.
    """
    check_facts(template, context)
    context |= {fact: (known or {})[fact] for fact in letter_facts(template) & (known or {}).keys()}
    optional = optional or pauses.KIND_OF_LETTER.get(template, "")
    now, made = now or timezone.now(), 0
    shared = hold_columns(template, group, not_before or now, first_letters)
    for recipient in () if reminds and reminder_pauses.is_silenced(concerns, template) else to:
        reason = f"{key}:{recipient.address}"[:300]
        if needs_no_letter(recipient, reason, optional, opens, now):
            continue
        link = letter_link(recipient, opens, now, anew) if opens else None
        if opens and not link and not template.startswith(TELLS_BY_ITSELF):
            continue
        is_informed = bool(path) and opens is None and not public and is_guest(recipient)
        made += Letter.objects.get_or_create(
            key=reason,
            defaults=recipient_columns(recipient, context, is_informed)
            | waiting_time(recipient, now, not_before, reminds or by_day, is_news, burst)
            | shared
            | concerned_columns(concerns, reminds)
            | {
                "template": template,
                "path": "" if is_informed or (opens and not link) else path,
                "opens": link,
                "optional": optional,
                "priority": Priority.URGENT if is_urgent or anew else Priority.ORDINARY,
            },
        )[1]
    return made


def needs_no_letter(
    recipient: Reader, key: str, optional: str, opens: HasLink | None, now: datetime
) -> bool:
    """True where it reaches nobody, its kind is paused, or its reader has the link already."""
    if is_unreachable(recipient) or pauses.is_paused(recipient.address, optional, now):
        return True
    return opens is not None and Letter.objects.filter(key=key).exists()


def concerned_columns(row: Model | None, reminds: bool) -> dict[str, Any]:
    """Return the columns of a letter for the row that it is about, or reminds of."""
    if row is None:
        return {}
    about = {"concerned_model": row_kind(row), "concerned_pk": row.pk}
    return about | {"is_reminder": reminds}


def letter_link(recipient: Reader, opens: HasLink, now: datetime, anew: bool) -> Link | None:
    """Return the link of a row that its reader has, or a new one; None if it is not theirs."""
    link = opens.create_link(now, anew=anew)
    return link if link and link.address == recipient.address.lower() else None


def recipient_columns(
    recipient: Reader, context: dict[str, Any], is_informed: bool
) -> dict[str, Any]:
    """Return the columns of a letter for its recipient and what is said in their language.

    is_informed: it is for their information, for what it is about opens to others.
    """
    context = context | ({"is_informed": True} if is_informed else {})
    return {
        "address": recipient.address.lower(),  # as accounts have theirs: they are compared
        "name": recipient.name,
        "language": recipient.language,
        "context": plain_facts(recipient.language, context),
    }


def waiting_time(
    recipient: Reader,
    now: datetime,
    not_before: datetime | None,
    by_day: bool,
    is_news: bool,
    burst: str,
) -> dict[str, Any]:
    """Return the columns of a letter for when it leaves, and whether combined with others."""
    is_gathered = is_news and gathers_news(recipient)
    if burst and (until := bursts.burst_end(burst, recipient, now)):
        return {"not_before": until, "is_gathered": True, "burst": burst}
    if is_gathered:
        until = next_morning(not_before or now, recipient_zone(recipient))
    else:
        until = not_before or (next_waking_hour(now, recipient_zone(recipient)) if by_day else now)
    return {"not_before": until, "is_gathered": is_gathered, "burst": burst}


def post_written_letter(
    template: str,
    *,
    key: str,
    address: str,
    language: str,
    subject: str,
    body: str,
    is_secret: bool,
) -> Letter:
    """Post a letter that was composed elsewhere; its secrets are stored apart.

    Who is sent a code or a link to sign in with sits before the page that asks for it.
    """
    return Letter.objects.create(
        key=key,
        template=template[:60],
        address=address.lower(),
        language=language,
        subject=" ".join(subject.split())[:300],
        body=HIDDEN if is_secret else body,
        secret=body if is_secret else "",
        is_secret=is_secret,
        priority=Priority.URGENT if is_secret else Priority.ORDINARY,
        not_before=timezone.now(),
    )


def is_unreachable(recipient: Reader) -> bool:
    """True for a person whom no letter reaches: without an address, or erased."""
    return not recipient.address or recipient.address.endswith(f"@{NOWHERE}")


def plain_facts(language: str, context: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a letter as plain values, in its reader's language."""

    def plain(value: Any) -> Any:
        if isinstance(value, Promise):
            return str(value)
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return plain(value()) if callable(value) else value

    with translation.override(language):
        return {name: plain(value) for name, value in context.items()}


def is_guest(recipient: Reader) -> bool:
    return getattr(recipient, "is_guest", False)


def gathers_news(recipient: Reader) -> bool:
    return getattr(recipient, "gathers_news", False)


def recipient_zone(recipient: Reader) -> str:
    """Return the time zone of a recipient: their own choice, else Brussels' like our deadlines."""
    return getattr(recipient, "time_zone", "") or settings.TIME_ZONE


def find_letters(what: str | Model | QuerySet[Any], *templates: str) -> LetterQuerySet:
    """Return the letters of a key, or those that concern a row or one of several.

    templates: of these kinds alone; ValueError where there is none such.
    """
    if unknown := set(templates).difference(letter_names()):
        raise ValueError(f"There are no letters {sorted(unknown)}.")
    if isinstance(what, str):
        letters = Letter.objects.filter(key__startswith=f"{what}:")
    else:
        letters = Letter.objects.concerning(what)
    return letters.filter(template__in=templates) if templates else letters


def latest_departure(what: str | Model | QuerySet[Any], now: datetime) -> datetime | None:
    """Return when the last unsent letter of this key or about this leaves; None if all do now."""
    waiting = find_letters(what).unsent().filter(not_before__gt=now)
    return waiting.order_by("-not_before").values_list("not_before", flat=True).first()


def cancel_letters(
    what: str | Model | QuerySet[Any],
    *templates: str,
    to: Iterable[Reader] | None = None,
    keeps_links: bool = False,
    now: datetime | None = None,
) -> int:
    """Cancel the unsent letters of this key or about this, to all or some; return how many.

    templates: see `find_letters`. keeps_links: what they lead to was opened already, and stays
    open. now: when the step was taken that cancels them.
    """
    unsent = find_letters(what, *templates).unsent()
    if to is not None:
        unsent = unsent.filter(address__in=[recipient.address.lower() for recipient in to])
    return unsent.cancel(now or timezone.now(), keeps_links=keeps_links)


def cancel_earlier_news(event: Event, events: QuerySet[Any], *, to: Iterable[Reader]) -> int:
    """Cancel what earlier lines of a timeline have not told these readers yet; return how many.

    The newest tells where the thing stands: held for review, the others would contradict it. What
    asks for something is no news, and stays.
    """
    steps = machine_of(type(event)).transitions.values()
    news = {one.template for step in steps for one in step.notifies if not one.asks}
    return cancel_letters(events.filter(pk__lt=event.pk), *news, to=to, now=event.at)


@transaction.atomic
def recall_letters(what: str | Model | QuerySet[Any], now: datetime) -> bool:
    """Cancel every letter of this key or about this if none has left or is leaving.

    Returns whether it could.
    """
    letters = find_letters(what).select_for_update()
    for letter in letters.filter(cancelled_at=None):
        is_leaving = letter.leased_until and letter.leased_until > now and not letter.last_error
        if letter.sent_at or is_leaving:
            return False
    letters.cancel(now)
    return True
