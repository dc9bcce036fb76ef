"""Sessions that are over: their rows go by the clock, whoever began them."""

from importlib import import_module

from django.conf import settings

from connect.clockwork import by_the_clock


@by_the_clock(writes=False)
def clear_sessions(now):
    """Delete the sessions that are over; return how many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store.get_model_class().objects.filter(expire_date__lt=now).delete()[0]
