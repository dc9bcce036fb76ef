"""Files of an exchange that staff take away: pictures, receipts, evidence."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from connect.files import delete_replaced_file
from connect.languages import label_with_value
from connect.withdrawals import WithdrawableFile, withdraw_locked_file
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
    """Return {key: WithdrawableFile} of an exchange."""

    def address(name, row):
        return reverse(name, args=[exchange.reference, row.pk])

    files = {
        f"picture-{row.pk}": WithdrawableFile(
            row.alt, address("exchange-picture", row), partial(withdraw_picture, row)
        )
        for row in exchange.pictures.all()
    }
    for row in receipts_of(exchange):
        files[f"receipt-{row.pk}"] = WithdrawableFile(
            label_with_value(row.label, row.receipt_name),
            address("exchange-receipt", row),
            partial(withdraw_paper, row, "receipt"),
        )
    for row in reports_with_evidence(exchange):
        files[f"evidence-{row.pk}"] = WithdrawableFile(
            label_with_value(row.measure, row.evidence_name),
            address("evidence", row),
            partial(withdraw_paper, row, "evidence"),
        )
    return files


def withdraw_picture(picture, actor, now):
    picture_withdrawn.send(type(picture), picture=picture, actor=actor, now=now)
    delete_picture(picture)


def withdraw_paper(row, kind, actor, now):
    """Delete a receipt or evidence; the row that it belongs to stays."""
    name, empty = getattr(row, kind).name, [kind, f"{kind}_name", f"{kind}_type"]
    for field in empty:
        setattr(row, field, "")
    row.save(update_fields=empty)
    delete_replaced_file(row, kind, name)


@transaction.atomic
def withdraw_file(exchange, key, reason, *, actor, now=None):
    """Delete a file of an exchange, by its key; PermissionDenied for all but staff.

    True if it went; False if somebody took it away before.
    """
    exchange, now = lock_exchange(exchange, "withdraw", actor), now or timezone.now()
    files = withdrawable_files(exchange)
    return withdraw_locked_file(exchange, files, key, reason, actor=actor, now=now)
