"""How long dossiers are kept with what was typed in them."""

from django.db import transaction
from django.db.models import CharField, JSONField, Max, Model, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.naming import NAMELESS
from accounts.retention import (
    CONTRACT,
    LEGAL_DUTY,
    PUBLIC_TASK,
    RetentionRule,
    declare_retention,
    months_period,
)
from accounts.retention_rules import DELETED, delete_rows
from applications import models
from applications.enums import FINAL, Status
from applications.erasing import delete_drafts, delete_files, find_anew
from applications.locking import lock_dossier
from applications.models import Dossier
from applications.people import applicants
from connect.append_only import erase_text
from connect.transitions import record_event

KEEP = "keep"  # the verb of the event by which its people keep a dossier longer
# Columns that identify the dossier for figures; all else that was typed is deleted.
STAYS = {"reference", "title", "status", "language", "gender", "climate", "disability", "children"}
STAYS |= {"function", "role_wanted", "interpretation_payer", "earlier", "languages"}
ENDED = FINAL | {Status.DRAFT}


@transaction.atomic
def extend_retention(dossier, *, actor, now=None):
    """Extend a dossier's retention by its period, because a writer asks for it.

    Raises PermissionDenied for whoever does not write for the authority, and while it is open.
    """
    dossier = lock_dossier(dossier, "keep longer", actor)
    return record_event(dossier, KEEP, actor=actor, now=now or timezone.now())


def retention_end(dossier):
    """Return the day when a dossier's names and texts are deleted; None while open, or done."""
    if dossier.status not in ENDED | {Status.PRIVATE}:
        return None
    for line in (PRIVATE, WITHOUT, WITH):
        if row := line.held_rows().filter(pk=dossier.pk).first():
            return line.end_date(row)
    return None


def with_last_day():
    """Annotate dossiers with the last instant at which somebody did something with them."""
    events = models.DossierEvent.objects.filter(dossier=OuterRef("pk"), verb=KEEP)
    kept = events.order_by("-at").values("at")[:1]
    drafts = models.SectionDraft.objects.filter(dossier=OuterRef("pk")).order_by()
    typed = drafts.values("dossier").annotate(last=Max("saved_at")).values("last")
    return Dossier.objects.annotate(
        ended_at=Greatest(
            "status_since",
            Coalesce(Subquery(kept), "status_since"),
            Coalesce(Subquery(typed), "status_since"),
        )
    )


def without_exchange():
    ended = with_last_day().filter(status__in=ENDED, exchanges=None)
    return ended.exclude(focal_name=NAMELESS, focal_email="")


def with_exchange():
    ended = with_last_day().filter(status__in=FINAL, exchanges__isnull=False).distinct()
    return ended.exclude(focal_name=NAMELESS, focal_email="")


def typed_columns():
    """Return the columns of a dossier that hold typed text, with their empty values."""
    empty: dict[str, list | str] = {}
    for column in Dossier._meta.concrete_fields:
        if isinstance(column, JSONField) and column.name not in STAYS:
            empty[column.name] = []
        elif isinstance(column, CharField | TextField) and column.name not in STAYS:
            empty[column.name] = ""
    return empty


def empty_dossiers(rows, now):
    """Anonymise dossiers: only what is counted stays, without names and texts."""
    keys = list(rows.values_list("pk", flat=True))
    of_them = Q(dossier__in=keys)
    parts: tuple[type[Model], ...] = (
        *(models.SectionDraft, models.SectionAside, models.DossierVersion),
        *(models.Correction, models.Signature, models.CoApplicant, models.Contributor),
    )
    for model in parts:
        model._default_manager.filter(of_them).delete()
    delete_files(models.Attachment.objects.filter(of_them))
    models.DossierNeed.objects.filter(of_them).update(text="")
    models.Opinion.objects.filter(of_them).update(text="")
    models.Score.objects.filter(of_them).update(comment="")
    models.ConflictDeclaration.objects.filter(of_them).update(text="", earlier=None)
    models.MeetingCase.objects.filter(of_them).update(reason="", minutes="")
    erase_text(models.DossierEvent.objects.filter(of_them), bool)
    rows.update(**typed_columns() | {"focal_name": NAMELESS})
    find_anew(keys)


def empty_meetings(rows, now):
    """Empty the minutes of old meetings of what names people; that they took place stays."""
    keys = list(rows.values_list("pk", flat=True))
    models.MeetingCase.objects.filter(meeting__in=keys).update(reason="", minutes="")
    erase_text(models.MeetingEvent.objects.filter(meeting__in=keys), bool)
    rows.update(opening="", closing="", place="", link="")


def people_of(dossier):
    return applicants(dossier), "dossier_goes", dossier.path


PRIVATE, WITHOUT, WITH = (
    RetentionRule(
        "dossiers-private",
        _("drafts of people who only asked to join the authority"),
        CONTRACT,
        months_period(12),
        _("its author is told twice, and extends it by writing; then it is deleted"),
        lambda: with_last_day().filter(status=Status.PRIVATE),
        "ended_at",
        delete_drafts,
        warning=people_of,
    ),
    RetentionRule(
        "dossiers",
        _("applications never sent, refused, withdrawn, cancelled or closed without a match"),
        PUBLIC_TASK,
        months_period(24),
        _("those who wrote it are told twice and can keep it; then names, texts and files go"),
        without_exchange,
        "ended_at",
        empty_dossiers,
        warning=people_of,
    ),
    RetentionRule(
        "dossiers-exchange",
        _("applications that led to an exchange"),
        LEGAL_DUTY,
        months_period(120),
        _("those who wrote it are told twice and can keep it; then names, texts and files go"),
        with_exchange,
        "ended_at",
        empty_dossiers,
        warning=people_of,
    ),
)
declare_retention(
    PRIVATE,
    WITHOUT,
    WITH,
    RetentionRule(
        "meetings",
        _("minutes of the committee's meetings"),
        PUBLIC_TASK,
        months_period(120),
        _("texts go; that a meeting took place, and who was there, stays"),
        models.Meeting.objects.exclude(opening="", closing="", place="", link="").all,
        "starts_at",
        empty_meetings,
    ),
    RetentionRule(
        "asides",
        _("what somebody typed over a newer text of a colleague"),
        PUBLIC_TASK,
        months_period(3),
        DELETED,
        models.SectionAside.objects.all,
        "saved_at",
        delete_rows,
    ),
)
