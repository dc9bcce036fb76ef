"""The legal representative's signature by link: asked for, given once, on one text.

Reading the link changes nothing, so a scanner of letters signs nothing. What is signed is named
by a digest of all answers: whoever changes them afterwards sees that the signature is of an
earlier text.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import BEFORE_COMMITTEE, FINAL, Status
from applications.locking import lock_dossier
from applications.models import Dossier, Signature
from applications.models.dossier import digest_of
from applications.people import applicants_who_know, readers_of_answer
from applications.permissions import WRITTEN_IN
from connect.characters import clean_texts
from connect.dates import end_of_days
from connect.statuses import for_each_status
from connect.transitions import record_event
from connect.types import Words
from connect.undo_period import show_status_for_others
from notifications import limits
from notifications.outbox import post_letter

AGAIN = timedelta(minutes=1)
VALIDATED = gettext_lazy("This application has been validated.")
# What whoever signs reads once nothing can be signed; "" while the application can change.
OUTCOMES: dict[str, Words] = for_each_status(
    Status,
    {
        Status.PRIVATE: "",
        Status.DRAFT: "",
        Status.SUBMITTED: "",
        Status.ELIGIBILITY_CHECK: "",
        Status.CORRECTION_ASKED: "",
        Status.INELIGIBLE: gettext_lazy("This application was declared ineligible."),
        Status.UNDER_SELECTION: gettext_lazy("A decision on this application is being taken."),
        Status.NOT_SELECTED: gettext_lazy("This application was not selected."),
        Status.RESERVE: gettext_lazy("This application is on the reserve list."),
        Status.VALIDATED: VALIDATED,
        Status.PUBLISHED: VALIDATED,
        Status.SHORTLISTING: VALIDATED,
        Status.CONSENT_PENDING: VALIDATED,
        Status.MATCHED: VALIDATED,
        Status.CLOSED: gettext_lazy("This application is closed."),
        Status.CLOSED_NO_MATCH: gettext_lazy("This application is closed."),
        Status.WITHDRAWN: gettext_lazy("Your colleagues have withdrawn this application."),
        Status.CANCELLED: gettext_lazy("The programme team has cancelled this application."),
    },
)


@transaction.atomic
def request_signature(dossier, *, actor, now=None):
    """Send the legal representative a link; an earlier unused link no longer works.

    Raises PermissionDenied for whoever does not write here, and once the committee has it;
    ValidationError where the dossier does not say who represents the authority.
    """
    now = now or timezone.now()
    dossier = lock_dossier(dossier, "ask to sign", actor)
    dossier.refuse_if_private()
    dossier.refuse_after_call()
    if not (dossier.legal_email and dossier.legal_name):
        raise ValidationError(
            _("First enter in “Contact” who signs, with an e-mail address."), code="nobody"
        )
    twice = dossier.signatures.filter(
        signed_at=None, declined_at=None, address=dossier.legal_email, asked_at__gt=now - AGAIN
    ).first()
    if twice and twice.valid_link:  # one press of the button that came twice
        return twice
    limits.count_message(
        "signature", actor=actor, address=dossier.legal_email, about=dossier, now=now
    )
    made = replace_unsigned(dossier, now)
    again = dossier.events.filter(verb="ask_signature").exists()
    details = {"again": True} if again else {}
    record_event(dossier, "ask_signature", actor=actor, now=now, details=details)
    notify_of_signature(made)
    return made


def replace_unsigned(dossier, now):
    """Create what the representative of now is asked to sign, in place of what nobody signed."""
    dossier.signatures.filter(signed_at=None).delete()
    return Signature.objects.create(
        dossier=dossier,
        name=dossier.legal_name,
        function=dossier.legal_function,
        address=dossier.legal_email,
        language=dossier.representative.language,
        asked_at=now,
        expires_at=end_of_days(now, Signature.OPEN_FOR),
    )


def ask_representative_anew(dossier, *, now):
    """Ask the new representative where the former one was asked, and has not signed."""
    waiting = dossier.signatures.filter(signed_at=None)
    others = waiting.exclude(address__iexact=dossier.legal_email)
    if others.exists() and dossier.status in BEFORE_COMMITTEE:
        notify_of_signature(replace_unsigned(dossier, now))
    else:
        others.delete()
        waiting.update(
            name=dossier.legal_name,
            function=dossier.legal_function,
            language=dossier.representative.language,
        )


def notify_of_signature(signature):
    dossier = signature.dossier
    earlier = outdated_signature(dossier)
    post_letter(
        "signature_asked",
        key=f"signature:{signature.pk}:{signature.expires_at.timestamp():.0f}",
        concerns=signature,
        to=[signature.link_holder],
        path=signature.PAGE,
        opens=signature,
        reference=dossier.reference,
        title=dossier.heading,
        authority=dossier.authority.name,
        answer_by=signature.last_day.isoformat(),
        signed_on=timezone.localdate(earlier.signed_at).isoformat() if earlier else "",
    )


@transaction.atomic
def sign_dossier(signature, *, name, digest, now=None):
    """Record that the representative signed the text they read (its digest).

    Raises ValidationError where the link is over, was used, or the text changed meanwhile.
    """
    now = now or timezone.now()
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=signature.dossier_id)
    kept = Signature.objects.select_for_update(of=("self",)).filter(pk=signature.pk).first()
    if kept is None:
        raise ValidationError(_("This link has expired: ask for a new one."), code="over")
    refuse_answer(kept, now)
    if digest != dossier.digest():
        raise ValidationError(
            _("The text changed while you were reading it: read it again, then sign."),
            code="changed",
        )
    if kept.signed_at:  # an earlier text, which stays signed
        kept = Signature(
            dossier=dossier,
            name=kept.name,
            function=dossier.legal_function,
            address=kept.address,
            language=kept.language,
            asked_at=now,
            expires_at=kept.expires_at,
        )
    kept.signed_at, kept.signed_name, kept.digest = now, name, digest
    kept.save()
    details = {"name": name, "again": dossier.events.filter(verb="sign").exists()}
    other = {"legal_name": kept.name} if kept.is_other_name else {}
    record_event(dossier, "sign", actor=None, now=now, details=details | other)
    notify_of_answer("signature_given", kept, key="signed", now=now, person=name)
    return kept


def refuse_answer(signature, now):
    """Raise ValidationError where a link is over, or asks nothing any more."""
    if signature.expires_at <= now:
        raise ValidationError(_("This link has expired: ask for a new one."), code="over")
    if signature.current:
        raise ValidationError(_("This application is already signed."), code="signed")
    if not may_sign(signature):
        raise refuse_by_status(signature.dossier, now)


def may_sign(signature):
    """True while the state of the application lets this person sign: anew, only before it is
    decided on."""
    dossier = signature.dossier
    if dossier.is_past_its_call:
        return False
    is_undecided = dossier.status in BEFORE_COMMITTEE
    return is_undecided or (dossier.status not in FINAL and not signature.signed_at)


def refuse_by_status(dossier, now):
    """Return the error that names the application's status as its applicant knows it."""
    closed = _("It can no longer be signed here.")
    return ValidationError(f"{describe_standing(dossier, now)} {closed}".strip(), code="decided")


def describe_standing(dossier, now):
    """Describe where an application stands, as its applicant knows; "" while it can be changed."""
    if dossier.is_past_its_call:
        return dossier.describe_call_end()
    visible = Dossier.objects.get(pk=dossier.pk)
    show_status_for_others([visible], now)
    return str(OUTCOMES[visible.status])


@transaction.atomic
def decline_signature(signature, *, why, now=None):
    """Record that the representative does not sign, and tell those who write the dossier why.

    And the staff, once it was sent. Whoever says no may sign afterwards all the same.
    """
    now = now or timezone.now()
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=signature.dossier_id)
    kept = Signature.objects.select_for_update(of=("self",)).filter(pk=signature.pk).first()
    if kept is None:
        raise ValidationError(_("This link has expired: ask for a new one."), code="over")
    refuse_answer(kept, now)
    if dossier.status not in BEFORE_COMMITTEE:
        raise refuse_by_status(dossier, now)
    if kept.declines_text and kept.declined_why == why:  # one press of the button that came twice
        return kept
    kept.declined_at, kept.declined_why, kept.declined_digest = now, why, dossier.digest()
    kept.save(update_fields=["declined_at", "declined_why", "declined_digest"])
    again = dossier.events.filter(verb="decline_signature").exists()
    details = {"name": kept.name, "again": again}
    record_event(dossier, "decline_signature", actor=None, now=now, details=details)
    notify_of_answer(
        "signature_declined", kept, key="declined", now=now, person=kept.name, note=why
    )
    return kept


def notify_of_answer(template, signature, *, key, now, **facts):
    """Notify those who write the dossier, and the staff, that the representative signed or not."""
    dossier = signature.dossier
    for readers, page in readers_of_answer(dossier, signature.address):
        post_letter(
            template,
            key=f"signature:{signature.pk}:{key}:{now.timestamp():.0f}",
            concerns=signature,
            to=readers,
            path=page,
            now=now,
            reference=dossier.reference,
            title=dossier.heading,
            # Only its authors ask for a signature, and only while they write it.
            known={"asks": page == dossier.path and dossier.status in WRITTEN_IN},
            **facts,
        )


def outdated_signature(dossier):
    """Return the legal representative's last signature where the text has changed since."""
    theirs = dossier.signatures.signed().filter(address__iexact=dossier.legal_email)
    last = theirs.first()
    return last if last and not dossier.is_signed() else None


def notify_of_changed_text(dossier, now):
    """Notify the legal representative that another text was sent than the one they signed."""
    if last := outdated_signature(dossier):
        post_letter(
            "signature_outdated",
            key=f"signature:{last.pk}:outdated:{dossier.versions.count()}",
            concerns=last,
            to=[last.link_holder],
            path=last.PAGE,
            opens=last,
            now=now,
            reference=dossier.reference,
            title=dossier.heading,
            authority=dossier.authority.name,
            signed_on=timezone.localdate(last.signed_at).isoformat(),
        )


def notify_of_lost_signature(dossier, *, actor, now):
    """Notify those who write a dossier that somebody changed what its representative had signed."""
    if last := dossier.signatures.signed().first():
        known = {actor.email.lower(), last.address.lower()}  # who signed is told once it is sent
        post_letter(
            "signature_lost",
            key=f"signature:{last.pk}:lost:{now.timestamp():f}",
            concerns=last,
            to=applicants_who_know(dossier, but=known),
            path=dossier.path,
            now=now,
            reference=dossier.reference,
            title=dossier.heading,
            person=actor.name,
            signed_on=timezone.localdate(last.signed_at).isoformat(),
        )


def signature_of_version(dossier, version):
    """Return (the signature of a sent text or None, the last of another text before it or None)."""
    # A version may be older than the normal form of texts, a signature is of that form.
    digest = digest_of(clean_texts(version.answers))
    signed = list(dossier.signatures.signed())
    given = next((one for one in signed if one.digest == digest), None)
    earlier = [one for one in signed if one.signed_at <= version.at]
    return given, None if given or not earlier else earlier[0]
