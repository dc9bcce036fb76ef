"""What those who took part think: means of five answers or more."""

from django.db.models import Avg, Count, F, FloatField, IntegerField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from connect.anonymity import FEW
from exchanges.enums import Moment
from exchanges.models import Evaluation
from impact.figures.shape import Figure, Kind, Section, not_asked, share


def opinions_of(held, today):
    ends = Evaluation.objects.filter(exchange__in=held, moment=Moment.END)
    asked = ends.filter(Q(due_on__lt=today) | Q(answered_at__isnull=False))
    satisfied, before, after = (
        Cast(KT(f"answers__{code}"), IntegerField()) for code in ("satisfied", "before", "after")
    )
    told = asked.filter(answered_at__isnull=False).annotate(s=satisfied, b=before, a=after)
    # Those alone whom the side that asked, or staff, confirmed as having taken part.
    confirmed = Q(participant__confirmed_at__isnull=False)
    numbers = told.aggregate(
        answered=Count("pk"),
        satisfied=Avg("s", filter=Q(confirmed, s__gt=0)),
        of=Count("pk", filter=Q(confirmed, s__gt=0)),
        gain=Avg(Cast(F("a") - F("b"), FloatField()), filter=Q(confirmed, a__gt=0, b__gt=0)),
        both=Count("pk", filter=Q(confirmed, a__gt=0, b__gt=0)),
    )

    number = asked.count()
    unasked = "" if number else not_asked()

    def in_halves(answers, value):
        """Give the mean of the first whole fives of answers, to the nearest half."""
        ordered = answers.filter(confirmed).order_by("answered_at", "pk")
        whole = ordered[: ordered.count() // FEW * FEW].aggregate(mean=Avg(value))["mean"]
        return None if whole is None else round(2 * whole) / 2

    def mean(value, count):
        return round(value, 1) if count >= FEW else None

    return Section(
        _("What those who took part think"),
        [
            Figure(
                "satisfaction",
                _("satisfied, of 5"),
                mean(numbers["satisfied"], numbers["of"]),
                _("Mean of the answers at the end, from five on."),
                kind=Kind.ANSWERS,
                note=unasked,
                basis=numbers["of"],
                in_halves=in_halves(told.filter(s__gt=0), "s"),
            ),
            Figure(
                "gain",
                _("steps of knowledge gained"),
                mean(numbers["gain"], numbers["both"]),
                _("How much better people know the subject after than before, on a scale of five."),
                kind=Kind.ANSWERS,
                note=unasked,
                basis=numbers["both"],
                in_halves=in_halves(
                    told.filter(a__gt=0, b__gt=0), Cast(F("a") - F("b"), FloatField())
                ),
            ),
            Figure(
                "response",
                _("answered"),
                share(numbers["answered"], number),
                _("Of those who were asked at the end."),
                "%",
                kind=Kind.ANSWERS,
                note=unasked,
                basis=numbers["answered"],
            ),
        ],
    )
