"""The public page of what the programme comes to, the lists behind its figures, and its exports."""

import hashlib
from dataclasses import asdict

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django_countries import countries

from connect.pages import paginate
from connect.remembered import remembered
from exchanges.permissions import BEGUN
from impact import associations, exports, iati
from impact.figures import impact_of
from impact.figures.asked import Asked, choices
from registry import worldmap

REMEMBERED_FOR = 300  # seconds: figures may be a little old, and the page says from when they are
SHOWN_FLOWS = 40
TYPES = {
    "csv": ("text/csv; charset=utf-8", exports.as_csv),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        exports.as_xlsx,
    ),
}


def counted(asked):
    """Give the figures, the filters, and when they were counted; anew every five minutes."""

    def count():
        now = timezone.now()
        return impact_of(asked, now), choices(), now

    key = "|".join(asdict(asked).values()) + f":{get_language()}"
    return remembered(f"impact:{hash_of(key)}", REMEMBERED_FOR, count)


def hash_of(key):
    return hashlib.sha256(key.encode()).hexdigest()


def in_words(asked, filters):
    """Say what is chosen, as in “From 2017 · Ghana”."""
    words = []
    for name, label, options in filters:
        value = getattr(asked, name)
        if value:
            words.append(f"{label}: {dict(options).get(value, value)}")
    return " · ".join(words)


@require_safe
@login_not_required
def impact(request):
    asked = Asked.of(request.GET)
    figures, filters, since = counted(asked)
    context = {
        "impact": figures,
        "since": since,
        "asked": asked,
        "filters": [
            (name, label, options, getattr(asked, name)) for name, label, options in filters
        ],
        "curves": [
            (curve, countries.name(curve.flow.source), countries.name(curve.flow.target))
            for curve in worldmap.curves(figures.flows[:SHOWN_FLOWS])
        ],
        "linked": ("form", "theme"),
    }
    return render(request, "impact/impact.html", context)


@require_safe
@login_not_required
def exchanges(request):
    """The exchanges behind the figures, without a person's name."""
    asked = Asked.of(request.GET)
    rows = asked.exchanges().filter(status__in=BEGUN).select_related("dossier__authority")
    context = {
        "page": paginate(request, rows.order_by("-actual_start", "-pk")),
        "asked": asked,
        "words": in_words(asked, choices()),
    }
    return render(request, "impact/exchanges.html", context)


@require_safe
@login_not_required
def table(request, format):
    """All figures as CSV or XLSX."""
    if format not in TYPES:
        raise Http404
    content_type, write = TYPES[format]
    figures, _filters, _since = counted(Asked.of(request.GET))
    return HttpResponse(
        write(figures),
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="connect-impact.{format}"'},
    )


@require_safe
@login_not_required
def report(request):
    """The donor's report."""
    asked = Asked.of(request.GET)
    figures, filters, since = counted(asked)
    return HttpResponse(
        exports.as_pdf(figures, in_words(asked, filters), since),
        content_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="connect-impact.pdf"'},
    )


@require_safe
@login_not_required
def open_data(request):
    """Every exchange as a line of CSV, without a person's name, streamed."""
    return StreamingHttpResponse(
        exports.exchange_lines(Asked.of(request.GET)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="connect-exchanges.csv"'},
    )


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def activities(request):
    """The IATI file of the programme and all its exchanges, streamed."""
    return StreamingHttpResponse(
        iati.lines(timezone.now()), content_type="application/xml; charset=utf-8"
    )


@require_safe
@login_not_required
def api_docs(request):
    """What the API offers, read from its own description."""
    from impact.api import api  # noqa: PLC0415 - it reads this room

    described = api.get_openapi_schema()
    calls = [
        {
            "path": path,
            "summary": call["summary"],
            "words": call.get("description", ""),
            "asks": call.get("parameters", []),
        }
        for path, verbs in described["paths"].items()
        for call in verbs.values()
    ]
    context = {"described": described["info"], "calls": calls}
    return render(request, "impact/api_docs.html", context)


def shared_by(request):
    """What the officer of an association may share onward; 403 for anybody else."""
    mine = list(associations.spoken_for(request.user))
    if not mine:
        raise PermissionDenied
    now = timezone.now()
    practices = associations.practices_of(mine)[: associations.NEWEST]
    exchanges = associations.exchanges_of(mine)
    words = associations.digest(
        practices, exchanges[: associations.NEWEST], request.build_absolute_uri, now
    )
    return mine, practices, exchanges, words, now


@require_safe
def association(request):
    """An association's room to share from: events to observe, practices, exchanges, a digest."""
    mine, practices, exchanges, words, now = shared_by(request)
    context = {
        "associations": mine,
        "observations": associations.to_observe(mine, now),
        "practices": practices,
        "page": paginate(request, exchanges),
        "digest": words,
        "country": mine[0].country.code if mine[0].country else "",
    }
    return render(request, "impact/association.html", context)


@require_safe
def association_digest(request):
    words = shared_by(request)[3]
    return HttpResponse(
        words,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="connect-digest.txt"'},
    )


@require_safe
@login_not_required
def dictionary(request):
    """What each column of the open data says."""
    return render(request, "impact/dictionary.html", {"columns": exports.DICTIONARY.items()})
