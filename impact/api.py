"""The read-only API: what is public, as JSON, described by OpenAPI. Nobody is named in it."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django_countries import countries
from ninja import Field, NinjaAPI, Path, Query, Schema
from ninja.decorators import decorate_view
from ninja.pagination import LimitOffsetPagination, paginate
from ninja.throttling import AnonRateThrottle
from pydantic import ConfigDict, create_model

from exchanges.permissions import BEGUN
from impact.figures.selection import CHOICES, Selection, years_in_order
from impact.open_data import COLUMNS, lines_of, read_exchanges
from impact.views import count_figures
from matching.models import Opportunity
from practices.models import LICENCE, Practice
from registry.exchange_forms import EXCHANGE_FORMS

FRESH = 300  # seconds for which an answer may be kept
RATE = AnonRateThrottle("240/m")

api = NinjaAPI(
    title="CONNECT",
    version="1",
    description=(
        "Requests of towns, good practices, exchanges and figures of the CONNECT programme. "
        "Read only, without a key; 240 calls a minute. Data: CC BY 4.0."
    ),
    urls_namespace="api",
    docs_url=None,  # its own page would need scripts that our policy does not allow
    openapi_url="openapi.json",
    throttle=[RATE],
)


class Problem(Schema):
    """Why there is no answer."""

    detail: str | list[dict]


REFUSED = {422: Problem, 429: Problem}


class Town(Schema):
    name: str
    country: str


class Request(Schema):
    """A town that looks for a colleague."""

    reference: str
    title: str
    summary: str
    language: str
    town: Town
    topics: list[str]
    forms: list[str]
    languages: dict[str, str]
    closes_on: date
    page: str


class PracticeLine(Schema):
    slug: str
    title: str
    summary: str
    language: str
    languages: list[str]
    town: Town
    topics: list[str]
    form: str
    published_on: date
    licence: str
    page: str


class PracticeText(Schema):
    language: str
    title: str
    summary: str
    problem: str
    done: str
    result: str
    cost: str
    failed: str
    conditions: str


class PracticeWhole(PracticeLine):
    texts: list[PracticeText]


# An exchange, with the columns of the open data.
COLUMN_TYPES: Any = {column.name: (column.type, ...) for column in COLUMNS}
ExchangeLine: Any = create_model(
    "ExchangeLine",
    __base__=Schema,
    __doc__="An exchange that has begun; the columns of the open data.",
    **COLUMN_TYPES,
)


class FigureLine(Schema):
    code: str
    label: str
    value: float | None
    unit: str
    words: str
    note: str


class FlowLine(Schema):
    source: str
    target: str
    count: int


class Figures(Schema):
    counted_at: str
    figures: list[FigureLine]
    flows: list[FlowLine]


def one_of(values):
    return f"^({'|'.join(values)})?$"


class Filters(Schema):
    """What is counted; empty for everything."""

    model_config = ConfigDict(extra="ignore")

    year_from: str = Field("", pattern=r"^((19|20|21)[0-9]{2})?$")
    year_to: str = Field("", pattern=r"^((19|20|21)[0-9]{2})?$")
    country: str = Field("", pattern=one_of(code for code, _name in countries))
    theme: str = Field("", pattern=r"^[-a-z0-9/]{0,80}$")
    form: str = Field("", pattern=one_of(EXCHANGE_FORMS))
    call: str = Field("", pattern=r"^[-a-zA-Z0-9_]{0,60}$")
    region: str = Field("", pattern=one_of(CHOICES["region"]))
    state: str = Field("", pattern=one_of(CHOICES["state"]))
    association: str = Field("", pattern=r"^[0-9]{0,9}$")

    def to_asked(self):
        """Return what is asked for; what does not exist finds nothing."""
        asked = self.model_dump()
        asked["year_from"], asked["year_to"] = years_in_order(self.year_from, self.year_to)
        return Selection(**asked)


class Pages(LimitOffsetPagination):
    """Pages of at most a hundred."""

    class Input(Schema):
        limit: int = Query(25, ge=1, le=100)
        offset: int = Query(0, ge=0, le=1_000_000)


def cache_answer(view):
    """Let caches store an answer for five minutes, and revalidate it by its ETag."""
    return decorate_view(cache_control(public=True, max_age=FRESH), conditional_page)(view)


def town_fields(authority):
    return Town(name=authority.name, country=authority.country.code)


@api.get("/opportunities", response={200: list[Request], **REFUSED}, tags=["opportunities"])
@paginate(Pages)
@cache_answer
def opportunities(request):
    """Open requests, the first to close first."""
    rows = Opportunity.objects.open(timezone.localdate()).with_list_details()
    return Lazy(rows.order_by("closes_on", "pk"), lambda one: request_of(request, one))


def request_of(request, opportunity):
    dossier = opportunity.dossier
    return Request(
        reference=dossier.reference,
        title=dossier.title,
        summary=dossier.summary,
        language=dossier.language,
        town=town_fields(dossier.authority),
        topics=[need.theme.code for need in dossier.needs.all()],
        forms=list(dossier.forms),
        languages=dict(dossier.languages),
        closes_on=opportunity.closes_on,
        page=request.build_absolute_uri(opportunity.get_absolute_url()),
    )


@api.get("/practices", response={200: list[PracticeLine], **REFUSED}, tags=["practices"])
@paginate(Pages)
@cache_answer
def practices(request):
    """Good practices, the newest first."""
    rows = Practice.objects.published().with_list_details()
    return Lazy(rows, lambda one: PracticeLine(**practice_of(request, one)))


@api.get(
    "/practices/{slug}",
    response={200: PracticeWhole, 404: Problem, **REFUSED},
    tags=["practices"],
)
@cache_answer
def practice(request, slug: str = Path(..., pattern=r"^[-a-z0-9]{1,140}$")):
    """One good practice in all its languages."""
    one = get_object_or_404(Practice.objects.published().with_list_details(), slug=slug)
    names = PracticeText.model_fields
    texts = [
        PracticeText(**{name: getattr(text, name) for name in names}) for text in one.texts.all()
    ]
    return PracticeWhole(**practice_of(request, one), texts=texts)


def practice_of(request, practice):
    text = practice.in_language(practice.language)
    return {
        "slug": practice.slug,
        "title": text.title,
        "summary": text.summary,
        "language": text.language,
        "languages": sorted(one.language for one in practice.texts.all()),
        "town": town_fields(practice.authority),
        "topics": [topic.code for topic in practice.topics.all()],
        "form": practice.exchange.form,
        "published_on": timezone.localdate(practice.published_at),
        "licence": LICENCE,
        "page": request.build_absolute_uri(practice.get_absolute_url()),
    }


@api.get("/exchanges", response={200: list[ExchangeLine], **REFUSED}, tags=["exchanges"])
@paginate(Pages)
@cache_answer
def exchanges(request, filters: Query[Filters]):
    """Exchanges that have begun, in the order they were agreed."""
    rows = filters.to_asked().exchanges().filter(status__in=BEGUN).order_by("pk")
    return Lazy(read_exchanges(rows), None, many=serialise_exchanges)


def serialise_exchanges(batch):
    names = [column.name for column in COLUMNS]
    for line in lines_of(list(batch)):
        yield ExchangeLine(**dict(zip(names, line, strict=True)))


@api.get("/impact", response={200: Figures, **REFUSED}, tags=["impact"])
@cache_answer
def figures(request, filters: Query[Filters]):
    """Every figure of the impact page, and the flows between countries.

    What could tell of one dossier or of few people has no value, and a note that says why.
    """
    counts, _filters, since = count_figures(filters.to_asked())
    return Figures(
        counted_at=since.isoformat(timespec="seconds"),
        figures=[
            FigureLine(
                code=one.code,
                label=str(one.label),
                value=one.value,
                unit=one.unit,
                words=str(one.words),
                note=one.note,
            )
            for one in counts.figures
        ],
        flows=[
            FlowLine(source=flow.source, target=flow.target, count=flow.count)
            for flow in counts.flows
        ],
    )


class Lazy:
    """Rows that are read and serialised a page at a time."""

    def __init__(self, rows, make, many=None):
        self.rows = rows
        self.many = many or (lambda batch: map(make, batch))

    def __getitem__(self, part):
        return list(self.many(list(self.rows[part])))

    def count(self):
        return self.rows.count()

    def all(self):
        return self


def urls():
    """The addresses, open to everybody."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        assert pattern.callback is not None  # no other addresses are included
        pattern.callback = login_not_required(pattern.callback)
    return patterns, app, namespace


@require_safe
@login_not_required
def api_docs(request):
    """Show what the API offers, read from its own description."""
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
