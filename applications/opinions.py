"""What an association says of its member's dossier: ten days, silence being no objection."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import BEFORE_COMMITTEE, Status
from applications.models import Dossier, DossierEvent, Opinion
from connect.dates import day_after, end_of_days
from connect.transitions import record_event
from registry.people import associations_of_officer

OPEN_FOR = timedelta(days=10)


def associations_of(dossier, user):
    """Return the associations for which this person may speak about a dossier."""
    return associations_of_officer(user).filter(members=dossier.authority)


def opinion_deadline(dossier, now):
    """Return until when an opinion counts; None once it no longer does."""
    if dossier.status in BEFORE_COMMITTEE - {Status.DRAFT}:
        return end_of_days(now, OPEN_FOR)
    last = last_moment(dossier)
    return last if last and last > now else None


def last_moment(dossier):
    """Return when opinions end on what the committee has; None before it has it, and after."""
    sent = sent_to_committee(dossier)
    if dossier.status != Status.UNDER_SELECTION or sent is None:
        return None
    return end_of_days(sent.at, OPEN_FOR)


def last_day(sent_at):
    """Return the last day of opinions on what the committee got then."""
    return day_after(timezone.localdate(sent_at), OPEN_FOR)


def sent_to_committee(dossier):
    """Return the event by which the committee got the dossier last, or None."""
    return dossier.events.filter(verb="send_to_committee").last()


def awaiting_opinion(association, now):
    """List (dossier, last day) of the members' dossiers of which an association can say its opinion
    and has not; no day before the committee has it."""
    waiting = Dossier.objects.filter(
        authority__associations=association,
        status__in=BEFORE_COMMITTEE - {Status.DRAFT} | {Status.UNDER_SELECTION},
    ).exclude(opinions__association=association)
    waiting = waiting.select_related("authority").order_by("status_since", "pk")
    sent = DossierEvent.objects.filter(dossier__in=waiting, verb="send_to_committee")
    sent_at = {event.dossier_id: event.at for event in sent}  # in order: the last stays
    rows = []
    for dossier in waiting:
        at = sent_at.get(dossier.pk)
        is_open = at is not None and end_of_days(at, OPEN_FOR) > now
        if dossier.status != Status.UNDER_SELECTION or is_open:
            rows.append((dossier, last_day(at) if at else None))
    return rows


def closed_words(dossier):
    """Describe why no opinion can be given any more, to an association that gave none."""
    sent = sent_to_committee(dossier)
    if sent is None:
        return _("It ended before the committee read it: no opinion is asked for.")
    decision = dossier.events.filter(source=Status.UNDER_SELECTION, at__gte=sent.at).first()
    if (
        decision
        and decision.target != Status.UNDER_SELECTION
        and decision.at < end_of_days(sent.at, OPEN_FOR)
    ):
        return _("It was decided before ten days had passed, and without your opinion.")
    return _("No opinion was given in time: that counts as no objection.")


@transaction.atomic
def save_opinion(dossier, association, *, verdict, text, actor, now=None):
    """Save an association's opinion; a second one within the ten days replaces the first.

    Raises PermissionDenied for whoever does not speak for the association, or too late.
    """
    now = now or timezone.now()
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    speaks = associations_of(dossier, actor).filter(pk=association.pk).exists()
    if not speaks or opinion_deadline(dossier, now) is None:
        raise PermissionDenied
    opinion, is_first = Opinion.objects.update_or_create(
        dossier=dossier,
        association=association,
        defaults={"verdict": verdict, "text": text, "at": now, "by": actor},
    )
    details = {"name": str(association), "again": not is_first}
    record_event(dossier, "opine", actor=actor, now=now, details=details)
    return opinion
