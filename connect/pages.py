"""Lists a page at a time; several lists of one page turn each by its own name."""

from django.core.paginator import Paginator

PER_PAGE = 25


def paginate(request, rows, name="page", count=None):
    """Return the page of `rows` that `?<name>=` asks for: the nearest one that exists.

    count: how many rows there are, if that is known already.
    """
    paginator = Paginator(rows, PER_PAGE)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get(name))
    page.name = name  # `_pages.html` links to the same list's other pages
    return page
