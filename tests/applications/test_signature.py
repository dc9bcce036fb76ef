"""The legal representative signs by link, once, one text; and the document that says so."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from applications import co_applicants, document, dossier_files, section_answers, signature
from applications.models import Dossier, Signature
from applications.reading import CONTACT, list_answers, list_differences
from applications.transitions import dossier_machine
from connect import links
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    answers,
    make_authority,
    make_dossier,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """A complete draft without a letter, its writer, and the mayor's browser."""
    agona = make_authority("Agona West")
    typed = answers()
    del typed["letter_to_follow"]
    dossier = make_dossier(agona, typed=typed)
    dossier.efua = make_user("Efua", works_for=agona)
    return dossier


def page_of(asked):
    return f"/en{asked.link_path}"


def test_whoever_writes_it_reads_that_they_can_ask_for_the_signature_again(draft):
    asked = signature.request_signature(draft, actor=draft.efua)

    signature.decline_signature(asked, why="Two trucks are too few.")

    letter = Letter.objects.get(template="signature_declined", address=draft.efua.email)
    assert "you can ask for the signature again" in compose_letter(letter)[1]


def test_a_mayor_without_an_account_reads_signs_and_the_dossier_can_be_sent(draft):
    problems = section_answers.list_problems(
        section_answers.check_dossier(draft, timezone.localdate())
    )
    assert [field for _section, field, _label, _message in problems] == ["letter_to_follow"]

    asked = signature.request_signature(draft, actor=draft.efua)
    letter = Letter.objects.get(template="signature_asked")
    assert (letter.address, letter.opens.path) == ("justina@agona.example", asked.link_path)
    pdf = SimpleUploadedFile("decision.pdf", pdf_of("decision"))
    file = dossier_files.add_file(draft, pdf, "other", actor=draft.efua)
    mayor = Client()
    address = reverse("sign-file", args=[asked.create_link().key, file.token])
    assert "decision.pdf" in mayor.get(page_of(asked)).text
    assert mayor.get(address).getvalue() == pdf_of("decision")
    assert mayor.get(address.replace("sign/", "sign/x")).status_code == 404
    for _ in range(3):  # what a scanner of letters does
        page = mayor.get(page_of(asked)).content.decode()
        assert ("Organise the emptying" in page, "is not finished" in page) == (True, False)
        mayor.head(page_of(asked))
    assert not Signature.objects.signed().exists()

    signed = {"name": "Justina Assan", "commits": "on", "digest": draft.digest()}
    mayor.post(page_of(asked), signed)
    mayor.post(page_of(asked), signed | {"name": "Somebody else"})
    assert Signature.objects.get().signed_name == "Justina Assan"
    assert "Signed by Justina Assan" in mayor.get(page_of(asked)).content.decode()
    assert dossier_machine.advance(draft, "submit", actor=draft.efua).status == "submitted"


def test_a_signature_by_another_name_is_taken_and_staff_read_that_the_names_differ(client, draft):
    """A14: it read as the legal representative's, with no word that another was asked."""
    words = f"Another name: the application names {draft.legal_name} as its legal representative."
    client.force_login(make_officer())
    file = reverse("admin:applications_dossier_change", args=[draft.pk])
    said = {}
    for name in (f"{draft.legal_name.split()[-1].lower()}, mayor", "Somebody Else"):
        Signature.objects.all().delete()
        asked = signature.request_signature(draft, actor=draft.efua)
        signed = {"name": name, "commits": "on", "digest": draft.digest()}
        Client().post(page_of(asked), signed)
        with transaction.atomic():
            sent = dossier_machine.advance(draft, "submit", actor=draft.efua)
            shown = client.get(file).text
            pdf = document.signature_lines(sent, named=True, digest=draft.digest())["words"]
            transaction.set_rollback(True)
        said[name.split()[-1]] = shown.count(words), words in pdf

    assert said == {"mayor": (0, False), "Else": (2, True)}  # at the signature, on the timeline


def test_a_mayor_is_told_before_signing_what_is_not_finished(draft):
    """B9: an unfinished application was signed without a word."""
    section_answers.save_section(draft, "problem", QueryDict(), version=1, actor=draft.efua)
    asked = signature.request_signature(draft, actor=draft.efua)

    page = Client().get(page_of(asked)).text

    lacking = section_answers.list_problems(
        section_answers.check_dossier(draft, timezone.localdate())
    )
    missing = len(lacking) - 1  # her own signature is no answer that she could wait for
    assert f"This application is not finished: {missing} answers are missing" in page
    assert "have the application signed by link" not in page
    assert page.index("not finished") < page.index("Your signature")


def test_the_text_of_a_draft_that_nobody_signed_is_not_read_for_its_digest(
    draft, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert not draft.is_signed()


def test_a_withdrawn_link_asks_nobody_to_sign_and_says_so(client, draft):
    """B8: the application still said that the mayor was asked."""
    asked = signature.request_signature(draft, actor=draft.efua)
    page = page_of(asked)
    links.end_link(asked.valid_link, actor=draft.efua)
    client.force_login(draft.efua)

    own, mayors = client.get(draft.get_absolute_url()).text, Client().get(page).text

    assert "Justina Assan was asked to sign, but the link was withdrawn or has expired" in own
    assert "has been asked to sign by" not in own
    assert f'<a href="mailto:{settings.CONTACT_EMAIL}">' in mayors


def test_a_signature_is_of_one_text_alone(draft):
    asked = signature.request_signature(draft, actor=draft.efua)
    read = draft.digest()
    typed = QueryDict(mutable=True)
    typed["problem"] = "Another problem. " * 30
    section_answers.save_section(draft, "problem", typed, version=1, actor=draft.efua)

    with pytest.raises(ValidationError, match="changed while you were reading"):
        signature.sign_dossier(asked, name="Justina", digest=read)
    signature.sign_dossier(asked, name="Justina", digest=draft.digest())
    assert draft.is_signed()
    told = Letter.objects.filter(template="signature_given")
    assert {letter.context["person"] for letter in told} == {"Justina"}
    assert draft.efua.email in {letter.address for letter in told}
    as_signed = Client().get(page_of(asked)).text
    typed["problem"] = "Yet another. " * 30
    section_answers.save_section(draft, "problem", typed, version=2, actor=draft.efua)
    assert not draft.is_signed()
    since = Client().get(page_of(asked)).text
    words = "your colleagues have changed the text since"
    assert (words in as_signed, words in since, "Thank you" in since) == (False, True, False)

    Signature.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    anew = signature.request_signature(draft, actor=draft.efua)
    letters = Letter.objects.filter(template="signature_asked").order_by("pk")
    assert [bool(letter.context["signed_on"]) for letter in letters] == [False, True]
    assert "that signature no longer counts" in Client().get(page_of(anew)).text


def test_a_mayor_is_told_what_was_sent_and_signs_it_anew_or_says_no(draft):
    """C7, C10: the text was changed after the signature and sent; nothing was asked of him."""
    asked = signature.request_signature(draft, actor=draft.efua)
    page, mayor = page_of(asked), Client()
    mayor.post(page, {"name": "Justina Assan", "commits": "on", "digest": draft.digest()})
    letter = {"kind": "letter", "name": "a.pdf", "file": "a", "token": uuid4(), "size": 1}
    draft.attachments.create(**letter, uploaded_at=timezone.now())
    typed = QueryDict(mutable=True)
    typed.update({name: answers()[name] for name in ("context", "problem")})
    typed["problem"] = "Another problem. " * 30
    section_answers.save_section(draft, "problem", typed, version=1, actor=draft.efua)
    asked.refresh_from_db()
    late = asked.expires_at + timedelta(days=1)
    draft.call.closes_at = late + timedelta(days=9)
    draft.call.save()
    with time_machine.travel(late):
        dossier_machine.advance(draft, "submit", actor=draft.efua, now=late)
        told = Letter.objects.filter(address="justina@agona.example").exclude(opens=None)
        page = f"/en{told.get(template='signature_outdated').opens.path}"
        read = mayor.get(page).text
        mayor.post(page, {"decline": "1", "why": "Two trucks are too few."})
        again = mayor.get(page).text
        declined = Letter.objects.filter(template="signature_declined").order_by("pk")
        name = {"name": "Justina Assan", "commits": "on", "digest": draft.digest()}
        both = mayor.post(page, name | {"why": "The sum is wrong."})
        kept = both.context["decline_form"]["why"].value(), draft.is_signed()
        mayor.post(page, name | {"why": " "})
        signed = mayor.get(page).text

    # Words that would reach nobody are not lost by signing.
    assert "You also wrote what would have to change." in both.text
    assert kept == ("The sum is wrong.", False)
    assert not Letter.objects.filter(template="dossier_submit", address=asked.address).exists()
    assert "you have not signed this. You can sign it anew below, or say no." in " ".join(
        read.split()
    )
    assert "Contact: Efua Mensah" in read and "I do not sign it</button>" in read
    assert "that you do not sign" in again and "Two trucks are too few." in again
    assert {letter.context["note"] for letter in declined} == {"Two trucks are too few."}
    assert draft.efua.email in {letter.address for letter in declined}
    bodies = {compose_letter(letter)[1] for letter in declined if letter.path}
    # It is with the programme team: neither its writer nor staff can ask for a signature now.
    assert not any("you can ask for the signature again" in body for body in bodies)
    assert all("while they can edit it" in body for body in bodies)
    assert asked.address not in {letter.address for letter in declined}
    assert "Thank you: nothing more is asked of you" in signed and draft.is_signed()
    assert draft.signatures.signed().count() == 2


def test_what_a_mayor_declined_is_asked_anew_once_it_has_changed(draft, client):
    """Asked again in the same minute, nothing left; a signature after a no was "refused since"."""
    asked = signature.request_signature(draft, actor=draft.efua)
    page = page_of(asked)
    client.force_login(draft.efua)

    def read():
        pages = client.get(draft.get_absolute_url()).text, Client().get(page, follow=True).text
        return [
            [words in " ".join(text.split()) for words in sentences]
            for text, sentences in zip(
                pages,
                (
                    ("does not sign this text", "to sign an earlier text. It has", "Signed by"),
                    ("that you do not sign", "They have changed the text since"),
                ),
                strict=True,
            )
        ]

    def change(version, words):
        typed = QueryDict(mutable=True)
        typed["problem"] = words * 30
        section_answers.save_section(draft, "problem", typed, version=version, actor=draft.efua)

    signature.decline_signature(asked, why="Two trucks are too few.")
    steps = [read()]
    change(1, "Three trucks empty them. ")
    steps.append(read())
    anew = signature.request_signature(draft, actor=draft.efua)
    steps.append(read())
    signature.decline_signature(anew, why="Two trucks are too few.")
    signature.sign_dossier(anew, name="Justina Assan", digest=draft.digest())
    change(2, "Four trucks empty them. ")
    steps.append(read())

    assert steps == [
        [[True, False, False], [True, False]],
        [[False, True, False], [True, True]],
        [[False, False, False], [False, False]],
        [[False, False, True], [False, False]],
    ]
    letters = Letter.objects.filter(template__startswith="signature_", address=asked.address)
    assert [one.template for one in letters] == ["signature_asked", "signature_asked"]
    assert draft.events.filter(verb="decline_signature").count() == 2


def test_who_reads_without_names_reads_none_in_any_section():
    """C1, E24: the person in charge of the action plan was named to the committee."""
    dossier = make_dossier(make_authority("Agona West"), typed=answers())

    read = str(list_answers(dossier, hidden=CONTACT))

    typed = answers()
    assert [typed[name] for name in sorted(CONTACT) if typed[name] in read] == []


def test_an_older_link_leads_to_the_newer_one(draft):
    """C7, W11: it said of the text signed a minute ago that it was not signed."""
    first = signature.request_signature(draft, actor=draft.efua)
    signature.sign_dossier(first, name="Justina Assan", digest=draft.digest())
    typed = QueryDict(mutable=True)
    typed["problem"] = "Another problem. " * 30
    section_answers.save_section(draft, "problem", typed, version=1, actor=draft.efua)
    second = signature.request_signature(draft, actor=draft.efua)
    signature.sign_dossier(second, name="Justina Assan", digest=draft.digest())

    led = Client().get(page_of(first), follow=True)

    assert led.request["PATH_INFO"] == page_of(second)
    assert "once your colleagues complete it, they have to ask you again" in led.text


def test_a_link_that_is_over_offers_a_new_one_and_signs_nothing(draft):
    with time_machine.travel(timezone.now() - timedelta(days=15)):
        asked = signature.request_signature(draft, actor=draft.efua)
        first = page_of(asked)
    mayor = Client()
    page = mayor.get(first).content.decode()
    assert "Send me my link again" in page and "Two trucks" not in page
    with pytest.raises(ValidationError, match="expired"):
        signature.sign_dossier(asked, name="Justina", digest=draft.digest())

    mayor.post(first, {"again": "1"})
    letter = Letter.objects.get(template="link_again")
    assert letter.address == "justina@agona.example"
    assert "Two trucks" in mayor.get(f"/en{letter.opens.path}").content.decode()
    assert "Two trucks" not in mayor.get(first).content.decode()


def test_asking_again_ends_the_first_link_and_only_writers_ask(draft):
    first = page_of(signature.request_signature(draft, actor=draft.efua))
    again = signature.request_signature(draft, actor=draft.efua)
    assert page_of(again) == first  # one press of the button that came twice
    signature.request_signature(draft, actor=draft.efua, now=timezone.now() + timedelta(minutes=2))
    assert Client().get(first).status_code == 410
    assert Client().get("/en/dossiers/sign/invented/").status_code == 404
    with pytest.raises(PermissionDenied):
        signature.request_signature(draft, actor=make_officer())


def test_without_a_named_representative_nobody_is_asked(draft, client):
    type(draft).objects.update(legal_email="")
    client.force_login(draft.efua)
    answer = client.post(reverse("ask-signature", args=[draft.reference]), follow=True)
    assert "First enter in “Contact” who signs" in answer.content.decode()
    assert not Letter.objects.exists()


def words_of(pdf, tmp_path):
    path = tmp_path / "dossier.pdf"
    path.write_bytes(pdf)
    return " ".join("\n".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Draft, not sent"),
        ("fr", "Brouillon, non envoyé"),
        ("es", "Borrador, no enviado"),
        ("pt", "Rascunho"),
    ],
)
def test_the_document_is_in_the_readers_language_with_every_name_right(
    draft, language, said, tmp_path
):
    name = "Suðurnesjabær – Ziniaré, Fălești, Кишинэу, Ελλάδα #strong[x] $y$ *z*"
    draft.authority.name = name
    with translation.override(language):
        words = words_of(document.dossier_pdf(draft), tmp_path)
    assert name in words and said in words and "Two trucks empty the pits" in words


def test_who_asks_together_is_named_where_one_signs_checks_and_keeps_the_pdf(
    draft, client, tmp_path
):
    """And the PDF has the same hour as the page: a day later than in UTC."""
    draft.co_applicants.create(
        **{"name": "Kaël", "country": "SN", "contact": "Ama", "address": "ama@kael.example"},
        **{"asked_at": timezone.now(), "takes_part": True},
    )
    asked = signature.request_signature(draft, actor=draft.efua)
    page = client.get(page_of(asked)).text
    at = datetime(2026, 11, 28, 23, 18, tzinfo=UTC)
    signature.sign_dossier(asked, name="Justina Assan", digest=draft.digest(), now=at)
    client.force_login(draft.efua)
    check = client.get(reverse("check-answers", args=[draft.reference])).text
    for read in (page, check):
        assert "Applicant and co-applicants" in read and "Kaël, Senegal" in read
        assert "takes part" in read and "ama@kael" not in page
    pdf = words_of(document.dossier_pdf(draft), tmp_path)
    assert "Applicant and co-applicants Kaël, Senegal: takes part" in pdf
    assert "29 November 2026, 00:18 (Brussels time)" in pdf


def test_a_version_stays_as_it_was_sent_and_staff_see_what_changed(draft, client, tmp_path):
    asked = signature.request_signature(draft, actor=draft.efua)
    signature.sign_dossier(asked, name="Justina Assan", digest=draft.digest())
    dossier_machine.advance(draft, "submit", actor=draft.efua)
    officer = make_officer()
    dossier_machine.advance(draft, "open", actor=officer)
    wanted = [{"field": "problem", "comment": "Since when?"}]
    due = timezone.localdate() + timedelta(days=14)
    dossier_machine.advance(
        draft, "ask_correction", actor=officer, fields=wanted, due_on=due.isoformat()
    )
    typed = QueryDict(mutable=True)
    typed["problem"] = "Since the flood of 2019 the pits overflow. " * 10
    section_answers.save_section(draft, "problem", typed, version=1, actor=draft.efua)
    dossier_machine.advance(draft, "answer_correction", actor=draft.efua)

    client.force_login(draft.efua)
    address = reverse("document", args=[draft.reference])
    first = words_of(client.get(address + "?version=1").content, tmp_path)
    latest = words_of(client.get(address).content, tmp_path)
    differs = "differs from the one that was signed"
    assert (differs in first, differs in latest) == (False, True)
    assert "Version 1" in first and "flood of 2019" not in first
    assert "Version 2" in latest and "flood of 2019" in latest and "Justina Assan" in latest
    assert client.get(address + "?version=9").status_code == 404
    client.force_login(officer)
    file = client.get(reverse("admin:applications_dossier_change", args=[draft.pk]))
    page = file.content.decode()
    assert "What changed since the version before" in page and "<del>Two trucks" in page
    assert page.count("The text has changed since this signature.") == 2  # at the box to tick, too


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028"])
def test_saving_what_was_signed_with_other_line_ends_leaves_it_signed(client, draft, end):
    """A script sends a line feed, the button two characters, a Mac its accents apart."""
    client.force_login(draft.efua)
    typed = answers(problem=f"Aburí: two trucks.\n{'We have tried. ' * 30}\nWhat next?")
    typed = {name: typed[name] for name in ("context", "problem")}
    autosave, page = (
        reverse(name, args=[draft.reference, "problem"]) for name in ("autosave", "section")
    )
    version = client.post(autosave, typed | {"version": "1"}).json()["version"]
    signature.sign_dossier(
        signature.request_signature(draft, actor=draft.efua),
        name="Justina Assan",
        digest=draft.digest(),
    )
    signed = draft.drafts.get(section="problem")

    pasted = typed["problem"].replace("\n", end).replace("í", "i\u0301")
    client.post(page, typed | {"problem": pasted, "version": version})

    saved = draft.drafts.get(section="problem")
    assert saved.version == signed.version == version
    assert draft.is_signed()
    assert list_differences(draft, "problem", signed.raw, saved.raw | {"problem": [pasted]}) == []
    assert dossier_machine.advance(draft, "submit", actor=draft.efua).status == "submitted"


def test_what_was_kept_with_line_ends_of_before_stays_signed(draft):
    """The migration itself, over a draft and an aside from before."""
    kept = draft.drafts.get(section="problem")
    kept.raw |= {"problem": ["Two trucks.\r\nNo place."]}
    kept.save()
    aside = draft.asides.create(
        section="problem", raw={"problem": ["One\r\ntwo"]}, saved_at=timezone.now()
    )
    signature.sign_dossier(
        signature.request_signature(draft, actor=draft.efua),
        name="Justina Assan",
        digest=draft.digest(),
    )

    import_module("applications.migrations.0014_normal_form_of_texts").normalise(apps, None)

    kept.refresh_from_db()
    aside.refresh_from_db()
    assert (kept.raw["problem"], aside.raw["problem"]) == (["Two trucks.\nNo place."], ["One\ntwo"])
    assert draft.is_signed()


def test_the_text_to_sign_says_who_declares_what_by_signing_and_yes_once_it_is_signed(draft):
    """“The legal representative agrees: Yes” stood on the page on which they were asked."""
    asked, mayor = signature.request_signature(draft, actor=draft.efua), Client()
    declares = f"Ticked by those who wrote it; {draft.legal_name} declares it by signing."

    def declared(page):
        answers_ = page.partition("What this application says is true and complete.")[2]
        return answers_.count(declares), "<dd>Yes</dd>" in answers_.replace(' dir="auto"', "")

    def printed():
        text = "".join(
            one.extract_text() for one in PdfReader(BytesIO(document.dossier_pdf(draft))).pages
        )
        return " ".join(text.split()).count("declares it by signing")

    before, paper = declared(mayor.get(page_of(asked)).text), printed()
    signed = {"name": "Justina Assan", "commits": "on", "digest": draft.digest()}
    mayor.post(page_of(asked), signed)
    after, signed_paper = declared(mayor.get(page_of(asked)).text), printed()

    assert (before, paper) == ((4, False), 4)
    assert (after, signed_paper) == ((0, True), 0)


def test_a_second_signature_says_that_it_is_one_and_why(draft):
    """The timeline told the same twice, and nothing of what was new."""
    for words in ("", "Another problem. " * 30):
        if words:
            data = section_data("problem", answers(problem=words))
            section_answers.save_section(draft, "problem", data, version=1, actor=draft.efua)
        draft.refresh_from_db()
        later = timezone.now() + timedelta(minutes=5) if words else timezone.now()
        asked = signature.request_signature(draft, actor=draft.efua, now=later)
        signature.sign_dossier(asked, name="Justina Assan", digest=draft.digest(), now=later)

    said = [str(one.past) for one in draft.events.order_by("pk")]

    assert said == [
        "Signature requested from the legal representative",
        "Signed by the legal representative",
        "Signature requested again from the legal representative",
        "Signed again by the legal representative, after the text had changed",
    ]


@pytest.mark.parametrize(
    ("status", "stands"),
    [
        ("ineligible", "This application was declared ineligible."),
        ("under_selection", "A decision on this application is being taken."),
        ("not_selected", "This application was not selected."),
        ("reserve", "This application is on the reserve list."),
        ("validated", "This application has been validated."),
        ("published", "This application has been validated."),
        ("closed", "This application is closed."),
        ("withdrawn", "Your colleagues have withdrawn this application."),
        ("cancelled", "The programme team has cancelled this application."),
    ],
)
def test_a_mayor_reads_where_the_application_stands_that_they_can_no_longer_sign(
    draft, status, stands
):
    """It said of each, a withdrawn one too, that a decision was being taken."""
    asked = signature.request_signature(draft, actor=draft.efua)
    page, mayor = page_of(asked), Client()
    mayor.post(page, {"name": "Justina Assan", "commits": "on", "digest": draft.digest()})
    signed = mayor.get(page).text
    typed = draft.drafts.get(section="problem")
    typed.raw = typed.raw | {"problem": ["Another problem. " * 30]}
    typed.save()
    since = timezone.now() - timedelta(days=1)
    Dossier.objects.filter(pk=draft.pk).update(status=status, status_since=since)
    changed = Dossier.objects.get(pk=draft.pk)
    read = " ".join(mayor.get(page).text.split())
    again = {"name": "Justina Assan", "commits": "on", "digest": changed.digest()}
    refused = mayor.post(page, again).text

    sentence = f"{stands} It can no longer be signed here."
    assert f"you have not signed this. {sentence}" in read and sentence in refused
    assert "Sign the application" not in read and stands not in signed
    assert draft.signatures.signed().count() == 1


def test_nobody_is_asked_to_sign_an_application_that_was_withdrawn(draft):
    asked = signature.request_signature(draft, actor=draft.efua)
    since = timezone.now() - timedelta(days=1)
    Dossier.objects.filter(pk=draft.pk).update(status="withdrawn", status_since=since)

    read = Client().get(page_of(asked)).text

    withdrawn = "Your colleagues have withdrawn this application. It can no longer be signed here."
    assert withdrawn in read
    assert "ask you to read this application" not in read
    assert "Sign the application" not in read


def test_writers_ask_for_the_signature_of_the_text_as_sent_until_the_committee_has_it(draft):
    """Who had declined was asked to sign anew by the page alone: no button asked them."""
    asked = signature.request_signature(draft, actor=draft.efua)
    signature.decline_signature(asked, why="The budget is not ours.")
    Dossier.objects.update(status="submitted", submitted_at=timezone.now())
    town, later = signed_in(draft.efua), timezone.now() + timedelta(minutes=2)
    address = reverse("ask-signature", args=[draft.reference])
    sent = town.get(draft.get_absolute_url()).text

    with time_machine.travel(later):
        town.post(address)
        waits = town.get(draft.get_absolute_url()).text
    Dossier.objects.update(status="under_selection")
    late = [address in town.get(draft.get_absolute_url()).text, town.post(address).status_code]

    assert address in sent and "has been asked to sign by" in waits
    assert Letter.objects.filter(template="signature_asked").count() == 2
    assert late == [False, 404]


def test_whom_a_draft_names_reads_of_its_co_applicants_once_they_know_of_it(draft):
    """The mayor's first e-mail said that somebody takes part in what they had never heard of."""

    def answer_of(name):
        asked = {"contact": name, "address": f"{name}@x.example", "actor": draft.efua}
        named = co_applicants.add_co_applicant(draft, name=name, country="GH", **asked)
        co_applicants.answer_by_link(named, takes_part=True)
        letters = Letter.objects.filter(template="co_applicant_answered")
        return letters.filter(address=draft.legal_email, concerned_pk=named.pk).exists()

    before = answer_of("Awutu")
    signature.request_signature(draft, actor=draft.efua)

    assert [before, answer_of("Effutu")] == [False, True]
