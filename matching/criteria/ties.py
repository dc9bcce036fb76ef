"""Ties: what two authorities did together, by the answers of experts and by what was agreed."""

from collections import defaultdict
from itertools import product
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.languages import join_names, join_parts
from matching.criterion import AUTHORITY, DeskCriterion, SharedFact
from matching.enums import UNSENT, MatchStatus
from matching.models import Interest, InterestEvent, Match
from registry.models import Authority

NOBODY: tuple[str, list, list] = ("", [], [])  # of an exchange that is no longer there


def read_families():
    """Return {key of a merged authority or of its successor: [(key, slug)] of all of them}."""
    families: dict[int, set[tuple[int, str]]] = defaultdict(set)
    merged = Authority.objects.exclude(merged_into=None).order_by()
    names = ("pk", "slug", "merged_into", "merged_into__slug")
    for own_key, own_slug, key, slug in merged.values_list(*names):
        families[key] |= {(own_key, own_slug), (key, slug)}
    return {key: sorted(family) for family in families.values() for key, _slug in family}


def read_declarations():
    """List the declarations of a partnership of the two towns in the sent answers.

    As (asking town, helping town, fact of the engine's Offer, None), a town as (key, slug).
    """
    events = InterestEvent.objects.filter(interest=OuterRef("pk"), verb="submit")
    sent = Interest.objects.filter(~Q(status__in=UNSENT) | Exists(events)).order_by()
    rows = sent.values_list(
        *("dossier__authority", "dossier__authority__slug", "authority", "authority__slug"),
        "partnership",
    )
    return [(row[:2], row[2:4], "ties" if row[4] else "no_ties", None) for row in rows]


def read_agreements():
    """List the agreed matches of each town that asked, its co-applicants too, and each that helps.

    As (asking town, helping town, fact of the engine's Offer, (reference, year)).
    """
    agreed = Match.objects.filter(status=MatchStatus.AGREED).exclude(interests=None).order_by()
    agreements = []
    for asking in ("dossier__authority", "dossier__partners"):
        rows = agreed.exclude(**{asking: None}).values_list(
            *(asking, f"{asking}__slug", "interests__authority", "interests__authority__slug"),
            *("dossier__reference", "status_since__year"),
        )
        agreements += [(row[:2], row[2:4], "exchanges", row[4:]) for row in rows]
    return agreements


def read_ties(today):
    """Return {authority: {fact of the engine's Offer: its ties}}; both towns have the same.

    So have a merged authority and what it became. A partnership that somebody declares stands,
    whatever another answer says.
    """
    families = read_families()
    ties: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"ties": set(), "no_ties": set(), "exchanges": {}}
    )
    for asking, helping, fact, exchange in (*read_declarations(), *read_agreements()):
        both = [families.get(town[0], [town]) for town in (asking, helping)]
        for one, other in product(*both):
            for (key, _slug), (_key, slug) in ((one, other), (other, one)):
                if exchange:
                    ties[key][fact].setdefault(slug, {}).update([exchange])
                else:
                    ties[key][fact].add(slug)
    return {
        key: {
            "ties": tuple(sorted(facts["ties"])),
            "no_ties": tuple(sorted(facts["no_ties"] - facts["ties"])),
            "exchanges": {
                slug: dict(sorted(facts["exchanges"][slug].items()))
                for slug in sorted(facts["exchanges"])
            },
        }
        for key, facts in ties.items()
    }


def read_agreed_before(entries):
    """Return {reference: (town that asked, its co-applicants, its experts)} of the earlier
    exchanges that entries of a ranking name."""
    ties = [entry["parts"].get("ties", {}).get("evidence", {}) for entry in entries]
    references = {reference for facts in ties for reference in facts.get("exchanges", {})}
    if not references:
        return {}
    agreed = Match.objects.filter(status=MatchStatus.AGREED, dossier__reference__in=references)
    agreed = agreed.select_related("dossier__authority").order_by("pk")
    return {
        match.dossier.reference: (
            match.dossier.authority.name,
            sorted(one.name for one in match.dossier.partners.all()),
            [one.expert for one in sorted(match.interests.all(), key=attrgetter("pk"))],
        )
        for match in agreed.prefetch_related("interests__expert__user", "dossier__partners")
    }


def read_ties_of_offer(row, shared):
    """Read the ties of an offer's authority; of the one that asks, an answer's own word."""
    facts = shared["ties"].get(row[AUTHORITY], {})
    if "partnership" not in row:  # an offer of the registry
        return facts
    ties, no_ties = ({*facts.get(name, ())} - {row["asks"]} for name in ("ties", "no_ties"))
    (ties if row["partnership"] else no_ties).add(row["asks"])
    return facts | {"ties": tuple(sorted(ties)), "no_ties": tuple(sorted(no_ties))}


def describe_ties(facts, themes):
    """Describe what the two authorities had to do with each other, and who that was."""
    if "exchanges" not in facts:  # of a ranking made before anything fed this criterion
        return _("unknown")
    parts = []
    if facts["exchanges"]:
        each = [
            describe_agreement(reference, year, *facts["agreed_before"].get(reference, NOBODY))
            for reference, year in facts["exchanges"].items()
        ]
        words = _("The two local authorities took part in an exchange before: %s")
        parts.append(words % join_parts(each))
    if facts["declared"]:
        parts.append(_("Declared earlier partnership"))
    return " · ".join(parts) or _(
        "An answer from their authority says: no earlier partnership with this one"
    )


def describe_agreement(reference, year, town, partners, experts):
    """Describe an agreed exchange: the file of which towns, and with whom, maybe colleagues."""
    if not experts:
        return f"{reference} ({year})"
    if partners:
        towns = {"town": town, "partners": join_names(partners)}
        town = _("%(town)s (co-applicants: %(partners)s)") % towns
    return _("%(reference)s (%(year)s, applicant %(town)s, with %(experts)s)") % {
        "reference": reference,
        "year": year,
        "town": town,
        "experts": join_names(map(str, experts)),
    }


def sum_up_ties(facts, themes, value):
    return (
        (_("works for an authority that worked with the applicant before"), "")
        if value
        else ("", "")
    )


def earlier_exchanges(entry, quotation, agreed):
    return {"agreed_before": agreed}


CRITERION = DeskCriterion(
    "ties",
    gettext_lazy("Earlier contacts"),
    describe_ties,
    sum_up_ties,
    read_offer=read_ties_of_offer,
    paths=(AUTHORITY,),
    shared=(SharedFact("ties", AUTHORITY, read_ties),),
    unknown=lambda facts: _("nobody was asked, and no exchange was agreed here"),
    explain_to_expert=None,
    more_facts=earlier_exchanges,
)
