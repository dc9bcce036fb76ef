"""What matching holds of a person: what keeps their account, and what goes blank with it."""

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.erasing import AS_A_RECORD
from accounts.holdings import NAMELESS_TABLES, DeedByLink, Holding, Mention, declare_holdings
from accounts.models import User
from accounts.unused import still_needed
from applications.enums import FINAL
from applications.erasing import dossiers_naming
from connect.undo_period import show_status_for_others
from matching import models
from matching.enums import TEXTS, WORDS, InterestStatus, MatchStatus
from matching.models import Consent, Interest, Match, MatchMessage
from matching.permissions import is_untold_invitation, is_untold_proposal
from matching.transitions import OPEN
from matching.withdrawals import end_answers
from registry.search import describe_search

BY_STAFF = _("What the programme team remarked on it is theirs, until the file is decided.")


@receiver(still_needed, sender=User)
def has_an_answer_open(user, **_):
    mine = Interest.objects.filter(expert__user=user).open()
    return mine.exclude(dossier__status__in=FINAL).exists()


def expire_open_answers(rows, person):
    end_answers(rows.filter(status__in=OPEN))


def matches_naming(person):
    """Return the matches of their dossiers and of their answers."""
    theirs = Q(dossier__in=dossiers_naming(person).values("pk"))
    if person.user:
        theirs |= Q(interests__expert__user=person.user) | Q(messages__author=person.user)
    theirs = Q(pk__in=person.readable(Match.objects.filter(theirs)).values("pk"))
    for address in person.addresses:
        theirs |= Q(consents__address__iexact=address)
    return Match.objects.filter(theirs)


def of_matches(person):
    return Q(match__in=matches_naming(person).values("pk"))


def interests_that_may_name(person):
    """Return the answers to their dossiers, and their own."""
    theirs = Q(dossier__in=dossiers_naming(person).values("pk"))
    if person.user:
        theirs |= Q(expert__user=person.user)
    return person.readable(Interest.objects.filter(theirs))


def list_known_answers(rows):
    """List the answers of which their expert knows, with the status that they know."""
    known = list(rows.exclude(Q(status=InterestStatus.UNDONE) | is_untold_invitation()))
    show_status_for_others(known, timezone.now())
    return known


def filter_known_consents(rows):
    """Filter the answers to proposals of which somebody was told."""
    unknown = Match.objects.filter(Q(status=MatchStatus.UNDONE) | is_untold_proposal())
    return rows.exclude(match__in=unknown.order_by().values("pk"))


declare_holdings(
    Holding(
        Interest,
        _("Your answers to requests"),
        visible_rows=list_known_answers,
        user=("expert__user",),
        shows=(
            *("dossier", "authority", "function_title", "status"),
            *(*WORDS, "cv", "cv_name"),
        ),
        files=("cv",),
        blanks=dict.fromkeys((*TEXTS, "cv_name", "function_title"), ""),
        stays=AS_A_RECORD,
        before=expire_open_answers,
    ),
    Holding(
        Consent,
        _("Your consent to matches"),
        visible_rows=filter_known_consents,
        user=("interest__expert__user",),
        name=("name",),
        shows=(
            *("match", "side", "address", "authority", "function_title"),
            *("answer", "reason", "answered_at"),
        ),
        where=Q(side="expert"),
        blanks={"address": "", "reason": "", "function_title": ""},
        stays=_("What was answered stays, without your name."),
    ),
    Holding(
        Consent,
        _("Consent that you were asked for as a superior"),
        visible_rows=filter_known_consents,
        address=("address",),
        name=("name",),
        shows=("match", "side", "answer", "reason", "answered_at"),
        where=~Q(side="expert"),
        blanks={"address": "", "reason": ""},
        stays=_("What was answered stays, without your name."),
    ),
    Holding(
        MatchMessage,
        _("Messages that you wrote"),
        user=("author",),
        name=("name",),
        shows=("match", "side", "text", "at"),
        blanks={"text": ""},
        stays=_("A record that you wrote a message is kept, without your name or what you wrote."),
    ),
    Holding(
        models.Alert,
        _("Searches with e-mail alerts"),
        user=("user",),
        shows=("asked", "every", "made_at"),
        words={"asked": lambda alert: [(_("What is searched"), describe_search(alert.asked))]},
        deletes=True,
    ),
    Holding(
        models.OfferVector,
        _("What the computer reads in your offers"),
        user=("offer__expert__user",),
        shows=("encoder",),
        deletes=True,
    ),
    DeedByLink(
        models.MatchEvent,
        ("accept", "decline"),
        "match__consents__address",
        "match__consents__answered_at",
    ),
    Holding(
        models.OfferSentences,
        _("What the computer reads in the sentences of your offers"),
        user=("offer__expert__user",),
        shows=("encoder",),
        deletes=True,
    ),
    Holding(
        models.UnreadText,
        _("Texts of your offers that the computer could not read"),
        user=("offer__expert__user",),
        shows=("since",),
        deletes=True,
    ),
    Holding(
        models.FittingRequests,
        _("Open requests that fit your offers"),
        user=("expert__user",),
        shows=("made_at",),
        deletes=True,
    ),
    Holding(
        models.HiddenRequest,
        _("Requests that you hid"),
        user=("expert__user",),
        shows=("dossier", "reason", "at"),
        deletes=True,
    ),
    Mention(Match, lambda person: Q(pk__in=matches_naming(person).values("pk"))),
    Mention(models.MatchEvent, of_matches, names=frozenset({"name"})),
    Mention(MatchMessage, of_matches),
    Mention(Consent, of_matches),
    Mention(
        Interest,
        lambda person: Q(pk__in=interests_that_may_name(person).values("pk")),
    ),
    Mention(
        models.InterestEvent,
        lambda person: Q(interest__in=interests_that_may_name(person).values("pk")),
        withheld=BY_STAFF,
    ),
    Mention(
        models.PutAside,
        lambda person: Q(offer__expert__user=person.user) if person.user else Q(pk__in=[]),
        withheld=BY_STAFF,
    ),
    Mention(
        models.MatchRun,
        lambda person: Q(dossier__in=dossiers_naming(person).values("pk")),
        withheld=BY_STAFF,
    ),
)
NAMELESS_TABLES |= {models.Opportunity, models.Allocation, models.CallPolicy}
NAMELESS_TABLES |= {models.OutcomeReport}
