"""An hour is written with its time zone: readers live in many."""

import re
from datetime import UTC, datetime

from django.conf import settings
from django.template import Context, Template

SAYS_ONCE_BELOW = {"_timeline.html"}  # a line below its list names the zone of all its hours


def test_an_instant_is_written_with_its_zone_and_none_is_blank():
    page = Template("{{ at|moment }}; {{ at|hour }}; {{ never|moment|default:'—' }}")
    at = datetime(2026, 11, 28, 13, 30, tzinfo=UTC)
    written = page.render(Context({"at": at, "never": None}))
    day = "28 November 2026, 14:30 (Brussels time)"
    assert written == f"{day}; 14:30 (Brussels time); —"


def test_no_page_writes_an_hour_without_its_zone():
    without_zone = []
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.*")):
        if path.name in SAYS_ONCE_BELOW:
            continue
        text = re.sub(
            r"{% blocktranslate.*?{% endblocktranslate %}",
            lambda sentence: "" if "Brussels time" in sentence[0] else sentence[0],
            path.read_text(),
            flags=re.DOTALL,
        )
        if re.search(r'\|(date|time):"[^"]*(TIME_FORMAT|H:i|P)', text):
            without_zone.append(path.name)
    assert without_zone == []
