"""What towns asked for, and what became of it."""

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext as _
from django_countries import countries

from applications.enums import UNSENT, Status
from applications.journey import STAGES, stage_days
from connect.anonymity import FEW
from exchanges.models import Exchange
from exchanges.permissions import BEGUN
from impact.figures.shape import Figure, Kind, Row, Section, Table, share, summed, table
from matching.models import Interest, Opportunity

UNDECIDED = {
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.WITHDRAWN,
    Status.CANCELLED,
}
DECIDED = set(Status) - UNDECIDED - UNSENT
ADMITTED = {
    Status.VALIDATED,
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
    Status.MATCHED,
    Status.CLOSED,
    Status.CLOSED_NO_MATCH,
}
# A dossier is public once its request was published, or an exchange of it was held.
IS_PUBLIC = Q(Exists(Opportunity.objects.filter(dossier=OuterRef("pk")))) | Q(
    Exists(Exchange.objects.filter(dossier=OuterRef("pk"), status__in=BEGUN))
)


def requests_of(asked):
    dossiers = asked.dossiers()
    opened = Opportunity.objects.filter(dossier__in=dossiers)
    answers = Interest.objects.of_own_accord().filter(dossier__in=dossiers).count()
    rows = list(
        dossiers.annotate(is_public=ExpressionWrapper(IS_PUBLIC, BooleanField()))
        .values_list("status", "authority__country", "is_public")
        .order_by()
        .annotate(n=Count("pk"))
    )
    published = [row for row in rows if row[2]]
    states, places = summed(rows, 0), summed(rows, 1)
    public_states, public_places = summed(published, 0), summed(published, 1)
    decided = sum(n for status, n in states.items() if status in DECIDED)
    admitted = sum(n for status, n in states.items() if status in ADMITTED)
    requests = opened.count()
    return Section(
        _("Requests"),
        [
            Figure(
                "dossiers",
                _("dossiers sent"),
                sum(states.values()),
                _("By towns, whatever became of them."),
                kind=Kind.DOSSIERS,
            ),
            Figure(
                "dossier_countries",
                _("countries that asked"),
                len(places),
                _("Of the towns that sent a dossier."),
                kind=Kind.DOSSIERS,
                public=len(public_places),
            ),
            Figure(
                "success",
                _("validated"),
                share(admitted, decided),
                _("Of the dossiers that were decided on."),
                "%",
                kind=Kind.DOSSIERS,
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
                kind=Kind.ANSWERS,  # how many answered an open request is not theirs to know
                basis=answers,
                in_halves=round(2 * (answers // FEW * FEW) / requests) / 2 if requests else None,
            ),
            Figure(
                "unmatched",
                _("requests without a match"),
                states.get(Status.CLOSED_NO_MATCH, 0),
                _("Closed because nobody fitted."),
                kind=Kind.DOSSIERS,
                public=public_states.get(Status.CLOSED_NO_MATCH, 0),
            ),
        ],
        [
            table(
                "status",
                _("Dossiers by state"),
                [
                    (Status(code).label, n, code, public_states.get(code, 0))
                    for code, n in states.items()
                ],
                kind=Kind.DOSSIERS,
            ),
            table(
                "place",
                _("Dossiers by country"),
                [
                    (countries.name(code), n, code, public_places.get(code, 0))
                    for code, n in places.items()
                ],
                kind=Kind.DOSSIERS,
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
        made.append(Table(code, label, rows, words, Kind.DOSSIERS))
    return Section(_("How long each step takes"), [], made)
