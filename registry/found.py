"""A page of what is searched: entries found, then the things as this person may read them."""

from connect.pages import paginate
from registry.search import Asked, in_order, search

FACETS = ["theme", "country", "form", "language"]


def found_page(request, entries, visible, name, facets):
    """Search entries as the address asks, and read the things of one page as this person may."""
    who = "staff" if request.user.is_authenticated and request.user.is_staff else "all"
    result = search(entries, Asked.of(request.GET), facets=facets, remember=f"{name}:{who}")
    page = paginate(request, result.keys, count=result.count)
    page.object_list = in_order(visible, page.object_list)
    return {"page": page, "result": result}
