"""What other authorities say that they did in the same way: told, looked at, shown or taken off."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connect.transitions import record_event
from exchanges.people import planners
from notifications import limits
from notifications.outbox import post_letter
from practices.models import Practice, Use
from practices.transitions import by_anyone_of_it
from registry.models import Authority
from registry.people import officers

NO_REASON = _("Give a reason for hiding it: its author reads it.")


@transaction.atomic
def save_use(
    practice: Practice,
    authority: Authority,
    words: str,
    *,
    actor: User,
    now: datetime | None = None,
) -> Use:
    """Save an authority's report that it did the same; a second one replaces the first.

    Nobody else reads it before one of the practice's own, or staff, have accepted it. Raises
    PermissionDenied for whoever neither writes nor signs for the authority, ValidationError where
    enough has been told today.
    """
    now = now or timezone.now()
    if practice.status != "published" or not authority.has_author(actor):
        raise PermissionDenied
    Practice.objects.select_for_update().get(pk=practice.pk)  # said twice at once, it is one
    use = practice.uses.filter(authority=authority).first()
    if use and use.words == words:
        return use
    limits.count_message("contact", actor=actor, about=practice, now=now)
    values = {"words": words, "by": actor, "at": now, "accepted_at": None}
    use, _made = Use.objects.update_or_create(
        practice=practice, authority=authority, defaults=values
    )
    post_letter(
        "practice_used",
        key=f"practice-use:{use.pk}:{now.isoformat()}",
        concerns=use,
        to=[*planners(practice.exchange), *officers()],
        path=practice.path,
        title=partial(str, practice),
        authority=lambda: authority.place,
        text=words,
    )
    return use


@transaction.atomic
def accept_use(use: Use, *, actor: User, seen: str = "", now: datetime | None = None) -> None:
    """Accept an authority's report, so that readers of the practice see it.

    seen: the version that was read. Raises ValidationError where other words stand there by now.
    """
    now, use = now or timezone.now(), lock_use(use, actor)
    if seen and seen != use.version:
        message = _("These words have changed in the meantime: read them again, then decide.")
        raise ValidationError(message, code="changed")
    if use.accepted_at is None:
        use.accepted_at = now
        use.save(update_fields=["accepted_at"])
        details = {"note": str(use)}
        record_event(use.practice, "accept_use", actor=actor, now=now, details=details)


@transaction.atomic
def remove_use(use: Use, note: str, *, actor: User, now: datetime | None = None) -> None:
    """Delete an authority's report and notify its author why; the reason is recorded."""
    now, use = now or timezone.now(), lock_use(use, actor)
    details = {"note": f"{use}\n{note}"}
    event = record_event(use.practice, "remove_use", actor=actor, now=now, details=details)
    if use.by:
        post_letter(
            "practice_use_removed",
            key=f"practice-event:{event.pk}",
            concerns=event,
            to=[use.by],
            path=use.practice.path,
            title=str(use.practice),
            note=note,
        )
    use.delete()


def lock_use(use: Use, actor: User) -> Use:
    """Lock a report, for the practice's own people or staff; PermissionDenied for others."""
    kept = Use.objects.select_related("practice", "authority", "by").select_for_update(of=("self",))
    use = kept.get(pk=use.pk)
    if not by_anyone_of_it(actor, use.practice):
        raise PermissionDenied
    return use
