"""Which texts of an application may be translated for a reader: what is typed in words, no more.

Names, functions, addresses and files are never sent, nor what staff alone read of it.
"""

from django.db.models import Exists, OuterRef, Q

from applications.models import ConflictDeclaration, Dossier
from applications.permissions import AUTHOR
from applications.reading import CONTACT, STAFF_ONLY, read_sections
from applications.sections import SECTIONS
from applications.sections.base import CountedField
from connect.reading_help import Passage, Source, declare_source

IN_WORDS = {
    name
    for section in SECTIONS.values()
    for name, field in section.base_fields.items()
    if isinstance(field, CountedField)
} - (CONTACT | STAFF_ONLY)


def dossiers_of(reader):
    """Those that a person reads, and those that they judge, once they declared no conflict."""
    declared = ConflictDeclaration.objects.filter(
        dossier=OuterRef("pk"), member=reader, has_conflict=False
    )
    judged = Dossier.objects.for_committee(reader).filter(Exists(declared))
    read = Dossier.objects.for_user(reader)
    return Dossier.objects.filter(Q(pk__in=read.values("pk")) | Q(pk__in=judged.values("pk")))


def dossier_passages(dossier, reader):
    passages = [
        Passage(str(words), dossier.text_language)
        for _section, rows in read_sections(dossier, hidden=CONTACT | STAFF_ONLY)
        for name, (_label, words) in rows.items()
        if name in IN_WORDS
    ]
    return passages + list(comments_for(dossier, reader))


def comments_for(dossier, reader):
    """Yield what officers, associations and the committee said of it, to whom it is shown."""
    if AUTHOR.holds(reader, dossier):
        for correction in dossier.corrections.all():
            for item in correction.fields:
                yield Passage(item["comment"])
    is_desk = Dossier.objects.for_officer(reader).filter(pk=dossier.pk).exists()
    is_judge = Dossier.objects.for_committee(reader).filter(pk=dossier.pk).exists()
    if not (is_desk or is_judge):
        return
    for opinion in dossier.opinions.select_related("by"):
        yield Passage(opinion.text, language_of(opinion.by))
    scores = dossier.scores.exclude(member=reader).select_related("member")
    if not is_desk:
        own = dossier.scores.filter(member=reader).exclude(shown_at=None)
        scores = scores.exclude(shown_at=None) if own.exists() else scores.none()
    for score in scores:
        yield Passage(score.comment, language_of(score.member))


def language_of(writer):
    """Return the language that somebody reads our pages in; "" of nobody: it need not be theirs."""
    return writer.language if writer else ""


def names_in(dossier):
    """Return the names of whoever has to do with an application, to be taken out of its texts."""
    return [
        dossier.focal_name,
        dossier.legal_name,
        dossier.follow_up_person,
        dossier.contact_name,
        *dossier.co_applicants.values_list("contact", flat=True),
        *dossier.contributors.values_list("name", flat=True),
    ]


declare_source(
    Source(
        "dossier",
        dossiers_of,
        dossier_passages,
        hides=names_in,
    )
)
