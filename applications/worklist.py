"""What waits for an officer: the same questions for the list's filter, its counts and its verbs."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import FINAL, UNSENT, Status
from applications.models import Dossier
from connect.languages import join_names
from connect.transitions import by_officer, record_event
from connect.types import Words
from notifications.outbox import post_letter
from registry.people import officer_accounts

STUCK = 14  # days in one state of staff's, ten working days


def is_past_last_day(day):
    """Return a condition of the published requests whose last day for answers is before a day."""
    # Of a later app: a request is there once an application is published.
    return Q(status=Status.PUBLISHED, opportunity__closes_on__lt=day)


class Waiting(NamedTuple):
    """Which dossiers wait: the words that follow “waits for”, and those that stand alone."""

    words: Words
    whole_words: Words
    condition: Q


def waiting_conditions(user, now):
    """Return {code: Waiting} of what may wait for this officer."""
    long_ago = now - timedelta(days=STUCK)
    ours = [Status.SUBMITTED, Status.ELIGIBILITY_CHECK, Status.VALIDATED, Status.SHORTLISTING]
    mine = Q(case_officer=user, status__in=[Status.ELIGIBILITY_CHECK, Status.SHORTLISTING])
    mine |= Q(case_officer=user, status=Status.VALIDATED, summary_approved_at__isnull=False)
    mine |= Q(case_officer=user) & is_past_last_day(timezone.localdate(now))
    return {
        "me": Waiting(_("me"), _("files waiting for me"), mine),
        "opening": Waiting(
            _("somebody to open it"),
            _("files not opened yet"),
            Q(status=Status.SUBMITTED),
        ),
        "left": Waiting(
            _("an officer, since its own has left"),
            _("files whose officer has left"),
            Q(case_officer__isnull=False)
            & ~Q(case_officer__in=officer_accounts())
            & ~Q(status__in=FINAL | UNSENT),
        ),
        "decision": Waiting(
            _("the committee's decision"),
            _("files waiting for the committee's decision"),
            Q(status=Status.UNDER_SELECTION),
        ),
        "applicant": Waiting(
            _("the applicant"),
            _("files waiting for the applicant"),
            Q(status=Status.CORRECTION_ASKED)
            | Q(status=Status.VALIDATED, summary_approved_at__isnull=True),
        ),
        "entering": Waiting(
            _("whoever enters it"),
            _("applications that the programme team enters"),
            Q(status=Status.DRAFT, typed_by__isnull=False),
        ),
        "stuck": Waiting(
            _("the programme team, for more than ten working days"),
            _("files waiting for the programme team for more than ten working days"),
            Q(status__in=ours, status_since__lt=long_ago)
            | is_past_last_day(timezone.localdate(long_ago)),
        ),
    }


def days_with_team(dossier, today):
    """Count the days since which a file waits for the programme team."""
    if dossier.status == Status.PUBLISHED:
        return (today - dossier.opportunity.closes_on).days
    return (today - timezone.localdate(dossier.status_since)).days


def count_waiting(queryset, user, now):
    """Return {code: how many}, in one query."""
    asked = waiting_conditions(user, now)
    return queryset.aggregate(
        **{code: Count("pk", filter=one.condition) for code, one in asked.items()}
    )


def why_not_taken_over(dossier, officer):
    """Describe why an officer would not take over a file; "" where they would."""
    if dossier.case_officer_id == officer.pk:
        return _("It is yours already.")
    if dossier.status in FINAL | UNSENT:
        return _("Its status is “%s”.") % dossier.get_status_display()
    return ""


@transaction.atomic
def take_over(dossiers, *, actor, now=None):
    """Assign dossiers to an officer; return how many changed hands.

    Their former officers get one letter each. Raises PermissionDenied for all
    but officers.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    now = now or timezone.now()
    held = Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers])
    held = held.for_officer(actor).exclude(status__in=FINAL | UNSENT)
    held = held.exclude(case_officer=actor)
    rows = held.select_for_update(of=("self",)).select_related("case_officer").order_by("pk")
    handed = defaultdict(list)
    for dossier in rows:
        handed[dossier.case_officer].append(dossier)
        dossier.case_officer = actor
        dossier.save(update_fields=["case_officer"])
        record_event(dossier, "take_over", actor=actor, now=now)
    for officer, taken in handed.items():
        notify_former_officer(officer, taken, actor, now)
    return sum(map(len, handed.values()))


def notify_former_officer(officer, dossiers, actor, now):
    """Notify an officer that a colleague now follows these dossiers."""
    if officer is None or not officer.is_active or officer == actor:
        return
    post_letter(
        "files_taken_over",
        key=f"taken-over:{officer.pk}:{dossiers[0].pk}:{now.timestamp():.0f}",
        concerns=actor,
        to=[officer],
        path=dossiers[0].desk_path if len(dossiers) == 1 else "/admin/applications/dossier/",
        count=len(dossiers),
        person=actor.name,
        handed=lambda: join_names(dossier.reference for dossier in dossiers),
    )
