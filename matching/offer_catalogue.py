"""The engine's catalogue of published offers: built once, kept fresh, shared by a machine.

A process asks PostgreSQL for a mark an offer, which changes with any row that the engine reads
of it, and lays only the rows whose mark is new. A process that has none opens what another
saved, memory-mapped; what it lacks, it makes. A saved catalogue is a cache: it may go.
"""

import contextlib
import gc
import hashlib
import json
import logging
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from engine import VERSION, Catalogue, Themes
from engine.catalogue import list_columns
from matching.criterion import AUTHORITY, COUNTRY, EXPERT, OFFER
from matching.needs import list_shared_facts, read_offers, read_shared_facts
from matching.vectors import ENCODERS, choose_ready_encoders
from registry.models import Theme

logger = logging.getLogger(__name__)

BATCH = 5000  # offers read at a time
SAVE_AFTER = 200  # changes: from so many on, all is laid at once and saved
UNUSED = 7 * 24 * 3600  # seconds after which a catalogue of another stamp goes

# The transaction that wrote a row last, and its place on disk: they change with every write,
# whoever wrote, and need no column or trigger of ours.
MARKS = """
    SELECT o.id, e.id, a.id, a.country,
        concat_ws(':', o.xmin, o.ctid, e.xmin, e.ctid, a.xmin, a.ctid,
        (SELECT string_agg(concat(t.xmin, t.ctid), ',' ORDER BY t.id)
         FROM registry_offertopic t WHERE t.offer_id = o.id), 'w',
        (SELECT string_agg(concat(w.xmin, w.ctid), ',' ORDER BY w.id)
         FROM registry_offerwindow w WHERE w.offer_id = o.id))
    FROM registry_offer o
    JOIN registry_expert e ON e.id = o.expert_id
    JOIN registry_authority a ON a.id = e.authority_id
    JOIN accounts_user u ON u.id = e.user_id AND u.is_active
    WHERE o.status = 'published'
"""

KEYS = (OFFER, EXPERT, AUTHORITY, COUNTRY)  # of MARKS, by which shared facts are looked up

_held: dict[str, tuple[Catalogue, dict[int, str]]] = {}  # stamp: catalogue, {offer id: mark}


def read_marks(shared):
    """Return {offer id: mark} of the published offers; what is shared counts by its value."""
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        rows = cursor.fetchall()
    marks = {row[0]: row[-1] for row in rows}
    for fact in list_shared_facts():
        words = {key: f";{fact.name}={value}" for key, value in shared[fact.name].items()}
        place = KEYS.index(fact.key)
        for row in rows if words else ():
            marks[row[0]] += words.get(row[place], "")
    return marks


def name_catalogue(topics, encoders):
    """Return the version of what a catalogue depends on: database, engine, encoders, taxonomy."""
    columns = [f"{type(column).__name__} {column.name}" for column in list_columns()]
    parts = [connection.settings_dict["NAME"], VERSION, encoders.version, topics, columns]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def name_engine(catalogue):
    """Return the versions of engine and encoders, for whoever reads a ranking later."""
    return f"{VERSION} {catalogue.text.encoder.version}"


def catalogue_at(today):
    """Return every published offer as the engine reads it, as of now; `today` counts turns.

    The same object every time: rank with it, and do not keep it.
    """
    shared = read_shared_facts(today)
    topics = sorted(Theme.objects.exclude(parent=None).values_list("code", flat=True))
    encoders, now = ENCODERS, read_marks(shared)
    if name_catalogue(topics, encoders) not in _held:
        encoders = choose_ready_encoders()
    name = name_catalogue(topics, encoders)
    folder = Path(settings.CACHE_DIR) / f"catalogue-{name}"
    if name not in _held:
        _held.clear()
        _held[name] = open_saved(folder, encoders) or (make_empty_catalogue(topics, encoders), {})
    catalogue, known = _held.pop(name)  # gone if this fails half way: begin again
    changed = sorted(pk for pk, mark in now.items() if known.get(pk) != mark)
    # The means of the texts are of those that were laid at once: nothing stays of these, or much
    # has come since, and all is laid anew.
    if known.keys() & now.keys() and len(changed) < SAVE_AFTER:
        for pk in known.keys() - now.keys():
            catalogue.remove(pk)
            del known[pk]
        for offer, vector in read_in_batches(changed, shared, encoders):
            catalogue.update(offer, vector=vector)
            known[offer.id] = now[offer.id]
    elif changed or known:
        with no_collector():
            laid = list(read_in_batches(sorted(now), shared, encoders))
            catalogue = Catalogue.build(
                [offer for offer, _ in laid],
                themes=catalogue.themes,
                encoder=encoders,
                vectors=[vector for _, vector in laid],
            )
        known = {offer.id: now[offer.id] for offer, _ in laid}
        save_catalogue(folder, catalogue, known)
    _held[name] = catalogue, known
    return catalogue


@contextlib.contextmanager
def no_collector():
    """Pause Python's garbage collector while millions of live objects are made.

    None of them is a cycle, and looking at them again and again took a sixth of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextlib.contextmanager
def lay_beside(catalogue, guests):
    """Add temporary offers to the catalogue within a context; yield their ids.

    So an answer's words are weighed against the same texts as an offer's.
    """
    laid = []
    try:
        for guest in guests:
            catalogue.update(guest)
            laid.append(guest.id)
        yield laid
    finally:
        for pk in laid:
            catalogue.remove(pk)


def make_empty_catalogue(topics, encoders):
    return Catalogue.build([], themes=Themes.from_codes(topics), encoder=encoders)


def read_in_batches(ids, shared, encoders):
    """Yield (the engine's offer, its vector) for offers by id, a batch at a time."""
    for start in range(0, len(ids), BATCH):
        yield from read_offers(ids[start : start + BATCH], shared, encoders)


def save_catalogue(folder, catalogue, known):
    try:
        catalogue.save(folder, notes={"marks": known})
        for other in folder.parent.glob("catalogue-*"):
            if other.stat().st_mtime < time.time() - UNUSED:
                shutil.rmtree(other, ignore_errors=True)
    except OSError as error:  # a full or read-only disk: the catalogue in memory serves
        logger.warning("the catalogue is not saved: %s", error)


def open_saved(folder, encoders):
    """Open what a process of this machine saved, or None."""
    try:
        catalogue, notes = Catalogue.open_with_notes(folder, encoder=encoders)
    except (OSError, ValueError, KeyError):
        return None
    return catalogue, {int(pk): mark for pk, mark in notes["marks"].items()}
