"""What else stands on the timeline of a dossier, beside the steps that move it."""

from django.utils.translation import gettext_lazy as _

from connect.transitions import REMINDER_EVENTS, EventType

EVENTS = {
    "begin": EventType(_("Started")),
    "type_in": EventType(_("Entered by the programme team, on the authority's behalf")),
    "ask_signature": EventType(_("Signature requested from the legal representative")),
    "sign": EventType(_("Signed by the legal representative")),
    "decline_signature": EventType(_("Signature declined by the legal representative")),
    "ask_co_applicant": EventType(_("A co-applicant was invited")),
    "remove_co_applicant": EventType(_("A co-applicant was removed")),
    "join": EventType(_("A co-applicant takes part")),
    "stay_out": EventType(_("A co-applicant declined")),
    "opine": EventType(_("Opinion of the association received")),
    "withdraw_file": EventType(_("A file was removed"), is_note_internal=True),
    **REMINDER_EVENTS,
    "take_over": EventType(_("Taken over by another programme officer")),
    "take_contact": EventType(_("A colleague became the contact")),
    "name_representative": EventType(_("Another legal representative was named")),
    "extend": EventType(_("Closing date for answers extended")),
    "keep": EventType(_("Retention extended")),
    "invite_contributor": EventType(_("A colleague was invited to write the sections")),
    "contribute": EventType(_("A colleague who was invited writes the sections")),
    "remove_contributor": EventType(_("A colleague no longer writes the sections")),
}
