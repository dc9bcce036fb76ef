"""Letters in staff's own words: checked placeholders, a preview, nothing else within reach."""

import re
import warnings
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from lxml import html

from connect.mail import Recipient
from notifications import texts
from notifications.letter_grammar import fill_text
from notifications.letter_text import compose_letter
from notifications.models import Letter, LetterText
from notifications.outbox import post_letter
from tests.factories import make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
MAYOR = Recipient("maire@example.org", "Pascal", "fr")
FACTS = {"reference": "CN-1", "title": "Déchets", "authority": "Ziniaré"}
NOW = datetime(2026, 11, 28, tzinfo=UTC)
SUBJECT = "{reference} est chez nous"
BODY = "Bonjour {name},\n\nMerci pour « {title} ».\n\n{authority}\n\n{link}"


@pytest.fixture
def ines():
    return make_officer()


def letter(template="dossier_submit", **facts):
    post_letter(template, key="k", to=[MAYOR], path="/dossiers/CN-1/", **FACTS | facts)
    return Letter.objects.get()


@pytest.mark.parametrize("name", texts.letter_names())
@pytest.mark.parametrize("language", [code for code, _words in settings.LANGUAGES])
def test_our_own_words_would_pass_the_check_that_staffs_must(name, language):
    words = texts.our_words(name, language)

    texts.check_letter_text(name, words.subject, words.body)

    context = {fact: f"<{fact}>" for fact in texts.letter_conditions(name)}
    assert "{" not in fill_text(words.subject, context) + fill_text(words.body, context)


@pytest.mark.parametrize("name", texts.letter_names())
def test_the_cases_and_plurals_of_a_letter_are_written_by_its_own_tags(name):
    """What it makes is a text whose facts come later: `{% if %}` would ask a placeholder."""
    template = (texts.FOLDER / f"{name}.txt").read_text()

    outside = re.sub(r"{% (listed|counted) .*?{% end\1 %}", "", template, flags=re.DOTALL)

    assert re.findall(r"{% (?:if|for|plural)\b", outside) == []


def test_a_letter_says_what_staff_made_it_say_in_that_language_alone(ines):
    texts.save_letter_text("dossier_submit", "fr", subject=SUBJECT, body=BODY, actor=ines)

    subject, body = compose_letter(letter())
    assert subject == "CN-1 est chez nous"
    assert body.startswith("Bonjour Pascal,\n\nMerci pour « Déchets ».\n\nZiniaré\n\nhttp")
    Letter.objects.update(language="en")
    assert compose_letter(Letter.objects.get())[0] != "CN-1 est chez nous"
    texts.reset_letter_text("dossier_submit", "fr", actor=ines)
    Letter.objects.update(language="fr")
    assert compose_letter(Letter.objects.get())[0] == "CN-1 : le dossier (Ziniaré) a été envoyé"


@pytest.mark.parametrize(
    ("subject", "body", "field", "said"),
    [
        (SUBJECT, "Sans lien.", "body", "it needs {link}"),
        ("{name}, bonjour", BODY, "subject", "No names in the subject"),
        (SUBJECT, BODY + "{secret}", "body", "cannot fill in: {secret}"),
        (SUBJECT, BODY + "{name.__class__}", "body", "cannot fill in"),
        ("{settings.SECRET_KEY}", BODY, "subject", "cannot fill in"),
        ("{0.__init__.__globals__}", BODY, "subject", "cannot fill in"),
        ("Two\nlines", BODY, "subject", "one line"),
        (SUBJECT, BODY + "{if authority}Bien à vous", "body", "{if authority} needs an {end}"),
        (SUBJECT, BODY + "{authority", "body", "has one brace without the other"),
        (SUBJECT + " title}", BODY, "subject", "has one brace without the other"),
        (SUBJECT, BODY + "Bien à vous{end}", "body", "{end} needs an {if …} before it"),
        (SUBJECT, BODY + "{else}Bien à vous", "body", "{else} needs an {if …} before it"),
        (SUBJECT, BODY + "{if title}a{else}b{else}c{end}", "body", "{if title} has two {else}"),
        (SUBJECT, BODY + "{if secret}a{end}", "body", "cannot fill in: {secret}"),
        (SUBJECT, "{if title}{else}{link}{end}", "body", "it needs {link}"),
        (SUBJECT, "{if title}{link}{end}", "body", "it needs {link}"),
    ],
)
def test_words_that_could_not_be_sent_are_refused(ines, subject, body, field, said):
    """Check I9: a placeholder is a fact of the letter, and reaches nothing else."""
    with pytest.raises(ValidationError) as refusal:
        texts.save_letter_text("dossier_submit", "fr", subject=subject, body=body, actor=ines)

    assert said in str(refusal.value.message_dict[field])
    assert not LetterText.objects.exists()


def test_template_tags_in_staffs_words_and_braces_in_facts_are_plain_text(ines):
    words = BODY + "\n{% load i18n %} {{ settings.SECRET_KEY }} %(name)s"
    with pytest.raises(ValidationError):
        texts.save_letter_text("dossier_submit", "fr", subject=SUBJECT, body=words, actor=ines)
    words = words.replace("{{ settings.SECRET_KEY }}", "").replace("{% load i18n %}", "%s %d")
    texts.save_letter_text("dossier_submit", "fr", subject=SUBJECT, body=words, actor=ines)

    body = compose_letter(letter(title="{link} {name} {{ x }}"))[1]

    assert "« {link} {name} {{ x }} »" in body and "%s %d  %(name)s" in body


def test_a_list_and_a_plural_stay_in_our_words_and_a_case_is_said_in_staffs(ines):
    texts.save_letter_text(
        "opportunity_alert",
        "fr",
        subject="Pour vous : {our_number}",
        body="{our_requests}\n\nÀ lire :\n{link}",
        actor=ines,
    )
    texts.save_letter_text(
        "membership_decided",
        "fr",
        subject="{if accepted}Bienvenue{else}Désolés{end}",
        body="{if accepted}Bon début{else}"
        "Non, pas à {organisation}{if told} :\n{told}{end}{end}\n\n{link}",
        actor=ines,
    )
    requests = [["Déchets", "Ziniaré"], ["{name} & co", "Thiès"]]
    post_letter("opportunity_alert", key="a", to=[MAYOR], path="/", number=2, requests=requests)
    post_letter(
        "membership_decided", key="b", to=[MAYOR], path="/", accepted=False, organisation="Thiès"
    )
    facts = {"accepted": False, "told": "complet", "organisation": "{name}"}
    post_letter("membership_decided", key="c", to=[MAYOR], path="/", **facts)
    post_letter("membership_decided", key="d", to=[MAYOR], path="/", **facts | {"accepted": True})

    listed, *decided = (compose_letter(one) for one in Letter.objects.order_by("pk"))

    assert listed[0] == "Pour vous : 2 nouvelles demandes qui correspondent à votre recherche"
    assert listed[1].startswith(
        "«\u00a0Déchets\u00a0» (Ziniaré)\n«\u00a0{name} & co\u00a0» (Thiès)\n\nÀ lire :\nhttp"
    )
    assert [(subject, body.partition("\n\nhttp")[0]) for subject, body in decided] == [
        ("Désolés", "Non, pas à Thiès"),
        ("Désolés", "Non, pas à {name} :\n> complet"),
        ("Bienvenue", "Bon début"),
    ]
    assert texts.our_words("dossiers_stuck", "en")[:2] == (
        "{our_number}",
        "Hello {name},\n\nThese have been with the programme team for more than ten "
        "working days:\n\n{our_files}\n\n{link}",
    )


def test_only_officers_change_a_letter_and_only_one_that_there_is(ines):
    with pytest.raises(ValidationError, match="e-mail does not exist"):
        texts.save_letter_text("no_such_letter", "fr", subject="x", body="{link}", actor=ines)
    for verb in (
        lambda: texts.save_letter_text(
            "dossier_submit", "fr", subject=SUBJECT, body=BODY, actor=make_user()
        ),
        lambda: texts.reset_letter_text("dossier_submit", "fr", actor=make_user()),
    ):
        with pytest.raises(PermissionDenied):
            verb()


@pytest.mark.ignore_template_errors  # a letter is named with dots for its facts, lists too
def test_an_officer_reads_how_it_reads_before_it_is_kept(client, ines):
    letter()
    client.force_login(ines)
    page = reverse("admin:notifications_letter_change_words", args=["dossier_submit", "fr"])

    begun = client.get(page).text
    tried = client.post(page, {"subject": SUBJECT, "body": BODY, "preview": "1"}).text
    wrong = client.post(page, {"subject": SUBJECT, "body": "Rien.", "keep": "1"}).text
    assert not LetterText.objects.exists()
    kept = client.post(page, {"subject": SUBJECT, "body": BODY, "keep": "1"}, follow=True).text
    back = client.post(page, {"forget": "1"}, follow=True).text

    words = reverse("admin:notifications_letter_words")
    listed = client.get(words).text
    for name in ("index", "notifications_letter_changelist"):
        assert words in client.get(reverse(f"admin:{name}")).text
    assert "{" not in listed.partition("<table")[2].partition("</table>")[0]
    named = set(texts.letter_names()) - {"to_many"}  # whose words are its writer's
    about = [texts.describe_letter(name, "en") for name in named]
    assert [one for one in about if about.count(one) > 1 or not one[0].strip(" …:")] == []
    assert (
        texts.describe_letter("committee_assigned", "en")[0]
        == "2 applications waiting for your score"
    )
    assert "Bonjour {name}" in begun
    assert "CN-1 est chez nous" in tried and "Merci pour « Déchets »." in tried
    assert "it needs {link}" in wrong
    assert "The text of the e-mail has been changed." in kept and "yours" in kept
    assert "The original text is used again." in back and not LetterText.objects.exists()
    assert client.get(page.replace("dossier_submit", "nothing")).status_code == 404
    client.force_login(make_user())
    assert client.get(page).status_code == 302


@pytest.mark.parametrize(
    ("costs", "written"),
    [("", "Hello Jan,\n\nIt is off."), ("A flight", "Hello Jan,\n\nIt is off.\n\nCosts: A flight")],
)
def test_words_for_one_case_close_up_where_it_is_not(costs, written):
    text = "Hello {name},\n\nIt is off.\n\n{if costs}Costs: {costs}{end}\n"

    assert fill_text(text, {"name": "Jan", "costs": costs}) == written


BEFORE = "Bonjour {name},\n\n{our_accepted}\n\nPar la mairie : {told}\n{link}"
SINCE = (
    "Bonjour {name},\n\n{if accepted}Vous êtes maintenant membre de {organisation}.{else}"
    "Votre demande de rejoindre {organisation} a été refusée.{end}\n\n"
    "{if told}Par la mairie : {told}{end}\n{link}"
)


def test_texts_of_before_say_the_same_by_conditions_and_back(ines):
    """What staff wrote where a line was left out by itself, and our cases were placeholders."""
    migration = import_module("notifications.migrations.0019_texts_say_their_cases")
    kept = LetterText.objects.create(
        template="membership_decided", language="fr", subject="x", body=BEFORE, changed_at=NOW
    )

    migration.write_cases(apps, None)
    kept.refresh_from_db()
    since = kept.body
    texts.check_letter_text("membership_decided", kept.subject, since)
    migration.remove_cases(apps, None)
    kept.refresh_from_db()

    assert (since, kept.body) == (SINCE, BEFORE)


def test_a_slip_in_a_fact_is_refused_here_and_loses_no_letter_where_it_runs():
    """18.9: `meting_on` was a fact like any other, and its sentence was missing from the letter."""
    facts = {"call": "Spring", "number": 1, "meting_on": "2026-12-01"}
    with pytest.raises(texts.FactWarning, match="committee_assigned does not name"):
        post_letter("committee_assigned", key="c", to=[MAYOR], **facts)
    with pytest.raises(texts.FactWarning, match="no_such_letter does not name"):
        post_letter("no_such_letter", key="c", to=[MAYOR], title="Water")
    with pytest.raises(texts.FactWarning, match="lacks 'authority'"):
        compose_letter(Letter(template="dossier_submit", context={"reference": "CN-1"}))

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        post_letter("committee_assigned", key="c", to=[MAYOR], **facts)
        subject, _body = compose_letter(Letter.objects.get())

    assert subject == "1 dossier attend votre note" and len(warned) == 1


@pytest.mark.ignore_template_errors  # as above
def test_two_officers_who_rewrite_one_text_do_not_overwrite_each_other(ines):
    """No page says what stood there before."""
    page = reverse("admin:notifications_letter_change_words", args=["dossier_submit", "fr"])
    first, second = signed_in(ines), signed_in(make_officer("Jan"))

    def typed(browser, subject):
        saved = html.fromstring(browser.get(page).text).xpath("//input[@name='saved']/@value")
        return {"subject": subject, "body": BODY, "keep": "1", "saved": saved}

    hers, his = typed(first, SUBJECT), typed(second, "{reference} est arrivé")
    first.post(page, hers)
    refused = second.post(page, his).text

    assert LetterText.objects.get().subject == SUBJECT
    assert "Meanwhile somebody else, or you in another window, saved here" in refused
    assert "{reference} est arrivé" in refused
