"""The nearest sentences beside a ranking: who reads them, when, and what is never quoted."""

import html
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from engine.encoders import Together
from matching import sentences
from matching.enums import InterestStatus
from matching.management.commands import encode
from matching.models import Interest, MatchRun, OfferSentences
from matching.runs import rank_waiting, request_run
from registry.models import Offer
from tests.factories import make_dossier, make_interest, make_offer, make_officer
from tests.worlds import Table

pytestmark = pytest.mark.django_db

PITS = "Two private trucks <b>empty</b> the pits of our town."
TRUCKS = "La vidange des fosses par des camions <b>privés</b> & publics a un tarif."
PROBLEM = f"The market burned in 2021. {PITS} Children bathe downstream."


@pytest.fixture
def desk(client):
    """A ranked request with a near and a far offer, and its desk's page as an officer loads it."""
    dossier = make_dossier(status=Status.PUBLISHED, problem=PROBLEM, specific_objectives=[])
    near = make_offer(title="Vidange", text=f"Je dirige quarante agents. {TRUCKS}", language="fr")
    make_offer(
        title="School meals",
        text="Forty schools buy their meals from farmers.",
        topic="education-youth/school-meals",
    )
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())

    def page():
        return client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    return dossier, near, page


def quoted(page):
    """Return [(language, direction, words)] of the quotations of a page, as they are escaped."""
    return re.findall(r'<blockquote lang="(\w+)" dir="(\w+)">(.*?)</blockquote>', page)


PAIR = [
    ("en", "auto", html.escape(PITS)),
    ("fr", "auto", html.escape(TRUCKS)),
]


def test_a_worker_reads_the_nearest_sentences_after_the_ranking_and_the_desk_sets_them_side_by_side(
    desk,
):
    dossier, near, page = desk
    before = page()
    done = sentences.read_sentences(), sentences.read_sentences()
    after = page()
    stored = MatchRun.objects.get().quotes
    MatchRun.objects.update(quotes=None)  # it died before it wrote them
    sentences.read_sentences()

    assert (before.count("sentences are being read"), quoted(before)) == (2, [])
    assert (done, MatchRun.objects.get().quotes) == ((1, 0), stored)
    assert quoted(after) == PAIR
    assert "The need, read as English" in after and "The offer, written in French" in after
    assert "No two sentences are close enough to quote" in after
    assert "being read" not in after
    assert re.search(
        rf"{near.expert} declares “Faecal sludge management”.*writes about what the need asks",
        after,
    )


def test_what_has_changed_since_or_may_no_longer_be_read_is_not_quoted(desk):
    dossier, near, page = desk
    sentences.read_sentences()
    told = []
    for change in ({"text": "Other words."}, {"text": near.text}, {"status": "paused"}):
        Offer.objects.filter(pk=near.pk).update(**change)
        shown = page()
        told.append((len(quoted(shown)), "has changed since" in shown, near.text in shown))
    words = list(OfferSentences.objects.values_list("offer", flat=True))
    Offer.objects.filter(pk=near.pk).update(status="published")
    call_command("encode")
    kept = OfferSentences.objects.count()

    assert told == [(0, True, False), (2, False, False), (0, False, False)]
    assert near.pk in words and kept == 2
    assert "Two private trucks" not in str(MatchRun.objects.get().quotes)


def test_an_answer_is_quoted_in_its_own_words_while_it_stands(desk):
    dossier, near, page = desk
    answer = make_interest(dossier, near.expert, status=InterestStatus.SUBMITTED)
    write = Interest.objects.filter(pk=answer.pk).update
    write(motivation=TRUCKS, approach="Call me: +33 6 12 34 56 78.", comparable_case="Thiès.")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    sentences.read_sentences()
    sent = page()
    write(status=InterestStatus.WITHDRAWN)
    withdrawn = page()

    assert quoted(sent)[:2] == PAIR
    assert "The answer, read as French" in sent
    assert html.escape(TRUCKS) not in withdrawn.split("Ranking")[0]
    assert "no longer published" in withdrawn


def test_both_sides_of_a_match_are_quoted_what_both_may_read(client):
    table = Table()
    table.dossier.__class__.objects.filter(pk=table.dossier.pk).update(
        title="Emptying the pits of Agona",
        summary="Two private trucks empty the pits and have no licence.",
        problem="SECRET: two trucks empty the pits by night.",
    )
    Interest.objects.filter(pk=table.interest.pk).update(
        motivation="We gave licences to the trucks that empty pits.",
        approach="Three days with the operators.",
        comparable_case="SECRET: two trucks emptied the pits by night.",
    )
    request_run(table.dossier.pk)
    rank_waiting(timezone.now())
    sentences.read_sentences()
    shown = {}
    for person in (table.efua, table.ineke.user):
        client.force_login(person)
        shown[person] = client.get(reverse("match", args=[table.match.reference])).text
    client.force_login(table.efua)
    answer = client.get(reverse("interest", args=[table.dossier.reference, table.interest.pk])).text

    pair = [
        ("en", "auto", "Two private trucks empty the pits and have no licence."),
        ("en", "auto", "We gave licences to the trucks that empty pits."),
    ]
    assert [quoted(page) for page in (*shown.values(), answer)] == [pair] * 3
    assert [page.count("SECRET") for page in shown.values()] == [0, 0]
    assert "in the last six months" not in shown[table.efua]
    client.force_login(table.ineke.user)
    own = client.get(reverse("interest", args=[table.dossier.reference, table.interest.pk])).text
    assert quoted(own) == []


def test_a_service_that_is_away_leaves_the_ranking_for_later_and_holds_up_no_other(
    desk, monkeypatch
):
    class Away(Together):
        def encode(self, texts):
            raise OSError("no route to host")

    dossier, near, page = desk
    with monkeypatch.context() as moment:
        moment.setattr(sentences, "READER", Away())
        assert sentences.read_sentences() == 0
    assert "being read" in page()

    for module in (sentences, encode):
        monkeypatch.setattr(module, "READER", Together())
    assert (sentences.read_sentences(), sentences.encode_changed_offers()) == (1, 0)
    assert "being read" not in page()


def test_an_offers_sentences_are_read_when_it_is_saved_and_again_when_its_text_changes(
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks() as asked:
        offer = make_offer()
    read = sentences.encode_changed_offers(), sentences.encode_changed_offers()
    Offer.objects.filter(pk=offer.pk).update(text="Other words. And more of them.")
    again = sentences.encode_changed_offers()
    [row] = OfferSentences.objects.all()
    offer.events.all().delete() if offer.events.exists() else None
    offer.delete()

    assert [call.rule.name for call in asked if hasattr(call, "rule")] == [
        "matching.sentences.encode_changed_offers",
        "matching.fits.save_fitting_requests",  # which requests fit is asked anew, too
    ]
    assert (read, again) == ((1, 0), 1)
    assert len(bytes(row.vectors)) == 3 * 512
    assert not OfferSentences.objects.exists()


def test_of_an_offer_on_other_topics_alone_sentences_that_sound_alike_are_no_ground(client):
    dossier = make_dossier(
        status=Status.PUBLISHED,
        title="A land-use plan that a small hill town can keep to",
        problem="Our town of 42,000 has one planner for building permits and none for planning. In "
        "the last rains eleven houses slid. The plan of 1998 covers a third of the town. Permits "
        "take five months, so people build without.",
        objective="A plan approved by the council and permits given within two months.",
        specific_objectives=[],
    )
    make_offer(
        topic="local-finance/property-tax",
        title="A land register that a small town can keep",
        text="From Benin to Kosovo I helped towns to map plots with residents, settle quarrels "
        "before mapping, and keep the register alive when the project leaves. Cheap tools, clear "
        "rules.",
    )
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    sentences.read_sentences()
    client.force_login(make_officer())
    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    assert "writes about what the need asks" not in page and quoted(page) == []
    assert "no two sentences stand out" in page.lower()


def test_of_an_offer_that_declares_the_topic_staff_read_the_nearest_sentences_with_a_doubt(client):
    dossier = make_dossier(status=Status.PUBLISHED, problem=PROBLEM, specific_objectives=[])
    make_offer(title="Payroll", text="I pay the wages of forty people each month.")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    sentences.read_sentences()
    client.force_login(make_officer())
    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    assert "the nearest sentences may be about other matters: read them" in page
    assert len(quoted(page)) == 2 and "writes about what the need asks" not in page
