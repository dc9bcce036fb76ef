"""Limits on tries, counted so that a stranger's tries lock nobody out.

Tries count by network, and for an address by network. For an address from everywhere together
there is a number that only guessing from many places comes to. A device that its person has used
before has a count of its own, beside all these.
"""

from dataclasses import dataclass

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal.ratelimit import RateLimitUsage, clear, consume, get_ip
from django.utils.translation import gettext_lazy as _

from accounts import devices

TOO_MANY = _(
    "Several tries came from your network, or for this account. Wait five minutes, or up to an "
    "hour after many of them; or ask for a sign-in code by e-mail."
)


@dataclass(frozen=True)
class Limit:
    """Rates as allauth writes them: "10/m/ip" a network, "5/5m/key" whatever the key names.

    What one network may for an address is a small part of what all may together: it takes many
    networks to shut an owner out of a device that is new to us.
    """

    name: str
    network: str
    address_here: str
    address: str
    device: str

    @property
    def rates(self):
        names = ("network", "address_here", "address", "device")
        return {f"{self.name}:{one}": getattr(self, one) for one in names}


PASSWORDS = Limit("passwords", "10/m/ip", "5/5m/key,15/h/key", "200/h/key", "5/5m/key")
# Of the second factor.
CODES = Limit("codes", "10/m/ip", "5/5m/key,15/h/key", "200/h/key", "5/5m/key")
# Codes and links to sign in with, written to an address that anybody can type. In a day a town of
# 200 behind one network signs up, each with a second letter.
LETTERS = Limit(
    "letters",
    "20/m/ip,400/d/ip",
    "3/m/key,6/h/key,20/d/key",
    "40/h/key,200/d/key",
    "3/m/key,20/d/key",
)

TO_PROVIDERS = {"to_provider": "20/m/ip"}  # each way there asks another machine


def count_way_to_provider(request):
    """Count that somebody leaves for a provider of sign-in; False where it is one too many."""
    return bool(consume(request, app="accounts", action="to_provider", config=TO_PROVIDERS))


def find_person(address):
    return next(iter(filter_users_by_email(address, is_active=True, for_login=True)), None)


def begin_try(limit, request, address, user=None):
    """Count a try; return the function that uncounts it, or None where it is one too many."""

    def count(what, key):
        name = f"{limit.name}:{what}"
        return consume(request, app="accounts", action=name, config=limit.rates, key=key)

    address = address.lower()
    if devices.known_devices(request):
        user = user or find_person(address)
        device = devices.current_device(request, user) if user else None
        if device and (usage := count("device", f"{device} {address}")):
            return usage
    used = []
    for what, key in (
        ("network", None),
        ("address_here", network_key(request, address)),
        ("address", address),
    ):
        usage = count(what, key)
        if usage is None:
            return None
        used += usage.usage
    return RateLimitUsage(used)


def network_key(request, address):
    return f"{address} {get_ip(request)}"


def forget_tries(limit, request, address):
    """Reset an address's counts in this network, after its owner has signed in."""
    name, key = f"{limit.name}:address_here", network_key(request, address.lower())
    clear(request, app="accounts", action=name, config=limit.rates, key=key)
