"""Whether somebody administers the site, and can be let in."""

import requests
from allauth.mfa.models import Authenticator
from django.conf import settings

from accounts.models import User
from accounts.provider_answers import ENDPOINTS
from accounts.seeds import SEEDS
from connect.doctor import Fault, examines, first_line
from connect.restricted import decrypt

LOOKED_AT = 20  # second factors
PATIENCE = 10  # seconds


@examines("administrators", needs_database=True)
def examine_administrators():
    if not User.objects.filter(is_active=True, is_staff=True, is_superuser=True).exists():
        yield Fault(
            "Nobody administers the site.",
            "Nobody can let officers in, or help who lost a second factor.",
            "Run `manage.py createsuperuser`, then `manage.py let_in ADDRESS`.",
        )


@examines("second factors", needs_database=True)
def examine_second_factors():
    for data in Authenticator.objects.order_by("-pk").values_list("data", flat=True)[:LOOKED_AT]:
        try:
            for seed in SEEDS:
                decrypt(data.get(seed, ""))
        except RuntimeError:
            yield Fault(
                "No key of FIELD_KEYS opens the second factors.",
                "No officer can sign in.",
                "Put the key that was in force before into FIELD_KEYS as well, after a comma.",
            )
            return


@examines("sign-in providers")
def examine_providers():
    for provider in settings.OIDC_PROVIDERS:
        address = f"{provider.url.rstrip('/')}/.well-known/openid-configuration"
        try:
            answer = requests.get(address, timeout=PATIENCE)
            answer.raise_for_status()
            document = answer.json()
            known = document if isinstance(document, dict) else {}
            lacking = [name for name in ENDPOINTS if name not in known]
            if str(known.get("issuer")).rstrip("/") != provider.url.rstrip("/"):
                lacking.append("an issuer that is its url")
        except requests.RequestException as error:
            lacking = [first_line(error)]
        if lacking:
            yield Fault(
                f"{provider.name} says not how it signs people in: {', '.join(lacking)}",
                "Nobody signs in by it; other ways stay.",
                f"See that {address} answers this machine, and mend the url of “{provider.id}” in"
                " OIDC_PROVIDERS.",
            )
