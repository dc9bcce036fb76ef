"""Published requests: opened, found, given more time once, and closed at their last day."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Dossier
from applications.people import applicants, associations_of
from applications.requirements import LONGEST_OPEN
from applications.transitions import dossier_machine
from applications.worklist import is_past_last_day
from connect.schedule import process_one_by_one
from connect.transitions import by_officer, record_event
from matching.desk import begin_shortlisting, lock_published
from matching.models import Opportunity
from notifications.outbox import post_letter
from registry import search_index
from registry.models import SearchEntry


def open_opportunity(dossier_pk, now):
    """Publish a request; the last day for interests is in the step's event."""
    dossier = Dossier.objects.get(pk=dossier_pk)
    opened = dossier.events.filter(verb__in=("publish", "seek_again")).last()
    assert opened is not None  # the step that has just been taken
    opportunity, _made = Opportunity.objects.update_or_create(
        dossier=dossier,
        defaults={
            "published_at": now,
            "closes_on": opened.details["closes_on"],
            "extended_at": None,
        },
    )
    index_opportunities([opportunity.pk])


def index_opportunities(keys):
    """Index published requests for search: by title, summary, town and topics."""
    rows = Opportunity.objects.filter(pk__in=keys).with_list_details()
    documents = []
    for opportunity in rows:
        dossier = opportunity.dossier
        topics = [need.theme for need in dossier.needs.all()]
        text = (dossier.language, f"{dossier.title}\n{dossier.summary}")
        documents.append(
            search_index.SearchDocument(
                key=opportunity.pk,
                name=f"{dossier.title} {dossier.authority.name}"[:250],
                texts=[
                    text,
                    ("", " ".join(dossier.authority.former_names)),
                    *search_index.theme_names(topics),
                ],
                is_public=True,
                country=str(dossier.authority.country),
                themes=search_index.add_parent_themes(topics),
                forms=list(dossier.forms),
                languages=list(dossier.languages),
            )
        )
    search_index.write_entries(SearchEntry.OPPORTUNITY, documents)


def days_to_extend(opportunity, today):
    """Return the first and the last day until which a request may be given more time, or None."""
    first = max(opportunity.closes_on, today) + timedelta(days=1)
    last = today + LONGEST_OPEN
    return (first, last) if first <= last else None


@transaction.atomic
def extend_deadline(dossier, closes_on, *, actor, now=None):
    """Return a published request more time, once, and tell everybody concerned.

    One whose last day is over is opened again so, however often: nothing else moves it on where
    nobody can be chosen. Raises PermissionDenied for anybody but an officer, ValidationError for a
    second time while it is open, or a day that is not after the present one, still to come, and
    within eight weeks.
    """
    now = now or timezone.now()
    if not by_officer(actor, dossier):
        raise PermissionDenied
    dossier = lock_published(dossier.pk)
    opportunity, today = dossier.opportunity, timezone.localdate(now)
    is_over = opportunity.closes_on < today
    if opportunity.extended_at and not is_over:
        raise ValidationError(
            _("The closing date of this request has already been extended once."), code="once"
        )
    days = days_to_extend(opportunity, today)
    if days is None:
        message = _(
            "It is open for eight weeks or more: its closing date cannot be extended further."
        )
        raise ValidationError(message, code="day")
    if closes_on is None or not days[0] <= closes_on <= days[1]:
        raise ValidationError(
            _("Choose a day after the current closing date, within eight weeks from today."),
            code="day",
        )
    former, opportunity.closes_on, opportunity.extended_at = opportunity.closes_on, closes_on, now
    opportunity.save(update_fields=["closes_on", "extended_at"])
    details = {"closes_on": closes_on.isoformat(), "former_day": former.isoformat()}
    event = record_event(
        dossier, "extend", source=dossier.status, actor=actor, now=now, details=details
    )
    template = "opportunity_reopened" if is_over else "opportunity_extended"
    notify_of_last_day(opportunity, template, event)
    return opportunity


@transaction.atomic
def reopen_to_answers(dossier, closes_on, *, actor, now=None):
    """Reopen a request to answers where too few are left to choose from; notify the same people.

    Raises PermissionDenied for anybody but an officer, TransitionRefused where nobody is being
    chosen, ValidationError for a day that has come, or is not within eight weeks.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    if closes_on is None or not today < closes_on <= today + LONGEST_OPEN:
        raise ValidationError(_("Choose a day within eight weeks from today."), code="day")
    dossier = dossier_machine.advance(
        dossier, "seek_again", actor=actor, now=now, closes_on=closes_on.isoformat()
    )
    opportunity = Opportunity.objects.get(dossier=dossier)
    event = dossier.events.filter(verb="seek_again").last()
    notify_of_last_day(opportunity, "opportunity_reopened", event)
    return opportunity


def notify_of_last_day(opportunity, template, event):
    """Notify the applicant, its associations and those who are answering of a new last day."""
    dossier = opportunity.dossier
    answering = [interest.expert.user for interest in dossier.interests.open().with_details()]
    people = {p.address.lower(): p for p in [*applicants(dossier), *associations_of(dossier)]}
    people |= {person.address.lower(): person for person in answering}
    post_letter(
        template,
        key=f"dossier-event:{event.pk}",
        concerns=event,
        to=people.values(),
        path=opportunity.path,
        reference=dossier.reference,
        title=dossier.title,
        authority=dossier.authority.name,
        closes_on=event.details["closes_on"],
    )


def close_due(now):
    """Begin the selection where the last day for interests has passed; return how many.

    A request without an admissible interest stays: staff extend it or close it.
    """

    def close(dossier):
        try:
            begin_shortlisting(dossier, actor=None, now=now)
        except ValidationError:
            return 0  # nothing admissible yet, or staff were quicker
        return 1

    due = Dossier.objects.filter(is_past_last_day(timezone.localdate(now)))
    return sum(process_one_by_one(close, due.order_by("pk")))
