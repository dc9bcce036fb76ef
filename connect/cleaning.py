"""Expired rows that belong to no other rule: deleted by the clock."""

from datetime import datetime
from importlib import import_module

from django.conf import settings

from connect.models import Try
from connect.schedule import every


@every(minutes=10, is_foreseen=False)
def clear_sessions(now: datetime) -> int:
    """Delete the sessions that are over, whoever began them; return how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store.get_model_class().objects.filter(expire_date__lt=now).delete()[0]


@every(hours=1, is_foreseen=False)
def delete_old_tries(now: datetime) -> int:
    """Delete what was counted while Redis was away and is over; return how many."""
    return Try.objects.filter(expires__lt=now).delete()[0]
