"""Before the form: may we apply? After it: once more, with all that was said; and more time."""

import html
import io
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django_countries import countries
from pypdf import PdfReader

from applications import beginning, calls, dossier_files, feedback
from applications.enums import GRID, IneligibleReason, Status
from applications.models import Call, Dossier
from applications.reading import task_list
from applications.reminders import follow_dossiers
from applications.requirements import missing_answers
from applications.sections import SECTIONS
from applications.transitions import dossier_machine
from connect.languages import is_right_to_left
from connect.my_work import list_tasks
from connect.transitions import TransitionRefused
from impact.demo.calls import partner_countries
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.recounts import recount_facts
from registry.merging import merge_authority
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_letter,
    make_meeting,
    make_member,
    make_officer,
    make_user,
    pdf_of,
)
from tests.languages import CODES

pytestmark = pytest.mark.django_db
FITTING = {
    "country": "GH",
    "kind": "municipality",
    "competent": "yes",
    "paid": "no",
    "empowered": "yes",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Yes, according to your answers"),
        ({"kind": "association"}, "Yes, according to your answers"),
        ({"competent": "unsure"}, "Probably, according to your answers"),
        ({"competent": "unsure"}, "a programme officer helps you before you submit anything"),
        ({"country": "FR"}, "No call is open for France today"),
        ({"kind": "private"}, "Ask your municipality to apply"),
        ({"kind": "company"}, "Ask your municipality to apply"),
        ({"competent": "no"}, "apply together with it"),
        ({"paid": "yes"}, "cannot be paid twice"),
        ({"empowered": "no"}, "They can do so by a link"),
        ({"country": "XX"}, "One answer needs attention"),
    ],
)
def test_five_questions_say_who_may_apply_without_an_account(client, changed, said):
    make_call(title="Call of Ghana", countries=["GH"])

    page = client.get(reverse("can-we-apply"), FITTING | changed).content.decode()

    assert said in page
    assert ("Call of Ghana" in page) == (said.startswith("Yes") or "unsure" in changed.values())


def test_a_country_that_no_open_call_names_is_told_no_and_not_that_it_could_apply(client):
    make_call(title="Open call", countries=partner_countries())

    said = {
        code: client.get(reverse("can-we-apply"), FITTING | {"country": code}).text
        for code in ("GH", "BY", "RU", "FR")
    }

    assert [code for code, text in said.items() if "Yes, according to your" in text] == ["GH"]
    assert "No call is open for Belarus today" in said["BY"]
    assert not any("You could apply" in text for text in said.values())
    # France gives help: no word of sanctions, and the door that is open to its people.
    marks = ("restrictive measures", "Register as an expert")
    assert {code: [mark in said[code] for mark in marks] for code in ("BY", "FR")} == {
        "BY": [True, False],
        "FR": [False, True],
    }


@pytest.mark.parametrize(("status", "promised"), [("draft", True), ("correction_asked", False)])
def test_who_sends_is_promised_to_edit_again_only_where_that_is_so(client, status, promised):
    agona = make_authority("Agona West")
    dossier = make_dossier(agona, status=status)
    make_letter(dossier)
    if status == "correction_asked":
        dossier.corrections.create(fields=[], due_on="2100-01-01", asked_at=timezone.now())
    client.force_login(make_user("Efua", works_for=agona))

    page = client.get(reverse("check-answers", args=[dossier.reference])).text

    assert ("You can edit it again until a programme officer opens it." in page) is promised
    assert ("unless the programme team asks for another correction" in page) is not promised


@pytest.fixture
def refused():
    """A dossier that was not selected, with a letter; its writer; a call that is open now."""
    agona = make_authority("Agona West")
    dossier = make_dossier(agona, status="not_selected")
    make_letter(dossier)
    dossier.efua, dossier.next = make_user("Efua", works_for=agona), make_call(title="Next call")
    return dossier


def test_a_refused_dossier_is_taken_along_to_the_next_call(refused, client):
    client.force_login(refused.efua)
    swedru = make_authority("Agona Swedru")
    merged = make_authority("Swedru Town", status="merged", merged_into=swedru)
    refused.next.co_applicants_most = 2
    refused.next.save()
    named = (("Swedru", True), ("Winneba", None), ("Keta", False), ("Apam", True))
    for name, takes_part in named:
        refused.co_applicants.create(
            name=name,
            authority=merged if name == "Swedru" else None,
            country="GH",
            contact="Yao",
            address=f"yao@{name.lower()}.example",
            asked_at=timezone.now(),
            takes_part=takes_part,
        )
    make_letter(refused, pdf_of("plan"), "plan.pdf")
    refused.attachments.update(kind="plan")
    make_letter(refused, pdf_of("promise"), "promise.pdf")
    page = shown_text(client.get(refused.get_absolute_url()))
    assert "Copy it to “Next call”" in page
    assert "Files that are copied: letter.pdf, plan.pdf" in page
    assert "Files that are not copied: promise.pdf. A letter of commitment is for one" in page
    copied = {"call": refused.next.slug}
    said = client.post(reverse("copy", args=[refused.reference]), copied, follow=True).text

    made = Dossier.objects.get(call=refused.next)
    kept = {draft.section: draft.raw for draft in made.drafts.all()}
    old = {draft.section: draft.raw for draft in refused.drafts.all()}
    assert kept == {name: raw for name, raw in old.items() if name != "declarations"}
    assert (made.status, made.title, made.needs.count()) == ("draft", refused.title, 1)
    assert [(file.name, file.file.read()) for file in made.attachments.all()] == [
        ("plan.pdf", pdf_of("plan"))
    ]
    assert "File not copied: letter.pdf. " in said  # kept when none asked whether it can be opened
    assert "File not copied: promise.pdf. A letter of commitment is for one application" in said
    # Each co-applicant is asked anew; whoever declined is left in peace.
    assert [(one.name, one.authority, one.takes_part) for one in made.co_applicants.all()] == [
        ("Swedru", swedru, None),
        ("Winneba", None, None),
    ]
    assert "Co-applicant not copied: Apam. This call allows 2 co-applicants at most." in said
    assert "copied: Keta" not in said
    asked = Letter.objects.filter(template="co_applicant_asked").order_by("pk")
    assert [one.address for one in asked] == ["yao@swedru.example", "yao@winneba.example"]
    with pytest.raises(ValidationError, match="already started an application for this call"):
        beginning.copy_dossier(refused, refused.next, actor=refused.efua)


def shown_text(page):
    """The text of a page, without its markup and the marks of direction."""
    words = html.unescape(re.sub(r"<[^>]+>", "", page.text))
    return " ".join(re.sub("[\u2066-\u2069]", "", words).split())


def test_a_copy_and_its_original_that_an_appeal_reopened_name_each_other(client):
    """Both went on side by side, and neither page nor the task said so."""
    agona = make_authority("Agona West")
    old, efua = make_dossier(agona, status="ineligible"), make_user("Efua", works_for=agona)
    officer, call = make_officer(), make_call(title="Next call")
    copy, _files, _towns = beginning.copy_dossier(old, call, actor=efua)
    client.force_login(efua)
    hint = f"Copied from: {old.reference} (ineligible)."
    assert hint in shown_text(client.get(copy.get_absolute_url()))
    assert f"Copied to: {copy.reference} (draft)." in shown_text(client.get(old.get_absolute_url()))
    assert [str(task.what) for task in list_tasks(efua, timezone.now())] == [
        "Finish the application, and submit it"
    ]

    Dossier.objects.filter(pk=old.pk).update(status="eligibility_check")

    both = "Both applications go on. If you need only one, withdraw the other."
    for page, words in (
        (copy, f"Copied from: {old.reference} (eligibility check). {both}"),
        (old, f"Copied to: {copy.reference} (draft). {both}"),
    ):
        assert words in shown_text(client.get(page.get_absolute_url()))
    assert {task.path: str(task.what) for task in list_tasks(efua, timezone.now())} == {
        copy.path: "Decide whether you still need this copy: its original goes on",
        old.path: "Add the letter of commitment",
    }
    # An officer reads no draft of an authority; what was sent of both, the file names.
    client.force_login(officer)
    assert copy.reference not in client.get(old.desk_path).text
    Dossier.objects.filter(pk=copy.pk).update(status="submitted")
    words = f"Copied to: {copy.reference} (submitted). Both applications go on."
    assert words in shown_text(client.get(old.desk_path))
    words = f"Copied from: {old.reference} (eligibility check). Both applications go on."
    assert words in shown_text(client.get(copy.desk_path))


def test_what_a_merged_town_asked_for_is_copied_in_the_name_of_its_successor(refused, client):
    """It was published under the name of a town that is no more, and nobody could open it."""
    swedru = make_authority("Swedru")
    merge_authority(refused.authority, swedru, actor=make_officer())
    refused.refresh_from_db()

    made, _files, _towns = beginning.copy_dossier(refused, refused.next, actor=refused.efua)

    assert made.authority == swedru
    client.force_login(refused.efua)
    assert client.get(made.get_absolute_url()).status_code == 200


def test_days_that_are_over_are_asked_again_in_a_dossier_that_is_taken_along(client):
    """A14: results due last spring, and days of last year that do not suit, were “Complete”."""
    agona, ago = make_authority("Agona West"), timezone.localdate() - timedelta(days=300)
    days = {
        "starts_on": ago,
        "ends_on": ago + timedelta(days=60),
        "by_1": ago + timedelta(days=120),
        "closed_from_1": ago,
        "closed_until_1": ago + timedelta(days=7),
        "closed_why_1": "Elections.",
    }
    typed = answers() | {name: str(day) for name, day in days.items()}
    old = make_dossier(agona, status="not_selected", typed=typed)
    efua, call = make_user("Efua", works_for=agona), make_call(title="Next call")
    client.force_login(efua)

    client.post(reverse("copy", args=[old.reference]), {"call": call.slug})

    made = Dossier.objects.get(call=call)
    parts, _done = task_list(made, timezone.localdate())
    kinds = {task.slug: str(task.label) for _heading, tasks in parts for task in tasks}
    assert (kinds["exchange"], kinds["results"]) == ("In progress", "In progress")
    page = client.get(reverse("check-answers", args=[made.reference])).text
    assert page.count("This date has passed: choose a future date.") == 2
    with pytest.raises(TransitionRefused, match="This date has passed"):
        dossier_machine.advance(made, "submit", actor=efua)


def test_a_correction_is_not_held_up_by_a_day_that_is_over_meanwhile_and_is_not_asked_for():
    agona = make_authority("Agona West")
    soon = timezone.localdate() + timedelta(days=3)
    typed = answers(starts_on=str(soon), ends_on=str(soon + timedelta(days=90)))
    sent = make_dossier(agona, status="correction_asked", typed=typed)
    now, asked = timezone.now(), [{"field": "problem", "comment": "Since when?"}]
    sent.corrections.create(fields=asked, due_on="2030-01-01", asked_at=now)

    assert missing_answers(sent, {}, now) == []

    sent.corrections.update(fields=[{"field": "starts_on", "comment": "Which month?"}])
    (lacking,) = missing_answers(sent, {}, now)
    assert "at least 60 days from now" in lacking


def test_only_what_has_ended_is_copied_and_only_by_its_own_people(refused):
    with pytest.raises(PermissionDenied):
        beginning.copy_dossier(refused, refused.next, actor=make_officer())
    Dossier.objects.update(status="published")
    with pytest.raises(ValidationError, match="not ended yet"):
        beginning.copy_dossier(refused, refused.next, actor=refused.efua)


def call_form(call, **changed):
    closes = timezone.localtime(call.closes_at)
    opens = timezone.localtime(call.opens_at)
    return {
        "title": call.title,
        "slug": call.slug,
        "text": "",
        "language": "en",
        "opens_at": f"{opens.date()}T09:00",
        "closes_at": f"{closes.date()}T17:00",
        "forms": ["expert_mission", "study_visit"],
        "countries": ["GH"],
        "co_applicants_most": "11",
        "threshold": "60",
        "quorum": "3",
        "gap": "25",
        **{f"points_{code}": most for code, (_label, most) in GRID.items()},
    } | changed


def test_a_call_that_has_applications_is_not_opened_again_in_the_future(client):
    """Its drafts stood in a call that had not opened yet: nobody could go on or send one."""
    with_drafts, without = make_dossier(typed=answers()).call, make_call()
    client.force_login(make_officer())
    later = f"{timezone.localdate() + timedelta(days=2)}T09:00"

    said = {
        call.pk: client.post(
            reverse("admin:applications_call_change", args=[call.pk]),
            call_form(call, opens_at=later),
            follow=True,
        ).text
        for call in (with_drafts, without)
    }

    words = "This call has opened and has applications"
    assert [words in said[call.pk] for call in (with_drafts, without)] == [True, False]
    with_drafts.refresh_from_db()
    without.refresh_from_db()
    assert [call.opens_at > timezone.now() for call in (with_drafts, without)] == [False, True]


def test_a_call_does_not_open_after_the_day_of_its_committee(client):
    call = make_call()
    meets_on = timezone.localdate() + timedelta(days=3)
    Call.objects.update(meeting_on=meets_on)
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])

    later = {"opens_at": f"{meets_on + timedelta(days=2)}T09:00"}
    same = {"meeting_on": meets_on}
    said = [client.post(page, call_form(call, **same, **more)).text for more in ({}, later)]

    refused = ["cannot meet before the call opens" in one for one in said]
    assert refused == [False, True]


def test_a_call_that_names_no_country_is_opened_to_all_of_them_only_where_that_is_meant(client):
    """An empty list was every country, those under restrictive measures too, without a word."""
    client.force_login(make_officer())
    page = reverse("admin:applications_call_add")
    day = timezone.now() + timedelta(days=3)
    typed = Call(title="Open call", slug="open", opens_at=day, closes_at=day + timedelta(days=40))

    asked = client.post(page, call_form(typed, countries=[])).text
    before = Call.objects.count()
    client.post(page, call_form(typed, countries=[], meant="on"))
    made = Call.objects.get()
    change = reverse("admin:applications_call_change", args=[made.pk])
    again = client.post(change, call_form(made, countries=[])).text  # it is not open yet
    Call.objects.update(opens_at=timezone.now() - timedelta(days=2))
    made.refresh_from_db()
    kept = client.post(change, call_form(made, countries=[]))
    named = client.post(change, call_form(made))

    words = "No country is chosen: authorities of every country could apply"
    assert [words in one and 'name="meant"' in one for one in (asked, again)] == [True, True]
    assert (before, kept.status_code, named.status_code) == (0, 302, 302)
    shown = client.post(change, call_form(made, countries=[])).text
    assert words in shown  # it is open, and was for Ghana


def test_a_call_is_not_kept_open_past_a_meeting_of_its_committee_without_a_word(client):
    """5.11: what came after the meeting waited for another one that nobody had planned."""
    call, anna = make_call(), make_member("Anna")
    dossier = make_dossier(call=call, status=Status.UNDER_SELECTION)
    meets_at = (call.closes_at + timedelta(days=3)).replace(hour=9, minute=0)
    make_meeting(dossier, anna, starts_at=meets_at)
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])
    days = {"earlier": meets_at - timedelta(days=1), "the same": meets_at}
    typed = {
        name: call_form(call, closes_at=f"{timezone.localtime(day).date()}T17:00")
        for name, day in days.items()
    }

    said = {name: client.post(page, form) for name, form in typed.items()}
    answer = client.post(page, typed["the same"] | {"meant": "on"})
    call.refresh_from_db()
    kept = client.post(page, typed["the same"])

    assert {name: page.status_code for name, page in said.items()} == {
        "earlier": 302,
        "the same": 200,
    }
    assert "while applications can still be sent." in said["the same"].text
    assert (answer.status_code, kept.status_code) == (302, 302)  # once it is saved, no more


def test_a_call_is_closed_at_once_only_where_that_is_meant(client):
    call = make_call()
    make_dossier(call=call)
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])
    typed = call_form(call, closes_at=f"{timezone.localdate()}T00:01")

    asked = client.post(page, typed)
    answer = client.post(page, typed | {"meant": "on"})
    kept = client.post(page, typed)

    said = "The call closes at once. Drafts that can no longer be sent: 1."
    assert said in asked.text
    assert (answer.status_code, kept.status_code) == (302, 302)  # once it is saved, no more


def test_staff_weigh_the_criteria_of_a_call_and_they_add_up_to_a_hundred(client):
    call = make_call()
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])

    wrong = client.post(page, call_form(call, points_clarity="26")).content.decode()
    begun = {"opens_at": timezone.now() - timedelta(hours=3)}
    told = client.post(page, call_form(call, points_clarity="25", **begun), follow=True).text
    client.post(page, call_form(call, points_clarity="35", points_spread="0"))

    assert "The points must add up to 100, not 101." in wrong
    # As every label, with a capital; what is open from now on says so.
    assert "Address on this site:" in wrong
    assert "This call is open already: everybody sees it on the site." in told
    call.refresh_from_db()
    assert [most for _label, most in call.grid.values()] == [25, 35, 20, 20]


def test_a_dossier_brings_the_documents_that_its_call_asks_for():
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    Call.objects.update(attachments=["legal_act"])

    with pytest.raises(ValidationError, match="legal act of the authority"):
        dossier_machine.advance(dossier, "submit", actor=efua)
    dossier_files.add_file(
        dossier, SimpleUploadedFile("act.pdf", pdf_of("act")), "legal_act", actor=efua
    )

    assert dossier_machine.advance(dossier, "submit", actor=efua).status == "submitted"


def test_a_call_that_stays_open_longer_tells_whoever_has_a_draft_once(client):
    draft = make_dossier(typed=answers())
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[draft.call.pk])
    later = timezone.localdate() + timedelta(days=60)

    for _ in range(2):
        client.post(page, call_form(draft.call, closes_at=f"{later}T17:00"))

    letters = Letter.objects.filter(template="call_extended")
    assert sorted(letter.address for letter in letters) == [
        "efua@agona.example",
        "justina@agona.example",
    ]
    closes = Call.objects.get(pk=draft.call.pk).closes_at
    assert closes == datetime(
        later.year, later.month, later.day, 17, tzinfo=ZoneInfo("Europe/Brussels")
    )


@pytest.mark.parametrize("are_sent", [True, False])
def test_whoever_has_a_draft_is_told_each_time_that_the_call_closes_at_another_time(
    client, are_sent
):
    """Nobody was told of an earlier day; and of what is moved within minutes, the last is told."""
    draft = make_dossier(typed=answers())
    awa = make_user("Awa", works_for=draft.authority, language="fr")
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[draft.call.pk])
    day = timezone.localdate() + timedelta(days=60)
    moves = (f"{day}T17:00", f"{day - timedelta(days=20)}T17:00", f"{day}T17:00", f"{day}T12:00")

    said = []
    for at in moves:
        shown = client.post(page, call_form(draft.call, closes_at=at), follow=True).text
        shown = re.sub(r"at \d\d:\d\d \(Brussels time\)", "at its hour", shown)
        said += re.findall(r"\d+ (?:person|people) with a draft[^<]*", shown)
        if are_sent:
            Letter.objects.update(sent_at=timezone.now())
    told = list(Letter.objects.filter(address=awa.email, cancelled_at=None).order_by("pk"))

    longer, earlier = (
        f"3 people with a draft will be told at its hour that the call {words}."
        for words in ("stays open longer", "closes earlier")
    )
    kinds, subject = ["call_extended"], "vous avez plus de temps"
    with translation.override("fr"):
        when = date_format(day, "DATE_FORMAT")
    if are_sent:
        assert said == [longer, earlier] * 2
        kinds, subject = kinds + ["call_closes_earlier"], f"l’appel ferme plus tôt, le {when}"
    else:
        assert said == [longer] * 4
    subject_read, body = (words.replace("\xa0", " ") for words in compose_letter(told[-1]))
    assert [letter.template for letter in told] == kinds * (2 if are_sent else 1)
    assert subject_read == f"{draft.reference} : {subject}"
    assert when in body and (not are_sent or "à 12:00, heure de Bruxelles." in body)
    assert all(letter.not_before > letter.created_at for letter in told)


def test_a_last_day_that_is_moved_back_before_anybody_was_told_is_no_news(client):
    draft = make_dossier(typed=answers())
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[draft.call.pk])
    days = [timezone.localtime(draft.call.closes_at).date() + timedelta(days=n) for n in (0, 9, 0)]
    typed = [call_form(draft.call, closes_at=f"{day}T17:00") for day in days]
    client.post(page, typed[0])
    Letter.objects.all().delete()
    Call.objects.update(closes_at=F("closes_at") + timedelta(seconds=59))  # no form shows them

    pages = [client.post(page, form, follow=True).text for form in typed[1:]]

    assert not Letter.objects.filter(cancelled_at=None).exists()
    assert ["with a draft" in one for one in pages] == [True, False]


def test_an_e_mail_of_a_last_day_is_cancelled_only_with_the_one_that_takes_its_place(monkeypatch):
    """A fault between the two left nobody told."""
    draft, days = make_dossier(typed=answers()), [timedelta(days=9), timedelta(days=4)]
    call, before = draft.call, draft.call.closes_at
    call.closes_at = before + days[0]
    calls.notify_of_last_day(call, before)

    def fail(*args, **kwargs):
        raise OSError("no room on the disk")

    monkeypatch.setattr(calls, "post_letter", fail)
    call.closes_at = before + days[1]
    with pytest.raises(OSError, match="no room"):
        calls.notify_of_last_day(call, before + days[0])

    told = Letter.objects.filter(template="call_extended")
    assert told.exists() and not told.exclude(cancelled_at=None).exists()


def test_whoever_has_a_draft_in_a_call_that_is_closed_at_once_reads_that_it_has_closed(client):
    draft = make_dossier(typed=answers())
    awa = make_user("Awa", works_for=draft.authority, language="es")
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[draft.call.pk])
    yesterday = timezone.localdate() - timedelta(days=1)

    client.post(page, call_form(draft.call, closes_at=f"{yesterday}T17:00", meant="on"))

    subject, body = compose_letter(Letter.objects.get(address=awa.email))
    assert subject == f"{draft.reference}: la convocatoria se ha cerrado"
    assert "ya no se puede enviar" in body


def test_a_call_that_closes_later_is_not_opened_anew_to_its_associations(client):
    agona = make_authority()
    association = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    call = make_call(countries=["GH"])
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])
    today = timezone.localdate()

    follow_dossiers(timezone.now())
    for days in (60, 45):
        day = today + timedelta(days=days)
        client.post(page, call_form(call, closes_at=f"{day}T17:00"))
        follow_dossiers(timezone.now())
    follow_dossiers(timezone.now() + timedelta(days=32))

    told = Letter.objects.filter(address=abena.email).order_by("pk")
    assert [letter.template for letter in told] == ["call_open", "call_closing"]


def test_an_association_is_told_of_a_call_once_it_is_open_and_not_that_morning(client):
    """Its link said that there is no such call until two in the afternoon."""
    association = make_authority().associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    opens_at = (timezone.localtime() + timedelta(days=3)).replace(hour=14, minute=0)
    call = make_call(countries=["GH"], opens_at=opens_at, closes_at=opens_at + timedelta(days=40))

    def told():
        return Letter.objects.filter(template="call_open", address=abena.email).count()

    follow_dossiers(opens_at - timedelta(hours=6))
    before = told()
    follow_dossiers(opens_at)

    assert (before, told()) == (0, 1)
    assert call.path in Letter.objects.get(template="call_open").path


def test_a_call_is_read_in_ones_own_language_or_as_it_was_written_and_that_is_said(client):
    """All calls were in English on French and Spanish pages, in the filter and in e-mails too."""
    draft = make_dossier(typed=answers())
    call = draft.call
    page = reverse("admin:applications_call_change", args=[call.pk])
    client.force_login(make_officer())
    later = timezone.localdate() + timedelta(days=60)
    typed = call_form(call, title="Open call", text="Any theme.", closes_at=f"{later}T17:00")
    typed |= {"title_fr": "Appel ouvert", "text_fr": "Tous les thèmes.", "title_es": "Abierta"}
    make_user(works_for=draft.authority, language="fr")

    asked = client.get(page).text
    client.post(page, typed)
    again = client.get(page).context["adminform"].form

    def read(language):
        with translation.override(language):
            shown = Client().get(reverse("call", args=[call.slug])).text
            listed = Client().get(reverse("calls")).text
            figures = Client().get(reverse("impact"), {"call": call.slug}).text
        main = re.sub(r"\s+", " ", shown.partition("<h1")[2].partition("<dl")[0])
        return main, listed, figures

    french, spanish, english = read("fr"), read("es"), read("en")
    assert 'name="title_fr"' in asked and 'name="title_en"' not in asked
    assert again["title_fr"].value() == "Appel ouvert"
    assert "Appel ouvert" in french[0] and "Tous les thèmes." in french[0]
    assert "Ce texte" not in french[0]
    assert "Abierta" in spanish[0] and '<div lang="en" dir="auto"><p>Any theme.</p>' in spanish[0]
    assert "Este texto está escrito en inglés." in spanish[0]
    assert "Open call" in english[0] and "is written in" not in english[0]
    for words, (_main, listed, figures) in (("Appel ouvert", french), ("Abierta", spanish)):
        assert words in listed and words in figures
    told = Letter.objects.filter(template="call_extended")
    assert {letter.language: letter.context["call"] for letter in told}["fr"] == "Appel ouvert"


def test_a_call_has_criteria_of_its_own_until_a_member_has_given_points(client):
    call = make_call()
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[call.pk])
    own = {"points_spread": "0", "own_1": "Ties with a twin town", "points_own_1": "10"}

    half = client.post(page, call_form(call, own_2="Half a criterion", points_spread="10"))
    client.post(page, call_form(call, **own))

    assert "A criterion needs both a text and points." in half.text
    call.refresh_from_db()
    assert list(call.grid.values())[-2:] == [
        ("Commitment and ownership", 20),
        ("Ties with a twin town", 10),
    ]
    anna, dossier = make_member("Anna"), make_dossier(call=call, status=Status.UNDER_SELECTION)
    reader = Client()
    reader.force_login(anna)
    room = reverse("committee-dossier", args=[dossier.reference])
    reader.post(room, {"has_conflict": "no"})
    assert "Ties with a twin town" in reader.get(room).text
    reader.post(room, {code: most - 1 for code, (_words, most) in call.grid.items()})
    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    assert re.findall(r"<td>(?:<strong>)?(\d+)", file) == ["24", "24", "19", "19", "9", "95"]
    late = client.post(page, call_form(call))
    assert "Members have given points by this grid already" in late.text


@pytest.mark.parametrize("reason", IneligibleReason.values)
def test_a_refusal_says_what_to_change(client, reason):
    agona = make_authority()
    client.force_login(make_user(works_for=agona))
    dossier = make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    dossier_machine.advance(
        dossier, "find_ineligible", actor=make_officer(), reason=reason, note="See below."
    )

    page = html.unescape(client.get(dossier.get_absolute_url()).text)
    assert str(feedback.BY_REASON[reason]) in page


def test_the_committees_points_say_what_to_change_once_the_dossier_is_refused(client):
    agona = make_authority()
    client.force_login(make_user(works_for=agona))
    dossier = make_dossier(agona, status=Status.UNDER_SELECTION)
    points = {"relevance": 20, "clarity": 9, "feasibility": 12, "commitment": 12, "spread": 6}
    dossier.scores.create(member=make_member(), points=points, total=59, at=timezone.now())
    said = (
        "Clarity of the problem and of the result (9 of 25 points): Say in figures who is affected"
    )

    before = client.get(dossier.get_absolute_url()).text
    Dossier.objects.update(status=Status.NOT_SELECTED)
    after = client.get(dossier.get_absolute_url()).text

    assert said not in before
    assert said in after and "(20 of 25 points)" not in after
    client.force_login(make_officer())
    assert said not in client.get(dossier.get_absolute_url()).text  # staff have the file itself


# What joined letters of a PDF say, no reader of tests tells: see test_directions.py.
@pytest.mark.parametrize("language", [one for one in CODES if not is_right_to_left(one)])
def test_the_form_can_be_printed_and_filled_in_by_hand(client, language):
    call = make_call(title="Appel à l’eau", waived=["background"])

    with translation.override(language):
        answer = client.get(reverse("printable-form", args=[call.slug]))
        wanted = [str(SECTIONS["problem"].title), str(SECTIONS["declarations"].title)]
        waived = str(SECTIONS["background"].title)
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())

    assert (answer["Content-Type"], "Appel à l’eau" in text) == ("application/pdf", True)
    assert all(words in text for words in wanted) and waived not in text


def test_a_call_that_has_not_opened_yet_is_read_by_staff_alone(client):
    """Low finding 17: neither its page nor its forms, nor among the filters of the figures."""
    agona = make_authority()
    efua = make_user(works_for=agona)
    call = make_call(title="Climate 2030", opens_at=timezone.now() + timedelta(days=3))
    pages = [call.get_absolute_url()]
    pages += [reverse(name, args=[call.slug]) for name in ("paper-form", "printable-form")]

    def codes(person):
        client.force_login(person) if person else client.logout()
        return [client.get(page).status_code for page in pages]

    seen = {name: codes(who) for name, who in (("nobody", None), ("town", efua))}
    begun = client.post(reverse("begin", args=[call.slug]), {"authority": agona.slug})
    lists = [client.get(reverse(name)).text for name in ("home", "calls", "impact")]

    assert seen == {"nobody": [404] * 3, "town": [404] * 3}
    assert codes(make_officer()) == [200] * 3
    assert begun.status_code == 404 and not any("Climate 2030" in page for page in lists)
    Call.objects.update(opens_at=timezone.now())
    assert codes(None) == [200] * 3


def test_the_countries_of_a_call_stand_in_the_order_of_their_names(client):
    call = make_call(countries=["AO", "AL", "AM", "EG", "ZA"])
    page = client.get(call.get_absolute_url().replace("/en/", "/fr/")).text

    assert "Afrique du Sud; Albanie; Angola; Arménie; Égypte" in page
    assert "mission d’expertise" in page.partition("Formes d’échange")[2]
    with translation.override("fr"):
        assert countries.name("PS") == "Palestine"


def test_of_a_call_that_was_over_and_is_over_no_draft_hears_and_of_one_that_reopens_all_do(client):
    """Closed anew an hour later than at first, it “stayed open longer” until a past hour."""
    draft = make_dossier(typed=answers())
    awa = make_user("Awa", works_for=draft.authority)
    client.force_login(make_officer())
    page = reverse("admin:applications_call_change", args=[draft.call.pk])
    today = timezone.localdate()
    past, later_past = f"{today - timedelta(days=1)}T17:00", f"{today - timedelta(days=1)}T18:00"
    ahead = today + timedelta(days=40)

    def move(closes_at):
        shown = client.post(page, call_form(draft.call, closes_at=closes_at, meant="on"))
        messages = client.get(shown["Location"]).text
        told = re.findall(r"(?:person|people) with a draft ([^<]*)", messages)
        return [re.sub(r"at \d\d:\d\d \(Brussels time\)", "at its hour", words) for words in told]

    closed = move(past)
    Letter.objects.update(sent_at=timezone.now())
    unsent = [move(f"{ahead}T12:00"), move(later_past)]
    waiting = Letter.objects.filter(sent_at=None, cancelled_at=None).count()
    sent = [move(f"{ahead}T12:00")]
    for closes_at in (past, later_past):
        Letter.objects.filter(cancelled_at=None).update(sent_at=timezone.now())
        sent.append(move(closes_at))
    told = Letter.objects.filter(address=awa.email, cancelled_at=None).order_by("pk")
    subjects = [compose_letter(letter)[0].removeprefix(f"{draft.reference}: ") for letter in told]
    body = compose_letter(told[1])[1]

    over, again = "are told that the call has closed.", "will be told at its hour that the call is"
    assert closed == [over]
    assert (unsent, waiting) == ([[f"{again} open again."], []], 0)
    assert sent == [[f"{again} open again."], [over], []]
    assert subjects == ["the call has closed", "the call is open again", "the call has closed"]
    assert f"you can submit “{draft.heading}” until {date_format(ahead)}, 12:00" in body


@pytest.mark.parametrize("since", ["closed", "submitted"])
def test_an_e_mail_of_more_time_that_waits_is_not_sent_once_there_is_none(since):
    draft = make_dossier(typed=answers())
    call, before = draft.call, draft.call.closes_at
    call.closes_at = before + timedelta(days=9)
    call.save()
    calls.notify_of_last_day(call, before)
    letter = Letter.objects.filter(template="call_extended").first()

    then = call.closes_at - timedelta(days=1)
    in_time = recount_facts(letter, then)["closing"]
    if since == "submitted":
        Dossier.objects.update(status=Status.SUBMITTED)
    else:
        then = call.closes_at

    assert recount_facts(letter, then) is None
    assert in_time == calls.closing_words(call)
