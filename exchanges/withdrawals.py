"""Files of an exchange that staff take away for a reason, whatever its status: closed, too.

Somebody asks not to be shown, or a file holds what it should not. The file is deleted for good;
who took it away, when and why stays on the timeline.
"""

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from connect.files import delete_replaced_file
from connect.transitions import record_event
from exchanges.locking import lock_exchange
from exchanges.models import MeasureReport
from exchanges.pictures import delete_picture

# Sent inside the transaction, before the row goes: picture, actor, now.
picture_withdrawn = Signal()


def receipts_of(exchange):
    return exchange.budget.exclude(receipt="")


def reports_with_evidence(exchange):
    rows = MeasureReport.objects.filter(measure__plan__exchange=exchange)
    return rows.exclude(evidence="").select_related("measure")


def withdrawable_files(exchange):
    """Return {key: (row, words)} of the files of an exchange: pictures, receipts, evidence."""
    files = {f"picture-{row.pk}": (row, row.alt) for row in exchange.pictures.all()}
    for row in receipts_of(exchange):
        files[f"receipt-{row.pk}"] = row, f"{row.label}: {row.receipt_name}"
    for row in reports_with_evidence(exchange):
        files[f"evidence-{row.pk}"] = row, f"{row.measure}: {row.evidence_name}"
    return files


@transaction.atomic
def withdraw_file(exchange, key, reason, *, actor, now=None):
    """Delete a file of an exchange, by its key, with the reason on the timeline.

    True if it went; False if somebody took it away before. PermissionDenied for all but staff.
    """
    exchange, now = lock_exchange(exchange, "withdraw", actor), now or timezone.now()
    if key not in (files := withdrawable_files(exchange)):
        return False
    row, _words = files[key]
    kind = key.partition("-")[0]
    if kind == "picture":
        picture_withdrawn.send(type(row), picture=row, actor=actor, now=now)
        delete_picture(row)
    else:
        name, empty = getattr(row, kind).name, [kind, f"{kind}_name", f"{kind}_type"]
        for field in empty:
            setattr(row, field, "")
        row.save(update_fields=empty)
        delete_replaced_file(row, kind, name)
    details = {"note": reason, "file": key}  # not its words: they may name whom it showed
    record_event(exchange, "withdraw_file", actor=actor, now=now, details=details)
    return True
