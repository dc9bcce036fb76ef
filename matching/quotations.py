"""The nearest sentences of two texts as a page quotes them, or says why it quotes none."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from connect.languages import language_within
from matching.enums import UNSENT
from matching.sentences import answer_text, shared_answer_text, shared_need_text
from matching.vectors import offer_text, text_hash
from registry.enums import OfferStatus


@dataclass(frozen=True)
class Sentence:
    """A sentence as somebody wrote it. `translated`: in the reader's language, "" where it is not
    to be had."""

    source: str
    text: str
    language: str
    translated: str = ""


@dataclass(frozen=True)
class Quotation:
    """What may be quoted: a sentence of each, or `state`, why there is none."""

    state: str
    sentences: tuple[Sentence, ...] = ()


PENDING = Quotation("pending")
UNQUOTED = Quotation("unquoted")  # of texts whose sentences nobody compares


class Quotations:
    """What a ranking's reader may be quoted: `part` "desk", or "shared" by all sides of a match."""

    def __init__(self, run, part="desk"):
        self.run, self.part = run, part
        self.stored = (run.quotes or {}).get(part, {})
        self.asked = run.need["text"] if part == "desk" else shared_need_text(run.dossier)

    def quote_offer(self, offer):
        """Return the Quotation of an offer of the ranking."""
        if offer.status != OfferStatus.PUBLISHED:
            return Quotation("gone")
        text = offer_text(offer.title, offer.text)
        return self.quote(offer.pk, text, _("the offer, written in %s"), offer.language)

    def quote_answer(self, interest, language):
        """Return the Quotation of an answer, whose language its words told."""
        if interest.status in UNSENT:
            return Quotation("gone")
        text = answer_text(interest) if self.part == "desk" else shared_answer_text(interest)
        return self.quote(-interest.pk, text, _("the answer, read as %s"), language)

    def quote(self, key, text, source, language):
        """Return the Quotation of a text; its language stands where no sentence told its own."""
        entry = self.stored.get(str(key))
        if entry is None:
            return PENDING
        if entry["hashes"] != [text_hash(self.asked), text_hash(text)]:
            return Quotation("changed")
        if "places" not in entry:
            return Quotation(entry["state"])
        ours, theirs = (
            words[start:end] for words, (start, end) in zip((self.asked, text), entry["places"])
        )
        languages = entry.get("languages", ("", ""))  # rankings of before have none
        spoken, language = languages[0] or self.run.need["language"], languages[1] or language
        pair = (
            Sentence(_("the need, read as %s") % language_within(spoken), ours, spoken),
            Sentence(source % language_within(language), theirs, language),
        )
        return Quotation(entry["state"], pair)
