"""What an administrator of the machine does for staff before e-mails leave: by hand, on record.

Whoever runs commands there can read the database anyway. The second factor stays: who has none
makes one before anything opens, who has one gives it.
"""

import logging

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from accounts.models import User

logger = logging.getLogger("connect.security")


@transaction.atomic
def make_way_in(address):
    """Prove the address of one of the staff; return a link by which they set a password, once.

    It ends those before, and lasts as long as one by e-mail. Raises ValidationError for anybody
    else, who asks for theirs by e-mail.
    """
    user = User.objects.filter(email__iexact=address, is_active=True, is_staff=True).first()
    if user is None:
        raise ValidationError(f"{address} is no active account of the staff.", code="not_staff")
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    page = reverse(
        "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
    )
    logger.warning("let in by a command: person %s", user.pk)
    return f"{settings.SITE_URL}{page}"
