"""Who joins the programme team: an administrator adds them, on the desk or by a command."""

import logging

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sessions
from accounts.lost_factors import check_administrator
from accounts.models import COMMITTEE, OFFICERS, User
from notifications.outbox import post_letter

# sender=User; person, former: their roles before; now. Sent where the desk ends or gives one, and
# where it deactivates an account; a receiver may return a sentence for who pressed the button.
rights_changed = Signal()
# sender=User; person, actor, now. Sent where the desk deactivates an account, or activates it
# again; a receiver returns the references of what those whom it told have in common with them.
activity_changed = Signal()

logger = logging.getLogger("connect.security")


class Role(models.TextChoices):
    OFFICER = "officer", gettext_lazy("programme officer")
    ADMINISTRATOR = "administrator", gettext_lazy("administrator")
    COMMITTEE = "committee", gettext_lazy("member of the selection committee")


def list_roles(person):
    """List the roles that a person has in the programme."""
    held = {
        Role.OFFICER: person.is_staff,
        Role.ADMINISTRATOR: person.is_superuser,
        Role.COMMITTEE: COMMITTEE in person.group_names,
    }
    return [role for role, holds in held.items() if holds]


def check_rights(person, *, is_active, is_staff, is_superuser):
    """Refuse rights that would leave CONNECT without an administrator, or make half of one."""
    if is_superuser and not is_staff:
        words = _("An administrator is a programme officer, too: end both roles.")
        raise ValidationError(words, code="half_administrator")
    if is_active and is_superuser:
        return
    if is_only_administrator(person):
        words = _("%s is the only administrator: make somebody else one first.") % person.name
        raise ValidationError(words, code="last_administrator")


def is_only_administrator(person):
    """True for the last one. Locks the administrators: of two who leave at once, one stays."""
    administrators = User.objects.filter(is_active=True, is_staff=True, is_superuser=True)
    with transaction.atomic():
        locked = administrators.select_for_update(of=("self",)).order_by("pk")
        return set(locked.values_list("pk", flat=True)) == {person.pk}


def record_rights(person, former, *, actor):
    """Keep the group of officers in step with the role, after a change of rights on the desk.

    former: the roles before. Returns what changed, in words.
    """
    officers = Group.objects.filter(name=OFFICERS)
    if person.is_staff:
        person.groups.add(*officers)
    else:
        person.groups.remove(*officers)
    person = User.objects.get(pk=person.pk)
    roles = list_roles(person)
    ended = [role for role in former if role not in roles]
    given = [role for role in roles if role not in former]
    for what, some in (("ended", ended), ("given", given)):
        for role in some:
            logger.warning("role %s %s: person %s by person %s", role, what, person.pk, actor.pk)
    return [
        *(_("Role ended: %s") % role.label for role in ended),
        *(_("Role given: %s") % role.label for role in given),
    ]


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
    known = User.objects.filter(email__iexact=address.strip(), is_active=True).first()
    if known and role in list_roles(known):
        words = _("%(name)s has this role already: %(role)s.")
        facts = {"name": known.name, "role": Role(role).label}
        raise ValidationError(words % facts, code="has_role")
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
