"""Pictures of an exchange: drawn anew, described, shown to those of it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.files import delete_replaced_file
from connect.uploads import clean_picture
from exchanges.locking import lock_exchange
from exchanges.permissions import EXCHANGES
from notifications import limits
from notifications.outbox import cancel_letters, post_letter

MOST, WIDEST = 30, (1280, 1280)  # pixels


def add_picture(form, exchange, *, actor, now=None):
    """Save a picture from a valid PictureForm; ValidationError where there are thirty.

    Its `not_written_to` names who is on it and was asked by no e-mail.
    """
    if not EXCHANGES.allows(actor, "record", exchange):
        raise PermissionDenied
    drawn = clean_picture(form.cleaned_data["file"], WIDEST)  # before any lock: it takes its time
    return save_picture(form, drawn, exchange, actor=actor, now=now)


@transaction.atomic
def save_picture(form, drawn, exchange, *, actor, now):
    exchange = lock_exchange(exchange, "record", actor)
    if exchange.pictures.count() >= MOST:
        raise ValidationError(_("Thirty pictures at most: remove one first."), code="too_many")
    picture = form.save(commit=False)
    picture.exchange, picture.file = exchange, drawn
    picture.by, picture.at = actor, now or timezone.now()
    picture.save()
    picture.not_written_to = []
    for person in form.cleaned_data["people"]:
        picture.people.create(participant=person)
        if not ask_pictured(picture, person, actor, picture.at):
            picture.not_written_to.append(person.name)
    return picture


def ask_pictured(picture, person, actor, now):
    """Ask somebody who can be recognised in a picture whether the public may see it.

    Who was written to enough today is asked by no letter: their own page asks them all the same,
    and the picture is not public before they agree. Says whether they are written to.
    """
    is_asked = bool(person.email) and may_write(picture, person, actor, now)
    if is_asked:
        post_letter(
            "picture_asked",
            key=f"picture:{picture.pk}:{person.pk}",
            concerns=picture,
            burst=f"pictures:{picture.exchange_id}",
            to=[person.recipient],
            path=person.PAGE,
            opens=person,
            reference=picture.exchange.reference,
            title=picture.exchange.dossier.title,
        )
    return is_asked


def may_write(picture, person, actor, now):
    try:
        with transaction.atomic():  # a refusal counts nothing
            limits.count_message(
                "picture", actor=actor, address=person.email, about=picture.exchange, now=now
            )
    except ValidationError:
        return False
    return True


@transaction.atomic
def answer_as_pictured(pictured, *, agrees, now=None):
    """Save a person's answer about a picture of them; they may change it at any time."""
    pictured.agrees, pictured.answered_at = agrees, now or timezone.now()
    pictured.save(update_fields=["agrees", "answered_at"])


@transaction.atomic
def remove_picture(picture, *, actor):
    """Delete a picture and cancel the unsent letters about it."""
    lock_exchange(picture.exchange, "record", actor)
    try:
        delete_picture(picture)
    except ProtectedError:
        raise ValidationError(
            _("A good practice shows this picture: first remove it there."), code="shown"
        ) from None


def delete_picture(picture):
    """Delete a picture with its file, and cancel the letters about it; ProtectedError if in use."""
    name = picture.file.name
    cancel_letters(picture)
    picture.delete()
    delete_replaced_file(picture, "file", name)
