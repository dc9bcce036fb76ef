"""Who joins the programme team: an administrator adds them, on the desk or by a command."""

import logging

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sessions
from accounts.lost_factors import check_administrator
from accounts.models import COMMITTEE, OFFICERS, User
from notifications.outbox import post_letter

logger = logging.getLogger("connect.security")


class Role(models.TextChoices):
    OFFICER = "officer", gettext_lazy("programme officer")
    ADMINISTRATOR = "administrator", gettext_lazy("administrator")
    COMMITTEE = "committee", gettext_lazy("member of the selection committee")


@transaction.atomic
def add_to_team(address, name="", language="", *, role=Role.OFFICER):
    """Give a role to an address, with or without an account; return the person.

    Raises ValidationError with what is missing.
    """
    address = address.strip().lower()
    validate_email(address)
    if language and language not in dict(settings.LANGUAGES):
        raise ValidationError(_("There is no language %s.") % language, code="no_language")
    group = Group.objects.filter(name=COMMITTEE if role == Role.COMMITTEE else OFFICERS).first()
    if group is None:
        raise ValidationError("Run `manage.py load_reference` first.", code="no_group")
    user = User.objects.select_for_update(of=("self",)).filter(email__iexact=address).first()
    if user is None:
        if not name:
            words = _("%s has no account yet: give a name, too.") % address
            raise ValidationError(words, code="no_name")
        user = User.objects.create_user(address, name=name, language=language or "en")
    elif not user.is_active:
        raise ValidationError(_("The account of %s is not active.") % address, code="not_active")
    user.is_staff = user.is_staff or role != Role.COMMITTEE
    user.is_superuser = user.is_superuser or role == Role.ADMINISTRATOR
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.add(group)
    sessions.end_sessions_of(user)
    logger.warning("added to the team as %s: person %s", role, user.pk)
    return user


@transaction.atomic
def invite_to_team(address, name, language, *, role, actor, now):
    """Add somebody to the team and write to them how they come in; return the person.

    Raises PermissionDenied for anybody but an administrator, ValidationError with what is missing.
    """
    check_administrator(actor)
    person = add_to_team(address, name, language, role=role)
    logger.warning("by person %s on the desk", actor.pk)
    post_letter(
        "team_joined",
        key=f"team:{person.pk}:{role}:{now:%Y-%m-%d %H:%M}",
        concerns=person,
        to=[person],
        path="/account/login/",
        asked_by=actor.name,
        role=lambda: str(Role(role).label),
        address=person.email,
    )
    return person
