"""What must be ready before an exchange may start.

Each item is read from what both sides wrote; staff may tick one that they know to be settled
in another way.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.dates import day_after
from connect.languages import join_names, join_parts
from connect.schedule import after, process_one_by_one
from exchanges import budget, rules
from exchanges.enums import ExchangeStatus, Readiness, Side, Visa
from exchanges.models import Exchange, Observation
from exchanges.people import planners
from exchanges.terms import unsigned_sides
from matching.enums import Answer
from matching.enums import Side as ConsentSide
from notifications.outbox import post_letter

DUE = {  # days before the first day
    Readiness.TERMS: 30,
    Readiness.PEOPLE: 30,
    Readiness.AGENDA: 30,
    Readiness.VISA: 30,
    Readiness.EMPLOYER: 30,
    Readiness.BUDGET: 30,
    Readiness.RULES: 30,
    Readiness.ASSOCIATION: 14,
    Readiness.INSURANCE: 14,
    Readiness.BRIEFING: 14,
    Readiness.CONTACTS: 7,
    Readiness.CONDUCT: 7,
}
PAGES = {  # where each is brought
    Readiness.TERMS: "exchange-terms",
    Readiness.AGENDA: "exchange-agenda",
    Readiness.ASSOCIATION: "exchange-agenda",
    Readiness.BUDGET: "exchange-budget",
    **dict.fromkeys(
        (
            *(Readiness.PEOPLE, Readiness.VISA, Readiness.INSURANCE),
            *(Readiness.CONTACTS, Readiness.CONDUCT),
        ),
        "exchange-participants",
    ),
}
OF_TRAVELLERS = {Readiness.VISA, Readiness.INSURANCE, Readiness.CONTACTS, Readiness.CONDUCT}
# The step, by which a letter is known: days before the first day on which what is missing is told.
REMINDED = {"first": 30, "second": 14, "last": 7}


@dataclass(frozen=True)
class Item:
    code: str
    label: str
    holds: bool
    lacking: str  # what is missing, in words; empty where staff alone know
    who: str
    due_on: date | None
    is_settled: bool = False  # staff know it to be settled in another way
    of_travellers: bool = False  # asked of those who travel alone
    page: str = ""  # the name of the page where it is brought; empty where nobody brings it there
    waiver: Any = None  # the line of the timeline by which it was waived


def item_due_on(exchange, code):
    """Return the day by which an item is to hold; None while no first day is set."""
    start = exchange.first_day
    return day_after(start, -timedelta(days=DUE[code])) if start else None


def list_items(exchange):
    """List all items of an exchange, in the order of their dates, in a fixed number of queries."""
    people, sessions = list(exchange.participants.all()), list(exchange.sessions.not_cancelled())
    travelling = [person for person in people if person.is_travelling]
    # By whoever travels, and by all where they meet children or others to protect (domain.md 5).
    bound = people if exchange.dossier.children == "yes" else travelling
    broken = rules.find_broken_rules(exchange, people, sessions)
    found = words_of_lacking(exchange, people, sessions, travelling, bound)
    # What the agenda lacks by the rules of the form is said at the agenda, and there alone.
    of_agenda = [words for words, page in broken if page == rules.AGENDA]
    others = [(words, page) for words, page in broken if page != rules.AGENDA]
    found[Readiness.AGENDA] = join_parts([*filter(None, [found[Readiness.AGENDA]]), *of_agenda])
    found[Readiness.RULES] = join_parts([words for words, _page in others])
    # Of several rules to the page that mends the first.
    pages = PAGES | {Readiness.RULES: next((page for _words, page in others if page), "")}
    waivers = find_waivers(exchange)
    has_lines = exchange.budget.exists()  # staff approve what both sides have written
    who = {
        Readiness.BUDGET: _("the programme team") if has_lines else _("both sides"),
        Readiness.BRIEFING: _("the programme team"),
        Readiness.EMPLOYER: _("the experts"),
    }
    return [
        Item(
            code,
            exchange.readiness_label(code),
            code in exchange.checklist or (code in found and not found[code]),
            found.get(code, ""),
            who.get(code, _("both sides")),
            item_due_on(exchange, code),
            code in exchange.checklist and code in found and bool(found[code]),
            code in OF_TRAVELLERS and (code != Readiness.CONDUCT or bound is travelling),
            pages.get(code, ""),
            waivers.get(code),
        )
        for code in DUE
    ]


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


def words_of_lacking(exchange, people, sessions, travelling, bound):
    """Return {item: what it lacks in words, or ""} of those that are read from what was written.

    bound: those who sign the code of conduct.
    """
    both = {Side.REQUESTING, Side.OFFERING} <= {person.side for person in people}
    terms = exchange.terms.prefetch_related("signatures").last()
    unsigned = join_names(str(side.label) for side in unsigned_sides(terms)) if terms else ""
    observed = Observation.objects.filter(session__exchange=exchange, session__cancelled_at=None)
    associations = exchange.dossier.authority.associations.exists()

    def unmet(people, lacks):
        return join_names(person.name for person in people if lacks(person))

    return {
        Readiness.TERMS: (
            unsigned and _("not signed yet by: %s") % unsigned
            if terms
            else _("not signed by both sides yet")
        ),
        Readiness.PEOPLE: "" if both else _("somebody from each side"),
        Readiness.AGENDA: "" if sessions else _("what happens on which day"),
        Readiness.EMPLOYER: join_names(list_missing_employers(exchange.match)),
        Readiness.VISA: visa_notice(travelling),
        Readiness.INSURANCE: unmet(travelling, lambda person: not person.is_insured),
        Readiness.CONTACTS: unmet(travelling, lambda person: not person.emergency_contact),
        Readiness.CONDUCT: unmet(bound, lambda person: not person.has_signed_conduct),
        Readiness.BUDGET: budget.missing_from_budget(exchange),
        Readiness.ASSOCIATION: why_unobserved(observed) if associations else "",
    }


def list_missing_employers(match):
    """List the employers of experts who have not agreed, and the experts who left them since."""
    there = match.interests.still_employed().values("pk")
    asked = match.consents.filter(side=ConsentSide.EMPLOYER, interest__in=there)
    return [
        *asked.exclude(answer=Answer.YES).values_list("name", flat=True),
        *(words_of_leaver(one) for one in answers_of_leavers(match)),
    ]


def answers_of_leavers(match):
    """Return the answers of a match whose experts have left the authority that agreed."""
    there = match.interests.still_employed().values("pk")
    return match.interests.exclude(pk__in=there).select_related("expert__user", "authority")


def words_of_leaver(interest):
    words = _("%(expert)s no longer works for %(authority)s")
    return words % {"expert": interest.expert, "authority": interest.authority.name}


def why_unobserved(observed):
    """Return why no association observes yet: none is invited, or nobody there can be reached."""
    names = list(observed.values_list("association__name", flat=True))
    if not names:
        return _("nobody is invited to observe yet")
    if observed.notified().exists():
        return ""
    return _("nobody at %s can receive e-mails") % join_names(sorted(set(names)))


def visa_notice(travelling):
    """Describe how many have no visa yet; names are read where each reading is recorded."""
    lacking = [one for one in travelling if one.visa not in (Visa.NOT_NEEDED, Visa.GRANTED)]
    number = len(lacking)
    words = ngettext("%d person who travels", "%d people who travel", number)
    return words % number if lacking else ""


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
        told, left = 0, (exchange.planned_start - today).days
        stage = [step for step, days in REMINDED.items() if left <= days][-1]
        # Once a step of each plan: of one that was postponed and planned anew, all are told anew.
        planned_at = f"{exchange.status_since.timestamp():f}"
        for person in planners(exchange):
            with translation.override(person.language):
                lacking = list_missing(exchange)
            if lacking:
                told += post_letter(
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
        return told

    soon = Exchange.objects.filter(
        status=ExchangeStatus.PLANNED,
        planned_start__gte=today,
        planned_start__lte=today + timedelta(days=REMINDED["first"]),
    ).select_related("match", "dossier__authority")
    return sum(process_one_by_one(remind, soon.order_by("pk")))
