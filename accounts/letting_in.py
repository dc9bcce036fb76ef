"""What an administrator of the machine does for staff before e-mails leave: by hand, on record.

Whoever runs commands there can read the database anyway. The second factor stays: who has none
makes one before anything opens, who has one gives it.
"""

import logging

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from accounts import sessions
from accounts.models import OFFICERS, User

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


@transaction.atomic
def add_officer(address, name="", language="", *, is_administrator=False):
    """Make a programme officer of an address, with or without an account; return the person.

    Raises ValidationError with what is missing.
    """
    address = address.strip().lower()
    validate_email(address)
    if language and language not in dict(settings.LANGUAGES):
        raise ValidationError(f"There is no language {language}.", code="no_language")
    group = Group.objects.filter(name=OFFICERS).first()
    if group is None:
        raise ValidationError("Run `manage.py load_reference` first.", code="no_group")
    user = User.objects.select_for_update(of=("self",)).filter(email__iexact=address).first()
    if user is None:
        if not name:
            raise ValidationError(f"{address} has no account: give --name.", code="no_name")
        user = User.objects.create_user(address, name=name, language=language or "en")
    elif not user.is_active:
        raise ValidationError(f"The account of {address} is not active.", code="not_active")
    user.is_staff = True
    user.is_superuser = user.is_superuser or is_administrator
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.add(group)
    sessions.end_sessions_of(user)
    logger.warning("made an officer by a command: person %s", user.pk)
    return user
