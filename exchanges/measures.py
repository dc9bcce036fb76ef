"""What a town does afterwards: planned as measures, and reported on.

Reports are appended. A measure's status and progress are those of its last report; "done" needs
evidence or a word of staff.
"""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.people import applicants, associations_of
from connect.dates import months_after
from connect.fields import refresh_unwritten
from connect.files import clean_name
from connect.languages import label_with_value
from connect.schedule import after, process_one_by_one
from connect.transitions import TransitionRefused, record_event
from connect.uploads import clean_upload
from exchanges.enums import ExchangeStatus, MeasureStatus, Moment
from exchanges.locking import lock_exchange
from exchanges.models import Evaluation, Exchange, FollowUp, Measure, MeasureReport
from exchanges.permissions import EXCHANGES, FOLLOWED_IN
from exchanges.plan_approval import end_approval, plan_of
from exchanges.requirements import REPORTED_AHEAD, followed_from
from exchanges.transitions import exchange_machine
from notifications import reminder_pauses
from notifications.outbox import cancel_letters, post_letter
from notifications.recounts import recounts

MOST = 10  # measures of a plan
MOST_REPORTS = 100  # of a measure, each with its evidence
LONGEST = 24  # months after the exchange for the last measure
FOLLOW_UP_MONTHS = (6, 12)  # months after the end
# The step, by which a letter is known, and its days.
PLAN_ASKED = {"first": 7, "second": 21, "last": 30}  # after the end
PLAN_ASKED_IN = (ExchangeStatus.COMPLETED, ExchangeStatus.EVALUATED)
# From the day a report is due.
REPORT_ASKED = {"ahead": -REPORTED_AHEAD.days, "due": 0, "late": 14, "last": 30}
ASK_WHY = {MeasureStatus.DROPPED, MeasureStatus.DELAYED}
ASSOCIATION_ASKED, GIVEN_UP = 45, 60  # days after it


@transaction.atomic
def save_measure(form, exchange, *, actor, now=None):
    """Save a measure from a valid MeasureForm; a changed plan needs a new approval.

    Raises ValidationError for an eleventh.
    """
    exchange = lock_exchange(exchange, "follow", actor)
    plan = plan_of(exchange)
    before = plan.digest
    measure = form.save(commit=False)
    refresh_unwritten(form)
    if measure.pk and measure.plan_id != plan.pk:
        raise PermissionDenied
    if not measure.pk and plan.measures.count() >= MOST:
        raise ValidationError(_("Ten measures at most."), code="too_many")
    measure.plan = plan
    measure.save()
    if plan.digest != before:
        end_approval(plan, now=now or timezone.now())
    return measure


@transaction.atomic
def remove_measure(measure, *, actor, now=None):
    """Delete a measure without reports; later it is dropped, with a reason."""
    lock_exchange(measure.plan.exchange, "follow", actor)
    if measure.reports.exists():
        raise ValidationError(
            _("There are reports on this measure: set it to dropped instead, and say why."),
            code="reported",
        )
    measure.delete()
    end_approval(measure.plan, now=now or timezone.now())


# Reports


def report_measure(measure, *, actor, now=None, evidence=None, **values):
    """Append a report of a measure: status, progress, value and comment; return it.

    Raises ValidationError for evidence of a type we do not take, for "done" without evidence or
    comment, and for "dropped" without a reason.
    """
    if not EXCHANGES.allows(actor, "follow", measure.plan.exchange):
        raise PermissionDenied
    file = clean_upload(evidence) if evidence else (None, "")  # before any lock: it takes its time
    return write_report(measure, *file, actor=actor, now=now or timezone.now(), **values)


@transaction.atomic
def write_report(measure, upload, content_type, *, actor, now, follow_up=None, **values):
    lock_exchange(measure.plan.exchange, "follow", actor)
    measure = Measure.objects.select_for_update(of=("self",)).get(pk=measure.pk)
    has_evidence = upload or measure.reports.exclude(evidence="").exists()
    if measure.reports.count() >= MOST_REPORTS:
        raise ValidationError(
            _("A measure can have at most a hundred reports: write to the programme team."),
            code="too_many",
        )
    if lacking := missing_in_report(
        values["status"], values.get("comment", ""), has_evidence, actor
    ):
        raise ValidationError(lacking, code="lacking")
    if values["status"] == MeasureStatus.DONE:
        values["progress"] = 100  # else its page said “Carried out, 0 %”
    name = ""
    if upload:
        name, upload.name = clean_name(upload.name, content_type), str(uuid.uuid4())
    made = MeasureReport.objects.create(
        measure=measure,
        follow_up=follow_up,
        at=now,
        by=actor,
        evidence=upload or "",
        evidence_name=name,
        evidence_type=content_type,
        **values,
    )
    measure.status, measure.progress = values["status"], values["progress"]
    measure.save(update_fields=["status", "progress"])
    return made


def missing_in_report(status, comment, evidence, actor):
    """Describe what a report still needs; "" if it is complete.

    "Done" needs evidence; staff, who may know otherwise, write a remark instead.
    """
    if status == MeasureStatus.DONE and not evidence and not (actor.is_officer and comment.strip()):
        return _("Add a photo or a document that shows it was carried out.")
    if status in ASK_WHY and not comment.strip():
        return _("Say why.")
    return ""


def plan_follow_ups(exchange):
    """Create the requests for the town's reports: six and twelve months after the end."""
    for month in FOLLOW_UP_MONTHS:
        FollowUp.objects.get_or_create(
            exchange=exchange,
            month=month,
            defaults={"due_on": months_after(exchange.actual_end, month)},
        )


def answer_follow_up(follow_up, reports, answers, *, actor, now=None):
    """Save a report of six or twelve months: {measure: report}, and the general questions.

    All of it or nothing; the exchange moves on with it. Staff may type in what they heard.
    """
    if not EXCHANGES.allows(actor, "follow", follow_up.exchange):
        raise PermissionDenied
    if any(measure.plan.exchange_id != follow_up.exchange_id for measure in reports):
        raise PermissionDenied
    files = {measure: check_evidence(measure, one) for measure, one in reports.items()}
    return write_answer(follow_up, reports, files, answers, actor=actor, now=now or timezone.now())


def check_evidence(measure, values):
    """Return the checked evidence file of a measure and its type; call it before any lock.

    Raises ValidationError that says whose it is: there may be one for each measure.
    """
    if not values.get("evidence"):
        return None, ""
    try:
        return clean_upload(values["evidence"])
    except ValidationError as refusal:
        words = label_with_value(measure.title, refusal.message)
        raise ValidationError(words, code=refusal.code) from refusal


@transaction.atomic
def write_answer(follow_up, reports, files, answers, *, actor, now):
    exchange = lock_exchange(follow_up.exchange, "follow", actor)
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if follow_up.answered_at:
        raise ValidationError(_("This report has already been sent."), code="sent")
    if early := follow_up.early_words(timezone.localdate(now)):
        raise ValidationError(early, code="early")
    for measure, of_measure in reports.items():
        values = {name: value for name, value in of_measure.items() if name != "evidence"}
        write_report(measure, *files[measure], actor=actor, now=now, follow_up=follow_up, **values)
    for name, value in answers.items():
        setattr(follow_up, name, value)
    cancel_letters(follow_up)
    follow_up.answered_at, follow_up.answered_by, follow_up.given_up_on = now, actor, None
    follow_up.save()
    record_event(exchange, "report", actor=actor, now=now, details={"month": follow_up.month})
    take_follow_up_steps(exchange, now)
    return follow_up


def take_follow_up_steps(exchange, now):
    """Take the steps that the reports of an exchange allow, answered or given up.

    It ends once its last questionnaires are answered or over: a report may come before them.
    """
    settled = {
        one.month
        for one in exchange.follow_ups.all()
        if one.answered_at is not None or one.given_up_on is not None
    }
    steps = [
        (ExchangeStatus.EVALUATED, "follow_up_6m", 6),
        (ExchangeStatus.FOLLOW_UP_6M, "follow_up_12m", 12),
        (ExchangeStatus.FOLLOW_UP_12M, "close", 12),
    ]
    today = timezone.localdate(now)
    for status, verb, month in steps:
        exchange.refresh_from_db(fields=["status"])
        begins_on = followed_from(exchange, month)
        is_time = begins_on is not None and begins_on <= today
        waits = verb == "close" and has_open_questionnaires(exchange, today)
        if exchange.status == status and month in settled and is_time and not waits:
            exchange_machine.advance(exchange, verb, actor=None, now=now)


def has_open_questionnaires(exchange, today):
    """True while somebody may still answer what is asked twelve months after the exchange."""
    first = today - Evaluation.OPEN_FOR
    waiting = exchange.evaluations.filter(moment=Moment.TWELVE, answered_at=None)
    return waiting.exclude(participant=None).filter(due_on__gte=first).exists()


# By the clock


reminder_pauses.pausable(Exchange, EXCHANGES)
reminder_pauses.belongs_to("exchange", FollowUp)


@after("exchanges.moves.move_by_dates")
def request_plans(now):
    """Request the action plan 7, 21 and 30 days after the end, until it is approved."""
    today = timezone.localdate(now)

    def request_one(exchange):
        assert exchange.actual_end is not None
        since = (today - exchange.actual_end).days
        stage = [step for step, days in PLAN_ASKED.items() if days <= since][-1]
        return post_letter(
            "plan_due",
            key=f"exchange:{exchange.pk}:plan:{stage}",
            concerns=exchange,
            to=applicants(exchange.dossier),
            path=f"{exchange.path}plan/",
            reminds=stage != "first",  # a pause keeps nobody from being asked once
            by_day=True,
            reference=exchange.reference,
            title=exchange.dossier.title,
            due_on=(exchange.actual_end + timedelta(days=PLAN_ASKED["last"])).isoformat(),
        )

    ended = Exchange.objects.filter(
        status__in=PLAN_ASKED_IN,
        actual_end__lte=today - timedelta(days=PLAN_ASKED["first"]),
        actual_end__gte=today - timedelta(days=PLAN_ASKED["last"] + 14),
    ).exclude(plan__approved_at__isnull=False)
    ended = ended.select_related("dossier__authority").order_by("pk")
    return sum(process_one_by_one(request_one, ended))


@recounts("plan_due")
def recount_plan(exchange, _letter, _now):
    plan = getattr(exchange, "plan", None)
    is_over = exchange.status not in PLAN_ASKED_IN or (plan and plan.approved_at)
    return None if is_over else {}


@after("exchanges.moves.move_by_dates")
def follow_reported_exchanges(now):
    """Advance exchanges whose reports came before staff had evaluated them; count them."""

    def follow(exchange):
        before = exchange.status
        take_follow_up_steps(exchange, now)
        return exchange.status != before

    settled = FollowUp.objects.exclude(answered_at=None, given_up_on=None)
    waiting = Exchange.objects.filter(status__in=FOLLOWED_IN - {ExchangeStatus.COMPLETED})
    waiting = waiting.filter(follow_ups__in=settled).distinct().order_by("pk")
    return sum(process_one_by_one(follow, waiting))


@after("exchanges.moves.move_by_dates")
def request_reports(now):
    """Request the reports that are due, the association after 45 days, and give up after 60.

    What nobody answered is counted apart, never as a success (domain.md 9).
    """
    today = timezone.localdate(now)

    def request_one(one):
        exchange, days_late = one.exchange, (today - one.due_on).days
        if days_late >= GIVEN_UP:
            give_up_report(one, now)
            return 0
        speakers = associations_of(exchange.dossier)
        if days_late >= ASSOCIATION_ASKED:
            return ask_report(one, "association", speakers)
        stage = [step for step, days in REPORT_ASKED.items() if days <= days_late][-1]
        people = {person.address: person for person in applicants(exchange.dossier)}
        people |= {person.address: person for person in speakers if stage == "due"}
        return ask_report(one, stage, people.values())

    first = today - timedelta(days=REPORT_ASKED["ahead"])
    due = FollowUp.objects.filter(answered_at=None, given_up_on=None, due_on__lte=first)
    ended = due.filter(exchange__status__in=FOLLOWED_IN)
    ended = ended.select_related("exchange__dossier__authority").order_by("pk")
    return sum(process_one_by_one(request_one, ended))


@recounts("report_due")
@recounts("report_association")
def recount_report(follow_up, _letter, _now):
    is_settled = follow_up.answered_at is not None or follow_up.given_up_on is not None
    return None if is_settled else {"due_on": follow_up.due_on.isoformat()}


def give_up_report(follow_up, now):
    """Count a report as not answered, and take the steps that wait for it."""
    exchange, month = follow_up.exchange, follow_up.month
    unanswered = FollowUp.objects.filter(pk=follow_up.pk, answered_at=None)
    if not unanswered.update(given_up_on=timezone.localdate(now)):
        return  # it came while the clock was at those before it
    record_event(exchange, "give_up_report", actor=None, now=now, details={"month": month})
    with suppress(TransitionRefused):  # staff were quicker
        take_follow_up_steps(exchange, now)


def ask_report(follow_up, stage, people):
    exchange = follow_up.exchange
    return post_letter(
        "report_association" if stage == "association" else "report_due",
        key=f"follow-up:{follow_up.pk}:{stage}",
        concerns=follow_up,
        to=people,
        path=f"{exchange.path}report/{follow_up.month}/",
        reminds=stage != "ahead",
        by_day=True,
        reference=exchange.reference,
        title=exchange.dossier.title,
        authority=exchange.dossier.authority.name,
        month=follow_up.month,
        due_on=follow_up.due_on.isoformat(),
        known={
            "has_measures": Measure.objects.filter(plan__exchange=exchange).exists(),
            "is_late": stage not in ("ahead", "due"),
        },
    )
