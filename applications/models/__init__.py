"""The records of dossiers, by subject."""

from applications.models.answers import (
    Attachment,
    Correction,
    DossierVersion,
    SectionAside,
    SectionDraft,
    attachment_path,
)
from applications.models.calls import Call
from applications.models.committee import Assignment, ConflictDeclaration, Score
from applications.models.contributors import Contributor
from applications.models.dossier import Dossier, DossierNeed
from applications.models.dossier_events import DossierEvent
from applications.models.meetings import Meeting, MeetingCase, MeetingEvent, MeetingMember
from applications.models.together import CoApplicant, Opinion, Signature

__all__ = [
    "Assignment",
    "Attachment",
    "Call",
    "CoApplicant",
    "ConflictDeclaration",
    "Contributor",
    "Correction",
    "Dossier",
    "DossierEvent",
    "DossierNeed",
    "DossierVersion",
    "Meeting",
    "MeetingCase",
    "MeetingEvent",
    "MeetingMember",
    "Opinion",
    "Score",
    "SectionAside",
    "SectionDraft",
    "Signature",
    "attachment_path",
]
