"""The officers' list: what waits for whom, and verbs over several files."""

import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from lxml import html

from applications import worklist
from applications.enums import Check, Status
from applications.models import Dossier
from applications.people import staff_of
from applications.transitions import dossier_machine
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.exports import taken_out
from tests.factories import (
    make_authority,
    make_dossier,
    make_letter,
    make_member,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
PAGE = "admin:applications_dossier_changelist"


def chosen(action, keys, **more):
    """Return what the button of the question after an action of the list posts."""
    return {"action": action, "_selected_action": keys, "sure": "yes"} | more


@pytest.mark.parametrize(
    ("action", "question"),
    [("open_files", "Open these files?"), ("take_over", "in place of their")],
)
def test_what_is_done_to_several_files_at_once_is_asked_first(action, question):
    """Every other action of a list asks: these two were done at one press."""
    ines, ada = make_officer("Ines"), make_officer("Ada")
    file = make_dossier(status=Status.SUBMITTED, case_officer=ada)
    asked = chosen(action, [file.pk])
    del asked["sure"]

    page = signed_in(ines).post(reverse(PAGE), asked)

    assert question in page.text and file.reference in page.text
    assert Dossier.objects.get().case_officer == ada and not Letter.objects.exists()


def test_the_queue_says_how_many_wait_for_whom():
    ines, other, now = make_officer("Ines"), make_officer("Other"), timezone.localtime()
    for status, officer, approved in (
        (Status.SUBMITTED, None, None),
        (Status.SUBMITTED, None, None),
        (Status.ELIGIBILITY_CHECK, ines, None),
        (Status.ELIGIBILITY_CHECK, other, None),
        (Status.CORRECTION_ASKED, ines, None),
        (Status.UNDER_SELECTION, ines, None),
        (Status.VALIDATED, ines, now),
        (Status.VALIDATED, ines, None),
        (Status.DRAFT, None, None),
    ):
        make_dossier(status=status, case_officer=officer, summary_approved_at=approved)
    Dossier.objects.filter(case_officer=other).update(status_since=now - timedelta(days=15))

    counts = worklist.count_waiting(Dossier.objects.all(), ines, now)
    listed = signed_in(ines).get(reverse(PAGE), {"waits": "me"})

    rows = {row.pk: row for row in listed.context["cl"].result_list}
    page = listed.context["cl"].model_admin
    assert {page.days_in_status(row) for row in rows.values()} == {0}
    late = signed_in(ines).get(reverse(PAGE), {"waits": "stuck"})
    assert '<td class="field-days_in_status">15</td>' in late.content.decode()
    waiting = {"me": 2, "opening": 2, "decision": 1, "applicant": 2, "stuck": 1, "entering": 0}
    assert counts == waiting | {"left": 0}
    assert listed.context["cl"].result_count == 2
    assert "somebody to open it (2)" in listed.content.decode()
    home = signed_in(ines).get(reverse("admin:index")).text
    queue = f'<a class="queue" href="{reverse(PAGE)}?waits=me"><span>'
    assert f"{queue}Files waiting for me</span><b>2</b>" in home
    browser = signed_in(ines)
    page = reverse("admin:index")
    french = browser.post(
        reverse("admin:language"), {"language": "fr", "next": page}, follow=True
    ).text
    by_the_site = browser.get("/es/admin/?x=1", follow=True)
    assert f"{queue}Dossiers qui m’attendent</span><b>2</b>" in french
    assert '<html lang="fr"' in french and "<summary>Ines" in french
    assert (by_the_site.redirect_chain, '<html lang="fr"' in by_the_site.text) == (
        [(f"{page}?x=1", 302)],
        True,
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "Les expert·es ont de trois à huit semaines pour répondre : ici, 0 jour à compter"),
        (20, "Les expert·es ont de trois à huit semaines pour répondre : ici, 20 jours à compter"),
        (21, ""),
        (56, ""),
        (57, "Les expert·es ont de trois à huit semaines pour répondre : ici, 57 jours à compter"),
        (
            13000,
            "Les expert·es ont de trois à huit semaines pour répondre : ici, 13000 jours à compter",
        ),
    ],
)
def test_an_unlikely_last_day_for_answers_is_taken_once_it_is_confirmed(client, days, said):
    """Today, or a day in 2062, was published without a word."""
    ines = make_officer()
    dossier = make_dossier(
        status=Status.VALIDATED,
        summary_approved_at=timezone.now(),
        ends_on=timezone.localdate() + timedelta(days=400),
    )
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "publish"])
    typed = {"publish-closes_on": timezone.localdate() + timedelta(days=days)}
    client.force_login(ines)
    client.post(reverse("admin:language"), {"language": "fr"})

    first = " ".join(client.post(step, typed, follow=True).text.split()).replace("\xa0", " ")
    asked = Dossier.objects.get().status
    if said:
        assert said in first and 'name="publish-meant"' in first
        client.post(step, typed | {"publish-meant": "on"})

    assert asked == (Status.VALIDATED if said else Status.PUBLISHED)
    assert Dossier.objects.get().status == Status.PUBLISHED


def test_a_request_that_would_close_after_the_wished_period_is_asked_about(client):
    client.force_login(make_officer())
    dossier = make_dossier(
        status=Status.VALIDATED,
        summary_approved_at=timezone.now(),
        starts_on=timezone.localdate() + timedelta(days=10),
        ends_on=timezone.localdate() + timedelta(days=25),
    )
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "publish"])

    said = client.post(step, {"closes_on": timezone.localdate() + timedelta(days=30)}).text

    day = date_format(dossier.ends_on, "DATE_FORMAT")
    assert f"The application asks for an exchange that is over by {day}." in said
    assert Dossier.objects.get().status == Status.VALIDATED


def test_the_file_says_when_the_applicant_was_asked_for_the_summary_and_when_they_agreed():
    dossier, ines = make_dossier(status=Status.VALIDATED), signed_in(make_officer())
    since = timezone.make_aware(datetime(2026, 11, 20, 12))
    contact = {"focal_name": "Efua", "focal_email": "efua@agona.example"}
    Dossier.objects.update(status_since=since, summary_approved_at=None, **contact)
    step = reverse("admin:applications_dossier_step", args=[dossier.pk, "publish"])

    refused = ines.post(step, {"publish-closes_on": timezone.localdate() + timedelta(days=30)}).text
    Dossier.objects.update(summary_approved_at=since + timedelta(days=1))
    agreed = ines.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text

    assert "agreement to the summary, for which they were asked on 20 November 2026" in refused
    assert 'Send a reminder: Efua, <a href="mailto:efua@agona.example">' in refused
    assert "The applicant agreed to the summary on 21 November 2026" in agreed


def test_several_files_are_opened_at_once_and_one_that_moved_on_is_told():
    ines = make_officer("Ines")
    waiting = [make_dossier(status=Status.SUBMITTED) for _ in range(2)]
    moved = make_dossier(status=Status.UNDER_SELECTION)
    keys = [dossier.pk for dossier in (*waiting, moved)]

    shown = signed_in(ines).post(reverse(PAGE), chosen("open_files", keys), follow=True)

    assert set(Dossier.objects.filter(case_officer=ines)) == set(waiting)
    said = shown.content.decode()
    assert "2 files are opened." in said and moved.reference in said


def test_a_colleague_whose_files_are_taken_over_is_told_in_one_letter():
    """5.12: they went on with a file that was no longer theirs."""
    ines, ada = make_officer("Ines"), make_officer("Ada")
    held = [make_dossier(status=Status.SHORTLISTING, case_officer=ada) for _ in range(2)]
    others = [make_dossier(status=Status.SUBMITTED, case_officer=one) for one in (None, ines)]
    taken = chosen("take_over", [one.pk for one in (*held, *others)])

    for _twice in range(2):
        signed_in(ines).post(reverse(PAGE), taken)

    letter = Letter.objects.get()
    assert letter.address == ada.email
    references = ", ".join(dossier.reference for dossier in held)
    subject, body = compose_letter(letter)
    assert subject == f"Ines takes over {references} from you"
    assert f"Ines takes over these 2 files, which were assigned to you: {references}." in (body)


def test_files_of_a_colleague_who_left_are_followed_by_another():
    ines, gone = make_officer("Ines"), make_officer("Gone")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    open_ = make_dossier(status=Status.ELIGIBILITY_CHECK, case_officer=gone)
    ended = make_dossier(status=Status.CLOSED, case_officer=gone)

    signed_in(ines).post(reverse(PAGE), chosen("take_over", [open_.pk, ended.pk]))

    assert not Letter.objects.exists()  # nobody reads it any more
    officers = dict(Dossier.objects.values_list("pk", "case_officer"))
    assert officers == {open_.pk: ines.pk, ended.pk: gone.pk}
    assert list(open_.events.values_list("verb", "actor")) == [("take_over", ines.pk)]
    with pytest.raises(PermissionDenied):
        worklist.take_over([open_], actor=make_user())


def test_letters_about_a_file_go_to_its_officer_and_to_all_once_that_one_has_gone():
    now, ines, gone = timezone.now(), make_officer("Ines"), make_officer("Gone")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    waits = {"status": Status.CORRECTION_ASKED, "status_since": now - timedelta(days=20)}
    told = {}
    for officer in (ines, gone, None):
        town = make_authority()
        dossier = make_dossier(town, case_officer=officer, **waits)
        dossier.corrections.create(fields=[], due_on=now.date(), asked_at=now)
        dossier = Dossier.objects.get(pk=dossier.pk)
        dossier_machine.advance(dossier, "answer_correction", actor=make_user(works_for=town))
        told[officer] = staff_of(dossier)

    letters = Letter.objects.filter(template="dossier_answer_correction")
    assert told == {ines: [ines], gone: [ines], None: [ines]}
    assert set(letters.values_list("address", flat=True)) == {ines.email}


@pytest.mark.parametrize("number", [3, 55])
def test_the_list_asks_the_database_as_often_for_a_full_page(number, django_assert_max_num_queries):
    for _ in range(number):
        make_dossier(status=Status.SUBMITTED)
    client = signed_in(make_officer())
    client.get(reverse("my"))  # counts what waits for its reader
    client.get(reverse("admin:index"))  # and for the team

    with django_assert_max_num_queries(15):
        client.get(reverse(PAGE))


def test_the_pager_marks_the_page_that_is_shown():
    """Pages to turn to were filled, and the one that was shown looked like a link."""
    for _number in range(26):
        make_dossier(status=Status.SUBMITTED)

    page = html.fromstring(signed_in(make_officer()).get(f"{reverse(PAGE)}?p=2").content)

    [pager] = page.xpath("//p[@class='paginator']")[:1]
    assert pager.xpath("./*[@aria-current='page']/text()") == ["2"]
    assert pager.xpath("./a[not(@class='showall')]/text()") == ["1"]


def test_the_list_goes_out_as_a_table_just_as_it_was_filtered():
    """I2: the selection alone, and no cell that a spreadsheet would run."""
    wanted = make_dossier(status=Status.SUBMITTED, title="=cmd|'/c calc'!A1")
    make_dossier(status=Status.ELIGIBILITY_CHECK)
    make_dossier(status=Status.DRAFT)
    desk = signed_in(make_officer())

    page = desk.get(reverse(PAGE)).text
    export = reverse("admin:applications_dossier_export") + f"?status__exact={Status.SUBMITTED}"
    rows = taken_out(desk, "applications_dossier", status__exact=Status.SUBMITTED)

    assert reverse("admin:applications_dossier_export") in page
    assert [(row["reference"], row["title"], row["topics"]) for row in rows] == [
        (wanted.reference, "'=cmd|'/c calc'!A1", "Faecal sludge management"),
    ]
    refused = signed_in(make_user()).get(export)
    assert refused.status_code == 302


def test_what_is_ticked_is_saved_with_whichever_button_is_pressed(client):
    """17-5.3: and what was typed for another step stays on the page."""
    dossier = make_dossier(status=Status.ELIGIBILITY_CHECK)
    make_letter(dossier)
    Dossier.objects.update(checklist=[])
    anna = make_member("Anna")
    client.force_login(make_officer())
    some = {"ticks": "1", "checklist": Check.values[:3], "ask_correction-comment_problem": "Who?"}

    def press(verb, **typed):
        address = reverse("admin:applications_dossier_step", args=[dossier.pk, verb])
        page = client.post(address, some | typed, follow=True)
        return page.text, Dossier.objects.get().checklist, Dossier.objects.get().status

    short, ticked, stays = press("send_to_committee")
    # As a browser sends the panel of which only the explanation was filled in: no reason is chosen.
    unreasoned = {"find_ineligible-reason": "", "find_ineligible-note": "Not this time."}
    invalid, again, stays_too = press("find_ineligible", checklist=Check.values[:2], **unreasoned)
    *_saved, sent = press("send_to_committee", checklist=Check.values)

    assert (ticked, stays, stays_too) == (Check.values[:3], *[Status.ELIGIBILITY_CHECK] * 2)
    assert '<option value="" selected>—</option>' in short
    assert again == Check.values[:2] and "This field is required" in invalid
    assert all("Who?</textarea>" in page for page in (short, invalid))
    assert short.count('form="file" checked') == 3
    assert sent == Status.UNDER_SELECTION
    # It is shared out to nobody: whoever may score it learns that it waits.
    assert Letter.objects.get(template="committee_assigned").address == anna.email
    # Of the panels that alone is open whose step was refused; without one, what was begun.
    assert [page.count("<details open") for page in (short, invalid)] == [1, 1]


def test_the_list_of_files_begins_with_what_is_still_to_be_done_and_names_what_it_holds(client):
    long_closed = make_dossier(status=Status.CLOSED)
    Dossier.objects.update(status_since=timezone.now() - timedelta(days=3114))
    waiting = make_dossier(status=Status.SUBMITTED)
    client.force_login(make_officer())
    page = reverse("admin:applications_dossier_changelist")

    shown = client.get(page, {"archive": "all"}).text
    refused = client.post(page, chosen("open_files", [long_closed.pk]), follow=True).text

    assert long_closed.reference not in client.get(page).text  # a filter away
    rows = shown.partition('id="result_list"')[2]
    assert rows.index(waiting.reference) < rows.index(long_closed.reference)
    assert "<h1>Applications</h1>" in shown and "to change" not in shown
    assert "draft" not in shown.partition('id="changelist-filter"')[2].lower()
    assert f"The status of {long_closed.reference} is “closed”: only a newly submitted" in refused
    assert "0 files are opened" not in refused


def test_a_file_opens_with_a_card_of_its_status_who_has_it_and_who_follows_it(client):
    """Status, place and dates ran together in one line, and the officer was not named at all."""
    ines = make_officer("Ines Duarte")
    sent = timezone.now() - timedelta(days=12)
    dossier = make_dossier(
        make_authority("Agona West"),
        status=Status.ELIGIBILITY_CHECK,
        case_officer=ines,
        submitted_at=sent,
    )
    public = make_dossier(status=Status.PUBLISHED, case_officer=ines)
    client.force_login(ines)

    file = client.get(reverse("admin:applications_dossier_change", args=[dossier.pk])).text
    desk = client.get(reverse("admin:matching_desk", args=[public.pk])).text

    card = file.partition('<section class="now')[2].partition("</section>")[0]
    assert re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", card) == [
        ("Applicant", "Agona West, Ghana"),
        ("Programme officer", "Ines Duarte"),
        ("Submitted", date_format(timezone.localtime(sent), "DATE_FORMAT")),
    ]
    assert "With: Ines Duarte." in card
    other = desk.partition('<section class="now')[2].partition("</section>")[0]
    assert "It is published" in other and "Ines Duarte" in other
