"""The schedule: each rule declares beside itself when it runs, and nothing else has to.

A rule takes an instant and does whatever is due by then, found by a query: run late, twice or on
two machines, it does the same once. From its line come the Celery task and beat's entry, what
`follow_clock` does by hand and what the preview of letters foresees.
"""

import inspect
import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from celery.schedules import crontab
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerAway

from connect.celery import ORDINARY, URGENT, app

logger = logging.getLogger(__name__)
Row = TypeVar("Row")
Result = TypeVar("Result")
Function = TypeVar("Function", bound=Callable[..., Any])
# For which time the clock is run: that of the look ahead is days from now.
RUNS_FOR: ContextVar[datetime | None] = ContextVar("RUNS_FOR", default=None)
# What nobody took within a minute, the urgent worker drops unread: beat has asked again.
URGENT_FOR = 60
AGAIN = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}


@dataclass(frozen=True)
class Rule:
    """A function that the clock calls, and who else does.

    only_workers: it takes what waits, or touches what no rollback brings back: it makes no sense
    as if it were another time. is_foreseen: the preview of letters runs it. follows: the name of
    the rule right after which it is run, in the same job; it has no job of its own then.
    """

    function: Callable[..., Any]
    worker: str = ORDINARY
    only_workers: bool = False
    is_foreseen: bool = True
    follows: str = ""

    @property
    def name(self) -> str:
        return rule_name(self.function)

    @property
    def following_rules(self) -> list["Rule"]:
        return [rule for rule in RULES.values() if rule.follows == self.name]

    def run(self, now: datetime) -> Any:
        """Call the function, with the instant where it asks for one."""
        asked = inspect.signature(self.function).parameters.values()
        needs_now = any(one.default is one.empty for one in asked)
        runs_for = RUNS_FOR.set(now)
        try:
            return self.function(now) if needs_now else self.function()
        finally:
            RUNS_FOR.reset(runs_for)


def current_instant() -> datetime:
    """Return the time for which the clock is run, else that of now."""
    return RUNS_FOR.get() or timezone.now()


RULES: dict[str, Rule] = {}  # by name, in the order in which they are run by hand


def rule_name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"


def every(
    *, seconds: int = 0, minutes: int = 0, hours: int = 0, **options: Any
) -> Callable[[Function], Function]:
    """Register a rule that runs so often.

    Options: `worker`, `only_workers`, `is_foreseen` (see `Rule`), and `retries` when the database
    goes away.
    """
    return register_rule(timedelta(seconds=seconds, minutes=minutes, hours=hours), **options)


def daily(*, at: str, **options: Any) -> Callable[[Function], Function]:
    """Register a rule that runs once a day, at an hour of Brussels such as "03:30"."""
    hour, minute = at.split(":")
    return register_rule(crontab(hour=hour, minute=minute), **options)


def after(leader: str, *, is_foreseen: bool = True) -> Callable[[Function], Function]:
    """Register a rule that runs right after another ("exchanges.moves.move_by_dates")."""

    def register(function: Function) -> Function:
        RULES[rule_name(function)] = Rule(function, is_foreseen=is_foreseen, follows=leader)
        return function

    return register


def register_rule(
    schedule: timedelta | crontab, *, retries: bool = True, **options: Any
) -> Callable[[Function], Function]:
    """Register a function as a rule, with its Celery task and its beat entry."""

    def register(function: Function) -> Function:
        rule = RULES[rule_name(function)] = Rule(function, **options)

        def job() -> Any:
            return run_job(rule, timezone.now())

        app.task(job, name=rule.name, **(AGAIN if retries else {}))
        expires = URGENT_FOR if rule.worker == URGENT else None
        signature = app.signature(rule.name, queue=rule.worker, expires=expires)
        app.add_periodic_task(schedule, signature, name=rule.name)
        return function

    return register


def run_job(rule: Rule, now: datetime) -> Any:
    """Run a rule in a worker, then those that follow it, even where it failed."""
    try:
        return rule.run(now)
    finally:
        run_rules(now, rule.following_rules)


def rules_by_hand() -> list[Rule]:
    """List the rules that can be run for any time, each before those that follow it."""
    leading = [rule for rule in RULES.values() if not (rule.follows or rule.only_workers)]
    return [rule for leader in leading for rule in (leader, *leader.following_rules)]


def process_one_by_one(process: Callable[[Row], Result], rows: Iterable[Row]) -> list[Result]:
    """Process rows each in a transaction of its own; return what came of them, in their order.

    One that fails is logged, stops none of those after it and is found again by the next run.
    """
    results = []
    for row in rows:
        try:
            with transaction.atomic():
                results.append(process(row))
        except OperationalError:
            raise  # the database is away: all of it is tried again
        except Exception:
            label = row._meta.label if isinstance(row, Model) else type(row).__name__
            key = row.pk if isinstance(row, Model) else row
            logger.exception("%s failed for %s %s", process.__qualname__, label, key)
    return results


def run_rules(now: datetime, rules: Iterable[Rule] | None = None) -> dict[str, Any]:
    """Run some rules, or all, as at `now`: {name: what it returned}.

    One that fails stops no other.
    """
    done: dict[str, Any] = {}
    for rule in rules_by_hand() if rules is None else rules:
        try:
            with transaction.atomic():
                done[rule.name] = rule.run(now)
        except Exception as error:
            logger.exception("%s failed", rule.name)
            done[rule.name] = f"{type(error).__name__}: {error}"
    return done


class Nudge:
    """A call to a worker after the commit, once a transaction for each rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __call__(self) -> None:
        try:
            job = app.tasks[self.rule.name]
            job.apply_async(queue=self.rule.worker, retry=False, ignore_result=True)
        except BrokerAway:
            logger.warning("no broker: %s waits for beat", self.rule.name)


def nudge_worker(function: Callable[..., Any]) -> None:
    """Ask a worker after the commit to run this rule before its time.

    A broker that is away only delays it.
    """
    rule = RULES[rule_name(function)]
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, Nudge) and call.rule is rule for call in waiting):
        transaction.on_commit(Nudge(rule), robust=True)
