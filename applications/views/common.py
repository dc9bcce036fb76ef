"""Which dossier a page is about: what this person may not see is not found."""

from django.shortcuts import get_object_or_404

from applications.enums import Status
from applications.models import Dossier
from applications.permissions import AUTHOR


def visible(request, reference):
    return get_object_or_404(
        Dossier.objects.for_user(request.user).select_related("authority", "call", "case_officer"),
        reference=reference,
    )


def writes(request, dossier):
    """True if the dossier, which this person sees, is theirs or their authority's."""
    return dossier.status == Status.PRIVATE or AUTHOR.holds(request.user, dossier)


def to_write(request, reference):
    return get_object_or_404(
        Dossier.objects.editable_by(request.user).select_related("authority", "call"),
        reference=reference,
    )
