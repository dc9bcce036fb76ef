"""Co-applicants: named by the applicant, confirmed by each.

A name of the registry is a claim until somebody of that authority confirms it: a member, whoever
answers from its registered domain, or staff who asked it. Until then it is no partner: it ties no
member of the committee, and is shown nowhere but with the dossier.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import BEFORE_COMMITTEE, Confirmation, Status
from applications.locking import lock_dossier
from applications.models import CoApplicant, Dossier
from applications.people import readers_of_answer
from connect.languages import current_language
from connect.letter_language import guess_language
from connect.mail import Recipient
from connect.transitions import record_event
from notifications import limits, pauses
from notifications.outbox import cancel_letters, find_letters, post_letter
from registry.names import town_named
from registry.people import authors_of

TO_CO_APPLICANTS = ("co_applicant_asked", "co_applicant_named", "co_applicant_state")
ASKED_AT_MOST = 3  # letters to whoever does not answer


def lock_for_writer(dossier, actor):
    """Lock a dossier in which this person may write now; PermissionDenied for anybody else.

    Raises ValidationError for a draft that is its writer's alone.
    """
    dossier = lock_dossier(dossier, "write", actor)
    dossier.refuse_if_private()
    return dossier


@transaction.atomic
def add_co_applicant(
    dossier, *, name, country, contact, address, actor, language="", authority=None, now=None
):
    """Add a co-applicant and send its contact a link; return it.

    language: of our e-mails to the contact; one of their country's where nobody chose it.
    authority: the one of the registry that is meant; else the only one of this name.
    Raises PermissionDenied for whoever does not write here, ValidationError for more than the
    call allows, the applicant itself, one that is named already, or a contact who answered no here
    or wants no such letters.
    """
    now = now or timezone.now()
    dossier = lock_for_writer(dossier, actor)
    refuse_in_correction(dossier)
    dossier.refuse_after_call()
    refuse_unwilling(dossier, contact, address, now)
    if dossier.co_applicants.count() >= dossier.call.co_applicants_most:
        most = dossier.call.co_applicants_most
        message = ngettext(
            "This call allows %d co-applicant at most.",
            "This call allows %d co-applicants at most.",
            most,
        )
        raise ValidationError(message % most, code="too_many")
    authority = authority or town_named(name, country)
    if authority == dossier.authority:
        raise ValidationError(_("Your own authority is the applicant already."), code="own")
    if authority and dossier.co_applicants.filter(authority=authority).exists():
        raise ValidationError(_("This authority is named already."), code="twice")
    try:
        with transaction.atomic():
            made = CoApplicant.objects.create(
                dossier=dossier,
                authority=authority,
                name=name,
                country=country,
                contact=contact,
                address=address,
                language=language or guess_language(str(country), current_language()),
                asked_at=now,
            )
    except IntegrityError:
        raise ValidationError(_("This authority is named already."), code="twice") from None
    limits.count_message("co_applicant", actor=actor, address=address, about=dossier, now=now)
    record_event(dossier, "ask_co_applicant", actor=actor, now=now)
    notify_co_applicant(made, now)
    notify_members(made)
    return made


def refuse_in_correction(dossier):
    """Raise ValidationError while a correction is open: only what it asks for may change."""
    if dossier.status == Status.CORRECTION_ASKED:
        message = _(
            "Only what the correction asks for can be changed now. If your "
            "co-applicants have changed, write to the programme team."
        )
        raise ValidationError(message, code="correction")


def refuse_unwilling(dossier, contact, address, now):
    """Raise ValidationError for a contact who is not to be written to (again)."""
    said_no = dossier.events.filter(
        verb="stay_out", actor=None, details__address=limits.hash_key(address.lower())
    )
    if said_no.exists():
        message = _("%s answered no for this application: ask somebody else there.")
        raise ValidationError(message % contact, code="declined")
    if pauses.is_paused(address, "together", now):
        message = _(
            "%s does not receive these e-mails: the address has refused them, or "
            "e-mails to it are returned. Call them, and enter another address."
        )
        raise ValidationError(message % contact, code="unwilling")


def copy_co_applicants(dossier, earlier, *, actor, now):
    """Copy the co-applicants of an earlier dossier into its successor, and ask them again.

    Whoever declined is not asked again, nor more than the call allows or a day's letters: those
    are returned, [(name, why)].
    """
    left_out = []
    earlier_ones = earlier.co_applicants.exclude(takes_part=False).order_by("pk")
    for one in earlier_ones.select_related("authority__merged_into"):
        try:
            add_co_applicant(
                dossier,
                name=one.name,
                country=one.country,
                contact=one.contact,
                address=one.address,
                language=one.language,
                authority=one.authority and (one.authority.merged_into or one.authority),
                actor=actor,
                now=now,
            )
        except ValidationError as refusal:
            left_out.append((one.name, refusal.message))
    return left_out


def notify_members(co_applicant):
    """Notify the people of an authority that it was named, with a way to decline."""
    if co_applicant.authority is None:
        return
    dossier = co_applicant.dossier
    post_letter(
        "co_applicant_named",
        key=f"co-applicant:{co_applicant.pk}:members",
        concerns=co_applicant,
        to=authors_of(co_applicant.authority),
        path=co_applicant.path,
        reference=dossier.reference,
        title=dossier.heading,
        authority=lambda: dossier.authority.place,
        partner=co_applicant.authority.name,
        is_elsewhere=co_applicant.is_written_elsewhere,
    )


def write_to_contact(template, co_applicant, dossier, *, key, **facts):
    """Write to the contact of a co-applicant, with a link of their own; count the letters."""
    return post_letter(
        template,
        key=f"co-applicant:{co_applicant.pk}:{key}",
        concerns=co_applicant,
        to=[co_applicant.link_holder],
        path=co_applicant.PAGE,
        opens=co_applicant,
        known={
            "reference": dossier.reference,
            "title": dossier.heading,
            "authority": dossier.authority.name,
            "person": dossier.contact_name,
            "partner": co_applicant.name,
        },
        **facts,
    )


def notify_co_applicant(co_applicant, now):
    dossier, day = co_applicant.dossier, f"{timezone.localdate(now):%Y%m%d}"
    return write_to_contact("co_applicant_asked", co_applicant, dossier, key=day, anew=True)


@transaction.atomic
def remind_co_applicant(co_applicant, *, actor, now=None):
    """Remind a co-applicant that has not answered, at most once a day; raises ValidationError.

    One that never answers is written to three times in all.
    """
    now = now or timezone.now()
    dossier = lock_for_writer(co_applicant.dossier, actor)
    dossier.refuse_after_call()
    if co_applicant.takes_part is not None:
        message = _("%s has answered: nothing needs to be sent.")
        raise ValidationError(message % co_applicant.contact, code="answered")
    refuse_unwilling(dossier, co_applicant.contact, co_applicant.address, now)
    letters = find_letters(co_applicant, "co_applicant_asked")
    if letters.count() >= ASKED_AT_MOST:
        message = _("%s was asked three times and did not answer: call them.")
        raise ValidationError(message % co_applicant.contact, code="asked")
    limits.count_message(
        "co_applicant", actor=actor, address=co_applicant.address, about=dossier, now=now
    )
    if not notify_co_applicant(co_applicant, now):
        message = _("We have written to %s today: you can write again tomorrow.")
        raise ValidationError(message % co_applicant.contact, code="today")


@transaction.atomic
def remove_co_applicant(co_applicant, *, actor):
    """Remove a co-applicant from a draft; whoever read that it was named is told."""
    dossier = lock_for_writer(co_applicant.dossier, actor)
    refuse_in_correction(dossier)
    if co_applicant.answered_in_person and not co_applicant.takes_part:
        message = _("%s itself has declined. It stays on the list, so that nobody asks again.")
        raise ValidationError(message % co_applicant.name, code="declined")
    if co_applicant.authority:
        dossier.partners.remove(co_applicant.authority)
    notify_of_removal(co_applicant, dossier)
    record_event(dossier, "remove_co_applicant", actor=actor, now=timezone.now())
    co_applicant.delete()


def notify_of_removal(co_applicant, dossier):
    """Notify those whom a co-applicant's letters reached there; cancel what was not sent."""
    cancel_letters(co_applicant)
    sent_letters = find_letters(co_applicant, *TO_CO_APPLICANTS).exclude(sent_at=None)
    letter_by_address = {row.address: row for row in sent_letters.order_by("pk")}
    post_letter(
        "co_applicant_removed",
        key=f"co-applicant-removed:{co_applicant.pk}",
        concerns=co_applicant,
        to=[Recipient(row.address, row.name, row.language) for row in letter_by_address.values()],
        reference=dossier.reference,
        title=dossier.heading,
        authority=dossier.authority.name,
        partner=co_applicant.name,
    )


@transaction.atomic
def answer_by_link(co_applicant, *, takes_part, now=None):
    """Save a co-applicant's answer by link; it can be changed until the dossier is decided.

    Raises ValidationError once the dossier is no longer being written or checked, and where a
    member of the authority has answered.
    """
    now = now or timezone.now()
    kept = lock_for_answer(co_applicant)
    if kept.takes_part == takes_part:
        return kept
    if kept.answered_in_person:
        raise ValidationError(
            _(
                "A member of the authority, or the programme team, has answered: ask "
                "them to change it."
            ),
            code="member",
        )
    limits.count_message("answer", about=kept, now=now)
    if takes_part and kept.is_claim and kept.authority.owns_domain_of(kept.address):
        kept.confirmed_at, kept.confirmation = now, Confirmation.DOMAIN
    return save_answer(kept, takes_part, actor=None, now=now)


@transaction.atomic
def answer_as_member(co_applicant, *, takes_part, actor, now=None):
    """Save the answer of a member of the named authority; it overrides an answer by link.

    Raises PermissionDenied for whoever neither writes nor signs for it, ValidationError once the
    dossier is no longer being written or checked.
    """
    kept = lock_for_answer(co_applicant)
    if not CoApplicant.objects.answerable_by(actor).filter(pk=kept.pk).exists():
        raise PermissionDenied
    now = now or timezone.now()
    kept.confirmed_at, kept.confirmed_by = now, actor
    kept.confirmation = Confirmation.MEMBER
    return save_answer(kept, takes_part, actor=actor, now=now)


@transaction.atomic
def confirm_co_applicant(co_applicant, *, actor, now=None):
    """Record that staff asked the authority, and that it does take part.

    Raises PermissionDenied for all but officers without a conflict of interest, ValidationError
    for what is no authority of the registry, or has not said that it takes part.
    """
    kept = lock_for_staff(co_applicant, actor)
    if not kept.takes_part or not kept.is_claim:
        raise ValidationError(
            _("Only an authority that takes part and is in the registry can be confirmed."),
            code="nothing",
        )
    now = now or timezone.now()
    kept.confirmed_at, kept.confirmed_by = now, actor
    kept.confirmation = Confirmation.STAFF
    return save_answer(kept, True, actor=actor, now=now)


@transaction.atomic
def reject_co_applicant(co_applicant, *, actor, now=None):
    """Record that staff asked the authority, and that it did not give the answer.

    It is no partner any more, and no link answers for it. Raises PermissionDenied as `confirm`,
    ValidationError for what is no authority of the registry.
    """
    kept = lock_for_staff(co_applicant, actor)
    if kept.authority is None:
        raise ValidationError(
            _(
                "Only a local authority in the registry can be recorded as not having "
                "answered itself."
            ),
            code="nothing",
        )
    kept.confirmed_at, kept.confirmed_by = None, actor
    kept.confirmation = Confirmation.NOT_THEM
    return save_answer(kept, False, actor=actor, now=now or timezone.now())


def lock_for_staff(co_applicant, actor):
    """Lock a co-applicant for an officer without a conflict of interest, at any time.

    A false name is found out late, too: when the committee has it, or after.
    """
    if not Dossier.objects.for_officer(actor).filter(pk=co_applicant.dossier_id).exists():
        raise PermissionDenied
    return lock_for_answer(co_applicant, set(Status))


def lock_for_answer(co_applicant, states=BEFORE_COMMITTEE):
    """Lock a co-applicant whose dossier still takes answers; ValidationError otherwise."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=co_applicant.dossier_id)
    if dossier.status not in states:
        raise ValidationError(_("The application can no longer be changed."), code="over")
    if states == BEFORE_COMMITTEE:  # staff may at any time
        dossier.refuse_after_call()
    rows = CoApplicant.objects.select_for_update(of=("self",))
    kept = rows.select_related("authority").get(pk=co_applicant.pk)
    kept.dossier = dossier
    return kept


def save_answer(kept, takes_part, *, actor, now):
    is_news = kept.takes_part != takes_part
    if is_news:
        kept.takes_part, kept.answered_at = takes_part, now
    kept.save()
    if kept.authority:
        is_partner = takes_part and not kept.is_claim
        partners = kept.dossier.partners
        (partners.add if is_partner else partners.remove)(kept.authority)
    verb, details = "join" if takes_part else "stay_out", {"name": kept.name}
    if actor is None:  # by link: its print keeps this address from being asked again
        details["address"] = limits.hash_key(kept.address.lower())
    record_event(kept.dossier, verb, actor=actor, now=now, details=details)
    if is_news:
        notify_of_answer(kept, actor=actor, now=now)
    return kept


def notify_of_answer(co_applicant, *, actor, now):
    """Notify those who write the dossier, and the staff once it was sent, of the newest answer."""
    dossier = co_applicant.dossier
    cancel_letters(co_applicant, "co_applicant_answered", now=now)
    for readers, page in readers_of_answer(dossier, co_applicant.address):
        post_letter(
            "co_applicant_answered",
            key=f"co-applicant:{co_applicant.pk}:answer:{now.timestamp():f}",
            concerns=co_applicant,
            to=[one for one in readers if one != actor],
            path=page,
            now=now,
            reference=dossier.reference,
            title=dossier.heading,
            authority=dossier.authority.name,
            partner=co_applicant.name,
            takes_part=co_applicant.takes_part,
            is_claim=co_applicant.is_claim,
        )
