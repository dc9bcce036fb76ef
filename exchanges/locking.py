"""Locking an exchange for whoever may do something with it."""

from exchanges.models import Exchange
from exchanges.permissions import EXCHANGES


def lock_exchange(exchange, verb, actor):
    """Lock an exchange with which this person may do so now; PermissionDenied otherwise."""
    rows = Exchange.objects.select_related("dossier__authority", "match")
    return EXCHANGES.get_locked(rows, exchange, verb, actor)
