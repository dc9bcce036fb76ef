"""What good practices hold of a person who is erased."""

from django.utils.translation import gettext_lazy as _

from accounts.holdings import NAMELESS_TABLES, Holding, Mention, declare_holdings
from exchanges.erasing import match_their_exchanges
from practices.listing import index_practices
from practices.models import (
    Agreement,
    NearestPractices,
    Photo,
    Practice,
    PracticeEvent,
    PracticeText,
    Use,
)


def reindex_practices(keys, person):
    texts = PracticeText.objects.filter(pk__in=keys)
    index_practices(sorted(set(texts.values_list("practice", flat=True))))


declare_holdings(
    Holding(
        Agreement,
        _("That you agreed to publish a good practice"),
        user=("by",),
        name=("name",),
        shows=("practice", "party", "at"),
        stays=_("A record that your side agreed is kept, without your name."),
    ),
    Holding(
        Use,
        _("That your local authority did the same"),
        user=("by",),
        shows=("practice", "authority", "words", "at"),
        stays=_("The words are your local authority's: they stay, without your name."),
    ),
    Mention(PracticeText, match_their_exchanges("practice__exchange"), after=reindex_practices),
    Mention(Agreement, match_their_exchanges("practice__exchange")),
    Mention(Photo, match_their_exchanges("practice__exchange")),
    Mention(Use, match_their_exchanges("practice__exchange")),
    Mention(PracticeEvent, match_their_exchanges("practice__exchange")),
)
NAMELESS_TABLES |= {NearestPractices, Practice}
