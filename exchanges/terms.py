"""The terms of reference that both sides of an exchange write and sign."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.characters import clean_text
from connect.fields import get_column
from connect.transitions import record_event
from exchanges.enums import Readiness, Side
from exchanges.locking import lock_exchange
from exchanges.models import Terms
from exchanges.people import signatories
from exchanges.permissions import AUTHOR, HELPER
from notifications.outbox import cancel_letters, post_letter


def terms_questions(exchange):
    """Return (field, question) of the terms: those of its form, or the usual ones."""
    own = exchange.exchange_form.terms.questions
    names = ("purpose", "tasks", "outputs", "means")
    return [(name, own.get(name) or get_column(Terms, name).verbose_name) for name in names]


@transaction.atomic
def save_terms(form, exchange, *, actor, now=None):
    """Save the terms of reference from a valid TermsForm, as the next version if they changed.

    No two texts carry one number: what somebody has read, or signed, is named by it.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "plan", actor)
    save_draft(exchange, None)
    last = exchange.terms.last()
    # What was kept before texts had one form does not differ by its line ends.
    if last and all(
        clean_text(getattr(last, name)) == form.cleaned_data[name] for name in form.Meta.fields
    ):
        return last
    last = Terms(exchange=exchange, number=last.number + 1 if last else 1)
    for name in form.Meta.fields:
        setattr(last, name, form.cleaned_data[name])
    last.at, last.by = now, actor
    last.save()
    record_event(exchange, "write_terms", actor=actor, now=now, details={"number": last.number})
    ask_signatures(last, exchange, actor=actor, now=now)
    return last


@transaction.atomic
def save_terms_draft(form, exchange, *, actor):
    """Save terms as far as they are written, for both sides to go on: nobody is asked to sign."""
    exchange = lock_exchange(exchange, "plan", actor)
    save_draft(exchange, {name: form.cleaned_data[name] for name in form.Meta.fields})


def save_draft(exchange, words):
    if exchange.terms_draft != words:
        exchange.terms_draft = words
        exchange.save(update_fields=["terms_draft"])


WRITES_ON = timedelta(minutes=10)  # for whoever saves the terms again at once


def ask_signatures(terms, exchange, *, actor, now):
    """Ask those of both sides who can still sign a version to do so, unless that is waived."""
    for older in exchange.terms.exclude(pk=terms.pk):
        cancel_letters(older)
    if not needs_signature(terms, exchange):
        return 0
    replaced, posted = signed_before(terms), 0
    for person in signatories(exchange):
        if person == actor:
            continue
        with translation.override(person.language):
            changed = [str(question) for question, _before in changes(terms)]
        posted += post_letter(
            "terms_to_sign",
            key=f"terms:{terms.pk}:to-sign",
            concerns=terms,
            to=[person],
            path=f"{exchange.path}terms/",
            not_before=now + WRITES_ON,
            now=now,
            reference=exchange.reference,
            title=exchange.dossier.title,
            version=terms.number,
            changed=changed,
            replaced=replaced.number if replaced else None,
            lapsed=has_signed(replaced, person),
        )
    return posted


def signed_before(terms):
    """Return the last version before this one that somebody signed; None if nobody did."""
    before = terms.exchange.terms.filter(number__lt=terms.number)
    return before.filter(signatures__isnull=False).distinct().last()


def has_signed(terms, person):
    return terms is not None and terms.signatures.filter(user=person).exists()


def changes(terms):
    """List (question, what was signed) of what differs from the last version that was signed."""
    before = signed_before(terms)
    if before is None:
        return []
    return [
        (question, getattr(before, name))
        for name, question in terms_questions(terms.exchange)
        if clean_text(getattr(before, name)) != clean_text(getattr(terms, name))
    ]


def needs_signature(terms, exchange):
    """True unless staff have waived the signatures of this version: the next one is asked for."""
    return not exchange.is_waived(Readiness.TERMS, str(terms.number))


def unsigned_sides(terms):
    """Return the sides that have not signed a version yet."""
    signed = {signature.side for signature in terms.signatures.all()}
    return [side for side in (Side.REQUESTING, Side.OFFERING) if side not in signed]


def signing_side(exchange, user):
    """Return for which side this person signs; None if for neither."""
    if AUTHOR.holds(user, exchange):
        return Side.REQUESTING
    return Side.OFFERING if HELPER.holds(user, exchange) else None


@transaction.atomic
def sign_terms(terms, *, actor, is_read=True, now=None):
    """Sign a version for one's side, as it was loaded.

    is_read: whether its text is the one that the signer's page showed. Raises PermissionDenied for
    whoever is on neither side, ValidationError where the text was changed meanwhile.
    """
    now = now or timezone.now()
    exchange = lock_exchange(terms.exchange, "plan", actor)
    side = signing_side(exchange, actor)
    if side is None:
        raise PermissionDenied
    last = exchange.terms.last()
    if (last.pk, last.at) != (terms.pk, terms.at) or not is_read:
        raise ValidationError(
            _("A newer version was written meanwhile: read it, then sign."), code="newer"
        )
    signature, made = terms.signatures.get_or_create(
        user=actor, defaults={"side": side, "name": actor.name, "at": now}
    )
    if made:
        record_event(exchange, "sign_terms", actor=actor, now=now, details={"number": terms.number})
        lacking, people = unsigned_sides(terms), signatories(exchange)
        own = [person for person in people if signing_side(exchange, person) == side]
        cancel_letters(terms, "terms_to_sign", to=own if lacking else None)
        replaced = signed_before(terms)
        for person in people:
            if person == actor:
                continue
            post_letter(
                "terms_signed",
                key=f"terms:{terms.pk}:signed:{signature.pk}",
                concerns=terms,
                to=[person],
                path=f"{exchange.path}terms/",
                reference=exchange.reference,
                title=exchange.dossier.title,
                who=actor.name,
                version=terms.number,
                waits=bool(lacking),
                waits_for_reader=signing_side(exchange, person) in lacking,
                replaced=replaced.number if replaced else None,
                lapsed=has_signed(replaced, person) and not has_signed(terms, person),
            )
    return signature
