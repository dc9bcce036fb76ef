"""The stages of a dossier: who has it, what comes next, and how long that usually takes."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.assignment import has_all_scores
from applications.enums import FINAL, RANKED_IN, UNSENT, Status
from applications.models import Dossier
from applications.requirements import appeal_by, takes_answers
from connect.cached_counts import cached_value
from registry.enums import MembershipStatus

KEPT_FOR = 3600  # seconds
FEWEST = 5  # dossiers: a median of fewer says nothing

STAGES = [
    ("write", gettext_lazy("You write it and send it"), UNSENT),
    (
        "check",
        gettext_lazy("A programme officer checks that it is complete and eligible"),
        {Status.SUBMITTED, Status.ELIGIBILITY_CHECK, Status.CORRECTION_ASKED},
    ),
    (
        "committee",
        gettext_lazy("The selection committee reads and scores it"),
        {Status.UNDER_SELECTION, Status.RESERVE},
    ),
    (
        "search",
        gettext_lazy("We look for experts who solved the same problem"),
        RANKED_IN,
    ),
    ("agree", gettext_lazy("Every side agrees"), {Status.CONSENT_PENDING}),
    ("exchange", gettext_lazy("You meet, and apply what you have learnt"), {Status.MATCHED}),
]

# Seconds from the first time in a stage to the first time after it, over dossiers that left it.
STAGE_DAYS = """
    WITH reached AS (
        SELECT dossier_id, array_position(%(order)s::text[], stage.name::text) AS place,
               min(event.at) AS at
        FROM applications_dossierevent event
        JOIN ({dossiers}) AS asked (id) ON asked.id = event.dossier_id
        JOIN unnest(%(states)s::text[], %(names)s::text[]) AS stage (state, name)
          ON stage.state = event.target
        GROUP BY dossier_id, stage.name
    ), left_for AS (
        SELECT place,
               extract(epoch FROM lead(at) OVER (PARTITION BY dossier_id ORDER BY place) - at)
                   AS seconds
        FROM reached
    )
    SELECT place, count(*),
           percentile_cont(%(parts)s::float8[]) WITHIN GROUP (ORDER BY seconds)
    FROM left_for WHERE seconds > 0 GROUP BY place
"""


@dataclass(frozen=True)
class Stop:
    """One stage of the way: before, now or ahead; who has it, and how long it usually takes."""

    state: str  # done, now or next
    title: str
    who: str = ""
    usually: str = ""


def median_days():
    """Return {stage: days}: medians over all dossiers, counted at most once an hour."""
    return cached_value("applications.journey", KEPT_FOR, count_days)


def count_days():
    return {stage: days for stage, (days,) in stage_days(Dossier.objects.all(), (0.5,)).items()}


def stage_days(dossiers, parts):
    """Return {stage: (days, …)}: within how many a part of these dossiers left it, 0.5 for half.

    A stage that fewer than five left is not in it.
    """
    order = [name for name, _title, _states in STAGES]
    pairs = [(str(state), name) for name, _title, states in STAGES for state in sorted(states)]
    states, names = zip(*pairs, strict=True)
    asked, values = dossiers.order_by().values("pk").query.sql_with_params()
    named = {f"asked{place}": value for place, value in enumerate(values)}
    asked = asked % tuple(f"%({name})s" for name in named)
    with connection.cursor() as cursor:
        cursor.execute(
            STAGE_DAYS.format(dossiers=asked),
            named
            | {"order": order, "states": list(states), "names": list(names), "parts": list(parts)},
        )
        return {
            order[place - 1]: tuple(max(round(one / 86400), 1) for one in seconds)
            for place, count, seconds in cursor.fetchall()
            if count >= FEWEST
        }


# Statuses that end on a day of their own, which is said: a median beside it would say another.
DATED = UNSENT | {Status.CORRECTION_ASKED, Status.PUBLISHED, Status.CONSENT_PENDING}

TITLES_FOR_OTHERS = {
    "write": gettext_lazy("The applicant writes it and sends it"),
    "exchange": gettext_lazy("Both sides meet, and apply what they have learnt"),
}


def describe_holder_to_staff(dossier):
    """Describe who has a dossier now, also what the applicant may still do of its ineligibility.

    Once its scores are in, the committee waits for staff.
    """
    if dossier.status == Status.UNDER_SELECTION and has_all_scores(dossier):
        return _("All scores are in. With: a programme officer, to record the decision.")
    if day := appeal_by(dossier):
        words = _("The applicant can appeal until %s; another officer then reopens it.")
        return words % date_format(day, "DATE_FORMAT")
    return describe_holder(dossier, dossier.open_correction(), is_own=False)


def describe_holder(dossier, correction, is_own):
    """Describe who has a dossier now and until when; is_own: whether it is the reader."""
    if dossier.is_past_its_call:
        return dossier.describe_call_end()
    if not is_own:
        match dossier.status:
            case Status.PRIVATE | Status.DRAFT:
                return _("With: the applicant.")
            case Status.CORRECTION_ASKED if correction:
                due = date_format(correction.due_on, "DATE_FORMAT")
                return _("With: the applicant; the correction is due by %s.") % due
            case Status.CORRECTION_ASKED:
                return _("With: the applicant.")
            case Status.VALIDATED if not dossier.summary_approved_at:
                return _("With: the applicant, to confirm that the summary may be published.")
            case Status.CONSENT_PENDING:
                return _(
                    "The applicant, the expert and their employer each have ten days to answer."
                )
    match dossier.status:
        case Status.PRIVATE:
            place = dossier.place_of_writer()
            if place is None or place.status != MembershipStatus.ASKED:
                return _("Only you can see it, and it cannot be submitted.")
            return _("Only you can see it until your membership of %s is confirmed.") % (
                dossier.authority
            )
        case Status.DRAFT:
            return describe_draft(dossier, timezone.now())
        case Status.SUBMITTED:
            return _("It is waiting for a programme officer to open it.")
        case Status.ELIGIBILITY_CHECK:
            return _("With: %s.") % (dossier.acting_officer or _("A programme officer"))
        case Status.CORRECTION_ASKED:
            due = date_format(correction.due_on, "DATE_FORMAT") if correction else "—"
            return _("Action required from you: send the correction by %s.") % due
        case Status.UNDER_SELECTION:
            return _("With: the selection committee.")
        case Status.RESERVE:
            return _(
                "It is on the reserve list: it continues if funds become available in this call."
            )
        case Status.VALIDATED if not dossier.summary_approved_at:
            return _("Action required from you: say whether your summary may be published.")
        case Status.VALIDATED:
            return _("A programme officer publishes it next.")
        case Status.PUBLISHED:
            # Of a later app, as in `takes_answers`.
            words = (
                _("It is published: experts elsewhere can answer until %s.")
                if takes_answers(dossier, timezone.localdate())
                else _("The last day for answers was %s: the programme team decides what follows.")
            )
            return words % date_format(dossier.opportunity.closes_on, "DATE_FORMAT")
        case Status.SHORTLISTING:
            return _("A programme officer chooses among those who answered.")
        case Status.CONSENT_PENDING:
            return _("You, the expert and their employer each have ten days to answer.")
    return ""


def describe_draft(dossier, now):
    """Describe until when a draft can be sent; what came on paper in time has no such day."""
    if dossier.is_in_time(now) and not dossier.call.is_open(now):
        return _(
            "It arrived in time: submit it once it is complete and the legal representative "
            "has confirmed it."
        )
    words = _("Action required from you: submit it before the call closes on %s (Brussels time).")
    return words % date_format(timezone.localtime(dossier.call.closes_at), "DATETIME_FORMAT")


def list_stops(dossier, correction=None, *, is_own=True):
    """List the Stops of a dossier's way; nothing once it has ended, or its call over a draft.

    is_own: the reader writes the dossier; only they read what is asked of the applicant.
    """
    if dossier.status in FINAL or dossier.is_past_its_call:
        return []
    days, stops, met = median_days(), [], False
    for name, title, states in STAGES:
        here = dossier.status in states
        met = met or here
        state = "now" if here else "next" if met else "done"
        usual = None if here and dossier.status in DATED else days.get(name)
        stops.append(
            Stop(
                state=state,
                title=str(title if is_own else TITLES_FOR_OTHERS.get(name, title)),
                who=describe_holder(dossier, correction, is_own) if here else "",
                usually=(
                    ngettext("usually %d day", "usually %d days", usual) % usual
                    if usual and state != "done"
                    else ""
                ),
            )
        )
    return stops
