"""Writes a letter in its reader's language: subject, body, and the links that are theirs."""

import re
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connect.characters import clean_between_isolates, remove_disguise
from connect.languages import current_language, isolate
from notifications import pauses, texts
from notifications.letter_grammar import collapse_empty_lines, fill_text
from notifications.models import HIDDEN, Letter

# What mail programs take for an address: a scheme's colon, and a name with a dot.
SCHEME = re.compile(r"(?<=[a-z]):(?=//)|(?<=mailto|script):|(?<=\btel):(?=\S)", re.I)
DOMAIN = re.compile(
    r"(?<![\w-])(?:[\w-]{2,}\.)+[^\W\d_]{2,}"
    r"|(?<![\w-])(?:[\w-]+\.)+(?:[^\W\d_]{2,}(?=[/:?#])|[a-z]{2,})|\b\d{1,3}(?:\.\d{1,3}){3}\b"
)
WORD = re.compile(r"\S+")
LONGEST_WORD = 300  # trying DOMAIN takes the square of a word's length
# What somebody wrote is set off from our own words: paragraphs so, names of things by our marks.
QUOTED = {"comment", "costs", "note", "reason", "text", "told"}
# Not typed by others: verified, or written by us; what staff write to many is the programme's own.
OURS = {"address", "answer_to", "held", "news", "heading", "message", "online", "why"}
CODES = {"state"}  # of rows: a template asks for them, nobody reads them
NOBODY = "\0"  # stands for a name that we do not know: "Hello \0," is "Hello,"
NAMELESS = re.compile(rf"[ ,]*{NOBODY}")


def break_addresses(value: Any) -> Any:
    """Break addresses in typed text, so that no mail program makes links of them.

    >>> break_addresses("See https://evil.example/x or evil.example. Mr.X is here at 2 p.m.")
    'See https[:]//evil[.]example/x or evil[.]example. Mr.X is here at 2 p.m.'
    """
    if isinstance(value, str):
        return WORD.sub(lambda found: break_word(found[0]), value)
    if isinstance(value, dict):
        return {key: break_addresses(one) for key, one in value.items()}
    return [break_addresses(one) for one in value] if isinstance(value, list) else value


def break_word(word: str) -> str:
    """Return a word with its address broken; any other word unchanged."""
    plain = remove_disguise(word)
    broken = SCHEME.sub("[:]", plain)
    if len(plain) > LONGEST_WORD:
        return broken.replace(".", "[.]")
    broken = DOMAIN.sub(lambda found: found[0].replace(".", "[.]"), broken)
    return word if broken == plain else broken


def set_off(value: Any) -> Any:
    """Return facts with the paragraphs that somebody wrote set off, also inside rows.

    >>> set_off({"note": "No.\\nSorry.", "fields": [{"question": "Who?", "comment": "Say."}]})
    {'note': '> No.\\n> Sorry.', 'fields': [{'question': 'Who?', 'comment': '> Say.'}]}
    """
    if isinstance(value, list):
        return [set_off(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: quote_lines(one) if key in QUOTED and one else set_off(one)
        for key, one in value.items()
    }


def isolate_facts(value: Any) -> Any:
    """Let each fact of one line stand in its own direction, also inside rows."""
    if isinstance(value, str):
        return isolate(value) if value and "\n" not in value else value
    if isinstance(value, dict):
        return {
            key: one if key in QUOTED | CODES | OURS else isolate_facts(one)
            for key, one in value.items()
        }
    return [isolate_facts(one) for one in value] if isinstance(value, list) else value


def quote_lines(text: Any) -> str:
    return "\n".join(f"> {line}" for line in str(text).strip().splitlines())


def readable_facts(context: dict[str, Any]) -> dict[str, Any]:
    """Return a letter's context as it is shown: typed links broken, dates in words.

    Dates are ISO texts named `…_on` or `…_by`; who did something is named so, too. Names, titles
    and references keep their places in a line from right to left.
    """
    read = {
        name: value if name in OURS else break_addresses(value) for name, value in context.items()
    }
    read = isolate_facts(set_off(read))
    for name, value in context.items():
        if name.endswith(("_on", "_by")) and (day := parse_date(str(value))):
            read[name] = date_format(day, "DATE_FORMAT")
    return read


def compose_letter(letter: Letter) -> tuple[str, str]:
    """Return subject and body in the reader's language: the template's first line, and the rest.

    Links that are their reader's alone are hidden in it: see `add_links`.
    """
    with translation.override(letter.language):
        context = readable_facts(letter.context) | {
            "name": break_addresses(letter.name) or NOBODY,
            "link": letter.masked_link,
            "pause": pause_address(letter, HIDDEN),
            "link_ends": link_end_words(letter),
            **foot_facts(letter.language),
        }
        subject, body = texts.fill_letter(letter, context)
        subject, body = NAMELESS.sub("", subject), NAMELESS.sub("", body)
        if context.get("is_informed"):
            body = f"{informed_words()}\n\n{body.strip()}"
        foot = plain_text("letters/_foot.txt", context).strip()
    body = f"{collapse_empty_lines(body)}\n\n-- \n{foot}\n"
    subject, body = clean_between_isolates(" ".join(subject.split())), clean_between_isolates(body)
    return subject[:300], body


def preview_letter(template: str, facts: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body of a letter that is not posted yet, in the language of its sender."""
    letter = Letter(template=template, language=current_language(), context=facts)
    subject, body = compose_letter(letter)
    return subject, body.partition("\n\n-- \n")[0].strip()


def informed_words() -> str:
    """Tell a reader without an account that what a letter asks is asked of others."""
    return _(
        "For your information: this e-mail does not ask you to do anything, and you "
        "need no account. Colleagues of yours who have one find more in CONNECT, and "
        "do there what is asked."
    )


def foot_facts(language: str) -> dict[str, str]:
    """Return the facts of the footer of every letter."""
    return {
        "contact": settings.CONTACT_EMAIL,
        "notice": f"{settings.SITE_URL}/{language}/privacy/",
    }


def letter_title(letter: Letter) -> str:
    """Return a letter's title: its subject, or the one that it would have now."""
    if letter.subject or letter.template not in texts.letter_names():
        return letter.subject or _("an earlier e-mail")
    facts = readable_facts(letter.context) | foot_facts(current_language())
    words = texts.our_words(letter.template, current_language(), facts)
    return fill_text(words.subject, texts.Facts(facts | words.words_by_placeholder))


def plain_text(template: str, context: dict[str, Any]) -> str:
    """Return a template's plain text: a letter's HTML escapes it as a whole."""
    return Engine.get_default().get_template(template).render(Context(context, autoescape=False))


def link_end_words(letter: Letter) -> str:
    """Return until when a letter's link works, in its language; "" for a page of the site."""
    if not letter.opens:
        return ""
    return date_format(letter.opens.last_day, "DATE_FORMAT")


def pause_address(letter: Letter, key: str) -> str:
    """Return the page where the reader pauses an optional kind of letter; "" for a duty."""
    if not letter.optional:
        return ""
    return f"{settings.SITE_URL}/{letter.language}{pauses.PAGE.format(key)}"


def add_links(letter: Letter, pause: str = "") -> str:
    """Return a letter's text as its reader has it, with the links that are theirs alone."""
    text = letter.secret or letter.body
    if letter.opens:
        text = text.replace(letter.masked_link, letter.link)
    if pause:
        text = text.replace(pause_address(letter, HIDDEN), pause)
    return text
