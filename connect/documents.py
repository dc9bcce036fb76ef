"""Documents as PDF: the same on every machine, with names in whatever script they have."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import manimgx_fonts
import typst
from django.http import HttpResponse

from connect.characters import ISOLATED, change_texts, clean_between_isolates, clean_texts
from connect.languages import is_right_to_left

# Noto Sans for the scripts that typst's own faces lack: Khmer, Sinhala, Arabic and others.
FONTS = Path(manimgx_fonts.__file__).parent


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download response; name: without its ending."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def isolate_line(line: str) -> str:
    """Let a line stand in its own direction inside a document from right to left.

    >>> isolate_line("Pits (emptied).").isascii(), isolate_line("رام الله") == "رام الله"
    (False, True)
    """
    if ISOLATED.search(line):
        return line
    strong = (unicodedata.bidirectional(one) for one in line)
    first = next((one for one in strong if one in ("L", "R", "AL")), "")
    is_number = not first and re.match(r"\+\d", line)  # a telephone's
    return f"\u2066{line}\u2069" if is_number or (first == "L" and " " in line) else line


def isolate_lines(text: str) -> str:
    """Let each line of a text stand in its own direction; a drawing is no text."""
    return text if text.startswith("<svg") else "\n".join(map(isolate_line, text.split("\n")))


def render_pdf(template: str | Path | bytes, data: Any) -> bytes:
    """Return the bytes of a typst template (a path, or its source as bytes) filled with data.

    What was typed comes as JSON in `sys.inputs.data`: it is never markup.
    """
    return compile_typst(template, data, format="pdf")


def render_png(template: Path, data: Any) -> bytes:
    """Return the one page of a typst template as a picture: a point of the page is a pixel."""
    return compile_typst(template, data, format="png", ppi=72.0)


def compile_typst(template: str | Path | bytes, data: Any, **kwargs: Any) -> bytes:
    if is_right_to_left(data.get("lang", "")):
        data = change_texts(change_texts(data, clean_between_isolates), isolate_lines)
    else:
        data = clean_texts(data)
    return typst.compile(
        template,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        **kwargs,
    )
