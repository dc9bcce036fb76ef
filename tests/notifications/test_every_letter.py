"""Every letter of the product: in every language, with all its facts and with the least."""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import allauth
import pytest
from django.db import transaction
from django.template.engine import Engine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Closing, DataRequest, User
from accounts.sample_letters import (
    ALSO_TO_GUESTS,
    FACTS,
    OF_ACCOUNTS,
    facts_of,
    sample_letters,
    translate_facts,
)
from applications.enums import Status
from applications.forms import step_forms as dossier_forms
from applications.sections import QUESTIONS
from applications.transitions import dossier_machine
from connect.links import KINDS
from connect.my_work import DESCRIBERS
from exchanges.forms import exchange_step_forms as exchange_forms
from exchanges.forms.actual_days_forms import ActualDaysForm
from matching import consent
from notifications import texts
from notifications.letter_grammar import fill_text
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.outbox import post_letter
from registry import members
from tests.factories import make_user
from tests.languages import CODES
from tests.notifications.stories import DAY, STORIES, Stage, open_as_reader, page_of

pytestmark = pytest.mark.django_db
SITE, CONTACT = "https://connect.example.org", "team@connect.example.org"
UNKNOWN = "‽"
POINTS = re.compile(r"\b(?:here|below|this link|the link)\b")
ARABIC = re.compile(r"[\u0621-\u064a][\u0621-\u064a ]+")
# What an officer does on a page of everybody's, what is theirs as a person, and what gathers
# e-mails that are read here one by one.
AT_THE_PAGE = {
    *("budget_changed", "match_message", "membership_asked", "news", "practice_used", "several"),
}
# What they tell of is no row, or many.
ABOUT_NO_ROW = {"audit_findings", "audit_seal", "mail_unread"}
# Their readers have no account, or none that opens: it is being closed.
FOR_NO_ACCOUNT = {"closing", "data_link", "closing_open"}
# What asks something of the reader themself, not of their colleagues.
REQUEST = re.compile(
    r"\b[Pp]lease\b|\b[Yy]ou (?:can|have to|(?:are|were) asked|no longer need)\b"
    r"|answering this e-mail|\b[Yy]our answer\b|anything more for"
    r"|(?:^|[.:;,] )(?:Answer|Ask|Confirm|Read|Say|Send|Submit|Write|read it|submit)\b",
    re.M,
)
# Whom these go to has an account, or a link of their own.
NEVER_FOR_INFORMATION = (
    *("match_full", "match_lapsed", "match_new_offer", "match_refused"),
    *("practice_changed", "practice_use_removed"),
)
WRONG = {
    "an unknown fact": UNKNOWN,
    "blanks": r"(?<=\S)  +|[ \t]\n|\n{3,}",
    "a blank before a mark": r" [,.)]|[(“«] ?[”»)]",
    "marks that follow one another": r"\.\.|,,|, ?\.|: ?\.|\. ?,|\? ?\.(?!\.)",
    "nothing after a colon": r":\s*(?:\Z|\n--\n)",
    "a code": r"\b[a-z]+_[a-z_]+\b|%\(|[{}]|\b(?:None|True|False)\b|<[a-z/]",
    "a value as a machine writes it": r"\d{4}-\d\d-\d\d|\d\.\d{3,}|\d{1,2}:\d\d:\d\d|\b[ap]\.m\.",
    "another host": r"127\.0|localhost|invalid|:\d{4}\b|Mozilla",
}
FAMILIAR = {
    "es": r"\b(?:tú|tu|tus|te|ti|contigo|puedes|quieres|debes|tienes|has|haz|ordenador)\b",
    "fr": r"\b(?:tu|ton|ta|tes|toi)\b|e-mail",
    "pt": r"\b(?:tu|te|ti|teu|tua|contigo|você|vocês)\b",
}
OURS = re.compile(
    rf"{SITE}/(?:{'|'.join(CODES)})/\S*|{SITE}/(?:dossiers|admin|r)/\S*|[\w.]+@[\w.]+\.(?:example|org)\b"
    rf"|{re.escape(FACTS['online'])}"  # which staff typed for the members of a committee
)


def faults(language, name, subject, body):
    text = OURS.sub("‹ours›", f"{subject}\n\n{body.strip()}".replace("\n-- \n", "\n--\n"))
    patterns = WRONG | ({"familiar": FAMILIAR[language]} if language in FAMILIAR else {})
    found = [(name, kind, m[0]) for kind, p in patterns.items() for m in re.finditer(p, text)]
    if re.search(r"https?://|[\w-]+\.(?:com|net|org|example)\b", text):
        found.append((name, "another host", text))
    lacking = [part for part in (subject.strip(), body.partition("\n-- \n")[0].strip()) if not part]
    return found + [(name, "empty", "")] * len(lacking)


@pytest.mark.parametrize("is_full", [True, False], ids=["full", "least"])
@pytest.mark.parametrize("language", CODES)
def test_every_letter_reads_well_in_every_language(language, is_full, settings, monkeypatch):
    """4.1: "Hello from !", "an account on .", `[127.0.0.1:8410] …`, and a tú."""
    settings.SITE_URL, settings.CONTACT_EMAIL = SITE, CONTACT
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", UNKNOWN)

    letters = sample_letters(language, is_full=is_full)

    assert [name for name, _s, _b in letters] == [*texts.letter_names(), *OF_ACCOUNTS]
    assert [fault for letter in letters for fault in faults(language, *letter)] == []


def letters_for_information():
    """Yield (name, body) of each letter to who has no account and no link, in all its cases."""
    for name in texts.letter_names():
        if not name.startswith(ALSO_TO_GUESTS) or name in NEVER_FOR_INFORMATION:
            continue
        if name.endswith(("_officer", "_association")):
            continue
        for is_full in (True, False):
            facts = facts_of(name, is_full)[0] | {
                "is_informed": True,
                "for_staff": False,
                "is_asked": False,
            }
            letter = Letter(template=name, address="mayor@agona.example", context=facts)
            yield name, compose_letter(letter)[1].partition("\n-- \n")[0]


def test_who_is_only_informed_is_asked_nothing_by_the_words_below():
    """“This e-mail does not ask you to do anything”, then “please say whether you agree”."""
    letters = list(letters_for_information())

    assert {name for name, body in letters if REQUEST.search(body)} == set()
    assert len(letters) > 90 and all(body.startswith("For your inf") for _name, body in letters)


# Facts that are names of people and bodies (checked), words and numbers of ours, or staff's titles.
NOT_TYPED = set(
    "about address again_on answer_by answer_to appeal_by asked_by association authority "
    "begins by call closes_on closing confirmed_by country dates day_on due_on ends ends_on "
    "expert experts findings first following form goes_on ground group handed heading "
    "mailbox meeting_on message opens_on organisation partner person purpose reference "
    "references role seal signed_on stands starts_on who why zone".split()
)
IN_MARKS = "[“«]\\s?{}\\s?[”»]"
IS_SET_OFF = (
    r"> |(?:- )?(?:Place|Lieu|Lugar|Local|المكان)\s?: "
    r"|(?:Join online|En ligne|En línea|Em linha|للانضمام عبر الإنترنت)\s?: "
)


def typed_texts(language):
    """Yield each text of the invented facts that somebody types, also of rows."""
    facts = translate_facts(language, FACTS)
    for name, value in facts.items():
        if isinstance(value, str) and name not in NOT_TYPED:
            yield value
    yield from (row["comment"] for row in facts["fields"])
    yield from (row[part] for row in facts["items"] for part in ("title", "place") if row[part])
    yield from (title for title, _place in facts["requests"])


@pytest.mark.parametrize("language", sorted(set(CODES) - {"en"}))
def test_what_is_invented_for_a_letter_is_in_its_language(language):
    """The page of all letters had English values in every language."""
    said, fresh = (
        translate_facts(language, FACTS),
        ("title", "note", "text", "reason", "form", "stands"),
    )

    assert [name for name in fresh if said[name] == FACTS[name]] == []
    for is_full in (True, False):
        letters = sample_letters(language, is_full=is_full)
        texts_of_all = "".join(subject + body for _name, subject, body in letters)
        assert FACTS["title"] not in texts_of_all and said["title"] in texts_of_all
        assert FACTS["note"] not in texts_of_all and FACTS["lacking"][0] not in texts_of_all


@pytest.mark.parametrize("language", CODES)
def test_what_somebody_typed_is_set_off_from_our_own_words_in_every_letter(language):
    """F6.5: a message of a reader, or a title, read as if we had written it."""
    inside = []
    for name, subject, body in sample_letters(language, is_full=True):
        for line in re.sub("[\u2068\u2069]", "", f"{subject}\n{body}").splitlines():
            for text in typed_texts(language):
                line = re.sub(IN_MARKS.format(re.escape(text)), "", line)
                if text in line and not re.match(IS_SET_OFF, line) and f"({text})" not in line:
                    inside.append((name, line))

    assert inside == []


def test_every_letter_of_sign_in_is_our_own():
    """4.1: a letter that allauth writes by a template of its own is not in our voice."""
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path("templates")
    kinds = {
        str(path.relative_to(theirs)).removesuffix("_message.txt")
        for folder in ("account", "mfa", "socialaccount")
        for path in (theirs / folder / "email").glob("*_message.txt")
    } - {"account/email/base"}
    not_sent = {"account/email/email_confirm", "account/email/password_reset_code"}

    assert kinds - not_sent == set(OF_ACCOUNTS)
    parts = [ours / f"{kind}_{part}.txt" for kind in OF_ACCOUNTS for part in ("subject", "message")]
    assert [part for part in parts if not part.exists()] == []


@pytest.mark.long
def test_every_link_of_every_letter_opens_for_its_reader_and_stands_in_their_work():
    """7.6, 17: mayors and employers were led to pages that ask for an account they do not have.

    A co-applicant, mayor or participant who has an account was led there by the letter alone.
    """
    told, wrong, opened, lacking, unfound = set(), [], set(), [], set()
    stage = Stage()
    officers = {stage.ines.email, stage.jan.email}
    for story in STORIES:
        pages, work_of = {}, cache(open_work)  # where two letters lead one reader is looked at once
        with transaction.atomic():
            story(stage)
            for letter in Letter.objects.select_related("opens").order_by("pk"):
                told.add(letter.template)
                if letter.concerned_pk is None:
                    unfound.add(letter.template)
                subject, body = compose_letter(letter)
                if letter.context.get("is_informed") and not letter.path:
                    # First of all: below it, a letter may ask colleagues of its reader.
                    assert body.startswith("For your information: this e-mail does not ask")
                if not letter.path and POINTS.search(body.partition("\n-- \n")[0]):
                    wrong.append((story.__name__, letter.template, "points nowhere", body))
                is_of_desk = letter.path.startswith("/admin/") or letter.template in AT_THE_PAGE
                if letter.address in officers and not is_of_desk:
                    wrong.append((story.__name__, letter.template, "not the desk", letter.path))
                if letter.path and not letter.cancelled_at:
                    link = letter.address, page_of(letter)
                    status, page = pages[link] = pages.get(link) or open_as_reader(letter)
                    if status != 200 or "/login/" in page and "/login/" not in letter.path:
                        wrong.append(
                            (story.__name__, letter.template, letter.address, status, page)
                        )
            for letter in Letter.objects.filter(cancelled_at=None).exclude(opens=None):
                if letter.template in FOR_NO_ACCOUNT or not letter.opens.is_valid(stage.now):
                    continue
                opened.add(letter.opens.purpose)
                if letter.opens.path not in work_of(letter.address):
                    lacking.append((story.__name__, letter.template, letter.address))
            transaction.set_rollback(True)

    assert wrong == []
    assert told == set(texts.letter_names())
    assert lacking == []
    assert unfound == ABOUT_NO_ROW
    assert opened == {kind.PURPOSE for kind in DESCRIBERS}
    assert {KINDS[purpose] for purpose in KINDS} - set(DESCRIBERS) == {Closing, DataRequest}


def test_each_letter_is_in_its_readers_language_whatever_that_of_whoever_acts():
    """The time zone of an agenda was named in the language of who planned it."""
    stage, wrong, read = Stage(), set(), 0
    for story in STORIES:
        with transaction.atomic(), translation.override("ar"):
            story(stage)
            for letter in Letter.objects.exclude(language="ar"):
                read += 1
                if ARABIC.search(" ".join(compose_letter(letter))):
                    wrong.add((letter.template, *ARABIC.findall(" ".join(compose_letter(letter)))))
            transaction.set_rollback(True)

    assert read > 100
    assert sorted(wrong) == []


def open_work(address):
    """Return the page “My work” of whoever reads at an address, with an account then."""
    client = Client()
    reader = User.objects.filter(email=address).first()
    client.force_login(reader or User.objects.create_user(address))
    return client.get(reverse("my")).text


def posted_letters():
    """List (module, letter, its facts, whether these are all) of each place that posts one."""
    of_any = inspect.signature(post_letter).parameters.keys()
    for path in Path().glob("[a-z]*/**/*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            name = call.args[0]
            if isinstance(name, ast.Constant) and ast.unparse(call.func).endswith("post_letter"):
                given = {word.arg for word in call.keywords if word.arg}
                is_whole = "known" not in given and None not in [one.arg for one in call.keywords]
                yield path, name.value, given - of_any, is_whole


def lacking_facts(name, facts):
    """List what a letter says in the case of these facts, and is not given."""
    lacking = set()

    class Asked(dict):
        def __missing__(self, fact):
            lacking.add(fact)
            return ""

    words = texts.our_words(name, "en")
    fill_text(f"{words.subject}\n{words.body}", Asked(dict.fromkeys(facts, "…")))
    said = {one for place in words.passages.keys() & lacking for one in words.passages[place].facts}
    return sorted((lacking - words.passages.keys() | said) - facts - texts.OF_EVERY_LETTER)


def test_no_letter_is_posted_with_a_fact_that_it_does_not_name_or_without_one_that_it_says():
    """18.9: those too that are given in a case that no test walks."""
    unknown, lacking = [], []
    for path, name, facts, is_whole in posted_letters():
        unknown.append((path, name, facts - texts.letter_facts(name)))
        if is_whole and path.parts[0] != "tests":
            lacking.append((path, name, lacking_facts(name, facts)))

    assert len(unknown) > 50 and len(lacking) > 50
    assert [one for one in unknown if one[2] and one[0].name != "test_texts.py"] == []
    assert [one for one in lacking if one[2]] == []


def letters_of(*templates):
    found = Letter.objects.filter(template__in=templates).select_related("opens").order_by("pk")
    return [(letter, *compose_letter(letter)) for letter in found]


def test_a_receipt_says_to_each_reader_what_is_theirs_and_leads_where_they_may_go():
    """4.3: the mayor was led to a page that asks to sign in, an officer that an officer writes."""
    stage = Stage()
    dossier = stage.dossier(focal_language="nl")

    dossier_machine.advance(dossier, "submit", actor=stage.efua)

    told = {
        letter.address: letter for letter in Letter.objects.filter(key__contains="dossier-event")
    }
    assert {address: (one.template, bool(one.path)) for address, one in told.items()} == {
        stage.efua.email: ("dossier_submit", True),
        dossier.focal_email: ("dossier_submit", False),
        dossier.legal_email: ("dossier_submit", False),
        stage.ines.email: ("dossier_submit_officer", True),
        stage.jan.email: ("dossier_submit_officer", True),
        stage.abena.email: ("dossier_submit_association", True),
    }
    assert told[dossier.focal_email].language == "en"  # there is no page in Dutch
    texts_of = {name: compose_letter(one)[1] for name, one in told.items()}
    assert "You can read it" in texts_of[stage.abena.email]
    assert "must be opened within ten working days" in texts_of[stage.ines.email]


def test_a_correction_asks_each_question_in_its_readers_language():
    """4.5: the letter listed comments without their questions."""
    stage = Stage()
    User.objects.filter(pk=stage.efua.pk).update(language="es")
    stage.efua.refresh_from_db()
    dossier = stage.dossier(Status.ELIGIBILITY_CHECK, legal_language="fr")
    asked = [{"field": "problem", "comment": "Since when?"}]

    details = {"fields": asked, "due_on": "2030-01-31"}
    dossier_machine.advance(dossier, "ask_correction", actor=stage.ines, **details)

    said = {letter.address: body for letter, _s, body in letters_of("dossier_ask_correction")}
    for address, language in ((stage.efua.email, "es"), (dossier.legal_email, "fr")):
        with translation.override(language):
            assert f"- {QUESTIONS['problem'][1]}\n> Since when?" in said[address]


def test_who_is_only_informed_reads_no_question_and_no_command_in_the_subject():
    """B8: “please correct your application”, and below: nothing in this e-mail is asked of you."""
    stage = Stage()
    dossier = stage.dossier(Status.ELIGIBILITY_CHECK)
    asked = [{"field": "problem", "comment": "Since when?"}]
    dossier_machine.advance(
        dossier, "ask_correction", actor=stage.ines, fields=asked, due_on="2030-01-31"
    )

    said = {letter.address: subject for letter, subject, _b in letters_of("dossier_ask_correction")}
    assert {address: subject.partition(": ")[2] for address, subject in said.items()} == {
        stage.efua.email: "please correct your application by 31 January 2030",
        dossier.focal_email: "a correction is asked for by 31 January 2030",
        dossier.legal_email: "a correction is asked for by 31 January 2030",
    }
    informed = [one for one in sample_letters("en", is_full=False) if is_for_guests(one[0])]
    asks = [subject for _n, subject, _b in informed if re.search(r"[?]|\bplease\b", subject)]
    assert len(informed) > 30 and asks == []


def is_for_guests(name):
    return name.startswith(ALSO_TO_GUESTS) and name not in ("match_lapsed", "match_refused")


def test_a_lapsed_match_names_the_next_on_the_shortlist_or_says_that_there_is_none():
    """4.5: "Next on the shortlist:" was followed by nothing."""
    stage = Stage()
    stage.proposed()

    consent.lapse_overdue(stage.now + 11 * DAY)

    (_letter, _subject, body), _other = letters_of("match_lapsed")
    assert "Nobody else is on the shortlist: choose whom to invite on the matching desk." in body


def test_what_staff_note_for_themselves_is_told_to_nobody_outside(client):
    """4.4: "Called the town hall" was mailed to the applicant."""
    stage = Stage()
    kofi, dossier = make_user("Kofi"), stage.dossier(Status.ELIGIBILITY_CHECK)
    asked = members.ask_to_join(kofi, authority=stage.agona, roles=["editor"], function="Clerk")
    client.force_login(stage.ines)
    secret, told = "Called the town hall.", "Ask your mayor for the form first."
    said = {f"grounds-{asked.pk}": secret, f"told-{asked.pk}": told}
    client.post(reverse("membership-decide", args=[asked.pk]), said | {"answer": "refuse"})
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "find_ineligible"])
    client.post(step, {"reason": "country", "note": told, "internal": secret})
    staff = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    client.force_login(stage.efua)
    page = client.get(dossier.get_absolute_url()).text

    said = [body for _l, _s, body in letters_of("membership_decided", "dossier_find_ineligible")]
    assert len(said) == 4 and all(told in body for body in said)
    assert [secret in text for text in (*said, page, staff)] == [False] * 5 + [True]


def test_every_step_of_staff_with_a_reason_has_a_place_for_what_nobody_else_reads():
    """4.4: of an exchange that began early there was one field, and both sides read it."""
    of_dossiers = [dossier_forms.NoteForm, *dossier_forms.STEP_FORMS.values()]
    asked = {*of_dossiers, *exchange_forms.STEP_FORMS.values(), ActualDaysForm}

    one_field = {
        form.__name__
        for form in asked
        if "note" in form.base_fields and "internal" not in form.base_fields
    }

    assert one_field == {"OverruleForm"}  # whose reason the programme team alone reads


def test_staff_read_letters_by_their_subject_and_where_each_stands(client):
    """B6: codes of templates, and cancelled letters that looked like waiting ones."""
    stage = Stage()
    dossier = dossier_machine.advance(stage.dossier(), "submit", actor=stage.efua)
    Letter.objects.filter(template="dossier_submit_association").cancel(stage.now)
    client.force_login(stage.ines)

    listed = reverse("admin:notifications_letter_changelist")
    page = client.get(listed).text

    assert "dossier_submit" not in page
    row = re.search(rf"<tr>(?:(?!</tr>).)*{stage.abena.email}.*?</tr>", page, re.S)[0]
    assert "has applied" in row and "cancelled, never sent" in row
    searches = ["has applied", "AGONA applied", stage.abena.email, dossier.reference]
    pages = [client.get(listed, {"q": words}).text for words in [*searches, "context", "CN-1066"]]
    row = f'class="field-address">{stage.abena.email}<'
    assert [row in page for page in pages] == [True] * 4 + [False] * 2
