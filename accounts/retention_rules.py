"""How long accounts, letters and what belongs to them are kept."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.closing import REGRET, follow_closings
from accounts.copies import delete_old_copies
from accounts.models import Closing, DataCopy, DataRequest, Erasure
from accounts.retention import (
    CONSENT,
    CONTRACT,
    INTEREST,
    READING,
    RetentionRule,
    declare_retention,
    months_period,
)
from accounts.sessions import OTHERS, delete_ended_sessions
from accounts.unused import GOES_AFTER, follow_unused, idle_users
from connect import links
from connect.cleaning import clear_sessions
from connect.exports import KEPT_FOR, delete_old_exports
from connect.models import Export, Translation
from notifications.mailing_models import Mailing, MailingState
from notifications.models import DeadAddress, Letter, Pause

DELETED = _("deleted")
RIGHT_OF_ACCESS, RIGHT_TO_ERASURE = (
    _("the right of access (art. 15)"),
    _("the right to erasure (art. 17)"),
)
TEXTLESS = Q(name="", subject="", body="", context={}, path="")


def delete_rows(rows, now):
    rows.delete()


def empty_letters(rows, now):
    rows.cancel(now)
    rows.update(name="", subject="", body="", context={}, path="", last_error="")


def empty_mailings(rows, now):
    rows.update(texts={}, rows=[])


declare_retention(
    RetentionRule(
        "accounts",
        _("accounts that nobody signs in to, unless something of them is open"),
        CONTRACT,
        GOES_AFTER,
        _("the person is told twice, then made nameless everywhere"),
        idle_users,
        "used_at",
        rule=follow_unused,
    ),
    RetentionRule(
        "closings",
        _("accounts and addresses whose owner asked for their data to be erased"),
        RIGHT_TO_ERASURE,
        REGRET,
        _("the person is told twice, then made nameless everywhere"),
        Closing.objects.all,
        "asked_at",
        rule=follow_closings,
    ),
    RetentionRule(
        "letters-text",
        _("the text of e-mails that were sent, and the names in them"),
        CONTRACT,
        months_period(12),
        _("text and names are deleted; that it was sent stays"),
        lambda: Letter.objects.exclude(TEXTLESS),
        "created_at",
        empty_letters,
    ),
    RetentionRule(
        "letters",
        _("that an e-mail was sent, to which address, when"),
        INTEREST,
        months_period(36),
        DELETED,
        lambda: Letter.objects.exclude(pk__in=DeadAddress.objects.values("letter")),
        "created_at",
        delete_rows,
    ),
    RetentionRule(
        "mailing-drafts",
        _("drafts of e-mails to many"),
        INTEREST,
        months_period(6),
        DELETED,
        lambda: Mailing.objects.filter(state=MailingState.DRAFT),
        "made_at",
        delete_rows,
    ),
    RetentionRule(
        "mailings",
        _("the text of e-mails to many, and for whom they were"),
        CONTRACT,
        months_period(12),
        _("texts and readers are deleted; that it was sent stays"),
        lambda: Mailing.objects.exclude(state=MailingState.DRAFT).exclude(texts={}, rows=[]),
        "made_at",
        empty_mailings,
    ),
    RetentionRule(
        "dead-addresses",
        _("addresses from which e-mails came back"),
        INTEREST,
        months_period(24),
        DELETED,
        DeadAddress.objects.all,
        "at",
        delete_rows,
    ),
    RetentionRule(
        "pauses",
        _("which e-mails an address does not want"),
        CONSENT,
        months_period(60),
        DELETED,
        Pause.objects.all,
        "at",
        delete_rows,
    ),
    RetentionRule(
        "sessions",
        _("sessions of people who signed in"),
        INTEREST,
        timedelta(0),
        _("deleted once they have ended"),
        Session.objects.all,
        "expire_date",
        rule=clear_sessions,
    ),
    RetentionRule(
        "sessions-list",
        _("where and with which browser people signed in"),
        INTEREST,
        OTHERS.whole,
        DELETED,
        UserSession.objects.all,
        "last_seen_at",
        rule=delete_ended_sessions,
    ),
    RetentionRule(
        "links",
        _("to whom links in e-mails were given, from the day they end"),
        INTEREST,
        links.KEPT_FOR,
        DELETED,
        links.Link.objects.all,
        "expires_at",
        rule=links.delete_old_links,
    ),
    RetentionRule(
        "translations",
        _("machine translations of texts, and who asked for them"),
        READING,
        timedelta(days=90),
        _("deleted; sooner where the text itself is changed or deleted"),
        Translation.objects.all,
        "asked_at",
        delete_rows,
    ),
    RetentionRule(
        "exports",
        _("lists that the programme team exports"),
        INTEREST,
        KEPT_FOR,
        DELETED,
        lambda: Export.objects.defer("rows"),
        "asked_at",
        rule=delete_old_exports,
    ),
    RetentionRule(
        "copies",
        _("copies of somebody's data, made for them"),
        RIGHT_OF_ACCESS,
        KEPT_FOR,
        DELETED,
        DataCopy.objects.all,
        "asked_at",
        rule=delete_old_copies,
    ),
    RetentionRule(
        "data-requests",
        _("that somebody asked what is held of an address"),
        RIGHT_OF_ACCESS,
        timedelta(days=1),
        DELETED,
        DataRequest.objects.all,
        "asked_at",
        delete_rows,
    ),
    RetentionRule(
        "admin-log",
        _("what the programme team changed by hand in the admin"),
        INTEREST,
        months_period(12),
        DELETED,
        LogEntry.objects.all,
        "action_time",
        delete_rows,
    ),
    RetentionRule(
        "erasures",
        _("the journal of erasures, which names nobody without its key"),
        RIGHT_TO_ERASURE,
        months_period(36),
        _("deleted once no backup goes back that far"),
        Erasure.objects.all,
        "at",
        delete_rows,
    ),
)
