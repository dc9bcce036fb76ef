"""What every criterion is to the desk: what feeds it, and how its facts are said."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from connect.types import Words

# Columns of an offer's row that hold a key of shared facts.
OFFER, EXPERT = "offer", "expert"
AUTHORITY, COUNTRY = "expert__authority", "expert__authority__country"


@dataclass(frozen=True)
class SharedFact:
    """What is read once for all offers, as {key: value}: `key` is the column of an offer's row that
    holds the key. The catalogue lays an offer anew when its value changes."""

    name: str
    key: str
    read: Callable[[date], dict]


def choice_label(choices, value):
    """Return the label of a stored value; the value itself for one that is no longer there."""
    return str(choices(value).label) if value in choices.values else str(value)


def read_nothing(source, shared):
    """Read no fact: the other side has them all."""
    return {}


def add_no_facts(entry, quotation, agreed):
    """Leave the facts as the engine gives them."""
    return {}


def describe_unknown(facts):
    """Describe what stands where a fact is missing."""
    return _("unknown")


def describe_nothing(facts, themes, value):
    """Leave a criterion out of the sentence that sums up."""
    return "", ""


@dataclass(frozen=True)
class DeskCriterion:
    """A criterion as the desk feeds it and says it.

    read_need(dossier, shared), read_offer(row, shared): facts of the engine's Need and Offer, by
    name; a row holds `words`, `topics`, `windows` and the columns of `paths`, shared the facts that
    were read once for all; describe(facts, themes): the grounds of one pair in a reader's words,
    and unknown(facts) what stands there where they do not tell; summarise(facts, themes, value):
    (for, against), what of it a summing up says; is_shared: all sides of a match may be told;
    has_colour: in the bar, or the one of the rest; is_quoted: sentences stand beside its points.

    explain_to_expert(facts, themes, value): (speaks for it, words), how a request fits the offer of
    whoever reads it, of what its page tells; None where an expert is told nothing of this
    criterion. place_for_expert: among those that an expert is told.

    more_facts(entry, quotation, agreed): what the words need besides the evidence, of the whole
    entry, the quotation of its text and the earlier exchanges that it names.
    """

    key: str
    name: Words
    describe: Callable[[dict, dict], str]
    summarise: Callable[[dict, dict, float], tuple[Words, Words]] = describe_nothing
    read_need: Callable[..., dict] = read_nothing
    read_offer: Callable[..., dict] = read_nothing
    paths: tuple[str, ...] = ()
    shared: tuple[SharedFact, ...] = ()
    unknown: Callable[[dict], str] = describe_unknown
    has_colour: bool = False
    is_shared: bool = False
    is_quoted: bool = False
    more_facts: Callable[..., dict] = add_no_facts
    explain_to_expert: Callable[[dict, dict, float], Iterable[tuple[bool, Words]]] | None = field(
        kw_only=True
    )
    place_for_expert: int = 0

    def read_facts(self, entry, quotation, agreed):
        """Return the facts of this criterion in an entry of the engine, with all its words need."""
        evidence = entry["parts"][self.key]["evidence"]
        return evidence | self.more_facts(entry, quotation, agreed)
