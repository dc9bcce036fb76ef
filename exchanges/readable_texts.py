"""Which texts of an exchange may be translated for a reader: the diaries.

Reports of incidents never are.
"""

from connect.reading_help import Passage, Source, declare_source
from exchanges.diary import diary_writers
from exchanges.models import Exchange


def diary_passages(exchange, reader):
    return [
        Passage(words, person.language if words != entry.remark else "")
        for person in diary_writers(exchange).prefetch_related("diary")
        for entry in person.diary.all()
        for words in (entry.did, entry.learnt, entry.takes_home, entry.remark)
    ]


declare_source(
    Source(
        "diary",
        lambda reader: Exchange.objects.filter_allowed(reader, "meet"),
        diary_passages,
        hides=lambda exchange: exchange.participants.values_list("name", flat=True),
    )
)
