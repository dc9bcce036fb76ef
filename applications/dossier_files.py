"""The files of a dossier: checked, saved, renamed and removed, by staff for a reason alone."""

import uuid
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from applications.asked_files import list_replaceable
from applications.enums import AttachmentKind
from applications.locking import lock_dossier
from applications.models import Attachment, Dossier
from connect.double_posts import AGAIN
from connect.files import clean_name, delete_replaced_file
from connect.languages import label_with_value
from connect.uploads import clean_upload
from connect.withdrawals import WithdrawableFile, withdraw_locked_file

MOST_FILES = 10
ALL_FILES = 50 * 1024 * 1024


def add_file(dossier, upload, kind, *, actor, now=None, stands_for=None):
    """Add a file to the dossier once it is complete and checked; return it.

    stands_for: the number of the file that it replaces, of those that a correction asks to
    replace; None for the first of these. What is replaced stays, and the new one is of its kind.

    Raises ValidationError with what to do for a file that is too large, empty, infected, or not
    what its type says; PermissionDenied if this person may not write here now.
    """
    get_dossier_to_add_files(Dossier.objects, dossier, actor)
    refuse_unknown_kind(kind)
    upload, content_type = clean_upload(upload)  # before any lock: a scanner may take its time
    return save_file(dossier, upload, kind, content_type, stands_for, actor=actor, now=now)


def get_dossier_to_add_files(dossiers, dossier, actor):
    """Return the dossier for somebody who may add files now; PermissionDenied for others."""
    allowed = dossiers.filter_allowed(actor, "add a file").filter(pk=dossier.pk).first()
    if allowed is None:
        raise PermissionDenied
    return allowed


@transaction.atomic
def save_file(dossier, upload, kind, content_type, stands_for, *, actor, now):
    dossier = get_dossier_to_add_files(
        Dossier.objects.select_for_update(of=("self",)), dossier, actor
    )
    name = clean_name(upload.name, content_type)
    now = now or timezone.now()
    asked = list_replaceable(dossier, dossier.open_correction())
    replaced = next((one for one in asked if stands_for in (None, one.pk)), None)
    if known := find_same_file(dossier, upload, name):
        is_twice = known.uploaded_by == actor and known.uploaded_at > now - AGAIN
        if is_twice and (known.replaces_id or known.kind == kind):
            return known  # of a button that was pressed twice
        if replaced is None:
            words = _("It is here already, as %s. To change that, choose “Change the type” there.")
            raise ValidationError(words % known.get_kind_display(), code="known")
    # What is replaced takes no room: of files that were sent none could be removed.
    kept = dossier.attachments.current().exclude(pk=replaced.pk if replaced else None)
    if kept.count() >= MOST_FILES:
        raise ValidationError(_("Ten files at most: remove one first."), code="too_many")
    if (kept.aggregate(total=Sum("size"))["total"] or 0) + upload.size > ALL_FILES:
        raise ValidationError(_("50 MB in all at most: remove a file first."), code="too_much")
    return Attachment.objects.create(
        dossier=dossier,
        kind=replaced.kind if replaced else kind,
        replaces=replaced,
        token=uuid.uuid4(),
        file=upload,
        name=name,
        size=upload.size,
        content_type=content_type,
        uploaded_at=now,
        uploaded_by=actor,
    )


def find_same_file(dossier, upload, name):
    """Return the file of the dossier that has this name and these bytes, or None."""
    for one in dossier.attachments.current().filter(name=name, size=upload.size):
        upload.seek(0)
        with one.file.open("rb") as stored:
            is_same = stored.read() == upload.read()
        upload.seek(0)
        if is_same:
            return one
    return None


def refuse_unknown_kind(kind):
    """Raise ValidationError where nobody said what a file is."""
    if kind not in AttachmentKind.values:
        raise ValidationError(_("Choose what kind of file it is."), code="kind")


@transaction.atomic
def change_file(attachment, kind, *, actor):
    """Change the kind of a file; whoever may add files may."""
    get_dossier_to_add_files(Dossier.objects, attachment.dossier, actor)
    refuse_in_correction(attachment)
    refuse_unknown_kind(kind)
    attachment.kind = kind
    attachment.save(update_fields=["kind"])


@transaction.atomic
def remove_file(attachment, *, actor):
    """Delete a file of a draft."""
    if not Dossier.objects.editable_by(actor).filter(pk=attachment.dossier_id).exists():
        raise PermissionDenied
    refuse_in_correction(attachment)
    delete_attachment(attachment)


def stands_in_correction(attachment, correction):
    """True for a file that was sent before a correction was asked for: it stays as it is."""
    return correction is not None and attachment.uploaded_at <= correction.asked_at


def refuse_in_correction(attachment):
    if stands_in_correction(attachment, attachment.dossier.open_correction()):
        message = _("This file was sent before the correction was asked for: it stays as it is.")
        raise ValidationError(message, code="correction")


def delete_attachment(attachment):
    """Delete a file's row, and its bytes after the commit."""
    name = attachment.file.name
    attachment.delete()
    delete_replaced_file(attachment, "file", name)


def withdrawable_files(dossier):
    """Return {key: WithdrawableFile} of a dossier."""
    return {
        f"attachment-{row.pk}": WithdrawableFile(
            label_with_value(capfirst(row.get_kind_display()), row.name),
            reverse("file", args=[dossier.reference, row.token]),
            partial(drop_attachment, row),
        )
        for row in dossier.attachments.all()
    }


def drop_attachment(attachment, actor, now):
    delete_attachment(attachment)


@transaction.atomic
def withdraw_file(dossier, key, reason, *, actor, now=None):
    """Delete a file of a dossier that was sent, by its key; PermissionDenied for all but staff.

    True if it went; False if somebody took it away before.
    """
    dossier = lock_dossier(dossier, "withdraw a file", actor)
    files, now = withdrawable_files(dossier), now or timezone.now()
    return withdraw_locked_file(dossier, files, key, reason, actor=actor, now=now)
