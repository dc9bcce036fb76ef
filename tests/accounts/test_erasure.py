"""Erasing a person: no trace is left, nobody else is touched, and a restore changes nothing."""

import io
import os
import subprocess

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, JSONField, TextField
from django.urls import reverse
from django.utils import timezone

from accounts import journal
from accounts.erasure import erase_person, replay_erasures
from accounts.holdings import HOLDINGS, MENTIONS, NAMELESS_TABLES, Person
from accounts.models import Erasure, ErasureReason, User
from accounts.naming import NAMELESS, remove_marks_from
from connect.local.postgres import BINARIES
from exchanges.models import Participant
from matching.models import MatchMessage
from notifications.models import Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from registry.models import Membership
from tests.accounts.world import CANARY, NUMBER, World, in_files, spoken
from tests.factories import make_authority, make_dossier, make_expert, make_officer, make_user

pytestmark = pytest.mark.django_db


def gone(person):
    erase_person(person, why=ErasureReason.ASKED)


def test_no_trace_of_an_erased_person_is_left_in_tables_files_and_figures(
    django_capture_on_commit_callbacks,
):
    """P1: name, address, number and file text are in no table and no file; counts stay."""
    left_by_other_tests = set(in_files(CANARY))
    world = World()
    women = Participant.objects.filter(gender="woman").count()
    before, files = spoken(CANARY, NUMBER), set(in_files(CANARY)) - left_by_other_tests
    address = world.efua.email

    with django_capture_on_commit_callbacks(execute=True):
        gone(Person.from_user(world.efua))
        gone(Person.from_address(world.mayor))

    assert (len(before) > 50, len(files) > 1) == (True, True)
    assert spoken(CANARY, NUMBER, address, world.mayor) == set()
    assert set(in_files(CANARY)) == left_by_other_tests
    assert Participant.objects.filter(gender="woman").count() == women == 1
    assert not User.objects.get(pk=world.efua.pk).is_active


def test_erasing_ama_touches_neither_ama_serwaa_nor_the_town_of_ama():
    """D2: a name of one word goes where it stands for itself, in letters and in the log too."""
    ama_town = make_authority("Ama")
    ama, serwaa = make_user("Ama", works_for=ama_town), make_user("Ama Serwaa", works_for=ama_town)
    dossier = make_dossier(
        ama_town, status="closed", focal_name="Ama", focal_email=ama.email, legal_name="Ama Serwaa"
    )
    type(dossier).objects.update(title="Ama", problem="Ama Serwaa knows Ama well.")
    ines = make_officer("Ines")
    facts = {"organisation": "Ama", "opens_on": ""}
    post_letter("membership_asked", key="membership:1:asked", to=[ines], person="Ama", **facts)
    post_letter(
        "membership_asked", key="membership:2:asked", to=[ines], person="Ama Serwaa", **facts
    )
    send_waiting_letters(timezone.now())
    others = Letter.objects.get(context__person="Ama Serwaa")

    gone(Person.from_user(ama))

    dossier.refresh_from_db()
    assert (dossier.focal_name, dossier.legal_name) == (NAMELESS, "Ama Serwaa")
    assert (dossier.title, dossier.problem) == ("Ama", "Ama Serwaa knows Ama well.")
    letter = Letter.objects.get(context__person=NAMELESS)
    assert letter.context["organisation"] == "Ama" and NAMELESS in letter.subject
    again = Letter.objects.get(pk=others.pk)
    assert (again.subject, again.body) == (others.subject, others.body)
    assert "Ama Serwaa" in again.subject
    assert User.objects.get(pk=serwaa.pk).name == "Ama Serwaa"


def test_a_letter_about_a_namesake_of_another_town_stays_as_it_is():
    """D2: two people called Efua Mensah: what was written of the other is not touched."""
    one = make_user("Efua Mensah", works_for=make_authority())
    other = make_user("Efua Mensah", works_for=make_authority())
    mine, theirs = (person.memberships.get().pk for person in (one, other))
    ines = make_officer("Ines")
    facts = {"person": "Efua Mensah", "organisation": "A", "opens_on": ""}
    for membership in Membership.objects.filter(pk__in=(mine, theirs)).order_by("pk"):
        key = f"membership:{membership.pk}:asked"
        post_letter("membership_asked", key=key, concerns=membership, to=[ines], **facts)
    send_waiting_letters(timezone.now())

    gone(Person.from_user(one))

    said = dict(Letter.objects.values_list("key", "context__person"))
    assert said == {
        f"membership:{mine}:asked:{ines.email}": NAMELESS,
        f"membership:{theirs}:asked:{ines.email}": "Efua Mensah",
    }


def test_a_letter_to_the_superior_of_one_who_has_a_namesake_names_them_no_more(client):
    """D2: two experts called Efua Mensah, one is erased: her superior's e-mail keeps no name."""
    one, other = (make_expert("Efua Mensah", make_authority()) for _number in range(2))
    for expert in (one, other):
        client.force_login(expert.user)
        assert client.post(reverse("profile-employer")).status_code == 302
    send_waiting_letters(timezone.now())
    to_others = Letter.objects.get(address=other.employer_email)

    gone(Person.from_user(one.user))

    letter = Letter.objects.get(address=one.employer_email)
    assert letter.context["person"] == NAMELESS
    assert "Efua Mensah" not in letter.subject + letter.body
    kept = Letter.objects.get(pk=to_others.pk)
    assert (kept.subject, kept.body) == (to_others.subject, to_others.body)
    assert "Efua Mensah" in kept.body


def test_no_name_that_one_gives_oneself_erases_what_others_wrote(client):
    """H19: “of the” as one's name, then the account closed, and answers of others had holes."""
    town = make_authority()
    kofi, mole = (make_user(name, works_for=town) for name in ("Kofi Boateng", "Ines Duarte"))
    make_user("Kofi Asare", works_for=town)
    told = "Kofi Boateng leaves. Yaa Asantewaa and Kofi Asare stay, says one of the clerks."
    names = {"legal_name": "Justina Assan", "legal_email": "justina@agona.example"}
    dossier = make_dossier(town, status="submitted", problem=told, **names)
    mayors = make_user("Justina Assan", works_for=town)  # by sign-up: she has no account
    version = dossier.versions.create(number=1, answers={"contact": names}, at=timezone.now())

    for person, name in ((kofi, "of the"), (mole, "Yaa Asantewaa"), (mayors, "Kofi Asare")):
        client.force_login(person)
        said = {"name": name, "language": "en", "time_zone": "Africa/Accra"}
        assert client.post(reverse("account"), said).status_code == 302
        gone(Person.from_user(User.objects.get(pk=person.pk)))

    dossier.refresh_from_db()
    assert dossier.problem == told.replace("Kofi Boateng", NAMELESS)
    version.refresh_from_db()
    assert (dossier.legal_name, version.answers) == ("Justina Assan", {"contact": names})


def test_an_erased_person_is_written_to_no_more():
    """D2: an application that goes on without its contact has no letter to nobody."""
    town = make_authority()
    efua = make_user("Efua Mensah", works_for=town)
    dossier = make_dossier(town, status="submitted", focal_name=efua.name, focal_email=efua.email)

    gone(Person.from_user(efua))
    dossier.refresh_from_db()

    assert post_letter("dossier_reopen", key="k", to=[User.objects.get(pk=efua.pk)], title="W") == 0
    assert dossier.focal_email == f"erased-{efua.pk}@erased.invalid"


def test_what_others_said_in_the_conversation_stays_without_the_name():
    """D2: conversation texts are reached; the words of others stay."""
    world = World()

    gone(Person.from_user(world.efua))

    said = MatchMessage.objects.order_by("pk").values_list("name", "text")
    assert list(said) == [(NAMELESS, ""), ("Ines", f"Thank you, {NAMELESS}.")]


def test_what_others_write_while_somebody_is_erased_is_not_undone(monkeypatch):
    """D2: a decision and an autosave between reading a row and writing it both stand."""
    town = make_authority()
    efua = make_user("Efua Mensah", works_for=town)
    dossier = make_dossier(town, status="submitted", problem="Efua Mensah knows.")
    others = type(dossier).objects.filter(pk=dossier.pk)
    once = []

    def write_meanwhile(value, marks, **more):
        if isinstance(value, dict) and value.get("problem") == dossier.problem and not once:
            once.append(
                others.update(status="eligibility_check", problem="Ask Efua Mensah. And more.")
            )
        return remove_marks_from(value, marks, **more)

    monkeypatch.setattr("accounts.erasure.remove_marks_from", write_meanwhile)
    gone(Person.from_user(efua))

    written = others.values_list("status", "problem").get()
    assert once and written == ("eligibility_check", f"Ask {NAMELESS}. And more.")


def test_every_table_says_what_it_holds_of_people():
    """D1: a new table with texts is declared in its app's `erasing.py`, or names nobody."""
    declared = {line.model for line in (*HOLDINGS, *MENTIONS)} | NAMELESS_TABLES
    typed = CharField, TextField, JSONField
    silent = {
        model._meta.label
        for model in apps.get_models()
        if not model._meta.proxy
        and model not in declared
        and any(isinstance(one, typed) and not one.choices for one in model._meta.concrete_fields)
    }

    assert silent <= {
        "account.EmailConfirmation",  # a key that opens once
        "registry.OfferTopic",
    }


def dump(path):
    settings = connection.settings_dict
    return [
        *(str(BINARIES / "bin" / "pg_dump"), "--format=custom", f"--file={path}"),
        *("--host", str(settings["HOST"]), "--port", str(settings["PORT"])),
        *("--username", settings["USER"], settings["NAME"]),
    ]


def restore(path):
    settings = connection.settings_dict
    return [
        *(str(BINARIES / "bin" / "pg_restore"), "--clean", "--if-exists", "--no-owner"),
        *("--host", str(settings["HOST"]), "--port", str(settings["PORT"])),
        *("--username", settings["USER"], "--dbname", settings["NAME"], str(path)),
    ]


def run(words):
    environment = os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"] or ""}
    subprocess.run(words, check=True, env=environment, capture_output=True)


@pytest.mark.django_db(transaction=True)
def test_a_restored_dump_holds_no_erased_person_once_the_journal_is_replayed(after_flush, tmp_path):
    """R2: dump, erase, write the journal, restore, replay: nobody erased is there again."""
    left_by_other_tests = set(in_files(CANARY))
    world = World()
    stranger = make_user("Kofi Boateng")
    run(dump(tmp_path / "before.dump"))
    address = world.efua.email
    gone(Person.from_user(world.efua))
    gone(Person.from_address(world.mayor))
    out = io.StringIO()
    call_command("erasures", "export", stdout=out)
    (tmp_path / "journal.jsonl").write_text(out.getvalue())
    words = out.getvalue()

    connection.close()
    run(restore(tmp_path / "before.dump"))
    back = spoken(CANARY, address)
    said = [io.StringIO(), io.StringIO()]
    for one in said:
        call_command("erasures", "replay", str(tmp_path / "journal.jsonl"), stdout=one)

    assert len(back) > 50
    assert spoken(CANARY, NUMBER, address, world.mayor) == set()
    assert set(in_files(CANARY)) == left_by_other_tests
    assert "2 lines are new" in said[0].getvalue() and "2 people were" in said[0].getvalue()
    assert "0 lines are new" in said[1].getvalue() and "0 people were" in said[1].getvalue()
    assert User.objects.get(pk=stranger.pk).name == "Kofi Boateng"
    assert CANARY not in words and "@" not in words


def test_who_comes_back_under_an_erased_address_is_not_erased_again():
    """R2: a row that came after the erasure is a new beginning, for accounts and for mayors."""
    efua = make_user("Efua Mensah")
    address = efua.email
    gone(Person.from_user(efua))
    gone(Person.from_address("mayor@agona.example"))
    again = User.objects.create_user(address, name="Efua Mensah")
    dossier = make_dossier(status="closed", legal_name="M", legal_email="mayor@agona.example")

    assert replay_erasures(timezone.now()) == 0
    assert User.objects.get(pk=again.pk).name == "Efua Mensah"
    assert type(dossier).objects.get(pk=dossier.pk).legal_email == "mayor@agona.example"


def test_a_fault_of_the_replay_is_not_put_down_to_the_file(monkeypatch, tmp_path):
    """D2: who is told that a good journal is none would open the site with erased people in it."""
    out = io.StringIO()
    call_command("erasures", "export", stdout=out)
    (tmp_path / "j").write_text(out.getvalue())

    def fail(now):
        raise ValueError("a row that nothing is ready for")

    monkeypatch.setattr("accounts.management.commands.erasures.replay_erasures", fail)
    with pytest.raises(ValueError, match="nothing is ready"):
        call_command("erasures", "replay", str(tmp_path / "j"), stdout=out)


def test_a_journal_of_another_key_is_refused_and_names_nobody(settings, tmp_path):
    """R2: without its key the file is of no use, to a thief or to us."""
    gone(Person.from_user(make_user("Efua Mensah")))
    out = io.StringIO()
    call_command("erasures", "export", stdout=out)
    (tmp_path / "j").write_text(out.getvalue())
    (tmp_path / "other").write_text("{}\nno journal")
    Erasure.objects.all().delete()

    settings.ERASURE_KEY = "another"
    with pytest.raises(CommandError, match="another ERASURE_KEY"):
        call_command("erasures", "replay", str(tmp_path / "j"))
    for name in ("other", "missing"):
        with pytest.raises(CommandError):
            call_command("erasures", "replay", str(tmp_path / name))

    assert Erasure.objects.count() == 0
    assert journal.digest_of_address(" A@B.org ") == journal.digest_of_address("a@b.org")


def test_a_journal_in_the_database_says_that_it_was_written_with_another_key(settings):
    """D1: after a key was changed, a replay that recognises nobody says so."""
    gone(Person.from_user(make_user("Efua Mensah")))
    call_command("erasures", "replay", stdout=io.StringIO())

    settings.ERASURE_KEY = "another"
    with pytest.raises(CommandError, match="1 lines of the journal .* another ERASURE_KEY"):
        call_command("erasures", "replay", stdout=io.StringIO())
