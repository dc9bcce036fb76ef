"""Teams: several of a ranking's candidates who together do more for a request than the first ones.

A proposal, made anew for whoever asks; nothing is stored, and the officer invites whom they choose.
"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from connect.languages import join_names, join_parts, language_within
from engine import choose_team
from matching.needs import read_need, read_offer_facts, read_shared_facts
from registry.exchange_forms import EXCHANGE_FORMS
from registry.models import Offer, Theme

MOST = 6  # of a team: reviews by peers take four to six
ONLY = {
    "elected": gettext_lazy("the only elected member"),
    "technical": gettext_lazy("the only technical officer"),
}


@dataclass(frozen=True)
class Colleague:
    """One of a team: their offer, its points, and what they bring."""

    offer: Offer
    score: int
    brings: str


@dataclass(frozen=True)
class TeamProposal:
    """A team in a reader's words; without members `summary` says why there is none."""

    size: int
    members: list[Colleague]
    summary: str


def team_sizes(dossier):
    """Return the sizes that a team may have; nothing where one colleague is all that is sought.

    Several are where the applicant said so, or where a form takes as many authorities as will help.
    """
    asked = [EXCHANGE_FORMS[form].helping_authorities[1] for form in dossier.forms]
    return range(2, MOST + 1) if dossier.experts > 1 or None in asked else range(0)


def propose_team(dossier, candidates, size):
    """Propose a team of so many of the desk's candidates."""
    shared = read_shared_facts(timezone.localdate())
    by_offer = {candidate.offer.pk: candidate for candidate in candidates}
    offers = read_offer_facts(list(by_offer), shared)
    need = read_need(dossier, shared)
    team = choose_team(need, [(offer, by_offer[offer.id].score) for offer in offers], size)
    declared = {offer.id: offer.topics for offer in offers}
    themes = {theme.code: str(theme) for theme in Theme.objects.filter(code__in=need.topics)}
    members = [
        Colleague(
            by_offer[m.offer_id].offer,
            round(m.score),
            describe_member(m, declared[m.offer_id], themes),
        )
        for m in team.members
    ]
    return TeamProposal(size, members, describe_team(team, size, themes))


def describe_member(member, declared, themes):
    """Describe what one brings to a team: topics that nobody covers better, and what is theirs.

    declared: the topics of their offer; of others they bring what is near.
    """
    covered = [themes[code] for code in member.topics if code in declared]
    near = [themes[code] for code in member.topics if code not in declared]
    parts = [_("covers %s") % join_names(covered)] if covered else []
    if near:
        parts.append(_("does not declare %s, but a related topic") % join_names(near))
    for kind, what in member.alone:
        if kind == "role":
            parts.append(str(ONLY[what]))
        elif kind == "country":
            parts.append(_("the only one from %s") % countries.name(what))
        else:
            parts.append(_("the only one who works in %s") % language_within(what))
    return join_parts(parts) or _("adds points, but nothing that the others lack")


def describe_team(team, size, themes):
    """Describe a team as a whole, or why there is none."""
    if not team.members:
        words = _(
            "No team of %d can be formed from the candidates: a team has at most one "
            "person per authority, and nobody without exchanges left this year."
        )
        return words % size
    parts = []
    if team.coverage is not None:
        parts.append(_("%d %% of the topics requested are covered") % round(100 * team.coverage))
    if team.uncovered:
        parts.append(_("nobody has %s") % join_names(themes[code] for code in team.uncovered))
    if len(team.roles) > 1:
        parts.append(_("elected and technical"))
    number = len(team.countries)
    parts.append(ngettext("from %d country", "from %d countries", number) % number)
    if team.languages:
        spoken = join_names(language_within(code) for code in team.languages)
        parts.append(_("languages asked that are spoken: %s") % spoken)
    return join_parts(parts)
