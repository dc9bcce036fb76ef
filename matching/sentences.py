"""The nearest sentences of a need and of those whom its ranking shows, as the grounds to be read.

A worker reads them once a ranking is stored. What is stored are places in texts: at a text that has
changed since, or may no longer be read, nothing is quoted.
"""

import logging

import numpy as np
from django.db.models import Exists, Func, OuterRef, TextField, Value
from django.db.models.functions import Concat

from applications.enums import FINAL
from connect.pasted_values import find_contact
from connect.schedule import every, process_one_by_one
from engine.encoders import encoders_of
from engine.sentences import (
    Passages,
    choose_reader,
    find_nearest_pair,
    judge_pair,
    split_sentences,
)
from engine.views import STEPS
from matching import unread_texts
from matching.enums import UNSENT, RunState
from matching.models import Interest, MatchRun, OfferSentences
from matching.vectors import ENCODERS, encode_apart, offer_text, text_hash
from registry.detection import detect_our_language
from registry.models import Offer

READER = choose_reader(ENCODERS)
READ = 20  # entries of a ranking whose sentences are read, and answers
A_TURN, OFFERS_A_TURN = 50, 500  # rankings and offers that the clock has read at a time
logger = logging.getLogger(__name__)


def answer_text(interest):
    """Join an answer's own words; those that the other sides read on a match's page come first."""
    return "\n".join((interest.motivation, interest.approach, interest.comparable_case))


def shared_answer_text(interest):
    """Join what of an answer all sides of its match read."""
    return f"{interest.motivation}\n{interest.approach}"


def shared_need_text(dossier):
    """Join what of a request anybody reads."""
    return f"{dossier.title}\n{dossier.summary}"


# Vectors


class TextHash(Func):
    """What `text_hash` returns, in PostgreSQL."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = TextField()


def pack_vectors(vectors):
    """Return the bytes of float rows (n, d)."""
    most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0), 1e-9)
    return np.rint(vectors / most * STEPS).astype(np.int8).tobytes()


def unpack_vectors(content, count):
    """Return (count, d) unit rows of what `pack_vectors` made."""
    rows = np.frombuffer(content, np.int8).astype(np.float32).reshape(count, -1)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def list_sentences(text):
    """List the sentences of a text that may be quoted: none that says where somebody is reached."""
    return [sentence for sentence in split_sentences(text) if not find_contact(sentence)]


def encode_passages(text, language):
    """Return the passages of a text, encoded now."""
    sentences = list_sentences(text)
    return Passages(sentences, language, READER.encode(sentences))


def read_offer_passages(texts):
    """Return {offer id: Passages} for {offer id: (text, language)}; what is new is encoded."""
    sentences = {pk: list_sentences(text) for pk, (text, _language) in texts.items()}
    if not encoders_of(READER):
        return {
            pk: Passages(some, texts[pk][1], np.zeros((len(some), 0)))
            for pk, some in sentences.items()
        }
    hashes = {pk: text_hash(text) for pk, (text, _language) in texts.items()}
    rows = OfferSentences.objects.filter(offer__in=texts, encoder=READER.version)
    vectors = {
        pk: unpack_vectors(bytes(content), len(sentences[pk]))
        for pk, made_of, content in rows.values_list("offer", "text_hash", "vectors")
        if made_of == hashes[pk] and sentences[pk]
    }
    lacking = [pk for pk in texts if sentences[pk] and pk not in vectors]
    made = READER.encode([one for pk in lacking for one in sentences[pk]])
    ends = np.cumsum([len(sentences[pk]) for pk in lacking])
    new = dict(zip(lacking, np.split(np.asarray(made), ends[:-1]))) if lacking else {}
    OfferSentences.objects.bulk_create(
        [
            OfferSentences(
                offer_id=pk,
                encoder=READER.version,
                text_hash=hashes[pk],
                vectors=pack_vectors(rows),
            )
            for pk, rows in new.items()
        ],
        update_conflicts=True,  # another worker may have met the same text
        unique_fields=["offer", "encoder"],
        update_fields=["text_hash", "vectors"],
    )
    for pk, rows in new.items():  # as they will be read the next time
        vectors[pk] = unpack_vectors(pack_vectors(rows), len(rows))
    empty = READER.encode([])
    return {
        pk: Passages(some, texts[pk][1], vectors.get(pk, empty)) for pk, some in sentences.items()
    }


def encode_sentences(ids):
    """Make the vectors of the sentences that offers lack; return how many were read."""

    def encode(some):
        rows = Offer.objects.filter(pk__in=some).values_list("pk", "title", "text", "language")
        texts = {pk: (offer_text(*words), code) for pk, *words, code in rows}
        return len(read_offer_passages(texts))

    return encode_apart(encode, ids, unread_texts.SENTENCES)


@every(minutes=5, only_workers=True)
def encode_changed_offers():
    """Encode the sentences of some offers that are new or changed; return how many.

    PostgreSQL compares the texts with what was read of them: no text leaves it but these.
    """
    if not encoders_of(READER):
        return 0
    now = TextHash(Concat("title", Value("\n"), "text", output_field=TextField()))
    read = OfferSentences.objects.filter(offer=OuterRef("pk"), encoder=READER.version)
    lacking = (
        Offer.objects.published()
        .alias(now=now)
        .exclude(unread_texts.is_put_off(unread_texts.SENTENCES))
    )
    lacking = lacking.exclude(Exists(read.filter(text_hash=OuterRef("now")))).order_by("pk")
    return encode_sentences(list(lacking.values_list("pk", flat=True)[:OFFERS_A_TURN]))


# Reading a ranking


@every(seconds=30, only_workers=True)
def read_sentences():
    """Read the sentences of the last rankings that nobody has read; return how many were done.

    A service that is away leaves its ranking for the next time, and holds up no other.
    """
    newer = MatchRun.objects.filter(
        dossier=OuterRef("dossier"), state=RunState.DONE, requested_at__gt=OuterRef("requested_at")
    )
    rankings = MatchRun.objects.filter(state=RunState.DONE, quotes__isnull=True).exclude(
        Exists(newer)
    )
    rankings = rankings.exclude(dossier__status__in=FINAL).order_by("requested_at", "pk")

    def read(run):
        locked = MatchRun.objects.filter(pk=run.pk, quotes__isnull=True).select_related("dossier")
        run = locked.select_for_update(of=("self",), skip_locked=True).first()
        if run is None:  # another worker was first
            return 0
        try:
            run.quotes = choose_quotes(run)
        except (OSError, ValueError) as error:
            logger.warning("the sentences of ranking %s are not read: %s", run.pk, error)
            return 0
        run.save(update_fields=["quotes"])
        return 1

    return sum(process_one_by_one(read, rankings.only("pk")[:A_TURN]))


def choose_quotes(run):
    """Return what is stored of a ranking's nearest sentences.

    {"desk": {entry's id: what `choose_places` gives}} of all that both wrote, for staff;
    {"shared": …} of what all sides of a match read, for answers alone.
    """
    language, topics = run.need["language"], run.need["topics"]
    need = encode_passages(run.need["text"], language)
    shared = encode_passages(shared_need_text(run.dossier), language)
    entries = [*run.entries[:READ], *run.near_misses]
    offers = Offer.objects.published().filter(pk__in=[entry["offer_id"] for entry in entries])
    texts = {one.pk: (offer_text(one.title, one.text), one.language) for one in offers}
    stated = {
        one.pk: {topic.theme.code for topic in one.topics.all()}
        for one in offers.prefetch_related("topics__theme")
    }
    passages = read_offer_passages(texts)
    quotes: dict[str, dict[str, dict]] = {"desk": {}, "shared": {}}
    for entry in entries:
        if entry["offer_id"] in texts:
            pk = entry["offer_id"]
            quotes["desk"][str(pk)] = choose_places(
                entry, run.need["text"], need, texts[pk][0], passages[pk], (topics, stated[pk])
            )
    sent = Interest.objects.exclude(status__in=UNSENT).in_bulk(
        [-entry["offer_id"] for entry in run.answers[:READ]]
    )
    for entry in run.answers[:READ]:
        interest = sent.get(-entry["offer_id"])
        if interest is None:
            continue
        declared = entry["parts"]["topics"]["evidence"].get("covered", {})  # by the offer behind it
        spoken = entry["parts"]["text"]["evidence"].get("language", language)
        for part, asked, ours, theirs in (
            ("desk", run.need["text"], need, answer_text(interest)),
            ("shared", shared_need_text(run.dossier), shared, shared_answer_text(interest)),
        ):
            held = encode_passages(theirs, spoken)
            places = choose_places(
                entry, asked, ours, theirs, held, (topics, declared), shows_doubtful=part == "desk"
            )
            quotes[part][str(entry["offer_id"])] = places
    return quotes


def choose_places(entry, need_text, need, offer_text, offer, stated, *, shows_doubtful=True):
    """Return how near the nearest sentences are and, where they are a ground, their places.

    An offer that declares a topic asked is mostly a colleague's: staff read its nearest sentences
    also where these do not stand out.
    """
    part = entry["parts"]["text"]
    pair = find_nearest_pair(READER, need, offer, stated)
    asked, held = map(set, stated)
    is_declared = not asked.isdisjoint(held) if asked and held else None
    state = judge_pair(
        pair,
        part["value"] or 0,
        READER,
        is_declared=is_declared,
        is_elsewhere=part["evidence"].get("elsewhere", False),
    )
    if state == "unclear" and is_declared and pair and shows_doubtful:
        state = "doubtful"
    quotation = {"state": state, "hashes": [text_hash(need_text), text_hash(offer_text)]}
    if pair and state in ("pair", "doubtful"):
        sentences = need.sentences[pair.need], offer.sentences[pair.offer]
        quotation["places"] = [
            [start := text.index(sentence), start + len(sentence)]
            for text, sentence in zip((need_text, offer_text), sentences)
        ]
        # A text may say the same in two languages: each sentence is named by its own.
        quotation["languages"] = [detect_our_language(sentence) for sentence in sentences]
    return quotation
