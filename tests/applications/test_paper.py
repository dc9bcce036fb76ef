"""A town with hardly a line: the form as a document, typed in by staff, confirmed by a link."""

import io
import zipfile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document

from accounts.models import User
from applications import beginning, paper, section_answers
from applications.models import Dossier
from applications.paper import CODE
from applications.sections import SECTIONS
from applications.transitions import dossier_machine
from connect.transitions import TransitionRefused
from connect.uploads import LARGEST_FILE
from notifications.models import Letter
from registry import search_index
from tests.factories import answers, make_authority, make_call, make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


def filled(call, typed, language="fr"):
    """The form of a call, downloaded in a language and filled in as a person would."""
    with translation.override(language):
        document = Document(io.BytesIO(paper.word_form(call)))
    for table in document.tables:
        for row in table.rows:
            name = CODE.search(row.cells[0].text.strip()).group(1)
            if name in typed:
                row.cells[1].text = typed[name]
    written = io.BytesIO()
    document.save(written)
    return SimpleUploadedFile("form.docx", written.getvalue())


TYPED = answers(
    focal_name="Awa Compaoré",
    topic_1="Gestion des boues de vidange",
    importance_1="essentiel",
    role_wanted="un agent technique",
    geography="urbain; côtier",
    form_1="mission d’expertise",
    language_1="Français",
    gender="un objectif parmi d'autres",
    declared_truth="oui",
    declared_funding="Oui",
    declared_notice="x",
    declared_mandate="oui",
    letter_to_follow="oui",
)


def test_a_form_filled_in_french_is_read_back_by_its_words():
    call = make_call()

    with translation.override("en"):  # the officer's language
        found = paper.read_filled_form(filled(call, TYPED), call)

    assert found["contact"]["focal_name"] == ["Awa Compaoré"]
    assert found["needs"]["topic_1"] == ["water-sanitation/faecal-sludge"]
    assert found["colleague"]["geography"] == ["urban", "coastal"]
    assert found["exchange"]["form_1"] == ["expert_mission"]
    assert found["declarations"]["declared_truth"] == ["on"]
    assert found["problem"]["problem"] == [TYPED["problem"].strip()]
    with translation.override("fr"):  # the list of topics stands below their questions, once
        document = Document(io.BytesIO(paper.word_form(call)))
    lists = [one.text for one in document.paragraphs if "boues de vidange" in one.text]
    assert len(lists) == 1 and "Plans directeurs et zonage" in lists[0]


def test_a_choice_with_a_comma_is_read_as_the_form_prints_it():
    """“5,000 to 20,000” was read as “5”, “000 to 20” and “000”: refused, and never entered."""
    call = make_call()
    typed = TYPED | {"geography": "urban, peri-urban"}
    form = paper.blank_dossier(call)
    sizes = paper.list_choices(SECTIONS["colleague"](dossier=form).fields["sizes"])
    several = ", ".join(words for _value, words in sizes[1:3])

    read = [
        paper.read_filled_form(filled(call, typed | {"sizes": said}, "en"), call)["colleague"]
        for said in (sizes[1][1], several, several.replace(", ", "; "), sizes[1][1].upper())
    ]

    one, two = [sizes[1][0]], [sizes[1][0], sizes[2][0]]
    assert [found["sizes"] for found in read] == [one, two, two, one]
    assert read[0]["geography"] == ["urban", "peri-urban"]


def test_the_paper_asks_first_which_local_authority_it_is():
    """W1: it named a person, and no town."""
    call = make_call()
    with translation.override("es"):
        cells = [
            row.cells[0].text for row in Document(io.BytesIO(paper.word_form(call))).tables[0].rows
        ]

    assert [cell.splitlines()[-1] for cell in cells] == [
        "[authority_name]",
        "[authority_country]",
        "[authority_tier]",
    ]


def test_staff_type_it_in_the_representative_confirms_it_and_only_then_it_is_sent():
    call, ziniare, ines = make_call(), make_authority("Ziniaré", slug="bf-ziniare"), make_officer()
    client = Client()
    client.force_login(ines)

    client.post(
        reverse("admin:applications_dossier_type_in"),
        {
            "call": call.pk,
            "authority": "bf-ziniare",
            "document": filled(call, TYPED),
            "language": "fr",
        },
    )
    dossier = Dossier.objects.get()
    page = client.get(dossier.get_absolute_url()).content.decode()
    checked = section_answers.list_problems(
        section_answers.check_dossier(dossier, timezone.localdate())
    )
    with pytest.raises(TransitionRefused, match="confirmation of the legal representative"):
        dossier_machine.advance(dossier, "submit", actor=ines)
    client.post(reverse("ask-signature", args=[dossier.reference]))
    signature = dossier.signatures.get()
    Client().post(
        f"/en{signature.link_path}",
        {"name": "Pascal", "commits": "on", "digest": dossier.digest()},
    )
    client.post(reverse("dossier-step", args=[dossier.reference, "submit"]))

    assert "enters this on behalf of Ziniaré" in page
    assert checked == []
    dossier.refresh_from_db()
    assert (dossier.status, dossier.typed_by) == ("submitted", ines)
    assert Letter.objects.filter(template="signature_asked").count() == 1
    verbs = list(dossier.events.values_list("verb", flat=True))
    assert verbs == ["type_in", "ask_signature", "sign", "submit"]
    efua = make_user(works_for=ziniare)
    client.force_login(efua)
    assert (
        "entered this on the authority" in client.get(dossier.get_absolute_url()).content.decode()
    )


def test_an_answer_neither_yes_nor_no_is_told_to_the_officer_and_left_empty(client):
    """“Peut-être” counted as a no, and nobody knew that something was written there."""
    call, ines = make_call(), make_officer()
    make_authority("Ziniaré", slug="bf-ziniare", country="BF")
    client.force_login(ines)
    typed = TYPED | {
        "declared_truth": "peut-être",
        "letter_to_follow": "Non.",
        "interpretation": "",
    }
    posted = {
        "call": call.pk,
        "authority": "bf-ziniare",
        "language": "fr",
        "document": filled(call, typed),
    }

    page = client.post(reverse("admin:applications_dossier_type_in"), posted, follow=True)

    label = SECTIONS["declarations"].base_fields["declared_truth"].label
    words = f"“peut-être” is neither yes nor no: the box “{label}” is left empty."
    assert [str(one) for one in page.context["messages"]] == [words]
    assert Dossier.objects.get().raw_answers()["declarations"]["declared_truth"] == []


def test_staff_name_the_town_as_its_paper_does_and_are_asked_which_it_is():
    call, ines = make_call(), make_officer()
    make_authority("Ouagadougou-Saint Élie", slug="bf-saint-elie", country="BF")
    search_index.index_missing()
    client = Client()
    client.force_login(ines)
    page, typed = reverse("admin:applications_dossier_type_in"), {"call": call.pk, "language": "fr"}

    asked = client.post(page, typed | {"authority": "ouagadougou saint elie"}).text
    unknown = client.post(page, typed | {"authority": "Nowhere"}).text
    client.post(page, typed | {"authority": "ouagadougou saint elie", "town": "bf-saint-elie"})

    assert "Is it this one?" in asked and "Ouagadougou-Saint Élie, Burkina Faso" in asked
    assert "No verified authority has this name or address." in unknown
    assert Dossier.objects.get().authority.slug == "bf-saint-elie"


def test_staff_write_in_no_draft_that_a_town_writes_itself():
    ziniare, ines = make_authority(), make_officer()
    own = beginning.begin_dossier(make_call(), ziniare, actor=make_user(works_for=ziniare))

    assert not Dossier.objects.for_user(ines).exists()
    assert not Dossier.objects.editable_by(ines).exists()
    with pytest.raises(ValidationError, match="started an application itself"):
        beginning.type_in_dossier(own.call, ziniare, {}, actor=ines)
    with pytest.raises(PermissionDenied):
        beginning.type_in_dossier(make_call(), ziniare, {}, actor=make_user(works_for=ziniare))


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"0" * (paper.UNPACKED + 1))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.4", "type"),
        (b"", "type"),
        (b"PK\x03\x04 broken", "type"),
        (bomb(), "too_large"),
        (b"0" * (LARGEST_FILE + 1), "too_large"),
    ],
)
def test_what_is_no_form_is_refused_and_leaves_nothing(content, code):
    with pytest.raises(ValidationError) as refusal:
        paper.read_filled_form(SimpleUploadedFile("form.docx", content), make_call())

    assert refusal.value.code == code


def test_another_document_holds_no_answer():
    written = io.BytesIO()
    document = Document()
    document.add_paragraph("Dear Sir or Madam")
    document.save(written)

    with pytest.raises(ValidationError, match="No answers were found"):
        paper.read_filled_form(SimpleUploadedFile("letter.docx", written.getvalue()), make_call())


def test_what_staff_have_begun_to_type_in_is_found_until_it_is_sent():
    """It was in no list once its page was left: only its address, by heart, led back."""
    call, ziniare, ines = make_call(), make_authority("Ziniaré", slug="bf-ziniare"), make_officer()
    tomas, own = make_officer("Tomas Novak"), make_authority("Kaya")
    private = beginning.begin_dossier(call, own, actor=make_user(works_for=own))
    ours = beginning.type_in_dossier(call, ziniare, {}, actor=ines)
    desk, colleague = signed_in(ines), signed_in(tomas)
    listed = reverse("admin:applications_dossier_changelist")
    places = [
        listed,
        f"{listed}?q={ours.reference}",
        f"{listed}?waits=entering",
        f"{reverse('admin:find')}?q={ours.reference}",
        reverse("admin:registry_authority_about", args=[ziniare.pk]),
    ]
    pages = [(one, client.get(one).text) for client in (desk, colleague) for one in places]

    path = ours.get_absolute_url()
    assert [where for where, page in pages if f'href="{path}"' not in page] == []
    assert ours.path in desk.get(reverse("my")).text
    assert ours.path not in colleague.get(reverse("my")).text
    assert [where for where, page in pages if private.reference in page] == []
    assert path not in desk.get(f"{reverse('admin:find')}?q={private.reference}").text
    moved = desk.get(reverse("admin:applications_dossier_change", args=[ours.pk]))
    assert (moved.status_code, moved.url) == (302, path)


def test_what_a_colleague_who_left_was_typing_in_is_finished_by_another_and_not_taken_over():
    """Nobody was asked to finish it; “Take over” offered it, and then took none."""
    ines, tomas = make_officer(), make_officer("Tomas Novak")
    ours = beginning.type_in_dossier(make_call(), make_authority(), {}, actor=ines)
    desk = signed_in(tomas)
    before = desk.get(reverse("my")).text
    User.objects.filter(pk=ines.pk).update(is_active=False)

    asked = desk.post(
        reverse("admin:applications_dossier_changelist"),
        {"action": "take_over", "_selected_action": [ours.pk]},
    )

    assert ours.path not in before and ours.path in desk.get(reverse("my")).text
    assert "Its status is “draft”." in asked.text
