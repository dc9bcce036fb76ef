"""Who took part; nobody is named."""

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import ASin, Cos, Least, Lower, Power, Radians, Sin, Sqrt
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from connect.anonymity import FEW
from connect.templatetags.look import amount
from exchanges.enums import Mode, Post, Side
from exchanges.models import Participant
from impact.figures.definitions import Figure, Rows, Section, Table, Total
from impact.figures.shape import Kind, describe_share, name_choice
from registry.enums import Gender


def of_many(people):
    """Filter people of exchanges that have at least five such people: what the public may add up.

    Of fewer the number is hidden: in a sum with the others it would be what they leave.
    """
    numbers = people.order_by().values("exchange").annotate(n=Count("pk"))
    return people.filter(exchange__in=numbers.filter(n__gte=FEW).values("exchange"))


HAS_DAYS = Q(days__isnull=False)
PEOPLE = Rows(lambda today: Participant.objects.not_absent(), exchange="exchange", are_people=True)
MANY = Rows(
    lambda today: of_many(Participant.objects.not_absent()), exchange="exchange", are_people=True
)
MANY_WITH_DAYS = Rows(
    lambda today: of_many(Participant.objects.not_absent().filter(HAS_DAYS)),
    exchange="exchange",
    are_people=True,
)
PARTICIPATIONS, PUBLIC_PARTICIPATIONS = Total(PEOPLE), Total(MANY)
TRAVELLERS = Total(PEOPLE, Q(travels=True) & ~Q(exchange__mode=Mode.REMOTE))
FIRST_TIMERS = Total(PEOPLE, Q(is_first_time=True))
KNOWN_FIRST = Total(PEOPLE, Q(is_first_time__isnull=False))
UNKNOWN = Total(PEOPLE, Q(user=None, address=""))
THERE = ngettext_lazy("%(shown)s participation", "%(shown)s participations", "n")


def different_people(counted):
    """Count accounts and addresses, each once: a name is nobody's own."""
    return count_different(PEOPLE.rows_in_scope(counted))


def different_people_of_many(counted):
    """Count them where the public may add them up."""
    return count_different(MANY.rows_in_scope(counted))


def count_different(there):
    accounts = there.exclude(user=None)
    known = accounts.values("user").order_by().distinct().count()
    others = there.filter(user=None).exclude(address="").annotate(mailbox=Lower("address"))
    theirs = accounts.values(mailbox=Lower("user__email"))
    others = others.exclude(mailbox__in=theirs).values("mailbox").order_by()
    return known + others.distinct().count()


def fewer_of_both(counted):
    """Return the smaller number: of those for the first time, or of the others."""
    first = counted.number(FIRST_TIMERS)
    return min(first, counted.number(KNOWN_FIRST) - first)


def unknown_apart(counted):
    """Describe how many participations are in no count of people, being of unknown people."""
    count = counted.number(UNKNOWN)
    if not count:
        return ""
    words = ngettext(
        "%s participation without either is not included: it may be of a person already counted.",
        "%s participations without either are not included: they may be of people already counted.",
        count,
    )
    return words % amount(count)


KILOS_A_KILOMETRE = 0.2  # of a passenger of an aeroplane, economy class, rounded
EARTH = 6371  # kilometres, mean radius


def estimate_tonnes(counted):
    """Estimate the carbon dioxide of all journeys; None where no distance is known.

    The distance of an exchange is the mean of those between the town that asked and the
    authorities of the colleagues who helped, where both places are known.
    """
    kilometres = (
        counted.held.exclude(mode=Mode.REMOTE)
        .filter(
            Q(participants__attended=True) | Q(participants__attended=None),
            participants__travels=True,
        )
        .order_by()
        .values("pk")
        .annotate(
            travelled=Count("participants", distinct=True)
            * Avg(distance_between("dossier__authority", "match__interests__authority"))
        )
    )
    travelled = kilometres.aggregate(km=Sum("travelled"))["km"]
    return None if travelled is None else round(2 * travelled * KILOS_A_KILOMETRE / 1000)


def distance_between(one, other):
    """The kilometres between two authorities, on a sphere (haversine)."""
    here, there = Radians(F(f"{one}__latitude")), Radians(F(f"{other}__latitude"))
    turn = Radians(F(f"{other}__longitude") - F(f"{one}__longitude"))
    half = Power(Sin((there - here) / 2), 2) + Cos(here) * Cos(there) * Power(Sin(turn / 2), 2)
    return 2 * EARTH * ASin(Sqrt(Least(half, 1.0)))


def divided_by(column, label, choices):
    """Define the table of people by one of their columns: who said nothing is a row of its own."""

    def describe_answers(counted):
        totals = counted.totals_by(PARTICIPATIONS, column)
        return (
            describe_share(sum(totals.values()) - totals[""], sum(totals.values()))
            if "" in totals
            else ""
        )

    return Table(
        code=column,
        label=label,
        total=PARTICIPATIONS,
        column=column,
        name=lambda code: name_choice(choices, code),
        kind=Kind.PEOPLE,
        public=PUBLIC_PARTICIPATIONS,
        each=ngettext_lazy("%(shown)s person", "%(shown)s people", "n"),
        note=describe_answers,
    )


SECTION = Section(
    _("People"),
    figures=(
        Figure(
            code="participations",
            label=_("participations"),
            words=_("Everyone who took part, once for each exchange."),
            counts=PARTICIPATIONS,
            each=THERE,
            kind=Kind.MANY,
            basis=PUBLIC_PARTICIPATIONS,
            public=PUBLIC_PARTICIPATIONS,
            column="participants",
            column_words=_("People who took part; empty if fewer than five"),
        ),
        Figure(
            code="participants",
            label=_("individual participants"),
            words=_("The same account or e-mail address counts once."),
            counts=different_people,
            lists=PARTICIPATIONS,
            each=THERE,
            note=unknown_apart,
            kind=Kind.PEOPLE,
            basis=different_people_of_many,
            public=different_people_of_many,
            uses=(UNKNOWN,),
        ),
        Figure(
            code="days",
            label=_("days of taking part"),
            words=_("Days of all people together, where they are known."),
            counts=Total(PEOPLE, HAS_DAYS, adds=F("days")),
            each=ngettext_lazy("%(shown)s day", "%(shown)s days", "n"),
            kind=Kind.MANY,
            basis=Total(MANY_WITH_DAYS),
            public=Total(MANY_WITH_DAYS, adds=F("days")),
        ),
        Figure(
            code="first_timers",
            label=_("first-time participants"),
            words=_("Of those for whom we know whether it was their first CONNECT exchange."),
            counts=FIRST_TIMERS,
            share_of=KNOWN_FIRST,
            unit="%",
            each=ngettext_lazy("%(shown)s for the first time", "%(shown)s for the first time", "n"),
            kind=Kind.PEOPLE,
            basis=fewer_of_both,
        ),
        Figure(
            code="carbon",
            label=_("tonnes of CO2 from travel"),
            words=_(
                "An estimate: those who travel abroad, there and back in a straight "
                "line, at 200 grams per kilometre."
            ),
            counts=estimate_tonnes,
            lists=TRAVELLERS,
            each=ngettext_lazy("%(shown)s travelled", "%(shown)s travelled", "n"),
            kind=Kind.PEOPLE,
            basis=TRAVELLERS,
        ),
    ),
    tables=(
        divided_by("gender", _("By gender"), Gender),
        divided_by("side", _("By side"), Side),
        divided_by("post", _("Elected and technical staff"), Post),
    ),
)
