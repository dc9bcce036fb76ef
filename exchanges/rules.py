"""The rules of the forms of exchange (domain.md 7): how long, how many, who and what must be there.

All of them warn: staff may settle what breaks one with a reason, for reality is wider than rules.
"""

from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connect.dates import days_between, is_weekday
from connect.languages import join_names
from exchanges.enums import BudgetCategory, Mode, Part, SessionKind, Side
from registry.spellings import same_town

NOON = time(13)
DAYS, PEOPLE, AGENDA = "exchange-days", "exchange-participants", "exchange-agenda"
JOURNEYS = {
    BudgetCategory.TRAVEL,
    BudgetCategory.PER_DIEM,
    BudgetCategory.ACCOMMODATION,
    BudgetCategory.VISA,
}


@dataclass(frozen=True)
class Broken:
    """A rule that is broken.

    facts: what breaks it, as a waiver remembers it; page: the name of the page that mends it.
    """

    facts: tuple[str, ...]
    words: str
    page: str


def find_broken_rules(exchange, people, sessions):
    """Return each rule that is broken; the dates of the exchange may still be missing."""
    form = exchange.exchange_form
    broken = [
        Broken(
            (f"{code}:{count}",),
            _("%(what)s: %(count)d, not %(bounds)s")
            % {"what": what, "count": count, "bounds": bounds_in_words(bounds)},
            page,
        )
        for code, what, count, bounds, page in count_people_and_days(exchange, people)
        if bounds and not is_within(count, bounds)
    ]
    parts = {person.part for person in people}
    if (needed := form.required_part) and needed not in parts:
        broken.append(find_no_part(Part(needed)))
    if not exchange.languages:
        broken.append(Broken(("languages",), _("no working language is chosen"), ""))
    if exchange.needs_interpreter and Part.INTERPRETER not in parts:
        broken.append(find_no_part(Part.INTERPRETER))
    if exchange.mode == Mode.REMOTE and exchange.budget.filter(category__in=JOURNEYS).exists():
        words = _("the budget has journeys, but nobody travels")
        broken.append(Broken(("journeys",), words, "exchange-budget"))
    return broken + find_rules_of_agenda(exchange, sessions)


def find_no_part(part):
    return Broken((f"part:{part}",), _("no %s is named") % part.label, PEOPLE)


def find_rules_of_agenda(exchange, sessions):
    """Return each rule that the agenda breaks."""
    form, broken = exchange.exchange_form, []
    closing = form.closing_session
    if closing and not any(one.kind == closing for one in sessions):
        words = _("the agenda lacks: %s") % SessionKind(closing).label
        broken.append(Broken((f"closing:{closing}",), words, AGENDA))
    if empty := unfilled_days(exchange, sessions, form.filled_halves):
        words = _("no agenda item on: %s") % join_names(empty.values())
        broken.append(Broken(tuple(chain(*empty)), words, AGENDA))
    if form.needs_themes:
        broken += [
            Broken((f"aim:{one.pk}",), _("the learning aim of “%s”") % one.title, AGENDA)
            for one in sessions
            if one.kind == SessionKind.VISIT and not one.theme
        ]
    return broken


def count_people_and_days(exchange, people):
    """Return (code, what, how many, bounds of the form or None, page) of what has bounds."""
    form = exchange.exchange_form
    guests, hosts = exchange.travelling_side, exchange.hosting_side
    days = weekdays_or_all(exchange, form)
    counts = [
        ("days", _("days"), len(days), form.days if days else None, DAYS),
        (
            "asking",
            _("applicant authorities"),
            count_authorities(exchange, people, Side.REQUESTING),
            form.asking_authorities,
            PEOPLE,
        ),
        (
            "helping",
            _("offering authorities"),
            count_authorities(exchange, people, Side.OFFERING),
            form.helping_authorities,
            PEOPLE,
        ),
    ]
    if exchange.mode != Mode.REMOTE:
        travel = sum(person.travels and person.side == guests for person in people)
        there = sum(not person.travels and person.side == hosts for person in people)
        # Where guests come to the experts, the people of the place are not the town's own.
        local = form.local_participants if hosts == Side.REQUESTING else None
        counts += [
            (
                "travellers",
                _("travellers"),
                travel,
                form.travellers if form.counts_travellers else None,
                PEOPLE,
            ),
            ("local", _("local participants"), there, local, PEOPLE),
        ]
    return counts


def is_within(count, bounds):
    least, most = bounds
    return least <= count and (most is None or count <= most)


def bounds_in_words(bounds):
    least, most = bounds
    if most is None:
        return _("%d or more") % least
    if least == most:
        return str(least)
    return _("%(least)d to %(most)d") % {"least": least, "most": most}


def count_authorities(exchange, people, side):
    """Count the authorities of a side: those of the match, and those that participants name.

    Who asks together counts with the applicant once it has confirmed, before anybody is named.
    """
    named = [person.organisation for person in people if person.side == side]
    if side == Side.REQUESTING:
        dossier = exchange.dossier
        known = {dossier.authority, *dossier.partners.all()}
        named += dossier.partner_names()
    else:
        known = {interest.authority for interest in exchange.match.interests.all()}
    met = [name for authority in known for name in authority.names]
    others = 0
    for name in filter(None, named):
        if not any(same_town(name, other) for other in met):
            met.append(name)
            others += 1
    return len(known) + others


def list_exchange_days(exchange):
    first, last = exchange.first_day, exchange.last_day
    if not (first and last):
        return []
    return days_between(first, last)


def weekdays_or_all(exchange, form):
    return [
        day for day in list_exchange_days(exchange) if not form.counts_weekdays or is_weekday(day)
    ]


def unfilled_days(exchange, sessions, daily):
    """Return {its halves: words} of the weekdays on which the agenda says nothing.

    A day is counted from the first, with which an agenda moves. Of the first and the last day one
    half is enough: people arrive and leave.
    """
    halves = {
        (session.day, half)
        for session in sessions
        for half, is_in in (
            (0, session.start_there.time() < NOON),
            (1, session.end_there.replace(tzinfo=None) > datetime.combine(session.day, NOON)),
        )
        if is_in
    }
    days, empty = list_exchange_days(exchange), {}
    for number, day in enumerate(days if daily else []):
        filled = {half for half in (0, 1) if (day, half) in halves}
        needed = 1 if day in (days[0], days[-1]) else daily
        if is_weekday(day) and len(filled) < needed:
            words = date_format(day, "MONTH_DAY_FORMAT")
            if filled:
                half = _("morning") if 1 in filled else _("afternoon")
                words = f"{words} ({half})"
            empty[tuple(f"day:{number}:{half}" for half in {0, 1} - filled)] = words
    return empty
