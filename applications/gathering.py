"""What the desk shows of a person's and an authority's applications."""

from dataclasses import replace

from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from applications.desk_search import describe_dossier
from applications.enums import FINAL
from applications.models import Dossier, DossierEvent, Signature
from applications.permissions import has_ties
from connect.gathering import OF_AUTHORITY, OF_PERSON, event_source, gather_rows, gathers
from connect.languages import join_parts
from notifications.hidden_letters import hides_letters

ALIVE_FIRST = (Case(When(status__in=FINAL, then=1), default=0), "-status_since", "pk")
ROLES = {
    "is_contact": _("contact person"),
    "is_writer": _("started it"),
    "is_signer": _("legal representative"),
    "is_editor": _("worked on it"),
    "is_officer": _("case officer"),
}


def readable_dossiers(reader):
    """Return what an officer may work on: conflicts of interest hold here too."""
    return Dossier.objects.on_desk_of(reader).with_list_details()


@hides_letters
def tied_dossiers(officer):
    """List the references of the dossiers to which a conflict of interest ties an officer."""
    if not has_ties(officer):
        return []
    mine = Dossier.objects.for_officer(officer).order_by().values("pk")
    return Dossier.objects.exclude(pk__in=mine).values_list("reference", flat=True)


def ties_of(person):
    """Return how somebody may be tied to a dossier, as columns of it."""
    signed = Signature.objects.filter(dossier=OuterRef("pk"), address__iexact=person.email)
    moved = DossierEvent.objects.filter(dossier=OuterRef("pk"), actor=person)
    return {
        "is_contact": Q(focal_email__iexact=person.email),
        "is_writer": Q(created_by=person),
        "is_signer": Exists(signed),
        "is_editor": Exists(moved),
        "is_officer": Q(case_officer=person),
    }


@gathers(OF_PERSON, 40, Dossier)
def gather_applications(person, reader):
    ties = {
        name: Case(When(tie, then=True), default=False) for name, tie in ties_of(person).items()
    }
    rows = readable_dossiers(reader).annotate(**ties)
    tied = Q()
    for name in ties:
        tied |= Q(**{name: True})
    return gather_rows(_("Applications"), rows.filter(tied).order_by(*ALIVE_FIRST), describe_part)


def describe_part(dossier):
    hit = describe_dossier(dossier)
    roles = [words for name, words in ROLES.items() if getattr(dossier, name)]
    return replace(hit, about=join_parts([hit.about, *roles]))


@gathers(OF_AUTHORITY, 30, Dossier)
def gather_applications_of_authority(authority, reader):
    own = Q(authority=authority) | Q(pk__in=authority.joint_dossiers.order_by().values("pk"))
    rows = readable_dossiers(reader).filter(own)
    return gather_rows(_("Applications"), rows.order_by(*ALIVE_FIRST), describe_dossier)


@event_source(describe=lambda event: describe_dossier(event.dossier))
def find_dossier_events(reader):
    readable = readable_dossiers(reader).order_by().values("pk")
    events = DossierEvent.objects.filter(dossier__in=readable)
    return events.select_related("dossier__authority")
