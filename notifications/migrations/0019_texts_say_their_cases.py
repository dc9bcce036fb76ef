"""Texts of staff's say their cases by themselves: `{if …}…{else}…{end}`.

Until now a line whose facts were lacking was left out with its words, and a case that our own words
tell apart was a placeholder (`{our_accepted}`). What stood for it is written out, in the words that
it had. Stop the workers before: old code would say both cases of such a text.
"""

import re

from django.db import migrations
from django.utils import translation
from django.utils.translation import gettext

MAY_LACK = set(
    "again_on appeal_by costs following link meeting_on note opens_on place reason references told".split()
)
MARK = re.compile(r"\{([^{}]*)\}")
NEXT_DAY = "{if next_day}, ⟦the next day⟧{end}"
# What stood for each of our cases; ⟦in these marks⟧ what is translated.
CASES = {
    **{
        (letter, "our_next_day"): NEXT_DAY
        for letter in (
            "observation_asked",
            "session_cancelled",
            "session_changed",
            "session_invited",
            "session_soon",
        )
    },
    ("closing", "our_asked_by_staff"): (
        "{if asked_by_staff}⟦The programme team was asked to erase what CONNECT holds "
        "about you. It will be erased on {goes_on}; this cannot be undone "
        "afterwards.⟧{else}⟦You asked us to erase what CONNECT holds about you. It will be "
        "erased on {goes_on}; this cannot be undone afterwards.⟧{end}"
    ),
    ("closing", "our_link"): (
        "{if link}⟦Was it not you, or have you changed your mind? This link keeps "
        "everything as it was, until that day:⟧\n\n{link}{else}⟦If you do not agree, write "
        "to us before that day: {contact}⟧{end}"
    ),
    ("committee_belonging", "our_has_left"): (
        "{if has_left}⟦{person} has left {organisation} while applications are under "
        "selection. For two years they cannot see, score or decide on its "
        "applications.⟧{else}⟦{person} joined, or asks to join, {organisation} while "
        "applications are under selection. They cannot see, score or decide on its "
        "applications; a score that they had given no longer counts.⟧{end}"
    ),
    ("committee_short", "our_apart"): (
        "{if apart}⟦{reference}: two scores are {apart} points apart⟧{else}⟦{reference}: "
        "too few members can judge it⟧{end}"
    ),
    ("committee_short", "our_apart_2"): (
        "{if apart}⟦Two scores of {reference} are {apart} points apart, and no other "
        "member can read the application. Ask an administrator to add a member or an "
        "alternate; or decide on it with a written explanation.⟧{else}⟦Of the {quorum} members whose "
        "scores {reference} needs, {judges} can judge it without a conflict of interest.⟧\n"
        "{if is_stuck}⟦Nothing can be decided with so few members: ask an administrator to add "
        "members to the committee, or an alternate.⟧{else}⟦It is decided by those who can, "
        "unless an administrator adds a member or an alternate.⟧{end}{end}"
    ),
    ("data_link", "our_has_account"): (
        "{if has_account}⟦You asked what CONNECT holds about you. You have an account: sign "
        "in, and see it, download it or close your account here:⟧{else}⟦You asked what CONNECT "
        "holds about you. This link opens once, within a day: see what it is, download it, or "
        "have it erased.⟧{end}"
    ),
    ("days_proposed", "our_by_town"): (
        "{if by_town}⟦The applicant proposes to hold the exchange about “{title}” from "
        "{starts_on} to {ends_on}.⟧{else}⟦The experts propose to hold the exchange about "
        "“{title}” from {starts_on} to {ends_on}.⟧{end}"
    ),
    ("evaluation_asked", "our_again"): (
        "{if again}⟦{reference}: we would still like to know what you "
        "think⟧{else}⟦{reference}: what do you think of it?⟧{end}"
    ),
    ("letter_returned", "our_again_on"): (
        "{if again_on}⟦The mailbox may work again: until {again_on} we send it only "
        "essential e-mails, then we try again.⟧{if sent_again} ⟦This e-mail will then be "
        "sent once more.⟧{end}{else}⟦Until you try the address again, it receives only "
        "essential e-mails. Ask its owner for another address.⟧{end}"
    ),
    ("match_agreed", "our_is_guest"): (
        "{if is_guest}⟦{authority} and {experts} agree on an exchange about “{title}”. "
        "Next, the people who will meet agree on the dates. You do not need to do anything "
        "more.⟧{else}⟦{authority} and {experts} agree on an exchange about “{title}”. "
        "Next, both sides agree on the dates: on this page, either side can propose "
        "them.⟧{end}"
    ),
    ("match_lapsed", "our_following"): (
        "{if following}⟦Next on the shortlist: {following}⟧{else}⟦Nobody else is on the "
        "shortlist: choose whom to invite on the matching desk.⟧{end}"
    ),
    ("match_refused", "our_following"): (
        "{if following}⟦Next on the shortlist: {following}⟧{else}⟦Nobody else is on the "
        "shortlist: choose whom to invite on the matching desk.⟧{end}"
    ),
    ("membership_decided", "our_accepted"): (
        "{if accepted}⟦You are now a member of {organisation}.⟧{else}⟦Your request to join "
        "{organisation} has been refused.⟧{end}"
    ),
    ("person_closes", "our_for_staff"): (
        "{if for_staff}⟦Ask both sides how to continue: somebody else can take their "
        "place. What was agreed stays until you change it.⟧{else}⟦Nothing has been decided "
        "yet: the programme team will speak with both sides and write to you.⟧{end}"
    ),
    ("person_left", "our_for_staff"): (
        "{if for_staff}⟦Ask both sides how to continue: somebody else can take their "
        "place, or a new employer can agree. What was agreed stays until you change "
        "it.⟧{else}⟦Nothing has been decided yet: the programme team will speak with both "
        "sides and write to you.⟧{end}"
    ),
    ("report_due", "our_is_late"): (
        "{if is_late}⟦{reference}: your report is overdue⟧{else}⟦{reference}: report on "
        "your measures⟧{end}"
    ),
    ("terms_signed", "our_waits"): (
        "{if waits}⟦It now needs the signature of the other side.⟧{else}⟦Both sides have "
        "now signed it.⟧{end}"
    ),
    ("terms_to_sign", "our_changed"): (
        "{if changed}⟦It replaces the version before: what was signed there no longer counts. "
        "Changed are the answers to:⟧\n{our_changed}{end}"
    ),
}


def in_language(text):
    """Translate what is in marks, into the language that is on."""

    def translate(found):
        said = gettext(re.sub(r"\{(\w+)\}", r"%(\1)s", found[1]))
        return re.sub(r"%\((\w+)\)s", r"{\1}", said)

    return re.sub(r"⟦(.*?)⟧", translate, text)


def with_condition(line):
    """Give a line that is left out where its facts are lacking, as it says so by itself."""
    facts = MARK.findall(line)
    if not facts or not set(facts) <= MAY_LACK or not MARK.sub("", line).strip(" \r"):
        return line
    return with_facts(line, facts)


def with_facts(line, facts):
    first, *others = facts
    otherwise = f"{{else}}{with_facts(line, others)}" if others else ""
    return f"{{if {first}}}{line}{otherwise}{{end}}"


def without_condition(line):
    inner = re.match(r"\{if \w+\}(.*?)(?:\{else\}|\{end\})", line)
    return inner[1] if inner and with_condition(inner[1]) == line else line


def say_cases(name, text):
    """Give a text of before as it is said now, in the language that is on."""
    text = "\n".join(with_condition(line) for line in text.split("\n"))
    for (letter, placeholder), words in CASES.items():
        if letter == name:
            text = text.replace(f"{{{placeholder}}}", in_language(words))
    return text


def leave_out_cases(name, text):
    for (letter, placeholder), words in CASES.items():
        if letter == name:
            text = text.replace(in_language(words), f"{{{placeholder}}}")
    return "\n".join(without_condition(line) for line in text.split("\n"))


def change_texts(apps, change):
    for text in apps.get_model("notifications", "LetterText").objects.order_by("pk"):
        with translation.override(text.language):
            text.subject = change(text.template, text.subject)
            text.body = change(text.template, text.body)
        text.save(update_fields=["subject", "body"])


def write_cases(apps, schema_editor):
    change_texts(apps, say_cases)


def remove_cases(apps, schema_editor):
    change_texts(apps, leave_out_cases)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0018_languages_of_the_settings")]
    operations = [migrations.RunPython(write_cases, remove_cases)]
