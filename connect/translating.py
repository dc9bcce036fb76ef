"""What a worker does of reading help: it has texts translated, and lets go what no text has.

Nothing is sent that its asker may not read any more when a turn begins with its record: the text is
read again for them. From it
addresses, telephone numbers and the names that its source tells are taken out first.
"""

import functools
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import OperationalError
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from connect.advisory_locks import try_turn
from connect.characters import clean_text
from connect.contacts import hide_contacts, hide_names
from connect.models import Translation, TranslationState
from connect.reading_help import SOURCES, Passage
from connect.schedule import every, nudge_worker, process_one_by_one
from connect.translators import (
    Away,
    Busy,
    Nonsense,
    Translator,
    TranslatorError,
    find_translator,
)
from connect.types import User
from engine.languages import detect_language

logger = logging.getLogger(__name__)
HIDDEN = "[…]"
LOST = "away: no answer"  # of a text that the service took
A_TURN = 30  # seconds
A_LOOK = 2000  # translations
ENOUGH_UNANSWERED = 2  # texts in a row
GIVEN_UP_AFTER = timedelta(hours=1)  # of a service that does not answer
WAITS_AT_MOST = timedelta(days=1)  # of one that has too much to do
ENOUGH_WORDS = 60  # characters from which on a text tells its language better than who wrote it
SALT = "connect.translating"
ANSWERED_WITHIN = timedelta(days=2)
Reading = tuple[dict[str, Passage], list[str]]


@every(minutes=1, only_workers=True)
def translate_waiting(now: datetime) -> int:
    """Have waiting texts translated, the oldest first; return how many were done or sent.

    One worker does, for half a minute: what is left waits behind the other jobs.
    """
    translator = find_translator()
    if translator is None:
        return 0
    with try_turn("translate_waiting") as is_mine:
        done, is_cut = take_turn(translator, now) if is_mine else (0, False)
    if is_cut:
        nudge_worker(translate_waiting)
    return done


def take_turn(translator: Translator, now: datetime) -> tuple[int, bool]:
    """Have texts translated while the service answers.

    Return how many were done or sent, and whether the time was too short. After two in a row
    without an answer the service is away; of one, the text may be why: it goes behind.
    """
    end_unanswered(translator, now)
    waiting = waiting_rows()
    until = time.monotonic() + A_TURN
    done = unanswered = 0
    untried = waiting.filter(error="").values_list("pk", flat=True)
    read_once = functools.cache(read_again)
    # In any order: else two stand before all others.
    again = waiting.exclude(error="").order_by("?").values_list("pk", flat=True)
    for pk in [*untried, *again]:
        if time.monotonic() > until:
            return done, True
        try:
            done += translate_row(pk, translator, read_once)
            unanswered = 0
        except Busy as error:
            logger.info("the translation service has enough to do: %s", error)
            forget_absence()
            break
        except Away as error:
            logger.warning("the translation service is away: %s", error)
            unanswered += 1
            if unanswered == ENOUGH_UNANSWERED:
                break
        except OperationalError:
            raise  # the database is away
        except Exception as error:
            logger.exception("translation %d failed", pk)
            settle(pk, TranslationState.FAILED, error=type(error).__name__)
    return done, False


def waiting_rows() -> QuerySet[Translation]:
    return Translation.objects.filter(state=TranslationState.WAITING)


def forget_absence() -> None:
    """Forget since when nothing was answered: the service has answered."""
    waiting_rows().exclude(error="").update(error="", sent_at=None)


def end_unanswered(translator: Translator, now: datetime) -> None:
    """Let wait again what a worker or the service lost; end what nobody answered for too long."""
    lost = Translation.objects.filter(
        state=TranslationState.SENT, sent_at__lt=now - timedelta(seconds=translator.patience)
    )
    lost.filter(error=LOST).update(state=TranslationState.FAILED)
    lost.update(state=TranslationState.WAITING, error=LOST, sent_at=now)
    waiting = waiting_rows()
    # Any answer empties these errors: since then there was none.
    if waiting.exclude(error="").filter(sent_at__lt=now - GIVEN_UP_AFTER).exists():
        waiting.filter(asked_at__lt=now - GIVEN_UP_AFTER).update(state=TranslationState.FAILED)
    waiting.filter(asked_at__lt=now - WAITS_AT_MOST).update(state=TranslationState.FAILED)


def translate_row(pk: int, translator: Translator, read: Callable[..., Reading]) -> bool:
    """Have one text translated; return whether it waits no more. Raise Away."""
    row = Translation.objects.select_related("asked_by").filter(pk=pk).first()
    mine = Translation.objects.filter(pk=pk, state=TranslationState.WAITING)
    if row is None or not mine.update(state=TranslationState.SENT, sent_at=timezone.now()):
        return False  # another worker has it
    passages, names = read(row.kind, row.row, row.asked_by, row.target)
    passage = passages.get(row.digest)
    if passage is None:
        row.delete()
        return True
    source = find_language(passage)
    Translation.objects.filter(pk=pk).update(source=source[:5])
    if source == row.target:
        settle(pk, TranslationState.SAME)
        return True
    try:
        words = hide_names(hide_contacts(passage.words.strip(), HIDDEN), names, HIDDEN)
        answer = translator.translate(words, source, row.target, answer_to=callback_address(pk))
        if answer is not None:
            settle_answer(row, answer)
    except Away as error:
        let_wait(row, error)
        raise
    except TranslatorError as error:
        settle(pk, TranslationState.FAILED, error=f"{type(error).__name__}: {error}"[:300])
    forget_absence()
    return True


def let_wait(row: Translation, why: Away) -> None:
    """Put a text behind the others, with the instant since when nothing is answered."""
    sent = Translation.objects.filter(pk=row.pk, state=TranslationState.SENT)
    if isinstance(why, Busy):
        sent.update(state=TranslationState.WAITING, error="", sent_at=None)
    else:
        since = row.sent_at if row.error else F("sent_at")
        sent.update(state=TranslationState.WAITING, error=f"away: {why}"[:300], sent_at=since)


def read_again(kind: str, pk: int, reader: User, target: str) -> Reading:
    """Return {digest: text} of what somebody may read of a record now, and the names to take out.

    Once a turn for all texts of a record: to read an application takes as long as ten of them.
    """
    source = SOURCES.get(kind)
    record = source and source.rows(reader).filter(pk=pk).first()
    if source is None or record is None:
        return {}, []
    with translation.override(target):  # what stands for something hidden is in their words
        passages = {one.digest: one for one in source.passages(record, reader)}
    return passages, list(source.hides(record))


def find_language(passage: Passage) -> str:
    """Return the language of a text: as its words tell where there are enough, or as was said."""
    if passage.language and len(passage.words) < ENOUGH_WORDS:
        return passage.language
    return detect_language(passage.words) or passage.language


def settle_answer(row: Translation, answer: str) -> None:
    """Save a translation; raise Nonsense for what can be none."""
    text = clean_text(answer).strip()
    if not text:
        raise Nonsense("an empty answer")
    if len(text) > 4 * row.characters + 200:
        raise Nonsense(f"{len(text)} characters for {row.characters}")
    settle(row.pk, TranslationState.DONE, text=text)


def settle(pk: int, state: str, *, text: str = "", error: str = "") -> None:
    """End a text that was sent: once, whoever answers twice."""
    sent = Translation.objects.filter(pk=pk, state=TranslationState.SENT)
    sent.update(state=state, text=text, error=error)


def callback_address(pk: int) -> str:
    """Return the address to which a service posts the translation of a row."""
    key = signing.dumps(pk, salt=SALT)
    return f"{settings.SITE_URL}{reverse('translation-answer', args=[key])}"


def find_answered(key: str) -> Translation | None:
    """Return the row that such an address is about, while it waits for an answer."""
    try:
        pk = signing.loads(key, salt=SALT, max_age=ANSWERED_WITHIN)
    except signing.BadSignature:
        return None
    return Translation.objects.filter(pk=pk, state=TranslationState.SENT).first()


@every(hours=1, is_foreseen=False)
def delete_stale_translations() -> int:
    """Delete translations of texts that are gone, changed, or no longer their asker's to read.

    So many at a time, first those that nobody looked at for longest.
    """

    def check(first: Translation) -> int:
        passages, _names = read_again(first.kind, first.row, first.asked_by, first.target)
        alike = Translation.objects.filter(**{name: getattr(first, name) for name in where})
        return alike.exclude(digest__in=passages).delete()[0]

    where = "kind", "row", "asked_by_id", "target"
    longest_ago = Translation.objects.order_by(F("checked_at").asc(nulls_first=True), "pk")
    due = Translation.objects.filter(pk__in=list(longest_ago.values_list("pk", flat=True)[:A_LOOK]))
    due.update(checked_at=timezone.now())
    firsts = due.select_related("asked_by").order_by(*where, "pk").distinct(*where)
    return sum(process_one_by_one(check, firsts))


def retry_translations(rows: Any) -> int:
    """Put translations that failed back among those that wait; return how many."""
    return rows.update(
        state=TranslationState.WAITING, error="", sent_at=None, asked_at=timezone.now()
    )
