"""Pictures of an exchange: drawn anew, described, shown to those of it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.intake import looked_at
from connect.pictures import PICTURES, without_metadata
from exchanges.permissions import EXCHANGES
from exchanges.planning import locked

MOST, WIDEST = 30, (1280, 1280)  # pixels


def drawn_anew(upload):
    """Give a picture as it may be kept, at most 1280 pixels wide or high, as a JPEG.

    Raises ValidationError for what is no JPEG or PNG, too large, infected or unreadable.
    """
    upload, content_type = looked_at(upload)
    if content_type not in PICTURES:
        raise ValidationError(_("Choose a JPEG or a PNG file."), code="type")
    return without_metadata(upload, PICTURES[content_type], within=WIDEST, save_as="JPEG")


def add(form, exchange, *, actor, now=None):
    """Keep a picture from a valid PictureForm; ValidationError where there are thirty."""
    if not EXCHANGES.allows(actor, "record", exchange):
        raise PermissionDenied
    drawn = drawn_anew(form.cleaned_data["file"])  # before any lock: it takes its time
    return keep(form, drawn, exchange, actor=actor, now=now)


@transaction.atomic
def keep(form, drawn, exchange, *, actor, now):
    exchange = locked(exchange, "record", actor)
    if exchange.pictures.count() >= MOST:
        raise ValidationError(_("Thirty pictures at most: take one away first."), code="too_many")
    picture = form.save(commit=False)
    picture.exchange, picture.file = exchange, drawn
    picture.by, picture.at = actor, now or timezone.now()
    picture.save()
    return picture


@transaction.atomic
def remove(picture, *, actor):
    locked(picture.exchange, "record", actor)
    picture.delete()
    # The bytes go only once the row is gone for good.
    transaction.on_commit(lambda: picture.file.delete(save=False))
