"""What the desk shows of an authority's good practices, and of a person's work on them."""

from django.utils.translation import gettext_lazy as _

from connect.gathering import OF_AUTHORITY, event_source, gather_rows, gathers
from practices.desk_search import describe_practice
from practices.models import Practice, PracticeEvent


@gathers(OF_AUTHORITY, 80, Practice)
def gather_practices(authority, reader):
    rows = Practice.objects.for_user(reader).filter(exchange__dossier__authority=authority)
    rows = rows.with_list_details().order_by("-status_since", "pk")
    return gather_rows(_("Good practices"), rows, describe_practice)


@event_source(describe=lambda event: describe_practice(event.practice))
def find_practice_events(reader):
    practices = Practice.objects.for_user(reader).order_by().values("pk")
    events = PracticeEvent.objects.filter(practice__in=practices)
    return events.select_related("practice__exchange__dossier__authority").prefetch_related(
        "practice__texts"
    )
