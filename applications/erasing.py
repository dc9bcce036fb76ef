"""What dossiers hold of a person: what keeps their account, and what goes blank with it."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.erasing import AS_A_RECORD
from accounts.holdings import NAMELESS_TABLES, DeedByLink, Holding, Mention, declare_holdings
from accounts.models import User
from accounts.naming import PLACES
from accounts.unused import still_needed
from applications import models
from applications.enums import FINAL, Status
from applications.models import Dossier
from applications.reading import list_answers
from applications.sections import SECTIONS
from registry.enums import MembershipStatus
from registry.models import Membership, SearchEntry

OF_COMMITTEE = _(
    "What members of the committee think of an application is theirs, so that they judge freely."
)
OF_ASSOCIATION = _("What an association thinks of an application, staff and committee alone read.")
OF_WRITER = _("What somebody typed and did not save is theirs.")
OF_TOWN = _("The application is your local authority's: it stays, without your name.")


def section_words(row):
    return [(_("Section"), SECTIONS[row.section].title)] if row.section in SECTIONS else []


def typed_words(row):
    """Return [(label, words)] of what was typed in a section, as a page shows it."""
    read = list_answers(row.dossier, {row.section: row.raw})
    return [pair for _section, pairs in read for pair in pairs]


@receiver(still_needed, sender=User)
def has_a_dossier_open(user, **_):
    mine = Dossier.objects.filter(
        Q(created_by=user) | Q(focal_email__iexact=user.email) | Q(legal_email__iexact=user.email)
    )
    return mine.exclude(status__in=FINAL).exists()


def dossiers_naming(person):
    """Return the dossiers of their towns, and those whose contact or signatory they were.

    Not of a town that they only asked to join: its people did not let them in.
    """
    theirs = Q(pk__in=[])
    if person.user:
        inside = [MembershipStatus.ACTIVE, MembershipStatus.ENDED]
        mine = Membership.objects.filter(user=person.user, status__in=inside)
        theirs = Q(authority__in=mine.values("authority")) | Q(created_by=person.user)
    theirs = Q(pk__in=person.readable(Dossier.objects.filter(theirs)).values("pk"))
    for one in (*person.addresses, *([person.replacement] if person.user else [])):
        theirs |= Q(focal_email__iexact=one) | Q(legal_email__iexact=one)
        theirs |= Q(signatures__address__iexact=one) | Q(co_applicants__address__iexact=one)
    dossiers = Dossier.objects.filter(theirs)
    if person.reads:  # a draft that is its writer's alone names others before they know of it
        dossiers = dossiers.exclude(Q(status=Status.PRIVATE) & ~Q(created_by=person.user))
    return dossiers


def find_anew(keys, person=None):
    """Remove published requests from the search index, to be indexed again by a worker."""
    published = Dossier.objects.filter(pk__in=keys).exclude(opportunity=None)
    entries = SearchEntry.objects.filter(kind=SearchEntry.OPPORTUNITY)
    entries.filter(key__in=list(published.values_list("opportunity", flat=True))).delete()


def delete_files(rows):
    for row in rows:
        transaction.on_commit(partial(row.file.delete, save=False), robust=True)
    rows.delete()


def delete_drafts(rows, _person_or_now=None):
    """Delete private drafts with their files; their timelines have told nobody of them."""
    delete_files(models.Attachment.objects.filter(dossier__in=rows))
    rows.delete()


def of_dossiers(person):
    return Q(dossier__in=dossiers_naming(person).values("pk"))


def of_meetings(person):
    """Return the meetings with a case of theirs, and those to which they were invited."""
    theirs = Q(cases__dossier__in=dossiers_naming(person).values("pk"))
    if person.user:
        theirs |= Q(members__member=person.user)
    return models.Meeting.objects.filter(theirs).order_by().values("pk")


def meetings_of(person):
    return Q(pk__in=of_meetings(person))


# Whose name an event tells in “name”: the signatory's; elsewhere an organisation's.
SIGNED = Q(verb__in=["sign", "decline_signature"])

declare_holdings(
    Holding(
        Dossier,
        _("Drafts that are yours alone, until you are a member"),
        user=("created_by",),
        where=Q(status=Status.PRIVATE),
        shows=("reference", "authority", "call", "title", "created_at"),
        deletes=True,
        before=delete_drafts,
    ),
    Holding(
        Dossier,
        _("Applications of which you are the contact"),
        address=("focal_email",),
        name=("focal_name",),
        number=("focal_phone",),
        shows=("reference", "focal_function", "focal_language"),
        blanks={"focal_function": ""},
        stays=OF_TOWN,
    ),
    Holding(
        Dossier,
        _("Applications of which you are the legal representative"),
        address=("legal_email",),
        name=("legal_name",),
        shows=("reference", "legal_function", "legal_language"),
        blanks={"legal_function": ""},
        stays=OF_TOWN,
    ),
    Holding(
        models.Signature,
        _("Signatures that you were asked for"),
        address=("address",),
        name=("name", "signed_name"),
        shows=(
            *("dossier", "function", "language", "asked_at", "expires_at", "signed_at"),
            *("declined_at", "declined_why"),
        ),
        blanks={"function": "", "declined_why": ""},
        stays=_("A record that an application was signed is kept, without your name."),
    ),
    Holding(
        models.CoApplicant,
        _("That an application asks together with your local authority"),
        address=("address",),
        name=("contact",),
        shows=("dossier", "language", "asked_at", "answered_at", "takes_part"),
        stays=OF_TOWN,
    ),
    Holding(
        models.Contributor,
        _("Applications of others that you were invited to write"),
        user=("user",),
        address=("address",),
        name=("name",),
        shows=("dossier", "language", "asked_at", "joined_at", "ended_at"),
        stays=OF_TOWN,
    ),
    Holding(
        models.ConflictDeclaration,
        _("Conflicts of interest that you declared"),
        user=("member",),
        shows=("dossier", "has_conflict", "text", "at", "earlier"),
        blanks={"text": "", "earlier": None},
        stays=_("That you declared it stays, without your name: it explains who decided."),
    ),
    Holding(
        models.Assignment,
        _("Applications that you were asked to score"),
        user=("member",),
        shows=("dossier", "at"),
        stays=AS_A_RECORD,
    ),
    Holding(
        models.Score,
        _("Scores that you gave"),
        user=("member",),
        shows=("dossier", "points", "total", "comment", "at"),
        stays=_("Points and reasons stay, without your name: they explain the decision."),
    ),
    Holding(
        models.MeetingMember,
        _("Meetings of the committee to which you were invited"),
        user=("member",),
        shows=("meeting", "comes", "answered_at", "is_present"),
        stays=AS_A_RECORD,
    ),
    Holding(
        models.Meeting,
        _("Meetings of the committee that you chaired, or whose minutes you signed"),
        user=("chair", "deputy"),
        shows=("call", "starts_at", "place"),
        stays=_("The minutes are the committee's: they stay, without your account."),
    ),
    Holding(
        models.Opinion,
        _("Opinions that you wrote for your association"),
        user=("by",),
        shows=("dossier", "association", "verdict", "text", "at"),
        stays=_("The opinion is your association's: it stays, without your name."),
    ),
    Holding(
        models.Attachment,
        _("Documents that you added to applications"),
        user=("uploaded_by",),
        shows=("dossier", "kind", "name", "size", "uploaded_at", "file"),
        gives=("file",),
        stays=OF_TOWN,
    ),
    Holding(
        models.SectionDraft,
        _("Sections of applications that you saved last"),
        user=("saved_by",),
        shows=("dossier", "section", "raw", "saved_at"),
        words={"raw": typed_words, "section": section_words},
        stays=OF_TOWN,
    ),
    Holding(
        models.SectionAside,
        _("What you typed while a colleague saved another text"),
        user=("saved_by",),
        shows=("dossier", "section", "raw", "saved_at"),
        words={"raw": typed_words, "section": section_words},
        deletes=True,
    ),
    DeedByLink(
        models.DossierEvent,
        ("sign",),
        "dossier__signatures__address",
        "dossier__signatures__signed_at",
    ),
    DeedByLink(
        models.DossierEvent,
        ("decline_signature",),
        "dossier__signatures__address",
        "dossier__signatures__declined_at",
    ),
    DeedByLink(
        models.DossierEvent,
        ("join", "stay_out"),
        "dossier__co_applicants__address",
        "dossier__co_applicants__answered_at",
    ),
    Mention(
        Dossier, lambda person: Q(pk__in=dossiers_naming(person).values("pk")), after=find_anew
    ),
    Mention(models.DossierNeed, of_dossiers),
    Mention(models.SectionDraft, of_dossiers, hides=frozenset({"past"})),
    Mention(models.SectionAside, of_dossiers, withheld=OF_WRITER),
    Mention(models.DossierVersion, of_dossiers),
    Mention(models.Attachment, of_dossiers),
    Mention(models.Signature, of_dossiers),
    Mention(models.CoApplicant, of_dossiers, places=PLACES | {"name"}),
    Mention(models.Contributor, of_dossiers, places=PLACES | {"name"}),
    Mention(models.Correction, of_dossiers),
    Mention(models.Opinion, of_dossiers, withheld=OF_ASSOCIATION),
    Mention(models.DossierEvent, of_dossiers, where=SIGNED, names=frozenset({"name"})),
    Mention(models.DossierEvent, of_dossiers, where=~SIGNED, places=PLACES | {"name"}),
    Mention(models.Score, of_dossiers, withheld=OF_COMMITTEE),
    Mention(models.ConflictDeclaration, of_dossiers, withheld=OF_COMMITTEE),
    Mention(models.MeetingCase, of_dossiers, withheld=OF_COMMITTEE),
    Mention(models.Meeting, meetings_of, withheld=OF_COMMITTEE),
    Mention(models.MeetingEvent, lambda person: Q(meeting__in=of_meetings(person))),
)
NAMELESS_TABLES |= {models.Call}
