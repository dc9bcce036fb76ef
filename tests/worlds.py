"""Worlds that several modules of tests begin with: whoever is in them has a name."""

from applications.enums import Status
from applications.models import Dossier
from exchanges.models import Exchange
from matching import consent
from matching.models import Interest, Match
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_officer,
    make_user,
)


class Table:
    """A dossier of Agona West with Ineke on the shortlist, proposed by Ines."""

    def __init__(self, *, offer=None):
        self.agona = make_authority("Agona West")
        self.efua = make_user("Efua", works_for=self.agona)
        self.ines = make_officer("Ines")
        self.dossier = make_dossier(self.agona, status=Status.SHORTLISTING)
        self.ineke = offer.expert if offer else make_expert("Ineke")
        self.interest = make_interest(self.dossier, self.ineke)
        self.match = consent.propose_match(self.dossier, [self.interest.pk], actor=self.ines)

    def of(self, side):
        return self.match.consents.select_related(
            "match__dossier__authority", "interest__expert"
        ).get(side=side)

    def answer(self, side, accept=True, **details):
        actor = {"applicant": self.efua, "expert": self.ineke.user}.get(side)
        return consent.answer_consent(
            self.of(side), accept=accept, actor=actor, by_link=side == "employer", **details
        )

    def state(self):
        return (
            Match.objects.get(pk=self.match.pk).status,
            Dossier.objects.get(pk=self.dossier.pk).status,
            Interest.objects.get(pk=self.interest.pk).status,
            Exchange.objects.count(),
        )


def agreed():
    """Bring a proposal to its exchange: every side says yes."""
    table = Table()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    return table, Exchange.objects.get()
