"""Pictures of pages, 1200 x 630 pixels, which sites show where somebody shares an address."""

import textwrap
from hashlib import sha256
from pathlib import Path

from django.http import HttpResponse

from connect.cached_counts import cached_value
from connect.documents import render_png
from connect.languages import current_language

TEMPLATE = Path(__file__).with_name("share_picture.typ")
DAY = 86_400
LONGEST = 140  # characters of a title that there is place for


def picture_response(*, title: object, eyebrow: object, line: object = "") -> HttpResponse:
    """Return a picture that says what a page is (eyebrow), its title, and one line below it."""
    words = textwrap.shorten(str(title), LONGEST, placeholder=" …")
    data = {
        "lang": current_language(),
        "eyebrow": str(eyebrow),
        "title": words,
        "size": 72 if len(words) <= 50 else 56,
        "line": textwrap.shorten(str(line), 60, placeholder=" …"),
    }
    key = sha256(repr(data).encode()).hexdigest()
    content = cached_value(f"share_picture:{key}", DAY, lambda: render_png(TEMPLATE, data))
    return HttpResponse(
        content,
        content_type="image/png",
        headers={"Cache-Control": f"public, max-age={DAY}"},
    )
