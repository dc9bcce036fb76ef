"""Text put into every column of every row that somebody may have typed in, past every form."""

import random

from django.apps import apps
from django.db.models import CharField, EmailField, JSONField, SlugField, TextField, URLField

OURS = ("accounts", "registry", "applications", "matching", "exchanges", "practices")
# Words of ours, which lead somewhere or which code compares: no form takes them as free text.
KEPT = {
    *("reference", "token", "key", "template", "language", "time_zone", "currency", "password"),
    *("path", "uid", "verb", "source", "target", "section", "code", "digest", "content_type"),
    *("unit_of", "sdg", "dac_code", "kind", "party", "link_token", "model", "format", "error"),
}

# What would do something where it were taken for markup. Each is short: many columns are.
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    "<svg><script>alert(4)</script></svg>",
    '"><img src=x onerror=alert(5)>',
    "'><img src=x onerror=alert(6)>",
    '" autofocus onfocus=alert(7) x="',
    "' autofocus onfocus=alert(8) x='",
    '<a href="javascript:alert(9)">here</a>',
    "[here](javascript:alert(10))",
    "javascript:alert(11)",
    '<iframe srcdoc="<script>parent.alert(12)</script>"></iframe>',
    "<details open ontoggle=alert(13)>",
    "</textarea><script>alert(14)</script>",
    "</title><script>alert(15)</script>",
    "</script><script>alert(16)</script>",
    "{{ constructor.constructor('alert(17)')() }}",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(18)></style></math>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input type=submit></form>",
    "&lt;script&gt;alert(21)&lt;/script&gt;",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<img src=//evil.example/22>",
    "<link rel=stylesheet href=//evil.example/23>",
    "<object data=//evil.example/24></object>",
    "</option></select><svg onload=alert(25)>",
    "--><svg onload=alert(26)>",
)


def typed_columns():
    """Give (model, column) of everything that is free text, or holds some."""
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for column in model._meta.local_concrete_fields:
                is_text = isinstance(column, CharField | TextField | JSONField)
                # An address is no free text: its form takes those of the web alone.
                coded = isinstance(column, EmailField | SlugField | URLField) or column.choices
                if is_text and not coded and column.name not in KEPT and not column.primary_key:
                    yield model, column


def put_everywhere(texts, seed=0):
    """Write texts into every typed column of every row, as many as fit; return how many columns.

    texts: what to choose from; a column takes all, from another one on each time, as far as its
    length goes, and a text that is cut is left out.
    """
    chance, touched = random.Random(seed), 0
    for model, column in typed_columns():
        rows = list(model._base_manager.values_list("pk", column.attname))
        for pk, before in rows:
            if isinstance(column, JSONField):
                value = in_json(before, lambda: chosen(texts, chance, 200))
            else:
                room = (column.max_length or 2000) - (8 if column.unique else 0)
                value = chosen(texts, chance, room) + (f" {pk}" if column.unique else "")
            model._base_manager.filter(pk=pk).update(**{column.attname: value})
        touched += bool(rows)
    return touched


def chosen(texts, chance, room):
    texts = chance.sample(texts, len(texts))
    taken = ""
    for text in texts:
        if len(taken) + len(text) + 1 <= room:
            taken = f"{taken} {text}" if taken else text
    return taken


def in_json(value, text):
    """Replace what somebody wrote in a JSON value; codes, which hold no space, stay."""
    if isinstance(value, dict):
        return {name: in_json(one, text) for name, one in value.items()}
    if isinstance(value, list):
        return [in_json(one, text) for one in value]
    return text() if isinstance(value, str) and " " in value else value
