"""Nothing typed is ever lost: drafts, versions, colleagues, corrections, files."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from applications import beginning, dossier_files, effects, section_answers
from applications.enums import Status
from applications.models import Attachment, Dossier, SectionAside, SectionDraft
from applications.transitions import dossier_machine
from connect.uploads import LARGEST_FILE
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)

pytestmark = pytest.mark.django_db


def post(**fields):
    data = QueryDict(mutable=True)
    data.update(fields)
    return data


def picture(format_, place=False):
    """A picture of one colour, as bytes; with the place where it was taken."""
    drawn = io.BytesIO()
    exif = Image.Exif()
    if place:
        exif[0x0112] = 6  # the camera was turned
        exif.get_ifd(0x8825)[2] = (51.0, 50.0, 0.0)  # GPS latitude
    Image.new("L", (40, 30)).save(drawn, format_, exif=exif)
    return drawn.getvalue()


def huge_picture(size):
    """A picture that says it is of this size: nobody may find out by unpacking it."""
    drawn = bytearray(picture("PNG"))
    drawn[16:24] = struct.pack(">II", size, size)  # of its header, which a checksum follows
    drawn[29:33] = struct.pack(">I", zlib.crc32(drawn[12:29]))
    return bytes(drawn)


def test_wrong_dates_are_kept_as_typed_and_right_ones_are_not_disturbed():
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    before = dossier.starts_on
    typed = section_data("exchange", answers(starts_on="31 February"))

    saved = section_answers.save_section(dossier, "exchange", typed, version=1, actor=efua)

    dossier.refresh_from_db()
    assert list(saved.form.errors) == ["starts_on"]
    assert dossier.drafts.get(section="exchange").raw["starts_on"] == ["31 February"]
    assert (dossier.starts_on, dossier.days) == (before, 5)


def test_two_colleagues_in_one_section_the_second_is_told_and_both_texts_are_kept():
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)

    section_answers.save_section(
        dossier, "problem", post(problem="Efua's text"), version=1, actor=efua
    )
    second = section_answers.save_section(
        dossier, "problem", post(problem="Kwame's text"), version=1, actor=kwame
    )

    assert second.theirs.raw == {"problem": ["Efua's text"]}
    assert dossier.drafts.get(section="problem").raw == {"problem": ["Efua's text"]}
    assert SectionAside.objects.get().raw == {"problem": ["Kwame's text"]}
    again = section_answers.save_section(
        dossier, "problem", post(problem="Both texts"), version=second.version, actor=kwame
    )
    assert (again.theirs, again.version) == (None, 3)


def test_what_is_typed_after_a_colleague_has_sent_the_dossier_is_shown_with_what_to_do(client):
    """It ended in a page that was not found, without a word of the text."""
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)
    dossier_machine.advance(dossier, "submit", actor=efua)
    client.force_login(kwame)
    text = "The pits overflow since the flood of 2019."

    said = {}
    for name, args in (("section", ["problem"]), ("autosave", ["problem"]), ("co-applicants", [])):
        page = reverse(name, args=[dossier.reference, *args])
        said[name] = client.post(page, {"problem": text, "version": "1"})
    back = client.get(reverse("check-answers", args=[dossier.reference]), follow=True)
    dossier_machine.advance(dossier, "open", actor=make_officer())
    later = client.get(reverse("section", args=[dossier.reference, "problem"]), follow=True)

    assert [one.status_code for one in said.values()] == [404] * 3
    assert all(text in one.text and "use “Edit again”" in one.text for one in said.values())
    assert back.redirect_chain == [(dossier.get_absolute_url(), 302)]
    assert f"{dossier.reference} has been submitted" in back.text
    assert "its answers can no longer be changed" in later.text
    client.force_login(make_user("Yaw", works_for=agona, roles=["expert"]))  # who never wrote there
    assert client.get(reverse("check-answers", args=[dossier.reference])).status_code == 404


def test_an_answer_that_i_never_touched_is_no_conflict_and_an_empty_side_is_never_chosen(client):
    """17-5.6: Kwame opened the section when the summary was empty; Efua filled it meanwhile."""
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)
    page = reverse("section", args=[dossier.reference, "summary"])
    client.force_login(kwame)

    def efua_saves(version, **typed):
        section_answers.save_section(dossier, "summary", post(**typed), version=version, actor=efua)

    def stands():
        draft = dossier.drafts.get(section="summary")
        return draft.version, {name: "".join(values) for name, values in draft.raw.items()}

    hers, his = ("The town organises its operators. " * 8).strip(), "Latrines emptied, and paid for"
    efua_saves(1, dossier_title="Organise the emptying of latrines")
    efua_saves(2, dossier_title="Organise the emptying of latrines", summary=hers)
    joined = client.post(page, {"version": "2", "dossier_title": his, "summary": ""}, follow=True)
    both = stands()
    efua_saves(4, dossier_title="Hers", summary=hers)
    emptied = client.post(page, {"version": "4", "dossier_title": "", "summary": hers}).text
    kept = stands()

    assert "A colleague saved other answers here in the meantime" in joined.text
    assert both == (4, {"dossier_title": his, "summary": hers})
    assert 'id="theirs-dossier_title" checked' in emptied and "keep_summary" not in emptied
    assert kept == (5, {"dossier_title": "Hers", "summary": hers})


def test_two_people_on_two_rows_of_a_question_keep_both_and_on_one_row_what_each_changed(client):
    """17-5.6: a question was one whole with its rows, and my old row stood before her new one."""
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)
    page = reverse("section", args=[dossier.reference, "risks"])
    client.force_login(kwame)
    rows = {"risk_1": "Rain", "mitigation_1": "Wait", "risk_2": "No money", "mitigation_2": "Ask"}

    def efua_saves(version, **typed):
        data = post(**rows | typed)
        section_answers.save_section(dossier, "risks", data, version=version, actor=efua)

    def stands():
        return {name: "".join(v) for name, v in dossier.drafts.get(section="risks").raw.items()}

    efua_saves(1)
    efua_saves(2, mitigation_2="Hers")
    client.post(page, {"version": "2"} | rows | {"risk_1": "Floods"})
    both = stands()
    efua_saves(4, risk_1="Floods", mitigation_2="Hers", mitigation_1="Hers, too")
    asked = client.post(page, {"version": "4"} | both | {"risk_1": "His"}).text
    asked_again = client.post(page, {"version": "4"} | both | {"risk_1": "", "risk_3": "New"}).text

    assert both == rows | {"risk_1": "Floods", "mitigation_2": "Hers"}
    assert 'mine-risk_1" checked' in asked and 'theirs-mitigation_1" checked' in asked
    assert 'theirs-risk_1" checked' in asked_again and 'mine-risk_3" checked' in asked_again


def test_rows_that_a_colleague_moved_are_chosen_together_and_no_row_is_made_of_two(client):
    """R12 2: she removed the first risk and added another: the numbers were the same."""
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)
    page = reverse("section", args=[dossier.reference, "risks"])
    rows = {"risk_1": "A", "mitigation_1": "a", "risk_2": "B", "mitigation_2": "b"}
    moved = {"risk_1": "B", "mitigation_1": "b", "risk_2": "D", "mitigation_2": "d"}
    for version, typed in ((1, rows), (2, moved)):
        section_answers.save_section(dossier, "risks", post(**typed), version=version, actor=efua)
    client.force_login(kwame)

    asked = client.post(page, {"version": "2"} | rows | {"risk_1": "A!"}).text

    assert [f'id="mine-{name}" checked' in asked for name in rows] == [True] * 4
    saved = dossier.drafts.get(section="risks").raw
    assert {name: "".join(values) for name, values in saved.items()} == moved


def test_what_a_colleague_changed_before_a_dossier_was_sent_and_taken_back_is_not_lost(client):
    """Kwame opened the section; Efua changed the title, sent it, and took it back."""
    agona = make_authority()
    efua, kwame = make_user("Efua", works_for=agona), make_user("Kwame", works_for=agona)
    dossier = make_dossier(agona)
    page = reverse("section", args=[dossier.reference, "summary"])
    section_answers.save_section(
        dossier, "summary", post(dossier_title="Old"), version=1, actor=efua
    )
    section_answers.save_section(
        dossier, "summary", post(dossier_title="Hers"), version=2, actor=efua
    )
    effects.freeze_version(dossier, efua, timezone.now())
    client.force_login(kwame)

    stale = {"version": "2", "dossier_title": "Old", "summary": "Latrines emptied, and paid for"}
    asked = client.post(page, stale).text

    assert dossier.drafts.get(section="summary").raw == {"dossier_title": ["Hers"]}
    assert 'id="theirs-dossier_title" checked' in asked
    assert SectionAside.objects.get().raw["dossier_title"] == ["Old"]


def test_a_version_that_changed_nothing_is_remembered_and_one_from_before_them_is_not():
    draft = SectionDraft(raw={"title": ["Old"]}, version=3)
    typed = ({"title": ["Old"], "summary": [""]}, {"title": ["New"], "summary": [""]})
    for raw in typed:
        draft.remember(raw)
        draft.raw, draft.version = raw, draft.version + 1

    titles = [(draft.answers_at(version) or {}).get("title") for version in (2, 3, 4, 5)]
    assert titles == [None, ["Old"], ["Old"], ["New"]]


def test_following_the_call_again_gives_the_draft_that_exists():
    agona, call = make_authority(), make_call()
    efua, kwame = make_user(works_for=agona), make_user(works_for=agona)

    first = beginning.begin_dossier(call, agona, actor=efua)

    assert beginning.begin_dossier(call, agona, actor=kwame) == first
    with pytest.raises(PermissionDenied):
        beginning.begin_dossier(call, agona, actor=make_user(works_for=make_authority()))


def test_a_call_for_other_countries_says_so():
    agona = make_authority(country="GH")
    efua = make_user(works_for=agona)

    with pytest.raises(ValidationError, match="not for authorities of Ghana"):
        beginning.begin_dossier(make_call(countries=["UG", "SN"]), agona, actor=efua)


def test_a_correction_unlocks_only_the_fields_asked_for():
    agona = make_authority()
    efua = make_user(works_for=agona)
    dossier = make_dossier(agona, status=Status.CORRECTION_ASKED)
    dossier.corrections.create(
        fields=[{"field": "dossier_title", "comment": "Longer, please."}],
        due_on=timezone.localdate(),
        asked_at=timezone.now(),
    )

    section_answers.save_section(
        dossier,
        "summary",
        post(dossier_title="Organise the emptying of latrines in Swedru", summary="Gone"),
        version=1,
        actor=efua,
    )

    dossier.refresh_from_db()
    assert dossier.title == "Organise the emptying of latrines in Swedru"
    assert dossier.summary == answers()["summary"]


def test_a_correction_leaves_the_files_and_co_applicants_that_were_sent(client):
    """W15: the page said so, and offered to take each away."""
    agona = make_authority()
    efua = make_user(works_for=agona)
    dossier = make_dossier(agona, status=Status.CORRECTION_ASKED)
    partner = dossier.co_applicants.create(
        name="Awutu",
        country="GH",
        contact="Yaw",
        address="yaw@awutu.example",
        asked_at=timezone.now(),
    )
    client.force_login(efua)

    def add(name):
        pdf = SimpleUploadedFile(name, pdf_of(name))
        return dossier_files.add_file(dossier, pdf, "other", actor=efua)

    sent = add("sent.pdf")
    dossier.corrections.create(
        fields=[{"field": "problem", "comment": "Since when?"}],
        due_on=timezone.localdate(),
        asked_at=timezone.now(),
    )
    new = add("asked.pdf")
    page = client.get(dossier.get_absolute_url()).text
    asks = client.get(reverse("co-applicants", args=[dossier.reference])).text
    for file in (sent, new):
        client.post(reverse("remove-file", args=[dossier.reference, file.token]))
    client.post(reverse("change-file", args=[dossier.reference, sent.token]), {"kind": "map"})
    client.post(reverse("co-applicant", args=[dossier.reference, partner.pk]))

    remove = [reverse("remove-file", args=[dossier.reference, one.token]) for one in (sent, new)]
    assert [address in page for address in remove] == [False, True]
    assert "Add a co-applicant" not in asks and "Remove" not in asks
    assert list(dossier.attachments.values_list("name", "kind")) == [("sent.pdf", "other")]
    assert dossier.co_applicants.count() == 1


@pytest.mark.parametrize("status", [s for s in Status if s not in ("draft", "correction_asked")])
def test_a_dossier_that_was_sent_is_not_written_in(status):
    agona = make_authority()
    dossier = make_dossier(agona, status=status)

    with pytest.raises(PermissionDenied):
        section_answers.save_section(
            dossier, "problem", post(problem="x"), version=1, actor=make_user(works_for=agona)
        )

    assert Dossier.objects.get().problem == answers()["problem"].strip()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "letter.pdf", "empty"),
        (b"<svg onload=alert(1)>", "letter.pdf", "type"),
        (b"MZ\x90\x00" + b"0" * 300, "letter.pdf", "type"),
        (b"%PDF-1.4" + b"0" * LARGEST_FILE, "letter.pdf", "too_large"),
        (b"PK\x03\x04" + b"0" * 300, "letter.pdf", "type"),
        (b"<html><script>alert(1)</script>", "photo.png", "type"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 300, "photo.png", "picture"),
        (huge_picture(9000), "bomb.png", "pixels"),
        (huge_picture(30000), "bomb.png", "pixels"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_leaves_nothing(content, name, code):
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)

    with pytest.raises(ValidationError) as refusal:
        dossier_files.add_file(dossier, SimpleUploadedFile(name, content), "letter", actor=efua)

    assert refusal.value.code == code
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(("format_", "name"), [("JPEG", "pit.jpg"), ("PNG", "pit.png")])
def test_a_picture_keeps_neither_place_nor_what_was_hidden_behind_it(format_, name):
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)
    taken = picture(format_, place=True) + b"PK\x03\x04 a hidden archive"

    kept = dossier_files.add_file(dossier, SimpleUploadedFile(name, taken), "other", actor=efua)

    held = kept.file.read()
    with Image.open(io.BytesIO(held)) as shown:
        assert (dict(shown.getexif()), shown.size) == ({}, (30, 40))  # turned upright
    assert b"hidden archive" not in held and kept.size == len(held)


def test_a_name_is_never_a_path_and_the_eleventh_file_is_refused():
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)
    for number in range(10):
        upload = SimpleUploadedFile(f"../../{number}\u202eletter.pdf", pdf_of("signed"))
        kept = dossier_files.add_file(dossier, upload, "other", actor=efua)

    assert kept.name == "9letter.pdf"
    assert kept.file.name == f"dossiers/{dossier.reference}/{kept.token}"
    with pytest.raises(ValidationError, match="Ten files at most"):
        upload = SimpleUploadedFile("more.pdf", pdf_of("signed"))
        dossier_files.add_file(dossier, upload, "other", actor=efua)


def test_a_removed_file_leaves_neither_row_nor_bytes(django_capture_on_commit_callbacks):
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)
    upload = SimpleUploadedFile("letter.pdf", pdf_of("signed"))
    kept = dossier_files.add_file(dossier, upload, "letter", actor=efua)
    storage, name = kept.file.storage, kept.file.name

    there = storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        dossier_files.remove_file(kept, actor=efua)

    assert (there, storage.exists(name), Attachment.objects.count()) == (True, False, 0)


def test_staff_take_a_file_of_a_closed_application_away_with_a_reason(
    client, django_capture_on_commit_callbacks
):
    """Nobody could: its authority removes files of drafts alone."""
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)
    kept, other = (
        dossier_files.add_file(dossier, SimpleUploadedFile(name, content), "plan", actor=efua)
        for name, content in (("ids.pdf", pdf_of("ids")), ("plan.pdf", pdf_of("plan")))
    )
    type(dossier).objects.update(status="closed")
    room = reverse("admin:applications_dossier_change", args=[dossier.pk])
    withdraw = reverse("withdraw-file", args=[dossier.reference])

    def post(person, reason):
        client.force_login(person)
        said = {"file": f"attachment-{kept.pk}", "reason": reason}
        return client.post(withdraw, said, follow=True)

    refused = post(efua, "It is ours").status_code
    officer = make_officer()
    bare = post(officer, "").text
    link = f'href="{withdraw}"' in client.get(room).text
    before = Attachment.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        done = post(officer, "It shows identity cards").text
    reasons = ["It shows identity cards" in client.get(room).text]
    client.force_login(efua)
    told = client.get(reverse("dossier", args=[dossier.reference])).text
    reasons.append("It shows identity cards" in told)

    assert (refused, link, before) == (404, True, 2) and "This field is required." in bare
    assert "The file has been removed." in done and [*Attachment.objects.all()] == [other]
    assert not kept.file.storage.exists(kept.file.name)
    assert reasons == [True, False] and "A file was removed" in told


def test_a_null_character_and_other_fields_are_left_out_of_what_is_kept():
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)

    section_answers.save_section(
        dossier, "problem", post(problem="a\x00b", status="validated"), version=1, actor=efua
    )

    assert dossier.drafts.get(section="problem").raw == {"problem": ["ab"]}
    assert Dossier.objects.get().status == Status.DRAFT


def test_a_version_that_is_still_to_come_overwrites_nobody():
    """H24: a page that claimed version 999 replaced a colleague's text without a word."""
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    theirs = dossier.drafts.get(section="problem").raw["problem"]
    text = " ".join(["Mine alone."] * 30)
    mine = section_data("problem", answers(problem=text))

    saved = [
        section_answers.save_section(dossier, "problem", mine, version=999, actor=efua, joins=joins)
        for joins in (True, False)
    ]

    assert dossier.drafts.get(section="problem").raw["problem"] == theirs
    assert [one.aside.raw["problem"][0] for one in saved] == [text] * 2


def test_stale_saves_of_one_person_push_out_no_text_of_a_colleague(client):
    """H24: what Efua looks at beside the newer text is still there when she decides."""
    agona = make_authority()
    efua, dossier = make_user("Efua", works_for=agona), make_dossier(agona)
    kofi = make_user("Kofi", works_for=agona)
    mine = section_data("problem", answers(problem=" ".join(["Mine alone."] * 30)))
    aside = section_answers.save_section(dossier, "problem", mine, version=999, actor=efua).aside
    page = reverse("autosave", args=[dossier.reference, "problem"])
    client.force_login(kofi)

    for number in range(25):
        client.post(page, {"problem": f"Text {number}", "version": "999"})

    own = dossier.asides.filter(section="problem", saved_by=kofi)
    assert own.count() == section_answers.MOST_ASIDES
    assert dossier.asides.filter(pk=aside.pk).exists()
