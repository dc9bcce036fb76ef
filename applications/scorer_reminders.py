"""Officers remind the members of the committee whose scores are missing."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import ngettext

from applications import assignment
from applications.models import Dossier
from connect.dates import hour_words
from connect.transitions import by_officer


def remind_scorers(dossiers, *, actor, now=None):
    """Remind the members whose scores these dossiers of one call wait for.

    A member gets one e-mail a day at most. Returns how many were written, and for how many members
    they wait. Raises PermissionDenied for all but officers.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    now = now or timezone.now()
    waiting = list(
        Dossier.objects.for_officer(actor)
        .filter(pk__in=[one.pk for one in dossiers])
        .select_related("call")
        .prefetch_related("scores", "assignments")
        .order_by("pk")
    )
    able, read = assignment.members_without_conflict(waiting), assignment.read_scores(waiting)
    call_by_member = {
        member: dossier.call
        for dossier in waiting
        for member in assignment.missing_scorers(
            dossier, able[dossier.pk], len(read[dossier.pk][1])
        )
    }
    posted = sum(
        assignment.notify_member(member, call, now, key=asked_key(call, now))
        for member, call in call_by_member.items()
    )
    return posted, len(call_by_member)


def asked_key(call, now):
    """Return with what the keys begin of the reminders that officers send on a day."""
    return f"scores-asked:{call.pk}:{timezone.localdate(now)}"


def describe_reminded(count, leaves_at):
    """Return how many members are reminded; leaves_at: when the last e-mail leaves, None: now."""
    if leaves_at is None:
        return ngettext("%d member is reminded.", "%d members are reminded.", count) % count
    words = ngettext(
        "%(count)d member will be reminded at %(time)s.",
        "%(count)d members will be reminded, the last at %(time)s.",
        count,
    )
    return words % {"count": count, "time": hour_words(leaves_at)}
