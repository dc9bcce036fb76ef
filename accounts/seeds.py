"""The seeds of second factors and of recovery codes: encrypted like restricted columns.

They lie inside a table of allauth's. The one of a factor that is being made waits in its session.
"""

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.db import transaction

from connect.restricted import decrypt, encrypt, is_current, rewrites_texts

SEEDS = ("secret", "seed")  # of the app, of recovery codes


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)


class MakeFactor(ActivateTOTPForm):
    def __init__(self, *args, **kwargs):
        session = context.request.session
        session[SECRET_SESSION_KEY] = decrypt(session.get(SECRET_SESSION_KEY, ""))
        super().__init__(*args, **kwargs)
        session[SECRET_SESSION_KEY] = encrypt(self.secret)


@rewrites_texts
def rewrite_seeds(is_done=is_current, write=encrypt, factors=Authenticator):
    """Encrypt again each seed that `is_done` is not true of; return how many."""
    written = 0
    for pk in factors.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():  # locked: a recovery code that is used is noted beside its seed
            factor = factors.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            data = factor.data if factor else {}
            due = {name: data[name] for name in SEEDS if name in data and not is_done(data[name])}
            if due:
                factor.data = data | {name: write(decrypt(seed)) for name, seed in due.items()}
                factor.save(update_fields=["data"])
                written += len(due)
    return written
