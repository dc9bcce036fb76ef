"""Make the icons that are no SVG from static/favicon.svg: `python -m docs.make_icons`."""

import io
from pathlib import Path

import typst
from PIL import Image

STATIC = Path(__file__).parents[1] / "static"
PAGE = """#set page(width: {size}pt, height: {size}pt, margin: {margin}pt, fill: {fill})
#align(center + horizon, image(bytes({svg}), format: "svg", width: 100%))"""


def draw(size: int, margin: int, fill: str) -> Image.Image:
    """Draw the logo on a square; all in pixels."""
    svg = '"' + (STATIC / "favicon.svg").read_text().replace('"', '\\"').strip() + '"'
    source = PAGE.format(size=size, margin=margin, fill=fill, svg=svg)
    return Image.open(io.BytesIO(typst.compile(source.encode(), format="png", ppi=72.0)))


if __name__ == "__main__":
    draw(32, 0, "none").save(STATIC / "favicon.ico", sizes=[(32, 32)])
    draw(180, 16, "white").convert("RGB").save(STATIC / "touch-icon.png", optimize=True)
