"""The reminders of one application or exchange, paused by an officer of it.

`post_letter` asks here before it posts what `reminds` of something: no rule of the clock has to,
and none can forget it. Each app names, of what it reminds of, the file that this belongs to
(`belongs_to`). Deadlines stay as they are, and so does what somebody sends by hand.
"""

from __future__ import annotations

import warnings
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Left
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.permissions import Permissions
from connect.schedule import current_instant
from connect.transitions import record_event
from connect.types import User
from notifications.models import Letter, row_kind
from notifications.recounts import RECOUNTS

VERB = "pause reminders"  # of the tables of permissions
MOST_REASON = 500
# {table: the way from its rows to their file}; "": it is the file, None: it is of no single one.
WAYS: dict[str, str | None] = {}
FILES: dict[str, Permissions] = {}


class UnknownReminder(UserWarning):
    """A reminder that no app ties to a file, or whose facts no app reads again when it is sent.

    It is sent all the same: a programming error must not lose a letter.
    """


class Pausable(models.Model):
    """A file whose reminders may be paused: since when, and until which day, if one was named."""

    reminders_paused_at = models.DateTimeField(
        gettext_lazy("reminders paused since"), null=True, blank=True, editable=False
    )
    reminders_paused_until = models.DateField(
        gettext_lazy("reminders paused until"), null=True, blank=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def has_reminders_paused(self) -> bool:
        """True while no reminder of it is sent; it ends by itself after the last day."""
        until = self.reminders_paused_until
        is_over = until is not None and until < timezone.localdate()
        return self.reminders_paused_at is not None and not is_over

    @property
    def reminders_reason(self) -> str:
        """The reason that was given for the pause, as its timeline keeps it."""
        events: Any = getattr(self, "events")  # noqa: B009  # each such file has a timeline
        pause = events.filter(verb="pause_reminders").last()
        return pause.details.get("note", "") if pause else ""


def pausable(model: type[Pausable], permissions: Permissions) -> None:
    """Register a table of files whose reminders may be paused, by whom its permissions say."""
    WAYS[row_kind(model)], FILES[row_kind(model)] = "", permissions


def belongs_to(way: str | None, *tables: type[models.Model]) -> None:
    """Register of what is reminded: the way to its file ("match__dossier"), None if it has none."""
    for table in tables:
        WAYS[row_kind(table)] = way


def pause_condition() -> Q:
    """Return a condition of the files whose reminders are paused, as the clock runs."""
    today = timezone.localdate(current_instant())
    last_day = Q(reminders_paused_until=None) | Q(reminders_paused_until__gte=today)
    return Q(reminders_paused_at__isnull=False) & last_day


def is_silenced(row: models.Model | None, template: str) -> bool:
    """True if a reminder about this row is not to be sent now, nor foreseen by the look ahead."""
    if template not in RECOUNTS:
        message = f"The reminder {template} is not counted anew as it leaves: see recounts."
        warnings.warn(message, UnknownReminder, stacklevel=3)
    kind = row_kind(row) if row is not None else ""
    if row is None or kind not in WAYS:
        message = f"A reminder about {kind or 'nothing'}: see reminder_pauses.belongs_to."
        warnings.warn(message, UnknownReminder, stacklevel=3)
        return False
    way = WAYS[kind]
    if way is None:
        return False
    file: Any = row
    for name in filter(None, way.split("__")):
        file = getattr(file, name)
    return type(file)._default_manager.filter(pause_condition(), pk=file.pk).exists()


def lock_file(file: Pausable, actor: User) -> Any:
    table = type(file)._default_manager.all()
    return FILES[row_kind(file)].get_locked(table, file, VERB, actor)


def check_pause(until: date | None, reason: str, now: datetime) -> None:
    """Raise ValidationError for a last day that is over, or without a reason."""
    wrong = {}
    if until and until < timezone.localdate(now):
        wrong["until"] = _("This day is over: choose a later one, or none.")
    if not reason.strip():
        wrong["reason"] = _("Give the reason: your colleagues read it.")
    elif len(reason) > MOST_REASON:
        words = _("%(most)d characters at most: this text has %(length)d.")
        wrong["reason"] = words % {"most": MOST_REASON, "length": len(reason)}
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def pause_reminders(
    file: Any, *, until: date | None, reason: str, actor: User, now: datetime | None = None
) -> Any:
    """Pause the reminders of a file, or change until when; those that wait are cancelled.

    Raises PermissionDenied for who may not, ValidationError (`check_pause`).
    """
    now = now or timezone.now()
    check_pause(until, reason, now)
    row = lock_file(file, actor)
    same = (row.reminders_paused_until, row.reminders_reason) == (until, reason.strip())
    if row.has_reminders_paused and same:
        return row  # the button was pressed twice
    row.reminders_paused_at, row.reminders_paused_until = now, until
    row.save(update_fields=["reminders_paused_at", "reminders_paused_until"])
    details = {"note": reason.strip(), "paused_until": until.isoformat() if until else ""}
    record_event(row, "pause_reminders", actor=actor, now=now, details=details)
    cancel_waiting(row, now)
    return row


@transaction.atomic
def resume_reminders(file: Any, *, actor: User, now: datetime | None = None) -> Any:
    """Let the clock remind of a file again; what is due by then follows with its next run."""
    now = now or timezone.now()
    row = lock_file(file, actor)
    if not row.has_reminders_paused:
        return row  # it ended by itself, or a colleague was first
    row.reminders_paused_at = row.reminders_paused_until = None
    row.save(update_fields=["reminders_paused_at", "reminders_paused_until"])
    record_event(row, "resume_reminders", actor=actor, now=now)
    return row


def cancel_waiting(file: models.Model, now: datetime) -> None:
    """Cancel the reminders of a file that wait for their reader's morning.

    Their keys become free: after the pause the clock says again what then is still due.
    """
    about = Q()
    for kind, way in WAYS.items():
        table = model_of(kind)
        if way is None or not leads_to(table, way, type(file)):
            continue
        rows = table._default_manager.filter(**{way or "pk": file.pk}).order_by().values("pk")
        about |= Q(concerned_model=kind, concerned_pk__in=rows)
    waiting = Letter.objects.unsent().filter(about, is_reminder=True)
    keys = list(waiting.values_list("pk", flat=True))
    Letter.objects.filter(pk__in=keys).cancel(now)
    silenced = Concat(Left("key", 270), Value(":paused:"), F("pk"), output_field=models.CharField())
    Letter.objects.filter(pk__in=keys).exclude(cancelled_at=None).update(key=silenced)


def model_of(kind: str) -> type[models.Model]:
    return apps.get_model(kind)


def leads_to(table: type[models.Model], way: str, file: type[models.Model]) -> bool:
    """True if the way from a table's rows ends at this kind of file."""
    for name in filter(None, way.split("__")):
        related: Any = table._meta.get_field(name).related_model
        table = related
    return issubclass(file, table)
