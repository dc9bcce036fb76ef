"""A correction that is asked for: withdrawn, put off, and the files that it replaces."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from lxml import html

from applications import reminders, section_answers
from applications.asked_files import list_asked_files, list_replaceable
from applications.dossier_contact import change_representative
from applications.enums import Check, Status
from applications.models import Attachment, Correction, Dossier
from applications.sections import SECTIONS
from applications.transitions import dossier_machine
from connect.transitions import TransitionRefused
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    ANSWERS,
    answers,
    make_authority,
    make_dossier,
    make_letter,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class Asked:
    """Ines asks Efua to correct the problem, and the letter of commitment, and other files."""

    def __init__(self, language="en", others=()):
        self.agona, self.ines = make_authority("Agona West"), make_officer("Ines")
        self.efua = make_user("Efua", works_for=self.agona, language=language)
        self.dossier = make_dossier(
            self.agona, status=Status.ELIGIBILITY_CHECK, checklist=[Check.COUNTRY, Check.FORM]
        )
        self.letter = make_letter(self.dossier)
        self.others = [make_letter(self.dossier, name=name) for name in others]
        Attachment.objects.update(uploaded_at=timezone.now() - 3 * DAY)
        self.dossier.versions.create(
            number=1, answers=self.dossier.raw_answers(), at=timezone.now() - 3 * DAY
        )
        self.today = timezone.localdate()
        self.desk, self.town = Client(), Client()
        self.desk.force_login(self.ines)
        self.town.force_login(self.efua)
        self.step(
            "ask_correction",
            due_on=self.today + 14 * DAY,
            comment_problem="Since when?",
            **{
                f"comment_file-{file.pk}": "The stamp is missing."
                for file in (self.letter, *self.others)
            },
        )

    def step(self, verb, **typed):
        page = reverse("admin:applications_dossier_step", args=[self.dossier.pk, verb])
        answer = self.desk.post(page, typed, follow=True).text
        self.dossier.refresh_from_db()
        return answer

    def file(self):
        page = reverse("admin:applications_dossier_change", args=[self.dossier.pk])
        return self.desk.get(page).text

    def letters_leave(self):
        Letter.objects.unsent().update(sent_at=timezone.now())

    def letters(self, name):
        waiting = Letter.objects.filter(template=f"dossier_{name}", cancelled_at=None)
        return [compose_letter(one) for one in waiting.filter(address=self.efua.email)]


def test_a_correction_asked_for_by_mistake_is_withdrawn_and_whoever_was_told_is_told():
    asked = Asked()
    asked.letters_leave()

    said = asked.step("withdraw_correction")

    assert asked.dossier.status == Status.ELIGIBILITY_CHECK
    ((subject, body),) = asked.letters("withdraw_correction")
    assert subject == f"{asked.dossier.reference}: no correction is needed"
    assert "Nothing has to be changed" in body
    assert "Withdrawn on" in said and "Not received." not in said
    # The next one is another: asked, answered and counted by itself.
    asked.step("ask_correction", due_on=asked.today + 3 * DAY, comment_dossier_title="Whose?")
    assert [one.withdrawn_at is None for one in asked.dossier.corrections.all()] == [False, True]


def test_a_correction_withdrawn_before_its_e_mail_left_is_told_to_nobody():
    asked = Asked()

    asked.step("withdraw_correction")

    assert asked.letters("ask_correction") == [] == asked.letters("withdraw_correction")


def test_a_correction_that_the_applicant_has_begun_is_not_withdrawn_from_under_it():
    asked = Asked()
    data = section_data("problem", answers(problem="Since 2019, in the rains. " * 20))
    section_answers.save_section(asked.dossier, "problem", data, version=1, actor=asked.efua)

    said = asked.step("withdraw_correction")

    assert "the applicant has already changed answers or added files" in said
    assert asked.dossier.status == Status.CORRECTION_ASKED


def test_the_last_day_of_a_correction_is_changed_and_said_and_reminded_of_anew():
    asked, later = Asked(), timezone.localdate() + 30 * DAY
    reminders.follow_corrections(timezone.now() + 10 * DAY)
    asked.letters_leave()

    same = asked.step("move_correction", due_on=asked.today + 14 * DAY)
    asked.step("move_correction", due_on=later)
    reminders.follow_corrections(timezone.now() + 26 * DAY)

    assert "another day than the present one" in same
    ((subject, body),) = asked.letters("move_correction")
    day = date_format(later, "DATE_FORMAT")
    assert f"due by {day}" in subject and f"due by {day}, that day included" in body
    bodies = [body for _subject, body in asked.letters("correction_reminder")]
    assert [f"by {day}, that day included" in one for one in bodies].count(True) == 1
    assert len(bodies) == 2
    assert asked.dossier.open_correction().due_on == later


def test_a_changed_last_day_is_said_from_which_to_which_and_is_no_new_status():
    asked, later = Asked(), timezone.localdate() + 30 * DAY
    first = date_format(asked.today + 14 * DAY, "DATE_FORMAT")
    new = date_format(later, "DATE_FORMAT")
    asked.letters_leave()
    # The form begins with the day that stands, not with one that was counted from today.
    Correction.objects.update(due_on=asked.today + 9 * DAY)
    (shown,) = re.findall(r'name="move_correction-due_on"[^>]*', asked.file())
    assert f'value="{(asked.today + 9 * DAY).isoformat()}"' in shown
    Correction.objects.update(due_on=asked.today + 14 * DAY)

    said = asked.step("move_correction", due_on=later)

    assert "has a new status" not in said
    changed = f"Last day of the correction changed: was {first}, now {new}"
    assert f"{asked.dossier.reference} · {changed}" in said
    ((_subject, body),) = asked.letters("move_correction")
    assert f"it was {first}. It is now due by {new}, that day included." in body
    for page in (asked.town.get(asked.dossier.get_absolute_url()).text, asked.file()):
        assert f"Was {first}, now {new}" in page


def test_a_last_day_that_is_changed_twice_is_told_from_the_day_that_was_read():
    asked = Asked()
    asked.letters_leave()

    asked.step("move_correction", due_on=asked.today + 20 * DAY)
    asked.step("move_correction", due_on=asked.today + 30 * DAY)

    ((_subject, body),) = asked.letters("move_correction")
    assert f"it was {date_format(asked.today + 14 * DAY, 'DATE_FORMAT')}." in body
    # Back to the day that they know: nothing has changed for them.
    asked.step("move_correction", due_on=asked.today + 14 * DAY)
    assert asked.letters("move_correction") == []


def test_who_has_not_been_told_of_a_correction_reads_its_new_last_day_alone():
    asked, later = Asked(), timezone.localdate() + 30 * DAY

    asked.step("move_correction", due_on=later)

    ((_subject, body),) = asked.letters("ask_correction")
    assert f"send it by {date_format(later, 'DATE_FORMAT')}, that day included" in body
    assert "Since when?" in body and asked.letters("move_correction") == []


def test_a_correction_that_is_due_years_from_now_is_asked_for_once_that_is_confirmed():
    asked = Asked()
    far = asked.today + 3650 * DAY

    said = asked.step("move_correction", **{"move_correction-due_on": far})
    kept = asked.dossier.open_correction().due_on
    ticked = {"move_correction-due_on": far, "move_correction-meant": "on"}
    asked.step("move_correction", **ticked)
    moved = asked.dossier.open_correction().due_on
    asked.step("withdraw_correction")
    first = {"ask_correction-due_on": far, "ask_correction-comment_problem": "Since when?"}
    refused = asked.step("ask_correction", **first)
    waits = asked.dossier.status
    asked.step("ask_correction", **first, **{"ask_correction-meant": "on"})

    words = "Applicants usually have two weeks for a correction: this is 3650 days from today."
    assert words in said and (kept, moved) == (asked.today + 14 * DAY, far)
    assert words in refused and waits == Status.ELIGIBILITY_CHECK
    (tick,) = re.findall(r'<input[^>]*name="ask_correction-meant"[^>]*>', refused)
    assert 'form="file"' in tick
    assert asked.dossier.open_correction().due_on == far


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "by 13 December 2030, that day included"),
        ("fr", "au plus tard le 13 décembre 2030, ce jour compris"),
        ("es", "a más tardar el 13 de diciembre de 2030, ese día incluido"),
    ],
)
def test_the_last_day_of_a_correction_is_said_the_same_in_each_language(language, words):
    asked = Asked(language)
    asked.step("move_correction", due_on="2030-12-13", meant="on")

    ((subject, body),) = asked.letters("ask_correction")

    assert words in body and words.partition(",")[0] in subject


def test_the_desk_keeps_the_checklist_in_sight_and_says_what_the_applicant_reads():
    asked = Asked("es")

    page = asked.file()

    assert "They read: English, Spanish." in page
    assert page.count(str(Check.FORM.label)) == 1
    assert (page.count("</svg>Checked</span>"), page.count("</svg>Not checked</span>")) == (2, 6)


def test_a_file_in_place_of_another_says_so_and_the_earlier_one_stays_as_history():
    asked = Asked()
    place = asked.dossier.get_absolute_url()
    before = asked.town.get(place).text
    upload = SimpleUploadedFile("stamped.pdf", pdf_of("stamped"))

    asked.town.post(
        reverse("add-file", args=[asked.dossier.reference]),
        {"file": upload, "kind": "other", "stands_for": asked.letter.pk},
    )

    newer = Attachment.objects.get(name="stamped.pdf")
    assert (newer.replaces, newer.kind) == (asked.letter, "letter")
    assert Dossier.objects.get().commitment_letter() == newer
    assert "In place of" in before
    for page in (asked.town.get(place).text, asked.file()):
        assert "Earlier files, replaced" in page
        assert "replaced by stamped.pdf on" in " ".join(page.split())


def test_a_second_file_of_the_same_correction_replaces_nothing():
    asked = Asked()
    add = reverse("add-file", args=[asked.dossier.reference])
    for name in ("one.pdf", "two.pdf"):
        asked.town.post(add, {"file": SimpleUploadedFile(name, pdf_of(name)), "kind": "other"})

    pairs = Attachment.objects.exclude(pk=asked.letter.pk).values_list("name", "replaces")
    assert list(pairs) == [("one.pdf", asked.letter.pk), ("two.pdf", None)]


def test_each_file_that_a_correction_replaces_comes_by_itself():
    """Two files were chosen in place of one: the second counted as the other one's."""
    asked = Asked(others=["plan.pdf"])
    add = reverse("add-file", args=[asked.dossier.reference])
    uploads = [SimpleUploadedFile(f"{name}.pdf", pdf_of(name)) for name in ("one", "two")]

    asked.town.post(add, {"file": uploads, "kind": "other", "stands_for": asked.letter.pk})

    correction = asked.dossier.open_correction()
    assert [come for _words, _comment, come in list_asked_files(asked.dossier, correction)] == [
        True,
        False,
    ]
    assert list_replaceable(asked.dossier, correction) == asked.others


def test_a_file_is_replaced_though_ten_were_sent():
    asked = Asked()
    for number in range(9):
        make_letter(asked.dossier, name=f"{number}.pdf")
    upload = SimpleUploadedFile("stamped.pdf", pdf_of("stamped"))

    page = asked.town.post(
        reverse("add-file", args=[asked.dossier.reference]),
        {"file": upload, "kind": "other", "stands_for": asked.letter.pk},
        follow=True,
    )

    assert "Ten files at most" not in page.text
    assert Attachment.objects.get(name="stamped.pdf").replaces == asked.letter


def test_a_new_last_day_does_not_begin_the_correction_anew():
    asked = Asked()
    began = timezone.now() - 5 * DAY
    Dossier.objects.update(status_since=began)

    asked.step("move_correction", due_on=asked.today + 40 * DAY)

    asked.dossier.refresh_from_db()
    assert asked.dossier.status_since == began


def test_a_correction_put_off_while_the_clock_reads_does_not_expire(monkeypatch):
    asked = Asked()
    late = timezone.now() + 50 * DAY
    one_by_one = reminders.process_one_by_one

    def put_off_first(process, rows):
        read = list(rows)
        asked.step("move_correction", due_on=asked.today + 40 * DAY)
        return one_by_one(process, read)

    monkeypatch.setattr(reminders, "process_one_by_one", put_off_first)
    first = reminders.follow_corrections(late)
    monkeypatch.undo()
    last = reminders.follow_corrections(late + 30 * DAY)

    assert (first["lapsed"], last["lapsed"]) == (0, 1)


def test_a_step_that_is_over_is_refused_to_a_page_of_before():
    asked = Asked()
    asked.step("withdraw_correction")

    with pytest.raises(TransitionRefused):
        dossier_machine.advance(
            asked.dossier, "move_correction", actor=asked.ines, due_on="2030-01-01"
        )


def section_of(page, title):
    """Return the folded group of a section in the form of a correction: its first tag, its rest."""
    (group,) = re.findall(
        rf"<details(?P<open>[^>]*)>\s*<summary>{title}(.*?)</details>", page, flags=re.DOTALL
    )
    return group


def test_an_officer_asks_for_a_correction_beside_the_answers_section_by_section():
    """Seventy boxes stood in one narrow column, far from the answers that they were about."""
    asked = Asked()
    asked.step("withdraw_correction")

    page = asked.file()

    assert 'name="ask_correction-' not in page.partition('<aside class="aside"')[2]
    is_open, problem = section_of(page, "Your area and the problem")
    box = problem.partition('name="ask_correction-comment_problem"')
    assert "open" not in is_open and "0 comments" in problem.partition("</summary>")[0]
    assert box[1] and escape(answers()["problem"][:60]) in box[0]
    assert 'form="file"' in box[0].rpartition("<")[2] + box[2].partition(">")[0]
    assert f"A file in place of {asked.letter.name}" in section_of(page, "Files")[1]


def test_the_comments_of_a_correction_are_counted_where_they_are_folded():
    asked = Asked()
    asked.step("withdraw_correction")
    check = reverse("admin:applications_dossier_check", args=[asked.dossier.pk])
    typed = {"ask_correction-comment_problem": "Since when?"}

    page = asked.desk.post(check, {"ticks": "1", **typed}).text

    is_open, problem = section_of(page, "Your area and the problem")
    assert "open" in is_open and "1 comment" in problem.partition("</summary>")[0]
    assert "Since when?</textarea>" in problem
    assert "open" not in section_of(page, "Files")[0]
    # Sent without a single comment: the sentence stands at the button, and the form stays open.
    refused = asked.step("ask_correction", due_on=asked.today + 3 * DAY)
    assert "at least one field, each with a comment" in refused
    assert re.search(r"<details[^>]* open[^>]*>\s*<summary>Request a correction", refused)


def test_whoever_withdraws_a_correction_reads_first_that_it_stays_so_and_what_is_sent():
    asked = Asked()
    button = "Yes, withdraw the request for a correction</button>"

    unread = asked.file()
    asked.letters_leave()
    read = asked.file()

    assert "has not been told of the correction yet: no e-mail is sent" in unread
    assert "This cannot be undone. The applicant gets this e-mail:" in read
    assert f"{asked.dossier.reference}: no correction is needed" in read
    assert "your application stands as you submitted it" in read
    assert "no correction is needed" not in unread and button in read and button in unread


def moved(client, page, **typed):
    """Post a form as a browser moves by it, and return the page that it then shows."""
    headers = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    return client.post(page, typed, headers=headers, follow=True)


def test_what_was_typed_while_the_correction_was_withdrawn_is_shown_with_the_reason():
    """The browser was led on to the page of the file, and the sentence was gone."""
    asked, words = Asked(), "Since the flood of 2019, the pits are full."
    page = reverse("section", args=[asked.dossier.reference, "problem"])
    asked.step("withdraw_correction")

    shown = moved(asked.town, page, problem=words, version="1")
    again = asked.town.get(shown.redirect_chain[-1][0])  # loaded once more, or by *back*

    day = date_format(timezone.localdate(), "DATE_FORMAT")
    for answer in (shown, again):
        assert answer.status_code == 404 and words in answer.text
        assert f"withdrew its request for a correction of {asked.dossier.reference} on {day}" in (
            answer.text
        )
    assert "What you typed" in shown.text and asked.dossier.get_absolute_url() in shown.text


def test_whoever_leaves_a_section_for_the_list_leaves_it_saved():
    """The button beside “Save and continue” led away from what was typed since the last save."""
    agona = make_authority()
    dossier, efua = make_dossier(agona), make_user(works_for=agona)
    town = Client()
    town.force_login(efua)
    page = reverse("section", args=[dossier.reference, "participants"])
    typed = section_data("participants", answers()).dict() | {"version": "1", "back": "1"}

    button = re.search(r'<button[^>]*name="back"[^>]*>([^<]*)<', town.get(page).text)
    good = town.post(page, typed | {"travellers": "3"}, follow=True)
    wrong = town.post(page, typed | {"version": "2", "elected_members": "-2"}, follow=True)

    assert button.group(1) == "Save and go back to the list"
    assert [one.redirect_chain[0][0] for one in (good, wrong)] == [dossier.get_absolute_url()] * 2
    assert "Saved." in good.text
    assert "has been saved. Something in it still needs attention." in wrong.text
    assert f'<a href="{page}">' in wrong.text
    saved = dossier.drafts.get(section="participants").raw
    assert (saved["travellers"], saved["elected_members"]) == (["1"], ["-2"])


class AskedTwice(Asked):
    """Ines asks about two answers, of two sections; Efua corrects one after the other."""

    def __init__(self):
        super().__init__()
        self.step("withdraw_correction", note="Two, not one.")
        self.step(
            "ask_correction",
            due_on=self.today + 14 * DAY,
            comment_problem="Since when?",
            comment_follow_up="Who pays for it?",
        )
        self.sections = [
            next(slug for slug, one in SECTIONS.items() if name in one.base_fields)
            for name in ("problem", "follow_up")
        ]

    def save(self, slug, **changed):
        page = reverse("section", args=[self.dossier.reference, slug])
        version = self.dossier.drafts.get(section=slug).version
        typed = section_data(slug, answers(**changed)).dict() | {"version": version}
        return self.town.post(page, typed)

    def states(self):
        """Return what the list of sections says of the two, and where its main button leads."""
        tree = html.fromstring(self.town.get(self.dossier.get_absolute_url()).text)
        said = [
            tree.xpath(f"//li[a[contains(@href, '/{slug}/')]]/*[contains(@class, 'status')]")[0]
            for slug in self.sections
        ]
        (button,) = tree.xpath("//section//p[@class='verbs']/a/@href")
        return [" ".join(one.text_content().split()) for one in said], button


def test_a_corrected_section_says_so_and_the_way_leads_to_the_next_and_then_to_the_check():
    asked = AskedTwice()
    first, second = asked.sections
    check = reverse("check-answers", args=[asked.dossier.reference])
    pages = [reverse("section", args=[asked.dossier.reference, slug]) for slug in asked.sections]

    assert asked.states() == (["Correction requested"] * 2, pages[0])
    assert asked.save(first).url == pages[1]  # nothing was changed: still asked for
    assert asked.states() == (["Correction requested"] * 2, pages[0])

    words = "Since the flood of 2019. "
    assert asked.save(first, problem=words + ANSWERS["problem"][:300]).url == pages[1]
    assert asked.states() == (["Answered", "Correction requested"], pages[1])
    assert asked.save(second, follow_up=words + ANSWERS["follow_up"]).url == check
    assert asked.states() == (["Answered"] * 2, check)


def test_a_correction_of_the_telephone_leaves_the_mayor_who_was_named_since():
    """What was typed before the election stood in the section, and came back with it."""
    asked = Asked()
    asked.step("withdraw_correction")
    new = {"name": "Yaa Boateng", "function": "Mayor", "address": "yaa@agona.example"}
    asked.town.post(reverse("change-representative", args=[asked.dossier.reference]), new)
    asked.step("ask_correction", due_on=asked.today + 14 * DAY, comment_focal_phone="Which one?")
    page = reverse("section", args=[asked.dossier.reference, "contact"])

    typed = section_data("contact", answers(focal_phone="+233 24 412 3456"))
    typed["version"] = asked.dossier.drafts.get(section="contact").version
    asked.town.post(page, typed)

    dossier = Dossier.objects.get()
    assert (dossier.legal_name, dossier.legal_email) == ("Yaa Boateng", "yaa@agona.example")
    assert dossier.focal_phone.endswith("3456")


def test_whoever_was_asked_to_sign_is_followed_by_the_new_representative():
    """Nobody could ask the new one: the application was sent already."""
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, status=Status.SUBMITTED)
    now = timezone.now()
    dossier.signatures.create(
        name="Kofi", address="kofi@agona.example", asked_at=now, expires_at=now + DAY
    )
    new = {"name": "Yaa Boateng", "function": "Mayor", "address": "yaa@agona.example"}

    change_representative(dossier, **new, actor=efua)

    [waiting] = dossier.signatures.all()
    assert (waiting.name, waiting.address) == ("Yaa Boateng", "yaa@agona.example")
    told = Letter.objects.get(template="dossier_change_representative", address="yaa@agona.example")
    subject, body = compose_letter(told)[:2]
    assert "you are now the legal representative" in subject
    assert "Efua has named you (Mayor) legal representative of Agona West" in body
    assert Letter.objects.get(template="signature_asked").address == "yaa@agona.example"
