"""Makes static/bootstrap.css: the parts of Bootstrap that our pages use, in logical directions.

    python -m docs.make_styles

It reads the sheet of the package django-bootstrap-static (Bootstrap, MIT), and keeps the rules of
elements, and of the classes that a template of ours or a form names. Left and right become start
and end, so that the same sheet serves a language that is written from right to left.
"""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import crispy_bootstrap5
import tinycss2
from tinycss2.ast import AtRule, Node, QualifiedRule

BASE = Path(__file__).resolve().parent.parent
SHEET = BASE / "static" / "bootstrap.css"
HEAD = """/* The parts of Bootstrap {version} that our pages use.
   Made by `python -m docs.make_styles`.
   https://getbootstrap.com, Copyright 2011-2024 The Bootstrap Authors.
   Licensed under MIT (https://github.com/twbs/bootstrap/blob/main/LICENSE). */
"""
FORMS = Path(crispy_bootstrap5.__file__).parent / "templates" / "bootstrap5"
# What crispy-forms draws our fields with; the rest of its templates we do not call.
OF_FORMS = [
    *("field.html", "errors.html", "layout/field_file.html", "layout/field_errors_block.html"),
    *("layout/help_text.html", "layout/radio_checkbox_select.html"),
]
CLASSES = re.compile(r"class=\"((?:\{%.*?%\}|\{\{.*?\}\}|[^\"])*)\"|'class' '([^']+)'")
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
WRITTEN = re.compile(r"(?<=[{;])(--[\w-]+):[^;{}]*;?")  # a custom property
LOGICAL = (
    (re.compile(r"^(margin|padding)-left$"), r"\1-inline-start"),
    (re.compile(r"^(margin|padding)-right$"), r"\1-inline-end"),
    (re.compile(r"^border-left(-width|-style|-color)?$"), r"border-inline-start\1"),
    (re.compile(r"^border-right(-width|-style|-color)?$"), r"border-inline-end\1"),
    (re.compile(r"^border-top-left-radius$"), "border-start-start-radius"),
    (re.compile(r"^border-top-right-radius$"), "border-start-end-radius"),
    (re.compile(r"^border-bottom-left-radius$"), "border-end-start-radius"),
    (re.compile(r"^border-bottom-right-radius$"), "border-end-end-radius"),
    (re.compile(r"^left$"), "inset-inline-start"),
    (re.compile(r"^right$"), "inset-inline-end"),
)
SIDES = {
    "float": {"left": "inline-start", "right": "inline-end"},
    "clear": {"left": "inline-start", "right": "inline-end"},
    "text-align": {"left": "start", "right": "end"},
}


def bootstrap() -> tuple[str, str]:
    """Return (text, version) of Bootstrap's sheet, as the package brings it."""
    package = distribution("django-bootstrap-static")
    [file] = [one for one in package.files or [] if one.name == "bootstrap.css"]
    return Path(str(file.locate())).read_text(encoding="utf-8"), package.version


def classes_in_use() -> set[str]:
    """Return the classes that our templates and the fields of forms name; the desk has its own."""
    ours = [path for path in (BASE / "templates").rglob("*.html") if "admin" not in path.parts]
    found: set[str] = set()
    for path in [*ours, *(FORMS / name for name in OF_FORMS)]:
        for named in CLASSES.findall(path.read_text(encoding="utf-8")):
            found.update(TAG.sub(" ", " ".join(named)).split())
    return found


def class_names(selector: str) -> set[str]:
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector))


def is_used(selector: str, used: set[str]) -> bool:
    """Say whether a selector can find something here; what it excludes need not be in use.

    >>> is_used(":not(.btn-check) + .btn:active", {"btn"}), is_used(".btn-check + .btn", {"btn"})
    (True, False)
    """
    wanted = re.sub(r":not\([^)]*\)", "", selector)
    return "[data-bs" not in wanted and class_names(wanted) <= used


def logical_declarations(content: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Yield (property, value) with start and end in the place of left and right."""
    for one in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if one.type != "declaration":
            raise ValueError(f"No declaration: {one.serialize()}")
        name, value = one.name, tinycss2.serialize(one.value).strip()
        for physical, logical in LOGICAL:
            name = physical.sub(logical, name)
        value = SIDES.get(name, {}).get(value, value) or " "  # browsers want one, if it is empty
        value = re.sub(r"\s*,\s*", ",", re.sub(r"\s+", " ", value))
        important = "!important" if one.important else ""
        parts = value.split(" ")
        if name in ("margin", "padding") and len(parts) == 4 and parts[1] != parts[3]:
            top, right, bottom, left = parts
            yield f"{name}-block", f"{top} {bottom}{important}"
            yield f"{name}-inline", f"{left} {right}{important}"
        else:
            yield name, value + important


def kept_rules(rules: Iterable[Node], used: set[str]) -> Iterator[str]:
    """Yield each rule in use, as text."""
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = re.sub(r"\s+", " ", tinycss2.serialize(rule.prelude)).strip().split(",")
            mine = [one.strip() for one in selectors if is_used(one, used)]
            if mine:
                said = ";".join(":".join(pair) for pair in logical_declarations(rule.content))
                yield f"{','.join(mine)}{{{said}}}"
        elif isinstance(rule, AtRule) and rule.lower_at_keyword in ("media", "supports"):
            inner = list(kept_rules(tinycss2.parse_rule_list(rule.content, True, True), used))
            if inner:
                prelude = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.lower_at_keyword} {prelude}{{{''.join(inner)}}}"


def drop_unread(rules: list[str]) -> list[str]:
    """Drop custom properties that no rule reads, until all are read."""
    read: set[str] = set()

    def keep_if_read(declaration: re.Match[str]) -> str:
        return declaration[0] if declaration[1] in read else ""

    while True:
        read |= set(re.findall(r"var\((--[\w-]+)", "".join(rules) + own_sheets()))
        kept = [WRITTEN.sub(keep_if_read, rule).replace(";}", "}") for rule in rules]
        kept = [rule for rule in kept if not rule.endswith("{}")]
        if kept == rules:
            return kept
        rules = kept
        read.clear()


def own_sheets() -> str:
    names = ("look.css", "tokens.css")
    return "".join((BASE / "static" / name).read_text(encoding="utf-8") for name in names)


def make_styles() -> str:
    """Return the sheet, a rule a line."""
    text, version = bootstrap()
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    kept = drop_unread(list(kept_rules(rules, classes_in_use())))
    return HEAD.format(version=version) + "\n".join(kept) + "\n"


if __name__ == "__main__":
    SHEET.write_text(make_styles(), encoding="utf-8")
    print(f"{SHEET.relative_to(BASE)}: {SHEET.stat().st_size / 1000:.1f} kB")
