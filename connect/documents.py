"""Documents as PDF: the same on every machine, with names in whatever script they have."""

import json
from pathlib import Path
from typing import Any

import manimgx_fonts
import typst
from django.http import HttpResponse

from connect.characters import clean_texts

# Noto Sans for the scripts that typst's own faces lack: Khmer, Sinhala, Arabic and others.
FONTS = Path(manimgx_fonts.__file__).parent


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download response; name: without its ending."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def render_pdf(template: str | Path | bytes, data: Any) -> bytes:
    """Return the bytes of a typst template (a path, or its source as bytes) filled with data.

    What was typed comes as JSON in `sys.inputs.data`: it is never markup.
    """
    return compile_typst(template, data, format="pdf")


def render_png(template: Path, data: Any) -> bytes:
    """Return the one page of a typst template as a picture: a point of the page is a pixel."""
    return compile_typst(template, data, format="png", ppi=72.0)


def compile_typst(template: str | Path | bytes, data: Any, **kwargs: Any) -> bytes:
    return typst.compile(
        template,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(clean_texts(data))},
        **kwargs,
    )
