"""Those who took part and wish to be found by others who did."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from exchanges.models import Exchange, Listing, Participant
from exchanges.permissions import BEGUN
from registry.models import Theme

LONGEST = 300  # characters of a search that are read


def past_participants():
    """Those with an account who were at an exchange that has begun."""
    people = Participant.objects.filter(exchange__status__in=BEGUN).not_absent()
    return people.exclude(user=None).filter(user__is_active=True)


def has_taken_part(user):
    return past_participants().filter(user=user).exists()


def may_see_directory(user):
    """True for whoever took part themselves, of both sides of an exchange held, and of staff."""
    held = Exchange.objects.filter_allowed(user, "meet").filter(status__in=BEGUN)
    return user.is_officer or held.exists() or has_taken_part(user)


def list_people(words=""):
    """Return the listed people once each, by their last exchange; words: a name, town or theme."""
    later = past_participants().filter(user=OuterRef("user"), pk__gt=OuterRef("pk"))
    people = past_participants().filter(~Exists(later), user__listing__isnull=False)
    for word in words[:LONGEST].replace("\x00", "").split():
        named = Theme.objects.annotate(words=Cast("names", TextField()))
        needs = Q(exchange__dossier__needs__theme__in=named.filter(words__icontains=word))
        own = Q(user__name__icontains=word) | Q(organisation__icontains=word)
        people = people.filter(pk__in=Participant.objects.filter(own | needs).values("pk"))
    people = people.select_related("user", "exchange__dossier__authority")
    people = people.prefetch_related("exchange__dossier__needs__theme")
    return people.order_by("user__name", "pk")


def list_person(user):
    """List a person, with their name, function, town and e-mail address."""
    if not has_taken_part(user):
        raise PermissionDenied
    Listing.objects.get_or_create(user=user, defaults={"at": timezone.now()})


def unlist_person(user):
    Listing.objects.filter(user=user).delete()
