"""The notices say what the law asks for, in every language; no personal data is in addresses."""

import logging
import re
import smtplib

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.privacy import SINCE
from accounts.retention import LINES
from connect.anonymity import FEW
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from tests.accounts.world import CANARY, NUMBER, World
from tests.factories import make_user
from tests.languages import CODES

pytestmark = pytest.mark.django_db
SAID = [  # what articles 13 and 14 ask for, by a word that is the same in every language
    *("VNG International", "PLATFORMA", "connect@example.org"),
    *("6.1 a", "6.1 b", "6.1 c", "6.1 e", "6.1 f", "9.2 c"),
    *("art. 28", "art. 45", "art. 49.1", "art. 15", "art. 16", "art. 17", "art. 18", "art. 21"),
    *("art. 7", "Autoriteit Persoonsgegevens", "edpb.europa.eu"),
    *("device", "180"),  # the cookie that is no session's
]
# How a language names articles of the regulation: article, paragraph, letter.
LETTERS = {"a": "أ", "b": "ب", "c": "ج", "e": "هـ", "f": "و"}
ARTICLE = re.compile(r"(?:art\. )?(\d+)(?:\.(\d))?(?: ([a-f]))?")


def name_article(language, said):
    """Write an article as a language does; any other word as it is.

    >>> name_article("pt", "6.1 a"), name_article("ar", "6.1 b"), name_article("fr", "art. 15")
    ('6.º, n.º 1, a', '6.1/ب', 'art. 15')
    """
    found = ARTICLE.fullmatch(said)
    if language not in ("pt", "ar") or not found or said == "180":
        return said
    article, paragraph, letter = found.groups()
    if language == "ar":
        return f"{article}.{paragraph}/{LETTERS[letter]}" if letter else article
    return f"{article}.º, n.º {paragraph}, {letter}" if letter else f"{article}.º"


@pytest.mark.parametrize("language", CODES)
def test_the_privacy_notice_is_complete_in_every_language(client, language):
    """D5: who, why, on which basis, to whom, how long, which rights, where to complain."""
    with translation.override(language):
        page = client.get(reverse("privacy")).text.replace("&#x27;", "'").replace("\xa0", " ")
        periods = [str(line.period_words) for line in LINES]
        kinds = [str(line.what) for line in LINES]
        links = [reverse(name) for name in ("my-data", "data", "close-account", "account")]

    assert [word for word in SAID if name_article(language, word) not in page] == []
    assert all(f"<td>{period}</td>" in page for period in periods)
    assert all(kind[1:] in page for kind in kinds)
    assert all(f'href="{link}"' in page for link in links)


@pytest.mark.parametrize("language", CODES)
def test_who_signs_up_reads_the_notice_before_they_give_their_name(client, language):
    """D5: the notice at sign-up names who, why, the basis, how long and what one can ask."""
    with translation.override(language):
        page = client.get(reverse("account_signup")).text
        link = reverse("privacy")

    assert all(word in page for word in ("VNG International", "PLATFORMA"))
    assert name_article(language, "6.1 b") in page
    assert f'href="{link}"' in page


def test_a_letter_to_somebody_without_an_account_says_where_to_read_why():
    """D5: whom a colleague named is told so with the first letter (article 14)."""
    post_letter("dossier_reopen", key="k", to=[make_user()], reference="CN-1", title="Water")
    send_waiting_letters(timezone.now())

    assert "/en/privacy/" in Letter.objects.get().body


def test_a_text_that_changed_has_another_day():
    """D5: a dossier keeps which text was read; this one is of today's session."""
    assert SINCE.isoformat() == "2026-11-30"


def test_the_notice_names_who_reads_a_draft_and_from_how_many_answers_on_means_are_shown(client):
    """It promised that colleagues alone read a draft, and means of three where five are needed."""
    page = " ".join(client.get(reverse("privacy")).text.split())

    assert "the co-applicants that it names and, once asked to sign, the legal repres" in page
    assert f"told to others as means and in words once {FEW} have answered" in page


@pytest.mark.parametrize("language", CODES)
def test_every_page_leads_to_the_accessibility_statement_and_it_to_who_answers(client, language):
    """No page had a word on accessibility, nor a way to complain of a barrier."""
    with translation.override(language):
        page = reverse("accessibility")
        leads = f'href="{page}"' in client.get(reverse("privacy")).text
        text = client.get(page).text

    words = ("WCAG", "axe", "320", "mailto:connect@example.org")
    assert leads and [one for one in words if one not in text] == []


def test_no_page_links_to_an_address_that_holds_a_name_or_an_address(client):
    """P4: neither history, log nor Referer tells who somebody is; a profile's own page is named
    by its expert, who publishes it."""
    world = World()
    lists = ["my", "account", "my-data", "close-account", "memberships", "letters", "profile"]
    lists += ["exchanges", "directory", "experts", "home", "opportunities"]
    things = [world.dossier, world.exchange, world.exchange.match, world.interest, world.expert]
    pages = [*map(reverse, lists), *(one.get_absolute_url() for one in things)]
    pages += [reverse("exchange-participants", args=[world.exchange.reference])]
    client.force_login(world.efua)
    words = [CANARY, world.efua.email, world.mayor, NUMBER, "efua", "kojo"]

    found = set()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200 and answer["Referrer-Policy"] == "same-origin", page
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', answer.text):
            if address.startswith(("mailto:", "tel:")) or "/experts/efua-" in address:
                continue
            if any(word.casefold() in address.casefold() for word in words):
                found.add((page, address))

    assert found == set()


def test_no_log_tells_who_somebody_is(client, caplog, monkeypatch):
    """P4: signing in wrongly, asking for data, a letter that fails: logs hold ids, not people."""
    caplog.set_level(logging.DEBUG)
    efua = make_user(f"Efua {CANARY}")
    efua.set_password("a long word indeed")
    efua.save()
    client.post(reverse("account_login"), {"login": efua.email, "password": "wrong"})
    client.post(reverse("data"), {"address": efua.email})
    client.get("/en/nothing/here/")
    client.force_login(efua)
    client.post(reverse("my-data"))

    def fails(self, *args, **kwargs):
        raise smtplib.SMTPRecipientsRefused({efua.email: (550, b"no such user")})

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fails)
    post_letter("dossier_reopen", key="k", to=[efua], reference="CN-1", title="Water")
    send_waiting_letters(timezone.now())

    ours = [
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if not record.name.startswith(("django.db", "asyncio"))
    ]
    assert any("could not be sent" in line for line in ours)
    assert [line for line in ours if CANARY in line or efua.email in line] == []
