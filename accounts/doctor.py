"""Whether somebody administers the site, and can be let in."""

from allauth.mfa.models import Authenticator

from accounts.models import User
from accounts.seeds import SEEDS
from connect.doctor import Fault, examines
from connect.restricted import decrypt

LOOKED_AT = 20  # second factors


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
