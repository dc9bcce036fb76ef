"""Pictures of a practice that staff take away, whatever its status."""

from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from connect.withdrawals import WithdrawableFile, withdraw_locked_file
from practices.writing import delete_photo, lock_practice


def withdrawable_photos(practice):
    """Return {key: WithdrawableFile} of a practice."""
    seen = set(practice.photos.with_consent())
    return {
        f"photo-{photo.pk}": WithdrawableFile(
            photo.alt,
            reverse("practice-photo", args=[practice.slug, photo.pk]) if photo in seen else "",
            partial(drop_photo, photo),
        )
        for photo in practice.photos.all()
    }


def drop_photo(photo, actor, now):
    delete_photo(photo)


@transaction.atomic
def withdraw_photo(practice, key, reason, *, actor, now=None):
    """Delete a picture of a practice, by its key; PermissionDenied for all but staff.

    True if it went; False if somebody took it away before.
    """
    practice, now = lock_practice(practice, "withdraw", actor), now or timezone.now()
    files = withdrawable_photos(practice)
    return withdraw_locked_file(practice, files, key, reason, actor=actor, now=now)
