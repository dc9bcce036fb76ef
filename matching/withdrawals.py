"""What ends a proposal before everybody has answered, other than a no or silence.

Staff undo or withdraw it, an expert takes their whole answer back, the dossier ends. An answer that
is proposed moves only with its proposal: here the match goes first, and then what it held.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.transitions import dossier_machine
from connect.transitions import by_officer, record_event
from connect.undo_period import is_untold
from matching.consent import fail_match, lock_match
from matching.enums import Answer, InterestStatus, MatchStatus, Side
from matching.models import Interest, Match
from matching.people import asked_people, write_to_people
from matching.transitions import by_its_expert, interest_machine, match_machine
from notifications.outbox import find_letters, recall_letters


def lock_proposal(match, actor):
    """Lock a proposal for an officer; ValidationError once it is over."""
    if not by_officer(actor, match):
        raise PermissionDenied
    match = lock_match(match)
    if match.status != MatchStatus.PROPOSED:
        raise ValidationError(
            _("This proposal has ended: “%s”.") % match.get_status_display(), code="over"
        )
    return match


def recall_questions(match, now):
    """Cancel the letters that ask every side, if none has left; say whether it could."""
    return recall_letters(match.consents.all(), now)


def was_heard(match):
    """True once a side has answered or written a message."""
    return match.consents.exclude(answer=Answer.WAITING).exists() or match.messages.exists()


def may_undo_proposal(match, now):
    """True while a proposal may still be undone without a word to anybody."""
    proposed = match.events.filter(verb="propose").last()
    if match.status != MatchStatus.PROPOSED or proposed is None or was_heard(match):
        return False
    return is_untold(proposed, now)


@transaction.atomic
def undo_proposal(match, *, actor, now=None):
    """Undo a proposal while nobody was asked yet; return it.

    Raises PermissionDenied for anybody but an officer, ValidationError once it is too late.
    """
    now = now or timezone.now()
    match = lock_proposal(match, actor)
    if not undo_if_untold(match, now, actor=actor):
        message = _("The sides have already been asked: withdraw the proposal and tell them why.")
        raise ValidationError(message, code="left")
    match.refresh_from_db()
    return match


def undo_if_untold(match, now, *, actor=None):
    """Undo a proposal that nobody was notified of, and choose again; return True if possible."""
    if not end_untold_proposal(match, now, actor=actor):
        return False
    dossier_machine.advance(match.dossier, "undo_proposal", actor=actor, now=now)
    match.interests.undecided().update_employers()
    return True


def end_untold_proposal(match, now, *, actor=None):
    """Undo only a proposal that nobody was notified of; return True if possible."""
    if not may_undo_proposal(match, now) or not recall_questions(match, now):
        return False
    match_machine.advance(match, "unpropose", actor=actor, now=now)
    return True


@transaction.atomic
def withdraw_proposal(match, *, note, internal="", actor, now=None):
    """Withdraw a proposal that the sides know of, and tell them all; return it.

    internal: what the programme team alone reads.
    Raises PermissionDenied for anybody but an officer, ValidationError without a reason, or once
    it is over.
    """
    now = now or timezone.now()
    if not note.strip():
        raise ValidationError(_("Say why it is withdrawn: every side reads it."), code="why")
    match = lock_proposal(match, actor)
    notes = {"note": note, "internal": internal}
    match = match_machine.advance(match, "withdraw", actor=actor, now=now, **notes)
    dossier_machine.advance(match.dossier, "withdraw_proposal", actor=actor, now=now)
    match.interests.undecided().update_employers()
    return match


@transaction.atomic
def withdraw_answer(interest, *, actor, now=None):
    """Withdraw an expert's answer, and with it the open proposal that holds it; return it.

    Raises PermissionDenied for anybody but the expert, TransitionRefused once it is over.
    """
    now = now or timezone.now()
    match = Match.objects.filter(interests=interest).proposed().first()
    if match is None:
        return interest_machine.advance(interest, "withdraw", actor=actor, now=now)
    if not by_its_expert(actor, interest):
        raise PermissionDenied
    match = lock_match(match)
    if match.status == MatchStatus.PROPOSED and not undo_if_untold(match, now):
        consent = match.consents.get(side=Side.EXPERT, interest=interest)
        refuse_match(match, consent, now, actor=actor, leaves=actor)
    else:  # it ended in this second, or nobody knows of it
        interest_machine.advance(interest, "withdraw", actor=actor, now=now)
    return Interest.objects.get(pk=interest.pk)


def refuse_match(match, consent, now, *, actor, leaves=None):
    """Record a no, whatever that side said before, and fail the match."""
    consent.answer, consent.answered_at, consent.answered_by = Answer.NO, now, actor
    consent.save(update_fields=["answer", "answered_at", "answered_by"])
    details = {"side": consent.side, "name": consent.name}
    record_event(match, "decline", source=match.status, actor=actor, now=now, details=details)
    fail_match(match, "refuse", now, refused_by=consent, leaves=leaves)


def end_interests(dossier_pk, now):
    """End the open match and the open interests of a dossier that ended.

    A superior who was asked and has nothing else to do with it is told.
    """
    verbs: dict[str, str] = {MatchStatus.PROPOSED: "lapse", MatchStatus.AGREED: "undo"}
    for match in Match.objects.filter(dossier=dossier_pk, status__in=verbs):
        if end_untold_proposal(match, now):
            continue
        if match.status == MatchStatus.PROPOSED and not recall_questions(match, now):
            asked = match.consents.filter(side=Side.EMPLOYER)
            superiors = [person for one in asked for person in asked_people(one)]
            write_to_people(match, "match_withdrawn", superiors, note="")
        match_machine.advance(match, verbs[match.status], actor=None, now=now)
    for interest in Interest.objects.filter(dossier=dossier_pk).open().order_by("pk"):
        verb = "end_with_exchange" if interest.status == InterestStatus.CHOSEN else "expire"
        interest_machine.advance(interest, verb, actor=None, now=now)


def recall_invitations(dossier_pk, now):
    """Undo the invitations whose e-mail has not left: the request takes no answers any more."""
    invited = Interest.objects.filter(dossier=dossier_pk, status=InterestStatus.INVITED)
    # Locked before its e-mail, as where its expert begins to answer.
    for interest in invited.select_for_update(of=("self",)).order_by("pk"):
        key = interest.invitation_key
        if find_letters(key).unsent().exists() and recall_letters(key, now):
            interest_machine.advance(interest, "uninvite", actor=None, now=now)


def end_reserve(dossier_pk, now):
    """End the answers that were kept in reserve, once the exchange has come to its end."""
    waiting = Interest.objects.filter(dossier=dossier_pk).open()
    for interest in waiting.exclude(status=InterestStatus.CHOSEN).order_by("pk"):
        interest_machine.advance(interest, "expire", actor=None, now=now)


def end_answers(interests):
    """End the open answers of an expert who is erased, and the proposals that hold them."""
    for interest in interests.order_by("pk"):
        now = timezone.now()
        for match in Match.objects.filter(interests=interest).proposed():
            match = lock_match(match)
            if match.status == MatchStatus.PROPOSED and not undo_if_untold(match, now):
                consent = match.consents.get(side=Side.EXPERT, interest=interest)
                refuse_match(match, consent, now, actor=None)
        if Interest.objects.filter(pk=interest.pk).open().exists():
            interest_machine.advance(interest, "expire", actor=None, now=now)
