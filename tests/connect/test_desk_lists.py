"""Lists of the desk: open on what is alive, lead from file to file, are saved and exported."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from lxml import html
from openpyxl import load_workbook

from applications.enums import Status
from applications.models import Call, Dossier
from connect.desk_lists import ArchiveFilter
from connect.exports import RowExportMixin
from connect.models import Export, SavedFilter
from exchanges.models import Exchange
from notifications.models import DeadAddress, Letter
from notifications.outbox import post_letter
from tests.exports import give_code_again, taken_out
from tests.factories import (
    give_factor,
    make_authority,
    make_dossier,
    make_officer,
    make_practice,
    make_user,
)
from tests.worlds import Table, agreed, signed_in

pytestmark = pytest.mark.django_db
FILES = "admin:applications_dossier_changelist"


def listed(browser, name=FILES, **asked):
    return list(browser.get(reverse(name), asked).context["cl"].result_list)


def make_files():
    """An open file of fifteen days, one of today, and a closed one."""
    old, new, closed = (
        make_dossier(status=status, title=title)
        for status, title in (
            (Status.SUBMITTED, "Old"),
            (Status.ELIGIBILITY_CHECK, "New"),
            (Status.INELIGIBLE, "Closed"),
        )
    )
    Dossier.objects.filter(pk=old.pk).update(status_since=timezone.now() - timedelta(days=15))
    return old, new, closed


def test_the_list_of_files_opens_on_what_is_alive_the_oldest_wait_first():
    old, new, closed = make_files()
    ines = signed_in(make_officer())

    assert listed(ines) == [old, new]
    assert listed(ines, archive="closed") == [closed]
    assert set(listed(ines, archive="all")) == {old, new, closed}


def test_whoever_searches_or_asks_for_a_status_looks_through_the_archive_too():
    _old, _new, closed = make_files()
    ines = signed_in(make_officer())

    assert listed(ines, q="closed") == [closed]
    assert listed(ines, status__exact=Status.INELIGIBLE) == [closed]
    page = ines.get(reverse(FILES), {"q": "closed"}).text
    chosen = html.fromstring(page).xpath("//details[starts-with(summary, 'Archive')]//li[@class]/a")
    assert [one.text for one in chosen] == ["Open and closed"]


@pytest.mark.parametrize(
    ("asked", "holds"), [({}, {"Old", "New"}), ({"archive": "closed"}, {"Closed"})]
)
def test_an_export_holds_the_rows_that_its_page_counted(asked, holds):
    """The button of the page posts: the file held the closed applications too."""
    references = {one.title: one.reference for one in make_files()}
    ines = signed_in(make_officer())
    give_code_again(ines)

    counted = ines.get(reverse("admin:applications_dossier_export"), asked).context["count"]
    rows = taken_out(ines, "applications_dossier", **asked)

    assert len(rows) == counted
    assert {next(iter(row.values())) for row in rows} == {references[title] for title in holds}


def test_a_table_is_named_as_its_list_is_in_the_file_and_on_its_sheet():
    """“dossier-2026-11-30.xlsx”, a word that stands nowhere on the desk."""
    make_files()

    taken_out(signed_in(make_officer()), "applications_dossier")

    export = Export.objects.get()
    assert export.name.startswith("applications-20") and export.name.endswith(".xlsx")
    assert load_workbook(export.file).sheetnames == ["Applications"]


def test_a_column_that_is_a_link_goes_out_as_it_is_read():
    """An apostrophe went out as its code in HTML: O&#x27;Brien."""
    brien = make_user("Siobhán O'Brien & <co>")

    rows = taken_out(signed_in(make_officer()), "accounts_user", q=brien.email)

    assert [row["Name"] for row in rows] == ["Siobhán O'Brien & <co>"]


def test_each_list_with_an_archive_keeps_it_a_click_away():
    table, exchange = agreed()
    ines = signed_in(table.ines)
    practice = make_practice(exchange, status="archived")
    merged = make_authority("Merged", status="merged", merged_into=table.agona)
    refused = make_user().memberships.create(
        authority=table.agona, roles=["editor"], status="refused"
    )
    exchange.status = "cancelled"
    exchange.save()

    for name, row in (
        ("practices_practice", practice),
        ("registry_authority", merged),
        ("registry_membership", refused),
        ("exchanges_exchange", exchange),
    ):
        name = f"admin:{name}_changelist"
        assert row not in listed(ines, name), name
        assert row in listed(ines, name, archive="closed"), name
    lists = [one for one in admin.site._registry.values() if ArchiveFilter in one.list_filter]
    assert len(lists) == 8


def neighbours(page):
    """Give {rel: address} of the links beside a file."""
    links = html.fromstring(page.text).xpath("//nav[@class='neighbours']/a")
    return {one.get("rel"): one.get("href") for one in links}


def file_page(dossier):
    return reverse("admin:applications_dossier_change", args=[dossier.pk])


def test_one_file_leads_to_the_next_within_the_list_that_was_opened_last():
    old, new, closed = make_files()
    ines = signed_in(make_officer())

    first = ines.get(file_page(old))
    assert neighbours(first) == {"next": file_page(new)}
    assert "1 of 2" in first.text
    assert neighbours(ines.get(file_page(new))) == {"prev": file_page(old)}
    assert neighbours(ines.get(file_page(closed))) == {}

    ines.get(reverse(FILES), {"archive": "all", "o": "1"})  # by reference
    shown = neighbours(ines.get(file_page(new)))
    assert shown == {"prev": file_page(old), "next": file_page(closed)}
    assert "archive=all" in ines.get(file_page(new)).text


def test_a_file_shown_again_in_answer_to_a_button_leads_through_the_same_list():
    """It counted the archive, and led to a closed file next."""
    make_files()
    mine = make_dossier(status=Status.ELIGIBILITY_CHECK)
    ines = signed_in(make_officer())
    ines.get(reverse(FILES))
    shown = ines.get(file_page(mine))
    place = html.fromstring(shown.text).xpath("string(//nav[@class='neighbours'])").split()

    ticked = {"ticks": "1", "checklist": []}
    again = ines.post(reverse("admin:applications_dossier_check", args=[mine.pk]), ticked)

    assert again.status_code == 200
    assert html.fromstring(again.text).xpath("string(//nav[@class='neighbours'])").split() == place
    assert neighbours(again) == neighbours(shown)


def test_a_list_whose_filter_is_nonsense_leads_nowhere():
    old, _new, _closed = make_files()
    ines = signed_in(make_officer())
    session = ines.session
    session["desk_lists"] = {"applications.dossier": "nonsense__exact=1"}
    session.save()

    page = ines.get(file_page(old))

    assert page.status_code == 200
    assert neighbours(page) == {}


def test_an_exchange_and_a_file_to_match_lead_to_the_next_too():
    table, exchange = agreed()
    other_table, other = agreed_again()
    ines = signed_in(table.ines)

    page = ines.get(reverse("admin:exchanges_exchange_change", args=[exchange.pk]))
    assert reverse("admin:exchanges_exchange_change", args=[other.pk]) in neighbours(page).values()
    desk = ines.get(reverse("admin:matching_desk", args=[table.dossier.pk]))
    other_desk = reverse("admin:matching_desk", args=[other_table.dossier.pk])
    assert other_desk in neighbours(desk).values()


def agreed_again():
    table = Table()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    return table, Exchange.objects.get(dossier=table.dossier)


def save(browser, **typed):
    posted = {"model": "applications.dossier", "next": reverse(FILES)} | typed
    return browser.post(reverse("admin:filters"), posted, follow=True)


def test_a_filter_is_saved_under_a_name_found_again_replaced_and_removed():
    make_files()
    officer = make_officer()
    ines, other = signed_in(officer), signed_in(make_officer())

    saved = save(ines, name=" My  water files ", query="archive=all&p=2")
    page = ines.get(reverse(FILES)).text
    save(ines, name="My water files", query="archive=closed")

    assert "The filter has been saved as “My water files”." in saved.text
    assert '<a href="?archive=all">My water files</a>' in page
    kept = SavedFilter.objects.get()
    assert kept.query == "archive=closed"
    assert "My water files" not in other.get(reverse(FILES)).text
    other.post(reverse("admin:filters"), {"remove": kept.pk})
    assert SavedFilter.objects.exists()
    ines.post(reverse("admin:filters"), {"remove": kept.pk})
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": "", "query": "archive=all"}, "Give the filter a name."),
        ({"name": "All", "query": "p=2"}, "filter it first"),
        ({"name": "n" * 61, "query": "archive=all"}, "too long"),
    ],
)
def test_what_cannot_be_saved_is_said(typed, words):
    assert words in save(signed_in(make_officer()), **typed).text
    assert not SavedFilter.objects.exists()


def test_nobody_saves_a_filter_of_a_list_that_they_may_not_read():
    ines = signed_in(make_officer())

    assert save(ines, model="nonsense", name="a", query="b=1").status_code == 404
    assert save(ines, model="connect.seal", name="a", query="b=1").status_code in (403, 404)
    assert ines.get(reverse("admin:filters")).status_code == 405


def test_every_list_of_the_desk_can_be_exported():
    lacking = {
        model._meta.label
        for model, listed in admin.site._registry.items()
        if not isinstance(listed, RowExportMixin)
    }

    # The chain of seals has an export of its own; who lost a second factor is for administrators.
    assert lacking == {"connect.Seal", "accounts.LostFactor"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notifications_deadaddress", "Addresses from which an e-mail came back are listed here."),
        ("exchanges_incident", "No incident is open."),
        (
            "matching_outcomereport",
            "No report yet: the first is made on the first day",
        ),
        ("accounts_closing", "Nobody is closing their account."),
        ("accounts_erasure", "Nobody’s data has been erased yet."),
        ("notifications_mailing", "An e-mail to many is begun in another list"),
    ],
)
def test_an_empty_list_says_what_will_stand_there_and_what_leads_to_it(name, words):
    """“In this list: 0” was all that was said."""
    page = reverse(f"admin:{name}_changelist")
    ines = make_officer("Ines")
    ines.is_superuser = True
    ines.save()
    officer = signed_in(ines)

    assert words in officer.get(page).text
    assert words not in officer.get(f"{page}?q=Agona").text  # of what was asked, nothing is there


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_list_without_a_table_of_its_own_is_exported_with_its_columns(format):
    efua = make_user("Efua")
    post_letter("exchange_complete", key="a", to=[efua], reference="EX-1", title="Latrines")
    DeadAddress.objects.create(
        address=efua.email, letter=Letter.objects.get(), why="=550 unknown", at=timezone.now()
    )
    ines = signed_in(make_officer())
    give_factor(ines)

    (row,) = taken_out(ines, "notifications_deadaddress", format)

    assert list(row) == ["E-mail address", "Why", "Returned on", "Times", "Tried again"]
    assert row["E-mail address"] == efua.email
    assert row["Why"] == "'=550 unknown"


def test_the_matching_desk_is_exported_with_its_count_of_answers():
    table, _exchange = agreed()

    (row,) = taken_out(signed_in(table.ines), "matching_dossiertomatch")

    assert row["Reference"] == table.dossier.reference
    assert row["Answers"] == 1


def test_no_list_or_page_is_named_by_what_django_would_do_with_it():
    table, _exchange = agreed()
    ines = signed_in(table.ines)

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        page = ines.get(reverse(name))
        if page.status_code == 200:
            tree = html.fromstring(page.text)
            (heading,) = tree.xpath("//h1/text()")
            assert not heading.startswith("Select "), name
            crumbs = tree.xpath("//div[@class='breadcrumbs']//text()")
            assert "Home" not in [one.strip() for one in crumbs], name
    page = ines.get(reverse("admin:accounts_user_change", args=[table.efua.pk]))
    assert html.fromstring(page.text).xpath("//h1/text()") == ["Efua"]


def test_a_deletion_is_asked_in_plain_words_and_history_names_people():
    table, _exchange = agreed()
    letter = Letter.objects.first()
    dead = DeadAddress.objects.create(
        address="a@b.example", letter=letter, why="550", at=timezone.now()
    )
    ines = signed_in(table.ines)

    page = ines.get(reverse("admin:notifications_deadaddress_delete", args=[dead.pk])).text
    assert "Delete a@b.example?" in page
    assert "Are you sure" not in page
    gone = ines.post(
        reverse("admin:notifications_deadaddress_changelist"),
        {"action": "delete_selected", "_selected_action": [dead.pk]},
    ).text
    assert "Delete these rows?" in gone and "a@b.example" in gone
    call = Call.objects.get(pk=table.dossier.call_id)
    kept = ines.get(reverse("admin:applications_call_delete", args=[call.pk]))
    if kept.status_code == 200:
        assert "It cannot be deleted" in kept.text
    history = ines.get(reverse("admin:applications_dossier_history", args=[table.dossier.pk])).text
    assert f"History of {table.dossier}" in history


def test_what_is_done_to_several_rows_is_shown_before_with_what_stays_as_it_is():
    new, checked, _closed = make_files()
    officer = make_officer()

    page = signed_in(officer).post(
        reverse(FILES), {"action": "open_files", "_selected_action": [new.pk, checked.pk]}
    )

    rows = html.fromstring(page.text).xpath("//form[@class='file']/ul/li")
    told = {row.text.split()[0]: "Stays as it is" in row.text_content() for row in rows}
    assert told == {new.reference: False, checked.reference: True}
    assert "Its status is “eligibility check”." in page.text
