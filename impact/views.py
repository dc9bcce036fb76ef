"""The public page of what the programme comes to, the lists behind its figures, and its exports."""

import hashlib
from dataclasses import asdict, replace
from operator import itemgetter

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max, Sum
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_countries import countries

from applications.enums import Status
from connect.anonymity import FEW
from connect.cached_counts import cached_value
from connect.documents import pdf_response
from connect.languages import arrow, current_language, label_with_value, sort_alphabetically
from connect.pages import paginate
from connect.permissions import is_officer
from connect.templatetags.look import amount
from exchanges.models import Exchange
from exchanges.permissions import BEGUN
from impact import associations, exports, iati, open_data
from impact.figures import FIGURES, TABLES, exchanges_behind, impact_in_languages
from impact.figures.disclosure import for_public
from impact.figures.flows import FLOW
from impact.figures.requests import IS_PUBLIC, dossiers_by_country, dossiers_in_all, steps_of
from impact.figures.selection import Selection, filter_value_name, list_filters
from impact.figures.shape import LISTED_KINDS, CountedFigure, Impact, Kind
from registry import worldmap
from registry.people import associations_of_officer

REMEMBERED_FOR = 300  # seconds: figures may be a little old, and the page says from when they are
SHOWN_FLOWS = 40
OF_NONE = "applications/association_of_none.html"  # says how one gets to speak for one
TYPES = {
    "csv": ("text/csv; charset=utf-8", exports.as_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        exports.as_xlsx,
    ),
}


def count_figures(asked, is_exact=False):
    """Return the figures, the filters, and when they were counted; anew every five minutes.

    is_exact: as staff may know them, not as everybody may.
    """

    def count():
        now = timezone.now()
        return impact_in_languages(asked, now), now

    # Counted anew once an exchange began: its list, which is not remembered, has it at once.
    begun = Exchange.objects.filter(status__in=BEGUN)
    moved = begun.aggregate(n=Count("pk"), last=Max("status_since"))
    key = "|".join([*asdict(asked).values(), *map(str, moved.values())])
    by_language, since = cached_value(f"impact-counts:{hash_of(key)}", REMEMBERED_FOR, count)
    figures = by_language[current_language()]
    return figures if is_exact else for_public(figures, asked), list_choices(), since


def sees_exact(request):
    """True for staff, who read the records themselves."""
    return is_officer(request.user)


def list_choices():
    """Return what one may choose: the same whatever is chosen, so counted once for all of it."""
    key = f"impact-filters:{get_language()}"
    return cached_value(key, REMEMBERED_FOR, lambda: list_filters(timezone.now()))


def hash_of(key):
    return hashlib.sha256(key.encode()).hexdigest()


def describe_filters(asked, filters):
    """Describe the filters, as in “From 2017 · Ghana”."""
    words = []
    for name, label, options in filters:
        value = getattr(asked, name)
        if value:
            words.append(
                label_with_value(label, dict(options).get(value) or filter_value_name(name, value))
            )
    if asked.state:
        words.append(_("of exchanges only: requests and applications are all counted"))
    return " · ".join(words)


def with_chosen(name, options, chosen):
    """Add an address's choice to the list of choices, even if nothing has it."""
    known = {value for value, _words in options}
    if not chosen or chosen in known:
        return options
    return [*options, (chosen, filter_value_name(name, chosen))]


def link_rows(asked, table, is_exact):
    """Return the rows of a table with the address of the exchanges behind each, or ""."""
    definition = TABLES.get(table.code)
    is_listed = is_exact or not table.kind or table.code == "place"

    def address(row):
        if not definition or not row.key or row.count is None or not is_listed:
            return ""
        page = reverse(definition.page)
        if definition.narrows:
            narrowed = replace(asked, **dict.fromkeys(definition.narrows, row.key))
            return f"{page}?{narrowed.query}"
        return f"{page}?{asked.query}&figure={table.code}&row={row.key}"

    return [(row, address(row)) for row in table.rows]


@require_safe
@login_not_required
def impact(request):
    asked, is_exact = Selection.from_query(request.GET), sees_exact(request)
    figures, filters, since = count_figures(asked, is_exact)
    context = {
        "impact": figures,
        "is_exact": is_exact,
        "since": since,
        "asked": asked,
        "filters": [
            (name, label, with_chosen(name, options, getattr(asked, name)), getattr(asked, name))
            for name, label, options in filters
        ],
        "words": describe_filters(asked, filters),
        "curves": [
            (
                curve,
                countries.name(curve.flow.source),
                countries.name(curve.flow.target),
                f"{reverse('impact-exchanges')}?{asked.query}&figure=flow"
                f"&row={curve.flow.source}-{curve.flow.target}",
            )
            for curve in worldmap.draw_curves(figures.flows[:SHOWN_FLOWS])
        ],
        "sections": [
            (
                section,
                [(figure, address_behind(asked, figure, is_exact)) for figure in section.figures],
                [(one, link_rows(asked, one, is_exact)) for one in section.tables],
            )
            for section in figures.sections
        ],
    }
    return render(request, "impact/impact.html", context)


def address_behind(asked, figure, is_exact):
    """Return the address of the list behind a figure; of a protected one for staff; else ""."""
    definition = FIGURES[figure.code]
    if definition.page == "impact-dossiers":  # of others than staff, by what is published
        # How many answered one request is nobody else's.
        is_listed = figure.kind != Kind.ANSWERS and figure.value is not None
    else:
        is_listed = figure.kind in LISTED_KINDS
    if not is_exact and not is_listed:
        return ""
    page = reverse(definition.page)
    return page if definition.admin_page else f"{page}?{asked.query}&figure={figure.code}"


def with_steps(asked, is_exact):
    """Return all figures with how long each step takes, for exports."""
    figures, filters, since = count_figures(asked, is_exact)
    key = f"impact-step-days:{hash_of(asked.query)}:{get_language()}"
    steps = cached_value(key, REMEMBERED_FOR, lambda: steps_of(asked))
    if not is_exact:
        [steps] = for_public(Impact([steps], []), asked).sections
    return replace(figures, sections=[*figures.sections, steps]), filters, since


@require_safe
@login_not_required
def steps(request):
    """How long each step takes, in tables."""
    asked, is_exact = Selection.from_query(request.GET), sees_exact(request)
    figures, filters, _since = with_steps(asked, is_exact)
    context = {
        "tables": [(one, link_rows(asked, one, is_exact)) for one in figures.sections[-1].tables],
        "asked": asked,
        "words": describe_filters(asked, filters),
    }
    return render(request, "impact/steps.html", context)


def as_figure(figures, code, key):
    """Return a row of a table, or a pair of countries, as a figure; KeyError if there is none."""
    if code == FLOW:
        flow = next((one for one in figures.flows if f"{one.source}-{one.target}" == key), None)
        if flow is None:
            raise KeyError(key)
        label = f"{countries.name(flow.source)} {arrow()} {countries.name(flow.target)}"
        return CountedFigure(code, label, flow.count, "")
    for one in figures.tables:
        for row in one.rows:
            if (one.code, row.key) == (code, key) and row.count is not None:
                label = f"{one.label} · {row.label}"
                return CountedFigure(code, label, row.count, one.words, kind=one.kind)
    raise KeyError(key)


def describe_addition(exchange, unit, fewest):
    """Return what an exchange adds to a figure; “fewer than five” where it had few people.

    Nor what few people add up to, as their days: the days of the exchange would tell how many.
    """
    number = exchange.added
    if fewest and exchange.counted < fewest:
        if number != exchange.counted:
            return _("not shown: fewer than five people")
        return unit % {"n": fewest, "shown": _("fewer than five")}
    return unit % {"n": round(number), "shown": amount(number)}


@require_safe
@login_not_required
def figure_exchanges(request):
    """The exchanges behind a figure or a row, each with what it adds, without a person's name."""
    asked, code = Selection.from_query(request.GET), request.GET.get("figure", "held")
    figures, filters, _since = count_figures(asked, is_exact := sees_exact(request))
    figure, key = None, request.GET.get("row", "")
    try:
        if key:
            figure = as_figure(figures, code, key)
        else:
            figure = next((one for one in figures.figures if one.code == code), None)
        rows, unit = exchanges_behind(asked, timezone.now(), code, key)
    except KeyError as error:
        raise Http404 from error
    if figure and figure.kind not in LISTED_KINDS and not is_exact:
        raise Http404  # one exchange of it would be told
    fewest = FEW if not (is_exact or key) and FIGURES[code].are_people else 0
    if figure and figure.value is not None and unit and not key and FIGURES[code].is_sum_of_list:
        # As the list adds up now: figures are remembered, lists are not.
        counted = rows.filter(counted__gte=fewest) if fewest else rows
        figure = replace(figure, value=counted.aggregate(n=Sum("added"))["n"] or 0)
    rows = rows if unit else rows.order_by("-actual_start", "-pk")
    page = paginate(request, rows.select_related("dossier__authority"))
    for exchange in page if unit else ():
        exchange.addition = describe_addition(exchange, unit, fewest)
    context = {
        "page": page,
        "asked": asked,
        "figure": figure,
        "unit": unit,
        "words": describe_filters(asked, filters),
    }
    return render(request, "impact/exchanges.html", context)


@require_safe
@login_not_required
def figure_dossiers(request):
    """The dossiers behind the figures, by country; for others than staff, the published ones."""
    asked = Selection.from_query(request.GET)
    figures, filters, _since = count_figures(asked, is_exact := sees_exact(request))
    dossiers, words = asked.dossiers(), describe_filters(asked, filters)
    code = request.GET.get("figure", "")
    figure = next((one for one in figures.figures if one.code == code), None)
    if figure and FIGURES[code].page != "impact-dossiers":
        figure = None
    if not is_exact:
        dossiers = dossiers.filter(IS_PUBLIC)
    elif (state := request.GET.get("row", "")) in Status:
        dossiers = dossiers.filter(status=state)
        words = " · ".join(filter(None, [str(Status(state).label).capitalize(), words]))
    rows = dossiers_by_country(dossiers)
    for row in rows:
        row["country"] = countries.name(row["country"])
    rows = sorted(sort_alphabetically(rows, itemgetter("country")), key=lambda row: -row["sent"])
    context = {
        "rows": rows,
        "total": dossiers_in_all(dossiers),
        "figure": figure,
        "asked": asked,
        "words": words,
        "is_exact": is_exact,
    }
    return render(request, "impact/dossiers.html", context)


@require_safe
@login_not_required
def figures_file(request, format):
    """All figures as CSV or XLSX."""
    if format not in TYPES:
        raise Http404
    content_type, write = TYPES[format]
    is_exact = sees_exact(request)
    figures, _filters, _since = with_steps(Selection.from_query(request.GET), is_exact)
    return HttpResponse(
        write(figures, is_exact),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="connect-impact.{format}"'},
    )


@require_safe
@login_not_required
def donor_report(request):
    """The donor's report."""
    asked, is_exact = Selection.from_query(request.GET), sees_exact(request)
    figures, filters, since = with_steps(asked, is_exact)
    words = describe_filters(asked, filters)
    return pdf_response(exports.as_pdf(figures, words, since, is_exact), "connect-impact")


@require_safe
@login_not_required
def exchanges_as_csv(request):
    """Every exchange as a line of CSV, without a person's name, streamed."""
    return StreamingHttpResponse(
        open_data.exchange_lines(Selection.from_query(request.GET)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="connect-exchanges.csv"'},
    )


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def activities(request):
    """The IATI file of the programme and all its exchanges, streamed."""
    return StreamingHttpResponse(
        iati.activity_lines(timezone.now()), content_type="application/xml; charset=utf-8"
    )


@login_not_required
def no_such_api(request):
    """Notify a program in its own format that an address of the API does not exist."""
    return JsonResponse({"detail": f"Not Found: see {reverse('api-docs')}"}, status=404)


def shared_by(request):
    """Return what an association's officer may share; nothing for anybody else."""
    mine = list(associations_of_officer(request.user))
    now = timezone.now()
    practices = associations.practices_of(mine)[: associations.NEWEST]
    exchanges = associations.exchanges_of(mine)
    words = associations.make_digest(
        practices, exchanges[: associations.NEWEST], request.build_absolute_uri, now
    )
    return mine, practices, exchanges, words, now


@require_safe
def shareable_page(request):
    """Show what an association may share: events to observe, practices, exchanges, a digest."""
    mine, practices, exchanges, words, now = shared_by(request)
    if not mine:
        return render(request, OF_NONE, status=403)
    context = {
        "associations": mine,
        "observations": associations.sessions_to_observe(mine, now),
        "practices": practices,
        "page": paginate(request, exchanges),
        "digest": words,
        "country": mine[0].country.code if mine[0].country else "",
    }
    return render(request, "impact/association.html", context)


@require_safe
def association_digest(request):
    mine, _practices, _exchanges, words, _now = shared_by(request)
    if not mine:
        return render(request, OF_NONE, status=403)
    return HttpResponse(
        words,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="connect-digest.txt"'},
    )


@require_safe
@login_not_required
def dictionary(request):
    """What each column of the open data says."""
    return render(request, "impact/dictionary.html", {"columns": open_data.COLUMNS})
