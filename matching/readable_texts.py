"""Which texts of a match and of an answer may be translated for a reader."""

from django.utils import timezone

from applications.readable_texts import names_in
from connect.reading_help import Passage, Source, declare_source
from matching.match_messages import list_match_messages
from matching.models import Interest, Match, Opportunity

ANSWERED = ("motivation", "comparable_case", "approach", "town_gives", "partnership_text")
SHOWN_TO_ALL = "motivation", "approach"  # of a match; the rest is the expert's own page


def match_passages(match, reader):
    """List what its sides write to each other, and what the experts answered."""
    passages = [
        Passage(message.text, message.author.language if message.author else "")
        for message in list_match_messages(match)
    ]
    for interest in match.interests.select_related("expert__user"):
        passages += answer_passages(interest, reader, SHOWN_TO_ALL)
    return [*passages, Passage(match.dossier.summary, match.dossier.text_language)]


def answer_passages(interest, reader, names=ANSWERED):
    language = interest.expert.user.language
    return [Passage(getattr(interest, name), language) for name in names]


def open_requests(reader):
    """The requests that everybody reads: open ones."""
    return Opportunity.objects.open(timezone.localdate()).select_related("dossier")


def request_passages(opportunity, reader):
    dossier = opportunity.dossier
    return [Passage(words, dossier.text_language) for words in (dossier.title, dossier.summary)]


def match_names(match):
    """Return who is named in it: speakers, experts, the applicant's contact."""
    authors = {message.name for message in match.messages.all()}
    answers = match.interests.select_related("expert__user")
    experts = {interest.expert.user.name for interest in answers}
    return [*authors, *experts, *names_in(match.dossier)]


declare_source(
    Source(
        "match",
        lambda reader: Match.objects.for_user(reader).select_related("dossier"),
        match_passages,
        hides=match_names,
    )
)
declare_source(
    Source(
        "answer",
        lambda reader: Interest.objects.for_user(reader).select_related("expert__user"),
        answer_passages,
        hides=lambda answer: [answer.expert.user.name, *names_in(answer.dossier)],
    )
)
declare_source(
    Source(
        "request",
        open_requests,
        request_passages,
        hides=lambda opportunity: names_in(opportunity.dossier),
    )
)
