"""What dossiers hold of a person: what keeps their account, and what goes blank with it."""

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import User
from accounts.unused import erased, still_needed, take_out
from applications import models
from applications.enums import FINAL
from applications.models import Dossier

OF_DOSSIERS = [
    *(models.SectionDraft, models.SectionAside, models.DossierVersion, models.Attachment),
    *(models.Correction, models.Signature, models.CoApplicant, models.Opinion),
    models.DossierEvent,
]


@receiver(still_needed, sender=User)
def has_a_dossier_open(user, **_):
    mine = Dossier.objects.filter(
        Q(created_by=user) | Q(focal_email__iexact=user.email) | Q(legal_email__iexact=user.email)
    )
    return mine.exclude(status__in=FINAL).exists()


def that_may_name(user, address):
    """Give the dossiers of their towns, and those whose contact or signatory they were."""
    theirs = Q(authority__memberships__user=user) | Q(created_by=user)
    for one in (address, user.email):  # as it was, and as it stands once it is taken out
        theirs |= Q(focal_email__iexact=one) | Q(legal_email__iexact=one)
    return Dossier.objects.filter(theirs)


@receiver(erased, sender=User)
def blank_dossiers(user, name, address, **_):
    found = list(that_may_name(user, address).order_by().values_list("pk", flat=True).distinct())
    theirs = Dossier.objects.filter(pk__in=found, focal_email__iexact=address)
    numbers = set(theirs.values_list("focal_phone", flat=True)) - {""}
    take_out(Dossier.objects.filter(pk__in=found), user, name, address, numbers)
    for model in OF_DOSSIERS:
        take_out(model.objects.filter(dossier__in=found), user, name, address, numbers)
