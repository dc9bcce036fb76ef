"""The texts of a good practice, and a picture for it."""

import io

from PIL import Image

WORDS = {
    "title": "Licences for private emptiers",
    "summary": "The town licenses six private operators, who pay to discharge at one place. " * 2,
    "problem": "Sludge was left in the river, and nobody knew who had brought it there.",
    "done": "A by-law, a register of operators, a fee and a place to discharge.",
    "result": "From no licence to six in nine months; the river is cleaner downstream.",
    "cost": "One officer for half a year and 4,000 euros.",
    "failed": "The first fee was too high: two operators went on by night.",
    "conditions": "A law that lets the council license trades.",
    "year_from": "2026",
    "year_to": "2027",
    "topics": ["water-sanitation/faecal-sludge"],
}


def drawing(**kwargs):
    drawn = io.BytesIO()
    Image.new("RGB", (1600, 900), "green").save(drawn, "JPEG", **kwargs)
    return drawn.getvalue()
