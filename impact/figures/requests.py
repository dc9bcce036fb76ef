"""What towns asked for, and what became of it."""

from django.db.models import Count
from django.utils.translation import gettext as _

from applications.enums import Status
from impact.figures.shape import Figure, Section, share, table
from matching.models import Interest, Opportunity

UNDECIDED = {
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.WITHDRAWN,
    Status.CANCELLED,
}
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
    decided = sum(n for status, n in counted.items() if status not in UNDECIDED)
    admitted = sum(n for status, n in counted.items() if status in ADMITTED)
    places = dossiers.values("authority__country").distinct().count()
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
                places,
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
                [(Status(code).label, n, "") for code, n in counted.items()],
            )
        ],
    )
