"""A page of what is searched: entries found, then the things as this person may read them."""

from connect.pages import paginate
from connect.permissions import is_officer
from connect.schedule import every
from registry import worldmap
from registry.models import SearchEntry
from registry.search import Search, count_ahead, rows_in_order, search_forgiving

FACETS = ["theme", "country", "form", "language"]
LARGE = [  # lists that take long to count, and their facets
    ("experts", SearchEntry.EXPERT, FACETS),
    ("authorities", SearchEntry.AUTHORITY, ["country"]),
]


def search_page(
    request,
    entries,
    visible,
    name,
    facets,
    *,
    on_map=False,
    orders=None,
    is_own=False,
    search=Search,
):
    """Search entries as the address asks, and read the things of one page as this person may.

    on_map: also say where they are, from the facet of countries. orders: see `search_entries`.
    is_own: the entries are those of this person, and counted for nobody else. search: how the
    address is read.
    """
    who = "staff" if is_officer(request.user) else "all"
    result = search_forgiving(
        entries,
        search.from_query(request.GET),
        facets=facets,
        remember="" if is_own else f"{name}:{who}",
        orders=orders,
    )
    page = paginate(request, result.keys, count=result.count)
    page.object_list = rows_in_order(visible, page.object_list)
    marks = worldmap.draw_marks(result, request.GET) if on_map else []
    return {"page": page, "result": result, "marks": marks}


@every(minutes=1, only_workers=True, retries=False)
def count_large_lists():
    """Count the large lists in advance, as staff and as all see them; return how many."""
    for name, kind, facets in LARGE:
        entries = SearchEntry.objects.filter(kind=kind)
        count_ahead(f"{name}:staff", entries, facets)
        count_ahead(f"{name}:all", entries.filter(is_public=True), facets)
    return 2 * len(LARGE)
