"""The authorities on either side of exchanges, each counted once."""

from django.db.models import Case, Exists, OuterRef, Q, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from impact.figures.definitions import Rows
from matching.models import Interest
from registry.models import Authority


class Size(TextChoices):
    """An authority by its inhabitants."""

    SMALL = "s", _("fewer than 10,000")
    MEDIUM = "m", _("10,000 to 50,000")
    LARGE = "l", _("50,000 to 250,000")
    LARGEST = "xl", _("250,000 or more")
    UNKNOWN = "u", _("not known")

    @classmethod
    def of_authority(cls):
        """The size of an authority as an expression."""
        bounds = [(cls.SMALL, 10_000), (cls.MEDIUM, 50_000), (cls.LARGE, 250_000)]
        return Case(
            When(population=None, then=Value(cls.UNKNOWN.value)),
            *(When(population__lt=most, then=Value(size.value)) for size, most in bounds),
            default=Value(cls.LARGEST.value),
        )


class AuthorityRows(Rows):
    """Authorities lead to the exchanges that they asked for or whose colleagues helped."""

    adds_up = False

    def rows_in_scope(self, scope):
        held = scope.held
        asking = Q(pk__in=held.values("dossier__authority"))
        asking |= Q(pk__in=held.exclude(dossier__partners=None).values("dossier__partners"))
        helping = Interest.objects.filter(matches__exchange__in=held).values("authority")
        return self.query(scope.today).filter(asking | Q(pk__in=helping))

    def exchanges(self, scope, where, adds=None):
        authorities = self.query(scope.today).filter(where).values("pk")
        helping = Interest.objects.filter(matches=OuterRef("match"), authority__in=authorities)
        return scope.held.filter(asked_by(authorities) | Exists(helping))


def asked_by(authorities):
    """Match the exchanges that one of these authorities asked for, or asked for together."""
    joint = Dossier.objects.filter(partners__in=authorities)
    return Q(dossier__authority__in=authorities) | Q(dossier__in=joint.values("pk"))


AUTHORITIES = AuthorityRows(
    lambda today: Authority.objects.annotate(size=Size.of_authority()), exchange=""
)
