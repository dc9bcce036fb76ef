"""The home page: what is open now, and the figures that the page of figures shows."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.models import Call
from connect.languages import join_names
from connect.share_pictures import picture_response
from impact.figures.selection import Selection
from impact.views import count_figures
from matching.models import Opportunity
from practices.models import Practice
from registry import worldmap
from registry.exchange_forms import EXCHANGE_FORMS
from registry.models import SearchEntry

MOST_ROWS = 5
SHOWN_PRACTICES = 3  # a row of cards
SHOWN_FLOWS = 12  # more lines cover each other


@require_safe
@login_not_required
def home(request):
    now, today = timezone.now(), timezone.localdate()
    figures, _filters, _since = count_figures(Selection())
    numbers = {figure.code: figure.value for figure in figures.figures}
    practices = Practice.objects.published().with_list_details()
    context = {
        "curves": worldmap.draw_curves(figures.flows[:SHOWN_FLOWS]),
        "practices": practices[:SHOWN_PRACTICES],
        "opportunities": Opportunity.objects.open(today).with_list_details()[:MOST_ROWS],
        "open_calls": Call.objects.open_at(now)[:MOST_ROWS],
        "forms": join_names(form.label for form in EXCHANGE_FORMS.values()),
        "held": numbers["held"],
        "countries": numbers["countries"],
        # As many as their list has for this reader.
        "experts": SearchEntry.objects.findable_by(SearchEntry.EXPERT, request.user).count(),
    }
    return render(request, "home.html", context)


@require_safe
@login_not_required
def home_picture(request):
    return picture_response(
        title=_("Somewhere, a local authority like yours has already solved this"),
        eyebrow=_("Peer exchange between local authorities"),
    )
