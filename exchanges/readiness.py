"""What must be ready before an exchange may start.

Each item is read from what both sides wrote; staff may waive one that they know to be settled
in another way. What is missing since, as the insurance of somebody named later, is missing again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.dates import day_after
from connect.languages import join_names, join_parts
from connect.schedule import after, process_one_by_one
from connect.statuses import Kind, StatusWords
from exchanges import budget, rules
from exchanges.enums import Bringer, ExchangeStatus, Readiness, Side, Visa
from exchanges.models import Exchange, Observation
from exchanges.people import planners
from exchanges.terms import unsigned_sides
from matching.enums import Answer
from matching.enums import Side as ConsentSide
from notifications.outbox import post_letter
from notifications.recounts import recounts

# Steps of the reminder of what is missing, by days before the first day; its key names the step.
REMINDED = {"first": 30, "second": 14, "last": 7}


@dataclass(frozen=True)
class Item:
    code: str
    label: str
    holds: bool
    lacking: str  # what is missing, in words; empty where staff alone know
    who: Bringer
    due_on: date | None
    is_settled: bool = False  # staff know it to be settled in another way
    of_travellers: bool = False  # asked of those who travel alone
    page: str = ""  # the name of the page where it is brought; empty where nobody brings it there
    waiver: Any = None  # the line of the timeline by which it was waived
    is_reopened: bool = False  # it was waived, and something else is missing since

    @property
    def status(self):
        if self.is_settled:
            return StatusWords(Kind.WAIVED, _("waived"))
        if self.holds:
            return StatusWords(Kind.DONE, _("done"))
        return StatusWords(Kind.WAITING, _("missing"))


class Plan:
    """An exchange with what its items are read from, read once: a fixed number of queries."""

    def __init__(self, exchange):
        self.exchange = exchange
        self.people = list(exchange.participants.all())
        self.sessions = list(exchange.sessions.not_cancelled())
        self.travelling = [person for person in self.people if person.is_travelling]
        # Who signs the code of conduct: whoever travels, and all where they meet children or others
        # to protect (domain.md 5).
        self.is_all_bound = exchange.dossier.children == "yes"
        self.bound = self.people if self.is_all_bound else self.travelling
        self.broken = rules.find_broken_rules(exchange, self.people, self.sessions)

    @property
    def broken_elsewhere(self):
        """What the agenda lacks by the rules of the form is said at the agenda, and there alone."""
        return [one for one in self.broken if one.page != rules.AGENDA]


@dataclass(frozen=True)
class Lack:
    """Something that is missing: in words, and the facts by which a waiver knows it."""

    words: str
    facts: tuple[str, ...]


def lack(words, *facts):
    return Lack(str(words), tuple(map(str, facts)))


def lacks_terms(plan):
    terms = plan.exchange.terms.prefetch_related("signatures").last()
    if not terms:  # what is waived before anything is written is the first version
        return [lack(_("not signed by both sides yet"), 1)]
    unsigned = join_names(str(side.label) for side in unsigned_sides(terms))
    return [lack(_("not signed yet by: %s") % unsigned, terms.number)] if unsigned else []


def lacks_people(plan):
    absent = {Side.REQUESTING, Side.OFFERING} - {person.side for person in plan.people}
    return [lack(_("somebody from each side"), *absent)] if absent else []


def lacks_agenda(plan):
    unwritten = [] if plan.sessions else [lack(_("what happens on which day"), "none")]
    return unwritten + [
        lack(one.words, *one.facts) for one in plan.broken if one.page == rules.AGENDA
    ]


def lacks_rules(plan):
    return [lack(one.words, *one.facts) for one in plan.broken_elsewhere]


def find_page_of_rules(plan):
    """Return the page that mends the first of the rules that has one."""
    return next((one.page for one in plan.broken_elsewhere if one.page), "")


def each_of(people):
    return [lack(person.name, person.pk) for person in people]


def lacks_visas(plan):
    done = (Visa.NOT_NEEDED, Visa.GRANTED)
    return each_of(person for person in plan.travelling if person.visa not in done)


def lacks_insurance(plan):
    return each_of(person for person in plan.travelling if not person.is_insured)


def lacks_contacts(plan):
    return each_of(person for person in plan.travelling if not person.emergency_contact)


def lacks_conduct(plan):
    return each_of(person for person in plan.bound if not person.has_signed_conduct)


def lacks_briefing(plan):
    """List all who take part: staff alone know whom they have briefed."""
    return each_of(plan.people) or [lack("", "nobody")]


def lacks_budget(plan):
    if not plan.exchange.budget.exists():
        return [lack(_("no line yet"), "none")]
    return [lack(line.label, line.digest) for line in budget.list_unapproved_lines(plan.exchange)]


def lacks_association(plan):
    if not plan.exchange.dossier.authority.associations.exists():
        return []
    sessions = {"session__exchange": plan.exchange, "session__cancelled_at": None}
    return why_unobserved(Observation.objects.filter(**sessions))


BRINGERS_OF_SIDE = {
    Side.REQUESTING: {Bringer.BOTH},
    Side.OFFERING: {Bringer.BOTH, Bringer.EXPERTS},
}


def who_brings_budget(plan):
    """Return who is asked: staff approve what both sides have written."""
    return Bringer.TEAM if plan.exchange.budget.exists() else Bringer.BOTH


def count_travellers(names):
    """Describe how many have no visa yet; names are read where each reading is recorded."""
    words = ngettext("%d person who travels", "%d people who travel", len(names))
    return words % len(names)


@dataclass(frozen=True)
class Requirement:
    """What must be ready, the row of an item.

    days: before the first day, by which it is to hold; list_lacks(plan): what is missing; page: the
    name of the page where it is brought, or a function of the plan that finds it; of_travellers:
    asked of those who travel alone; describe: several lacks in words; is_staffs: staff alone know
    it, and waive nothing: they say that it is done.
    """

    code: Readiness
    days: int
    list_lacks: Callable[[Plan], list[Lack]]
    page: str | Callable[[Plan], str] = ""
    who: Callable[[Plan], Bringer] = lambda plan: Bringer.BOTH
    of_travellers: Callable[[Plan], bool] = lambda plan: False
    describe: Callable[[list[str]], str] = join_names
    is_staffs: bool = False

    def make_item(self, plan, waiver):
        """Return the item of an exchange as a page shows it."""
        exchange, code = plan.exchange, self.code
        lacks = self.list_lacks(plan)
        is_ticked = code in exchange.checklist
        missing = [
            one for one in lacks if not all(exchange.is_waived(code, fact) for fact in one.facts)
        ]
        is_told = not self.is_staffs or is_ticked
        return Item(
            code,
            exchange.readiness_label(code),
            not missing,
            self.describe([one.words for one in missing or lacks]) if lacks and is_told else "",
            self.who(plan),
            item_due_on(exchange, code),
            is_ticked and bool(lacks) and not missing and not self.is_staffs,
            self.of_travellers(plan),
            self.page if isinstance(self.page, str) else self.page(plan),
            waiver,
            is_ticked and bool(missing),
        )


PEOPLE, AGENDA = "exchange-participants", "exchange-agenda"
# In the order of their dates
REQUIREMENTS = {
    one.code: one
    for one in (
        Requirement(Readiness.TERMS, 30, lacks_terms, "exchange-terms"),
        Requirement(Readiness.PEOPLE, 30, lacks_people, PEOPLE),
        Requirement(Readiness.AGENDA, 30, lacks_agenda, AGENDA, describe=join_parts),
        Requirement(
            Readiness.VISA,
            30,
            lacks_visas,
            PEOPLE,
            of_travellers=lambda plan: True,
            describe=count_travellers,
        ),
        Requirement(
            Readiness.EMPLOYER,
            30,
            lambda plan: list_missing_employers(plan.exchange.match),
            who=lambda plan: Bringer.EXPERTS,
        ),
        Requirement(
            Readiness.BUDGET,
            30,
            lacks_budget,
            "exchange-budget",
            who_brings_budget,
        ),
        Requirement(Readiness.RULES, 30, lacks_rules, find_page_of_rules, describe=join_parts),
        Requirement(Readiness.ASSOCIATION, 14, lacks_association, AGENDA),
        Requirement(
            Readiness.INSURANCE, 14, lacks_insurance, PEOPLE, of_travellers=lambda plan: True
        ),
        Requirement(
            Readiness.BRIEFING,
            14,
            lacks_briefing,
            who=lambda plan: Bringer.TEAM,
            is_staffs=True,
        ),
        Requirement(Readiness.CONTACTS, 7, lacks_contacts, PEOPLE, of_travellers=lambda plan: True),
        Requirement(
            Readiness.CONDUCT,
            7,
            lacks_conduct,
            PEOPLE,
            of_travellers=lambda plan: not plan.is_all_bound,
        ),
    )
}


def item_due_on(exchange, code):
    """Return the day by which an item is to hold; None while no first day is set."""
    start = exchange.first_day
    return day_after(start, -timedelta(days=REQUIREMENTS[code].days)) if start else None


def list_items(exchange):
    """List all items of an exchange, in the order of their dates, in a fixed number of queries."""
    plan, waivers = Plan(exchange), find_waivers(exchange)
    return [one.make_item(plan, waivers.get(code)) for code, one in REQUIREMENTS.items()]


def list_missing_of_side(items, side):
    """List the items that still wait for a side of an exchange."""
    return [item for item in items if not item.holds and item.who in BRINGERS_OF_SIDE[side]]


def find_waivers(exchange):
    """Return {item: the line of the timeline by which it is waived}, the last with its reason."""
    waivers: dict[str, Any] = {}
    for event in exchange.events.filter(verb="settle").select_related("actor"):
        items = event.details.get("items", [])
        same = {
            code: one
            for code, one in waivers.items()
            if code in items and one.details.get("note") == event.details.get("note")
        }
        waivers = dict.fromkeys(items, event) | same
    return waivers


def list_missing_employers(match):
    """List the employers of experts who have not agreed, and the experts who left them since."""
    there = match.interests.still_employed().values("pk")
    asked = match.consents.filter(side=ConsentSide.EMPLOYER, interest__in=there)
    return [
        *(lack(one.name, one.pk) for one in asked.exclude(answer=Answer.YES)),
        *(lack(words_of_leaver(one), f"left:{one.pk}") for one in answers_of_leavers(match)),
    ]


def answers_of_leavers(match):
    """Return the answers of a match whose experts have left the authority that agreed."""
    there = match.interests.still_employed().values("pk")
    return match.interests.exclude(pk__in=there).select_related("expert__user", "authority")


def words_of_leaver(interest):
    words = _("%(expert)s no longer works for %(authority)s")
    return words % {"expert": interest.expert, "authority": interest.authority.name}


def why_unobserved(observed):
    """List why no association observes yet: none is invited, or nobody there can be reached."""
    invited = dict(observed.values_list("association", "association__name"))
    if not invited:
        return [lack(_("nobody is invited to observe yet"), "none")]
    if observed.notified().exists():
        return []
    words = _("nobody at %s can receive e-mails") % join_names(sorted(set(invited.values())))
    return [lack(words, *invited)]


def list_waived_facts(exchange):
    """Return {item: facts} of what is missing now of each item that is ticked as waived."""
    plan = Plan(exchange)
    return {
        code: sorted({fact for one in REQUIREMENTS[code].list_lacks(plan) for fact in one.facts})
        for code in exchange.checklist
    }


def list_standing_waivers(exchange):
    """List the ticked items of which nothing is missing since."""
    reopened = {item.code for item in list_items(exchange) if item.is_reopened}
    return [code for code in exchange.checklist if code not in reopened]


def list_missing(exchange):
    """List what is still missing, as words."""
    return [
        f"{item.label} ({item.lacking})" if item.lacking else str(item.label)
        for item in list_items(exchange)
        if not item.holds
    ]


@after("exchanges.moves.move_by_dates")
def remind_of_missing(now):
    """Notify both sides of what is missing 30, 14 and 7 days before the first day; count them."""
    today = timezone.localdate(now)

    def remind(exchange):
        assert exchange.planned_start is not None
        posted, days_left = 0, (exchange.planned_start - today).days
        stage = [step for step, days in REMINDED.items() if days_left <= days][-1]
        # Once a step of each plan: of one that was postponed and planned anew, all are told anew.
        planned_at = f"{exchange.status_since.timestamp():f}"
        for person in planners(exchange):
            with translation.override(person.language):
                lacking = list_missing(exchange)
            if lacking:
                posted += post_letter(
                    "exchange_missing",
                    key=f"exchange:{exchange.pk}:missing:{planned_at}:{stage}",
                    concerns=exchange,
                    to=[person],
                    path=exchange.path,
                    reminds=True,
                    reference=exchange.reference,
                    title=exchange.dossier.title,
                    starts_on=exchange.planned_start.isoformat(),
                    lacking=lacking,
                )
        return posted

    soon = Exchange.objects.filter(
        status=ExchangeStatus.PLANNED,
        planned_start__gte=today,
        planned_start__lte=today + timedelta(days=REMINDED["first"]),
    ).select_related("match", "dossier__authority")
    return sum(process_one_by_one(remind, soon.order_by("pk")))


@recounts("exchange_missing")
def recount_missing(exchange, letter, _now):
    with translation.override(letter.language):
        lacking = list_missing(exchange)
    if exchange.status != ExchangeStatus.PLANNED or not lacking:
        return None
    return {"starts_on": exchange.planned_start.isoformat(), "lacking": lacking}
