"""Every letter of the product with invented facts, for developers and for the test of them all."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils import translation

from accounts.sample_words import IN_LANGUAGE
from notifications import texts
from notifications.letter_text import compose_letter
from notifications.mailing_readers import KIND as OF_MAILINGS
from notifications.models import Letter
from notifications.pauses import KIND_OF_LETTER

PATH = "/dossiers/CN-2026-0001/"
FACTS: dict[str, Any] = {
    "about": "Organise the emptying of latrines",
    "accepted": True,
    "account": 12,
    "address": "efua@agona.example",
    "adds_members": True,
    "again": True,
    "agreed_on": "2027-02-01",
    "agreed_until_on": "2027-02-05",
    "agrees": True,
    "again_on": "2026-12-12",
    "answer_by": "2026-12-12",
    "answer_to": "jan@almere.example",
    "appeal_by": "2026-12-12",
    "approved_on": "2026-11-12",
    "asked_by": "Ines Duarte",
    "asked_by_staff": True,
    "asks": True,
    "association": "NALAG",
    "authority": "Agona West",
    "begins": "09:00",
    "by": "Almere",
    "by_town": True,
    "call": "Spring 2027",
    "closes_on": "2026-12-31",
    "closing": "31 December 2026, 17:00",
    "confirmed_by": "Jan Smit",
    "changed": ["Flights", "Interpreter"],
    "costs": "One flight, 640 euros",
    "count": 2,
    "country": "Ghana",
    "dates": "5 days between 11 January 2027 and 30 April 2027",
    "day_on": "2027-01-25",
    "due_on": "2026-12-12",
    "ended_on": "2026-12-12",
    "ends": "12:00",
    "ends_on": "2027-01-29",
    "error": "550 No such user here",
    "expert": "Ineke de Vries",
    "experts": "Ineke de Vries (Almere)",
    "fields": [
        {"question": "The problem", "comment": "Since when?"},
        {"question": "Working languages", "comment": "Which does the council speak?"},
    ],
    "files": [["CN-2026-0001", 12], ["CN-2026-0002", 11]],
    "findings": "row removed: line 12 of a timeline (seal 3) is gone",
    "first": "EX-2026-0001: a message for you",
    "begins_profile": True,
    "form": "expert mission",
    "former_on": "2026-12-05",
    "following": "Ousmane Diop",
    "for_staff": True,
    "function": "Head of sludge",
    "goes_on": "2027-02-01",
    "ground": "already funded",
    "group": "12 visitors",
    "handed": "CN-2026-0001, CN-2026-0003",
    "has_account": True,
    "has_contact": False,
    "has_joined": True,
    "has_left": True,
    "hosts": True,
    "is_asked": True,
    "had_dates": True,
    "is_breach": True,
    "is_chair_away": True,
    "is_cancel": True,
    "is_cancelled": True,
    "is_changed": True,
    "is_claim": True,
    "is_closed": False,
    "is_sought_again": True,
    "items": [
        {
            "day": "25 January 2027",
            "begins": "09:00",
            "ends": "12:00",
            "zone": "Africa/Accra",
            "title": title,
            "place": place,
            "state": state,
        }
        for title, place, state in (
            ("Visit of the plant", "Swedru", "session_invited"),
            ("Debrief", "", "session_changed"),
            ("Dinner", "", "session_cancelled"),
            ("Council", "Town hall", ""),
        )
    ],
    "has_measures": True,
    "heading": "Meeting of those who treat sludge",
    "message": "Hello Efua,\n\nWe meet online in May. Will you join us?",
    "why": "You receive this e-mail because you have an expert profile in CONNECT.",
    "is_elsewhere": True,
    "is_first": True,
    "is_guest": True,
    "is_insured": False,
    "is_late": True,
    "is_named": True,
    "is_one_day": True,
    "is_over": True,
    "is_proposed": True,
    "is_stuck": True,
    "judges": 2,
    "lacking": ["the terms of reference, signed", "insurance of Kofi"],
    "lapsed": True,
    "lapses_on": "2027-01-11",
    "mailbox": "back@connect.example.org",
    "meeting_on": "2027-01-15",
    "month": 6,
    "more": 3,
    "note": "The money of this round is spent.",
    "number": 2,
    "offer": "Scheduled emptying of pits",
    "online": "https://meet.example.org/committee",
    "opens_on": "2026-12-01",
    "possible_on": "2027-03-01",
    "organisation": "Agona West",
    "partner": "Awutu",
    "person": "Kofi Boateng",
    "place": "Swedru",
    "purpose": "an action plan to approve, EX-2026-0001",
    "quorum": 3,
    "reason": "The week does not suit us.",
    "reference": "CN-2026-0001",
    "role": "programme officer",
    "references": "CN-2026-0001, CN-2026-0003",
    "replaced": 1,
    "requests": [["Empty the latrines", "Agona West, Ghana"], ["Sort waste", "Thiès, Senegal"]],
    "seal": "seal 12",
    "sealed": 12,
    "sent_again": True,
    "severity": 4,
    "signed_on": "2026-11-12",
    "stands": "submitted",
    "starts_on": "2027-01-25",
    "tasks": [
        "Send the correction: “Organise the emptying of latrines” · Agona West, Ghana",
        "Answer the proposed exchange: “Fewer pits” · Agona West, Ghana · until 12 December 2026",
    ],
    "subjects": ["EX-2026-0001: a message for you", "EX-2026-0001: a picture of you"],
    "text": "How did you fix the fee?",
    "title": "Organise the emptying of latrines",
    "takes_part": True,
    "told": "Welcome among us.",
    "travels": True,
    "version": 2,
    "waits": True,
    "waits_for_reader": True,
    "was_public": True,
    "was_sent": True,
    "who": "Jan Smit",
    "zone": "Africa/Accra",
}
MAY_LACK = {
    *(
        "again_on",
        "appeal_by",
        "costs",
        "following",
        "meeting_on",
        "note",
        "online",
        "opens_on",
        "possible_on",
        "reason",
        "references",
        "told",
    ),
}
ONE = {"count": 1, "number": 1, "fields": FACTS["fields"][:1], "files": FACTS["files"][1:]}
ONE |= {"lacking": FACTS["lacking"][:1], "requests": FACTS["requests"][:1]}
LEAST = (
    {name: False for name, value in FACTS.items() if value is True}
    | dict.fromkeys(MAY_LACK, "")
    | ONE
)
# Who takes part of something may have no account, and then is led nowhere (`post_letter`).
ALSO_TO_GUESTS: tuple[str, ...] = (
    "co_applicant_answered",
    "co_applicant_state",
    "dossier_",
    "exchange_",
    "match_",
    "person_",
    "plan_due",
    "practice_",
    "report_due",
    "session_",
    "several",
)
ALSO_TO_GUESTS += (
    "call_closes_earlier",
    "call_extended",
    "consent_applicant",
    "opportunity_extended",
)
ALSO_TO_GUESTS += ("plan_approved", "plan_changed_writers", "plan_declined", "signature_declined")
ALSO_TO_GUESTS += ("opportunity_reopened", "signature_given", "signature_lost")

CODE = "7GK-4QX"
CHANGE: dict[str, Any] = {
    "timestamp": datetime(2026, 11, 28, 14, 32, tzinfo=UTC),
    "ip": "192.0.2.7",
}
CHANGE |= {"user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
OF_ACCOUNTS: dict[str, dict[str, Any]] = {
    "account/email/account_already_exists": {
        "password_reset_url": "http://x.invalid/en/account/password/reset/"
    },
    "account/email/email_changed": CHANGE
    | {"from_email": "efua@agona.example", "to_email": "mensah@agona.example"},
    "account/email/email_confirmation": {"code": CODE},
    "account/email/email_confirmation_signup": {"code": CODE},
    "account/email/email_deleted": CHANGE | {"deleted_email": "efua@agona.example"},
    "account/email/login_code": {"code": CODE},
    "account/email/password_changed": CHANGE,
    "account/email/password_reset": CHANGE,
    "account/email/password_reset_key": {
        "password_reset_url": "http://x.invalid/en/account/password/reset/key/1-abc-def/"
    },
    "account/email/password_set": CHANGE,
    "account/email/unknown_account": {"signup_url": "http://x.invalid/en/account/signup/"},
    "mfa/email/recovery_codes_generated": CHANGE,
    "mfa/email/totp_activated": CHANGE,
    "mfa/email/totp_deactivated": CHANGE,
    "mfa/email/webauthn_added": CHANGE,
    "mfa/email/webauthn_removed": CHANGE,
    "socialaccount/email/account_connected": CHANGE | {"provider": {"name": "EU Login"}},
    "socialaccount/email/account_disconnected": CHANGE | {"provider": {"name": "EU Login"}},
}


def translate_facts(language, facts):
    """Return the facts of a letter as people who write a language would have typed them."""
    own = IN_LANGUAGE.get(language, {})
    return {name: translate_fact(value, own.get(name)) for name, value in facts.items()}


def translate_fact(value, own):
    """Return a fact in another language, with as many rows; as it is where it is empty there."""
    if not value or own is None:
        return value
    if isinstance(value, str):
        return own
    rows = zip(value, own, strict=False)
    return [row | other if isinstance(row, dict) else other for row, other in rows]


def facts_of(name, is_full):
    """Return (facts, whether it has a link) of a letter, with all facts or with the fewest."""
    news = [[FACTS["first"], f"{settings.SITE_URL}{PATH}"]]
    held = f"{settings.SITE_URL}/admin/accounts/user/12/held/"
    if is_full:
        return FACTS | {"held": held, "news": news * 2}, True
    facts = FACTS | LEAST | {"held": held, "news": news}
    if name.startswith(("session_", "observation_")):
        facts["place"] = ""
    if not name.startswith(("dossier_withdraw", "interest_")):
        facts["note"] = FACTS["note"]  # every other step that tells a reason needs one
    return facts, not name.startswith(ALSO_TO_GUESTS)


def sample_letters(language, *, is_full):
    """List (name, subject, body) of every letter: with all its facts, or with the least."""
    written = []
    for name in texts.letter_names():
        facts, leads = facts_of(name, is_full)
        letter = Letter(
            template=name,
            address=FACTS["address"],
            name="Efua Mensah" if is_full else "",
            language=language,
            context=translate_facts(language, facts) | ({} if leads else {"is_informed": True}),
            path=PATH if leads else "",
            optional=KIND_OF_LETTER.get(name, OF_MAILINGS if name == "to_many" else ""),
        )
        written.append((name, *compose_letter(letter)))
    with translation.override(language):
        for name, facts in OF_ACCOUNTS.items():
            facts = facts if is_full else facts | {"user_agent": ""} if "ip" in facts else facts
            written.append((name, *get_adapter().write(name, FACTS["address"], facts)))
    return written
