"""The legal representative's signature by link: asked for, given once, on one text.

Reading the link changes nothing, so a scanner of letters signs nothing. What is signed is named
by a digest of all answers: whoever changes them afterwards sees that the signature is of an
earlier text.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import Dossier, Signature
from connect.mail import Recipient
from connect.transitions import record_event
from notifications import limits
from notifications.outbox import post_letter

AGAIN = timedelta(minutes=1)


@transaction.atomic
def request_signature(dossier, *, actor, now=None):
    """Send the legal representative a link; an earlier unused link no longer works.

    Raises PermissionDenied for whoever does not write here, ValidationError where the dossier
    does not say who represents the authority.
    """
    now = now or timezone.now()
    mine = Dossier.objects.editable_by(actor).select_for_update(of=("self",))
    dossier = mine.select_related("authority").filter(pk=dossier.pk).first()
    if dossier is None:
        raise PermissionDenied
    dossier.refuse_if_private()
    if not (dossier.legal_email and dossier.legal_name):
        raise ValidationError(
            _("First say in “Contact” who signs, with an e-mail address."), code="nobody"
        )
    twice = dossier.signatures.filter(
        signed_at=None, address=dossier.legal_email, asked_at__gt=now - AGAIN
    ).first()
    if twice and twice.valid_link:  # one press of the button that came twice
        return twice
    limits.count_message(
        "signature", actor=actor, address=dossier.legal_email, about=dossier, now=now
    )
    dossier.signatures.filter(signed_at=None).delete()
    made = Signature.objects.create(
        dossier=dossier,
        name=dossier.legal_name,
        function=dossier.legal_function,
        address=dossier.legal_email,
        asked_at=now,
        expires_at=now + Signature.OPEN_FOR,
    )
    record_event(dossier, "ask_signature", actor=actor, now=now)
    notify_of_signature(made)
    return made


def notify_of_signature(signature):
    dossier = signature.dossier
    post_letter(
        "signature_asked",
        key=f"signature:{signature.pk}:{signature.expires_at.timestamp():.0f}",
        to=[Recipient(signature.address, signature.name, dossier.language)],
        path=signature.PAGE,
        opens=signature,
        reference=dossier.reference,
        title=dossier.heading,
        authority=dossier.authority.name,
        answer_by=timezone.localdate(signature.expires_at).isoformat(),
    )


@transaction.atomic
def sign_dossier(signature, *, name, digest, now=None):
    """Record that the representative signed the text they read (its digest).

    Raises ValidationError where the link is over, was used, or the text changed meanwhile.
    """
    now = now or timezone.now()
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=signature.dossier_id)
    kept = Signature.objects.select_for_update(of=("self",)).filter(pk=signature.pk).first()
    if kept is None or kept.expires_at <= now:
        raise ValidationError(_("This link is over: ask for a new one."), code="over")
    if kept.signed_at:
        raise ValidationError(_("This dossier is already signed."), code="signed")
    if digest != dossier.digest():
        raise ValidationError(
            _("The text changed while you were reading: read it again, then sign."), code="changed"
        )
    kept.signed_at, kept.signed_name, kept.digest = now, name, digest
    kept.save(update_fields=["signed_at", "signed_name", "digest"])
    record_event(dossier, "sign", actor=None, now=now, details={"name": name})
    return kept
