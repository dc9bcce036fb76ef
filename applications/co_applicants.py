"""Authorities that ask together: named by the applicant, confirmed by each through a link."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import BEFORE_COMMITTEE
from applications.models import CoApplicant, Dossier
from connect.transitions import record_event
from notifications import limits
from notifications.outbox import Recipient, post, take_back
from registry.models import Authority


def known(name, country):
    """Give the verified authority of this name and country, or None."""
    named = Authority.objects.verified().filter(name__unaccent__iexact=name, country=country)
    return named.order_by("pk").first()


def locked(dossier, actor):
    """Lock a dossier in which this person writes now; PermissionDenied for anybody else."""
    mine = Dossier.objects.editable_by(actor).select_for_update(of=("self",))
    found = mine.select_related("authority", "call").filter(pk=dossier.pk).first()
    if found is None:
        raise PermissionDenied
    return found


@transaction.atomic
def add(dossier, *, name, country, contact, address, actor, now=None):
    """Name a co-applicant and write to its contact with a link; return it.

    Raises PermissionDenied for whoever does not write here, ValidationError for more than the
    call allows, the applicant itself, or one that is named already.
    """
    now = now or timezone.now()
    dossier = locked(dossier, actor)
    if dossier.co_applicants.count() >= dossier.call.co_applicants_most:
        message = _("This call allows %d co-applicants at most.")
        raise ValidationError(message % dossier.call.co_applicants_most, code="too_many")
    authority = known(name, country)
    if authority == dossier.authority:
        raise ValidationError(_("Your own authority is the applicant already."), code="own")
    try:
        with transaction.atomic():
            made = CoApplicant.objects.create(
                dossier=dossier,
                authority=authority,
                name=name,
                country=country,
                contact=contact,
                address=address,
                asked_at=now,
            )
    except IntegrityError:
        raise ValidationError(_("This authority is named already."), code="twice") from None
    limits.count("co_applicant", by=actor, to=address, about=dossier, now=now)
    tell(made, now)
    return made


def tell(co_applicant, now):
    dossier = co_applicant.dossier
    post(
        "co_applicant_asked",
        key=f"co-applicant:{co_applicant.pk}:{now:%Y%m%d}",
        to=[Recipient(co_applicant.address, co_applicant.contact, dossier.language)],
        path=co_applicant.PAGE,
        opens=co_applicant,
        anew=True,
        reference=dossier.reference,
        title=str(dossier.heading),
        authority=dossier.authority.name,
        partner=co_applicant.name,
    )


@transaction.atomic
def remind(co_applicant, *, actor, now=None):
    """Write once more, at most once a day, to one that has not answered."""
    now = now or timezone.now()
    dossier = locked(co_applicant.dossier, actor)
    if co_applicant.takes_part is None:
        limits.count("co_applicant", by=actor, to=co_applicant.address, about=dossier, now=now)
        tell(co_applicant, now)


@transaction.atomic
def remove(co_applicant, *, actor):
    """Take a co-applicant out of a dossier that is being written; its letter no longer leaves."""
    dossier = locked(co_applicant.dossier, actor)
    if co_applicant.authority:
        dossier.partners.remove(co_applicant.authority)
    take_back(f"co-applicant:{co_applicant.pk}")
    co_applicant.delete()


@transaction.atomic
def answer(co_applicant, *, takes_part, now=None):
    """Keep what the co-applicant says by its link; it may think again until it is decided upon.

    Raises ValidationError once the dossier is no longer being written or checked.
    """
    now = now or timezone.now()
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=co_applicant.dossier_id)
    kept = CoApplicant.objects.select_for_update(of=("self",)).get(pk=co_applicant.pk)
    if dossier.status not in BEFORE_COMMITTEE:
        raise ValidationError(_("The dossier can no longer be changed."), code="over")
    if kept.takes_part == takes_part:
        return kept
    kept.takes_part, kept.answered_at = takes_part, now
    kept.save(update_fields=["takes_part", "answered_at"])
    if kept.authority:
        (dossier.partners.add if takes_part else dossier.partners.remove)(kept.authority)
    verb = "join" if takes_part else "stay_out"
    record_event(dossier, verb, actor=None, now=now, details={"name": kept.name})
    return kept
