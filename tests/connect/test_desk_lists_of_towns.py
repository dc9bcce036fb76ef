"""The lists of the desk find a row by its town, however somebody writes the name of it."""

import pytest
from django.contrib import admin
from django.utils import timezone

from registry import search_index
from registry.desk_search import TownSearchMixin
from registry.models import Authority, Expert
from tests.factories import (
    make_authority,
    make_budget_line,
    make_expert,
    make_offer,
    make_officer,
    make_practice,
)
from tests.worlds import agreed

pytestmark = pytest.mark.django_db
LISTS = [
    *("applications.Dossier", "exchanges.BudgetLine", "exchanges.Exchange", "exchanges.Incident"),
    *("matching.DossierToMatch", "matching.Match", "practices.Practice", "registry.Authority"),
    *("registry.Expert", "registry.Membership", "registry.Offer"),
]


def test_lists_and_their_exports_put_an_accent_beside_its_letter(rf):
    """“Cotonou, Câmara Municipal de Évora, Călugăr, Cần Thơ, Dagupan”."""
    for name in ("Dagupan", "Cần Thơ", "Zwolle", "Călugăr", "Évora", "Cotonou", "Eindhoven"):
        make_expert(f"{name[:2]} Bakker", make_authority(name, country="GH"))
    request = rf.get("/")
    request.user, request.session = make_officer(), {}
    towns, experts = admin.site._registry[Authority], admin.site._registry[Expert]

    listed = [town.name for town in towns.get_changelist_instance(request).queryset]
    exported = [town.name for town in towns.get_export_queryset(request)]
    people = [one.user.name[:2] for one in experts.get_changelist_instance(request).queryset]

    in_order = ["Călugăr", "Cần Thơ", "Cotonou", "Dagupan", "Eindhoven", "Évora", "Zwolle"]
    assert (listed, exported) == (in_order, in_order)
    assert people == ["Că", "Cầ", "Co", "Da", "Ei", "Év", "Zw"]


@pytest.mark.parametrize("typed", ["thies", "d'Ascq", "villeneuve d'ascq", "St Denis d'Ascq"])
def test_every_list_with_a_town_finds_it_by_former_names_accents_apostrophes_and_saints(rf, typed):
    """“thies” found nothing of a town that was Thiès, and an exchange was found by no town."""
    table, exchange = agreed()
    make_offer(table.ineke)
    make_practice(exchange)
    make_budget_line(exchange)
    exchange.incidents.create(
        **{"happened_on": "2026-05-01", "kind": "safety", "severity": 1, "account": "A fall."},
        reported_at=timezone.now(),
    )
    name = "Saint-Denis-d’Ascq" if typed.startswith("St") else "Villeneuve-d’Ascq"
    Authority.objects.update(name=name, former_names=["Thiès"])
    search_index.reindex()

    lists = [one for one in admin.site._registry.values() if isinstance(one, TownSearchMixin)]
    found = {
        one.model._meta.label: one.get_search_results(rf.get("/"), rows, typed)[0].count()
        for one in lists
        for rows in [one.model._default_manager.order_by("pk")]
    }

    assert [label for label, count in sorted(found.items()) if count] == LISTS
