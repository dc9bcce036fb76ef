"""What few may read: encrypted where it is stored, and each reading on record."""

import base64
import contextlib
import copy
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from connect.models import Reading
from connect.restricted import MARK, decrypt, restricted_columns, rotate_keys
from exchanges import readiness
from exchanges.models import Incident, Participant
from tests.addresses import EVERY_THIRD
from tests.factories import make_letter, make_officer
from tests.worlds import PeopleByTie

pytestmark = pytest.mark.django_db
CANARY = "Zanzarimba"
OLD, NEW = b"o" * 32, b"n" * 32


def stored(model, column, pk):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {model._meta.db_table} WHERE id = %s",  # noqa: S608
            [pk],
        )
        return cursor.fetchone()[0]


@pytest.fixture(scope="module")
def world_once(once):
    """Agona West's exchange with an incident and a traveller, the word in what is restricted."""
    world = PeopleByTie()
    world.incident = world.exchange.incidents.create(
        happened_on=timezone.localdate(),
        kind="health",
        severity=2,
        account=f"{CANARY} fell ill",
        done=f"{CANARY} was driven home",
        reported_at=timezone.now(),
    )
    world.traveller = world.exchange.participants.create(
        name="Esi",
        address="esi@agona.example",
        side="requesting",
        part="delegate",
        travels=True,
        function="Officer",
        emergency_contact=f"{CANARY}, +233 24 123 4567",
        visa="asked",
    )
    return world


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


def read(**facts):
    return list(Reading.objects.filter(**facts).values_list("reader__name", "part", "page"))


def test_all_that_is_restricted_is_encrypted_where_it_is_stored(world):
    """D3: whoever has the database, or a dump, without the keys reads none of it."""
    columns = {f"{model.__name__}.{field.name}" for model, field in restricted_columns()}

    assert columns == {
        *("Incident.account", "Incident.done"),
        *("Participant.emergency_contact", "Participant.visa"),
    }
    for model, field in restricted_columns():
        row = model.objects.get(pk=world.incident.pk if model is Incident else world.traveller.pk)
        raw = stored(model, field.column, row.pk)
        assert raw.startswith(MARK) and CANARY not in raw and "asked" not in raw
        assert CANARY in getattr(row, field.name) or getattr(row, field.name) == "asked"


def test_nobody_can_look_for_a_restricted_text_but_only_whether_there_is_one(world):
    """D3: a filter would otherwise guess letter by letter what may not be read."""
    assert Participant.objects.exclude(emergency_contact="").get() == world.traveller
    assert Participant.objects.exclude(visa="unknown").get() == world.traveller
    with pytest.raises(FieldError):
        list(Participant.objects.filter(visa="granted"))
    for lookup in ("account", "account__icontains", "account__startswith", "account__regex"):
        with pytest.raises(FieldError):
            list(Incident.objects.filter(**{lookup: CANARY}))


def test_keys_are_replaced_while_everything_stays_readable(world, settings):
    """D3: the first key encrypts, all decrypt; what was in clear before is encrypted too."""
    settings.FIELD_KEYS = [OLD]
    Participant.objects.filter(pk=world.traveller.pk).update(emergency_contact="Anna")
    Incident.objects.filter(pk=world.incident.pk).update(account="Ill", done="")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE exchanges_participant SET visa = 'granted'")

    settings.FIELD_KEYS = [NEW, OLD]
    during = Participant.objects.get(pk=world.traveller.pk)
    count, again, said = rotate_keys(), rotate_keys(), StringIO()
    call_command("rotate_keys", stdout=said)
    settings.FIELD_KEYS = [NEW]
    after = Participant.objects.get(pk=world.traveller.pk)

    assert (during.emergency_contact, during.visa) == ("Anna", "granted")
    assert (after.emergency_contact, after.visa) == ("Anna", "granted")
    assert count == 2 + Participant.objects.count() and again == 0
    assert said.getvalue() == "0 texts were encrypted anew.\n"
    settings.FIELD_KEYS = [OLD]
    with pytest.raises(RuntimeError, match="FIELD_KEYS"):
        Incident.objects.get(pk=world.incident.pk)


@EVERY_THIRD
def test_every_page_that_shows_a_restricted_text_records_who_read_it(world, apart):
    """D3: a walk through all pages, as everybody; where the word is, there is a reading."""
    make_letter(world.dossier)
    showing = [
        reverse("admin:exchanges_incident_changelist"),
        reverse("admin:exchanges_incident_change", args=[world.incident.pk]),
        reverse("admin:exchanges_exchange_change", args=[world.exchange.pk]),
        reverse("exchange-participant", args=[world.exchange.reference, world.traveller.pk]),
        reverse("exchange-part", args=[world.traveller.link_path.split("/")[-2]]),
    ]
    pages = []
    for name in filter(lambda key: isinstance(key, str), get_resolver().reverse_dict):
        for thing in (world.exchange.reference, world.dossier.reference):
            with contextlib.suppress(NoReverseMatch):
                pages.append(reverse(name, args=[thing]))
    seen = {}
    people = ("officer", "editor", "colleague", "expert", "association", "anonymous")
    for place, person in enumerate(people):
        client = world.clients[person]
        for page in dict.fromkeys([*showing, *pages[place % apart :: apart]]):
            before = Reading.objects.count()
            shown = CANARY in client.get(page).content.decode(errors="replace")
            recorded = Reading.objects.count() - before
            if shown:
                seen.setdefault(page, set()).add(person)
            assert bool(recorded) == shown, (person, page)

    incident, traveller, link = showing[1], showing[3], showing[4]
    assert seen.keys() == {incident, traveller, link}
    assert "officer" in seen[incident] and "editor" not in seen[incident]


def test_a_reading_says_who_when_what_and_on_which_page(world):
    """P7: (16.2.1) the incident, the contact, the letter of commitment, the CV."""
    officer, letter = world.clients["officer"], make_letter(world.dossier)
    name = world.people["officer"].name
    before = timezone.now()

    officer.get(reverse("admin:exchanges_incident_change", args=[world.incident.pk]))
    officer.get(reverse("file", args=[world.dossier.reference, letter.token]))
    officer.get(reverse("interest-cv", args=[world.dossier.reference, world.interest.pk]))

    assert read(model="exchanges.incident", row=world.incident.pk) == [
        (name, "account, done", "admin:exchanges_incident_change")
    ]
    assert read(model="applications.attachment", row=letter.pk) == [(name, "letter", "file")]
    assert read(model="matching.interest", row=world.interest.pk) == [(name, "cv", "interest-cv")]
    assert all(
        before <= at <= timezone.now() for at in Reading.objects.values_list("at", flat=True)
    )
    administrator, auditor = make_officer(), Client()
    administrator.is_superuser = True
    administrator.save()
    auditor.force_login(administrator)
    listed = auditor.get(reverse("admin:connect_reading_changelist")).text
    assert f"Incident {world.incident.pk}" in listed and "exchanges.incident<" not in listed
    assert "what happened, and to whom, action taken" in listed
    assert "curriculum vitae" in listed and "letter of commitment" in listed


def test_ones_own_files_are_read_without_a_record(world):
    """D3: the log tells who looked into what is others', not what one wrote oneself."""
    letter = make_letter(world.dossier)
    world.clients["editor"].get(reverse("file", args=[world.dossier.reference, letter.token]))
    world.clients["expert"].get(
        reverse("interest-cv", args=[world.dossier.reference, world.interest.pk])
    )

    assert not Reading.objects.exists()


def test_what_was_typed_before_a_sign_in_waits_encrypted(world):
    """D3: an incident reported by somebody whose session ended stands in no table in clear."""
    address = reverse("incident", args=[world.exchange.reference])
    client = Client()
    client.post(address, {"account": f"{CANARY} was hurt"})

    session = Session.objects.get(pk=client.session.session_key).get_decoded()
    kept = session["typed_on"][address]["typed"]
    client.force_login(world.people["editor"])
    shown = client.get(address).text

    assert CANARY not in kept and CANARY in decrypt(kept) and CANARY in shown


def test_only_those_who_plan_see_how_a_visa_stands(world):
    """D3: the others see that somebody travels."""
    page = reverse("exchange-participants", args=[world.exchange.reference])

    assert "asked for" not in world.clients["editor"].get(page).text.split("<form")[0]


def test_the_key_of_the_run_is_made_once_and_kept_out_of_the_database():
    """D3: 32 bytes in base64, in the environment or in the run's own file."""
    from connect.keys import parse_keys  # noqa: PLC0415

    one = base64.urlsafe_b64encode(OLD).decode()
    assert parse_keys(f"{one}, {one}") == [OLD, OLD] and parse_keys(one[:-4]) is None


def test_what_is_missing_tells_how_many_lack_a_visa_and_not_who(world):
    """D3: the words go into letters to both sides."""
    found = {item.code: item.lacking for item in readiness.list_items(world.exchange)}

    assert found["visa"] == "1 person who travels"
