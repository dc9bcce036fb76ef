"""What exchanges hold of a person: what keeps their account, and what goes blank with it."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from accounts.erasing import AS_A_RECORD
from accounts.holdings import NAMELESS_TABLES, DeedByLink, Holding, Mention, declare_holdings
from accounts.models import User
from accounts.naming import NAMES, PLACES
from accounts.unused import still_needed
from applications.erasing import dossiers_naming
from connect.dates import moment_words
from exchanges import models
from exchanges.conversation import blank_messages_of
from exchanges.enums import ExchangeStatus, Visa
from exchanges.models import DiaryEntry, Exchange, Listing, Participant, PicturePerson
from exchanges.questions import questions_at

OF_EXCHANGE = _("It is part of the record of an exchange: it stays, without your name.")
OF_WHO_WAS_HARMED = _("A report of an incident protects whoever was harmed and whoever reported.")


@receiver(still_needed, sender=User)
def takes_part_in_open_exchange(user, **_):
    return (
        Participant.objects.filter(Q(user=user) | Q(address__iexact=user.email))
        .exclude(exchange__status__in=[ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED])
        .exists()
    )


def exchanges_naming(person):
    """Return the exchanges that they took part in, or that their dossiers led to."""
    theirs = Q(dossier__in=dossiers_naming(person).values("pk"))
    if person.user:
        theirs |= Q(participants__user=person.user) | Q(match__interests__expert__user=person.user)
    theirs = Q(pk__in=person.readable(Exchange.objects.filter(theirs)).values("pk"))
    for address in person.addresses:
        theirs |= Q(participants__address__iexact=address)
    return Exchange.objects.filter(theirs)


def match_their_exchanges(path):
    return lambda person: Q(**{f"{path}__in": exchanges_naming(person).values("pk")})


def blank_guest_messages(rows, person):
    for part in rows:
        blank_messages_of(part)


# Whose name an event tells in “name”: a participant's or the legal representative's.
OF_PERSON = Q(verb__in=["invite", "approve_plan", "decline_plan"])
PART: dict[str, Any] = {"user": ("participant__user",), "address": ("participant__address",)}


def answered_questions(evaluation):
    """Return [(question, answer)] of a questionnaire, as it was asked."""
    questions = {question.code: question.words for question in questions_at(evaluation.moment)}
    answers = evaluation.answers or {}
    return [(questions.get(code, code), str(answer)) for code, answer in answers.items()]


def last_approval_words(plan):
    """Return when and under which name a plan was approved last; it may have changed since."""
    if not plan.last_approved:
        return []
    when = moment_words(plan.last_approved_at)
    return [(_("Approved last"), f"{plan.last_approved['name']}, {when}")]


declare_holdings(
    Holding(
        DiaryEntry,
        _("Your diary of an internship"),
        **PART,
        shows=("participant", "day", "did", "learnt", "takes_home", "remark", "remark_by"),
        deletes=True,
    ),
    Holding(
        models.Evaluation,
        _("What you think about an exchange"),
        **PART,
        where=Q(answered_at__isnull=False),
        shows=("exchange", "moment", "due_on", "answered_at", "answers"),
        words={"answers": answered_questions},
        blanks={"participant": None},
        stays=_("Your answers stay, tied to nobody."),
    ),
    Holding(
        models.Evaluation,
        _("Questionnaires about an exchange that you have not answered"),
        **PART,
        where=Q(answered_at=None),
        shows=("exchange", "moment", "due_on"),
        blanks={"participant": None},
        stays=_("They stay unanswered, tied to nobody."),
    ),
    Holding(
        PicturePerson,
        _("Pictures that show you, and whether you agreed"),
        **PART,
        shows=("picture", "agrees", "answered_at"),
        # Who is nameless can neither agree nor think again.
        blanks={"agrees": False},
        stays=_("It is kept that you did not agree to be shown in public."),
    ),
    Holding(
        Participant,
        _("Your part in exchanges"),
        user=("user",),
        address=("address",),
        name=("name",),
        shows=(
            *("exchange", "language", "function", "organisation", "side", "part", "gender", "post"),
            *("is_first_time", "days", "travels", "arrives_on", "leaves_on", "visa", "is_insured"),
            *("emergency_contact", "has_signed_conduct", "signed_conduct_at", "attended"),
        ),
        blanks={
            "user": lambda person: person.user,
            "address": "",
            "function": "",
            "emergency_contact": "",
            "visa": Visa.UNKNOWN,
            "follows_thread": False,
        },
        stays=AS_A_RECORD,
        before=blank_guest_messages,
    ),
    Holding(
        Listing,
        _("That others who took part may find you"),
        user=("user",),
        shows=("at",),
        deletes=True,
    ),
    Holding(
        models.TermsSignature,
        _("Terms of reference that you signed"),
        user=("user",),
        name=("name",),
        shows=("terms", "side", "at"),
        stays=OF_EXCHANGE,
    ),
    Holding(
        models.ActionPlan,
        _("Action plans that you were asked to approve"),
        address=("exchange__dossier__legal_email",),
        name=("approved_name",),
        # One that was changed after the approval, too.
        where=~Q(asked_at=None) | ~Q(approved_name="") | ~Q(last_approved=None),
        shows=(
            *("exchange", "asked_at", "approved_at", "last_approved"),
            *("declined_at", "declined_why"),
        ),
        words={"last_approved": last_approval_words},
        blanks={"declined_why": ""},
        stays=OF_EXCHANGE,
    ),
    Holding(
        models.Incident,
        _("Incidents that you reported"),
        user=("reported_by",),
        shows=("exchange", "happened_on", "kind", "severity", "account", "reported_at"),
        stays=OF_WHO_WAS_HARMED,
    ),
    DeedByLink(
        models.ExchangeEvent,
        ("approve_plan", "decline_plan"),
        "exchange__dossier__legal_email",
    ),
    Mention(Exchange, match_their_exchanges("pk"), hides=frozenset({"settled_why", "judged"})),
    Mention(
        models.ExchangeEvent,
        match_their_exchanges("exchange"),
        where=OF_PERSON,
        names=frozenset({"name"}),
    ),
    Mention(
        models.ExchangeEvent,
        match_their_exchanges("exchange"),
        where=~OF_PERSON,
        places=PLACES | {"name"},
    ),
    Mention(models.Terms, match_their_exchanges("exchange")),
    Mention(models.Session, match_their_exchanges("exchange")),
    Mention(models.BudgetLine, match_their_exchanges("exchange")),
    Mention(models.Picture, match_their_exchanges("exchange")),
    Mention(DiaryEntry, match_their_exchanges("participant__exchange")),
    Mention(Participant, match_their_exchanges("exchange")),
    Mention(
        models.Evaluation,
        match_their_exchanges("exchange"),
        withheld=_("Others answered in confidence."),
    ),
    Mention(models.ActionPlan, match_their_exchanges("exchange"), names=NAMES | {"name"}),
    Mention(models.Measure, match_their_exchanges("plan__exchange")),
    Mention(models.MeasureReport, match_their_exchanges("measure__plan__exchange")),
    Mention(models.FollowUp, match_their_exchanges("exchange")),
)
# Of what others reported of an incident nothing is taken out: whoever was harmed may need what
# was said for years. `retention` ends it.
NAMELESS_TABLES |= {models.DaysProposal, models.Observation, models.Rate, models.PerDiem}
