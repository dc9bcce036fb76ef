"""What the desk shows of a person's and an authority's answers and matches."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from applications.permissions import has_ties
from connect.desk_search import Hit
from connect.gathering import OF_AUTHORITY, OF_PERSON, event_source, gather_rows, gathers
from connect.languages import isolate, join_parts
from connect.templatetags.look import status
from matching.desk_search import describe_match
from matching.models import Interest, InterestEvent, Match, MatchEvent
from notifications.hidden_letters import hides_letters


@hides_letters
def tied_matches(officer):
    """List the references of the matches that an officer may not read."""
    if not has_ties(officer):
        return []
    mine = Dossier.objects.for_officer(officer).order_by().values("pk")
    return Match.objects.exclude(dossier__in=mine).values_list("reference", flat=True)


@gathers(OF_PERSON, 50, Dossier)
def gather_answers(person, reader):
    rows = Interest.objects.for_user(reader).filter(expert__user=person).with_details()
    return gather_rows(
        _("Answers to requests"), rows.order_by("-status_since", "pk"), describe_answer
    )


def describe_answer(interest):
    dossier = interest.dossier
    return Hit(
        title=dossier.heading,
        address=interest.get_absolute_url(),
        about=join_parts([isolate(dossier.reference), dossier.authority.place]),
        status=status(interest.get_status_kind(), interest.get_status_display()),
    )


def gather_matches(rows):
    """Gather matches, the newest change first."""
    rows = rows.with_list_details().order_by("-status_since", "pk")
    return gather_rows(_("Matches"), rows, describe_match)


@gathers(OF_PERSON, 60, Match)
def gather_matches_of_person(person, reader):
    asked = Q(interests__expert__user=person) | Q(consents__address__iexact=person.email)
    keys = Match.objects.filter(asked).order_by().values("pk")
    return gather_matches(Match.objects.for_user(reader).filter(pk__in=keys))


@gathers(OF_AUTHORITY, 60, Match)
def gather_matches_of_authority(authority, reader):
    sides = Q(dossier__authority=authority) | Q(interests__authority=authority)
    keys = Match.objects.filter(sides).order_by().values("pk")
    return gather_matches(Match.objects.for_user(reader).filter(pk__in=keys))


@event_source(describe=lambda event: describe_answer(event.interest))
def find_answer_events(reader):
    interests = Interest.objects.for_user(reader).order_by().values("pk")
    events = InterestEvent.objects.filter(interest__in=interests)
    return events.select_related("interest__dossier__authority")


@event_source(describe=lambda event: describe_match(event.match))
def find_match_events(reader):
    matches = Match.objects.for_user(reader).order_by().values("pk")
    events = MatchEvent.objects.filter(match__in=matches)
    return events.select_related("match__dossier__authority").prefetch_related(
        "match__interests__expert__user"
    )
