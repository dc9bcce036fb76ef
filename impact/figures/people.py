"""Who took part; nobody is named."""

from django.db.models import (
    Avg,
    Count,
    F,
    Q,
    Sum,
)
from django.db.models.functions import (
    ASin,
    Cos,
    Least,
    Lower,
    Power,
    Radians,
    Sin,
    Sqrt,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.templatetags.look import amount
from exchanges.enums import Post, Side
from exchanges.models import Participant
from impact.figures.shape import Figure, Kind, Section, share, summed, table
from registry.enums import Gender


def people_of(held):
    there = Participant.objects.filter(exchange__in=held).there()
    columns = ("gender", "post", "side", "is_first_time")
    counted = list(there.values_list(*columns).order_by().annotate(n=Count("pk"), days=Sum("days")))
    total = sum(row[4] for row in counted)
    # A name is nobody's own: told apart are accounts and addresses, each counted once.
    accounts = there.exclude(user=None)
    known = accounts.values("user").order_by().distinct().count()
    others = there.filter(user=None).exclude(address="").annotate(mailbox=Lower("address"))
    theirs = accounts.values(mailbox=Lower("user__email"))
    others = others.exclude(mailbox__in=theirs).values("mailbox").order_by()
    reached = known + others.distinct().count()
    untold = there.filter(user=None, address="").count()

    def by(place, choices):
        sums = summed(counted, place, at=4)
        return [(choices(code).label, n, code) for code, n in sums.items()]

    told = [row for row in counted if row[3] is not None]
    first = sum(row[4] for row in told if row[3])
    known_first = sum(row[4] for row in told)
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
                reached,
                _("The same account or e-mail address counts once."),
                note=untold_apart(untold),
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
                share(first, known_first),
                _("Of those of whom we know whether it was their first CONNECT exchange."),
                "%",
                kind=Kind.PEOPLE,
                basis=min(first, known_first - first),
            ),
            Figure(
                "carbon",
                _("tonnes of CO2 for journeys"),
                tonnes(held),
                _(
                    "An estimate: those who travel abroad, there and back as the crow flies, "
                    "at 200 grams a kilometre."
                ),
            ),
        ],
        [
            table("gender", _("By gender"), by(0, Gender), kind=Kind.PEOPLE),
            table("side", _("By side"), by(2, Side), kind=Kind.PEOPLE),
            table("post", _("Elected and technical"), by(1, Post), kind=Kind.PEOPLE),
        ],
    )


def untold_apart(count):
    """Say how many participations are in no count of people, for nobody can tell whose they are."""
    if not count:
        return ""
    words = ngettext(
        "%s participation without either is not in it: nobody can tell whether it is of the "
        "same person as another.",
        "%s participations without either are not in it: nobody can tell which are of the same "
        "person.",
        count,
    )
    return words % amount(count)


KILOS_A_KILOMETRE = 0.2  # of a passenger of an aeroplane, economy class, rounded
EARTH = 6371  # kilometres, mean radius


def tonnes(held):
    """Estimate the carbon dioxide of all journeys; None where no distance is known.

    The distance of an exchange is the mean of those between the town that asked and the
    authorities of the colleagues who helped, where both places are known.
    """
    kilometres = (
        held.filter(
            Q(participants__attended=True) | Q(participants__attended=None),
            participants__travels=True,
        )
        .order_by()
        .values("pk")
        .annotate(
            travelled=Count("participants", distinct=True)
            * Avg(distance("dossier__authority", "match__interests__authority"))
        )
    )
    counted = kilometres.aggregate(km=Sum("travelled"))
    if counted["km"] is None:
        return None
    return round(2 * counted["km"] * KILOS_A_KILOMETRE / 1000)


def distance(one, other):
    """The kilometres between two authorities, on a sphere (haversine)."""
    here, there = Radians(F(f"{one}__latitude")), Radians(F(f"{other}__latitude"))
    turn = Radians(F(f"{other}__longitude") - F(f"{one}__longitude"))
    half = Power(Sin((there - here) / 2), 2) + Cos(here) * Cos(there) * Power(Sin(turn / 2), 2)
    return 2 * EARTH * ASin(Sqrt(Least(half, 1.0)))
