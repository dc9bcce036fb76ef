"""Who took part; nobody is named, and few are not counted by what they are."""

from django.db.models import Count, IntegerField, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Lower
from django.utils.translation import gettext as _

from exchanges.enums import Post
from exchanges.models import Participant
from impact.figures.shape import Figure, Section, share, table, without_few
from registry.enums import Gender


def people_of(held):
    there = Participant.objects.filter(exchange__in=held).there()
    columns = ("gender", "post", "side", "is_first_time")
    counted = list(there.values_list(*columns).order_by().annotate(n=Count("pk"), days=Sum("days")))
    total = sum(row[4] for row in counted)
    who = Coalesce(Cast("user", output_field=IntegerField()), Value(0))
    different = there.aggregate(
        n=Count(Lower("name"), distinct=True, filter=Q(user=None)),
        known=Count(who, distinct=True, filter=Q(user__isnull=False)),
    )

    def by(place, choices):
        counts = {}
        for row in counted:
            counts[row[place]] = counts.get(row[place], 0) + row[4]
        return [(choices(code).label, n, code) for code, n in counts.items()]

    told = [row for row in counted if row[3] is not None]
    first = sum(row[4] for row in told if row[3])
    return Section(
        _("People"),
        [
            Figure(
                "participations",
                _("participations"),
                total,
                _("Everybody who took part, once for each exchange."),
            ),
            Figure(
                "participants",
                _("different people"),
                different["n"] + different["known"],
                _("The same account, or the same name without an account, counts once."),
            ),
            Figure(
                "days",
                _("days of taking part"),
                sum(row[5] or 0 for row in counted),
                _("Days of all people together, where they are known."),
            ),
            Figure(
                "first_timers",
                _("for the first time"),
                share(first, sum(row[4] for row in told)),
                _("Of those of whom we know whether it was their first CONNECT exchange."),
                "%",
            ),
        ],
        [
            without_few(table("gender", _("By gender"), by(0, Gender))),
            without_few(table("post", _("Elected and technical"), by(1, Post))),
        ],
    )
