"""Evaluating an exchange: asked by link of all who took part, told as means and never by name."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Avg, Count, Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.anonymity import FEW
from connect.dates import day_after, months_after
from connect.schedule import after, process_one_by_one
from connect.types import Words
from exchanges.enums import ExchangeStatus, Moment, Side
from exchanges.models import Evaluation, Exchange, Participant
from exchanges.permissions import EXPERT, FOLLOWED_IN, sides_of
from exchanges.questions import VERSION, questions_at
from matching.models import Match
from matching.permissions import APPLICANT
from matching.satisfaction import Mark, marks_asked
from notifications import reminder_pauses
from notifications.outbox import cancel_letters, post_letter
from notifications.recounts import recounts
from registry.models import Expert

# The step, by which a letter is known: days after the end, or after six and twelve months.
ASKED_AFTER = {"first": 1, "second": 5, "last": 12}
MOMENTS = {Moment.END: 0, Moment.SIX: 6, Moment.TWELVE: 12}  # months after the end


def create_questionnaires(exchange, today):
    """Create the questionnaires with their dates; the clock sends the letters.

    At the end everybody; six and twelve months later the two sides. Who is named later is asked at
    once what is still open to the others, and nothing that is closed: its results were read.
    """
    for moment, months in MOMENTS.items():
        due_on = months_after(exchange.actual_end, months)
        if day_after(due_on, Evaluation.OPEN_FOR) < today:
            continue
        people = exchange.participants.not_absent().select_related("user")
        if moment != Moment.END:
            people = people.filter(side__in=[Side.REQUESTING, Side.OFFERING])
        for person in people:
            if person.email:
                Evaluation.objects.get_or_create(
                    exchange=exchange,
                    participant=person,
                    moment=moment,
                    defaults={
                        "side": person.side,
                        # The first letter leaves a day after, be it a later one for others.
                        "due_on": max(due_on, today - timedelta(days=ASKED_AFTER["first"])),
                    },
                )


reminder_pauses.belongs_to("exchange", Evaluation)


@after("exchanges.moves.move_by_dates")
def request_evaluations(now):
    """Send the questionnaires one, five and twelve days after their moment; count the letters."""
    today = timezone.localdate(now)

    def request_one(one):
        waited = (today - one.due_on).days
        stage = [step for step, days in ASKED_AFTER.items() if days <= waited][-1]
        return post_letter(
            "evaluation_asked",
            key=f"evaluation:{one.pk}:{stage}",
            concerns=one,
            to=[one.participant.recipient],
            path=one.PAGE,
            opens=one,
            now=now,
            reminds=stage != "first",  # a pause keeps nobody from being asked once
            by_day=True,
            reference=one.exchange.reference,
            title=one.exchange.dossier.title,
            again=stage != "first",
        )

    due = Evaluation.objects.filter(
        answered_at=None,
        due_on__lt=today,
        due_on__gte=today - timedelta(days=ASKED_AFTER["last"] + 2),
    ).exclude(Q(participant=None) | Q(exchange__status=ExchangeStatus.CLOSED))
    due = due.select_related("exchange__dossier", "participant__user").order_by("pk")
    return sum(process_one_by_one(request_one, due))


@recounts("evaluation_asked")
def recount_evaluation(evaluation, _letter, now):
    return {} if is_evaluation_open(evaluation, now) else None


def is_evaluation_open(evaluation, now):
    """True while it may be answered: once, so that its link opens nobody's answers.

    With its exchange it closes early: what staff closed is counted as it stands.
    """
    is_over = evaluation.exchange.status == ExchangeStatus.CLOSED
    return evaluation.answered_at is None and not is_over and evaluation.link_end(now) > now


def questionnaires_to_answer(exchange, person, now):
    """List (questionnaire, its link) that somebody with an account, or a participant, can answer.

    From the day on which its letter leaves: the link is created where it has not left yet; none
    where it was withdrawn.
    """
    mine = exchange.evaluations.filter(answered_at=None, due_on__lt=timezone.localdate(now))
    if isinstance(person, Participant):
        mine = mine.filter(participant=person)
    else:
        mine = mine.filter(
            Q(participant__user=person)
            | Q(participant__user=None, participant__address__iexact=person.email)
        )
    mine = mine.select_related("exchange", "participant__user").order_by("pk")
    links = [(one, one.create_link(now)) for one in mine if is_evaluation_open(one, now)]
    return [(one, link) for one, link in links if link]


@transaction.atomic
def save_evaluation(evaluation, answers, *, now=None):
    """Save {code: answer} of a questionnaire, given once.

    Raises ValidationError once it is answered or closed, and where nothing is answered: it is
    given once, so that an empty one would leave nobody a second try.
    """
    now = now or timezone.now()
    kept = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    if kept.answered_at:
        raise ValidationError(_("This questionnaire has already been answered."), code="answered")
    if not is_evaluation_open(kept, now):
        raise ValidationError(_("This questionnaire is closed."), code="closed")
    codes = {question.code for question in questions_at(kept.moment)}
    kept.answers = {code: said for code, said in answers.items() if code in codes and said != ""}
    if not kept.answers:
        message = _("Nothing has been sent yet: answer at least one question, then send.")
        raise ValidationError(message, code="empty")
    kept.answered_at, kept.version = now, VERSION
    kept.save(update_fields=["answers", "answered_at", "version"])
    cancel_letters(kept, keeps_links=True)
    if (kept.moment, kept.side) == (Moment.END, Side.REQUESTING):
        rate_experts(kept.exchange)
    return kept


def expert_addresses(exchange):
    emails = exchange.match.interests.values_list("expert__user__email", flat=True)
    return {email.lower() for email in emails}


def ask_who_was_there(exchange, now):
    """Ask those who turn out to have taken part, once the exchange is over."""
    if exchange.status in FOLLOWED_IN:
        create_questionnaires(exchange, timezone.localdate(now))
    rate_experts(exchange)


def rate_experts(exchange):
    """Update the mean rating of each expert of an exchange by the towns they helped.

    The engine weighs it, and the desk shows it, once enough people have answered.
    """
    for expert in (
        Expert.objects.select_for_update(of=("self",))
        .filter(pk__in=exchange.match.interests.values("expert"))
        .order_by("pk")
    ):
        helped = Exchange.objects.filter(match__interests__expert=expert)
        answers: Any = Evaluation.objects.counted_for_ratings().filter(exchange__in=helped)
        rated = answers.aggregate(count=Count("pk"), mean=Avg("mark"))
        expert.rating_count, expert.rating_mean = rated["count"], rated["mean"]
        expert.save(update_fields=["rating_count", "rating_mean"])


@receiver(marks_asked, sender=Match)
def list_satisfaction(**_):
    """List how content those who were helped were, for the rankings."""
    rows: Any = Evaluation.objects.counted_for_ratings().order_by("pk")
    return [Mark(*row) for row in rows.values_list("exchange__match", "mark", "answered_at")]


def one_per_mailbox(answered):
    """Filter to one questionnaire for each mailbox of an exchange."""
    rows = {
        (one.exchange_id, one.moment, one.participant.email.lower() or one.participant_id): one
        for one in answered
    }
    return list(rows.values())


@dataclass(frozen=True)
class Result:
    """One question: how many answered, and their mean where enough did. `share` is of the scale."""

    question: object
    count: int
    mean: float | None
    share: float | None
    words: tuple


@dataclass(frozen=True)
class Results:
    """One moment of one exchange: how many were asked and answered, and each question."""

    moment: str
    label: Words
    asked: int
    answered: int
    most: int  # answers that can count for this reader
    results: list
    asks_on: date | None = None  # the day from which they are asked, where it is still to come

    @property
    def rated_questions(self):
        """The questions of which enough was said for a mean."""
        return [row for row in self.results if row.mean is not None]

    @property
    def is_too_small(self):
        """True where too few people are asked for any mean or text to be shown."""
        return self.most < FEW

    @property
    def rate(self):
        return round(100 * self.answered / self.asked) if self.asked else None


def results_for(exchange, reader, now):
    """Return the results of an exchange's questionnaires that a person may read.

    Staff read what those think whom the side that asked, or staff, confirmed. A side reads what
    the others think, never its own people: whoever holds all answers of a mean but one could read
    the last. So each side reads means that it holds no answer of; only once the questionnaires are
    closed, so that it learns nothing from what an answer changes; and to the nearest half.
    """
    asked = exchange.evaluations.select_related("participant__user", "exchange")
    # Whoever did not come is asked no more.
    rows = list(asked.exclude(participant__attended=False, answered_at=None))
    counted = [row for row in rows if row.participant and row.participant.confirmed_at]
    may_count = [row for row in rows if row.participant]
    if not reader.is_officer:
        own = sides_of(reader, exchange)
        for tie, side in ((APPLICANT, Side.REQUESTING), (EXPERT, Side.OFFERING)):
            if tie.holds(reader, exchange):
                own.add(side)
        counted = [row for row in counted if own and row.side not in own]
        may_count = [row for row in may_count if own and row.side not in own]
        still_open = {row.moment for row in rows if is_evaluation_open(row, now)}
        counted = [row for row in counted if row.moment not in still_open]
    counted = one_per_mailbox(row for row in counted if row.answered_at)
    today = timezone.localdate(now)
    return sum_up_results(
        rows, counted, may_count=may_count, halves=not reader.is_officer, today=today
    )


def sum_up_results(rows, counted, *, may_count=None, halves=False, today=None):
    """Return results for each moment: no mean and no words of fewer than five answers.

    rows: all that are asked; counted: those whose answers make up the means; may_count: those
    whose answers could, if all of them came. halves: round means.
    today: for which of them the day is still to come.
    """
    sums = []
    for moment in Moment:
        of_moment = [row for row in rows if row.moment == moment]
        answered = [row for row in of_moment if row.answered_at]
        if of_moment:
            counting = [row for row in counted if row.moment == moment and row.answered_at]
            results = [
                question_result(question, counting, halves) for question in questions_at(moment)
            ]
            could = [row for row in may_count or [] if row.moment == moment]
            most = len(of_moment) if may_count is None else len(one_per_mailbox(could))
            asked_first = None if answered else first_asking_day(of_moment, today)
            counts = len(of_moment), len(answered), most
            sums.append(Results(moment, moment.label, *counts, results, asked_first))
    return sums


def first_asking_day(rows, today):
    """Return the day on which the first of some questionnaires leaves; None once it has left."""
    if today is None:
        return None
    first = day_after(min(row.due_on for row in rows), timedelta(days=ASKED_AFTER["first"]))
    return first if today < first else None


def question_result(question, rows, halves=False):
    answers = [row.answers[question.code] for row in rows if question.code in row.answers]
    if question.kind == "text":
        words = tuple(sorted(answers)) if len(answers) >= FEW else ()
        return Result(question, len(answers), None, None, words)
    numbers = [int(one) for one in answers if question.kind == "ten" or int(one) > 0]
    if len(numbers) < FEW:
        return Result(question, len(numbers), None, None, ())
    mean = sum(numbers) / len(numbers)
    if halves:
        mean = round(2 * mean) / 2
    most = 10 if question.kind == "ten" else 5
    return Result(question, len(numbers), mean, mean / most, ())
