"""Whom a letter about a match goes to."""

from applications.people import applicants
from connect.mail import Recipient
from matching.enums import Side


def asked_people(consent):
    """Give whom to write to for a consent."""
    if consent.side == Side.APPLICANT:
        return applicants(consent.match.dossier)
    if consent.side == Side.EXPERT:
        return [consent.interest.expert.user]
    return [Recipient(consent.address, consent.name, consent.language, is_guest=True)]


def everybody(match):
    """The people of both sides, once each."""
    people = list(applicants(match.dossier))
    for consent in match.consents.exclude(side=Side.APPLICANT):
        people += asked_people(consent)
    return list({person.address.lower(): person for person in people}.values())


def experts_of(match, while_there=False):
    """List the experts of a match; while_there: those who still work for the side that helps."""
    interests = match.interests.select_related("expert__user")
    if while_there:
        interests = interests.still_there()
    return [interest.expert.user for interest in interests]
