"""A municipal merger: history stays, people go on."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from lxml import html
from tablib import Dataset

from applications import beginning
from notifications.models import Letter
from registry import merging, registry_tables, search_index
from registry.enums import Role
from registry.models import Authority, Expert
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


class Merger:
    def __init__(self):
        self.agona = make_authority("Agona", slug="agona", email_domains=["agona.example"])
        self.swedru = make_authority("Swedru", slug="swedru", email_domains=["swedru.example"])
        self.nalag = self.agona.associations.create(name="NALAG", country="GH", scope="national")
        self.efua = make_user("Efua", works_for=self.agona)
        self.yaw = make_user("Yaw", works_for=self.agona)
        self.yaw.memberships.create(authority=self.swedru, roles=["expert"], status="active")
        self.expert = make_expert("Kofi", self.agona)
        self.dossier = make_dossier(self.agona)
        self.ines = make_officer()
        search_index.reindex()

    def merge(self, **options):
        options = {"actor": self.ines, "merged_on": date(2026, 1, 1)} | options
        return merging.merge_authority(self.agona, self.swedru, **options)


def test_history_stays_where_it_was_and_its_people_go_on_in_the_successor():
    room = Merger()

    room.merge()

    room.dossier.refresh_from_db()
    assert room.dossier.authority == room.agona
    assert signed_in(room.efua).get(room.dossier.get_absolute_url()).status_code == 200
    assert room.swedru.has_member(room.efua, Role.EDITOR)
    assert room.yaw.memberships.filter(authority=room.swedru).count() == 1
    room.expert.refresh_from_db()
    swedru = Authority.objects.get(slug="swedru")
    assert room.expert.authority == swedru
    assert list(swedru.associations.all()) == [room.nalag]
    assert swedru.email_domains == ["swedru.example", "agona.example"]


def test_the_old_one_is_no_longer_found_applies_no_more_and_leads_to_the_new_one():
    room = Merger()
    room.merge()

    names = [str(one) for one in Client().get(reverse("authorities")).context["page"]]
    page = Client().get(reverse("authority", args=["agona"]), follow=True)

    assert names == ["Swedru"]
    assert page.redirect_chain[0][0].endswith("/authorities/swedru/")
    assert "Agona was merged into it on 1 January 2026." in page.content.decode()
    assert list(Authority.objects.of_member(room.efua)) == [room.swedru]
    assert (
        beginning.begin_dossier(make_call(), room.swedru, actor=room.efua).authority == room.swedru
    )


def test_a_town_is_found_by_what_it_was_called_before_and_that_is_said():
    room = Merger()
    room.merge()
    room.swedru.refresh_from_db()
    page = reverse("admin:registry_authority_change", args=[room.swedru.pk])
    renamed = {"name": "Agona Swedru", "slug": "swedru", "country": "GH", "tier": "municipality"}
    signed_in(room.ines).post(page, renamed | {"status": "verified", "former_names": "Agona"})
    listed, mine = reverse("authorities"), reverse("memberships")
    efua = signed_in(room.efua)

    found = {
        words: [str(one) for one in Client().get(listed, {"q": words}).context["page"]]
        for words in ("agona", "Swedru", "swedrù")
    }
    said = [
        "formerly: Agona, Swedru" in Client().get(listed, {"q": "agona"}).text,
        "Agona Swedru, Ghana (formerly: Agona, Swedru)" in efua.get(mine, {"q": "agona"}).text,
        "Former names, or authorities merged into it: Agona, Swedru."
        in Client().get(f"{listed}swedru/").text,
    ]
    experts = Client().get(reverse("experts"), {"q": "Swedru"}).context["page"]

    assert found == dict.fromkeys(found, ["Agona Swedru"])
    assert said == [True, True, True]
    assert [str(one) for one in experts] == ["Kofi"]


def test_a_table_that_renames_a_town_keeps_what_it_was_called_and_leads_from_a_merged_one():
    room = Merger()
    room.merge()
    rows = [["swedru", "Swedru Municipal", "GH"]]
    registry_tables.AuthorityTable().import_data(
        Dataset(*rows, headers=["slug", "name", "country"])
    )
    expert = ["ama@example.org", "Ama", "agona", "technical", "Clerk", "water", "en:C1"]
    headers = "email name authority role_type function_title function languages".split()
    registry_tables.ExpertTable().import_data(Dataset(expert, headers=headers), raise_errors=True)
    nowhere = registry_tables.ExpertTable().import_data(
        Dataset([*expert[:2], "swedru municipal", *expert[3:]], headers=headers)
    )

    swedru = Authority.objects.get(slug="swedru")
    assert (swedru.name, swedru.former_names) == ("Swedru Municipal", ["Agona", "Swedru"])
    assert Expert.objects.get(user__email="ama@example.org").authority == swedru
    assert "Is it this one? swedru (Swedru Municipal, Ghana (formerly: Agona, Swedru))" in str(
        nowhere.invalid_rows[0].error
    )


def test_a_member_who_asked_at_the_successor_already_is_one_there_with_the_roles_they_had():
    """They alone waited on: their request kept them out of what the merger gave all others."""
    room = Merger()
    room.efua.memberships.create(
        authority=room.swedru, roles=["legal_representative"], status="asked"
    )
    ama = make_user("Ama", works_for=room.agona, roles=["editor"])
    ama.memberships.create(authority=room.swedru, roles=["expert"], status="active")
    page = reverse("admin:registry_authority_change", args=[room.agona.pk])
    posted = {
        **{"name": "Agona", "slug": "agona", "country": "GH", "status": "verified"},
        **{"tier": "municipality", "merged_into": room.swedru.pk, "sure": "yes"},
    }

    signed_in(room.ines).post(page, posted)

    places = room.swedru.memberships.active()
    assert {place.user.name: place.roles for place in places} == {
        **{"Efua": ["editor"], "Ama": ["editor", "expert"]},
        **{"Yaw": ["editor", "expert"], "Kofi": ["expert"]},
    }
    assert not room.swedru.memberships.pending().exists()
    (told,) = Letter.objects.filter(template="membership_decided", address=room.efua.email)
    assert told.context["told"] == (
        "You have the roles that you had at Agona. To have others, ask for them."
    )


def test_one_merger_after_another_leads_to_the_last():
    room = Merger()
    room.merge()
    region = make_authority("Region", slug="region")

    merging.merge_authority(room.swedru, region, actor=room.ines)

    successors = Authority.objects.exclude(merged_into=None).values_list("merged_into__slug")
    assert set(successors) == {("region",)}


def test_what_makes_no_sense_is_refused():
    room = Merger()

    with pytest.raises(PermissionDenied):
        room.merge(actor=room.efua)
    with pytest.raises(ValidationError, match="cannot be merged into itself"):
        merging.merge_authority(room.agona, room.agona, actor=room.ines)
    room.merge()
    with pytest.raises(ValidationError, match="still exists"):
        merging.merge_authority(room.swedru, room.agona, actor=room.ines)


def test_a_merger_across_a_border_warns_and_says_what_moves():
    """A town of Cameroon went into one of Togo after a question that said neither."""
    room = Merger()
    room.swedru.country = "TG"
    room.swedru.save()
    client = signed_in(room.ines)
    page = reverse("admin:registry_authority_change", args=[room.agona.pk])
    typed = {
        "name": "Agona",
        "slug": "agona",
        "country": "GH",
        "tier": "municipality",
        "status": "verified",
        "merged_into": room.swedru.pk,
    }

    abroad = client.post(page, typed).text
    room.agona.memberships.all().delete()
    room.agona.experts.all().delete()
    room.agona.associations.clear()
    Authority.objects.filter(pk=room.agona.pk).update(email_domains=[])
    Authority.objects.filter(pk=room.swedru.pk).update(country="GH")
    bare = client.post(page, typed).text

    assert "Agona, Ghana and Swedru, Togo are in different countries." in abroad
    assert "Nobody and nothing moves" not in abroad
    assert "different countries" not in bare
    assert "Nobody and nothing moves to Swedru, Ghana" in bare


def test_an_officer_merges_by_naming_the_successor_and_is_asked_first():
    """A wrong line of the list gave a town's people another town's applications."""
    room = Merger()
    client = signed_in(room.ines)
    page = reverse("admin:registry_authority_change", args=[room.agona.pk])
    posted = {
        "name": "Agona",
        "slug": "agona",
        "country": "GH",
        "tier": "municipality",
        "status": "verified",
        "email_domains": "agona.example",
        "merged_into": room.agona.pk,
    }

    refused = client.post(page, posted).content.decode()
    named = posted | {"merged_into": room.swedru.pk, "population": "68000"}
    asked = client.post(page, named)
    before = Authority.objects.get(slug="agona").status
    fields = html.fromstring(asked.text).xpath("//main//input[@type='hidden'] | //form//input")
    sent = {one.get("name"): one.get("value") for one in fields if one.get("name") in named}
    client.post(page, sent | {"sure": "yes"})

    assert before == "verified" and sent.keys() == named.keys()
    assert "Merge Agona, Ghana into Swedru, Ghana?" in asked.text
    for shown in (
        "Efua",
        str(Role.EDITOR.label),
        "Kofi",
        "agona.example",
        "This cannot be undone.",
    ):
        assert shown in asked.text, shown
    assert "An authority cannot be merged into itself." in refused
    agona = Authority.objects.get(slug="agona")
    assert (agona.status, agona.merged_into) == ("merged", room.swedru)
    assert agona.population == 68000
    assert room.swedru.has_member(room.efua)


def test_nothing_is_merged_into_what_nobody_finds_nor_does_a_successor_disappear_afterwards():
    """A public address led to a page that was not there; a merger was taken back in half."""
    room = Merger()
    proposed = make_authority("Agona Municipal", slug="agona-municipal", status="proposed")
    client = signed_in(room.ines)
    usual = {"country": "GH", "tier": "municipality", "status": "verified"}
    old = reverse("admin:registry_authority_change", args=[room.agona.pk])
    new = reverse("admin:registry_authority_change", args=[room.swedru.pk])
    agona = usual | {"name": "Agona", "slug": "agona"}
    swedru = usual | {"name": "Swedru", "slug": "swedru"}
    Authority.objects.filter(pk=room.agona.pk).update(population=64000, website="https://a.example")
    sure = {"sure": "yes"}

    unverified = client.post(old, agona | sure | {"merged_into": proposed.pk}).text
    with pytest.raises(ValidationError, match="verify it first"):
        merging.merge_authority(room.agona, proposed, actor=room.ines)
    asked = client.post(old, agona | {"merged_into": room.swedru.pk, "population": "64000"}).text
    done = client.post(old, agona | sure | {"merged_into": room.swedru.pk}, follow=True).text
    read = html.fromstring(client.get(old).text)
    client.post(old, agona | {"merged_into": "", "status": "proposed"})
    hidden = client.post(new, swedru | {"status": "proposed"}).text
    headers = ["slug", "name", "country", "status"]
    rows = Dataset(["swedru", "Swedru", "GH", "proposed"], headers=headers)
    table = registry_tables.AuthorityTable().import_data(rows)
    with pytest.raises(ValidationError, match="was merged into Swedru, Ghana already"):
        merging.merge_authority(room.agona, make_authority("Region"), actor=room.ines)

    why = "It stays verified, for others were merged into it: Agona, Ghana."
    assert "Agona Municipal, Ghana is not verified: verify it first" in unverified
    assert "Only Agona, Ghana has these, and they do not move: population." in asked
    assert "Agona has been merged into Swedru; its members are members there too." in done
    fields = {field.get("name") for field in read.xpath("//main//form//*[@name]")}
    assert fields & {"status", "merged_into"} == set() and "name" in fields
    assert why in hidden and why in str(table.invalid_rows[0].error)
    stands = Authority.objects.order_by("slug").values_list("slug", "status", "merged_into__slug")
    assert list(stands)[:3] == [
        ("agona", "merged", "swedru"),
        ("agona-municipal", "proposed", None),
        ("swedru", "verified", None),
    ]


def test_a_merger_of_nobody_speaks_of_no_members_and_a_new_authority_merges_into_none():
    room, client = Merger(), signed_in(make_officer("Tomas"))
    empty = make_authority("Nyakrom", slug="nyakrom")
    usual = {"name": "Nyakrom", "slug": "nyakrom", "country": "GH", "tier": "municipality"}
    sent = usual | {"status": "verified", "merged_into": room.swedru.pk, "sure": "yes"}
    page = reverse("admin:registry_authority_change", args=[empty.pk])

    said = client.post(page, sent, follow=True).text
    adding = client.get(reverse("admin:registry_authority_add")).text

    assert "Nyakrom has been merged into Swedru." in said
    assert 'name="merged_into"' not in adding and 'name="name"' in adding
