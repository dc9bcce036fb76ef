"""What must hold before a dossier's transition: each check lists what is missing."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications import section_answers
from applications.asked_files import file_questions, list_asked_files, missing_files
from applications.assignment import scores_needed_by, unsettled_points
from applications.enums import AttachmentKind, Check, Status
from applications.models import Dossier
from applications.sections import QUESTIONS
from connect.languages import label_with_value
from connect.posted_values import parse_day
from connect.templatetags.look import amount
from notifications import limits
from registry.enums import MembershipStatus

# From the day on which a request is published, extended or reopened (domain.md 4).
SHORTEST_OPEN, LONGEST_OPEN = timedelta(weeks=3), timedelta(weeks=8)
LONGEST_CORRECTION = timedelta(weeks=8)


def missing_answers(dossier, details, now):
    checked = section_answers.check_dossier(dossier, timezone.localdate(now))
    missing = [
        label_with_value(label, message)
        for _s, _f, label, message in section_answers.list_problems(checked)
    ]
    if dossier.status == Status.CORRECTION_ASKED:
        missing += missing_files(list_asked_files(dossier, dossier.open_correction()))
    return missing


def missing_membership(dossier, details, now):
    """List what prevents a draft from becoming its authority's: no membership, or another draft."""
    missing, place = [], dossier.place_of_writer()
    if place is None or place.status != MembershipStatus.ACTIVE:
        missing.append(_("your membership of %s, to be confirmed") % dossier.authority)
    drafts = Dossier.objects.filter(
        call=dossier.call, authority=dossier.authority, status=Status.DRAFT
    )
    if other := drafts.first():
        message = _("submission of the draft %s, which your authority has started for this call")
        missing.append(message % other.reference)
    return missing


def missing_for_submission(dossier, details, now):
    """List what lacks for submission: a dossier must be complete, and in time."""
    missing = missing_answers(dossier, details, now)
    held = set(dossier.attachments.values_list("kind", flat=True))
    missing += [AttachmentKind(kind).label for kind in dossier.call.attachments if kind not in held]
    if not dossier.is_in_time(now):
        missing.append(_("an open call: this one has closed"))
    if dossier.typed_by_id and not dossier.is_signed():
        missing.append(_("the confirmation of the legal representative, by the link in our e-mail"))
    return missing


def missing_for_editing(dossier, details, now):
    """List what prevents taking a dossier back: it must be sent again before its call closes."""
    if dossier.call.is_open(now):
        most = limits.LIMITS["submit"].about
        if not limits.is_reached("submit", about=dossier, now=now):
            return []
        words = _(
            "a day’s wait: this application has been submitted %(n)d times today, and could not "
            "be resubmitted before tomorrow"
        )
        return [words % {"n": most}]
    return [
        _(
            "an open call: this one has closed, and an application that you edit again could "
            "not be resubmitted"
        )
    ]


def missing_correction(dossier, details, now):
    asked = details.get("fields") or []
    known = {**QUESTIONS, **file_questions(dossier)}
    if not asked or any(row["field"] not in known or not row["comment"] for row in asked):
        return [_("at least one field, each with a comment")]
    return [] if is_ahead(details.get("due_on"), now) else [_("a due date that is still to come")]


def missing_other_last_day(dossier, details, now):
    """List what a change of a correction's last day lacks: another day, still to come."""
    correction = dossier.open_correction()
    if not is_ahead(details.get("due_on"), now):
        return [_("a due date that is still to come")]
    is_same = correction and correction.due_on == parse_day(details["due_on"])
    return [_("another day than the present one")] if is_same else []


def missing_untouched_answers(dossier, details, now):
    """List what keeps a correction from being withdrawn: what was typed for it would be lost."""
    correction = dossier.open_correction()
    added = dossier.attachments.filter(uploaded_at__gt=correction.asked_at)
    if not added.exists() and not section_answers.has_changed_since_sent(dossier):
        return []
    return [
        _(
            "a correction that has not been started: the applicant has already changed answers or "
            "added files. Wait for it, or change the last day"
        )
    ]


def is_ahead(typed, now):
    """True for a day, as a form sends it, that is today or later."""
    day = parse_day(typed or "")
    return day is not None and day >= timezone.localdate(now)


APPEAL = timedelta(days=15)


def appeal_by(dossier):
    """Return until when an authority may appeal against its ineligibility; else None."""
    decision = dossier.events.filter(verb="find_ineligible").last()
    if (
        dossier.status != Status.INELIGIBLE
        or decision is None
        or missing_first_appeal(dossier, {}, decision.at)
    ):
        return None
    return timezone.localdate(decision.at + APPEAL)


def missing_first_appeal(dossier, details, now):
    return (
        [_("a first appeal: this application has already been reopened once")]
        if dossier.events.filter(verb="reopen").exists()
        else []
    )


def missing_for_committee(dossier, details, now):
    lacking = [label for code, label in Check.choices if code not in dossier.checklist]
    wanted = _("the letter of commitment, or a signature by link")
    return lacking if dossier.has_commitment() else [*lacking, wanted]


def missing_quorum(dossier, details, now):
    """List what prevents a decision: too few scores, or one more needed where two are far apart.

    Of one on the reserve list nothing: the committee has judged it, and scores it no more.
    """
    if dossier.status != Status.UNDER_SELECTION:
        return []
    missing = scores_needed_by(dossier) - dossier.scores.count()
    if missing <= 0:
        return []
    return [
        ngettext(
            "the score of %d member without a conflict",
            "scores of %d members without a conflict",
            missing,
        )
        % missing
    ]


def points_to_explain(dossier):
    """Return how many points its scores are apart, for a decision to explain; else 0."""
    return unsettled_points(dossier) if dossier.status == Status.UNDER_SELECTION else 0


def missing_explanation(dossier, details, now):
    """List what prevents a decision on scores that are far apart: a written reason."""
    apart = points_to_explain(dossier)
    if not apart or details.get("internal", "").strip():
        return []
    wanted = _("an explanation, or one more member: two scores are %s points apart")
    return [wanted % amount(apart)]


def missing_points(dossier, details, now):
    """List what a dossier lacks to be selected, at once or when funds are there: scores, points."""
    lacking = missing_quorum(dossier, details, now)
    totals, threshold = list(dossier.scores.values_list("total", flat=True)), dossier.call.threshold
    if totals and sum(totals) / len(totals) < threshold:
        wanted = _(
            "a mean of %(threshold)d points, where it has %(mean)s: do not select it, or an "
            "administrator validates it with a written reason"
        )
        mean = amount(sum(totals) / len(totals), 1)
        lacking.append(wanted % {"threshold": threshold, "mean": mean})
    return lacking


def missing_agreement_to_summary(dossier, details, now):
    """List what prevents a publication while the applicant has not agreed to the summary."""
    if dossier.summary_approved_at:
        return []
    words = _("the applicant's agreement to the summary, for which they were asked on %s")
    return [words % date_format(timezone.localdate(dossier.status_since), "DATE_FORMAT")]


def takes_answers(dossier, today):
    """True while experts can answer a request: it is published, and its last day is not over."""
    # Of a later app: a request is there once an application is published.
    return dossier.status == Status.PUBLISHED and dossier.opportunity.closes_on >= today


def doubt_last_day(dossier, closes_on, today):
    """Describe what is unlikely about the last day for answers to a request; "" if nothing."""
    if closes_on < today:
        return ""  # refused: it is over
    doubts = [doubt_time_to_answer(closes_on, today), doubt_period(dossier, closes_on)]
    return " ".join(filter(None, doubts))


def doubt_time_to_answer(closes_on, today):
    """Describe the time that experts have from today, if it is unusual; else ""."""
    days = (closes_on - today).days
    if SHORTEST_OPEN.days <= days <= LONGEST_OPEN.days:
        return ""
    words = ngettext(
        "Experts have three to eight weeks to answer: this is %d day from today.",
        "Experts have three to eight weeks to answer: this is %d days from today.",
        days,
    )
    return words % days


def doubt_period(dossier, closes_on):
    """Describe the period that the application asks for, if it is over by a last day; else ""."""
    if dossier.ends_on and closes_on >= dossier.ends_on:
        period = _("The application asks for an exchange that is over by %s.")
        return period % date_format(dossier.ends_on, "DATE_FORMAT")
    return ""


def doubt_due_day(due_on, today):
    """Describe what is unlikely about the day by which a correction is due; "" if nothing."""
    days = (due_on - today).days
    if days <= LONGEST_CORRECTION.days:
        return ""
    words = _("Applicants usually have two weeks for a correction: this is %d days from today.")
    return words % days


def missing_last_day(dossier, details, now):
    is_coming = is_ahead(details.get("closes_on"), now)
    return [] if is_coming else [_("a last day for answers that is still to come")]
