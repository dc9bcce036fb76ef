"""What came of exchanges: measures, reports, good practices."""

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from exchanges.enums import MeasureStatus
from exchanges.models import FollowUp, Measure, MeasureReport
from impact.figures.shape import Figure, Section, not_asked, share, summed, table
from practices.models import Practice


def afterwards_of(held, today):
    measures = Measure.objects.filter(plan__exchange__in=held)
    shown = MeasureReport.objects.filter(measure=OuterRef("pk")).exclude(evidence="")
    rows = list(
        measures.annotate(shown=Exists(shown))
        .values_list("status", "shown")
        .order_by()
        .annotate(n=Count("pk"))
    )
    counted = summed(rows, 0)
    done = counted.get(MeasureStatus.DONE, 0)
    proved = sum(n for status, has, n in rows if has and status == MeasureStatus.DONE)
    reports = MeasureReport.objects.filter(follow_up__exchange__in=held)
    at = {
        (month, status): n
        for month, status, n in reports.values_list("follow_up__month", "status")
        .order_by()
        .annotate(n=Count("pk"))
    }
    asked = {
        row["month"]: row
        for row in FollowUp.objects.filter(exchange__in=held, due_on__lte=today)
        .values("month")
        .order_by()
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    }
    practices = (
        Practice.objects.published()
        .filter(exchange__in=held)
        .aggregate(n=Count("pk"), views=Sum("views"))
    )

    def rate(month):
        row = asked.get(month)
        return share(row["answered"], row["asked"]) if row else None

    def of_month(month):
        return [(MeasureStatus(code).label, n, code) for (m, code), n in at.items() if m == month]

    return Section(
        _("What came of it"),
        [
            Figure(
                "measures",
                _("measures"),
                sum(counted.values()),
                _("Written down in the towns' action plans."),
            ),
            Figure("done", _("measures done"), done, _("As the towns last reported.")),
            Figure(
                "proved",
                _("of them with evidence"),
                share(proved, done),
                _("A photo or a document shows it."),
                "%",
            ),
            Figure(
                "reports_6",
                _("reports after 6 months"),
                rate(6),
                _("Of the reports that were due; what never came is no success."),
                "%",
                note="" if 6 in asked else not_asked(),
            ),
            Figure(
                "reports_12",
                _("reports after 12 months"),
                rate(12),
                _("Of the reports that were due; what never came is no success."),
                "%",
                note="" if 12 in asked else not_asked(),
            ),
            Figure(
                "practices",
                _("good practices"),
                practices["n"],
                _("Published with the agreement of both sides."),
            ),
            Figure(
                "views",
                _("times they were read"),
                practices["views"] or 0,
                _("Openings of their pages by others than those who wrote them."),
            ),
        ],
        [
            table(
                "measures",
                _("Measures as they stand"),
                [(MeasureStatus(code).label, n, code) for code, n in counted.items()],
            ),
            table("measures_6", _("As reported after 6 months"), of_month(6)),
            table("measures_12", _("As reported after 12 months"), of_month(12)),
        ],
    )
