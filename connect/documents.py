"""Documents as PDF: the same on every machine, with names in whatever script they have."""

import json
from pathlib import Path

import manimgx_fonts
import typst

# Noto Sans for the scripts that typst's own faces lack: Khmer, Sinhala, Arabic and others.
FONTS = Path(manimgx_fonts.__file__).parent


def pdf(template, data):
    """Return the bytes of a typst template (a path, or its source as bytes) filled with data.

    What was typed comes as JSON in `sys.inputs.data`: it is never markup.
    """
    return typst.compile(
        template,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
