"""The rules of the four forms (domain.md 7): how long, how many, who and what there must be.

All of them warn: staff may settle what breaks one with a reason, for reality is wider than rules.
"""

from dataclasses import dataclass
from datetime import time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exchanges.enums import BudgetCategory, Mode, Part, SessionKind, Side
from registry.enums import ExchangeForm
from registry.names import letters_of

NOON = time(13)
JOURNEYS = {
    BudgetCategory.TRAVEL,
    BudgetCategory.PER_DIEM,
    BudgetCategory.ACCOMMODATION,
    BudgetCategory.VISA,
}


@dataclass(frozen=True)
class Rules:
    """What one form asks for; a bound is (least, most), most is None where there is none."""

    days: tuple[int, int | None]
    asking: tuple[int, int | None]  # authorities
    helping: tuple[int, int | None]
    travellers: tuple[int, int | None] | None = None  # of the side that travels
    neighbours: tuple[int, int | None] | None = None  # people of the place
    part: Part | None = None  # somebody must have it
    closes_with: SessionKind | None = None  # an item that the agenda must have
    daily: int = 0  # parts of each weekday that the agenda fills: 1 any, 2 morning and afternoon
    on_weekdays: bool = False  # the length is in working days
    themes: bool = False  # each visit says what one learns there


RULES = {
    ExchangeForm.EXPERT_MISSION: Rules(
        days=(3, 10),
        asking=(1, None),
        helping=(1, 2),
        travellers=(1, 3),
        neighbours=(0, 60),
        closes_with=SessionKind.DEBRIEF,
        daily=1,
    ),
    ExchangeForm.INTERNSHIP: Rules(
        days=(5, 20),
        asking=(1, 1),
        helping=(1, 1),
        travellers=(1, 3),
        part=Part.MENTOR,
        on_weekdays=True,
    ),
    ExchangeForm.ROUND_TABLE: Rules(
        days=(1, 5),
        asking=(2, None),
        helping=(1, None),
        neighbours=(5, 60),
        part=Part.FACILITATOR,
        closes_with=SessionKind.CONCLUSIONS,
        daily=1,
    ),
    ExchangeForm.STUDY_VISIT: Rules(
        days=(3, 7),
        asking=(1, 12),
        helping=(1, 3),
        travellers=(3, 16),
        part=Part.GROUP_LEADER,
        daily=2,
        themes=True,
    ),
}


def broken(exchange, people, sessions):
    """Say in words which rules of its form an exchange breaks; its dates may be missing yet."""
    rules = RULES[ExchangeForm(exchange.form)]
    guests, hosts = Side.REQUESTING, Side.OFFERING
    if exchange.experts_travel:
        guests, hosts = hosts, guests
    days = weekdays_or_all(exchange, rules)
    counts = [
        (_("days"), len(days), rules.days if days else None),
        (_("authorities that ask"), authorities(exchange, people, Side.REQUESTING), rules.asking),
        (_("authorities that help"), authorities(exchange, people, Side.OFFERING), rules.helping),
    ]
    if exchange.mode != Mode.REMOTE:
        travel = sum(person.travels and person.side == guests for person in people)
        there = sum(not person.travels and person.side == hosts for person in people)
        counts += [
            (_("those who travel"), travel, rules.travellers),
            (_("people of the place"), there, rules.neighbours),
        ]
    said = [
        _("%(what)s: %(count)d, not %(bounds)s")
        % {"what": what, "count": count, "bounds": in_words(bounds)}
        for what, count, bounds in counts
        if bounds and not bounds[0] <= count <= (bounds[1] or count)
    ]
    if rules.part and not any(person.part == rules.part for person in people):
        said.append(_("no %s is named") % rules.part.label)
    if not exchange.languages:
        said.append(_("no working language is chosen"))
    if exchange.needs_interpreter and not any(one.part == Part.INTERPRETER for one in people):
        said.append(_("no %s is named") % Part.INTERPRETER.label)
    if rules.closes_with and not any(one.kind == rules.closes_with for one in sessions):
        said.append(_("the agenda lacks: %s") % rules.closes_with.label)
    if empty := unfilled(exchange, sessions, rules.daily):
        said.append(_("nothing is in the agenda on: %s") % ", ".join(empty))
    if rules.themes:
        unsaid = [one.title for one in sessions if one.kind == SessionKind.VISIT and not one.theme]
        said += [_("what one learns at “%s”") % title for title in unsaid]
    if exchange.mode == Mode.REMOTE and exchange.budget.filter(category__in=JOURNEYS).exists():
        said.append(_("the budget has journeys, but nobody travels"))
    return said


def in_words(bounds):
    least, most = bounds
    if most is None:
        return _("%d or more") % least
    if least == most:
        return str(least)
    return _("%(least)d to %(most)d") % {"least": least, "most": most}


def authorities(exchange, people, side):
    """Count the authorities of a side: those of the match, and those that participants name.

    Who asks together counts with the applicant once it has confirmed, before anybody is named.
    """
    named = [person.organisation for person in people if person.side == side]
    if side == Side.REQUESTING:
        named += [exchange.dossier.authority.name, *exchange.dossier.partner_names()]
    else:
        named += exchange.match.interests.values_list("authority__name", flat=True)
    return len({letters_of(name) for name in named} - {""})


def days_of(exchange):
    first, last = exchange.first_day, exchange.last_day
    if not (first and last):
        return []
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def weekdays_or_all(exchange, rules):
    return [day for day in days_of(exchange) if not rules.on_weekdays or day.weekday() < 5]


def unfilled(exchange, sessions, daily):
    """List the weekdays, or their halves, on which the agenda says nothing.

    Of the first and the last day one half is enough: people arrive and leave.
    """
    halves = {
        (session.day, half)
        for session in sessions
        for half, is_in in (
            (0, session.local_start.time() < NOON),
            (1, session.local_end.time() > NOON),
        )
        if is_in
    }
    days, empty = days_of(exchange), []
    for day in days if daily else []:
        filled = {half for half in (0, 1) if (day, half) in halves}
        needed = 1 if day in (days[0], days[-1]) else daily
        if day.weekday() < 5 and len(filled) < needed:
            words = date_format(day, "MONTH_DAY_FORMAT")
            if filled:
                half = _("morning") if 1 in filled else _("afternoon")
                words = f"{words} ({half})"
            empty.append(words)
    return empty
