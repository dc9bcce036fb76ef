"""How long exchanges keep what they hold of people."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.naming import NAMELESS
from accounts.retention import (
    CONSENT,
    CONTRACT,
    INTEREST,
    LEGAL_DUTY,
    PUBLIC_TASK,
    RetentionRule,
    declare_retention,
    months_period,
)
from accounts.retention_rules import DELETED, delete_rows
from exchanges.enums import ExchangeStatus
from exchanges.models import BudgetLine, DiaryEntry, Evaluation, Incident, Participant
from exchanges.moves import CONTACTS_KEPT, move_by_dates, participants_with_contacts
from matching.models import MatchMessage
from matching.retention import empty_messages

ENDED = [ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED]


def empty_addresses(rows, now):
    rows.update(address="", follows_thread=False)


def make_nameless(rows, now):
    rows.update(name=NAMELESS, function="", address="")


def tie_to_nobody(rows, now):
    rows.update(participant=None)


def empty_incidents(rows, now):
    rows.update(account="", done="")


def delete_receipts(rows, now):
    for line in rows:
        transaction.on_commit(partial(line.receipt.delete, save=False), robust=True)
    rows.update(receipt="", receipt_name="", receipt_type="")


def intern(entry):
    people = [entry.participant.recipient] if entry.participant.email else []
    # Who has no account asks there for a copy of what is theirs: their own link ended long ago.
    path = entry.participant.exchange.path if entry.participant.user_id else "/data/"
    return people, "diary_goes", path


declare_retention(
    RetentionRule(
        "emergency",
        _("emergency contacts, and who needs a visa"),
        CONTRACT,
        CONTACTS_KEPT,
        DELETED,
        participants_with_contacts,
        "not_needed_since",
        rule=move_by_dates,
    ),
    RetentionRule(
        "diaries",
        _("diaries of internships"),
        CONTRACT,
        months_period(24),
        _("the intern is told twice, then it is deleted"),
        lambda: DiaryEntry.objects.filter(participant__exchange__status__in=ENDED).select_related(
            "participant__exchange", "participant__user"
        ),
        "participant__exchange__status_since",
        delete_rows,
        warning=intern,
    ),
    RetentionRule(
        "messages",
        _("messages of those who took part in an exchange"),
        CONTRACT,
        months_period(24),
        _("texts and names are deleted"),
        lambda: MatchMessage.objects.exclude(text="").filter(match__exchange__status__in=ENDED),
        "match__exchange__status_since",
        empty_messages,
    ),
    RetentionRule(
        "evaluations",
        _("who gave which answers to a questionnaire"),
        CONSENT,
        months_period(12),
        _("answers stay, tied to nobody"),
        lambda: Evaluation.objects.filter(exchange__status__in=ENDED).exclude(participant=None),
        "exchange__status_since",
        tie_to_nobody,
    ),
    RetentionRule(
        "participants-addresses",
        _("addresses of those who took part without an account"),
        PUBLIC_TASK,
        months_period(24),
        DELETED,
        lambda: Participant.objects.filter(exchange__status__in=ENDED).exclude(address=""),
        "exchange__status_since",
        empty_addresses,
    ),
    RetentionRule(
        "participants",
        _("who took part in an exchange"),
        LEGAL_DUTY,
        months_period(120),
        _("made nameless; how many took part stays"),
        lambda: Participant.objects.filter(exchange__status__in=ENDED).exclude(name=NAMELESS),
        "exchange__status_since",
        make_nameless,
    ),
    RetentionRule(
        "receipts",
        _("receipts of what an exchange cost"),
        LEGAL_DUTY,
        months_period(120),
        _("the files are deleted; the sums stay"),
        lambda: BudgetLine.objects.filter(exchange__status__in=ENDED).exclude(receipt=""),
        "exchange__status_since",
        delete_receipts,
    ),
    RetentionRule(
        "incidents",
        _("reports of incidents"),
        INTEREST,
        months_period(60),
        _("what happened and was done is deleted; that there was an incident stays"),
        lambda: Incident.objects.exclude(closed_at=None).exclude(account="", done=""),
        "closed_at",
        empty_incidents,
    ),
)
