"""Tables in and out: whole or not at all, every fault by row and column, the same table twice."""

import csv
import gc
import io
import re
import zipfile
from datetime import datetime
from decimal import Decimal

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from openpyxl import Workbook
from tablib import Dataset

from accounts.models import User
from connect import sandbox
from connect.models import Export
from exchanges.models import PerDiem, Rate
from exchanges.rate_tables import PerDiemTable, RateTable
from notifications.letter_text import compose_letter
from notifications.models import Letter
from registry import (
    merging,
    registry_tables,
    search_index,
    table_cells,
    table_files,
    table_import,
    table_rows,
)
from registry.enums import Level
from registry.models import Association, Authority, Expert, Offer, SearchEntry, Theme
from registry.table_rows import Table
from tests.exports import taken_out
from tests.factories import (
    TEXT,
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_offer,
    make_officer,
    make_practice,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db

TOWNS = [
    ["slug", "name", "country", "population", "geography", "geonames_id"],
    ["gh-agona", "Agona West", "GH", "115000", "urban peri-urban", "2303611"],
    ["is-sandgerdi", "Sandgerði", "IS", "1700", "coastal", ""],
]


@pytest.fixture
def table(tmp_path):
    """Write rows to a CSV or XLSX file and return its path."""

    def write(rows, name="towns.csv"):
        path = tmp_path / name
        if name.endswith(".xlsx"):
            book = Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        else:
            with open(path, "w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        return path

    return write


@pytest.mark.parametrize("name", ["towns.csv", "towns.xlsx"])
def test_a_table_comes_in_is_found_and_a_second_time_changes_nothing(table, name):
    path = table(TOWNS, name)

    first, again = (
        table_import.import_table("authorities", path),
        table_import.import_table("authorities", path),
    )

    assert (first, again) == (
        {"new": 2, "update": 0, "skip": 0},
        {"new": 0, "update": 0, "skip": 2},
    )
    agona = Authority.objects.get(slug="gh-agona")
    assert (agona.population, agona.geography, agona.geonames_id) == (
        115_000,
        ["urban", "peri-urban"],
        2303611,
    )
    assert sorted(SearchEntry.objects.filter(kind="authority").values_list("name", flat=True)) == [
        "agona west",
        "sandgerdi",
    ]


def test_an_empty_cell_leaves_what_is_known(table):
    table_import.import_table("authorities", table(TOWNS))

    counts = table_import.import_table(
        "authorities", table([TOWNS[0], ["gh-agona", "Agona West Municipal", "GH", "", "", ""]])
    )

    agona = Authority.objects.get(slug="gh-agona")
    assert counts == {"new": 0, "update": 1, "skip": 0}
    assert (agona.name, agona.population) == ("Agona West Municipal", 115_000)


def test_all_faults_are_told_with_row_and_column_and_nothing_comes_in(table):
    make_authority("Moroto", slug="ug-moroto", geonames_id=7)
    rows = [
        TOWNS[0],
        TOWNS[1],
        ["gh-x", "X", "Ghanaland", "", "", ""],
        ["gh-y", "", "GH", "many", "", ""],
        ["gh-z", "Z", "GH", "", "lunar", "7"],
        TOWNS[1],
    ]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("authorities", table(rows))

    told = sorted({fault.partition(": ")[0] for fault in faults.value.messages})
    assert told == [
        "row 3, country",
        "row 4, name",
        "row 4, population",
        "row 5, geonames_id",
        "row 6, slug",
    ]
    assert Authority.objects.count() == 1


def test_a_table_too_long_to_wait_for_says_how_it_comes_in():
    """F6.16: one of 50,000 rows held a web process for 51 seconds."""
    rows = "slug,name,country\n" + "".join(f"gh-{n},Town,GH\n" for n in range(5001))

    page = preview(officer(), rows.encode()).text

    assert "This table has more than 5000 rows: import it as several" in page
    assert not Authority.objects.exists()


def test_a_table_without_a_column_it_needs_says_which(table):
    with pytest.raises(ValidationError, match="Columns are missing: country"):
        table_import.import_table("authorities", table([["slug", "name"], ["a", "A"]]))


def test_more_than_a_batch_comes_in_whole_or_not_at_all(table, monkeypatch):
    monkeypatch.setattr(registry_tables, "BATCH", 10)
    many = [TOWNS[0]] + [[f"t-{n}", f"Town {n}", "GH", "", "", ""] for n in range(35)]
    broken = [*many, ["t-99", "Town", "Nowhere", "", "", ""]]

    with pytest.raises(ValidationError, match="row 37, country"):
        table_import.import_table("authorities", table(broken))

    assert Authority.objects.count() == 0
    assert table_import.import_table("authorities", table(many))["new"] == 35


def test_experts_and_their_offers_come_in_with_their_people(table):
    make_authority("Almere", slug="nl-almere")
    experts = [
        ["email", "name", "authority", "role_type", "function_title", "function", "languages"],
        [
            "Ineke@almere.example",
            "Ineke",
            "nl-almere",
            "technical",
            "Head",
            "water",
            "en:C1 nl:native",
        ],
    ]
    offers = [
        ["expert", "title", "text", "language", "forms", "topics"],
        [
            "ineke@almere.example",
            "Emptying pits",
            "I set it up.",
            "en",
            "expert_mission",
            "water-sanitation/faecal-sludge:3",
        ],
    ]

    made = [
        table_import.import_table("experts", table(experts, "e.csv"))["new"],
        table_import.import_table("offers", table(offers, "o.csv"))["new"],
        table_import.import_table("experts", table(experts, "e.csv"))["new"],
        table_import.import_table("offers", table(offers, "o.csv"))["new"],
    ]

    assert made == [1, 1, 0, 0]
    ineke = User.objects.get(email="ineke@almere.example")
    assert not ineke.has_usable_password() or ineke.expert.languages == {"en": "C1", "nl": "native"}
    offer = Offer.objects.get()
    assert [(topic.theme.code, topic.level) for topic in offer.topics.all()] == [
        ("water-sanitation/faecal-sludge", 3)
    ]
    assert offer.status == "draft"  # its expert publishes it


EXPERTS = ["email", "name", "authority", "role_type", "function_title", "function", "languages"]
OFFERS = ["expert", "title", "text", "language", "forms", "topics"]


@pytest.mark.parametrize("reader", ["en", "fr", "ar"])
@pytest.mark.parametrize(
    ("typed", "code"),
    [("Sénégal", "SN"), ("Senegal", "SN"), ("Perú", "PE"), ("Germany", "DE"), ("Maroc", "MA")],
)
def test_a_country_comes_in_by_its_name_in_any_language_whoever_reads(reader, typed, code):
    with translation.override(reader):
        assert table_cells.AuthorityCountry().clean(typed) == code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("fr:B2 nl:native", {"fr": "B2", "nl": "native"}),
        ("French:B2; Español : C1", {"fr": "B2", "es": "C1"}),
        ("Haitian Creole:B1, en:C2", {"ht": "B1", "en": "C2"}),
        ("Klingon:B2", "not known: klingon"),
        ("fr:B9", "not known: fr:B9"),
        ("fr B2", "not known: fr, B2"),
    ],
)
def test_a_language_comes_in_by_its_code_or_its_name_or_is_refused(typed, kept):
    try:
        read = table_cells.SpokenLanguages(Level.values).clean(typed)
    except ValueError as refusal:
        read = str(refusal).partition(".")[0]

    assert read == kept


def test_domains_are_parted_by_whatever_parts_them():
    typed = "agona.gov.gh; agona.org,agona.net"

    assert table_cells.Domains().clean(typed) == ["agona.gov.gh", "agona.org", "agona.net"]


def test_an_offer_of_a_table_says_to_everybody_what_a_form_would_let_it_say(table):
    ineke = make_expert("Ineke").user.email
    text = "Call me at +31 6 1234 5678, or write to ineke@almere.example."
    row = [ineke, "See www.pits.example", text, "en", "expert_mission", ""]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("offers", table([OFFERS, row], "o.csv"))

    told = [fault.partition(": Everybody can read this")[0] for fault in faults.value.messages]
    assert (sorted(told), Offer.objects.count()) == (["row 2, text", "row 2, title"], 0)


def test_a_profile_of_a_table_is_called_as_a_form_would_let_it_be(table):
    make_authority("Almere", slug="nl-almere")
    row = ["i@almere.example", "Ineke", "nl-almere", "technical", "www.win.example"]
    row += ["water", "en:C1"]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("experts", table([EXPERTS, row], "e.csv"))

    assert faults.value.messages == ["row 2, function_title: Write a name, without any address."]


def test_what_a_table_brought_beyond_the_rows_of_a_form_outlives_a_correction(table):
    """Five topics of an offer, eight languages, twelve missions that nobody has listed."""
    expert = make_expert("Ineke", make_authority("Almere", slug="nl-almere"))
    spoken = dict.fromkeys(["en", "nl", "de", "fr", "es", "pt", "it", "pl"], "B2")
    codes = list(Theme.objects.exclude(parent=None).values_list("code", flat=True)[:5])
    profile = {"email": expert.user.email, "name": "Ineke", "authority": "nl-almere"}
    profile |= {"missions": "12", "languages": " ".join(f"{one}:B2" for one in spoken)}
    topics = " ".join(f"{code}:3" for code in codes)
    offer = [expert.user.email, "Emptying pits", TEXT, "en", "expert_mission", topics]
    table_import.import_table("experts", table([list(profile), list(profile.values())], "e.csv"))
    table_import.import_table("offers", table([OFFERS, offer], "o.csv"))
    hers, its = signed_in(expert.user), reverse("offer", args=[Offer.objects.get().pk])

    for page, changed in ((reverse("profile"), {"years": "9"}), (its, {"title": "Pits, emptied"})):
        form = hers.get(page).context["form"]
        shown = {name: form[name].value() for name in form.fields}
        typed = {name: value for name, value in shown.items() if value not in (None, "")}
        answer = hers.post(page, typed | changed)
        assert answer.status_code == 302, answer.context["form"].errors

    expert.refresh_from_db()
    offer = Offer.objects.get()
    assert (expert.years, expert.missions, expert.languages) == (9, 12, spoken)
    assert (offer.title, [one.theme.code for one in offer.topics.all()]) == ("Pits, emptied", codes)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"authority": "nowhere"}, "row 2"),
        ({"languages": "en:C9"}, "row 2, languages: not known: en:C9"),
        ({"email": "not an address"}, "row 2"),
        ({"function": "juggler"}, "row 2, function"),
    ],
)
def test_a_wrong_expert_leaves_no_person_behind(table, changed, fault):
    make_authority("Almere", slug="nl-almere")
    row = {
        "email": "ineke@almere.example",
        "name": "Ineke",
        "authority": "nl-almere",
        "role_type": "technical",
        "function_title": "Head",
        "function": "water",
        "languages": "en:C1",
    } | changed

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("experts", table([list(row), list(row.values())], "e.csv"))

    assert faults.value.messages[0].startswith(fault)
    assert not User.objects.exists() and not Expert.objects.exists()


def test_every_wrong_cell_of_every_row_is_told_with_its_column_and_what_is_expected(table):
    ceilings = [
        ["country", "from_on", "ceiling"],
        ["Ghana", "01/12/2026", "many"],
        ["Nowhere", "31/02/2026", "120"],
        ["France", "2026-12-01", "-5"],
    ]
    experts = [
        ["email", "name", "authority", "role_type", "languages"],
        ["a@b.example", "Ama", "gh-nowhere", "juggler", "en:C9"],
        ["A@b.example", "Ama", "gh-nowhere", "technical", "en:C1"],
        ["b@b.example", "Abla", "gh-nowhere", "technical", "en:C1"],
    ]

    told = []
    for name, rows in (("ceilings", ceilings), ("experts", experts)):
        with pytest.raises(ValidationError) as faults:
            table_import.import_table(name, table(rows, f"{name}.csv"))
        told += faults.value.messages

    cells = [" ".join(words.split()[:3]) for words in told]
    assert {
        *("row 2, from_on:", "row 2, ceiling:", "row 3, country:", "row 3, from_on:"),
        *("row 4, ceiling:", "row 2, authority:", "row 2, role_type:", "row 2, languages:"),
        *("row 3, email:", "row 4, authority:"),
    } <= set(cells)
    assert not any("could not be read" in words for words in told)
    (role,) = [words for words in told if "role_type" in words]
    assert "juggler. Write one of: " in role and "elected, technical." in role
    assert any("Write its two letters, for example GH" in words for words in told)


def test_the_page_of_a_refused_table_says_each_fault_in_a_sentence_and_what_a_table_needs():
    make_expert("Ineke")
    ineke = User.objects.get(name="Ineke").email
    towns = "slug,name,country,status,website\ncv-praia,Praia,CV,juggling,www.praia.cv\n"
    offers = f"expert,title,text,language,topics\n{ineke},Pits,We empty,xx,no/such:3\n"

    pages = {
        model: preview(officer(), rows.encode(), model=model).text
        for model, rows in (("authority", towns), ("offer", offers))
    }

    told = {model: re.findall("<li>(row .*?)</li>", page) for model, page in pages.items()}
    assert told["authority"] == [
        "row 2, status: not known: juggling. Write one of: proposed, verified, merged, refused."
    ]
    assert sorted(words.partition(":")[0] for words in told["offer"]) == [
        "row 2, forms",
        "row 2, topics",
    ]
    assert all("Columns that a table must have" in page for page in pages.values())
    confirm(officer(), preview(officer(), towns.replace("juggling", "verified").encode()))
    assert Authority.objects.get(slug="cv-praia").website == "https://www.praia.cv"


def test_a_table_neither_makes_a_town_merged_nor_wakes_one_that_was(table):
    """It was taken out before the merger, and nothing of it came in: “Tell us”."""
    agona, swedru = make_authority("Agona"), make_authority("Swedru")
    rows = [
        {"slug": one.slug, "name": one.name, "country": "GH", "status": one.status}
        for one in (agona, swedru)
    ]
    old = table([list(rows[0]), *(list(row.values()) for row in rows)]).read_bytes()
    merging.merge_authority(agona, swedru, actor=make_officer())
    now = old.replace(b"verified", b"merged", 1)
    made = old.replace(b"verified", b"merged")

    pages = {
        name: preview(officer(), content).text for name, content in (("old", old), ("made", made))
    }
    confirm(officer(), preview(officer(), now))

    told = {name: re.findall("<li>(row .*?)</li>", page) for name, page in pages.items()}
    assert told == {
        "old": [
            "row 2, status: It was merged into Swedru: leave this cell empty, or write merged."
        ],
        "made": [
            "row 3, status: A table merges no local authority: name its successor on its own page."
        ],
    }
    agona.refresh_from_db()
    swedru.refresh_from_db()
    assert (agona.status, agona.merged_into, swedru.status) == ("merged", swedru, "verified")


def test_a_renamed_town_is_found_with_its_experts_requests_and_practices_by_its_new_name():
    """They were found by the name of before alone, until each was published again."""
    desk, held = agreed()
    agona, practice = desk.agona, make_practice(held)
    expert = make_expert("Kofi", agona)
    request = make_dossier(agona, status="published")
    search_index.reindex()
    content = f"slug,name,country\n{agona.slug} ,Swedru Municipal,GH\n".encode()

    confirm(officer(), preview(officer(), content))

    entries = SearchEntry.objects.filter(words=SearchQuery("swedru", config=search_index.PLAIN))
    assert set(entries.values_list("kind", "key")) == {
        ("authority", agona.pk),
        ("expert", expert.pk),
        ("practice", practice.pk),
        ("opportunity", request.opportunity.pk),
        ("opportunity", desk.dossier.opportunity.pk),
    }


def test_a_choice_may_be_written_as_the_list_shows_it(table):
    make_authority("Almere", slug="nl-almere")
    towns = [["slug", "name", "country", "tier"], ["fr-x", "Xville", "france", "Commune"]]

    table_import.import_table("authorities", table(towns))

    town = Authority.objects.get(slug="fr-x")
    assert (town.country.code, town.tier) == ("FR", "municipality")
    page = officer().get(reverse("admin:registry_authority_import")).text
    assert "Columns that a table must have: slug, name, country." in page
    assert "<dt>tier</dt><dd>one of: municipality (Commune)" not in page  # in the reader's words
    assert re.search(r"<dt>tier</dt><dd>one of: .*municipality", page)
    experts = officer().get(reverse("admin:registry_expert_import")).text
    new = "A new row must also fill: role_type, function_title, function, languages."
    assert new in experts and "the levels are: A1, A2" in experts


def test_the_command_says_what_came_in_or_all_that_is_wrong(table, capsys):
    call_command("import_table", "authorities", str(table(TOWNS)))
    assert "2 new, 0 changed, 0 as they were." in capsys.readouterr().out

    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command(
            "import_table", "authorities", str(table([TOWNS[0], ["x", "", "", "", "", ""]]))
        )
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_table", "authorities", "/nowhere.csv")


def officer():
    return signed_in(make_officer())


def test_staff_preview_a_table_in_the_admin_before_it_comes_in(table):
    client, page = officer(), reverse("admin:registry_authority_import")
    content = table(TOWNS).read_bytes()

    preview = client.post(
        page, {"import_file": SimpleUploadedFile("towns.csv", content), "format": "1"}
    )
    before = Authority.objects.count()
    confirm = preview.context["confirm_form"]
    client.post(
        reverse("admin:registry_authority_process_import"),
        {name: confirm.initial.get(name, "") for name in confirm.fields},
    )

    assert "Sandgerði" in preview.content.decode()
    assert (before, Authority.objects.count()) == (0, 2)


def test_a_list_is_taken_out_as_it_is_filtered_and_no_cell_runs():
    make_authority("=HYPERLINK(1)", country="GH", tier="region")
    make_authority("Agona West", country="GH")
    client = officer()

    rows = taken_out(client, "registry_authority", tier__exact="region")

    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)"]


def test_only_officers_import_or_export(client):
    client.force_login(make_user(works_for=make_authority()))
    make_expert()

    for name in ("import", "export"):
        for model in ("authority", "association", "expert", "offer"):
            assert client.get(reverse(f"admin:registry_{model}_{name}")).status_code == 302


def test_experts_brought_in_are_told_once_and_choose_a_password(client):
    made = User.objects.create_user("joan@bages.example", name="Joan")
    unaware, aware = make_expert(), make_expert()
    type(unaware).objects.filter(pk=unaware.pk).update(user=made)
    User.objects.filter(pk=aware.user_id).update(last_login=timezone.now())
    desk = Client()
    desk.force_login(make_officer())
    page = reverse("admin:registry_expert_changelist")
    verb = {"action": "invite_to_sign_in", "_selected_action": [unaware.pk, aware.pk]}

    told = [desk.post(page, verb, follow=True).text for _ in range(2)]

    assert "1 e-mail has been sent." in told[0] and "0 e-mails have been sent." in told[1]
    letter = Letter.objects.get()
    subject, body = compose_letter(letter)
    assert letter.address == made.email
    assert subject == f"Your profile as an expert of {unaware.authority.name}"
    link = re.search(r"https?://[^/\s]+(/\S+password/reset/)", body).group(1)
    assert client.get(link).status_code == 200


def test_memberships_and_calls_go_out_as_they_are_filtered():
    agona = make_authority(slug="gh-agona")
    make_user("Efua", works_for=agona)
    make_user("=Kofi").memberships.create(authority=agona, roles=["editor"])
    call = make_call(countries=["BA", "BD", "BB"])
    dossier = make_dossier(agona, status="submitted", call=call)
    make_dossier(agona, call=call)
    desk = Client()
    desk.force_login(make_officer())

    asked = taken_out(desk, "registry_membership", status__exact="asked")
    calls = taken_out(desk, "applications_call")

    assert [(row["person"], row["authority"], row["roles"]) for row in asked] == [
        ("'=Kofi", dossier.authority.name, "editor")
    ]
    named = [(row["address on this site"], row["applications submitted"]) for row in calls]
    assert named == [(call.slug, 1)]
    assert [row["countries"] for row in calls] == ["Bangladesh; Barbados; Bosnia and Herzegovina"]


def preview(client, content, name="towns.csv", model="authority", language="en"):
    """Give the page that an officer sees of a table before it comes in."""
    User.objects.filter(is_staff=True).update(language=language)
    upload = SimpleUploadedFile(name, content)
    page = reverse(f"admin:registry_{model}_import")
    return client.post(page, {"import_file": upload, "format": "1"})


def test_a_file_that_is_no_table_is_named_as_one():
    for content in (b"no workbook at all", b"slug;name;country\n"):
        assert "No row was found in this file" in preview(officer(), content, "towns.xlsx").text


def test_a_preview_shows_what_changes_without_a_style_of_its_own():
    """The colours of the library's own stood in attributes, which no browser may obey here."""
    make_authority("Bergheim", slug="de-bergheim", country="DE")

    shown = preview(officer(), "slug;name;country\nde-bergheim;Berghéäim;DE\n".encode()).text

    assert "<td><del>Bergheim</del> <ins>Berghéäim</ins></td>" in " ".join(shown.split())
    assert not re.findall(r"<[^>]+ style=", shown)


@pytest.mark.parametrize("typed", ["45.300", "45,300", "45 300", "45\u202f300", "45’300"])
def test_a_population_is_the_same_in_every_language_of_the_officer(typed):
    content = f"slug;name;country;population\nit-chieri;Chieri;IT;{typed}\n".encode()
    client = officer()

    shown = [preview(client, content, language=code).text for code in ("en", "fr", "es")]

    assert [re.findall(r"<td>(?:<ins[^>]*>)?([\d., ’\u202f]+)<", page)[0] for page in shown] == [
        "45300"
    ] * 3


@pytest.mark.parametrize(
    ("population", "latitude", "told"),
    [
        (
            "45,3",
            "",
            "row 2, population: “45,3” is not a whole number: write no decimals, for example 45",
        ),
        ("45.3.0", "", "row 2, population: “45.3.0” is not a number"),
        ("many", "", "row 2, population: “many” is not a number"),
        ("", "533", "row 2, latitude: 533: write degrees from -90 to 90."),
    ],
)
def test_a_number_that_is_none_is_told_as_it_was_typed(table, population, latitude, told):
    head = ["slug", "name", "country", "population", "latitude"]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table(
            "authorities", table([head, ["it-chieri", "Chieri", "IT", population, latitude]])
        )

    assert [fault[: len(told)] for fault in faults.value.messages] == [told]


HEAD, ROW = "slug,name,country,population,latitude", "sn-thies,Thiès,SN,45300,14.79"


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\n{ROW}".encode("utf-8-sig"),
        f"{HEAD}\n{ROW}".replace(",", ";").replace("14.79", "14,79").encode("cp1252"),
        f"sep=;\r\n{HEAD}\r\n{ROW}\r\n".replace(",", ";").encode("cp1252"),
        f"{HEAD}\r{ROW}\r".replace(",", "\t").encode("utf-16"),
        f"{HEAD}\n{ROW}".replace(",", "|").encode(),
        f" Slug ,NAME,Country,Population,LATITUDE ,,\n{ROW},,\n".encode(),
        f"\n;;;;\n{HEAD}\n{ROW}\n;;;;\n ; ;;;\n".replace(",", ";").encode(),
        f'"{HEAD}"\n"{ROW}"'.replace(",", '";"').encode(),
        f"{HEAD}\n{ROW}".replace("è", "e\u0300").replace("45300", "45 300").encode(),
    ],
)
def test_a_table_of_any_spreadsheet_comes_in(tmp_path, content):
    path = tmp_path / "towns.csv"
    path.write_bytes(content)

    table_import.import_table("authorities", path)

    read = Authority.objects.values_list("slug", "name", "country", "population", "latitude")
    assert list(read) == [("sn-thies", "Thiès", "SN", 45300, 14.79)]


NO_TABLE = "This table cannot be read: open it in your spreadsheet, save it as XLSX, and choose"


def libreoffice():
    """Make a table as LibreOffice saves it by itself."""
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", "<office:document-content/>")
    return book.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"name\nAgona\n", "Columns are missing: slug, country"),
        (b"slug,name,country,Name\na,A,GH,B\n", "Columns appear twice: name"),
        (f"{HEAD}\npl-lodz,Łódź,PL,,\n".encode("cp1250"), "save it as XLSX"),
        (f"{HEAD}\nua-lviv,Львів,UA,,\n".encode("cp1251"), "save it as XLSX"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "save it as XLSX"),
        # Saved again as it is, it would be no other.
        (b"PK\x03\x04" + b"\x00" * 600, NO_TABLE),
        (libreoffice(), NO_TABLE),
        ("slug\tname\tcountry\nsn-thies\tThiès\tSN\n".encode("utf-16-le"), NO_TABLE),
        (f"{HEAD}\nsn-thies,{'a' * 140_000},SN,,\n".encode(), NO_TABLE),
        # As DOS and old Macs wrote them: “S‚gou”, “M laga”, “Bogot‡” for nothing but these letters.
        *(
            (f"{HEAD}\nx,{name},{country},,\n".encode(letters), "letters of this table")
            for letters, name, country in [
                *(("cp850", "Ségou", "ML"), ("cp850", "Málaga", "ES"), ("cp850", "Bogotá", "CO")),
                *(("cp850", "Thiès", "SN"), ("mac_roman", "Bogotá", "CO")),
                *(("mac_roman", "Ségou", "ML"), ("mac_roman", "Thiès", "SN")),
            ]
        ),
    ],
)
def test_a_table_that_cannot_come_in_is_told_in_one_sentence(content, told):
    page = preview(officer(), content).text

    assert told in page and "What each column contains" in page
    assert not re.search(r"Traceback|File &quot;|Error:|Exception|\.py", page)
    assert "Confirm import" not in page


def test_a_table_with_a_cell_too_many_holds_up_nobody_and_its_officer_sends_it_again_at_once():
    """“Abidjan, Plateau” without quotes: its reader went on, and kept one of our two places."""
    head, client = "slug,name,country\n", officer()
    gc.disable()  # a process collects what holds itself when it comes to it
    try:
        refused = preview(client, f"{head}ci-plateau,Abidjan, Plateau,CI\n".encode()).text
        being_read = (sandbox.AT_ONCE._value, sandbox.READING)
        again = preview(client, f'{head}ci-plateau,"Abidjan, Plateau",CI\n'.encode()).text
    finally:
        gc.enable()

    assert "row 2: it has more cells than the table has columns." in refused
    assert being_read == (2, set())
    assert "Abidjan, Plateau" in again and "Confirm import" in again


@pytest.mark.parametrize("name", ["Saint\u00a0Denis", "Mairie\u00a0– est", "Orléans…", "Škofja"])
def test_what_western_europe_writes_is_no_other_letter(name):
    page = preview(officer(), f"{HEAD}\nx,{name},FR,,\n".encode("cp1252")).text

    assert "it was read as one of Western Europe" in page and "Confirm import" in page


def test_a_new_town_that_is_called_as_a_known_one_is_asked_about_in_the_preview():
    """A second “Agona west” came in without a word, and whoever named it was asked which one."""
    make_authority("Agona West", slug="gh-agona-west", country="GH", former_names=["Swedru"])
    make_authority("Saint-Denis", slug="fr-st-denis", country="FR", geonames_id=1)
    rows = ["gh-agona-2,Agona west,GH,", "gh-swedru,SWEDRU,Ghana,", "ci-agona,Agona West,CI,"]
    rows += ["fr-saint-denis,St. Denis,FR,2", "gh-agona-west,Agona-West,GH,"]
    content = "slug,name,country,geonames_id\n" + "\n".join(rows) + "\n"

    remarks = preview(officer(), content.encode()).context["result"].remarks

    assert remarks == [
        f"“{name}” ({slug}) is new, beside gh-agona-west of the same name and country. If it is "
        "the same, write that address in the column “slug”."
        for name, slug in [("Agona west", "gh-agona-2"), ("SWEDRU", "gh-swedru")]
    ]


def test_staff_who_add_a_town_that_is_known_are_asked_whether_it_is_this_one():
    known = make_authority("Villeneuve-d’Ascq", slug="fr-villeneuve", country="FR")
    other = make_authority("Lille", slug="fr-lille", country="FR")
    for one in (known, other):
        search_index.index_authorities([one.pk])
    client, page = officer(), reverse("admin:registry_authority_add")
    typed = {"name": "Villeneuve d'Ascq", "slug": "fr-ascq", "country": "FR"}
    typed |= {"tier": "municipality", "status": "verified"}
    renaming = reverse("admin:registry_authority_change", args=[other.pk])

    asked = client.post(page, typed)
    renamed = client.post(renaming, typed | {"slug": "fr-lille"})
    before = Authority.objects.count()
    client.post(page, typed | {"is_another": "on"})
    client.post(renaming, typed | {"slug": "fr-lille", "name": "Lille Métropole"})

    question = "with a very similar name. Is it this one? Villeneuve-d’Ascq"
    assert [question in strip_tags(one.text) for one in (asked, renamed)] == [True, True]
    assert 'type="checkbox" name="is_another"' in asked.text
    assert 'type="hidden" name="is_another"' in client.get(page).text
    assert (before, Authority.objects.count()) == (2, 3)
    assert Authority.objects.get(pk=other.pk).name == "Lille Métropole"


def confirm(client, seen, model="authority"):
    """Bring in what a preview showed."""
    chosen = seen.context["confirm_form"]
    page = reverse(f"admin:registry_{model}_process_import")
    sent = {name: chosen.initial.get(name, "") for name in chosen.fields}
    return client.post(page, sent, follow=True)


def test_a_table_of_western_letters_says_so_in_the_preview():
    page = preview(officer(), f"{HEAD}\n{ROW}".encode("cp1252")).text

    assert "Thiès" in page and "it was read as one of Western Europe" in page


def test_a_table_of_central_letters_is_shown_both_ways_and_comes_in_as_the_officer_chooses():
    """Nothing in “Gdańsk” or “Plzeň” tells in which letters it is: both can be read."""
    client = officer()
    rows = f"{HEAD}\npl-gdansk,Gdańsk,PL,,\ncz-plzen,Plzeň,CZ,,\nfr-nimes,Orléans,FR,,\n"
    western = preview(client, rows.encode("cp1250"))
    first = western.context["confirm_form"].initial

    page = reverse("admin:registry_authority_import")
    central = client.post(page, first | {"format": "2"})
    back = client.post(page, central.context["confirm_form"].initial | {"format": "1"})
    told = confirm(client, central).text
    again = confirm(client, central).text
    refused = preview(client, f"{HEAD}\npl-lodz,Łódź,PL,,\n".encode("cp1250")).text

    seen = [one.context["result"].doubtful for one in (western, central, back)]
    assert seen == [
        [("Gdañsk", "Gdańsk"), ("Plzeò", "Plzeň")],
        [("Gdańsk", "Gdañsk"), ("Plzeň", "Plzeò")],
        [("Gdañsk", "Gdańsk"), ("Plzeò", "Plzeň")],
    ]
    assert "read as one of Central Europe" in central.text and "other letters" in western.text
    names = Authority.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == ["Gdańsk", "Orléans", "Plzeň"] and "3 new" in told
    assert "is no longer waiting" in again
    assert "choose their letters here" in refused


def test_officers_bring_experts_and_offers_in_and_change_them_in_no_other_way():
    make_authority("Almere", slug="nl-almere")
    client = officer()
    experts = "email,name,authority,role_type,function_title,function,languages,visibility\n"
    experts += "ineke@almere.example,Ineke,nl-almere,technical,Head,water,en:C1,public\n"
    offers = "expert,title,text,language,forms,topics\n"
    offers += f"ineke@almere.example,Waste water,{'We clean what flows. ' * 9},en,expert_mission,"
    offers += "water-sanitation/faecal-sludge:3\n"

    told = []
    for model, rows in (("expert", experts), ("offer", offers)):
        seen = preview(client, rows.encode(), model=model)
        told += seen.context["result"].remarks
        confirm(client, seen, model)

    offer = Offer.objects.get()
    page = client.get(reverse("admin:registry_offer_change", args=[offer.pk])).text
    assert (offer.expert.user.name, offer.title) == ("Ineke", "Waste water")
    assert 'name="_save"' not in page
    assert "water-sanitation/faecal-sludge:3" in seen.text  # in the preview
    assert all(word in page.lower() for word in ("expert mission", "english", "faecal"))
    shown = client.get(reverse("admin:registry_expert_change", args=[offer.expert_id])).text
    assert "English C1" in shown and "{&#x27;en&#x27;" not in shown
    # Nobody is shown before they have agreed to it, and nothing is confirmed but by them.
    expert = offer.expert
    assert told == [
        "ineke@almere.example: the visibility “everyone” is not imported. The expert "
        "decides who sees the "
        "profile; until then: only the programme team."
    ]
    assert (expert.visibility, expert.consent_at) == ("staff", None)
    assert Client().get(expert.get_absolute_url()).status_code == 404
    assert "not confirmed" in client.get(expert.get_absolute_url()).text


def test_nothing_of_the_inside_is_shown_where_a_row_breaks(monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("/srv/connect/secret.py")

    monkeypatch.setattr(registry_tables.AuthorityTable, "validate_instance", broken)

    page = preview(officer(), f"{HEAD}\n{ROW}".encode()).text

    assert "This could not be read. Tell us, and send us the table" in page
    assert "secret.py" not in page and "secret.py" in caplog.text


@pytest.mark.parametrize("name", ["towns.csv", "towns.xlsx"])
def test_rows_of_blanks_are_no_rows_and_the_others_keep_their_number(table, name):
    blank = ["", " ", "\u00a0", "", "", ""]
    rows = [*TOWNS[:2], blank, TOWNS[2], *[blank] * 3]
    wrong = [*rows[:4], ["gh-y", "", "GH", "", "", ""], *[blank] * 3]

    assert table_import.import_table("authorities", table(rows, name))["new"] == 2
    with pytest.raises(ValidationError, match="row 5, name"):
        table_import.import_table("authorities", table(wrong, name))


def test_another_name_for_a_known_address_is_told(table, capsys):
    make_authority("Almere", slug="nl-almere")
    User.objects.create_user("ineke@almere.example", name="Ineke de Vries")
    head = "email,name,authority,role_type,function_title,function,languages"
    row = "Ineke@almere.example,Joan Puig,nl-almere,technical,Head,water,en:C1"
    content = f"{head}\n{row}\n".encode()
    words = (
        "Ineke@almere.example is the address of Ineke de Vries: the name “Joan Puig” is not "
        "imported."
    )
    administrator = officer()
    User.objects.filter(is_staff=True).update(is_superuser=True)

    page = preview(administrator, content, model="expert").text
    path = table([line.split(",") for line in (head, row)])
    call_command("import_table", "experts", str(path))

    assert words in page and "Confirm import" in page
    assert words in capsys.readouterr().err
    assert User.objects.get(email="ineke@almere.example").name == "Ineke de Vries"


def codes_and_words(rows):
    """Part the columns of a list taken out: what comes in again, and what says its meaning."""
    codes = [{k: v for k, v in row.items() if not k.endswith("(words)")} for row in rows]
    return codes, [{k: v for k, v in row.items() if k.endswith("(words)")} for row in rows]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_taken_out_is_the_same_in_every_language_and_comes_in_unchanged(format):
    agona = make_authority("=SUM(A1)", slug="gh-agona", population=45300, latitude=5.533)
    Authority.objects.filter(pk=agona.pk).update(geography=["urban"], geonames_id=2303611)
    make_authority("'-2+3", slug="gh-dash", website="https://dash.example/")
    offer = make_offer(make_expert("Ineke"))
    make_offer(make_expert("Joan"))
    for name in ("=Ghana’s towns", "Association of “Towns”"):  # their list is by country
        Association.objects.create(name=name, acronym="AT", country="GH", scope="national")
    for day in ("2026-10-01", "2026-11-01"):
        Rate.objects.create(currency="XOF", from_on=day, per_euro="655.957")
        PerDiem.objects.create(country="GH", from_on=day, ceiling="187.5", meals_share=20)
    lists = {
        "registry_authority": registry_tables.AuthorityTable,
        "registry_association": registry_tables.AssociationTable,
        "registry_expert": registry_tables.ExpertTable,
        "registry_offer": registry_tables.OfferTable,
        "exchanges_rate": RateTable,
        "exchanges_perdiem": PerDiemTable,
    }
    desk = officer()

    outcomes, written = {}, {}
    for name, table in lists.items():
        for code in ("fr", "es", "en"):
            User.objects.filter(is_staff=True).update(language=code)
            written.setdefault(name, []).append(taken_out(desk, name, format))
        export = Export.objects.order_by("-pk").first()
        dataset = table_files.read_dataset(export.file.open("rb").read())
        outcomes[name] = table().import_data(dataset, dry_run=True)

    written = {name: list(map(codes_and_words, lists)) for name, lists in written.items()}
    codes = {name: [codes for codes, _words in each] for name, each in written.items()}
    assert [name for name, each in codes.items() if each != [each[0]] * 3] == []
    said = {name: [words[0] for _codes, words in each] for name, each in written.items()}
    assert [one["country (words)"] for one in said["exchanges_perdiem"]] == ["Ghana"] * 3
    towns = [words for _codes, words in written["registry_authority"]]
    assert [max(one["geography (words)"] for one in words) for words in towns] == [
        *("urbain", "urbano", "urban")
    ]
    assert [one["languages (words)"].split("; ")[0] for one in said["registry_expert"]] == [
        *("Anglais C1", "Inglés C1", "English C1")
    ]
    assert {name: table_rows.list_faults(one) for name, one in outcomes.items()} == dict.fromkeys(
        lists, []
    )
    assert {name: one.totals["skip"] == one.total_rows > 1 for name, one in outcomes.items()} == (
        dict.fromkeys(lists, True)
    )
    assert offer.topics.count() == 1


def test_a_spreadsheet_reckons_with_what_is_taken_out():
    make_authority(name="Agona West", population=45300, latitude=5.533)
    Rate.objects.create(currency="XOF", from_on="2026-11-01", per_euro="655.957")
    desk = officer()

    towns = taken_out(desk, "registry_authority")
    rates = taken_out(desk, "exchanges_rate")

    assert (towns[0]["population"], towns[0]["latitude"]) == (45300, 5.533)
    assert (rates[0]["from_on"], rates[0]["per_euro"]) == (datetime(2026, 11, 1), 655.957)


def test_rates_that_leave_no_doubt_say_which_mark_parts_decimals():
    head = ["currency", "from_on", "per_euro"]
    day = "2026-11-01"
    clear = Dataset(["GHS", day, "12,85"], ["XOF", day, "655,957"], headers=head)
    unclear = Dataset(["XOF", day, "655,957"], headers=head)

    read = [RateTable().import_data(rows, dry_run=False) for rows in (unclear, clear)]

    assert "may mean 655957 or 655.957" in table_rows.list_faults(read[0])[0]
    assert Rate.objects.get(currency="XOF").per_euro == Decimal("655.957")


def test_a_table_that_only_changes_topics_changes_them(table):
    offer = make_offer(make_expert("Ineke"))
    rows = [
        ["expert", "title", "text", "language", "topics"],
        [offer.expert.user.email, offer.title, offer.text, offer.language]
        + ["water-sanitation/faecal-sludge:4"],
    ]

    counts = table_import.import_table("offers", table(rows))

    assert counts["update"] == 1
    assert [topic.level for topic in offer.topics.all()] == [4]


def test_a_name_that_differs_by_a_capital_or_an_apostrophe_makes_no_second_row(table):
    """“Nalag” and a title with another apostrophe came in beside what was there."""
    Association.objects.create(name="NALAG", country="GH", scope="national")
    heads = ["name", "country", "scope"]
    offer = make_offer(make_expert("Ineke"), title="L’eau de Thiès")
    titles = ["expert", "title", "text", "language"]
    row = [offer.expert.user.email, "L'EAU DE THIES", TEXT, "en"]

    associations = table_import.import_table(
        "associations", table([heads, ["Nalag", "GH", "national"]])
    )
    offers = table_import.import_table("offers", table([titles, row]))

    assert (associations["new"], Association.objects.get().name) == (0, "NALAG")
    assert (offers["new"], Offer.objects.get().title) == (0, "L’eau de Thiès")


def test_two_rows_of_one_name_in_other_letters_are_one_too_many(table):
    rows = [["name", "country", "scope"]]
    rows += [[name, "SN", "national"] for name in ("Réseau des villes", "RESEAU DES VILLES")]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("associations", table(rows))

    assert faults.value.messages == ["row 3, name: This row appears in the table twice."]


def test_a_name_close_to_two_is_asked_about(table):
    for name in ("ANAMM", "Anamm"):
        Association.objects.create(name=name, country="TD", scope="national")
    rows = [["name", "country", "scope"], ["anamm", "TD", "national"]]

    with pytest.raises(ValidationError) as faults:
        table_import.import_table("associations", table(rows))
    exact = table_import.import_table("associations", table([rows[0], ["Anamm", "TD", "national"]]))

    words = "row 2, name: This may be ANAMM, Anamm: write the name of the one you mean."
    assert faults.value.messages == [words] and exact["new"] == 0


def test_an_association_of_another_country_is_not_read_as_one_of_nearly_the_same_name(table):
    """That of Benin went to Mali, with a remark alone."""
    Association.objects.create(name="Association des communes", country="BJ", scope="national")
    rows = [["name", "country", "scope"], ["Association des Communes", "Mali", "national"]]

    brought = table_import.import_table("associations", table(rows))

    countries = dict(Association.objects.values_list("name", "country"))
    assert brought["new"] == 1
    assert countries == {"Association des communes": "BJ", "Association des Communes": "ML"}


def test_two_that_are_both_known_by_nearly_one_name_come_in_again_as_they_went_out(table):
    rows = [["name", "country", "scope"]]
    for name in ("Anamm", "Anàmm"):
        Association.objects.create(name=name, country="TD", scope="national")
        rows.append([name, "TD", "national"])

    again = table_import.import_table("associations", table(rows))

    assert (again["new"], again["update"]) == (0, 0)


TABLES = [table for table in Table.__subclasses__() if table.__module__ != __name__]


@pytest.mark.parametrize("table", TABLES)
def test_each_column_of_a_table_says_what_it_takes(table):
    """“name” of the experts' table stood there without a word."""
    assert [column for column, words in table.describe_columns() if not words] == []


@pytest.mark.parametrize("name", ["registry_authority", "registry_expert", "exchanges_rate"])
def test_the_page_of_an_import_is_found_from_the_desk(client, name):
    """“Home › Registry › …”: words of nobody's, and a page that nothing else leads to."""
    client.force_login(make_officer())

    page = client.get(reverse(f"admin:{name}_import")).text

    crumbs = page.partition('<div class="breadcrumbs">')[2].partition("</div>")[0]
    words = re.sub(r"<[^>]+>", "", crumbs).split(" › ")
    assert words[0] == "Programme desk" and words[-1] == "Import" and len(words) == 3
