"""The steps of every life, as a timeline tells them: one sentence a verb."""

from django.utils.translation import gettext_lazy as _

# Whose note says why on the file, and is told to nobody outside.
NOTES_OF_STAFF = {"overrule", "evaluate", "settle", "invite"}
# What a line of a timeline shows to whoever may read the page (templates/_timeline.html).
FOR_ALL = ("name", "note", "costs_due")


def told_to_all(event):
    """Give of an event's details those that are shown to others than staff."""
    hidden = {"note"} if event.verb in NOTES_OF_STAFF else set()
    return {
        key: event.details[key] for key in FOR_ALL if key in event.details and key not in hidden
    }


EVENTS = {
    "approve_budget": _("The budget was approved"),
    # Dossiers
    "begin": _("Begun"),
    "hand_over": _("Became the authority's draft: its writer is a member"),
    "type_in": _("Typed in by our staff, on the authority's behalf"),
    "submit": _("Sent"),
    "take_back": _("Taken back to be changed"),
    "open": _("Opened by a case officer"),
    "ask_correction": _("Correction asked"),
    "ask_signature": _("Signature asked of the legal representative"),
    "sign": _("Signed by the legal representative"),
    "join": _("A co-applicant takes part"),
    "stay_out": _("A co-applicant declines"),
    "opine": _("Opinion of the association received"),
    "take_over": _("Followed by another officer"),
    "take_contact": _("A colleague became the contact"),
    "answer_correction": _("Correction sent"),
    "find_ineligible": _("Declared ineligible"),
    "reopen": _("Reopened on appeal"),
    "send_to_committee": _("Sent to the selection committee"),
    "validate": _("Validated"),
    "overrule": _("Validated by an administrator, against or without the committee"),
    "reserve": _("Put on the reserve list"),
    "not_select": _("Not selected"),
    "publish": _("Published"),
    "shortlist": _("Put on the shortlist"),
    "ask_consent": _("Agreement of every side asked"),
    "match": _("Matched"),
    "consent_failed": _("Back to the desk: a side declined or did not answer"),
    "withdraw_proposal": _("Back to the desk: our staff took the proposal back"),
    "seek_again": _("Open to new answers again"),
    "rematch": _("A new match is sought"),
    "extend": _("Given more time for answers"),
    "close": _("Closed"),
    "close_no_match": _("Closed without a match"),
    "withdraw": _("Withdrawn"),
    "cancel": _("Cancelled"),
    "lapse": _("Lapsed without an answer"),
    "keep": _("Kept longer"),
    # Interests
    "invite": _("Invited"),
    "uninvite": _("The invitation was taken back before it left"),
    "screen": _("Checked by staff"),
    "unscreen": _("Back to be checked: the decision was undone"),
    "restore": _("Back among those checked: the decision was undone"),
    "choose": _("Chosen"),
    "keep_in_reserve": _("Kept in reserve"),
    "expire": _("Expired"),
    # Matches
    "propose": _("Proposed"),
    "accept": _("A side agreed"),
    "decline": _("Declined"),
    "agree": _("Agreed by every side"),
    "refuse": _("Refused"),
    "unpropose": _("Taken back before anybody was asked"),
    "undo": _("Undone"),
    # Exchanges
    "create": _("Agreed"),
    "plan": _("Planned"),
    "get_ready": _("Ready to start"),
    "start": _("It has begun"),
    "resume": _("It goes on"),
    "complete": _("It is over"),
    "evaluate": _("Evaluated"),
    "follow_up_6m": _("The follow-up at 6 months is over"),
    "follow_up_12m": _("The follow-up at 12 months is over"),
    "postpone": _("Postponed"),
    "interrupt": _("Interrupted"),
    "leave": _("No longer works for their authority"),
    "close_account": _("Is closing their account"),
    "keep_account": _("Keeps their account after all"),
    "settle": _("Settled by our staff in another way"),
    "propose_days": _("Dates proposed"),
    "agree_days": _("Dates agreed by both sides"),
    "write_terms": _("Terms of reference written"),
    "sign_terms": _("Terms of reference signed"),
    "record_presence": _("Said who was there"),
    "invite_association": _("The association was invited to observe"),
    "ask_plan": _("Approval of the action plan asked"),
    "approve_plan": _("Action plan approved"),
    "report": _("A report on the measures came in"),
    "give_up_report": _("Nobody reported on the measures"),
    "submit_practice": _("Given to both sides to read"),
    "agree_practice": _("Publication agreed"),
    "send_back": _("Sent back to its authors"),
    "approve_practice": _("Approved"),
    "publish_practice": _("Published"),
    "archive": _("Taken off the site"),
    "observe": _("The association will observe"),
    "observe_not": _("The association cannot come"),
}
