"""The conversation of an exchange: the match's own, opened to everybody who takes part.

What the sides said before they agreed stays between them.
"""

from django.dispatch import receiver

from accounts.naming import NAMELESS
from exchanges.models import Participant
from matching import match_messages
from matching.enums import MatchStatus
from matching.models import Match, MatchMessage
from notifications.outbox import cancel_letters, post_letter


def list_exchange_messages(exchange):
    """List the messages since every side agreed."""
    agreed_at = find_agreed_at(exchange)
    return [
        message
        for message in match_messages.list_match_messages(exchange.match)
        if agreed_at is None or message.at >= agreed_at
    ]


def find_agreed_at(exchange):
    agreed = exchange.events.filter(verb="create").first()
    return agreed and agreed.at


def describe_own_side(person):
    """Describe what a participant reads who speaks for a side of the match; None for all others.

    earlier: the page with what the sides wrote before they agreed, "" where there is nothing.
    """
    match = person.exchange.match
    readers = [one for people, _path, _row in match_messages.list_readers(match) for one in people]
    if person.email.lower() not in {one.address.lower() for one in readers}:
        return None
    agreed_at = find_agreed_at(person.exchange)
    is_earlier = agreed_at and match.messages.filter(at__lt=agreed_at).exists()
    return {"earlier": f"{match.get_absolute_url()}#thread" if is_earlier else ""}


def is_conversation_open(exchange):
    """True for as long as the match stands: when the exchange is over, too."""
    return exchange.match.status == MatchStatus.AGREED


def post_exchange_message(person, text, *, now=None):
    """Save a participant's message, posted by their own link, and notify the others; return it.

    Raises ValidationError for an empty or endless text, and where the match was undone.
    """
    return match_messages.post_match_message(person.exchange.match, text, guest=person, now=now)


def blank_messages_of(person):
    """Delete what a participant wrote by their link, which holds their name and no account.

    Where another of the exchange has the same name, either may have said it: it stays.
    """
    others = Participant.objects.filter(exchange=person.exchange_id, name__iexact=person.name)
    if others.exclude(pk=person.pk).exists():
        return
    messages = MatchMessage.objects.filter(
        match__exchange=person.exchange_id, side="guest", name=person.name
    )
    cancel_letters(messages)
    messages.update(name=NAMELESS, text="")


def save_notification_wish(person, *, wishes):
    """Save whether a participant wants a letter for each message."""
    person.follows_thread = wishes
    person.save(update_fields=["follows_thread"])


@receiver(match_messages.message_posted, sender=Match)
def notify_participants(message, own, **_):
    """Notify those who asked for it, but not the author, and nobody twice."""
    people = Participant.objects.filter(exchange__match=message.match, follows_thread=True)
    for person in people.select_related("user"):
        if person.email and person.email.lower() not in own:
            post_letter(
                "part_message",
                key=f"match-message:{message.pk}",
                concerns=message,
                burst=f"thread:{message.match_id}",
                to=[person.recipient],
                path=person.PAGE,
                opens=person,
                reference=message.match.exchange.reference,
                title=message.match.dossier.title,
                who=message.name,
            )
