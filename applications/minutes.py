"""Minutes of a meeting: drafted from its own cases, edited, and printed."""

import hashlib
import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import meetings, signing
from applications.enums import MeetingStatus
from applications.models import MeetingCase
from connect.documents import render_pdf
from connect.languages import join_names, join_parts, label_with_value
from connect.templatetags.look import amount
from connect.transitions import record_event

TEMPLATE = Path(__file__).with_name("minutes.typ")


def draft_minutes(meeting):
    """Write the minutes anew from what the meeting recorded, in the language of whoever asks.

    All of them, whoever asks: a conflict of interest keeps them from reading it. Scores stand
    without names: who gave which is for staff alone.
    """
    rows = meetings.list_all_cases(meeting)
    for row in rows:
        row.case.minutes = draft_case(row)
    MeetingCase.objects.bulk_update([row.case for row in rows], ["minutes"])
    meeting.opening, meeting.closing = draft_opening(meeting), ""
    meeting.save(update_fields=["opening", "closing"])


def describe_hours(meeting):
    """Describe when a meeting is, in Brussels time."""
    begins, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    words = _("%(day)s, %(begins)s–%(ends)s (Brussels time)")
    return words % {
        "day": date_format(meeting.day, "DATE_FORMAT"),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
    }


def draft_opening(meeting):
    """Return what the minutes say before the cases."""
    call, invited = meeting.call, list(meeting.members.select_related("member"))
    rule = _(
        "%(quorum)d scores per application, or those of all members who can "
        "judge it if there are fewer; one more if two are more than %(gap)d "
        "points apart; validated, or on the reserve list, from a mean of %(threshold)d. "
        "Scores are shown without names."
    )
    lines = [
        (_("Meeting"), describe_hours(meeting)),
        (_("Place"), meeting.place or meeting.link),
        (_("Chair"), meeting.chair.name),
        (_("Present"), join_names(one.member.name for one in invited if one.is_present)),
        (_("Absent"), join_names(one.member.name for one in invited if not one.is_present)),
    ]
    facts = [label_with_value(label, words) for label, words in lines if words]
    limits = {"quorum": call.quorum, "gap": call.gap, "threshold": call.threshold}
    return "\n".join([*facts, rule % limits])


def draft_case(row):
    """Return what the minutes say of a case."""
    case, judged = row.case, row.judged
    choices = case.get_proposal_display() if case.proposal else ""
    decided = case.outcome_words or _("none in this meeting")
    scores = " · ".join(map(amount, judged.totals))
    lines = [
        (_("Scores"), scores),
        (_("Mean"), amount(judged.mean, 1) if judged.totals else ""),
        (_("Recused"), join_names(judged.recused)),
        (_("Opinions of associations"), join_parts(judged.opinions)),
        (_("Comments of members"), " ".join(judged.comments)),
        (_("Proposal"), choices),
        (_("Vote"), describe_vote(case)),
        (_("Decision"), decided),
        (_("Reason"), case.reason),
    ]
    return "\n".join(label_with_value(label, words) for label, words in lines if words)


def describe_vote(case):
    """Describe how a case was voted; "" where the meeting decided nothing of it."""
    if not case.was_voted:
        return _("agreed without a vote") if case.was_agreed else ""
    words = _("%(votes_for)d for, %(votes_against)d against, %(abstentions)d abstained")
    return words % {
        "votes_for": case.votes_for,
        "votes_against": case.votes_against,
        "abstentions": case.abstentions,
    }


def list_texts(meeting):
    """Return all that the minutes of a meeting say, in their order."""
    hours = [timezone.localtime(at).isoformat() for at in (meeting.starts_at, meeting.ends_at)]
    heading = [*hours, meeting.place, meeting.link, meeting.chair_id, meeting.opening]
    cases = meeting.cases.values_list("pk", "minutes")
    deputy = [meeting.deputy_id] if meeting.deputy_id else []
    return [*heading, *deputy, *([pk, text] for pk, text in cases), meeting.closing]


def digest_of_minutes(meeting):
    """Return the digest of minutes: what the chair signed."""
    return hashlib.sha256(json.dumps(list_texts(meeting)).encode()).hexdigest()


@transaction.atomic
def save_minutes(meeting, *, actor, chair, opening, closing, texts, deputy=None, now=None):
    """Save edited minutes, {key of a case: text}, and who is to sign them.

    Raises PermissionDenied once they are sent.
    """
    meeting = meetings.lock_meeting(meeting, "write minutes", actor)
    meeting.chair, meeting.deputy = chair, deputy
    meeting.opening, meeting.closing = opening, closing
    meeting.save(update_fields=["chair", "deputy", "opening", "closing"])
    cases = list(meeting.cases.all())
    for case in cases:
        case.minutes = texts.get(case.pk, case.minutes)
    MeetingCase.objects.bulk_update(cases, ["minutes"])
    record_event(meeting, "edit_minutes", actor=actor, now=now or timezone.now())


def list_parts(meeting, cases):
    """List (heading, text) of the minutes on these cases, in their order."""
    return [
        {
            "reference": case.dossier.reference,
            "title": str(case.dossier.heading),
            "authority": case.dossier.authority.place,
            "text": case.minutes,
        }
        for case in cases
    ]


def describe_signature(meeting):
    """Describe who signed minutes, and when; "" before."""
    if meeting.status != MeetingStatus.SIGNED:
        return ""
    recorded = meeting.events.filter(verb="record_unsigned").select_related("actor").last()
    if recorded:
        words = _(
            "Nobody who was present can sign all of them, because of conflicts of interest. "
            "Recorded by %(name)s of the programme team on %(when)s (Brussels time): %(reason)s"
        )
        when = date_format(timezone.localtime(recorded.at), "DATETIME_FORMAT")
        name, reason = recorded.actor.name if recorded.actor else "—", recorded.details["note"]
        return words % {"name": name, "when": when, "reason": reason}
    signed = signing.list_signatures(meeting)
    of_chair = _("Signed by %(name)s, chair, with their account on %(when)s (Brussels time).")
    of_deputy = _(
        "Signed by %(name)s, for the cases that the chair left, with their account on %(when)s "
        "(Brussels time)."
    )
    lines = []
    for person, words in zip(signing.signers_of(meeting), (of_chair, of_deputy), strict=False):
        at = timezone.localtime(signed.get(person.pk, meeting.status_since))
        lines.append(words % {"name": person.name, "when": date_format(at, "DATETIME_FORMAT")})
    return "\n".join(lines)


def minutes_pdf(meeting):
    """Return the minutes of a meeting as PDF bytes, with labels in the reader's language."""
    cases = meeting.cases.select_related("dossier__authority")
    signed = describe_signature(meeting)
    data = {
        "lang": get_language()[:2],
        "heading": _("Minutes of the selection committee"),
        "call": str(meeting.call),
        "met": str(meeting),
        "draft": "" if signed else _("Draft: the chair has not signed it."),
        "opening": meeting.opening,
        "parts": list_parts(meeting, cases),
        "closing": meeting.closing,
        "nothing": _("No application was on the agenda."),
        "signatures": _("Signatures"),
        "signed": signed,
        "lines": [_("For the committee"), _("For the secretariat")],
    }
    return render_pdf(TEMPLATE, data)
