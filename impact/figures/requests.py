"""What towns asked for, and what became of it."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django_countries import countries

from applications.enums import Status
from applications.journey import STAGES, stage_days
from impact.figures.shape import Figure, Row, Section, Table, share, table
from matching.models import Interest, Opportunity

UNDECIDED = {
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.WITHDRAWN,
    Status.CANCELLED,
}
DECIDED = set(Status) - UNDECIDED - {Status.DRAFT}
ADMITTED = {
    Status.VALIDATED,
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
    Status.MATCHED,
    Status.CLOSED,
    Status.CLOSED_NO_MATCH,
}


def requests_of(asked):
    dossiers = asked.dossiers()
    opened = Opportunity.objects.filter(dossier__in=dossiers)
    sent = Interest.objects.filter(dossier__in=dossiers, events__verb="submit").distinct()
    answers = sent.exclude(events__verb="invite").count()
    counted = dict(dossiers.values_list("status").order_by().annotate(n=Count("pk")))
    decided = sum(n for status, n in counted.items() if status in DECIDED)
    admitted = sum(n for status, n in counted.items() if status in ADMITTED)
    places = list(dossiers.values_list("authority__country").order_by().annotate(n=Count("pk")))
    requests = opened.count()
    return Section(
        _("Requests"),
        [
            Figure(
                "dossiers",
                _("dossiers sent"),
                sum(counted.values()),
                _("By towns, whatever became of them."),
            ),
            Figure(
                "dossier_countries",
                _("countries that asked"),
                len(places),
                _("Of the towns that sent a dossier."),
            ),
            Figure(
                "success",
                _("validated"),
                share(admitted, decided),
                _("Of the dossiers that were decided on."),
                "%",
            ),
            Figure(
                "opportunities",
                _("requests published"),
                requests,
                _("Looking for a colleague on the public board, now or before."),
            ),
            Figure(
                "answers",
                _("answers to a request"),
                round(answers / requests, 1) if requests else None,
                _("Sent by experts of their own accord, on average."),
            ),
            Figure(
                "unmatched",
                _("requests without a match"),
                counted.get(Status.CLOSED_NO_MATCH, 0),
                _("Closed because nobody fitted."),
            ),
        ],
        [
            table(
                "status",
                _("Dossiers by state"),
                [(Status(code).label, n, code) for code, n in counted.items()],
            ),
            table(
                "place",
                _("Dossiers by country"),
                [(countries.name(code), n, code) for code, n in places],
            ),
        ],
    )


def steps_of(asked):
    """Make a section of the days each step takes: for half of the dossiers, for nine in ten.

    It reads every event of every dossier: a page of its own, and counted for the exports.
    """
    days = stage_days(asked.dossiers(), (0.5, 0.9))
    tables = (
        (
            "days_median",
            _("Days a step takes: half of the dossiers at most"),
            _("The median over the dossiers that have left the step, from five on."),
        ),
        (
            "days_p90",
            _("Days a step takes: nine dossiers in ten at most"),
            _("One in ten takes longer."),
        ),
    )
    made = []
    for place, (code, label, words) in enumerate(tables):
        told = [(str(title), days[name][place]) for name, title, _in in STAGES if name in days]
        most = max((number for _title, number in told), default=1)
        rows = [Row(title, number, number / most) for title, number in told]
        made.append(Table(code, label, rows, words))
    return Section(_("How long each step takes"), [], made)
