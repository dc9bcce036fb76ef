"""Locking a dossier for whoever may do something with it."""

from applications.models import Dossier
from applications.permissions import DOSSIERS


def lock_dossier(dossier, verb, actor):
    """Lock a dossier with which this person may do so now; PermissionDenied otherwise."""
    rows = Dossier.objects.select_related("authority", "call")
    return DOSSIERS.get_locked(rows, dossier, verb, actor)
