"""Questions before the yes: what the sides of a match say to each other, through us.

Nobody's address is shown before everybody agrees, not even one that somebody typed.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.people import applicants, staff_of
from connect.contacts import hide_contacts
from connect.mail import Recipient
from connect.transitions import by_officer
from matching.consent import may_answer
from matching.enums import Answer, MatchStatus, Side
from matching.models import Match
from notifications import limits
from notifications.outbox import is_guest, post_letter

message_posted = Signal()  # sender=Match; message, own: the addresses of who spoke
LONGEST = 2000
AGREED_ONCE = (MatchStatus.AGREED, MatchStatus.DISSOLVED)  # they know each other
TALKING = (MatchStatus.PROPOSED, *AGREED_ONCE)
AGAIN = timedelta(minutes=10)


def may_write(match, user):
    """True of a proposal, and of one once agreed, for whoever speaks in it."""
    return match.status in TALKING and side_of(match, user) is not None


def side_of(match, user):
    """Return for whom a signed-in person speaks in a match, and under which name; or None."""
    if user is None or not user.is_active:
        return None
    for consent in match.consents.select_related("match__dossier__authority", "interest__expert"):
        if consent.side != Side.EMPLOYER and may_answer(user, consent):
            return consent.side, user.name
    return ("staff", user.name) if by_officer(user, match) else None


@transaction.atomic
def post_match_message(match, text, *, actor=None, consent=None, guest=None, now=None):
    """Save a message and notify the other sides; return it.

    consent: of the employer who came by a link, in place of `actor`; guest: one who takes part in
    the exchange and came by a link of theirs, with `name` and `email`. Raises PermissionDenied for
    whoever is on no side, ValidationError for an empty or endless text, and once it is over.
    """
    match = Match.objects.select_for_update(of=("self",)).get(pk=match.pk)
    if guest:
        speaks = ("guest", guest.name)
    else:
        speaks = ("employer", consent.name) if consent else side_of(match, actor)
    if speaks is None or (consent and consent.match_id != match.pk):
        raise PermissionDenied
    if match.status not in TALKING:
        raise ValidationError(
            _("This proposal has ended: “%s”.") % match.get_status_display(), code="over"
        )
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise ValidationError(_("Write between 1 and %d characters.") % LONGEST, code="length")
    side, name = speaks
    now = now or timezone.now()
    words = {"side": side, "name": name, "author": actor, "text": text}
    if twice := match.messages.filter(**words, at__gt=now - AGAIN).first():
        return twice  # one press of the button that came twice
    limits.count_message("message", actor=actor or consent or guest, about=match, now=now)
    message = match.messages.create(**words, at=now)
    own = {(actor.email if actor else consent.address if consent else guest.email).lower()}
    notify_of_message(message, own)
    message_posted.send(Match, message=message, own=own)
    return message


def notify_of_message(message, own):
    """Notify the other sides, and the officer: they find there what only they can change."""
    match = message.match
    for people, path, opens in list_readers(match):
        post_letter(
            "match_message",
            key=f"match-message:{message.pk}",
            concerns=message,
            burst=f"thread:{match.pk}",
            to=[person for person in people if person.address.lower() not in own],
            path=path,
            opens=opens,
            reference=match.reference,
            title=match.dossier.title,
            who=message.name,
            is_proposed=match.status == MatchStatus.PROPOSED,
        )


def list_readers(match):
    """List (people, page, row whose link opens it) of the sides of a match, and of staff."""
    readers = []
    for consent in match.consents.select_related("match__dossier", "interest__expert__user"):
        if consent.side == Side.APPLICANT:
            # Whoever has no account has no page to read it on, and is asked nothing.
            people = [one for one in applicants(match.dossier) if not is_guest(one)]
            readers.append((people, match.path, None))
        elif consent.side == Side.EXPERT:
            readers.append(([consent.interest.expert.user], match.path, None))
        elif consent.answer == Answer.WAITING:
            people = [Recipient(consent.address, consent.name, consent.language)]
            readers.append((people, consent.PAGE, consent))
    return [*readers, (staff_of(match.dossier), match.path, None)]


def list_match_messages(match):
    """List a match's messages, addresses and telephone numbers hidden until everybody agrees."""
    messages = list(match.messages.select_related("author"))
    if match.status not in AGREED_ONCE:
        hidden = _("[shown once everybody agrees]")
        for message in messages:
            message.text = hide_contacts(message.text, hidden)
    return messages
