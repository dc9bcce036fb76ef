"""The recipients of letters about a match, and how these are posted."""

from applications.people import applicants, neutral_officers
from connect.mail import Recipient
from matching.enums import InterestStatus, MatchStatus, Side
from matching.models import Match
from notifications.outbox import is_guest, post_letter


def asked_people(consent):
    """Return whom to write to for a consent."""
    if consent.side == Side.APPLICANT:
        return applicants(consent.match.dossier)
    if consent.side == Side.EXPERT:
        return [consent.interest.expert.user]
    return [Recipient(consent.address, consent.name, consent.language, is_guest=True)]


def match_people(match):
    """The people of both sides, once each."""
    people = list(applicants(match.dossier))
    for consent in match.consents.exclude(side=Side.APPLICANT):
        people += asked_people(consent)
    return list({person.address.lower(): person for person in people}.values())


def officers_of(thing):
    """List the officers who may read an answer or a match: no conflict ties them to its dossier."""
    return neutral_officers(thing.dossier)


def experts_of(match, while_there=False):
    """List the experts of a match; while_there: only those who still work for the helping side."""
    interests = match.interests.select_related("expert__user")
    if while_there:
        interests = interests.still_employed()
    return [interest.expert.user for interest in interests]


def next_candidate(dossier):
    """Return the next interest of the shortlist that no proposal has held yet; None without one."""
    shortlist = dossier.interests.filter(status=InterestStatus.SHORTLISTED)
    before = Match.objects.filter(dossier=dossier).exclude(status=MatchStatus.UNDONE)
    return shortlist.exclude(matches__in=before).first()


def write_to_people(match, template, people, apart="", path="", **context):
    """Notify people about a match; employers, who have no account, get their own link.

    apart: what else a match may have several such letters for. path: another page than the match's.
    """
    links = {consent.address: consent for consent in match.consents.filter(side=Side.EMPLOYER)}
    for person in people:
        by_link = links.get(person.address) if is_guest(person) else None
        post_letter(
            template,
            key=f"match:{match.pk}:{template}{apart and f':{apart}'}",
            concerns=match,
            to=[person],
            path=by_link.PAGE if by_link else path or match.path,
            opens=by_link,
            known={
                "reference": match.reference,
                "title": match.dossier.title,
                "authority": match.dossier.authority.name,
                "is_guest": is_guest(person),
                "experts": lambda: match.expert_words,
                "form": match.form_words,
            },
            **context,
        )
