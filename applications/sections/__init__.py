"""The sections of a dossier, in the order of the form (domain.md 5)."""

from django.utils.translation import gettext_lazy as _

from applications.sections.after import (
    BackgroundSection,
    CommitmentSection,
    DeclarationsSection,
    FollowUpSection,
    InclusionSection,
    RisksSection,
)
from applications.sections.asking import AssociationSection, ContactSection
from applications.sections.base import SectionForm
from applications.sections.exchange import ExchangeSection, ParticipantsSection, ResourcesSection
from applications.sections.need import (
    BeneficiariesSection,
    ColleagueSection,
    NeedsSection,
    ObjectivesSection,
    ProblemSection,
    ResultsSection,
    SummarySection,
)

# How the task list is headed.
PARTS = [
    (_("Applicant"), [ContactSection, AssociationSection]),
    (
        _("Need"),
        [
            SummarySection,
            ProblemSection,
            ObjectivesSection,
            ResultsSection,
            BeneficiariesSection,
            NeedsSection,
            ColleagueSection,
        ],
    ),
    (_("Exchange"), [ExchangeSection, ParticipantsSection, ResourcesSection]),
    (
        _("Follow-up"),
        [FollowUpSection, InclusionSection, RisksSection, BackgroundSection],
    ),
    (_("Commitment"), [CommitmentSection, DeclarationsSection]),
]
SECTIONS: dict[str, type[SectionForm]] = {
    section.slug: section for _heading, sections in PARTS for section in sections
}
QUESTIONS = {  # key: (section's slug, label, field names)
    key: (slug, label, names)
    for slug, section in SECTIONS.items()
    for key, label, names in section.questions()
}


def section_after(slug):
    """Slug of the next section, or None after the last."""
    slugs = list(SECTIONS)
    return next(iter(slugs[slugs.index(slug) + 1 :]), None)


def unlocked_fields(correction):
    """Return the fields of the questions that a correction asks to answer again.

    One asked for before questions had rows names a single field.
    """
    asked = [row["field"] for row in correction.fields]
    return {name for key in asked for name in (QUESTIONS[key][2] if key in QUESTIONS else [key])}
