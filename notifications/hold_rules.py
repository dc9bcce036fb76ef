"""When the letters of a kind leave: at once, after some hours, or once an officer has read them.

A rule is of one call, or of all; that of the call comes first. Apps name the calls (`names_groups`)
and the letters that may be held (`names_kinds`): never a code, a link or a reminder, nor what names
a last day to answer, whose days count from the step and not from when its letter leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from connect.types import User, Words
from notifications.models import Hold, HoldRule
from notifications.texts import letter_facts

MOST_HOURS = 240  # ten days
LAST_DAYS = {"due_on", "appeal_by", "answer_by"}  # facts of letters: by when their reader answers
REVIEWS = "notifications.review_letter"


class Kind(NamedTuple):
    """A kind of letters that may be held: of which process, at which step and to whom, in words."""

    template: str
    process: Words
    words: str


NamedGroups = Callable[[], Iterable[tuple[str, Words]]]
GROUPS: list[NamedGroups] = []
KINDS: list[Callable[[], Iterable[Kind]]] = []


def names_groups(function: NamedGroups) -> NamedGroups:
    """Register a function that lists (code, words) of what rules may be made for."""
    GROUPS.append(function)
    return function


def names_kinds(function: Callable[[], Iterable[Kind]]) -> Callable[[], Iterable[Kind]]:
    """Register a function that lists the letters that may be held."""
    KINDS.append(function)
    return function


def list_groups() -> list[tuple[str, Words]]:
    """List (code, words) of the calls, the first of them all together."""
    return [("", _("All calls")), *(one for groups in GROUPS for one in groups())]


def find_kinds() -> dict[str, Kind]:
    """Return the kinds of letters that may be held, in the order of their processes."""
    held_kinds = [one for kinds in KINDS for one in kinds()]
    return {one.template: one for one in held_kinds if not names_last_day(one.template)}


def list_kinds() -> list[str]:
    """List the letters that may be held, each once."""
    return sorted(find_kinds())


def names_last_day(template: str) -> bool:
    """True for a letter whose reader is to answer by a day that it names."""
    return not LAST_DAYS.isdisjoint(letter_facts(template))


def may_review(user: User) -> bool:
    """True if somebody may edit, release and cancel held letters, and set what is held."""
    return user.is_active and user.has_perm(REVIEWS)


def hold_columns(
    template: str, group: str, leaves_at: datetime, first_letters: Collection[str] = ()
) -> dict[str, Any]:
    """Return the columns of a letter for its group, and for when it leaves if a rule holds it.

    first_letters: those that say the same to others, by whose rule it is held without its own.
    """
    if not group:
        return {}
    rule = find_rule(find_rules(group), template, first_letters)
    if rule is None:
        return {"group": group}
    hours = rule.hours if rule.hold == Hold.HOURS else 0
    # Not gathered in a letter of news: a held letter is read and released on its own.
    return {
        "group": group,
        "hold": rule.hold,
        "not_before": leaves_at + timedelta(hours=hours),
        "is_gathered": False,
    }


def find_rules(group: str) -> dict[str, HoldRule]:
    """Return the rules for letters of a group, by the kind of letter."""
    rules = HoldRule.objects.filter(group__in=[group, ""]).order_by("group")  # its own one last
    return {rule.template: rule for rule in rules}


def find_rule(
    rules: dict[str, HoldRule], template: str, first_letters: Collection[str]
) -> HoldRule | None:
    """Return the rule that holds a letter: its own, else one of those that say the same."""
    if names_last_day(template):
        return None
    first_letters = [name for name in first_letters if not names_last_day(name)]
    own = [template] if template in rules else first_letters
    matches = [rules[name] for name in own if name in rules and rules[name].hold]
    return next(iter(matches), None)


def describe_holds(group: str) -> Callable[[str, Collection[str]], str]:
    """Return what says how a letter is held in a group, as `hold_columns` does; "" of others."""
    rules = find_rules(group)

    def words(template: str, first_letters: Collection[str] = ()) -> str:
        rule = find_rule(rules, template, first_letters)
        if rule is None:
            return ""
        if rule.hold == Hold.REVIEW:
            return gettext("An e-mail is held until it is reviewed. It is for: %s.")
        sentence = ngettext(
            "An e-mail is held for %(hours)d hour. It is for: %(names)s.",
            "An e-mail is held for %(hours)d hours. It is for: %(names)s.",
            rule.hours,
        )
        return sentence % {"hours": rule.hours, "names": "%s"}

    return words


def save_rule(
    template: str, group: str, hold: str, hours: int, *, actor: User, now: datetime
) -> HoldRule:
    """Save when the letters of a kind leave; those that are written already stay as they are.

    Raises PermissionDenied, and ValidationError for what is no letter, no call or no number.
    """
    if not may_review(actor):
        raise PermissionDenied
    if template not in list_kinds() or group not in dict(list_groups()) or hold not in Hold.values:
        raise ValidationError(_("Choose a call, an e-mail and when it leaves."), code="unknown")
    if hold == Hold.HOURS and not 1 <= hours <= MOST_HOURS:
        message = _("Write a number of hours from 1 to %d.") % MOST_HOURS
        raise ValidationError(message, code="hours")
    changed = {"hold": hold, "hours": hours if hold == Hold.HOURS else 0}
    changed |= {"changed_at": now, "changed_by": actor}
    return HoldRule.objects.update_or_create(template=template, group=group, defaults=changed)[0]


def remove_rule(number: int, *, actor: User) -> HoldRule | None:
    """Remove a rule and return it, or None where there was none (`find_general_rule`)."""
    if not may_review(actor):
        raise PermissionDenied
    rule = HoldRule.objects.filter(pk=number).first()
    HoldRule.objects.filter(pk=number).delete()
    return rule


def find_general_rule(template: str) -> HoldRule | None:
    """Return the rule that holds the letters of a kind in all calls without their own, if any."""
    return HoldRule.objects.filter(template=template, group="").exclude(hold=Hold.NONE).first()
