"""The vocabulary of exchanges (domain.md 4 and 8)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.statuses import Kind, StatusChoices


class ExchangeStatus(StatusChoices):
    AGREED = "agreed", Kind.TO_DO, _("agreed, to be planned")
    PLANNED = "planned", Kind.IN_PROGRESS, _("planned")
    READY = "ready", Kind.DONE, _("ready to start")
    RUNNING = "running", Kind.IN_PROGRESS, _("under way")
    COMPLETED = "completed", Kind.DONE, _("completed")
    EVALUATED = "evaluated", Kind.DONE, _("evaluated")
    FOLLOW_UP_6M = "follow_up_6m", Kind.IN_PROGRESS, _("6-month follow-up completed")
    FOLLOW_UP_12M = "follow_up_12m", Kind.IN_PROGRESS, _("12-month follow-up completed")
    CLOSED = "closed", Kind.DONE, pgettext_lazy("an exchange", "closed")
    POSTPONED = "postponed", Kind.WAITING, _("postponed")
    INTERRUPTED = "interrupted", Kind.STOPPED, _("interrupted")
    CANCELLED = "cancelled", Kind.STOPPED, pgettext_lazy("an exchange", "cancelled")


class StopKind(TextChoices):
    """What a side asks staff to do with an exchange that is not over."""

    POSTPONE = "postpone", _("postpone it")
    CANCEL = "cancel", _("cancel it")


class Readiness(TextChoices):
    """What must be ready before an exchange may start."""

    TERMS = "terms", _("Terms of reference signed by both sides")
    EMPLOYER = "employer", _("The employer's consent")
    INSURANCE = "insurance", _("Insurance")
    VISA = "visa", _("Visas checked")
    BUDGET = "budget", _("Budget approved")
    BRIEFING = "briefing", _("Briefing completed")
    ASSOCIATION = "association", _("Association of local authorities invited")
    CONTACTS = "contacts", _("Emergency contacts")
    CONDUCT = "conduct", _("Code of conduct signed")
    PEOPLE = "people", _("Participants of both sides named")
    AGENDA = "agenda", _("Agenda written")
    RULES = "rules", _("The rules of this form")


class Bringer(TextChoices):
    """Who brings what must be ready before an exchange may start."""

    BOTH = "both", _("both sides")
    EXPERTS = "experts", _("the experts")
    TEAM = "team", _("the programme team")


class Mode(TextChoices):
    """Where people meet."""

    ON_SITE = "on_site", _("on site")
    HYBRID = "hybrid", _("on site and online")
    REMOTE = "remote", _("online")


class SessionKind(TextChoices):
    """What an item of the agenda is."""

    WORK = "work", _("working session")
    VISIT = "visit", _("visit of a site")
    DEBRIEF = "debrief", _("debrief with the council")
    CONCLUSIONS = "conclusions", _("joint conclusions")
    OTHER = "other", _("something else")


class Side(TextChoices):
    """The side for which somebody takes part."""

    REQUESTING = "requesting", _("applicant")
    OFFERING = "offering", _("offering authority")
    ASSOCIATION = "association", _("an association")
    STAFF = "staff", _("the programme")
    OTHER = "other", _("others")


class Part(TextChoices):
    """What somebody does in an exchange."""

    EXPERT = "expert", _("expert")
    INTERN = "intern", _("intern")
    MENTOR = "mentor", _("mentor")
    DELEGATE = "delegate", _("delegate")
    GROUP_LEADER = "group_leader", _("group leader")
    FACILITATOR = "facilitator", _("facilitator")
    OBSERVER = "observer", _("observer")
    INTERPRETER = "interpreter", _("interpreter")


class Post(TextChoices):
    ELECTED = "elected", _("elected member")
    TECHNICAL = "technical", _("technical staff")
    OTHER = "other", _("neither")


class Visa(TextChoices):
    UNKNOWN = "unknown", _("not checked yet")
    NOT_NEEDED = "not_needed", _("not needed")
    ASKED = "asked", pgettext_lazy("visa", "asked for")
    GRANTED = "granted", _("granted")


class ObserverAnswer(StatusChoices):
    WAITING = "waiting", Kind.WAITING, _("no answer yet")
    ACCEPTED = "accepted", Kind.DONE, _("will observe")
    DECLINED = "declined", Kind.STOPPED, _("cannot come")


class LearningLevel(TextChoices):
    """Where a change takes place (domain.md 10)."""

    INDIVIDUAL = "individual", _("individual")
    ORGANISATIONAL = "organisational", _("organisational")
    COMMUNITY = "community", _("community")


class MeasureStatus(StatusChoices):
    PLANNED = "planned", Kind.TO_DO, pgettext_lazy("measure", "planned")
    STARTED = "started", Kind.IN_PROGRESS, _("started")
    DONE = "done", Kind.DONE, pgettext_lazy("measure", "carried out")
    DELAYED = "delayed", Kind.WAITING, _("delayed")
    DROPPED = "dropped", Kind.STOPPED, _("dropped")


class Moment(TextChoices):
    """When an exchange is evaluated."""

    END = "end", _("at the end")
    SIX = "six", _("after six months")
    TWELVE = "twelve", _("after twelve months")


class Criterion(TextChoices):
    """The criteria of the OECD's Development Assistance Committee (2019)."""

    RELEVANCE = "relevance", _("Relevance: was it the right need?")
    COHERENCE = "coherence", _("Coherence: does it fit with other programmes?")
    EFFECTIVENESS = "effectiveness", _("Effectiveness: were the objectives met?")
    EFFICIENCY = "efficiency", _("Efficiency: cost and time for the result")
    IMPACT = "impact", _("Impact: the wider change, good or bad")
    SUSTAINABILITY = "sustainability", _("Sustainability: will it last?")


class IncidentKind(TextChoices):
    HEALTH = "health", _("health")
    SECURITY = "security", _("security")
    ACCIDENT = "accident", _("accident")
    SAFEGUARDING = "safeguarding", _("harassment, or harm to somebody who needs protection")
    DATA_BREACH = "data_breach", _("personal data lost or seen by others")
    LOST_DOCUMENT = "lost_document", _("lost document")
    OTHER = "other", _("something else")


class Severity(IntegerChoices):
    """How bad an incident is: from three on the duty officer is notified at once."""

    SMALL = 1, _("1: minor, resolved")
    MODERATE = 2, _("2: the programme had to change")
    SERIOUS = 3, _("3: serious, somebody was hurt or in danger")
    GRAVE = 4, _("4: grave, life or freedom at risk")


class BudgetCategory(TextChoices):
    """What costs money in an exchange."""

    TRAVEL = "travel", _("international travel")
    LOCAL_TRAVEL = "local_travel", _("local travel")
    PER_DIEM = "per_diem", _("daily allowance")
    ACCOMMODATION = "accommodation", _("lodging")
    INTERPRETATION = "interpretation", _("interpretation")
    VISA = "visa", _("visa")
    INSURANCE = "insurance", _("insurance")
    VENUE = "venue", _("room and meals")
    MATERIALS = "materials", _("materials")
    OTHER = "other", _("something else")


class Payer(TextChoices):
    PROGRAMME = "programme", _("paid by the programme")
    HOST = "host", _("paid by the offering authority")
    APPLICANT = "applicant", _("paid by the applicant")
