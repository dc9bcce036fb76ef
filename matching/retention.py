"""How long answers, conversations and rankings are kept."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.naming import NAMELESS
from accounts.retention import (
    CONSENT,
    CONTRACT,
    PUBLIC_TASK,
    RetentionRule,
    declare_retention,
    months_period,
)
from accounts.retention_rules import DELETED, delete_rows
from applications.enums import FINAL
from matching.enums import ENDED_INTERESTS, TEXTS, InterestStatus, MatchStatus, Side
from matching.models import Consent, Interest, MatchMessage, MatchRun

REFUSED = Q(status__in=ENDED_INTERESTS) | Q(
    ~Q(status=InterestStatus.CHOSEN), dossier__status__in=FINAL
)
EMPTY = dict.fromkeys((*TEXTS, "cv", "cv_name"), "")


def empty_answers(rows, now):
    for interest in rows.exclude(cv=""):
        transaction.on_commit(partial(interest.cv.delete, save=False), robust=True)
    rows.update(**EMPTY)


def empty_messages(rows, now):
    rows.update(text="", name=NAMELESS)


def empty_consents(rows, now):
    rows.update(name=NAMELESS, address="", reason="")


declare_retention(
    RetentionRule(
        "answers",
        _("CVs and answers of experts who were not chosen"),
        CONTRACT,
        months_period(12),
        _("CV and texts are deleted"),
        lambda: Interest.objects.filter(REFUSED).exclude(**EMPTY),
        "status_since",
        empty_answers,
    ),
    RetentionRule(
        "answers-chosen",
        _("CVs and answers of experts who were chosen"),
        CONTRACT,
        months_period(36),
        _("CV and texts are deleted"),
        lambda: Interest.objects.filter(status=InterestStatus.CHOSEN).exclude(**EMPTY),
        "status_since",
        empty_answers,
    ),
    RetentionRule(
        "messages-unmatched",
        _("messages about matches that did not come about"),
        CONTRACT,
        months_period(24),
        _("texts and names are deleted"),
        lambda: MatchMessage.objects.exclude(text="").exclude(
            match__status__in=[MatchStatus.PROPOSED, MatchStatus.AGREED]
        ),
        "match__status_since",
        empty_messages,
    ),
    RetentionRule(
        "consents",
        _("names and addresses of superiors who were asked for their consent"),
        CONSENT,
        months_period(36),
        _("made nameless; the answer stays"),
        lambda: (
            Consent.objects.filter(side=Side.EMPLOYER)
            .exclude(match__status=MatchStatus.PROPOSED)
            .exclude(address="", name=NAMELESS)
        ),
        "match__status_since",
        empty_consents,
    ),
    RetentionRule(
        "rankings",
        _("rankings of experts, once the application is decided"),
        PUBLIC_TASK,
        months_period(24),
        DELETED,
        lambda: MatchRun.objects.filter(dossier__status__in=FINAL).only("requested_at", "dossier"),
        "requested_at",
        delete_rows,
    ),
)
