"""Letters in staff's own words: checked placeholders, a preview, nothing else within reach."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from connect.mail import Recipient
from notifications import texts
from notifications.letter_text import compose_letter
from notifications.models import Letter, LetterText
from notifications.outbox import post_letter
from tests.factories import make_officer, make_user

pytestmark = pytest.mark.django_db
MAYOR = Recipient("maire@example.org", "Pascal", "fr")
FACTS = {"reference": "CN-1", "title": "Déchets", "authority": "Ziniaré", "note": ""}
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
    subject, body = texts.default_text(name, language)

    texts.check_letter_text(name, subject, body)

    context = {fact: f"<{fact}>" for fact in texts.letter_placeholders(name)}
    assert "{" not in texts.fill_placeholders(subject, context) + texts.fill_placeholders(
        body, context
    )


def test_a_letter_says_what_staff_made_it_say_in_that_language_alone(ines):
    texts.save_letter_text("dossier_submit", "fr", subject=SUBJECT, body=BODY, actor=ines)

    subject, body = compose_letter(letter())
    assert subject == "CN-1 est chez nous"
    assert body.startswith("Bonjour Pascal,\n\nMerci pour « Déchets ».\n\nZiniaré\n\nhttp")
    assert texts.fill_placeholders("a\n\n{note}\n\nb", {"note": ""}) == "a\n\nb"
    Letter.objects.update(language="en")
    assert compose_letter(Letter.objects.get())[0] != "CN-1 est chez nous"
    texts.reset_letter_text("dossier_submit", "fr", actor=ines)
    Letter.objects.update(language="fr")
    assert compose_letter(Letter.objects.get())[0] == "CN-1 : le dossier de Ziniaré est envoyé"


@pytest.mark.parametrize(
    ("subject", "body", "field", "said"),
    [
        (SUBJECT, "Sans lien.", "body", "it needs {link}"),
        ("{name}, bonjour", BODY, "subject", "No name in a subject"),
        (SUBJECT, BODY + "{secret}", "body", "knows nothing of: {secret}"),
        (SUBJECT, BODY + "{name.__class__}", "body", "knows nothing of"),
        ("{settings.SECRET_KEY}", BODY, "subject", "knows nothing of"),
        ("{0.__init__.__globals__}", BODY, "subject", "knows nothing of"),
        ("Two\nlines", BODY, "subject", "one line"),
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


def test_a_list_a_plural_and_a_case_stay_in_our_words_wherever_staff_put_them(ines):
    texts.save_letter_text(
        "opportunity_alert",
        "fr",
        subject="Pour vous : {our_number}",
        body="{our_requests}\n\nÀ lire :\n{link}",
        actor=ines,
    )
    texts.save_letter_text(
        "membership_decided", "fr", subject="Bon", body="→ {our_accepted} {link}", actor=ines
    )
    requests = [["Déchets", "Ziniaré"], ["{name} & co", "Thiès"]]
    post_letter("opportunity_alert", key="a", to=[MAYOR], path="/", number=2, requests=requests)
    post_letter(
        "membership_decided", key="b", to=[MAYOR], path="/", accepted=False, organisation="Thiès"
    )

    listed, decided = (compose_letter(one) for one in Letter.objects.order_by("pk"))

    assert listed[0] == "Pour vous : 2 nouvelles demandes auxquelles vous avez peut-être la réponse"
    assert listed[1].startswith("« Déchets » (Ziniaré)\n« {name} & co » (Thiès)\n\nÀ lire :\nhttp")
    assert decided[1].startswith("→ Votre demande de rejoindre Thiès est refusée. http")
    assert texts.default_text("dossiers_stuck", "en") == (
        "{our_number}",
        "Hello {name},\n\nThese have been with us for more than ten working days:\n\n"
        "{our_files}\n{link}",
    )


def test_only_officers_change_a_letter_and_only_one_that_there_is(ines):
    with pytest.raises(ValidationError, match="no such letter"):
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

    listed = client.get(reverse("admin:notifications_letter_words")).text
    assert "{" not in listed.partition("<table")[2].partition("</table>")[0]
    about = [texts.describe_letter(name, "en") for name in texts.letter_names()]
    assert [one for one in about if about.count(one) > 1 or not one[0].strip(" …:")] == []
    assert texts.describe_letter("committee_assigned", "en")[0] == "2 dossiers wait for your score"
    assert "Bonjour {name}" in begun
    assert "CN-1 est chez nous" in tried and "Merci pour « Déchets »." in tried
    assert "it needs {link}" in wrong
    assert "The letter says so from now on." in kept and "yours" in kept
    assert "Our own words are used again." in back and not LetterText.objects.exists()
    assert client.get(page.replace("dossier_submit", "nothing")).status_code == 404
    client.force_login(make_user())
    assert client.get(page).status_code == 302


@pytest.mark.parametrize(
    ("costs", "written"),
    [("", "Hello Jan,\n\nIt is off."), ("A flight", "Hello Jan,\n\nIt is off.\n\nCosts: A flight")],
)
def test_a_line_whose_facts_lack_is_left_out_with_its_words(costs, written):
    text = "Hello {name},\n\nIt is off.\n\nCosts: {costs}\n"

    assert texts.fill_placeholders(text, {"name": "Jan", "costs": costs}) == written
