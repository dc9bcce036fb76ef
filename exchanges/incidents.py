"""Reporting what went wrong: by anybody of the exchange, told at once where it is serious."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.people import staff_of
from connect.mail import Recipient
from connect.models import Reading
from connect.permissions import is_officer
from exchanges.enums import IncidentKind, Severity
from exchanges.models import Exchange, Incident
from exchanges.models.incidents import READ_SAFEGUARDING
from exchanges.permissions import EXCHANGES
from notifications import limits
from notifications.hidden_letters import hides_letters_about
from notifications.outbox import post_letter

AGAIN = timedelta(minutes=10)


@transaction.atomic
def report_incident(form, exchange, *, actor, now=None):
    """Save an incident from a valid IncidentForm; notify the duty officer of a serious one.

    The letter says neither what happened nor to whom: it says where to read it.
    """
    now = now or timezone.now()
    if not EXCHANGES.allows(actor, "meet", exchange):
        raise PermissionDenied
    incident = form.save(commit=False)
    incident.exchange, incident.reported_at, incident.reported_by = exchange, now, actor
    if twice := find_same_report(form, exchange, actor, now):
        return twice
    incident.save()
    if incident.severity >= Severity.SERIOUS or incident.report_deadline:
        notify_duty_officer(incident, now)
    if incident.severity >= Severity.MODERATE or incident.kind == IncidentKind.SAFEGUARDING:
        notify_officer(incident, now)
    return incident


def notify_officer(incident, now):
    """Notify who follows the exchange, once an hour: their list has each until it is closed.

    Of harm to people those who may read it, of each.
    """
    exchange = incident.exchange
    key, readers = f"incidents:{exchange.pk}:officer:{now:%Y%m%d%H}", staff_of(exchange.dossier)
    if incident.kind == IncidentKind.SAFEGUARDING:
        key, readers = f"incident:{incident.pk}:readers", list_safeguarding_readers()
    post_letter(
        "incident_reported",
        key=key,
        concerns=incident,
        to=readers,
        path=incident.desk_path,
        reference=exchange.reference,
        severity=incident.severity,
    )


def list_safeguarding_readers():
    """List the officers who may read what harmed people."""
    named = ModelBackend().with_perm(READ_SAFEGUARDING)
    return [user for user in named.order_by("pk") if is_officer(user)]


@hides_letters_about
def unknown_incidents(officer):
    """Filter the incidents of which an officer may not know."""
    readable = Incident.objects.for_user(officer).order_by().values("pk")
    return Incident.objects.exclude(pk__in=readable)


def notify_duty_officer(incident, now):
    """Notify the duty officer; of too many by one person, once an hour that there are more.

    Harm to people and breaches of personal data are never too many.
    """
    recipients, reference = [Recipient(settings.DUTY_EMAIL, "CONNECT")], incident.exchange.reference
    if incident.kind != IncidentKind.SAFEGUARDING and incident.report_deadline is None:
        try:
            limits.count_message("incident", actor=incident.reported_by, now=now)
        except ValidationError:
            key = f"incidents:{incident.exchange_id}:{now:%Y%m%d%H}"
            post_letter(
                "incidents_more",
                key=key,
                concerns=incident.exchange,
                to=recipients,
                is_urgent=True,
                reference=reference,
            )
            return
    post_letter(
        "incident_serious",
        key=f"incident:{incident.pk}",
        concerns=incident,
        to=recipients,
        is_urgent=True,
        reference=reference,
        severity=incident.severity,
        is_breach=incident.report_deadline is not None,
    )


def find_same_report(form, exchange, actor, now):
    """Return the same report of a moment ago, of a button that was pressed twice."""
    Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
    values = form.cleaned_data.items()
    for one in exchange.incidents.filter(reported_by=actor, reported_at__gt=now - AGAIN):
        if all(getattr(one, name) == value for name, value in values):
            return one
    return None


def readings_of(incident):
    """List who has read an incident, how often and when last, the last first."""
    read = Reading.objects.filter(model=incident._meta.label_lower, row=incident.pk)
    of_reader = read.exclude(reader=None).values("reader__name")
    return of_reader.annotate(times=Count("pk"), last=Max("at")).order_by("-last")


@transaction.atomic
def close_incident(incident, done, *, actor, now=None):
    """Close an incident with what was done; ValidationError without that text.

    And where a colleague has closed it meanwhile: theirs is in no history, and stays.
    """
    readable = Incident.objects.for_user(actor).select_for_update(of=("self",))
    kept = readable.filter(pk=incident.pk).first()
    if kept is None:
        raise PermissionDenied
    if kept.closed_at:
        message = _("This incident has been closed in the meantime: what was done stands below.")
        raise ValidationError(message, code="closed")
    if not done.strip():
        raise ValidationError(_("Say what was done about it."), code="silent")
    kept.done, kept.closed_at, kept.closed_by = done.strip(), now or timezone.now(), actor
    kept.save(update_fields=["done", "closed_at", "closed_by"])
    return kept
