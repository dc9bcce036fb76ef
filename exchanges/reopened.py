"""What was ready, by its facts or by a waiver, and is missing again: staff are told of it.

A line of the budget that is written late, somebody who is named when all are insured: whoever
writes it sees it on the page, and the clock finds it for the programme team.
"""

from django.db.models import F
from django.utils import translation

from applications.people import staff_of
from connect.schedule import after, process_one_by_one
from exchanges.budget import list_unapproved_lines
from exchanges.enums import ExchangeStatus, Readiness
from exchanges.models import Exchange
from exchanges.permissions import BEFORE_COMPLETED
from exchanges.readiness import list_items, list_waived_facts
from exchanges.terms import WRITES_ON
from notifications.outbox import cancel_letters, post_letter
from notifications.recounts import recounts

MOST_READ = 50  # checklists at a time: three hundred an hour
# All was there, or waived, before an exchange came into these.
READY_IN = {ExchangeStatus.READY, ExchangeStatus.RUNNING}


def list_reopened(exchange):
    """List the items of an exchange that are missing again."""
    was_ready = exchange.status in READY_IN
    items = list_items(exchange)
    return [one for one in items if one.is_reopened or (was_ready and not one.holds)]


def save_waivers(exchange):
    """Save what is missing now of each item that staff waive: what will be missing else is not."""
    exchange.waived_facts = list_waived_facts(exchange)
    exchange.reopened = [item.code for item in list_reopened(exchange)]
    exchange.save(update_fields=["waived_facts", "reopened"])


@after("exchanges.moves.move_by_dates")
def follow_reopened(now):
    """Notify staff of what is missing again, and save it for their work; count the letters.

    A whole checklist takes a dozen queries: it reads those that were read longest ago, and no more
    than MOST_READ, whatever is open, and right after a restart too.
    """

    def follow(exchange):
        codes = [str(item.code) for item in list_reopened(exchange)]
        before = set(exchange.reopened)
        if codes != exchange.reopened:
            exchange.reopened = codes
            exchange.save(update_fields=["reopened"])
        if set(codes) <= before:
            return 0
        cancel_letters(exchange, "exchange_reopened", now=now)
        posted = 0
        for person in staff_of(exchange.dossier):
            lacking = describe_reopened(exchange, person.language)
            if lacking:
                posted += post_letter(
                    "exchange_reopened",
                    key=f"exchange:{exchange.pk}:reopened:{now:%Y%m%d%H%M%S%f}",
                    concerns=exchange,
                    to=[person],
                    path=exchange.desk_path,
                    not_before=now + WRITES_ON,
                    now=now,
                    reference=exchange.reference,
                    title=exchange.dossier.title,
                    lacking=lacking,
                )
        return posted

    going_on = Exchange.objects.filter(status__in=BEFORE_COMPLETED)
    prepared = going_on.filter(status__in=READY_IN) | going_on.exclude(checklist=[])
    longest_ago = F("checklist_read_at").asc(nulls_first=True)
    keys = list(prepared.order_by(longest_ago, "pk").values_list("pk", flat=True)[:MOST_READ])
    # Before: one that fails waits its turn again, too.
    Exchange.objects.filter(pk__in=keys).update(checklist_read_at=now)
    rows = Exchange.objects.filter(pk__in=keys).select_related("match", "dossier__authority")
    return sum(process_one_by_one(follow, rows.order_by("pk")))


def describe_reopened(exchange, language):
    """List what is missing again in words.

    Of the budget only new lines: of changed ones the officer who approved them has a letter.
    """
    is_known = all(line.approved is not None for line in list_unapproved_lines(exchange))
    with translation.override(language):
        return [
            f"{item.label} ({item.lacking})" if item.lacking else str(item.label)
            for item in list_reopened(exchange)
            if item.code != Readiness.BUDGET or not is_known
        ]


@recounts("exchange_reopened")
def recount_reopened(exchange, letter, _now):
    lacking = describe_reopened(exchange, letter.language)
    if exchange.status not in BEFORE_COMPLETED or not lacking:
        return None
    return {"lacking": lacking}
